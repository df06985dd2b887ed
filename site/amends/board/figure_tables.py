"""The lines of the tables on the page of figures: each with its words, and a number for every window shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import floor
from typing import TypeVar

from amends.board import charts, five, words
from amends.board.looks import Look, spoken
from amends.case import Reason
from amends.figures import Ending, Figures, Mean, Month, Nps, Pledge, Share, Wait
from amends.language import N_, Language

Name = TypeVar("Name", Ending, Pledge)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar and its line in the table: in each window its number and its share, in words."""

    name: str
    look: Look
    meaning: str
    counts: tuple[int, ...]
    shares: tuple[str, ...]


_ENDINGS = {
    Ending.CONFIRMED: (
        Look(N_("Confirmed by the customer"), "tick", "good", solid=True),
        N_("The last verdict: solved"),
    ),
    Ending.DISPUTED: (Look(N_("Disputed"), "unequal", "disp"), N_("The last verdict: partly or not solved")),
    Ending.UNCONFIRMED: (
        Look(N_("Not confirmed"), "dash", "muted"),
        N_("The company says solved, the customer nothing"),
    ),
    Ending.OPEN: (Look(N_("Open"), "clock", "wait"), N_("Answered or not, nothing is settled")),
    Ending.GONE: (Look(N_("Taken back"), "back", "muted"), N_("Withdrawn or erased before any verdict")),
    Ending.UNSEEN: (Look(N_("Cannot be seen"), "hidden", "late"), N_("Withheld, or its file is lost")),
}

_PLEDGES = {
    Pledge.ON_TIME: (Look(N_("Kept on time"), "tick", "good", solid=True), N_("By the date first given")),
    Pledge.MOVED_AND_KEPT: (Look(N_("Moved, then kept"), "tick", "said"), N_("By a later date, after the first")),
    Pledge.PUT_OFF: (Look(N_("Put off"), "clock", "wait"), N_("The first date has passed, a later one is to come")),
    Pledge.LATE: (Look(N_("Kept too late"), "tick", "wait"), N_("After the last date given")),
    Pledge.OVERDUE: (Look(N_("Not kept yet"), "flag", "late"), N_("The last date has passed")),
    Pledge.BROKEN: (Look(N_("Broken"), "flag", "late", solid=True), N_("The company says that it will not be kept")),
    Pledge.UNANSWERED: (
        Look(N_("Never answered"), "clock", "late", solid=True),
        N_("Not even the promised answer came"),
    ),
    Pledge.UNSEEN: (Look(N_("Cannot be seen"), "hidden", "late"), N_("Withheld, or its file is lost")),
}
"""Best first. What is still running is no part of the share."""


def endings(lang: Language, windows: Sequence[Figures]) -> tuple[Part, ...]:
    """Return how the cases ended that can be solved."""
    return _parts(lang, _ENDINGS, [found.endings for found in windows])


def pledges(lang: Language, windows: Sequence[Figures]) -> tuple[Part, ...]:
    """Return what became of what was promised, case by case."""
    return _parts(lang, _PLEDGES, [found.promises for found in windows])


def _parts(
    lang: Language, looks: Mapping[Name, tuple[Look, str]], windows: Sequence[Mapping[Name, int]]
) -> tuple[Part, ...]:
    wholes = [sum(counts[name] for name in looks) for counts in windows]
    return tuple(
        Part(
            str(name),
            spoken(lang, look),
            lang.gettext(meaning),
            tuple(counts[name] for counts in windows),
            tuple(_of(lang, counts[name], whole) for counts, whole in zip(windows, wholes, strict=True)),
        )
        for name, (look, meaning) in looks.items()
    )


