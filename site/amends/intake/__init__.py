"""Intake: where visitors leave feedback, by the widget or on a page of its own, and report what is on the board."""

from amends.intake.arrival import Houses
from amends.intake.express import Express
from amends.intake.handing import Handing
from amends.intake.noticing import Noticing
from amends.intake.receive import Limits, Reception
from amends.intake.report import Reports
from amends.intake.similar import Similar
from amends.intake.taking import Taking
from amends.intake.views import Intake
from amends.intake.widget import own_widget

__all__ = [
    "Express",
    "Handing",
    "Houses",
    "Intake",
    "Limits",
    "Noticing",
    "Reception",
    "Reports",
    "Similar",
    "Taking",
    "own_widget",
]
