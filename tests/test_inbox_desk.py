"""What the inbox keeps for the desk: staff and their sessions, what they decided, the companies' settings."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from amends.inbox import Inbox, cases, companies, deeds, passwords, people, sessions
from amends.inbox.cases import Arrival, Contact
from amends.inbox.deeds import Deed
from amends.inbox.people import Person, PersonError
from amends.inbox.schema import session, staff
from amends.inbox.sessions import ABSOLUTE, IDLE
from tests.conftest import DATABASES, HASHER, database_of
from tests.factories import NUMBER, OTHER_NUMBER, START, a_received, after, make_inbox

PASSWORD = "correct horse battery"
OLGA = Person(1, "olga", "Olga, customer care", "agent", "acme")
SECOND = timedelta(seconds=1)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An inbox with one member of staff, whose password was never hashed: that takes its time."""
    opened = make_inbox(tmp_path)
    with opened.writing() as connection:
        facts = {key: getattr(OLGA, key) for key in Person.__slots__}
        connection.execute(insert(staff).values(**facts, password="", created=START))
    yield opened
    opened.close()


@pytest.fixture
def connection(inbox: Inbox) -> Iterator[Connection]:
    with inbox.writing() as opened:
        yield opened


def a_deed(seconds: int = 10, **facts: Any) -> Deed:
    """A reply decided at START that leaves so many seconds later."""
    given: dict[str, Any] = {"kind": "reply", "facts": {"text": "We are sorry. 😀"}, "staff": OLGA.id, "made": START}
    return Deed(**{"id": 0, "company": "acme", "number": NUMBER, "leaves": moment(seconds), **given, **facts})


def moment(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def whose(connection: Connection, sid: str, now: datetime) -> Person | None:
    """Return whose session that is, if it runs."""
    found = sessions.get(connection, sid, now)
    return found.person if found else None


# --- Staff ---


def test_only_the_right_password_signs_in_and_only_its_argon2id_hash_is_stored(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", HASHER)
    passwords._nothing.cache_clear()
    people.add(connection, "kim", "Kim", "keeper", None, PASSWORD, START)
    stored = connection.execute(select(staff.c.password).where(staff.c.login == "kim")).scalar_one()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, 4: the second recommended option
    assert people.sign_in(connection, "kim", PASSWORD) == Person(2, "kim", "Kim", "keeper", None)
    assert people.sign_in(connection, "kim", PASSWORD + " ") is None
    assert people.sign_in(connection, "nobody", PASSWORD) is None
    assert people.sign_in(connection, "nobody", "") is None
    passwords._nothing.cache_clear()


@pytest.mark.parametrize(
    ("login", "role", "company", "password", "why"),
    [
        ("bo", "boss", "acme", PASSWORD, "no role 'boss': there are agent, moderator, admin, keeper"),
        ("bo", "keeper", "acme", PASSWORD, "a keeper belongs to no company, everybody else to one"),
        ("bo", "agent", None, PASSWORD, "a keeper belongs to no company, everybody else to one"),
        ("olga", "agent", "bolt", PASSWORD, "there is a 'olga' already"),
    ],
)
def test_who_cannot_be_added_is_refused_with_the_reason(
    connection: Connection, login: str, role: str, company: str | None, password: str, why: str
) -> None:
    with pytest.raises(PersonError) as error:
        people.add(connection, login, "Bo", role, company, password, START)
    assert str(error.value) == why
    assert connection.execute(select(staff.c.login)).scalars().all() == ["olga"]


def test_staff_see_their_own_company_and_a_keeper_sees_all() -> None:
    keeper = Person(2, "kim", "Kim", "keeper", None)
    assert [OLGA.may_see(slug) for slug in ("acme", "bolt")] == [True, False]
    assert [keeper.may_see(slug) for slug in ("acme", "bolt")] == [True, True]
    assert (OLGA.is_keeper, keeper.is_keeper) == (False, True)


def test_a_session_is_its_persons_until_it_ends(connection: Connection) -> None:
    one, other = (sessions.begin(connection, OLGA, START) for _ in range(2))
    assert one != other
    assert whose(connection, one, START) == OLGA
    assert whose(connection, one[:-1], START) is None
    sessions.end(connection, one)
    assert whose(connection, one, START) is None
    assert whose(connection, other, START) == OLGA


def test_only_a_hash_of_a_sessions_id_is_stored(inbox: Inbox, tmp_path: Path) -> None:
    with inbox.writing() as opened:
        sid = sessions.begin(opened, OLGA, START)
        assert opened.execute(select(session.c.id)).scalar_one() == hashlib.sha256(sid.encode()).digest()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "instance").iterdir())
    assert hashlib.sha256(sid.encode()).digest() in stored
    assert sid.encode() not in stored


def test_a_session_that_nobody_uses_ends_after_twelve_hours(connection: Connection) -> None:
    sid = sessions.begin(connection, OLGA, START)
    assert timedelta(hours=12) == IDLE
    assert whose(connection, sid, START + IDLE) == OLGA
    assert whose(connection, sid, START + IDLE + SECOND) is None
    sessions.note_use(connection, sid, START + IDLE)
    assert whose(connection, sid, START + IDLE + SECOND) == OLGA


