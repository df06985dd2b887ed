"""What a company tells of itself: written into the record by publish, and told to those from whose cases it came."""

import fcntl
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from amends.inbox import correspondents, deeds, notices, outbox
from amends.inbox.deeds import Deed
from amends.inbox.schema import message
from amends.links import address_digest
from amends.publish import Publisher, updates
from amends.publish.errors import CannotPublishError
from amends.publish.telling import CHANGED, mark_of, name_for, told_file, told_of
from amends.record import Answer, Update, UpdateKind, read_text, write_told, write_whole
from amends.record.told import NAME
from tests.house import House, Seat
from tests.postal import MailServer, fates, parts_of
from tests.postroom import confirm, deliver

OLGA = 1
DAY = date(2026, 11, 2)
FACTS = {
    "folder": "updates", "name": "2026-11-02-labels", "kind": "change", "day": "2026-11-02", "title": "Labels",
    "said": "The labels fall off.", "text": "They are glued **twice** now.", "cases": "", "new": "", "language": "en",
}  # fmt: skip
FILE = "acme/updates/2026-11-02-labels.md"


@pytest.fixture(autouse=True)
def olga(house: House) -> Seat:
    return house.at_the_desk("olga")


@pytest.fixture
def numbers(house: House, olga: Seat) -> list[str]:
    """Two public cases of Acme whose customers can be reached."""
    found = [house.receive(email=f"{name}@customer.example") for name in ("anna", "ben")]
    for number in found:
        olga.decide(number, "publish", topic="delivery")
    house.work()
    return found


def linked(*numbers: str) -> dict[str, str]:
    return {"cases": " ".join(numbers), "new": " ".join(numbers)}


def tell(house: House, company: str = "acme", **facts: str) -> None:
    """Decide to tell something, and let it leave."""
    with house.inbox.writing() as connection:
        new = Deed(0, company, "", "tell", {**FACTS, **facts}, OLGA, house.now, house.now)
        deeds.add(connection, new)
    house.work()


def failures(house: House, company: str = "acme") -> list[str]:
    with house.inbox.reading() as connection:
        return [deed.failed or "" for deed in deeds.of_case(connection, "", company)]


def told(house: House) -> list[tuple[str, str]]:
    """Which customers were told of which update."""
    with house.inbox.reading() as connection:
        query = select(message.c.number, message.c.facts).where(message.c.kind == "update").order_by(message.c.id)
        return [(row.number, json.loads(row.facts)["update"]) for row in connection.execute(query)]


def by_hand(house: House, *numbers: str, file: str = FILE, **facts: object) -> Path:
    """Write an update into the record as people do."""
    path = house.content / file
    path.parent.mkdir(exist_ok=True)
    update = Update(path.stem, UpdateKind.CHANGE, DAY, "Labels", "They are glued now.", cases=numbers)
    path.write_text(write_told(replace(update, **facts)))  # type: ignore[arg-type]
    return path


def look(house: House) -> None:
    """Let the worker look at the whole record, however lately it did."""
    house.worker._look_again = 0.0
    house.worker.turn()


# --- Into the record ---


def test_an_update_stands_in_the_record_and_on_the_board(house: House, numbers: list[str]) -> None:
    tell(house, **linked(*numbers))
    (update,) = house.record().updates["acme"]
    assert update == told_of({**FACTS, **linked(*numbers)})
    page = house.page("acme/changes")
    assert "They are glued <strong>twice</strong> now." in page
    assert numbers[0] in page
    assert failures(house) == []


def test_an_answer_stands_in_the_record_and_nobody_is_written_to(house: House, numbers: list[str]) -> None:
    tell(house, folder="answers", name="2026-11-02-labels", topic="delivery", **linked(numbers[0]))
    (answer,) = house.record().answers["acme"]
    assert (answer.topic, answer.cases, answer.day) == ("delivery", (numbers[0],), DAY)
    assert told(house) == []


