"""What looks like spam is held back, counted, and decided by the keeper."""

from datetime import timedelta

import pytest

from amends.inbox import cases, deeds
from amends.intake.suspicion import suspicion
from amends.record import LedgerOutcome
from amends.submission import validate
from tests.factories import a_company
from tests.house import NOON, House

SPAM = "Cheap watches https://a.example https://b.example https://c.example"


@pytest.mark.parametrize(
    ("text", "seconds", "found"),
    [
        ("My parcel is late.", None, ""),
        ("My parcel is late.", 2, ""),
        ("My parcel is late.", 1.9, "haste"),
        ("My parcel is late.", 0, "haste"),
        ("My parcel is late.", -5, ""),
        ("See https://shop.example/orders/1 and https://shop.example/orders/2: neither came.", 60, ""),
        (SPAM, 60, "links"),
        ("https://a.example/long/address/of/something", 60, "links"),
        ("www.a.example buy", 60, "links"),
        ("WWW.A.EXAMPLE buy", 60, "links"),
        ("HTTPS://example/ buy", 60, "links"),
        ("Look at https://реклама。рф, https://реклама。рф and https://реклама。рф", 60, "links"),
        ("<a href=x>watches</a> and some more words around it", 60, "markup"),
        ("Many words before [url=https://a.example]watches[/url] and many words behind them", 60, "markup"),
        ("Der Preis war <b>viel</b> zu hoch [siehe Anhang]", 60, ""),
    ],
)
def test_few_plain_signs_make_a_submission_look_like_spam(text: str, seconds: float | None, found: str) -> None:
    shown = None if seconds is None else NOON - timedelta(seconds=seconds)
    assert suspicion(validate({"text": text}, a_company()), shown, NOON) == found


def outcome_of(house: House, number: str) -> tuple[str, str]:
    house.work()
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
    assert received is not None
    (line,) = [line for line in house.record().ledgers["acme"] if line.case == number]
    return received.outcome, line.outcome


def test_what_is_held_back_gets_a_receipt_and_stands_in_the_ledger_without_a_page(house: House) -> None:
    number = house.receive(text=SPAM)
    assert outcome_of(house, number) == ("held", LedgerOutcome.HELD)
    house.pass_time(hours=30)
    house.work()
    assert list(house.content.rglob(f"{number}.md")) == []
    proof = house.page("proof")
    assert "Held back" in proof


def test_a_form_that_is_sent_at_once_is_held_back_and_one_that_took_its_time_is_not(house: House) -> None:
    for seconds, outcome in ((1, "held"), (3, "waiting")):
        shown = str(int((NOON - timedelta(seconds=seconds)).timestamp()))
        with house.inbox.reading() as connection:
            received = cases.get(connection, house.receive(shown=shown))
        assert received is not None
        assert received.outcome == outcome


@pytest.mark.parametrize("shown", ["", "x", "-1", "99999999999", "1e9", "٣"])
def test_what_is_no_time_says_nothing_about_haste(house: House, shown: str) -> None:
    assert outcome_of(house, house.receive(shown=shown))[0] == "waiting"


def test_the_form_carries_when_it_was_shown_and_keeps_it_over_an_error(house: House) -> None:
    told = f'name="shown" type="hidden" value="{int(NOON.timestamp())}"'
    assert told in house.visitor().get("/acme/new", base_url="https://feedback.example").text
    fields = {"text": "", "key": "k" * 32, "shown": str(int(NOON.timestamp()))}
    house.pass_time(minutes=5)
    assert told in house.post("/acme/feedback", fields).text


def test_what_only_the_company_sees_is_never_held_back(house: House) -> None:
    assert outcome_of(house, house.receive(text=SPAM, publicity="private"))[0] == "private"


def test_the_keeper_decides_and_until_then_the_company_sees_nothing(house: House) -> None:
    number = house.receive(text=SPAM)
    olga, kim = house.at_the_desk("olga"), house.at_the_desk("kim")
    assert number not in olga.get("/desk/").text
    assert olga.get(f"/desk/acme/{number}").status_code == 404
    assert "Decide" in kim.get("/desk/").text
    assert "looks like spam" in kim.get(f"/desk/acme/{number}").text
    assert kim.decide(number, "release").status_code == 302
    assert outcome_of(house, number) == ("waiting", LedgerOutcome.WAITING)
    assert olga.get(f"/desk/acme/{number}").status_code == 200


def test_a_release_that_is_undone_leaves_it_held_back(house: House) -> None:
    number = house.receive(text=SPAM)
    kim = house.at_the_desk("kim")
    kim.decide(number, "release")
    (deed,) = _pending(house, number)
    kim.decide(number, "undo", deed=str(deed))
    assert outcome_of(house, number)[0] == "held"


def _pending(house: House, number: str) -> list[int]:
    with house.inbox.reading() as connection:
        return [deed.id for deed in deeds.of_case(connection, number, "acme")]


def test_what_the_keeper_confirms_as_spam_is_counted_as_that(house: House) -> None:
    number = house.receive(text=SPAM)
    house.at_the_desk("kim").decide(number, "withhold", reason="spam", why="Advertising")
    assert outcome_of(house, number) == ("withheld", LedgerOutcome.WITHHELD)


def test_staff_of_a_company_cannot_let_it_through(house: House) -> None:
    number = house.receive(text=SPAM)
    olga = house.at_the_desk("olga")
    waiting = house.receive()
    answer = olga.submit(f"/desk/acme/{number}/release", page=f"/desk/acme/{waiting}")
    assert answer.status_code in (403, 404)
    assert outcome_of(house, number)[0] == "held"


def test_the_customer_reads_on_the_private_page_who_looks_at_it(house: House) -> None:
    link = house.send(text=SPAM).json["link"]  # type: ignore[index]  # a receipt has one
    assert "keeper, who looks at it first" in house.visitor().get(link).text