def test_a_session_in_use_ends_after_fourteen_days(connection: Connection) -> None:
    sid, last = sessions.begin(connection, OLGA, START), START + ABSOLUTE
    assert timedelta(days=14) == ABSOLUTE
    sessions.note_use(connection, sid, last)
    assert whose(connection, sid, last) == OLGA
    assert whose(connection, sid, last + SECOND) is None


def test_sessions_that_have_ended_are_deleted_when_another_begins(connection: Connection) -> None:
    sessions.begin(connection, OLGA, START)
    used = sessions.begin(connection, OLGA, START)
    sessions.note_use(connection, used, START + IDLE)
    new = sessions.begin(connection, OLGA, START + IDLE + SECOND)
    stored = set(connection.execute(select(session.c.id)).scalars())
    assert stored == {hashlib.sha256(sid.encode()).digest() for sid in (used, new)}


# --- What staff decided ---


def test_a_decision_is_kept_as_it_was_made(connection: Connection) -> None:
    first = deeds.add(connection, a_deed())
    second = deeds.add(connection, a_deed(20, kind="publish", facts={}))
    deeds.add(connection, a_deed(number=OTHER_NUMBER))
    whole = [a_deed(id=first), a_deed(20, kind="publish", facts={}, id=second)]
    assert deeds.of_case(connection, NUMBER, "acme") == whole


def test_a_decision_leaves_at_its_time_and_in_its_order(connection: Connection) -> None:
    late, early = deeds.add(connection, a_deed(12)), deeds.add(connection, a_deed(10))
    assert deeds.next_leaving(connection) == moment(10)
    assert deeds.leaving(connection, moment(9)) == []
    assert [deed.id for deed in deeds.leaving(connection, moment(10))] == [early]
    assert [deed.id for deed in deeds.leaving(connection, moment(12))] == [late, early]
    for deed in (late, early):
        deeds.done(connection, deed, moment(13))
    assert deeds.leaving(connection, moment(99)) == []
    assert deeds.next_leaving(connection) is None
    assert deeds.of_case(connection, NUMBER, "acme") == []


def test_a_second_attempt_has_the_time_of_the_first(connection: Connection) -> None:
    deeds.add(connection, a_deed())
    (first,) = deeds.leaving(connection, moment(11))
    (second,) = deeds.leaving(connection, moment(999))
    assert (first.at, second) == (moment(11), first)


def test_a_decision_can_be_undone_only_before_it_leaves(connection: Connection) -> None:
    kept, undone = deeds.add(connection, a_deed()), deeds.add(connection, a_deed())
    assert deeds.undo(connection, a_deed(id=undone), START)
    assert [deed.id for deed in deeds.leaving(connection, moment(10))] == [kept]
    assert not deeds.undo(connection, a_deed(id=kept), moment(10))
    deeds.done(connection, kept, moment(11))
    assert not deeds.undo(connection, a_deed(id=kept), moment(12))
    assert not deeds.undo(connection, a_deed(id=99), START)


def test_a_decision_that_failed_stays_with_its_words_until_it_is_put_aside(connection: Connection) -> None:
    failed = deeds.add(connection, a_deed())
    deeds.leaving(connection, moment(10))
    deeds.failed(connection, failed, "the file has a fault")
    assert deeds.leaving(connection, moment(99)) == []
    assert deeds.next_leaving(connection) is None
    (shown,) = deeds.of_case(connection, NUMBER, "acme")
    assert (shown.failed, shown.facts) == ("the file has a fault", {"text": "We are sorry. 😀"})
    assert deeds.undo(connection, a_deed(id=failed), moment(99))
    assert deeds.of_case(connection, NUMBER, "acme") == []


def test_what_the_keeper_is_asked_stays_until_it_is_decided(connection: Connection) -> None:
    first = deeds.Asked("spam", "An advertisement.", after(1))
    second = deeds.Asked("duplicate", "Line two.", after(2), OTHER_NUMBER)
    for number in (NUMBER, OTHER_NUMBER):
        cases.add(connection, [Arrival(a_received(number), Contact(), number, b"d" * 32)])
        deeds.ask_keeper(connection, number, OLGA.id, first)
    deeds.ask_keeper(connection, NUMBER, OLGA.id, second)
    assert deeds.asked(connection, NUMBER) == [first, second]
    deeds.decide(connection, NUMBER, after(3))
    assert deeds.asked(connection, NUMBER) == []
    assert deeds.asked(connection, OTHER_NUMBER) == [first]


# --- The companies' settings ---


def test_the_copies_of_the_settings_are_those_of_the_record_now(connection: Connection) -> None:
    companies.put_all(connection, {"acme": "a = 1", "bolt": "b = 1"}, "title")
    assert companies.get(connection, "acme") == ("a = 1", "title")
    companies.put_all(connection, {"acme": "a = 2"}, "other title")
    assert companies.get(connection, "acme") == ("a = 2", "other title")
    assert companies.get(connection, "bolt") is None
    companies.put_all(connection, {}, "title")
    assert companies.get(connection, "acme") is None
