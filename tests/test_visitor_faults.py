"""The private page when something is wrong: who sends it, what is sent, or what is in the way."""

import re

import pytest
from sqlalchemy import event

from amends.inbox import cases, deeds
from amends.record import case_file
from amends.text import MAX_CUSTOMER
from tests.customers import ITS_OWN, a_customer, an_answered_customer, fail, pending, read_by_staff
from tests.house import SHOP, URL, House
from tests.test_intake import give_trouble
from tests.test_publish import ledger

POSTS = ("verdict", "claim", "detail", "withdraw", "name", "private", "object", "recommend", "erase")
GOOD = {"outcome": "solved", "text": "Words", "words": "Words", "readers": "public", "sure": "y"}


@pytest.mark.parametrize("what", POSTS)
def test_nothing_is_changed_by_looking_or_from_another_site(house: House, what: str) -> None:
    customer = an_answered_customer(house, author="Anna")
    before = customer.page()
    address = f"{customer.link.removeprefix(URL)}{what}"
    looked = house.visitor().get(address, base_url=URL)
    assert looked.status_code in (200, 303)
    for foreign in ({"Origin": SHOP}, {"Origin": "null"}, {**ITS_OWN, "Sec-Fetch-Site": "cross-site"}):
        answer = house.post(address, GOOD, **foreign)
        assert answer.status_code == 403
        assert "another site" in answer.text
    assert pending(customer) == []
    assert customer.page() == before


@pytest.mark.parametrize("what", POSTS)
def test_a_wrong_link_changes_nothing_and_gets_the_same_404(house: House, what: str) -> None:
    customer = an_answered_customer(house)
    wrong = customer.link[:-2] + ("A" if customer.link[-2] != "A" else "B") + "/"
    answer = house.post(f"{wrong.removeprefix(URL)}{what}", GOOD, **ITS_OWN)
    nowhere = house.post(f"/c/00000000-{'A' * 22}/{what}", GOOD, **ITS_OWN)
    assert (answer.status_code, answer.text) == (404, nowhere.text)
    assert pending(customer) == []


