"""The door from the inbox to the record, when something is in the way."""

import fcntl
from datetime import timedelta
from pathlib import Path

import pytest

from amends.case import Event
from amends.inbox import cases, deeds
from amends.inbox.schema import case as case_table
from amends.publish import Publisher, Put
from amends.record import case_file, case_path, find_case, splice, write_whole
from tests.factories import a_case, put_case
from tests.house import NOON, House
from tests.test_publish import decide, imported, ledger, snapshot, text_of


def failure_of(house: House, number: str) -> str:
    with house.inbox.reading() as connection:
        found = [deed for company in house.companies for deed in deeds.of_case(connection, number, company)]
    return next((deed.failed or "" for deed in found), "")


def test_a_case_that_waits_unread_is_written_and_built_once(house: House) -> None:
    house.receive()
    house.pass_time(hours=24)
    house.work()
    before = snapshot(house.content), snapshot(house.public)
    house.work()
    assert (snapshot(house.content), snapshot(house.public)) == before


def test_a_public_reply_completes_the_line_in_the_ledger_and_a_later_one_leaves_it(house: House) -> None:
    number = house.receive()
    house.pass_time(hours=2)
    decide(house, number, "reply", name="Olga", text="Sorry.", topic="billing")
    house.work()
    assert ledger(house)[number]["first_reply"] == "2026-11-02T14:00:10Z"
    decide(house, number, "reply", name="Olga", text="Sorry again.")
    house.work()
    assert ledger(house)[number]["first_reply"] == "2026-11-02T14:00:10Z"


