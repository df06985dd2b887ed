"""The five figures on top of a company: what each is called, what it says, and what it was made of.

A figure made of too few is said in words, and its numbers stand beneath all the same. A length of time is rounded up:
a figure may say less of a company than the numbers do, and never more.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from amends.board.counts import Counts
from amends.figures import ALL_TIME, FEW, Ending, Figures, Pledge, Share, Wait, Window, closed_year
from amends.language import Language

NAMES = ("answered", "first-reply", "solved", "promises", "again")
"""The five figures, as the sections about them are named."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure as it is shown: its value, the lines beneath, and the share to draw; None where it is in words."""

    name: str
    title: str
    value: str
    lines: tuple[str, ...]
    share: Share | None
    interval: str
    known: bool

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The value in pieces; the second says that it is a number, for units stand smaller."""
        found = re.split(r"(\d[\d.,\u00a0\u202f]*(?<![.,\u00a0\u202f]))", self.value)
        return tuple((piece, place % 2 == 1) for place, piece in enumerate(found) if piece)


@dataclass(frozen=True, slots=True)
class Five:
    """The five figures over one window, how many cases came in it, what it is called, and what cannot be seen.

    `against` counts the cases that stand for a customer who says no; `closed` says whether it is the window of the
    twelve closed months.
    """

    headlines: tuple[Headline, ...]
    received: int
    answered: int
    window: str
    unseen: str
    against: int
    closed: bool

    @property
    def known(self) -> bool:
        """Whether there is any figure, and not words alone."""
        return any(headline.known for headline in self.headlines)

    @property
    def all_known(self) -> bool:
        """Whether there is every figure."""
        return all(headline.known for headline in self.headlines)


def five(lang: Language, found: Figures, now: datetime) -> Five:
    """Say the five figures."""
    headlines = (
        _answered(lang, found),
        _first_reply(lang, found),
        _solved(lang, found),
        _promises(lang, found),
        _again(lang, found),
    )
    year = found.window == closed_year(now)
    said = window(lang, found, now)
    return Five(headlines, found.received, found.answered.part, said, unseen(lang, found), found.against, year)


# --- Windows ---


def window(lang: Language, found: Figures, now: datetime) -> str:
    """Say in a sentence which cases the figures are about."""
    year = closed_year(now)
    if not found.received and found.window == ALL_TIME:
        return lang.gettext("No case was received yet.")
    if found.window == ALL_TIME:
        last = _last_month(lang, year)
        return lang.gettext("All time: nothing was received in the twelve closed months to {month}.", month=last)
    return lang.gettext("{months}, twelve closed months.", months=months(lang, year))


def months(lang: Language, year: Window) -> str:
    """Write the twelve closed months as `November 2025 to October 2026`."""
    first = lang.month(year.first) if year.first else ""
    return lang.gettext("{first} to {last}", first=first, last=_last_month(lang, year))


def called(lang: Language, within: Window) -> str:
    """Name a window at the head of a column."""
    return lang.gettext("All time") if within == ALL_TIME else lang.gettext("Twelve months")


def this_month(lang: Language, found: Figures, now: datetime) -> str:
    """Say what was received since the last closed month, of which no figure over the closed months speaks."""
    if not found.received:
        return ""
    return lang.gettext(
        "{month} so far: received {received}, answered {answered}.",
        month=lang.month(now),
        received=found.received,
        answered=found.answered.part,
    )


def at_present(lang: Language, counts: Counts) -> str:
    """Say how many wait at this moment, whenever they came."""
    return lang.gettext(
        "At present: {waiting} waiting in time, {overdue} overdue.", waiting=counts.waiting, overdue=counts.overdue
    )


def unseen(lang: Language, found: Figures) -> str:
    """Say how many cases cannot be seen and count against the company; empty where there are none."""
    number = found.endings[Ending.UNSEEN]
    if not number:
        return ""
    if found.window != ALL_TIME:
        return lang.ngettext(
            "In these twelve months {number} case was withheld or is lost. Nobody can see it, so it counts against "
            "the company.",
            "In these twelve months {number} cases were withheld or are lost. Nobody can see them, so they count "
            "against the company.",
            number,
        )
    return lang.ngettext(
        "{number} case was withheld or is lost. Nobody can see it, so it counts against the company.",
        "{number} cases were withheld or are lost. Nobody can see them, so they count against the company.",
        number,
    )


def _last_month(lang: Language, year: Window) -> str:
    return lang.month(year.end - timedelta(days=1)) if year.end else ""


# --- Values ---


def at_most(lang: Language, length: timedelta) -> str:
    """Write a length of time, rounded up to the smaller of the two units that it is written in."""
    return lang.duration(rounded_up(length))


def rounded_up(length: timedelta) -> timedelta:
    """Round a length of time up as it is written: to whole minutes, and to whole hours where it is more than a day."""
    unit = timedelta(hours=1) if length > timedelta(hours=24) else timedelta(minutes=1)
    return -(-length // unit) * unit


def percent(lang: Language, share: Share) -> str:
    """Write a share in percent, or in words where it is of nothing or of too few."""
    if share.too_few or share.percent is None:
        return in_words(lang, share.whole)
    return lang.percent(share.percent)


def in_words(lang: Language, whole: int) -> str:
    """Say why there is no figure: made of nothing, or of fewer than ten."""
    return lang.pgettext("figure", "Too few to say") if whole else lang.pgettext("figure", "None yet")


def few(lang: Language) -> str:
    """Say what `too few` is."""
    return lang.gettext("A figure made of fewer than {number} cases is too few to say anything.", number=FEW)


def interval(lang: Language, share: Share) -> str:
    """Say between which shares the true one lies, 95 times of 100; empty where there is no figure."""
    found = share.interval
    if found is None or share.too_few:
        return ""
    # Both outwards: a rounded interval is never narrower than the one it stands for.
    return lang.gettext("{low} to {high}", low=floor(100 * found[0]), high=ceil(100 * found[1]))


# --- The five ---


def _headline(lang: Language, name: str, title: str, share: Share, *lines: str) -> Headline:
    known = not share.too_few
    said = tuple(line for line in lines if line) if share.whole else ()
    return Headline(name, title, percent(lang, share), said, share if known else None, interval(lang, share), known)


def title(lang: Language, name: str) -> str:
    """Return what one of the five figures is called."""
    return {
        "answered": lang.pgettext("figure", "Answered"),
        "first-reply": lang.gettext("Median time to first reply"),
        "solved": lang.gettext("Confirmed solved"),
        "promises": lang.gettext("Promises kept on time"),
        "again": lang.gettext("Would come back"),
    }[name]


def _answered(lang: Language, found: Figures) -> Headline:
    share = found.answered
    of = lang.ngettext("{part} of {number} received", "{part} of {number} received", share.whole, part=share.part)
    return _headline(lang, "answered", title(lang, "answered"), share, of)


def _first_reply(lang: Language, found: Figures) -> Headline:
    wait, day = found.first_reply, found.within_day
    of = lang.gettext("{part} of {whole}", part=day.part, whole=day.whole)
    if day.too_few:
        within = lang.gettext("{part_of_whole} within 24 hours", part_of_whole=of)
        lines: tuple[str, ...] = (within,) if day.whole else ()
    else:
        lines = (lang.gettext("{percent} within 24 hours", percent=percent(lang, day)), of)
    known = not wait.too_few and wait.percentile(50) is not None
    name = "first-reply"
    return Headline(name, title(lang, name), median(lang, wait), lines, None, interval(lang, day), known)


def median(lang: Language, wait: Wait) -> str:
    """Write the median time to the first reply, or say why there is none."""
    if wait.too_few:
        return in_words(lang, wait.whole)
    length = wait.percentile(50)
    if length is None:
        return lang.pgettext("figure", "More than half still wait")
    return at_most(lang, length)


def _solved(lang: Language, found: Figures) -> Headline:
    share, endings = found.solved, found.endings
    lines = (
        lang.ngettext(
            "{part} of {number} to be solved", "{part} of {number} to be solved", share.whole, part=share.part
        ),
        lang.ngettext("{number} disputed", "{number} disputed", endings[Ending.DISPUTED]),
        lang.ngettext("{number} not confirmed", "{number} not confirmed", endings[Ending.UNCONFIRMED]),
    )
    return _headline(lang, "solved", title(lang, "solved"), share, *lines)


def _promises(lang: Language, found: Figures) -> Headline:
    share = found.promises_kept
    of = lang.ngettext(
        "{part} of {number} case with something due",
        "{part} of {number} cases with something due",
        share.whole,
        part=share.part,
    )
    against = found.promises[Pledge.UNSEEN] + found.promises[Pledge.UNANSWERED]
    return _headline(lang, "promises", title(lang, "promises"), share, of, counted_as_no(lang, against))


def _again(lang: Language, found: Figures) -> Headline:
    share, against = found.again, found.against
    if against:
        of = lang.gettext("{part} of {whole}", part=share.part, whole=share.whole)
    else:
        of = lang.ngettext("{part} of {number} who said", "{part} of {number} who said", share.whole, part=share.part)
    return _headline(lang, "again", title(lang, "again"), share, of, counted_as_no(lang, against))


def counted_as_no(lang: Language, number: int) -> str:
    """Say how many cases count as a no because they were not seen or not answered; empty where there are none."""
    if not number:
        return ""
    return lang.ngettext(
        "{number} unseen or unanswered counts as no", "{number} unseen or unanswered count as no", number
    )
