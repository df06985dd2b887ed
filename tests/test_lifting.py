"""What the keeper withheld and shows after all: it waits as if it had never been withheld, and everyone can see why."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from amends.board.edition import Edition
from amends.case import Event
from amends.figures import Figures
from amends.inbox import StoreUnavailableError, cases, deeds, erasures
from amends.inbox.cases import Received
from amends.inbox.erasures import Erasure
from amends.record import LedgerLine, LedgerOutcome, find_case
from tests.boards import words_of
from tests.conftest import DATABASES, database_of
from tests.customers import Customer, a_customer
from tests.house import House
from tests.postal import MailServer
from tests.postroom import deliver, hire, told

WORDS = "My parcel is late."
WHY = "It is about this company after all."


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def withhold(house: House, number: str, reason: str = "not-about-this-company") -> None:
    house.at_the_desk("kim").decide(number, "withhold", reason=reason, why="Another carrier.")
    house.work()


def lift(house: House, number: str) -> None:
    answer = house.at_the_desk("kim").decide(number, "lift", why=WHY)
    assert answer.status_code == 302, answer.text
    house.work()


def received(house: House, number: str) -> Received:
    with house.inbox.reading() as connection:
        found = cases.get(connection, number)
    assert found
    return found


def line_of(house: House, number: str) -> LedgerLine:
    (line,) = [line for line in house.record().ledgers["acme"] if line.case == number]
    return line


def events(house: House, number: str) -> list[Event]:
    case = find_case(house.content, "acme", number)
    assert case
    return list(case.events)


def names(house: House, number: str) -> list[str]:
    return [event.event for event in events(house, number)]


def before_the_deadline(house: House) -> Customer:
    """A customer whose case was withheld before the board showed anything of it."""
    customer = a_customer(house, text=WORDS)
    withhold(house, customer.number)
    return customer


def after_the_deadline(house: House) -> Customer:
    """A customer whose case was withheld when the board showed already that it waits."""
    customer = a_customer(house, text=WORDS)
    house.pass_time(hours=25)
    house.work()
    withhold(house, customer.number)
    return customer


both_ways = pytest.mark.parametrize("withheld", [before_the_deadline, after_the_deadline])
Way = Callable[[House], Customer]


# --- What becomes of it ---


@both_ways
def test_it_waits_again_and_the_board_and_the_ledger_say_so(house: House, withheld: Way) -> None:
    number, since = withheld(house).number, house.now
    house.pass_time(hours=1)
    lift(house, number)
    line = line_of(house, number)
    assert (line.outcome, line.reason, line.at) == (LedgerOutcome.WAITING, None, house.now)
    assert line.reply_by == received(house, number).received + timedelta(hours=24)
    hidden, restored = events(house, number)
    assert (hidden.event, hidden.by, hidden.reason, hidden.at) == ("hidden", "keeper", "not-about-this-company", since)
    assert (restored.event, restored.by, restored.why, restored.at) == ("restored", "keeper", WHY, house.now)
    page = words_of(house.page(f"acme/{number}"))
    assert "Withheld the text: not about this company." in page
    assert "Lifted the withholding: the text may be published." in page
    assert WHY in page
    assert WORDS not in page
    assert "Nowhere: what the ledger calls published has its page" in words_of(house.page("proof"))


@both_ways
def test_whoever_reads_it_then_publishes_it_and_the_page_keeps_what_happened(house: House, withheld: Way) -> None:
    customer = withheld(house)
    lift(house, customer.number)
    assert WORDS in house.at_the_desk().get(f"/desk/acme/{customer.number}").text
    house.at_the_desk().decide(customer.number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    assert names(house, customer.number) == ["hidden", "restored", "published", "reply"]
    page = words_of(house.page(f"acme/{customer.number}"))
    for said in (WORDS, "Withheld the text", "Lifted the withholding", "Sorry."):
        assert said in page
    assert line_of(house, customer.number).outcome is LedgerOutcome.PUBLISHED


def test_its_company_is_told_that_it_waits(house: House, server: MailServer) -> None:
    hire(house, "ida", "ida@acme.example")
    number = before_the_deadline(house).number
    deliver(house, server)
    server.taken.clear()
    house.pass_time(minutes=5)
    lift(house, number)
    assert deliver(house, server) == 1
    assert told(server) == [("ida@acme.example", "New complaint: case")]


def test_it_can_be_withheld_and_lifted_again(house: House) -> None:
    number = before_the_deadline(house).number
    for _ in range(2):
        lift(house, number)
        house.pass_time(hours=1)
        withhold(house, number, "hate")
        house.pass_time(hours=1)
    assert names(house, number) == ["hidden", "restored", "hidden", "restored", "removed"]
    assert line_of(house, number).reason == "hate"


@both_ways
def test_the_customer_reads_that_the_board_shows_it_and_can_still_keep_it_private(house: House, withheld: Way) -> None:
    customer = withheld(house)
    lift(house, customer.number)
    assert "The board shows</a> that it waits" in customer.page()
    customer.done("private")
    house.work()
    assert customer.case() is None
    assert line_of(house, customer.number).outcome is LedgerOutcome.PRIVATE


# --- No figure is better for it ---


def figures_after(house: House, *, withheld: str, answered: int) -> Figures:
    """The figures of a month in which a case came that was withheld for a while for that reason, or was not."""
    number = house.receive(text=WORDS)
    began: datetime = house.now
    if withheld:
        house.pass_time(hours=2)
        withhold(house, number, withheld)
        if withheld != "spam":
            house.at_the_desk().decide(number, "reply", name="Olga", text="For you.", topic="other", do="send")
            house.work()
        house.now = began + timedelta(hours=answered - 2)
        lift(house, number)
    house.now = began + timedelta(hours=answered)
    house.at_the_desk().decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    return Edition(house.record(), began + timedelta(days=90)).figures_all("acme")


@pytest.mark.parametrize("answered", [10, 60])
@pytest.mark.parametrize("reason", ["spam", "hate"])
def test_a_case_that_was_withheld_for_a_while_counts_as_if_it_never_had_been(
    another_house: Callable[[], House], reason: str, answered: int
) -> None:
    never, lifted = another_house(), another_house()
    assert figures_after(lifted, withheld=reason, answered=answered) == figures_after(
        never, withheld="", answered=answered
    )


def test_an_answer_in_private_meanwhile_is_none_in_public(house: House) -> None:
    number = before_the_deadline(house).number
    house.at_the_desk().decide(number, "reply", name="Olga", text="For you.", topic="other", do="send")
    house.work()
    assert line_of(house, number).first_reply
    lift(house, number)
    assert line_of(house, number).first_reply is None
    assert Edition(house.record(), house.now).figures_all("acme").answered.part == 0


# --- What is refused ---


def outcome(house: House, number: str) -> tuple[str, int]:
    """What the inbox says of a case, and how many decisions about it are pending."""
    with house.inbox.reading() as connection:
        return received(house, number).outcome, len(deeds.of_case(connection, number, "acme"))


def test_nobody_but_the_keeper_lifts_and_not_without_a_reason(house: House) -> None:
    number = before_the_deadline(house).number
    assert "Publish after all" not in house.at_the_desk().get(f"/desk/acme/{number}").text
    assert house.at_the_desk().decide(number, "lift", why=WHY).status_code == 403
    page = house.at_the_desk("kim").decide(number, "lift", why=" ")
    assert page.status_code == 422
    assert "Please say why" in page.text
    assert outcome(house, number) == ("withheld", 0)


def test_what_is_not_withheld_cannot_be_lifted(house: House) -> None:
    number = house.receive()
    kim = house.at_the_desk("kim")
    assert "Publish after all" not in kim.get(f"/desk/acme/{number}").text
    assert kim.decide(number, "lift", why=WHY).status_code == 422
    assert outcome(house, number) == ("waiting", 0)


def test_lifting_can_be_undone_before_it_leaves(house: House) -> None:
    number = before_the_deadline(house).number
    kim = house.at_the_desk("kim")
    kim.decide(number, "lift", why=WHY)
    with house.inbox.reading() as connection:
        (deed,) = deeds.of_case(connection, number, "acme")
    assert kim.decide(number, "lift", why=WHY).status_code == 409
    kim.decide(number, "undo", deed=str(deed.id))
    house.work()
    assert outcome(house, number) == ("withheld", 0)


def test_what_was_erased_meanwhile_is_not_brought_back(house: House) -> None:
    customer = before_the_deadline(house)
    house.at_the_desk("kim").decide(customer.number, "lift", why=WHY)
    with house.inbox.writing() as connection:
        erasures.add(connection, Erasure(customer.number, "acme", house.now))
    house.work()
    assert outcome(house, customer.number)[0] == "withheld"
    assert customer.case() is None


def test_a_tombstone_that_was_edited_by_hand_is_left_as_it_is(house: House) -> None:
    number = after_the_deadline(house).number
    (path,) = house.content.rglob(f"{number}.md")
    path.write_text(path.read_text().replace("events:", "# by hand\nevents:"))
    before = path.read_bytes()
    lift(house, number)
    assert path.read_bytes() == before
    with house.inbox.reading() as connection:
        (deed,) = deeds.of_case(connection, number, "acme")
    assert "edited by hand" in (deed.failed or "")
    assert received(house, number).outcome == "withheld"


@both_ways
def test_what_was_cut_off_between_record_and_inbox_is_done_once(
    house: House, withheld: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = withheld(house).number

    def fail(*_: object) -> None:
        raise StoreUnavailableError("full")

    house.at_the_desk("kim").decide(number, "lift", why=WHY)
    with monkeypatch.context() as broken:
        broken.setattr(cases, "lift", fail)
        with pytest.raises(StoreUnavailableError):
            house.work()
    assert names(house, number) == ["hidden", "restored"]
    assert received(house, number).outcome == "withheld"
    house.work()
    assert names(house, number) == ["hidden", "restored"]
    assert received(house, number).outcome == "waiting"
