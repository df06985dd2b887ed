"""Recommending, gifts, and what the store forgets."""

from datetime import date, timedelta

import pytest

from amends.case import Case
from amends.inbox import cases, gifts, referrals, reports, retention
from amends.inbox.gifts import Gift
from amends.inbox.referrals import Referrals
from amends.inbox.reports import Report
from tests.customers import Customer, an_answered_customer
from tests.factories import a_case, after, an_event
from tests.house import NOON, URL, House

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ADDRESS = "anna@x.example"


# --- Recommending ---


def sums(house: House) -> dict[str, Referrals]:
    with house.inbox.reading() as connection:
        return referrals.by_company(connection)


def recommending(house: House) -> tuple[Customer, str]:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="unsolved")
    page = customer.done("recommend")
    with house.inbox.reading() as connection:
        code = referrals.of_case(connection, customer.number)
    assert code is not None
    assert f"{URL}/acme/via/{code}" in page
    return customer, f"/acme/via/{code}"


def test_a_link_that_a_person_follows_leads_to_the_company_and_is_counted(house: House) -> None:
    (_, address), _ = recommending(house), recommending(house)
    assert sums(house) == {"acme": Referrals(2, 0)}
    for _ in range(3):
        answer = house.visitor().get(address, base_url=URL, headers={"User-Agent": BROWSER})
        assert (answer.status_code, answer.headers["Location"]) == (303, "https://acme.example/")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert sums(house) == {"acme": Referrals(2, 1)}


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {"User-Agent": BROWSER}),
        ("GET", {"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"}),
        ("GET", {"User-Agent": BROWSER, "Purpose": "prefetch"}),
        ("GET", {"User-Agent": "facebookexternalhit/1.1"}),
        ("GET", {"User-Agent": "WhatsApp/2.23.20.0"}),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}),
        ("GET", {"User-Agent": "TelegramBot (like TwitterBot)"}),
        ("GET", {"User-Agent": ""}),
    ],
)
def test_what_only_looks_at_a_link_is_led_on_and_not_counted(
    house: House, method: str, headers: dict[str, str]
) -> None:
    _, address = recommending(house)
    answer = house.visitor().open(address, method=method, base_url=URL, headers=headers)
    assert answer.status_code == 303
    assert sums(house) == {"acme": Referrals(1, 0)}


def test_a_code_that_nobody_was_given_counts_nothing(house: House) -> None:
    _, address = recommending(house)
    for wrong in ("/acme/via/AAAAAAAAAAA", address.replace("acme", "bolt")):
        answer = house.visitor().get(wrong, base_url=URL, headers={"User-Agent": BROWSER})
        assert answer.headers["Location"].endswith(".example/")
    assert house.visitor().get("/nobody/via/x", base_url=URL).status_code == 404
    assert sums(house) == {"acme": Referrals(1, 0)}


def test_before_a_verdict_nobody_is_asked_to_recommend_and_later_there_is_one_link(house: House) -> None:
    customer = an_answered_customer(house)
    assert "Recommend Acme" not in customer.page()
    assert customer.do("recommend").status_code == 409
    customer.done("verdict", outcome="solved")
    assert "Recommend Acme" in customer.page()
    assert customer.done("recommend") == customer.done("recommend")
    assert sums(house) == {"acme": Referrals(1, 0)}


# --- Gifts ---


def test_a_gift_is_shown_to_its_customer_with_what_it_is_worth_and_until_when(house: House) -> None:
    customer, other = an_answered_customer(house), an_answered_customer(house)
    gift = Gift(house.now, "A bell", "10 €", "BELL-7", "For one order.", date(2027, 3, 31))
    with house.inbox.writing() as connection:
        gifts.add(connection, customer.number, gift)
    with house.inbox.reading() as connection:
        assert gifts.of_case(connection, customer.number) == [gift]
    page = customer.page()
    for words in ("A bell", "10 €", "BELL-7", "For one order.", "31 Mar 2027", "whatever you say of the answer"):
        assert words in page
    assert "BELL-7" not in other.page()
    assert "BELL-7" not in house.page(f"acme/{customer.number}")


