"""Erasing everything about a customer, and that it stays erased."""

import pytest
from sqlalchemy import LargeBinary, Text, select

from amends.figures import Ending, Place, facts
from amends.inbox import cases, deeds, erasures, gifts, referrals, reports
from amends.inbox.erasures import Erasure
from amends.inbox.gifts import Gift
from amends.inbox.schema import metadata
from amends.publish import Publisher, Put
from amends.record import case_file
from tests.conftest import DATABASES, database_of
from tests.customers import Customer, a_customer, an_answered_customer, fail, read_by_staff
from tests.house import House
from tests.test_publish import decide, imported, ledger, text_of


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def everywhere(house: House) -> str:
    """Everything that the store, the record and the board hold."""
    found: list[str] = []
    with house.inbox.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found += [str(value) for value in row]
    for folder in (house.content, house.public):
        found += [file.read_text("utf-8", "replace") for file in folder.rglob("*") if file.is_file()]
    return "\n".join(found)


def talkative(house: House, publicity: str = "public") -> Customer:
    """A customer who left canaries wherever one can."""
    customer = an_answered_customer(
        house,
        text="We repair it.",
        author="Canary Anna",
        email="canary@x.example",
        reference="canary-order",
        page="/canary",
        publicity=publicity,
    )
    customer.done("detail", text="Canary read", readers="public")
    read_by_staff(customer)
    customer.done("detail", text="Canary public", readers="public")
    customer.done("detail", text="Canary private", readers="company")
    customer.done("verdict", outcome="unsolved", again="no", score="3", recommend="2", text="Canary verdict")
    house.work()
    with house.inbox.writing() as connection:
        gifts.add(connection, customer.number, Gift(house.now, "Canary bell", code="CANARY-1"))
        referrals.make(connection, customer.number, "acme", house.now)
    return customer


@pytest.mark.parametrize("publicity", ["public", "private"])
def test_after_it_no_word_of_the_customer_is_anywhere_and_the_link_is_a_404(house: House, publicity: str) -> None:
    customer = talkative(house, publicity)
    assert "canary" in everywhere(house).lower()
    assert "What is erased" in house.visitor().get(f"{customer.link}erase").text
    wrong = house.visitor().get(f"{customer.link[:-23]}{'A' * 22}/")
    assert "Everything about you is erased" in customer.done("erase", sure="y")
    gone = house.visitor().get(customer.link)
    assert (gone.status_code, gone.text) == (404, wrong.text)
    assert customer.do("detail", text="Canary again").status_code == 404
    house.work()
    house.work()
    assert "canary" not in everywhere(house).lower()
    assert ledger(house)[customer.number]["outcome"] == "erased"
    with house.inbox.reading() as connection:
        received = cases.get(connection, customer.number)
        assert [(one.number, one.company) for one in erasures.all_of_them(connection)] == [(customer.number, "acme")]
        assert deeds.next_leaving(connection) is None
    assert received is not None
    assert (received.salt, received.committed) == (b"", b"")


def test_the_tombstone_still_counts_against_the_company(house: House) -> None:
    customer = talkative(house)
    customer.done("erase", sure="y")
    house.work()
    assert customer.events() == ["published", "reply", "verdict", "withdrawn"]
    (fact,) = facts(house.record().entries["acme"], house.record().ledgers["acme"], house.record().company("acme").zone)
    assert (fact.place, fact.ending) == (Place.ERASED, Ending.DISPUTED)
    assert (fact.again, fact.score, fact.recommend) == (False, 3, 2)
    assert "says something else" not in (house.public / "proof" / "index.html").read_text()


def test_what_was_withdrawn_or_removed_before_can_be_erased_too(house: House) -> None:
    withdrawn, removed = talkative(house), talkative(house)
    withdrawn.done("withdraw")
    path = case_file(house.content, "acme", removed.number)
    assert path is not None
    kept = "".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("title:"))
    removal = "- at: 2026-11-03T14:00:00Z\n  by: keeper\n  event: removed\n  reason: hate\n---\n"
    path.write_text(kept.rsplit("---\n", 1)[0] + removal)
    house.work()
    assert "Canary" in text_of(house, removed.number)
    for customer in (withdrawn, removed):
        customer.done("erase", sure="y")
    house.work()
    assert "canary" not in everywhere(house).lower()
    assert removed.events()[-1] == "removed"
    assert withdrawn.events().count("withdrawn") == 1
    assert [ledger(house)[who.number]["outcome"] for who in (withdrawn, removed)] == ["erased", "erased"]


def test_an_unread_case_is_erased_and_never_appears(house: House) -> None:
    customer = a_customer(house, text="Canary words")
    house.at_the_desk().decide(customer.number, "publish", topic="delivery")
    customer.done("erase", sure="y")
    house.work()
    house.pass_time(days=2)
    house.work()
    assert customer.case() is None
    assert ledger(house)[customer.number]["outcome"] == "erased"
    assert "canary" not in everywhere(house).lower()


def test_what_was_withheld_stays_counted_as_that_and_gets_no_answer_any_more(house: House) -> None:
    customer = a_customer(house, text="Canary words", email="canary@x.example")
    house.at_the_desk("kim").decide(customer.number, "withhold", reason="hate", why="x")
    house.work()
    customer.done("object", words="Canary objection")
    customer.done("erase", sure="y")
    decide(house, customer.number, "answer", name="Olga", text="Canary answer")
    house.work()
    assert ledger(house)[customer.number]["outcome"] == "withheld:hate"
    with house.inbox.reading() as connection:
        assert cases.answers(connection, customer.number) == []
        assert [report.words for report in reports.open_ones(connection, 10)] == [""]
        (failed,) = deeds.of_case(connection, customer.number, "acme")
    assert failed.failed == "the customer has erased this case"