def test_personal_data_in_what_is_told_is_hidden_but_for_what_a_person_let_stand(house: House) -> None:
    words = "Write to anna@customer.example"
    tell(house, title=words, said=words, text=words)
    (update,) = house.record().updates["acme"]
    assert [update.title, update.said, update.text] == ["Write to [hidden: email]"] * 3


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "../labels"},
        {"name": ""},
        {"name": "A"},
        {"folder": "ledger"},
        {"folder": "../bolt/updates"},
        {"folder": "answers", "topic": "no-such-topic"},
        {"cases": "7k3m9qxz"},
        {"cases": "../../x"},
        {"day": "soon"},
        {"kind": "rumour"},
        {"kind": "change", "starts": "2027-01-04"},
        {"text": " "},
        {"text": "x" * 20_001},
    ],
    ids=lambda facts: str(facts)[:40],
)
def test_what_cannot_be_told_fails_and_writes_nothing(house: House, facts: dict[str, str]) -> None:
    before = sorted(house.content.rglob("*"))
    tell(house, **facts)
    assert len(failures(house)) == 1
    assert sorted(house.content.rglob("*")) == before


@pytest.mark.parametrize(
    ("folder", "name"), [("ledger", "a"), ("../bolt/updates", "a"), ("", "a"), ("updates", "../a"), ("updates", "")]
)
def test_what_is_no_name_of_an_update_or_an_answer_is_no_file(folder: str, name: str) -> None:
    with pytest.raises(CannotPublishError, match="no name of an update"):
        told_file(Path("content"), "acme", folder, name)


def test_nobody_links_another_companys_case(house: House, numbers: list[str]) -> None:
    tell(house, "bolt", **linked(numbers[0]))
    assert failures(house, "bolt") == [f"there is no case {numbers[0]} of this company on the board"]
    assert not (house.content / "bolt" / "updates").exists()
    assert told(house) == []


def test_what_stands_there_is_never_overwritten_unless_it_is_what_was_looked_at(house: House) -> None:
    path = by_hand(house)
    before = path.read_text()
    tell(house)
    tell(house, basis=mark_of("something else"))
    assert failures(house) == [CHANGED, CHANGED]
    assert path.read_text() == before
    tell(house, basis=mark_of(before))
    assert path.read_text() == write_told(told_of(FACTS))


def test_what_was_taken_away_meanwhile_does_not_come_back(house: House) -> None:
    path = by_hand(house)
    basis = mark_of(path.read_text())
    path.unlink()
    tell(house, basis=basis)
    assert failures(house) == [CHANGED]
    assert not path.exists()


def test_what_one_company_cannot_write_keeps_no_other_from_telling(house: House) -> None:
    (house.content / "acme" / "updates").write_text("not a folder")
    with house.inbox.writing() as connection:
        for company in ("acme", "bolt"):
            deeds.add(connection, Deed(0, company, "", "tell", FACTS, OLGA, house.now, house.now))
    with pytest.raises(CannotPublishError):
        house.work()
    assert [update.title for update in house.record().updates["bolt"]] == ["Labels"]
    (house.content / "acme" / "updates").unlink()
    house.work()
    assert [update.title for update in house.record().updates["acme"]] == ["Labels"]


def _fail_once(real: Callable[..., object], ended: list[bool], *, after: bool) -> Callable[..., object]:
    def wrapped(*given: object, **named: object) -> object:
        if ended:
            return real(*given, **named)
        ended.append(True)
        if after:
            real(*given, **named)
        raise OSError(28, "No space left on device")

    return wrapped


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("where", ["write_whole", "tell_of_update", "add", "done"])
@pytest.mark.parametrize("is_change", [False, True], ids=["new", "changed"])
def test_whichever_write_fails_it_is_written_once_and_told_once(
    house: House, numbers: list[str], monkeypatch: pytest.MonkeyPatch, where: str, *, after: bool, is_change: bool
) -> None:
    facts = {**linked(numbers[1]), "basis": mark_of(by_hand(house).read_text())} if is_change else linked(*numbers)
    ended: list[bool] = []
    module = {"tell_of_update": notices, "add": outbox, "done": deeds}.get(where)
    place = module or "amends.publish.writer.write_whole"
    real = getattr(module, where) if module else write_whole
    wrapped = _fail_once(real, ended, after=after)
    if module:
        monkeypatch.setattr(place, where, wrapped)
    else:
        monkeypatch.setattr("amends.publish.writer.write_whole", wrapped)
    with pytest.raises(CannotPublishError, match="No space"):
        tell(house, **facts)
    house.pass_time(minutes=5)
    house.worker.turn()
    assert ended
    assert house.record().updates["acme"] == (told_of({**FACTS, **facts}),)
    assert told(house) == [(number, FACTS["name"]) for number in facts["new"].split()]
    assert failures(house) == []