def _of(lang: Language, number: int, whole: int) -> str:
    share = Share.of(number, whole)
    return "" if share.too_few or share.percent is None else lang.percent(share.percent)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: what it is about, what that means, and in each window a value and what it was made of."""

    title: str
    meaning: str
    values: tuple[tuple[str, tuple[str, ...]], ...]


def overview(lang: Language, windows: Sequence[five.Five]) -> tuple[Line, ...]:
    """Return the five figures side by side, each with its interval and its numbers."""
    return tuple(
        Line(
            five.title(lang, name),
            name,
            tuple((_with_interval(lang, headline), headline.lines) for headline in headlines),
        )
        for name, *headlines in zip(five.NAMES, *(window.headlines for window in windows), strict=True)
    )


def _with_interval(lang: Language, headline: five.Headline) -> str:
    if headline.share is None or not headline.interval:
        return headline.value
    return lang.gettext("{share} ({interval})", share=headline.value, interval=headline.interval)


@dataclass(frozen=True, slots=True)
class Steps:
    """How many had an answer within each step of the curve, later and not yet; their shares, none of too few."""

    numbers: tuple[int, ...]
    shares: tuple[str, ...]


def within(lang: Language, windows: Sequence[Figures]) -> tuple[Steps, ...]:
    """Return how many had an answer within each step of the curve."""
    return tuple(_steps(lang, found.first_reply) for found in windows)


def _steps(lang: Language, wait: Wait) -> Steps:
    numbers = [wait.within(timedelta(hours=hours)).part for hours in charts.HOURS]
    numbers += [len(wait.lengths) - numbers[-1], wait.waiting]
    shares = () if wait.too_few else tuple(_of(lang, number, wait.whole) for number in numbers)
    return Steps(tuple(numbers), shares)


def waits(lang: Language, windows: Sequence[Figures]) -> tuple[Line, ...]:
    """Return how long the first reply and the first measure took."""
    reply, measure = (
        lang.gettext("from receipt to the first reply"),
        lang.gettext("from receipt to a measure or a promise"),
    )
    kinds: tuple[tuple[str, str, Callable[[Figures], Wait], int], ...] = (
        (lang.gettext("First reply, half within"), reply, lambda found: found.first_reply, 50),
        (lang.gettext("First reply, nine in ten within"), reply, lambda found: found.first_reply, 90),
        (lang.gettext("First measure, half within"), measure, lambda found: found.first_measure, 50),
    )
    return tuple(
        Line(title, meaning, tuple(_wait(lang, wait(found), percent) for found in windows))
        for title, meaning, wait, percent in kinds
    )


def _wait(lang: Language, wait: Wait, percent: int) -> tuple[str, tuple[str, ...]]:
    of = (lang.gettext("{part} of {whole} so far", part=len(wait.lengths), whole=wait.whole),)
    if wait.too_few:
        return five.in_words(lang, wait.whole), of if wait.whole else ()
    length = wait.percentile(percent)
    if length is None and percent == 50:
        return lang.gettext("not yet: more than half still wait"), of
    if length is None:
        return lang.gettext("not yet: more than one in ten still wait"), of
    return five.at_most(lang, length), of


def said(lang: Language, windows: Sequence[Figures], fives: Sequence[five.Five]) -> tuple[Line, ...]:
    """Return what customers said of the company after their case; `fives` are of the same windows."""
    both = [(found, of.against) for found, of in zip(windows, fives, strict=True)]
    return (
        Line(
            five.title(lang, "again"),
            lang.gettext("Of those who said whether they would, and of the cases unseen or unanswered"),
            tuple((five.percent(lang, found.again), _made_of(lang, found.again, number)) for found, number in both),
        ),
        Line(
            lang.gettext("Mean score"),
            lang.gettext("From 0, very bad, to 10, very good"),
            tuple((_mean(lang, found.score), _said_by(lang, found.score, number)) for found, number in both),
        ),
        Line(
            lang.gettext("Net promoter score"),
            lang.gettext("Who would recommend with 9 or 10, less who would with 0 to 6; from -100 to 100"),
            tuple((_nps(lang, found.recommend), _said_by(lang, found.recommend, number)) for found, number in both),
        ),
    )


def _made_of(lang: Language, share: Share, against: int) -> tuple[str, ...]:
    if not share.whole:
        return ()
    lines = (lang.gettext("{part} of {whole}", part=share.part, whole=share.whole), five.counted_as_no(lang, against))
    return tuple(line for line in lines if line)


def _said_by(lang: Language, measure: Mean | Nps, against: int) -> tuple[str, ...]:
    """Say how many customers said something, and how many cases count as the worst that could be said."""
    if not measure.whole:
        return ()
    spoke = lang.ngettext("{number} customer said", "{number} customers said", measure.whole - against)
    if not against:
        return (spoke,)
    worst = lang.ngettext(
        "{number} unseen or unanswered counts as 0 of 10", "{number} unseen or unanswered count as 0 of 10", against
    )
    return spoke, worst


def _mean(lang: Language, mean: Mean) -> str:
    if mean.too_few or mean.value is None:
        return five.in_words(lang, mean.whole)
    # Downwards, so that only a score of 10 in every case is written as 10.
    return lang.number(floor(10 * mean.total / mean.whole) / 10, 1)


def _nps(lang: Language, nps: Nps) -> str:
    if nps.too_few or nps.value is None:
        return five.in_words(lang, nps.whole)
    return lang.number(floor(nps.value))


def monthly_median(lang: Language, month: Month) -> str:
    """Write the median of one month in a narrow cell."""
    if month.first_reply.too_few:
        return lang.pgettext("median of a month", "too few") if month.received else ""
    return five.at_most(lang, month.median) if month.median is not None else lang.pgettext("median of a month", "none")


@dataclass(frozen=True, slots=True)
class Trend:
    """A topic over the twelve months: `halves` are the first and the last six of them, `path` draws all."""

    title: str
    halves: tuple[int, int]
    path: str
    spoken: str
    counts: tuple[int, ...]


def trends(lang: Language, months: Sequence[Month], windows: Sequence[Figures]) -> tuple[Trend, ...]:
    """Return the topics of the first window, most first, with their numbers in all."""
    firsts = [month.first for month in months]
    by_month = [[dict(topic.months).get(first, 0) for first in firsts] for topic in windows[0].topics]
    top = max((max(counts, default=0) for counts in by_month), default=0)
    others = [{topic.topic: topic.received for topic in found.topics} for found in windows]
    return tuple(
        Trend(
            words.topic(lang, topic.topic) if topic.topic else lang.gettext("Not public"),
            (sum(counts[:6]), sum(counts[6:])),
            charts.spark(counts, top),
            _spoken(lang, months, counts),
            tuple(found.get(topic.topic, 0) for found in others),
        )
        for topic, counts in zip(windows[0].topics, by_month, strict=True)
    )


def _spoken(lang: Language, months: Sequence[Month], counts: Sequence[int]) -> str:
    numbers = [
        lang.gettext("{month} {number}", month=lang.brief_month(month.first), number=count)
        for month, count in zip(months, counts, strict=True)
    ]
    return lang.listed(numbers) if numbers else ""


def withheld(lang: Language, windows: Sequence[Figures]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the reasons for which something was withheld in any of the windows, with their numbers."""
    reasons = [reason for reason in Reason if any(reason in found.withheld for found in windows)]
    return tuple(
        (words.reason(lang, reason), tuple(found.withheld.get(reason, 0) for found in windows)) for reason in reasons
    )