def test_what_had_not_left_yet_counts_without_its_words(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="unsolved", text="Canary verdict")
    customer.done("detail", text="Canary detail", readers="public")
    customer.done("erase", sure="y")
    assert "canary" not in everywhere(house).lower()
    house.work()
    assert customer.events() == ["published", "reply", "verdict", "withdrawn"]
    assert "canary" not in everywhere(house).lower()


@pytest.mark.parametrize("at", ["deeds.done", "erasures.add"])
def test_a_crash_between_record_and_store_leaves_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    customer = talkative(house)
    customer.done("erase", sure="y")
    module, name = at.split(".")
    with monkeypatch.context() as broken:
        broken.setattr({"deeds": deeds, "erasures": erasures}[module], name, fail)
        with pytest.raises(ValueError, match="No space"):
            house.work()
    house.work()
    assert customer.events().count("withdrawn") == 1
    assert "canary" not in everywhere(house).lower()


def test_a_file_with_a_fault_is_emptied_as_soon_as_it_can_be_read(house: House) -> None:
    customer = talkative(house)
    path = case_file(house.content, "acme", customer.number)
    assert path is not None
    good = path.read_text()
    path.write_text(good.replace("kind: complaint", "kind: rant"))
    customer.done("erase", sure="y")
    with pytest.raises(ValueError, match="rant"):
        house.work()
    path.write_text(good)
    house.work()
    assert "canary" not in everywhere(house).lower()


# --- An old copy comes back ---


def test_a_content_folder_that_was_restored_is_emptied_again(house: House) -> None:
    customer = talkative(house)
    before = text_of(house, customer.number)
    customer.done("erase", sure="y")
    house.work()
    path = case_file(house.content, "acme", customer.number)
    assert path is not None
    path.write_text(before)
    house.pass_time(hours=1)
    house.work()
    assert "canary" not in everywhere(house).lower()
    house.pass_time(hours=1)
    stood = path.stat().st_mtime_ns
    house.work()
    assert path.stat().st_mtime_ns == stood


def test_a_store_that_was_restored_is_emptied_again(house: House) -> None:
    customer = talkative(house)
    other = talkative(house)
    tables = [table for table in metadata.sorted_tables if "number" in table.c and table.name != "erasure"]
    with house.inbox.reading() as connection:
        kept = {table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in tables}
    customer.done("erase", sure="y")
    house.work()
    with house.inbox.writing() as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            if kept[table.name]:
                connection.execute(table.insert(), kept[table.name])
        assert erasures.apply_again(connection) == 1
    with house.inbox.reading() as connection:
        received = cases.get(connection, customer.number)
        assert cases.contacts_of(connection, other.number).email == "canary@x.example"
        for table in tables:
            for row in connection.execute(select(table).where(table.c.number == customer.number)):
                assert "canary" not in str(row).lower(), table.name
    assert received is not None
    assert received.outcome == "erased"
    house.work()
    assert ledger(house)[customer.number]["outcome"] == "erased"
    assert house.visitor().get(customer.link).status_code == 404


@pytest.mark.parametrize("file_is_there", [True, False])
def test_an_import_of_an_erased_case_stays_erased(house: House, *, file_is_there: bool) -> None:
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    whole = imported("a", "b")
    assert publisher.import_case(whole) is Put.ADDED
    with house.inbox.writing() as connection:
        erasures.add(connection, Erasure(whole.number, "acme", house.now))
    assert publisher.erase_again() == 1
    path = case_file(house.content, "acme", whole.number)
    assert path is not None
    if not file_is_there:
        path.unlink()
    assert publisher.import_case(whole) is Put.PRESENT
    assert publisher.import_case(imported("a", "b", "c")) is Put.PRESENT
    assert "First" not in "".join(file.read_text() for file in house.content.rglob("*.md"))
    assert publisher.erase_again() == 0


def test_the_list_names_a_case_once_and_only_of_its_company(house: House) -> None:
    number = house.receive(text="Canary")
    with house.inbox.writing() as connection:
        for _ in range(2):
            erasures.add(connection, Erasure(number, "bolt", house.now))
        assert len(erasures.all_of_them(connection)) == 1
        assert not erasures.has(connection, "acme", number)
        received = cases.get(connection, number)
    assert received is not None
    assert received.text == "Canary"


def test_every_column_of_text_about_a_case_is_emptied_or_known_to_stay(house: House) -> None:
    """A new column has to be thought of: here, or in `erasures`."""
    stays = {
        "case": {"number", "company", "kind", "topic", "publicity", "language", "outcome", "reason", "suspicion"},
        "deed": {"company", "number", "kind", "failed"},
        "request": {"number", "reason", "why", "of", "answer"},
        "report": {"company", "number", "reason", "answer", "key"},
        "erasure": {"number", "company"},
        "message": {"company", "number", "channel", "kind", "lane", "once", "error"},
    }
    emptied = {
        "case": {"author", "text", "page", "masks", "same", "salt", "committed"},
        "deed": {"facts"},
        "report": {"words", "email"},
        "message": {"recipient", "facts"},
    }
    deleted = {
        "contact",
        "submission_key",
        "answer",
        "addition",
        "verdict",
        "gift",
        "referral",
        "note",
        "draft",
        "assignment",
    }
    for table in metadata.sorted_tables:
        if "number" in table.c and table.name not in deleted:
            words = {
                column.name
                for column in table.c
                if isinstance(column.type, (Text, LargeBinary)) or "VARCHAR" in str(column.type)
            }
            assert words == stays.get(table.name, set()) | emptied.get(table.name, set()), table.name