def test_it_is_written_under_the_lock_of_the_record(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []

    def spy(path: Path, data: bytes) -> None:
        with (house.settings.locks / "record.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
        write_whole(path, data)

    monkeypatch.setattr("amends.publish.writer.write_whole", spy)
    tell(house)
    assert held == [True]


@given(st.dates(), st.text(max_size=120) | st.sampled_from(["Ab 1. März: Öffnung", "包裹", "-", "x" * 200]), st.data())
def test_a_new_name_can_be_one_and_is_nobody_elses(day: date, title: str, data: st.DataObject) -> None:
    taken: list[str] = []
    for _ in range(data.draw(st.integers(1, 12))):
        name = name_for(day, title, taken)
        assert NAME.fullmatch(name)
        assert name not in taken
        assert name.startswith(day.isoformat())
        taken.append(name)


def test_a_name_says_what_of_the_title_can_be_said_in_an_address() -> None:
    assert name_for(DAY, "Öffnung: bis 7 Uhr!", ()) == "2026-11-02-offnung-bis-7-uhr"
    assert name_for(DAY, "包裹", {"2026-11-02"}) == "2026-11-02-2"


def test_what_a_decision_says_of_an_answer_is_an_answer() -> None:
    assert told_of({**FACTS, "folder": "answers", "topic": ""}) == Answer(
        FACTS["name"], DAY, "Labels", FACTS["text"], None, (), "en"
    )


# --- To those from whose cases it came ---


def test_its_customers_hear_of_an_update_once_and_of_a_change_only_those_who_are_new(
    house: House, numbers: list[str]
) -> None:
    tell(house, **linked(numbers[0]))
    assert told(house) == [(numbers[0], FACTS["name"])]
    basis = mark_of((house.content / FILE).read_text())
    tell(house, basis=basis, cases=" ".join(numbers), new=numbers[1], title="Labels and tape")
    assert told(house) == [(number, FACTS["name"]) for number in numbers]
    tell(house, name="tape", **linked(numbers[0]))
    assert told(house)[2:] == [(numbers[0], "tape")]


def test_an_update_that_was_written_by_hand_is_told_once(house: House, numbers: list[str]) -> None:
    by_hand(house, numbers[0])
    look(house)
    expected = [(numbers[0], FACTS["name"])]
    assert told(house) == expected
    look(house)
    # Another process looks at it for the first time.
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    assert publisher.tell_of_updates(house.now) == 1
    assert publisher.tell_of_updates(house.now) == 0
    assert told(house) == expected
    by_hand(house, *numbers, title="Labels again")
    look(house)
    assert told(house) == [(number, FACTS["name"]) for number in numbers]


def test_only_files_that_have_changed_are_read_again(
    house: House, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def spy(path: Path, shown: str) -> str:
        read.append(shown)
        return read_text(path, shown)

    monkeypatch.setattr(updates, "read_text", spy)
    by_hand(house, numbers[0])
    by_hand(house, file="acme/updates/tape.md")
    look(house)
    look(house)
    by_hand(house, numbers[1], file="acme/updates/tape.md")
    look(house)
    assert read == [FILE, "acme/updates/tape.md", "acme/updates/tape.md"]


def test_of_an_old_update_only_links_are_told_that_are_added_while_somebody_looks(
    house: House, numbers: list[str]
) -> None:
    by_hand(house, numbers[0], day=DAY - timedelta(days=8))
    look(house)
    assert told(house) == []
    by_hand(house, *numbers, day=DAY - timedelta(days=8))
    look(house)
    assert told(house) == [(numbers[1], FACTS["name"])]


def test_an_update_of_a_day_to_come_is_told_on_that_day(house: House, numbers: list[str]) -> None:
    by_hand(house, numbers[0], day=DAY + timedelta(days=3))
    look(house)
    assert told(house) == []
    house.pass_time(days=3)
    look(house)
    assert told(house) == [(numbers[0], FACTS["name"])]


def test_while_an_update_has_a_fault_it_is_not_told(house: House, numbers: list[str]) -> None:
    path = by_hand(house, numbers[0])
    path.write_text((good := path.read_text()).replace("kind:", "kidn:"))
    look(house)
    path.write_text(good.replace(numbers[0], "7k3m9qxz"))
    look(house)
    assert told(house) == []
    path.write_text(good)
    look(house)
    assert told(house) == [(numbers[0], FACTS["name"])]


def test_nobody_is_told_of_another_companys_update_that_names_their_case(house: House, numbers: list[str]) -> None:
    by_hand(house, numbers[0], file="bolt/updates/labels.md")
    look(house)
    stray = house.content / "bolt" / "2026" / "11" / f"{numbers[0]}.md"
    stray.parent.mkdir(parents=True)
    stray.write_text((house.content / "acme" / "2026" / "11" / stray.name).read_text())
    look(house)
    assert told(house) == []


@pytest.mark.parametrize("link", [FILE, "acme/updates"])
def test_no_link_out_of_the_record_is_looked_at(house: House, numbers: list[str], tmp_path: Path, link: str) -> None:
    by_hand(house, numbers[0])
    path = house.content / link
    path.symlink_to(path.rename(tmp_path / "outside"))
    look(house)
    assert told(house) == []


def test_an_update_that_names_a_case_too_early_is_told_when_that_is_public(
    house: House, olga: Seat, numbers: list[str]
) -> None:
    early = house.receive(email="cleo@customer.example")
    by_hand(house, early)
    look(house)
    assert told(house) == []
    olga.decide(early, "publish", topic="delivery")
    house.work()
    look(house)
    assert told(house) == [(early, FACTS["name"])]


def test_what_could_not_be_told_is_told_later_and_stops_nobody_else(
    house: House, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(house, numbers[0])
    by_hand(house, numbers[1], file="acme/updates/tape.md")
    with monkeypatch.context() as broken:
        broken.setattr(notices, "tell_of_update", _fail_once(notices.tell_of_update, [], after=False))
        with pytest.raises(CannotPublishError, match="No space"):
            look(house)
    assert told(house) == [(numbers[1], "tape")]
    look(house)
    assert told(house) == [(numbers[1], "tape"), (numbers[0], FACTS["name"])]


# --- By mail ---


def letters(server: MailServer) -> list[str]:
    """To whom a mail of an update went."""
    return [to for to, mail in server.taken if "changed something" in mail["Subject"]]


def test_who_confirmed_the_address_and_wants_mail_gets_the_update_with_both_links(
    house: House, numbers: list[str], server: MailServer
) -> None:
    confirm(house, numbers[0])
    tell(house, **linked(*numbers))
    deliver(house, server)
    assert letters(server) == ["anna@customer.example"]
    text, html = parts_of(server.taken[-1][1])
    assert "<strong>twice</strong>" in html
    assert f"https://board.example/acme/changes/#{FACTS['name']}" in text
    assert "https://feedback.example/c/" in text
    house.pass_time(days=1)
    look(house)
    deliver(house, server)
    assert len(letters(server)) == 1


def test_who_stopped_the_mail_gets_no_update(house: House, numbers: list[str], server: MailServer) -> None:
    confirm(house, numbers[0])
    digest = address_digest(house.settings.secret(), "anna@customer.example")
    with house.inbox.writing() as connection:
        correspondents.stop(connection, digest, house.now)
    tell(house, **linked(numbers[0]))
    deliver(house, server)
    assert letters(server) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Path.unlink, "the update is not in the record any more"),
        (lambda path: by_hand_at(path, ()), "the update does not name the case any more"),
    ],
    ids=["gone", "no longer linked"],
)
def test_what_is_no_longer_told_is_not_sent(
    house: House, numbers: list[str], server: MailServer, change: Callable[[Path], object], why: str
) -> None:
    confirm(house, numbers[0])
    tell(house, **linked(numbers[0]))
    change(house.content / FILE)
    deliver(house, server)
    assert letters(server) == []
    assert [fate.error for fate in fates(house.inbox) if fate.kind == "update"] == [why]


def test_an_update_whose_file_has_a_fault_is_sent_when_that_is_mended(
    house: House, numbers: list[str], server: MailServer
) -> None:
    confirm(house, numbers[0])
    tell(house, **linked(numbers[0]))
    path = house.content / FILE
    path.write_text((good := path.read_text()).replace("kind:", "kidn:"))
    deliver(house, server)
    assert letters(server) == []
    path.write_text(good)
    house.pass_time(minutes=2)
    deliver(house, server)
    assert letters(server) == ["anna@customer.example"]


def by_hand_at(path: Path, numbers: tuple[str, ...]) -> None:
    path.write_text(write_told(Update(path.stem, UpdateKind.CHANGE, DAY, "Labels", "Glued.", cases=numbers)))
