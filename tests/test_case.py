"""What follows from a case's events and the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.case import (
    CONFIRM_WITHIN,
    MADE,
    SHAPES,
    Case,
    Event,
    Kind,
    Outcome,
    Promise,
    State,
    clock_runs_until,
    end_of,
    has_late_promise,
    is_open,
    next_change,
    promises,
    state,
)
from amends.moves import can_follow, impossible_moves
from tests.effort import EFFORT
from tests.factories import NUMBER, OTHER_NUMBER, START, a_case, after, an_event

BERLIN = ZoneInfo("Europe/Berlin")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
ZONES = st.sampled_from([UTC, BERLIN, ZoneInfo("America/Santiago"), ZoneInfo("Pacific/Kiritimati")])

whole_hours = st.integers(0, 24 * 40)


@st.composite
def histories(draw: st.DrawFn) -> Case:
    """A case with any history that is possible."""
    case = a_case(kind=draw(st.sampled_from(Kind)), reply_by=after(draw(st.sampled_from([1, 24, 72]))))
    now = 0
    for _ in range(draw(st.integers(0, 8))):
        now += draw(st.sampled_from([0, 1, 20, 100]))
        name = draw(st.sampled_from([event for _, event in SHAPES]))
        event = an_event(name, now, **draw(facts_of(case, name)))
        if can_follow(case, event):
            case = replace(case, events=(*case.events, event))
    return case


@st.composite
def facts_of(draw: st.DrawFn, case: Case, event: str) -> dict[str, object]:
    """The facts on which a history turns."""
    by = next(by for by, name in SHAPES if name == event)
    references: list[datetime | str] = [reply.at for reply in case.replies]
    choices: dict[str, st.SearchStrategy[object]] = {
        "promise": st.sampled_from(["p1", "p2"]),
        "due": st.dates(date(2026, 11, 1), date(2026, 11, 20)),
        "outcome": st.sampled_from(Outcome),
        "of": st.sampled_from(references or [OTHER_NUMBER]),
    }
    facts = {key: draw(choices[key]) for key in SHAPES[by, event].required if key in choices}
    if event == "verdict":
        facts["reply_by"] = draw(st.none() | st.integers(0, 24 * 40).map(after))
    return facts


def is_late(case: Case, now: datetime, zone: tzinfo = UTC) -> bool:
    """Whether an answer or a promise is overdue."""
    due = clock_runs_until(case)
    return (due is not None and now >= due) or (has_late_promise(case, now, zone) and not case.is_gone)


def said_of(case: Case, now: datetime, zone: ZoneInfo) -> tuple[object, ...]:
    """Everything that is said of a case and could change by time alone."""
    due = clock_runs_until(case)
    overdue = [promise.promise for promise in promises(case) if promise.is_running and now >= end_of(promise.due, zone)]
    return state(case, now, zone), is_open(case, now, zone), due is not None and now >= due, overdue


STORY: list[tuple[tuple[Event, ...], float, State]] = [
    ((), 23.9, State.AWAITING),
    ((), 24, State.OVERDUE),
    ((an_event("reply", 30),), 900, State.REPLIED),
    ((an_event("promise", 31),), 40, State.PROMISED),
    ((), 900, State.PROMISE_OVERDUE),
    ((an_event("solved", 950),), 951, State.SOLVED),
    ((), 950 + 14 * 24, State.UNCONFIRMED),
    ((an_event("verdict", 1400),), 1400, State.CONFIRMED),
    ((an_event("verdict", 1401, outcome=Outcome.PARTLY),), 1401, State.DISPUTED),
    ((an_event("hidden", 1402),), 1402, State.HIDDEN),
    ((an_event("withdrawn", 1403),), 1403, State.WITHDRAWN),
    ((an_event("removed", 1404),), 1404, State.REMOVED),
]
"""Each step adds to the history, takes nothing away, and moves the case to the state tried before the last one."""


def test_the_states_are_tried_in_the_order_in_which_they_stand() -> None:
    case, found = a_case(), []
    for events, hours, expected in STORY:
        case = replace(case, events=(*case.events, *events))
        assert state(case, after(hours)) is expected
        found.append(expected)
    assert found == list(reversed(State))
    assert list(impossible_moves(case)) == []


def test_a_case_shown_again_is_where_it_was() -> None:
    case = a_case(an_event("reply"), an_event("hidden", 2), an_event("restored", 3))
    assert state(case, after(4)) is State.REPLIED


@given(histories(), whole_hours, ZONES)
@settings(max_examples=80 * EFFORT, deadline=None)
def test_every_possible_history_has_one_state_at_every_time(case: Case, hours: int, zone: ZoneInfo) -> None:
    assert list(impossible_moves(case)) == []
    said = said_of(case, after(hours), zone)
    assert said[0] in list(State)
    assert said == said_of(replace(case), after(hours), zone)


@given(histories(), whole_hours, st.floats(0, 1), ZONES)
@settings(max_examples=80 * EFFORT, deadline=None)
def test_nothing_changes_between_now_and_the_next_change(case: Case, hours: int, part: float, zone: ZoneInfo) -> None:
    now = after(hours)
    until = next_change(case, now, zone)
    assert until is None or until > now
    last = (until or now + timedelta(days=9999)) - SECOND
    for instant in (now + (last - now) * part, last):
        assert said_of(case, instant, zone) == said_of(case, now, zone)


@pytest.mark.parametrize(
    ("events", "changes"),
    [
        ((), after(24)),
        ((an_event("promise", due=date(2026, 11, 2)),), datetime(2026, 11, 2, 23, tzinfo=UTC)),
        ((an_event("reply"), an_event("verdict", 2, outcome=Outcome.UNSOLVED)), after(26)),
        ((an_event("reply"), an_event("solved", 2)), after(2) + CONFIRM_WITHIN),
    ],
    ids=["first reply", "promise", "dispute", "solved"],
)
def test_at_the_next_change_something_has_changed(events: tuple[Event, ...], changes: datetime) -> None:
    case = a_case(*events)
    assert next_change(case, after(3), BERLIN) == changes
    assert said_of(case, changes, BERLIN) != said_of(case, after(3), BERLIN)
    assert said_of(case, changes - SECOND, BERLIN) == said_of(case, after(3), BERLIN)


@given(histories(), whole_hours, ZONES)
@settings(max_examples=80 * EFFORT, deadline=None)
def test_silence_is_never_success(case: Case, hours: int, zone: ZoneInfo) -> None:
    verdict = case.last("verdict")
    if state(case, after(hours), zone) is State.CONFIRMED:
        assert verdict is not None
        assert verdict.outcome is Outcome.SOLVED


def test_the_companys_own_solved_is_called_unconfirmed_after_fourteen_days() -> None:
    case = a_case(an_event("reply"), an_event("solved", 2))
    assert state(case, after(2) + timedelta(days=14) - SECOND) is State.SOLVED
    assert state(case, after(2) + timedelta(days=14)) is State.UNCONFIRMED
    assert state(case, after(2) + timedelta(days=5000)) is State.UNCONFIRMED


def test_only_a_reply_stops_the_first_clock() -> None:
    others = [an_event("promise", 2), an_event("asked", 3), an_event("gift", 4), an_event("solved", 5)]
    assert clock_runs_until(a_case(*others)) == after(24)
    assert clock_runs_until(a_case(*others, an_event("reply", 6))) is None


def test_a_dispute_runs_a_new_clock_as_long_as_the_first_which_the_next_reply_stops() -> None:
    replied = a_case(an_event("reply", 20), reply_by=after(48))
    disputed = replace(replied, events=(*replied.events, an_event("verdict", 100, outcome=Outcome.UNSOLVED)))
    answered = replace(disputed, events=(*disputed.events, an_event("reply", 140)))
    assert clock_runs_until(replied) is None
    assert clock_runs_until(disputed) == after(148)
    assert not is_late(disputed, after(148) - SECOND)
    assert is_late(disputed, after(148))
    assert clock_runs_until(answered) is None
    assert state(answered, after(900)) is State.DISPUTED


def test_a_dispute_runs_until_the_time_that_was_fixed_when_it_began() -> None:
    verdict = an_event("verdict", 100, outcome=Outcome.PARTLY, reply_by=after(163))
    disputed = a_case(an_event("reply", 20), verdict)
    assert clock_runs_until(disputed) == next_change(disputed, after(101)) == after(163)
    again = an_event("verdict", 150, outcome=Outcome.UNSOLVED, reply_by=after(200))
    assert clock_runs_until(replace(disputed, events=(*disputed.events, again))) == after(163)


@pytest.mark.parametrize(("promised", "most"), [(24, 7 * 24), (30 * 24, 30 * 24)])
def test_the_clock_of_a_dispute_ends_after_seven_days_or_in_the_time_of_the_receipt(promised: int, most: int) -> None:
    case = a_case(an_event("reply"), reply_by=after(promised))
    ends = {hours: an_event("verdict", 100, reply_by=after(100) + hours * HOUR) for hours in (0, most)}
    assert [can_follow(case, verdict) for verdict in ends.values()] == [True, True]
    for reply_by in (after(100) - SECOND, after(100 + most) + SECOND):
        assert not can_follow(case, an_event("verdict", 100, reply_by=reply_by))


def test_a_reply_above_a_verdict_of_the_same_second_does_not_answer_it() -> None:
    case = a_case(an_event("reply", 2), an_event("verdict", 2, outcome=Outcome.UNSOLVED))
    assert clock_runs_until(case) == after(26)


@given(histories(), whole_hours, st.sampled_from([Outcome.PARTLY, Outcome.UNSOLVED]))
@settings(max_examples=80 * EFFORT, deadline=None)
def test_a_complaint_about_the_answer_never_makes_a_late_case_punctual(case: Case, hours: int, said: Outcome) -> None:
    verdict = an_event("verdict", hours, outcome=said)
    if can_follow(case, verdict) and is_late(case, verdict.at):
        assert is_late(replace(case, events=(*case.events, verdict)), verdict.at)


def test_a_promise_made_in_a_dispute_can_be_late() -> None:
    verdict = an_event("verdict", 2, outcome=Outcome.UNSOLVED)
    case = a_case(an_event("reply", 1), verdict, an_event("reply", 3), an_event("promise", 3))
    assert is_late(case, after(900))


def test_a_promise_is_followed_to_where_it_stands() -> None:
    later = date(2026, 11, 9)
    case = a_case(
        an_event("promise", 1),
        an_event("promise", 2, promise="p2", what="A call", due=date(2026, 11, 4)),
        an_event("promise", 3, promise="p3"),
        an_event("moved", 4, due=later, why="A holiday."),
        an_event("kept", 5, promise="p2"),
        an_event("broken", 6, promise="p3", why="Sold out."),
    )
    day, what = date(2026, 11, 6), "Refund of the delivery fee"
    assert promises(case) == (
        Promise("p1", what, after(1), first_due=day, due=later, why="A holiday."),
        Promise("p2", "A call", after(2), date(2026, 11, 4), date(2026, 11, 4), kept=after(5)),
        Promise("p3", what, after(3), day, day, broken=after(6), why="Sold out."),
    )
    assert [promise.is_running for promise in promises(case)] == [True, False, False]


def test_what_the_customer_took_for_a_promise_runs_like_any_other() -> None:
    claimed = a_case(an_event("reply"), an_event("claimed", 2))
    kept = replace(claimed, events=(*claimed.events, an_event("moved", 3, due=date(2026, 11, 9)), an_event("kept", 4)))
    made = Promise("p1", "Refund of the delivery fee", after(2), date(2026, 11, 6), date(2026, 11, 6), claimed=True)
    assert promises(claimed) == (made,)
    assert state(claimed, after(3)) is State.PROMISED
    assert state(claimed, end_of(made.due)) is State.PROMISE_OVERDUE
    assert promises(kept) == (replace(made, due=date(2026, 11, 9), kept=after(4), why="The carrier lost it."),)
    assert state(kept, after(5)) is State.REPLIED


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("UTC", date(2026, 11, 6), datetime(2026, 11, 7, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 11, 6), datetime(2026, 11, 6, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # 25 hours
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # 23 hours
        ("America/Santiago", date(2026, 9, 5), datetime(2026, 9, 6, 4, tzinfo=UTC)),  # its next midnight never was
        ("Pacific/Kiritimati", date(2026, 12, 31), datetime(2026, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_promise_falls_due_at_the_end_of_the_day_where_the_company_is(zone: str, day: date, ends: datetime) -> None:
    case = a_case(an_event("promise", due=day))
    assert end_of(day, ZoneInfo(zone)) == ends
    assert state(case, ends - SECOND, ZoneInfo(zone)) is State.PROMISED
    assert state(case, ends, ZoneInfo(zone)) is State.PROMISE_OVERDUE


@pytest.mark.parametrize("last_day", [date(9999, 12, 30), date(9999, 12, 31)])
def test_a_promise_for_the_end_of_time_is_a_promise(last_day: date) -> None:
    assert state(a_case(an_event("promise", due=last_day)), after(2), ZoneInfo("America/Santiago")) is State.PROMISED


IMPOSSIBLE: list[tuple[Case, str]] = [
    (a_case(reply_by=START - SECOND), "reply_by before received"),
    (a_case(an_event("removed"), text="Words."), "a text under a tombstone"),
    (a_case(an_event("reply", -1)), "an event before the receipt"),
    (a_case(an_event("reply", 2), an_event("reply", 1)), "an event earlier than the one above it"),
    (a_case(an_event("withdrawn"), an_event("reply", 2)), "reply after the end of the case"),
    (a_case(an_event("verdict"), kind=Kind.PRAISE), "verdict on praise"),
    (a_case(an_event("solved"), kind=Kind.IDEA), "solved on idea"),
    (a_case(an_event("promise"), an_event("promise", 2)), "promise p1 made twice"),
    (a_case(an_event("reply"), an_event("promise"), an_event("claimed", 2)), "promise p1 made twice"),
    (a_case(an_event("claimed")), "claimed although there is no reply"),
    (a_case(an_event("kept")), "kept: promise p1 was never made"),
    (a_case(an_event("promise"), an_event("moved", 2, promise="p2")), "moved: promise p2 was never made"),
    (a_case(an_event("promise"), an_event("kept", 2), an_event("broken", 3)), "broken: promise p1 has ended"),
    (a_case(an_event("promise"), an_event("broken", 2), an_event("moved", 3)), "moved: promise p1 has ended"),
    (a_case(an_event("reply"), an_event("correction", 2, of=after(2))), "correction of a reply that is not there"),
    (a_case(an_event("restored")), "restored although nothing is hidden"),
    (a_case(an_event("answered")), "answered although nothing was asked"),
    (a_case(an_event("duplicate", of=NUMBER)), "duplicate of itself"),
    (a_case(an_event("followup", received=after(-1))), "words received before the case, or after they were read"),
    (a_case(an_event("verdict", reply_by=START)), "a new time to answer before it, or too late"),
    (a_case(an_event("verdict", reply_by=after(170))), "a new time to answer before it, or too late"),
    (a_case(an_event("unread", 1, received=after(2))), "words received before the case, or after they were read"),
]


@pytest.mark.parametrize(("case", "found"), IMPOSSIBLE, ids=[found for _, found in IMPOSSIBLE])
def test_an_impossible_move_is_named_with_its_place(case: Case, found: str) -> None:
    (move,) = impossible_moves(case)
    assert move.found == found
    assert move.expected
    assert move.index == (len(case.events) - 1 if found not in (IMPOSSIBLE[0][1], IMPOSSIBLE[1][1]) else None)


def told_against(case: Case, event: Event) -> list[str]:
    """What speaks against an event as the next one, told from scratch of all the events above it."""
    ends = event.event in ("kept", "moved", "broken")
    promise = {made.promise: made for made in promises(case)}.get(event.promise or "")
    replied = [reply.at for reply in case.replies]
    wrong = {
        "an event before the receipt": event.at < case.received,
        "an event earlier than the one above it": case.events and event.at < case.events[-1].at,
        "words received before the case, or after they were read": event.received is not None
        and not case.received <= event.received <= event.at,
        f"{event.event} after the end of the case": case.is_gone and event.by != "keeper",
        f"{event.event} on {case.kind}": event.event in ("verdict", "solved") and not case.kind.can_be_solved,
        f"promise {event.promise} made twice": event.event in MADE and promise and event.promise is not None,
        "claimed although there is no reply": event.event == "claimed" and not replied,
        f"{event.event}: promise {event.promise} was never made": ends and not promise,
        f"{event.event}: promise {event.promise} has ended": ends and promise and not promise.is_running,
        "correction of a reply that is not there": event.event == "correction" and event.of not in replied,
        "restored although nothing is hidden": event.event == "restored" and not case.is_hidden,
        "answered although nothing was asked": event.event == "answered" and not case.last("asked"),
        "duplicate of itself": event.event == "duplicate" and event.of == case.number,
    }
    return [found for found, is_so in wrong.items() if is_so]


names_of_events = st.sampled_from([event for _, event in SHAPES])


@st.composite
def any_events(draw: st.DrawFn) -> Event:
    """An event at any time, possible or not, with the facts on which it turns."""
    facts = {
        "promise": draw(st.sampled_from([None, "", "p1", "p2"])),
        "due": draw(st.sampled_from([None, date(2026, 11, 6)])),
        "of": draw(st.sampled_from([None, NUMBER, OTHER_NUMBER, after(0), after(1)])),
        "received": draw(st.sampled_from([None, after(-1), after(0), after(2)])),
    }
    by = draw(st.sampled_from(["customer", "company", "keeper"]))
    return replace(an_event(draw(names_of_events), draw(st.integers(-1, 3))), by=by, **facts)


any_cases = st.builds(
    lambda kind, events: a_case(*events, kind=kind), st.sampled_from(Kind), st.lists(any_events(), max_size=8)
)


@given(any_cases)
@settings(max_examples=150 * EFFORT, deadline=None)
def test_each_event_is_judged_by_all_those_above_it(case: Case) -> None:
    found = [(move.index, move.found) for move in impossible_moves(case) if move.index is not None]
    above = [replace(case, events=case.events[:index]) for index in range(len(case.events))]
    expected = [told_against(before, event) for before, event in zip(above, case.events, strict=True)]
    assert found == [(index, wrong) for index, wrongs in enumerate(expected) for wrong in wrongs]
    assert [can_follow(before, event) for before, event in zip(above, case.events, strict=True)] == [
        not wrongs for wrongs in expected
    ]


def test_the_keeper_may_go_on_after_the_end_of_a_case() -> None:
    assert can_follow(a_case(an_event("withdrawn")), an_event("masked", 2))


@pytest.mark.parametrize("kind", [Kind.PRAISE, Kind.IDEA])
def test_praise_and_ideas_are_answered_and_not_solved(kind: Kind) -> None:
    case = a_case(an_event("reply"), kind=kind)
    assert not can_follow(case, an_event("verdict", 2))
    assert not can_follow(case, an_event("solved", 2))
    assert not is_open(case, after(2))


def test_an_answered_complaint_stays_open() -> None:
    assert is_open(a_case(an_event("reply")), after(900))


@pytest.mark.parametrize("end", ["withdrawn", "removed"])
@pytest.mark.parametrize("question", [is_open, is_late])
def test_nothing_is_owed_under_a_tombstone(end: str, question: Callable[[Case, datetime], bool]) -> None:
    assert not question(a_case(an_event(end)), after(900))
