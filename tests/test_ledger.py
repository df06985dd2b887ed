"""The ledger: a public line for every case received."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.case import ALPHABET, Reason
from amends.record import LedgerLine, LedgerOutcome, RecordError, month_of, read_ledger, write_ledger
from amends.record.ledger import HEADER, quick_ledger, sift_ledger
from tests.effort import EFFORT
from tests.factories import NUMBER, OTHER_NUMBER, START, a_line, after

TOP = ",".join(HEADER) + "\n"
GOOD = f"{NUMBER},2026-11-02T09:00:00Z,2026-11-03T09:00:00Z,waiting,,\n"
GOOD_TOO = f"{OTHER_NUMBER},2026-11-04T09:00:00Z,2026-11-05T09:00:00Z,published,2026-11-04T10:00:00Z,\n"

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)


@st.composite
def lines(draw: st.DrawFn) -> LedgerLine:
    outcome = draw(st.sampled_from(LedgerOutcome))
    received = draw(instants)
    later = st.integers(0, 10**8).map(lambda seconds: received + timedelta(seconds=seconds))
    return LedgerLine(
        case=draw(st.text(ALPHABET, min_size=8, max_size=8)),
        received=received,
        reply_by=draw(later),
        outcome=outcome,
        reason=draw(st.sampled_from(Reason)) if outcome is LedgerOutcome.WITHHELD else None,
        at=draw(st.none() | later),
        first_reply=draw(st.none() | later),
    )


ledgers = st.lists(lines(), max_size=12, unique_by=lambda line: line.case)


@given(ledgers)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_again_in_the_order_of_receipt(ledger: list[LedgerLine]) -> None:
    found = read_ledger(write_ledger(ledger), "l.csv")
    assert found == tuple(sorted(ledger, key=lambda line: (line.received, line.case)))


@given(ledgers.flatmap(lambda ledger: st.tuples(st.just(ledger), st.permutations(ledger))))
@settings(max_examples=50, deadline=None)
def test_the_same_lines_give_the_same_bytes_in_whatever_order_they_come(
    orders: tuple[list[LedgerLine], list[LedgerLine]],
) -> None:
    assert write_ledger(orders[0]) == write_ledger(orders[1])


@given(ledgers)
@settings(max_examples=50, deadline=None)
def test_the_received_are_the_sum_of_all_outcomes(ledger: list[LedgerLine]) -> None:
    text = write_ledger(ledger)
    counted = Counter(line.outcome for line in read_ledger(text, "l.csv"))
    assert sum(counted[outcome] for outcome in LedgerOutcome) == len(ledger) == text.count("\n") - 1


@given(ledgers)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_quickly(ledger: list[LedgerLine]) -> None:
    assert quick_ledger(write_ledger(ledger)) == tuple(sorted(ledger, key=lambda line: (line.received, line.case)))


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """A ledger after some slips."""
    text = write_ledger(draw(ledgers))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        put = draw(
            st.sampled_from([*"\n\r\t ,:-TZz019a\ufeff\u2028٣", "", GOOD, "withheld:spam", "2026-02-30T09:00:00Z"])
        )
        text = text[:place] + put + text[place + draw(st.sampled_from([0, 1, 1, 2, 20, 21])) :]
    return text


@given(slipped())
@settings(max_examples=100 * EFFORT, deadline=None)
def test_empty_lines_at_the_end_which_are_not_read_quickly_change_nothing(text: str) -> None:
    assert quick_ledger(text + "\n\n") is None
    assert sift_ledger(text, "l.csv") == sift_ledger(text + "\n\n", "l.csv")


def test_a_ledger_looks_like_this() -> None:
    withheld = replace(a_line(OTHER_NUMBER), outcome=LedgerOutcome.WITHHELD, reason=Reason.SPAM, at=after(1))
    assert write_ledger([a_line(first_reply=after(2)), withheld]) == (
        "case,received,reply_by,outcome,at,first_reply\n"
        f"{OTHER_NUMBER},2026-11-02T09:00:00Z,2026-11-03T09:00:00Z,withheld:spam,2026-11-02T10:00:00Z,\n"
        f"{NUMBER},2026-11-02T09:00:00Z,2026-11-03T09:00:00Z,waiting,,2026-11-02T11:00:00Z\n"
    )


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (GOOD.replace("waiting", "lost"), "lost"),
        (GOOD.replace("waiting", "withheld"), "withheld"),
        (GOOD.replace("waiting", "withheld:"), "withheld:"),
        (GOOD.replace("waiting", "withheld:rude"), "rude"),
        (GOOD.replace("waiting", "published:spam"), "published:spam"),
        (GOOD.replace("waiting", "Waiting"), "Waiting"),
        (GOOD.replace(NUMBER, "7k3m9qxi"), "7k3m9qxi"),
        (GOOD.replace("2026-11-02T09", "2026-11-02T9"), "2026-11-02T9:00:00Z"),
        (GOOD.replace("2026-11-03T", "2026-11-03 "), "2026-11-03 09:00:00Z"),
        (GOOD.replace("waiting,,", "waiting,soon,"), "soon"),
        (GOOD.replace("waiting,,", "waiting,,soon"), "soon"),
        (GOOD.replace("waiting,,", "waiting,"), "5 fields"),
        (GOOD.replace("waiting,,", "waiting,,,"), "7 fields"),
        (GOOD.replace("waiting", '"waiting'), "'\"waiting'"),
        (GOOD.replace("2026-11-03T", "2026-11-01T"), "reply_by before received"),
        (GOOD.replace("waiting,,", "waiting,2026-11-02T08:59:59Z,"), "at before received"),
        (GOOD.replace("waiting,,", "waiting,,2026-11-02T08:59:59Z"), "first_reply before received"),
        (GOOD.replace("2026-11-03T", "9999-12-31T"), "the time '9999-12-31T09:00:00Z'"),
    ],
)
def test_a_faulty_line_is_named_with_its_file_and_line(wrong: str, found: str) -> None:
    with pytest.raises(RecordError) as error:
        read_ledger(TOP + GOOD_TOO + wrong, "acme/ledger/2026-11.csv")
    (fault,) = error.value.faults
    assert str(fault).startswith("acme/ledger/2026-11.csv:3: found ")
    assert found in fault.found
    assert fault.expected


def test_every_faulty_line_is_named_and_every_other_line_is_read() -> None:
    lost = GOOD.replace("waiting", "lost").replace(NUMBER, "7k3m9qxi")
    found, faults = sift_ledger(TOP + lost + GOOD + "bad\n" + GOOD_TOO, "l.csv")
    assert [fault.line for fault in faults] == [2, 4]
    assert [line.case for line in found] == [NUMBER, OTHER_NUMBER]


ANSWERED = GOOD.replace("waiting,,", "published,2026-11-02T10:00:00Z,2026-11-02T11:00:00Z")


@pytest.mark.parametrize(
    "slip",
    [
        ANSWERED.replace("published", "publish"),
        ANSWERED.replace("published", "withheld:rude"),
        ANSWERED.replace("published", "withdrawn,"),
        ANSWERED.replace("T11", " 11"),
        ANSWERED.replace("T10:00:00Z", "T08:00:00Z"),
        ANSWERED.replace("T11:00:00Z", "T08:00:00Z"),
        ANSWERED.replace("published", "publ\ufffdshed"),
        f'"{ANSWERED.strip()}"\n',
        ANSWERED.replace(",", ";"),
        ANSWERED.replace(",", ", "),
        f"  {ANSWERED}",
        f"> {ANSWERED}",
    ],
)
def test_a_slip_in_a_line_leaves_the_case_received_and_unanswered(slip: str) -> None:
    found, faults = sift_ledger(TOP + slip + GOOD_TOO, "l.csv")
    assert [fault.line for fault in faults] == [2]
    assert found[0] == a_line()
    assert found[1:] == read_ledger(TOP + GOOD_TOO, "l.csv")


def test_a_time_to_answer_before_the_receipt_is_over_at_once() -> None:
    found, _ = sift_ledger(TOP + GOOD.replace("2026-11-03T", "2026-11-01T"), "l.csv")
    assert found == (a_line(reply_by=START),)


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        pytest.param(GOOD_TOO + GOOD, "published waiting", id="without its header"),
        pytest.param("\ufeff" + GOOD_TOO + GOOD, "published waiting", id="a byte order mark for a header"),
        pytest.param(TOP.strip() + GOOD_TOO + GOOD, "published waiting", id="the header's line is joined to the next"),
        pytest.param(TOP + GOOD_TOO.strip() + GOOD, "waiting waiting", id="two lines are joined"),
        pytest.param(
            TOP + ANSWERED.replace(NUMBER, OTHER_NUMBER).strip() + GOOD, "waiting waiting", id="two full lines"
        ),
        pytest.param(
            (TOP + GOOD_TOO + GOOD).replace("\n", "\r"), "waiting waiting", id="the line ends of old machines"
        ),
    ],
)
def test_no_case_is_lost_by_a_line_end_or_a_header(text: str, outcomes: str) -> None:
    found, faults = sift_ledger(text, "l.csv")
    assert sorted(line.case for line in found) == [OTHER_NUMBER, NUMBER]
    assert [line.outcome for line in found] == outcomes.split()
    assert len(faults) == 1


@pytest.mark.parametrize(
    "wrong", [f"7{GOOD}", GOOD[1:], GOOD.replace(NUMBER, "7k3m9qxi"), GOOD.replace("-11-", "-13-")]
)
def test_no_number_and_no_time_is_guessed(wrong: str) -> None:
    found, faults = sift_ledger(TOP + wrong, "l.csv")
    assert found == ()
    assert len(faults) == 1


@given(ledgers.filter(bool), st.integers(0), st.text(st.characters(exclude_characters="\n"), max_size=80))
@settings(deadline=None)
def test_whatever_stands_behind_the_two_times_the_case_counts_and_only_a_good_line_answers_it(
    ledger: list[LedgerLine], place: int, tail: str
) -> None:
    header, *rows = write_ledger(ledger).splitlines()
    place %= len(rows)
    rows[place] = ",".join(rows[place].split(",")[:3]) + "," + tail
    found, faults = sift_ledger("\n".join([header, *rows]), "l.csv")
    before = read_ledger(write_ledger(ledger), "l.csv")
    assert [(line.case, line.received, line.reply_by) for line in found] == [
        (line.case, line.received, line.reply_by) for line in before
    ]
    assert [line for at, line in enumerate(found) if at != place] == [
        line for at, line in enumerate(before) if at != place
    ]
    assert not faults or (found[place].outcome, found[place].first_reply) == (LedgerOutcome.WAITING, None)


def test_a_case_that_stands_there_twice_is_named_and_counted_once() -> None:
    again = GOOD.replace("waiting", "erased")
    found, faults = sift_ledger(TOP + GOOD + GOOD_TOO + again, "l.csv")
    assert [str(fault) for fault in faults] == [f"l.csv:4: case: found {NUMBER}, expected each case once"]
    assert [line.outcome for line in found] == [LedgerOutcome.WAITING, LedgerOutcome.PUBLISHED]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "l.csv:1: found an empty file, expected case,received,reply_by,outcome,at,first_reply"),
        (GOOD, f"l.csv:1: found {GOOD.strip()}, expected case,received"),
        ("case,received\n", "l.csv:1: found case,received, expected case,received,reply_by"),
        ("\ufeff" + TOP, "l.csv:1: found \ufeffcase,received"),
    ],
)
def test_a_wrong_header_is_named(text: str, fault: str) -> None:
    with pytest.raises(RecordError) as error:
        read_ledger(text, "l.csv")
    assert str(error.value).startswith(fault)


def test_empty_lines_and_the_line_ends_of_windows_do_no_harm() -> None:
    text = (TOP + GOOD + "\n" + GOOD_TOO + "\n").replace("\n", "\r\n")
    assert [line.case for line in read_ledger(text, "l.csv")] == [NUMBER, OTHER_NUMBER]


def test_a_line_of_another_month_is_left_as_it_stands() -> None:
    october = a_line(OTHER_NUMBER, received=START - timedelta(days=30))
    assert read_ledger(write_ledger([a_line(), october]), "acme/ledger/2026-11.csv") == (october, a_line())


def test_a_month_is_that_of_the_receipt_in_utc() -> None:
    assert month_of(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)) == "2026-11"
    assert month_of(datetime(2026, 12, 1, tzinfo=UTC)) == "2026-12"


@given(st.text(max_size=200) | st.lists(st.sampled_from([TOP, GOOD, '"', ",", "\r", "\x00", "\n"])).map("".join))
@settings(deadline=None)
def test_no_text_makes_the_reader_fail_otherwise(noise: str) -> None:
    found, faults = sift_ledger(TOP + noise, "l.csv")
    assert len({line.case for line in found}) == len(found)
    assert all(str(fault).startswith("l.csv:") for fault in faults)
