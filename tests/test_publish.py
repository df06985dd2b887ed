"""The door from the inbox to the record."""

import csv
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.case import Case, Event, Kind
from amends.inbox import cases, deeds
from amends.inbox.deeds import Deed
from amends.inbox.schema import case as case_table
from amends.publish import DivergedError, Publisher, Put
from amends.record import LedgerOutcome, case_file, find_case, load, read_ledger
from tests.effort import EFFORT
from tests.house import NOON, House


def decide(house: House, number: str, kind: str, company: str = "acme", **facts: str) -> None:
    """Decide something about a case that leaves at once."""
    house.at_the_desk()
    with house.inbox.writing() as connection:
        deeds.add(connection, Deed(0, company, number, kind, facts, 1, house.now, house.now))


def text_of(house: House, number: str, company: str = "acme") -> str:
    path = case_file(house.content, company, number)
    assert path is not None
    return path.read_text("utf-8")


def ledger(house: House, company: str = "acme") -> dict[str, dict[str, str]]:
    lines: dict[str, dict[str, str]] = {}
    for file in sorted((house.content / company / "ledger").glob("*.csv")):
        with file.open(newline="") as opened:
            lines.update({line["case"]: line for line in csv.DictReader(opened)})
    return lines


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def test_nothing_a_visitor_sends_is_in_the_record_before_a_person_has_read_it(house: House) -> None:
    number = house.receive(text="Canary words", author="Canary name")
    house.work()
    assert case_file(house.content, "acme", number) is None
    assert "Canary" not in "".join(file.read_text() for file in house.content.rglob("*.*"))


def test_every_case_received_has_a_line_in_the_ledger_at_once(house: House) -> None:
    public, private = house.receive(), house.receive(publicity="private")
    house.work()
    lines = ledger(house)
    assert lines[public]["outcome"] == "waiting"
    assert lines[private]["outcome"] == "private"
    assert lines[public]["received"] == "2026-11-02T12:00:00Z"
    assert lines[public]["reply_by"] == "2026-11-03T12:00:00Z"


def test_a_published_case_is_in_the_record_and_its_words_have_left_the_inbox(house: House) -> None:
    number = house.receive(text="It broke.\n\nTwice.", author="Anna", email="anna@x.example", page="/a")
    house.pass_time(hours=1)
    decide(house, number, "publish", topic="billing")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert (case.text, case.author, case.topic, case.page) == ("It broke.\n\nTwice.", "Anna", "billing", "/a")
    assert case.title == "It broke."
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
        assert cases.contacts_of(connection, number).email == "anna@x.example"
    assert received is not None
    assert (received.text, received.author, received.outcome) == ("", "", "published")
    assert ledger(house)[number]["outcome"] == "published"


def test_at_reply_by_an_unread_case_appears_as_a_stub_and_later_gets_its_text(house: House) -> None:
    number = house.receive(text="Canary words", author="Canary name")
    house.pass_time(hours=24)
    house.work()
    stub = find_case(house.content, "acme", number)
    assert stub is not None
    assert stub.is_stub
    assert "Canary" not in text_of(house, number)
    assert ledger(house)[number]["outcome"] == "waiting"
    decide(house, number, "publish")
    house.work()
    full = find_case(house.content, "acme", number)
    assert full is not None
    assert (full.text, full.author, full.reply_by) == ("Canary words", "Canary name", stub.reply_by)


def test_a_private_case_never_becomes_a_stub_or_public(house: House) -> None:
    number = house.receive(publicity="private")
    decide(house, number, "publish")
    decide(house, number, "reply", name="Olga", text="In public")
    house.pass_time(days=3)
    house.work()
    assert case_file(house.content, "acme", number) is None
    with house.inbox.reading() as connection:
        failures = [deed.failed or "" for deed in deeds.of_case(connection, number, "acme")]
    assert "only the company sees" in failures[0]
    assert "no file" in failures[1]


def test_an_answer_to_a_private_case_counts_in_the_ledger_and_stays_private(house: House) -> None:
    number = house.receive(publicity="private")
    house.pass_time(hours=2)
    decide(house, number, "answer", name="Olga", text="Canary answer")
    house.work()
    with house.inbox.reading() as connection:
        assert [answer.text for answer in cases.answers(connection, number)] == ["Canary answer"]
    assert ledger(house)[number]["first_reply"] == "2026-11-02T14:00:10Z"
    assert "Canary" not in "".join(file.read_text() for file in house.content.rglob("*.*"))


