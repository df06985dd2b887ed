"""Intake: where visitors leave feedback, by the widget or on a page of its own, and report what is on the board."""

from amends.intake.arrival import Houses
from amends.intake.express import Express
from amends.intake.receive import Limits, Reception
from amends.intake.report import Reports
from amends.intake.taking import Taking
from amends.intake.views import Intake

__all__ = ["Express", "Houses", "Intake", "Limits", "Reception", "Reports", "Taking"]