@pytest.mark.parametrize(
    ("what", "wrong", "sentence"),
    [
        ("verdict", {"outcome": "", "text": "Kept words"}, "choose one of the three"),
        ("verdict", {"outcome": "great", "text": "Kept words"}, "choose one of the three"),
        ("verdict", {"outcome": "solved", "text": "Kept " + "x" * MAX_CUSTOMER}, "5 characters too long"),
        ("detail", {"text": " \n\u200b"}, "a few words are enough"),
        ("detail", {"text": "Kept " + "x" * MAX_CUSTOMER, "readers": "public"}, "5 characters too long"),
        ("erase", {}, "Nothing was erased"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_sentence_and_every_word(
    house: House, what: str, wrong: dict[str, str], sentence: str
) -> None:
    customer = an_answered_customer(house)
    answer = customer.do(what, **wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text or "-wrong" in answer.text
    assert wrong.get("text", "").strip("\u200b \n") in answer.text
    assert pending(customer) == []


def test_what_is_not_utf8_is_refused_with_a_sentence(house: House) -> None:
    customer = an_answered_customer(house)
    answer = house.visitor().post(
        f"{customer.link}detail",
        data=b"text=%FF%FE",
        content_type="application/x-www-form-urlencoded",
        headers=ITS_OWN,
    )
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


def test_hostile_words_are_shown_as_they_are(house: House) -> None:
    customer = an_answered_customer(house)
    words = "<script>alert(1)</script>\n---\nevents: []\n- by: company\n\u202eevil"
    page = customer.done("detail", text=words, readers="public")
    assert "<script>alert" not in page
    assert "<script>alert" not in house.at_the_desk().get(f"/desk/acme/{customer.number}").text
    read_by_staff(customer)
    case = customer.case()
    assert case is not None
    said = case.last("followup")
    assert said is not None
    assert said.text == words.replace("\u202e", "")
    assert [event.event for event in case.events] == ["published", "reply", "followup"]


def test_where_nothing_can_be_stored_the_words_are_kept_and_nothing_changes(house: House) -> None:
    customer = an_answered_customer(house)
    if house.inbox.is_shared:
        event.listen(house.inbox._writer, "begin", lambda opened: opened.exec_driver_sql("SET TRANSACTION READ ONLY"))
    else:
        give_trouble(house, "read-only")
    answer = customer.do("detail", text="Kept words", readers="company")
    assert answer.status_code == 503
    assert "Kept words" in answer.text
    assert answer.headers["Retry-After"]


def test_every_page_of_it_is_kept_out_of_caches_and_search_engines(house: House) -> None:
    customer = an_answered_customer(house)
    answers = [
        customer.do("detail", text=""),
        customer.do("detail", text="x"),
        house.visitor().get(f"{customer.link}erase"),
        house.visitor().get("/c/erased/", base_url=URL),
        house.visitor().get(f"/c/00000000-{'A' * 22}/", base_url=URL),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text


def test_staff_can_take_nothing_back_that_the_customer_did(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="unsolved")
    with house.inbox.reading() as connection:
        (deed,) = deeds.of_case(connection, customer.number, "acme")
    olga = house.at_the_desk()
    page = olga.get(f"/desk/acme/{customer.number}").text
    assert "says whether it is solved" in page
    assert not re.search(rf'name="deed" value="{deed.id}"', page)
    olga.decide(customer.number, "undo", deed=str(deed.id))
    house.work()
    assert customer.events()[-1] == "verdict"


@pytest.mark.parametrize("at", ["deeds.done", "cases.take_back", "cases.hide_name", "cases.keep_private"])
def test_what_was_written_but_not_noted_is_the_same_when_done_again(
    house: House, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    told, gone, shy = (an_answered_customer(house, author="Anna") for _ in range(3))
    waiting = a_customer(house)
    house.pass_time(hours=30)
    house.work()
    told.done("verdict", outcome="partly", text="Well.")
    told.done("detail", text="More.", readers="public")
    gone.done("withdraw")
    shy.done("name")
    waiting.done("private")
    module, name = at.split(".")
    with monkeypatch.context() as broken:
        broken.setattr({"deeds": deeds, "cases": cases}[module], name, fail)
        with pytest.raises(ValueError, match="No space"):
            house.work()
    # What is in the record and was not noted is shown once.
    assert told.page().count("<p>Well.</p>") == told.page().count("<p>More.</p>") == 1
    house.pass_time(minutes=5)
    house.work()
    assert told.events() == ["published", "reply", "verdict"]
    assert gone.events() == ["published", "reply", "withdrawn"]
    assert shy.events() == ["published", "reply"]
    assert waiting.case() is None
    assert [ledger(house)[who.number]["outcome"] for who in (told, gone, shy, waiting)] == [
        "published",
        "withdrawn",
        "published",
        "private",
    ]
    assert [pending(who) for who in (told, gone, shy, waiting)] == [[], [], [], []]


def test_what_the_customer_did_waits_until_a_fault_in_the_file_is_mended_and_holds_nobody_up(house: House) -> None:
    customer, other = an_answered_customer(house), an_answered_customer(house)
    path = case_file(house.content, "acme", customer.number)
    assert path is not None
    good = path.read_text()
    path.write_text(good.replace("kind: complaint", "kind: rant"))
    customer.done("withdraw")
    other.done("verdict", outcome="solved")
    with pytest.raises(ValueError, match="rant"):
        house.work()
    assert other.events()[-1] == "verdict"
    path.write_text(good)
    house.work()
    assert customer.events()[-1] == "withdrawn"


def test_what_was_said_stands_in_the_record_alone_once_it_has_left(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text="Canary", readers="public")
    house.work()
    with house.inbox.reading() as connection:
        stored = connection.exec_driver_sql("SELECT facts FROM deed").scalars().all()
    assert "Canary" not in "".join(stored)
