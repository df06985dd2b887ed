"""Intake: where visitors leave feedback, by the widget or on a page of its own."""

from amends.intake.views import Intake

__all__ = ["Intake"]
