"""Nothing that is done to a case makes a figure better: tried on random records, for every case, at two instants.

A figure that becomes "too few" has not become better; it is named here only where it must not come about.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.case import Case, Event, Kind, Outcome, Reason
from amends.figures import (
    ALL_TIME,
    Ending,
    Figures,
    Month,
    Place,
    Pledge,
    Share,
    Wait,
    closed_year,
    facts,
    figures,
    months,
)
from amends.moves import can_follow
from amends.record import Entry, LedgerLine, LedgerOutcome, Standing, load
from tests.effort import EFFORT
from tests.factories import NUMBER, OTHER_NUMBER, a_case, a_line, an_event, company_toml, make_board, put

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=70)
"""By then every promise of these records has fallen due."""

MOVES = (
    "reply reply reply promise promise claimed moved kept broken verdict verdict verdict solved withdrawn hidden "
    "restored correction"
).split()
"""What matters to a figure, more often; the others pass by."""

REASONS = [reason for reason in Reason if reason is not Reason.SPAM]
"""Not spam: it leaves the figures by rule, and with it a tombstone whose line says spam once the file is lost."""


@dataclass(frozen=True)
class Books:
    """What the record holds of one company."""

    entries: tuple[Entry, ...]
    ledger: tuple[LedgerLine, ...]

    @property
    def numbers(self) -> list[str]:
        return sorted({entry.case.number for entry in self.entries} | {line.case for line in self.ledger})

    def number(self, which: int) -> str:
        return self.numbers[which % len(self.numbers)]

    def entry(self, number: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.case.number == number), None)

    def line(self, number: str) -> LedgerLine | None:
        return next((line for line in self.ledger if line.case == number), None)

    def changed(self, number: str, entry: Entry | None, line: LedgerLine | None) -> "Books":
        entries = tuple(there for there in self.entries if there.case.number != number)
        ledger = tuple(there for there in self.ledger if there.case != number)
        return Books(entries + ((entry,) if entry else ()), ledger + ((line,) if line else ()))


@st.composite
def histories(draw: st.DrawFn, case: Case) -> Case:
    """Let a few possible things happen to a case, in order and before NOW."""
    at = case.received
    for move in draw(st.lists(st.sampled_from(MOVES), min_size=1, max_size=8)):
        at += timedelta(hours=draw(st.sampled_from([1, 6, 30, 100])))
        event = replace(an_event(move, **_what_is_said(draw, case, move, at)), at=at)
        if at <= NOW and can_follow(case, event):
            case = replace(case, events=(*case.events, event))
    return replace(case, text="", title=None) if case.is_gone else case


def _what_is_said(draw: st.DrawFn, case: Case, move: str, at: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if move in ("promise", "claimed", "moved"):
        said["due"] = at.date() + timedelta(days=draw(st.integers(-1, 20)))
    if move in ("promise", "claimed", "moved", "kept", "broken"):
        said["promise"] = draw(st.sampled_from(["p1", "p1", "p2"]))
    if move == "reply":
        said["measure"] = draw(st.sampled_from([None, "We changed the carrier."]))
    if move == "correction" and case.replies:
        said["of"] = case.replies[0].at
    if move == "verdict":
        said["outcome"] = draw(st.sampled_from(Outcome))
        said["again"] = draw(st.sampled_from([None, True, False]))
        said["score"] = draw(st.none() | st.integers(0, 10))
        said["recommend"] = draw(st.none() | st.integers(0, 10))
        said["reply_by"] = draw(st.none() | st.integers(0, 168).map(lambda hours: at + timedelta(hours=hours)))
    return said


@st.composite
def received_cases(draw: st.DrawFn, number: str) -> tuple[Entry | None, LedgerLine | None]:
    """A case with its file and its line, or with one of the two."""
    received = NOW - timedelta(hours=draw(st.integers(0, 500 * 24)))
    reply_by = received + timedelta(hours=draw(st.sampled_from([4, 24, 72])))
    kind = draw(st.sampled_from([Kind.COMPLAINT, Kind.COMPLAINT, Kind.QUESTION, Kind.PRAISE]))
    bare = Case(number, "acme", kind, "delivery", received, reply_by)
    line = LedgerLine(number, received, reply_by)
    where = draw(st.sampled_from(["page"] * 6 + ["no line", "imported", "stub", "taken off", "line"]))
    if where == "line":
        return None, draw(lines_alone(line))
    if where == "imported":
        return Entry(draw(histories(replace(bare, source="Market Square", text="x"))), "x.md"), None
    if where == "stub":
        return Entry(bare, "x.md"), line
    if where == "taken off":
        removed = replace(an_event("removed"), at=NOW, reason=draw(st.sampled_from(REASONS)))
        off = replace(line, outcome=LedgerOutcome.WITHHELD, reason=removed.reason, at=NOW)
        return Entry(replace(bare, events=(removed,)), "x.md"), off
    case = draw(histories(replace(bare, text="x")))
    published = replace(line, outcome=LedgerOutcome.PUBLISHED, at=received, first_reply=_first_reply(case))
    if draw(st.integers(0, 9)) == 0:
        return _unknown(case, draw(st.sampled_from([Standing.MISSING, Standing.PLACEHOLDER]))), published
    return Entry(case, "x.md"), None if where == "no line" else published


@st.composite
def lines_alone(draw: st.DrawFn, line: LedgerLine) -> LedgerLine:
    """A line of a case that has no file."""
    outcome = draw(st.sampled_from([each for each in LedgerOutcome if each is not LedgerOutcome.PUBLISHED]))
    reason = draw(st.sampled_from(Reason)) if outcome is LedgerOutcome.WITHHELD else None
    hours = draw(st.none() | st.integers(0, 100))
    reply = None if hours is None else min(NOW, line.received + timedelta(hours=hours))
    at = None if outcome is LedgerOutcome.WAITING else max(reply or line.received, min(NOW, line.reply_by))
    return replace(line, outcome=outcome, reason=reason, at=at, first_reply=reply)


@st.composite
def books(draw: st.DrawFn) -> Books:
    found = [draw(received_cases(f"{index:08}")) for index in range(draw(st.integers(1, 12)))]
    return Books(tuple(entry for entry, _ in found if entry), tuple(line for _, line in found if line))


NUMBERS = st.integers(0, 11)
"""Which of the cases something is done to, counted round."""


def _first_reply(case: Case) -> datetime | None:
    return case.first_reply.at if case.first_reply else None


def _unknown(case: Case, standing: Standing, received: datetime | None = None) -> Entry:
    received = received or case.received
    return Entry(replace(case, kind=Kind.COMPLAINT, source=None, text="", received=received, events=()), "", standing)


def lose(before: Books, number: str) -> Books:
    """Take the file away: the record says missing where the ledger says published, else only the line is left."""
    entry, line = before.entry(number), before.line(number)
    if entry is None or line is None:
        return before  # Without a line, and a file, nobody can know of it.
    missing = _unknown(entry.case, Standing.MISSING) if line.outcome is LedgerOutcome.PUBLISHED else None
    return before.changed(number, missing, line)


def make_unreadable(before: Books, number: str) -> Books:
    entry, line = before.entry(number), before.line(number)
    if entry is None:
        return before
    month = entry.case.received.replace(day=1, hour=0, minute=0, second=0)
    received = line.received if line else month
    return before.changed(number, _unknown(entry.case, Standing.PLACEHOLDER, received), line)


def withhold(before: Books, number: str) -> Books:
    """Take the file away and let the ledger say so, with the earliest reply that anybody could claim."""
    entry, line = before.entry(number), before.line(number)
    if entry and (entry.standing is not Standing.GOOD or entry.case.imported):
        return before  # What is lost is not there to be withheld, and what was imported never waited for anybody.
    if line and not entry and line.outcome is LedgerOutcome.WITHHELD:
        return before
    case = entry.case if entry else None
    line = line or (LedgerLine(number, case.received, case.reply_by, first_reply=_first_reply(case)) if case else None)
    reason = REASONS[int(number) % len(REASONS)]
    held = replace(line, outcome=LedgerOutcome.WITHHELD, reason=reason, at=NOW) if line else None
    return before.changed(number, None, held)


def _add(before: Books, number: str, event: str) -> Books:
    entry = before.entry(number)
    if entry is None or entry.standing is not Standing.GOOD:
        return before
    happened: Event = replace(an_event(event), at=NOW, reason=Reason.PERSONAL_DATA)
    case = replace(entry.case, events=(*entry.case.events, happened))
    case = replace(case, text="", title=None) if case.is_gone else case
    return before.changed(number, replace(entry, case=case), before.line(number))


def hide(before: Books, number: str) -> Books:
    return _add(before, number, "hidden")


def remove(before: Books, number: str) -> Books:
    return _add(before, number, "removed")


def leave_unanswered(before: Books, number: str) -> Books:
    """Undo all that the company did, and whatever else cannot have happened without it."""
    entry, line = before.entry(number), before.line(number)
    line = replace(line, first_reply=None) if line else None
    if entry is None or entry.standing is not Standing.GOOD:
        return before.changed(number, entry, line)
    case = replace(entry.case, events=())
    for event in entry.case.events:
        undone = event.by == "company" or event.outcome is Outcome.SOLVED
        if not undone and can_follow(case, event):
            case = replace(case, events=(*case.events, event))
    return before.changed(number, replace(entry, case=case), line)


def _rises(after: float | None, before: float | None) -> bool:
    """Whether a number got better; one that was not there and is 0 or less now, did not, one that went away did."""
    if after is None or before is None:
        return before is not None or (after is not None and after > 0)
    return after > before


def _better_share(after: Share, before: Share) -> Iterator[str]:
    if after.whole < before.whole:
        yield "of fewer"
    if _rises(after.value, before.value):
        yield "value"
    bounds = zip(after.interval or (), before.interval or (), strict=False)
    if any(bound > other + 1e-12 for bound, other in bounds):
        yield "interval"


def _better_wait(after: Wait, before: Wait) -> Iterator[str]:
    if after.whole < before.whole:
        yield "of fewer"
    for percent in (1, 10, 50, 90, 100):
        short, long = after.percentile(percent), before.percentile(percent)
        # None is infinite; where there was nobody at all, there was nothing to get better.
        if short is not None and before.whole and (long is None or short < long):
            yield f"{percent}th percentile"


SHARES = "answered within_day within_promise solved promises_kept again".split()
BAD_PLEDGES = (Pledge.UNSEEN, Pledge.UNANSWERED, Pledge.BROKEN, Pledge.OVERDUE)
NOT_ON_TIME = [pledge for pledge in Pledge if pledge not in (Pledge.ON_TIME, Pledge.RUNNING)]


def better(after: Figures, before: Figures, now: datetime) -> Iterator[str]:
    """Name every figure that got better."""
    for name in SHARES:
        yield from (f"{name}: {what}" for what in _better_share(getattr(after, name), getattr(before, name)))
    for name in ("first_reply", "first_measure"):
        yield from (f"{name}: {what}" for what in _better_wait(getattr(after, name), getattr(before, name)))
    yield from (name for name, count in COUNTS.items() if count(after) < count(before))
    if after.score.whole < before.score.whole or _rises(after.score.value, before.score.value):
        yield "score"
    if after.recommend.whole < before.recommend.whole or _rises(after.recommend.value, before.recommend.value):
        yield "recommend"
    if (after.longest_silence(now) or timedelta(0)) < (before.longest_silence(now) or timedelta(0)):
        yield "longest silence"


COUNTS: dict[str, Callable[[Figures], int]] = {
    "received": lambda found: found.received,
    "confirmed": lambda found: -found.endings[Ending.CONFIRMED],
    "disputed or unseen": lambda found: found.endings[Ending.DISPUTED] + found.endings[Ending.UNSEEN],
    "not solved": lambda found: sum(found.endings[e] for e in (Ending.DISPUTED, Ending.UNSEEN, Ending.OPEN)),
    "on time": lambda found: -found.promises[Pledge.ON_TIME],
    "promises broken": lambda found: sum(found.promises[pledge] for pledge in BAD_PLEDGES),
    "promises not on time": lambda found: sum(found.promises[pledge] for pledge in NOT_ON_TIME),
    "unseen": lambda found: found.places[Place.WITHHELD] + found.places[Place.LOST],
}
"""Numbers that must not fall; those of good things, which must not rise, with their sign turned."""


def better_month(after: Month, before: Month) -> Iterator[str]:
    yield from _better_share(after.within_day, before.within_day)
    yield from _better_wait(after.first_reply, before.first_reply)
    if after.answered > before.answered or after.unanswered < before.unanswered:
        yield "answered"
    if after.open_at_end < before.open_at_end:
        yield "open at the end"


def improvements(after: Books, before: Books, *instants: datetime) -> list[str]:
    """Name all that got better in either window or in any month, as seen at these instants."""
    found: list[str] = []
    if after == before:
        return found
    new, old = (facts(held.entries, held.ledger, ZONE) for held in (after, before))
    for now in instants:
        for window in (closed_year(now), ALL_TIME):
            pair = (figures(known, window, now, ZONE) for known in (new, old))
            found.extend(f"{now} {window}: {what}" for what in better(*pair, now))
        for one, other in zip(months(new, now), months(old, now), strict=True):
            found.extend(f"{now} {one.first}: {what}" for what in better_month(one, other))
    return found


tried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=12 * EFFORT)
tried_often = settings(tried, max_examples=48 * EFFORT)


@pytest.mark.parametrize("deed", [lose, make_unreadable, withhold, hide, remove], ids=lambda deed: deed.__name__)
@given(before=books(), which=NUMBERS)
@tried_often
def test_nothing_done_to_a_case_makes_a_figure_better(
    deed: Callable[[Books, str], Books], before: Books, which: int
) -> None:
    after = deed(before, before.number(which))
    assert improvements(after, before, NOW, LATER) == []


@given(before=books(), which=NUMBERS)
@tried_often
def test_leaving_a_case_unanswered_makes_no_figure_better_once_its_time_is_over(before: Books, which: int) -> None:
    number = before.number(which)
    after = leave_unanswered(before, number)
    fact = next(fact for fact in facts(before.entries, before.ledger, ZONE) if fact.case == number)
    assert improvements(after, before, max(NOW, fact.reply_by), LATER) == []


@given(before=books(), which=NUMBERS)
@tried_often
def test_a_withheld_case_lifts_no_figure_over_the_threshold(before: Books, which: int) -> None:
    after = withhold(before, before.number(which))
    old, new = (figures(facts(held.entries, held.ledger, ZONE), ALL_TIME, NOW, ZONE) for held in (before, after))
    for name in ("promises_kept", "again", "score", "recommend"):
        assert getattr(new, name).said <= getattr(old, name).said, name


@given(held=books())
@tried
def test_every_case_is_counted_in_one_place_and_with_one_ending(held: Books) -> None:
    known = facts(held.entries, held.ledger, ZONE)
    assert [fact.case for fact in sorted(known, key=lambda fact: fact.case)] == held.numbers
    found = figures(known, ALL_TIME, NOW, ZONE)
    assert sum(found.endings.values()) == found.solved.whole == found.first_measure.whole <= found.received
    assert sum(found.places.values()) == found.received + found.spam.part + found.imported == len(held.numbers)
    assert sum(found.promises.values()) == found.promises_kept.whole + found.promises[Pledge.RUNNING]
    assert found.promises[Pledge.ON_TIME] == found.promises_kept.part
    assert sum(found.withheld.values()) == found.places[Place.WITHHELD]
    assert sum(topic.received for topic in found.topics) == found.received
    assert all(sum(count for _, count in topic.months) == topic.received for topic in found.topics)


@given(held=books(), data=st.data())
@tried
def test_the_order_of_files_and_lines_changes_nothing(held: Books, data: st.DataObject) -> None:
    entries, ledger = data.draw(st.permutations(held.entries)), data.draw(st.permutations(held.ledger))
    one, other = facts(held.entries, held.ledger, ZONE), facts(entries, ledger, ZONE)
    assert one == other
    assert [fact.received for fact in one] == sorted(fact.received for fact in one)
    assert repr(figures(reversed(one), ALL_TIME, NOW, ZONE)) == repr(figures(one, ALL_TIME, NOW, ZONE))


@given(held=books())
@tried
def test_what_was_received_in_the_closed_months_is_what_the_closed_year_counts(held: Books) -> None:
    known = facts(held.entries, held.ledger, ZONE)
    year, by_month = figures(known, closed_year(NOW), NOW, ZONE), months(known, NOW)
    assert sum(month.received for month in by_month) == year.received
    assert sum(month.answered for month in by_month) == year.answered.part
    assert sum(month.within_day.part for month in by_month) == year.within_day.part


def _figures_of(content: Path) -> Figures:
    record = load(content)
    found = facts(record.entries["acme"], record.ledgers["acme"], record.company("acme").zone)
    return figures(found, ALL_TIME, NOW, record.company("acme").zone)


def _board(folder: Path, cases: Iterable[Case]) -> Path:
    cases = tuple(cases)
    lines = [
        a_line(case.number, outcome=LedgerOutcome.PUBLISHED, first_reply=case.first_reply and case.first_reply.at)
        for case in cases
    ]
    return make_board(folder, *cases, lines=lines)


READ = (
    a_case(an_event("reply", 2), an_event("verdict", 90, again=True), text="Late."),
    a_case(an_event("reply", 30), text="Late.", number=OTHER_NUMBER),
)


def test_a_file_that_is_deleted_or_broken_counts_as_unanswered(tmp_path: Path) -> None:
    content = _board(tmp_path, READ)
    before = _figures_of(content)
    assert (before.answered, before.solved) == (Share.of(2, 2), Share.of(1, 2))
    (file,) = content.rglob(f"{NUMBER}.md")
    put(file, "---\nnonsense")
    broken = _figures_of(content)
    file.unlink()
    assert _figures_of(content) == broken
    assert (broken.answered, broken.solved, broken.within_promise) == (Share.of(1, 2), Share.of(0, 2), Share.of(0, 2))
    assert broken.places[Place.LOST] == broken.endings[Ending.UNSEEN] == 1


@pytest.mark.parametrize("hours", [1, 720])
def test_promising_more_or_less_time_later_changes_nothing(tmp_path: Path, hours: int) -> None:
    content = _board(tmp_path, READ)
    next(content.rglob(f"{NUMBER}.md")).unlink()
    before = _figures_of(content)
    put(content / "acme" / "company.toml", company_toml("Acme Post", f"reply_hours = {hours}"))
    assert _figures_of(content) == before