# --- What is forgotten ---


@pytest.fixture
def known(house: House) -> Customer:
    return an_answered_customer(house, email=ADDRESS, reference="4711")


def has_contact(customer: Customer) -> bool:
    with customer.house.inbox.reading() as connection:
        found = cases.contacts_of(connection, customer.number)
    return (found.email, found.reference) == (ADDRESS, "4711")


@pytest.mark.parametrize("end", ["solved", "withdrawn", "removed"])
def test_a_contact_is_kept_as_long_after_the_end_as_the_setting_says(house: House, known: Customer, end: str) -> None:
    house.pass_time(days=100)
    done = {"solved": ("verdict", {"outcome": "solved"}), "withdrawn": ("withdraw", {})}
    if end in done:
        what, fields = done[end]
        known.done(what, **fields)
    else:
        remove(known)
    house.work()
    house.pass_time(days=89)
    house.work()
    assert has_contact(known)
    house.pass_time(days=1, hours=2)
    house.work()
    assert not has_contact(known)


def remove(customer: Customer) -> None:
    text = (path := next(customer.house.content.rglob(f"{customer.number}.md"))).read_text()
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("title:"))
    at = customer.house.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    path.write_text(kept.rsplit("---\n", 1)[0] + f"- at: {at}\n  by: keeper\n  event: removed\n  reason: hate\n---\n")


def test_a_case_in_which_nothing_happens_ends_after_half_a_year(house: House, known: Customer) -> None:
    house.pass_time(days=150)
    known.done("detail", text="Still broken.", readers="public")
    house.work()
    house.pass_time(days=180 + 89)
    house.work()
    assert has_contact(known)
    house.pass_time(days=2)
    house.work()
    assert not has_contact(known)


def test_a_case_that_was_judged_again_has_not_ended(house: House, known: Customer) -> None:
    known.done("verdict", outcome="solved")
    house.work()
    house.pass_time(days=10)
    known.done("verdict", outcome="unsolved")
    house.work()
    house.pass_time(days=100)
    house.work()
    assert has_contact(known)


@pytest.mark.parametrize(
    ("events", "days"),
    [
        ((), 180),
        ((an_event("reply", 24),), 181),
        ((an_event("reply", 24), an_event("unread", 300, received=after(200))), 181),
        ((an_event("reply", 24), an_event("verdict", 48)), 2),
        ((an_event("reply", 24), an_event("verdict", 48), an_event("followup", 72)), 2),
        ((an_event("reply", 24), an_event("verdict", 48, outcome="partly")), 182),
        ((an_event("withdrawn", 24),), 1),
    ],
)
def test_the_end_of_a_case_follows_from_its_events(house: House, events: tuple[object, ...], days: int) -> None:
    number = house.receive()
    public: Case = a_case(*events, received=NOON)  # type: ignore[arg-type]
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
        assert received is not None
        expected = (public.received if days == 180 else a_case().received) + timedelta(days=days)
        assert retention.ended(received, public, connection) == expected


def test_a_report_closed_long_ago_loses_who_sent_it_and_what_was_said(house: House) -> None:
    kim = house.at_the_desk("kim")
    with house.inbox.writing() as connection:
        for key in ("a" * 22, "b" * 22):
            reports.add(connection, Report("acme", "7k3m9qxz", "other", "Words", "ida@x.example", house.now), key)
    kim.submit("/desk/reports", report="1", why="Nothing wrong with it.")
    house.pass_time(days=89)
    house.work()

    def kept() -> list[tuple[str, str, str]]:
        with house.inbox.reading() as connection:
            found = [reports.get(connection, identity) for identity in (1, 2)]
        return [(one.words, one.email, one.answer) for one in found if one]

    assert kept()[0] == ("Words", "ida@x.example", "Nothing wrong with it.")
    house.pass_time(days=2)
    house.work()
    assert kept() == [("", "", "Nothing wrong with it."), ("Words", "ida@x.example", "")]