def test_a_reply_is_spliced_into_a_file_that_a_person_edited(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    edited = path.read_text().replace("kind: complaint", "kind:   complaint  # edited by hand")
    path.write_text(edited)
    decide(house, number, "reply", name="Olga, care", text="Sorry.", measure="A new one is on its way.")
    house.work()
    after = path.read_text()
    front, body = edited.rsplit("---\n", 1)
    assert after.startswith(front)
    assert after.endswith("---\n" + body)
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert case.first_reply is not None
    assert case.first_reply.measure == "A new one is on its way."


def test_a_reply_to_a_file_with_a_fault_is_kept_and_the_reason_is_told(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    path.write_text(broken := path.read_text().replace("kind: complaint", "kind: rant"))
    decide(house, number, "reply", name="Olga", text="Long considered words")
    house.work()
    assert path.read_text() == broken
    with house.inbox.reading() as connection:
        (deed,) = deeds.of_case(connection, number, "acme")
    assert deed.facts["text"] == "Long considered words"
    assert "kind: found 'rant'" in (deed.failed or "")


def test_withholding_leaves_a_line_with_its_reason_and_no_text(house: House) -> None:
    number = house.receive(text="Canary insult")
    decide(house, number, "withhold", reason="hate", why="An insult")
    house.work()
    assert ledger(house)[number]["outcome"] == "withheld:hate"
    assert case_file(house.content, "acme", number) is None


def test_withholding_a_stub_leaves_its_tombstone(house: House) -> None:
    number = house.receive()
    house.pass_time(hours=25)
    house.work()
    decide(house, number, "withhold", reason="spam", why="An advertisement")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert case.is_gone
    assert ledger(house)[number]["outcome"] == "withheld:spam"


def test_what_is_public_cannot_be_withheld(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    decide(house, number, "withhold", reason="spam", why="Too late")
    house.work()
    assert ledger(house)[number]["outcome"] == "published"


def test_doing_everything_twice_changes_nothing(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    decide(house, number, "reply", name="Olga", text="Sorry.")
    house.receive(publicity="private")
    house.work()
    before = snapshot(house.content)
    house.worker.turn()
    assert snapshot(house.content) == before


@pytest.mark.parametrize("step", range(1, 12))
def test_a_crash_at_any_write_loses_nothing_and_publishes_nothing_twice(
    house: House, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = house.receive(text="The words")
    decide(house, number, "publish")
    decide(house, number, "reply", name="Olga", text="Sorry.")
    calls = 0
    real = os.fsync

    def failing(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", failing)
    house.pass_time(seconds=10)
    try:
        house.worker.turn()
    except (OSError, ValueError):
        house.worker.turn()
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert (case.text, len(case.replies)) == ("The words", 1)
    assert [event.event for event in case.events] == ["published", "reply"]
    assert ledger(house)[number]["outcome"] == "published"
    assert list(house.content.rglob(".*")) == []


def test_a_hand_written_first_reply_completes_the_line_of_a_case_this_inbox_never_had(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    with house.inbox.writing() as connection:
        connection.execute(case_table.delete())
    decide(house, number, "reply", name="Olga", text="Sorry.")
    house.work()
    assert ledger(house)[number]["first_reply"] != ""


outcomes = st.sampled_from(["publish", "withhold", "nothing", "private", "answer"])


@given(st.lists(outcomes, max_size=8))
@settings(max_examples=6 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sum_of_the_ledgers_outcomes_is_what_was_received(
    another_house: Callable[[], House], steps: list[str]
) -> None:
    house = another_house()
    received = []
    for step in steps:
        number = house.receive(publicity="private" if step in ("private", "answer") else "public")
        received.append(number)
        if step in ("publish", "withhold"):
            decide(house, number, step, reason="spam", why="x")
        if step == "answer":
            decide(house, number, "answer", name="Olga", text="Yes")
        house.pass_time(hours=30)
        house.work()
    lines = ledger(house)
    assert sorted(lines) == sorted(received)
    told = {LedgerOutcome(line["outcome"].partition(":")[0]) for line in lines.values()}
    assert told <= {LedgerOutcome.WAITING, LedgerOutcome.PUBLISHED, LedgerOutcome.WITHHELD, LedgerOutcome.PRIVATE}
    assert load(house.content).faults == ()


def imported(*texts: str, number: str = "aaaaaaaa") -> Case:
    events = tuple(
        Event(NOON + timedelta(hours=place), "customer", "followup", text=text) for place, text in enumerate(texts)
    )
    return Case(
        number, "acme", Kind.COMPLAINT, "other", NOON, NOON + timedelta(hours=24), "First", source="mail", events=events
    )


def test_an_import_adds_once_extends_and_refuses_what_goes_on_otherwise(house: House) -> None:
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    assert publisher.import_case(imported("a")) is Put.ADDED
    assert publisher.import_case(imported("a")) is Put.PRESENT
    assert publisher.import_case(imported("a", "b")) is Put.EXTENDED
    assert publisher.import_case(imported("a")) is Put.PRESENT
    with pytest.raises(DivergedError):
        publisher.import_case(imported("a", "c"))
    case = find_case(house.content, "acme", "aaaaaaaa")
    assert case is not None
    assert [event.text for event in case.events] == ["a", "b"]


def test_a_ledger_with_a_fault_is_not_overwritten(house: House) -> None:
    house.receive()
    house.work()
    path = next((house.content / "acme" / "ledger").glob("*.csv"))
    path.write_text(broken := path.read_text() + "nonsense\n")
    house.receive()
    with pytest.raises(ValueError, match=r"acme/ledger/2026-11\.csv:3"):
        house.work()
    assert path.read_text() == broken
    path.write_text(broken.removesuffix("nonsense\n"))
    house.work()
    assert len(read_ledger(path.read_text(), "x")) == 2