def test_a_reply_that_could_not_leave_stops_no_clock(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    path.write_text(path.read_text().replace("kind: complaint", "kind: rant"))
    decide(house, number, "reply", name="Olga", text="Sorry.")
    house.work()
    assert ledger(house)[number]["first_reply"] == ""


def test_a_later_reply_leaves_the_line_of_a_case_that_this_inbox_never_had(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    with house.inbox.writing() as connection:
        connection.execute(case_table.delete())
    decide(house, number, "reply", name="Olga", text="Sorry.")
    house.work()
    first = ledger(house)[number]["first_reply"]
    decide(house, number, "reply", name="Olga", text="Sorry again.")
    house.work()
    assert ledger(house)[number]["first_reply"] == first


def test_a_public_case_gets_no_private_answer(house: House) -> None:
    number = house.receive()
    decide(house, number, "answer", name="Olga", text="Between us.")
    house.work()
    assert "only a public reply answers it" in failure_of(house, number)
    assert ledger(house)[number]["first_reply"] == ""


def test_what_is_public_is_not_removed_by_withholding_it_and_the_keeper_is_told(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    before = text_of(house, number)
    decide(house, number, "withhold", reason="spam", why="Too late")
    house.work()
    assert text_of(house, number) == before
    assert "hidden or removed, not withheld" in failure_of(house, number)


def test_a_decision_about_another_companys_case_does_not_leave(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish", company="bolt")
    house.work()
    assert f"the inbox has no case {number} of bolt" in failure_of(house, number)
    assert case_file(house.content, "acme", number) is None


def test_another_case_with_the_same_number_is_not_overwritten(house: House) -> None:
    number = house.receive()
    path = put_case(house.content, a_case(number=number, received=NOON.replace(hour=3), text="Imported by hand."))
    before = path.read_bytes()
    decide(house, number, "publish")
    house.work()
    assert path.read_bytes() == before
    assert "is another case with this number" in failure_of(house, number)


def test_a_stub_that_was_edited_by_hand_is_not_overwritten_and_no_word_is_lost(house: House) -> None:
    number = house.receive(text="The words")
    house.pass_time(hours=24)
    house.work()
    path = house.content / case_path("acme", NOON, number)
    path.write_text(edited := path.read_text().replace("kind: complaint", "kind: complaint  # sorted by hand"))
    decide(house, number, "publish")
    house.work()
    assert path.read_text() == edited
    assert "was edited by hand" in failure_of(house, number)
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
    assert received is not None
    assert received.text == "The words"


def test_the_record_is_written_under_its_lock_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = house.settings.locks / "record.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    held: list[bool] = []

    def spy(path: Path, data: bytes) -> None:
        with lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
            else:
                held.append(False)
        write_whole(path, data)

    monkeypatch.setattr("amends.publish.writer.write_whole", spy)
    decide(house, house.receive(key="a" * 32), "reply", name="Olga", text="Sorry.", topic="billing")
    house.receive(key="b" * 32)
    house.pass_time(hours=24)
    house.work()
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    publisher.import_case(imported("a"))
    publisher.import_case(imported("a", "b"))
    assert len(held) == 6
    assert all(held)


def test_a_reply_that_was_written_but_not_noted_is_not_written_again_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = house.receive()
    decide(house, number, "reply", name="Olga", text="Sorry.", topic="billing")

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(deeds, "done", failing)
        with pytest.raises(ValueError, match="No space"):
            house.work()
    house.pass_time(minutes=5)
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert [event.event for event in case.events] == ["published", "reply"]


def test_a_decision_that_lacks_a_fact_keeps_no_other_from_leaving(house: House) -> None:
    broken, good = house.receive(), house.receive()
    decide(house, broken, "reply", text="By nobody")
    decide(house, good, "publish")
    house.work()
    assert "name" in failure_of(house, broken)
    assert case_file(house.content, "acme", good) is not None


def test_a_published_case_keeps_its_language_and_whose_case_this_happened_to_me_too_is(house: House) -> None:
    number = house.receive(language="ar", same="7k3m9qxz")
    decide(house, number, "publish")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert (case.language, case.same) == ("ar", "7k3m9qxz")


def test_the_tombstone_of_a_withheld_stub_says_why(house: House) -> None:
    number = house.receive()
    house.pass_time(hours=25)
    house.work()
    decide(house, number, "withhold", reason="spam", why="An advertisement")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    removed = case.last("removed")
    assert removed is not None
    assert (removed.reason, removed.why) == ("spam", "An advertisement")


def test_the_ledger_says_since_when_an_outcome_stands(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    assert ledger(house)[number]["at"] == "2026-11-02T12:00:10Z"


@pytest.mark.parametrize("change", ["masked", "removed", "edited"])
def test_what_was_taken_out_of_an_imported_case_does_not_come_back_with_the_next_import(
    house: House, change: str
) -> None:
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    publisher.import_case(imported("a"))
    path = case_file(house.content, "acme", "aaaaaaaa")
    assert path is not None
    text = path.read_text()
    event = "- at: 2026-11-02T13:00:00Z\n  by: keeper\n  event: {}\n---\n"
    if change == "masked":
        text = text.replace("---\nFirst", event.format("masked\n  what: phone") + "[hidden: phone]")
    elif change == "removed":
        text = text.replace("---\nFirst\n", event.format("removed\n  reason: court-order"))
    else:
        text = text.replace("---\nFirst", "---\n[hidden: phone]")
    path.write_text(text)
    assert find_case(house.content, "acme", "aaaaaaaa")
    assert publisher.import_case(imported("a", "b")) is Put.PRESENT
    assert path.read_text() == text
    assert len(list(house.content.rglob("*.md"))) == 1


def test_a_faulty_ledger_of_one_company_stops_nobody_else(house: House) -> None:
    broken = house.content / "acme" / "ledger" / "2026-11.csv"
    broken.parent.mkdir()
    broken.write_text("<<<<<<< ours\n")
    house.receive()
    number = house.receive(company="bolt", text="Bolt's case")
    decide(house, number, "publish", company="bolt")
    with pytest.raises(ValueError, match=r"acme/ledger/2026-11\.csv"):
        house.work()
    assert "Bolt&#39;s case" in house.page(f"bolt/{number}")
    assert ledger(house, "bolt")[number]["outcome"] == "published"


def test_a_folder_that_cannot_be_written_stops_nobody_else(house: House) -> None:
    (house.content / "acme" / "2026").write_text("not a folder")
    stuck, free = house.receive(), house.receive(company="bolt")
    decide(house, stuck, "publish")
    decide(house, free, "publish", company="bolt")
    with pytest.raises(ValueError, match="2026"):
        house.work()
    assert case_file(house.content, "bolt", free)
    (house.content / "acme" / "2026").unlink()
    house.work()
    assert case_file(house.content, "acme", stuck)


def test_a_clock_that_was_put_back_makes_no_file_that_cannot_be_read(house: House) -> None:
    number = house.receive(text="The words")
    house.now -= timedelta(minutes=5)
    decide(house, number, "reply", name="Olga", text="Sorry.", topic="billing")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert [event.at for event in case.events] == [NOON, NOON]


def test_a_reply_that_would_make_the_file_too_large_to_read_is_refused_and_kept(house: House) -> None:
    number = house.receive()
    for _ in range(14):
        decide(house, number, "reply", name="Olga", text="长" * 7000, topic="billing")
        house.work()
    assert "larger than 262144 bytes" in failure_of(house, number)
    assert find_case(house.content, "acme", number)


def test_words_are_kept_where_a_tombstone_stands_in_their_place(house: House) -> None:
    number = house.receive(text="The only copy")
    house.pass_time(hours=25)
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    removed = "events:\n- at: 2026-11-03T14:00:00Z\n  by: keeper\n  event: removed\n  reason: spam\n---\n"
    path.write_text(path.read_text().removesuffix("---\n") + removed)
    decide(house, number, "publish")
    house.work()
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
    assert received is not None
    assert (received.text, received.outcome) == ("The only copy", "waiting")


def test_a_reply_goes_into_the_file_that_stands_in_the_right_place(house: House) -> None:
    number = house.receive()
    decide(house, number, "publish")
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    for month in ("01", "12"):
        stray = house.content / "acme" / "2026" / month / path.name
        stray.parent.mkdir()
        stray.write_text(path.read_text())
    decide(house, number, "reply", name="Olga", text="Sorry.")
    house.work()
    assert "Sorry." in path.read_text()


def test_a_reply_that_was_written_is_not_written_again_after_something_else_happened(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = house.receive()
    decide(house, number, "reply", name="Olga", text="Sorry.", topic="billing")

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(deeds, "done", failing)
        with pytest.raises(ValueError, match="No space"):
            house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    added = Event(house.now + timedelta(minutes=1), "customer", "followup", text="One more thing.")
    path.write_text(splice(path.read_text(), added, "acme", "x.md"))
    house.pass_time(minutes=5)
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert [event.event for event in case.events] == ["published", "reply", "followup"]


def test_the_ledger_has_the_time_of_the_first_reply_in_the_file(house: House) -> None:
    number = house.receive()
    house.now -= timedelta(minutes=5)
    decide(house, number, "reply", name="Olga", text="Sorry.", topic="billing")
    house.work()
    assert ledger(house)[number]["first_reply"] == ledger(house)[number]["received"]
