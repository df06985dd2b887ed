"""The public figures of one company, from the record's entries, the ledger's lines and an instant. No input or output.

**What cannot be seen counts against the company.** A case that was withheld, or whose file is lost, counts where it
could have spoken against it: as a customer who would not come back, a score of 0, a detractor, a promise not kept.
So does a case left without any answer after its time: whoever answers nobody breaks no promise and hears no bad word,
and must not stand better for it. Hence hiding, withholding, removing, losing a case or leaving it unanswered never
improves a figure. Withheld cases never lift a figure over the threshold of "too few".

Single promises are not counted but the cases in which they were made: a lost file would take several with it, and
leave only one case behind.
"""

from amends.figures.company import Figures, Topic, change_of, figures, figures_of, next_change
from amends.figures.facts import Ending, Fact, Place, entry_as_of, fact_of, facts, line_as_of
from amends.figures.measures import FEW, Mean, Nps, Share, Wait
from amends.figures.months import Month, months, months_of
from amends.figures.pledges import Pledge, next_due, pledge_of
from amends.figures.tally import Tally, by_month, tally, total, within
from amends.figures.window import ALL_TIME, Window, closed_year

__all__ = [
    "ALL_TIME",
    "FEW",
    "Ending",
    "Fact",
    "Figures",
    "Mean",
    "Month",
    "Nps",
    "Place",
    "Pledge",
    "Share",
    "Tally",
    "Topic",
    "Wait",
    "Window",
    "by_month",
    "change_of",
    "closed_year",
    "entry_as_of",
    "fact_of",
    "facts",
    "figures",
    "figures_of",
    "line_as_of",
    "months",
    "months_of",
    "next_change",
    "next_due",
    "pledge_of",
    "tally",
    "total",
    "within",
]
