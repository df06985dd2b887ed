"""The list at the desk: what is in it, in which order, its pages, its filters, and what is found by words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.desk import shelf
from amends.desk.queue import PAGE, Filters
from amends.desk.search import LONGEST, Search, fold, words_of
from amends.desk.words import language
from amends.inbox import additions, cases, team, worklist
from amends.inbox.additions import Addition
from amends.inbox.cases import Arrival, Contact, Received
from tests.conftest import DATABASES, database_of
from tests.factories import a_case, a_received, after, an_event, put_case
from tests.house import NOON, House


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    made = House(tmp_path, database=database)
    yield made
    made.close()


def receive(house: House, *received: Received, email: str = "", reference: str = "") -> None:
    contact = Contact(email, reference)
    with house.inbox.writing() as connection:
        cases.add(connection, [Arrival(one, contact, one.number * 4, b"d" * 32) for one in received])


def many(house: House, count: int) -> list[str]:
    """Let so many cases wait that nobody has read, and return their numbers, the one due first on top."""
    numbers = [f"{number:08}" for number in range(count)]
    receive(house, *(a_received(one, text=f"Words {one}", reply_by=after(24 + int(one))) for one in numbers))
    return numbers


def listed(page: str) -> list[str]:
    """Return the numbers of the cases in the list of a page, as they stand there."""
    return re.findall(r'<li[^>]*>\s*<span class="urgency.*?href="/desk/[a-z]+/([0-9a-z]{8})', page, re.DOTALL)


def found(house: House, address: str, login: str = "olga") -> list[str]:
    answer = house.at_the_desk(login).get(address)
    assert answer.status_code == 200
    return listed(answer.text)


# --- Pages ---


def test_a_page_has_fifty_lines_and_leads_to_those_before_and_after(house: House) -> None:
    numbers = many(house, 2 * PAGE + 5)
    olga = house.at_the_desk()
    first, second, third = (olga.get(f"/desk/?page={page}").text for page in (1, 2, 3))
    assert [*listed(first), *listed(second), *listed(third)] == numbers
    assert len(listed(first)) == len(listed(second)) == PAGE
    assert "105 cases wait" in first
    assert 'rel="prev"' not in first
    assert 'rel="next" href="/desk/?page=2"' in first
    assert 'rel="prev" href="/desk/?page=1"' in second
    assert "51–100 of 105" in second
    assert 'rel="next"' not in third


@pytest.mark.parametrize(("page", "stands"), [("0", 1), ("x", 1), ("²", 1), ("-1", 1), ("3", 2), ("9" * 199, 2)])
def test_a_page_that_is_not_there_is_the_nearest_one(house: House, page: str, stands: int) -> None:
    numbers = many(house, PAGE + 1)
    assert found(house, f"/desk/?page={page}") == numbers[(stands - 1) * PAGE : stands * PAGE]


def test_beside_a_case_stands_the_page_of_the_list_on_which_it_is(house: House) -> None:
    numbers = many(house, PAGE + 5)
    olga = house.at_the_desk()
    page = olga.get(f"/desk/acme/{numbers[-1]}").text
    assert listed(page) == numbers[PAGE:]
    assert page.count('class="here"') == 1
    assert f'rel="prev" href="/desk/acme/{numbers[-1]}?page=1"' in page
    assert listed(olga.get(f"/desk/acme/{numbers[-1]}?page=1").text) == numbers[:PAGE]


def test_of_the_inbox_only_the_words_on_the_page_are_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    many(house, 3 * PAGE)
    asked: list[int] = []
    real = worklist.whole
    monkeypatch.setattr(
        worklist, "whole", lambda connection, numbers: asked.append(len(numbers)) or real(connection, numbers)
    )
    found(house, "/desk/?page=2")
    assert asked == [PAGE]


def test_after_one_case_has_changed_the_desk_looks_at_that_one_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        put_case(house.content, a_case(number=f"{number:08}", text="Late."))
    looked: list[str] = []
    real = shelf._see
    monkeypatch.setattr(shelf, "_see", lambda entry: looked.append(entry.case.number) or real(entry))
    assert len(found(house, "/desk/")) == len(looked) == 20
    put_case(house.content, a_case(an_event("reply"), number="00000007", text="Late and answered."))
    assert len(found(house, "/desk/")) == 19
    assert looked[20:] == ["00000007"]


def test_what_is_unread_and_public_stands_in_the_list_once(house: House) -> None:
    receive(house, a_received("00000001", text="Unread"))
    put_case(house.content, a_case(number="00000001", text="Of another inbox"))
    assert found(house, "/desk/") == ["00000001"]


def test_a_stub_of_which_the_inbox_knows_nothing_waits_for_nobody_here(house: House) -> None:
    put_case(house.content, a_case(number="00000001"))
    assert found(house, "/desk/") == []


def test_for_the_keeper_what_was_asked_stands_on_top_and_can_be_chosen(house: House) -> None:
    receive(house, a_received("00000001"), a_received("00000002", reply_by=after(99)), a_received("00000003"))
    house.at_the_desk().decide("00000002", "ask", reason="spam", why="An advertisement")
    assert found(house, "/desk/", "kim") == ["00000002", "00000001", "00000003"]
    assert found(house, "/desk/?step=decide", "kim") == ["00000002"]


# --- Filters ---


def test_each_filter_shows_what_is_like_that_and_they_work_together(house: House) -> None:
    receive(
        house,
        a_received("00000001", kind="question", topic="billing", language="de", reply_by=NOON - timedelta(hours=1)),
        a_received("00000002", topic="billing", publicity="private", outcome="private"),
        a_received("00000003", topic="delivery", language="de"),
    )
    put_case(house.content, a_case(number="00000004", text="Late.", language="fr", topic="delivery"))
    for address, numbers in {
        "/desk/": ["00000001", "00000002", "00000003", "00000004"],
        "/desk/?step=read-and-publish": ["00000001", "00000003"],
        "/desk/?step=answer-privately": ["00000002"],
        "/desk/?step=answer": ["00000004"],
        "/desk/?kind=question": ["00000001"],
        "/desk/?topic=billing": ["00000001", "00000002"],
        "/desk/?language=de": ["00000001", "00000003"],
        "/desk/?late=yes": ["00000001"],
        "/desk/?language=de&topic=delivery": ["00000003"],
        "/desk/?language=de&topic=returns": [],
        "/desk/?nothing=at-all": ["00000001", "00000002", "00000003", "00000004"],
    }.items():
        assert found(house, address) == numbers, address


def test_what_is_chosen_can_be_taken_back_one_by_one_and_stands_in_the_form(house: House) -> None:
    many(house, 1)
    page = house.at_the_desk().get("/desk/?topic=other&late=yes&q=words").text
    assert "0 found" in page
    assert "No case is like that." in page
    for address in ("topic=other&amp;late=yes", "topic=other&amp;q=words", "late=yes&amp;q=words"):
        assert f'href="/desk/?{address}"' in page
    assert '<option value="other" selected>' in page
    assert re.search(r'name="late"[^>]*checked', page)
    assert 'value="words"' in page
    assert 'role="search"' in page


def test_a_form_with_empty_fields_leads_to_an_address_without_them(house: House) -> None:
    answer = house.at_the_desk().get("/desk/?q=&step=&kind=idea&topic=&language=")
    assert answer.headers["Location"] == "/desk/?kind=idea"


def test_what_is_chosen_stays_chosen_beside_a_case_and_after_a_decision(house: House) -> None:
    receive(house, a_received("00000001", topic="billing"), a_received("00000002", topic="delivery"))
    olga = house.at_the_desk()
    page = olga.get("/desk/acme/00000001?topic=billing").text
    assert listed(page) == ["00000001"]
    assert 'action="/desk/acme/00000001/reply?topic=billing#preview"' in page
    answer = olga.submit(
        "/desk/acme/00000001/publish?topic=billing", page="/desk/acme/00000001?topic=billing", topic="billing"
    )
    assert answer.headers["Location"] == "/desk/acme/00000001?topic=billing"


def test_the_clock_of_a_case_stands_on_its_page_whatever_is_chosen(house: House) -> None:
    receive(house, a_received("00000001", topic="billing"))
    assert 'class="standing"' in house.at_the_desk().get("/desk/acme/00000001?topic=delivery").text


@given(st.dictionaries(st.sampled_from([*Filters.__slots__, "page", "x"]), st.text(max_size=300)))
def test_filters_are_what_their_address_says(asked: dict[str, str]) -> None:
    filters = Filters.of(asked)
    assert Filters.of(filters.chosen) == filters
    assert all(len(value) <= LONGEST for value in filters.chosen.values())


# --- Search ---


def test_every_word_has_to_occur_in_what_is_known_of_a_case(house: House) -> None:
    receive(house, a_received("00000001", text="Straße gesperrt", author="Ёлка"), email="ann@example.org")
    receive(house, a_received("00000002", text="我的包裹三个星期还没到"), reference="AB-77 100%_\\")
    put_case(house.content, a_case(number="00000003", text="Parcel", title="LATE parcel", author="Ann"))
    for words, numbers in {
        "strasse": ["00000001"],
        "STRASSE": ["00000001"],
        "ёлка": ["00000001"],
        "包裹": ["00000002"],
        "包裹 三个": ["00000002"],
        "ann": ["00000001", "00000003"],
        "ann late": ["00000003"],
        "Ann@Example gesperrt": ["00000001"],
        "ab-77": ["00000002"],
        "100%_\\": ["00000002"],
        "%": ["00000002"],
        "00000003": ["00000003"],
        "0000000": ["00000001", "00000002", "00000003"],
        "parcel gesperrt": [],
    }.items():
        assert found(house, f"/desk/?q={words.replace('%', '%25')}") == numbers, words


def test_what_waits_no_more_is_found_after_what_waits_with_how_it_stands(house: House) -> None:
    reply = an_event("reply")
    put_case(house.content, a_case(reply, number="00000001", text="Late and answered"))
    put_case(house.content, a_case(number="00000002", text="Late and waiting"))
    private = a_received("00000003", text="Late in private", publicity="private", outcome="private")
    receive(house, private)
    with house.inbox.writing() as connection:
        cases.answered(connection, "00000003", "acme", NOON)
    page = house.at_the_desk().get("/desk/?q=late").text
    assert listed(page) == ["00000002", "00000001", "00000003"]
    assert "3 found, 1 of them waiting" in page
    assert page.index("00000002") < page.index("Replied") < page.index("Answered privately")
    assert page.count("Does not wait") == 2
    assert found(house, "/desk/?q=late&step=answer") == ["00000002"]
    assert found(house, "/desk/?q=late&kind=idea") == []
    assert found(house, "/desk/?q=late&late=yes") == []


def test_words_that_a_customer_added_are_found(house: House) -> None:
    followup = an_event("followup", text="It was the blue one")
    put_case(house.content, a_case(followup, number="00000001", text="Late"))
    assert found(house, "/desk/?q=blue") == ["00000001"]


def test_words_that_nobody_has_read_yet_are_found_with_their_case(house: House) -> None:
    put_case(house.content, a_case(an_event("reply"), number="00000001", text="Late", author="Ann"))
    receive(house, a_received("00000001", text="", outcome="published"))
    with house.inbox.writing() as connection:
        additions.add(connection, Addition(0, "acme", "00000001", NOON, after(24), "detail", "It was the blue one"))
    page = house.at_the_desk().get("/desk/?q=blue").text
    assert listed(page) == ["00000001"]
    assert "Read what was added" in page
    assert "<bdi>Ann</bdi>" in page


def test_nobody_finds_what_is_none_of_their_business(house: House) -> None:
    receive(house, a_received("00000001", text="Unread"), email="ann@example.org", reference="AB-77")
    receive(house, a_received("00000002", text="Secret", publicity="private", outcome="private"))
    receive(house, a_received("00000003", text="Spam", outcome="held"))
    receive(house, a_received("00000004", text="Elsewhere", company="bolt"), email="bob@example.org")
    put_case(house.content, a_case(number="00000005", company="bolt", text="Public"))
    seen = {
        "olga": {"unread": 1, "secret": 1, "spam": 0, "elsewhere": 0, "public": 0, "ann@": 1, "AB-77": 1, "bob@": 0},
        "bo": {"unread": 0, "secret": 0, "spam": 0, "elsewhere": 1, "public": 1, "ann@": 0, "AB-77": 0, "bob@": 1},
        "kim": {"unread": 1, "secret": 0, "spam": 1, "elsewhere": 1, "public": 1, "ann@": 0, "AB-77": 0, "bob@": 0},
    }
    for login, words in seen.items():
        for word, count in words.items():
            assert len(found(house, f"/desk/?q={word}", login)) == count, (login, word)


def test_what_is_known_of_who_sent_spam_is_not_even_read(house: House) -> None:
    receive(house, a_received("00000001", outcome="held"), a_received("00000002"), email="ann@example.org")
    with house.inbox.reading() as connection:
        assert [number for number, *_ in worklist.contacts(connection, "acme")] == ["00000002"]


def test_of_a_public_case_of_another_company_with_a_number_of_ours_no_contact_is_found(house: House) -> None:
    receive(house, a_received("00000001", company="bolt", text="Elsewhere"), email="bob@example.org")
    put_case(house.content, a_case(number="00000001", text="Ours"))
    assert found(house, "/desk/?q=ours") == ["00000001"]
    assert found(house, "/desk/?q=bob") == []


@given(st.lists(st.text(min_size=1)), st.text())
def test_a_text_is_found_by_each_of_its_own_words_in_any_capitals(parts: list[str], other: str) -> None:
    text = " ".join(parts)
    for query in (text, text.upper(), text.lower(), text.swapcase()):
        if words_of(query) and len(query) <= LONGEST and fold(query) == fold(text):
            search = Search(query)
            search.see([("1", fold(f"{other} {text}")), ("2", "")])
            assert search.numbers == {"1"}


def test_nothing_is_found_by_no_words() -> None:
    search = Search("  ")
    search.see([("1", "text")])
    assert search.numbers == set()


# --- What is owed, and what is said where nothing is ---


def test_what_waits_in_the_inbox_is_what_is_unread_or_owed_an_answer(house: House) -> None:
    reasons = {"withheld": ("spam", "hate")}
    received = [
        a_received(outcome=outcome, publicity=publicity, first_reply=first_reply, reason=reason)
        for outcome in ("waiting", "private", "withheld", "published", "withdrawn", "erased", "held")
        for publicity in ("public", "private")
        for first_reply in (None, NOON)
        for reason in reasons.get(outcome, (None,))
    ]
    received = [replace(one, number=f"{number:08}") for number, one in enumerate(received)]
    receive(house, *received)
    with house.inbox.reading() as connection:
        waiting = {row[1] for row in worklist.waiting(connection, "acme")}
    listed = [one for one in received if one.outcome in ("waiting", "private", "withheld")]
    assert waiting == {one.number for one in listed if one.outcome == "waiting" or one.is_owed_an_answer}


def test_an_empty_inbox_says_when_somebody_was_answered_last(house: House) -> None:
    olga = house.at_the_desk()
    assert "Nothing waits for an answer.</p>" in olga.get("/desk/").text
    put_case(house.content, a_case(an_event("reply", hours=1), text="Late"))
    page = olga.get("/desk/").text
    assert f'The last one was answered on <time datetime="{after(1).isoformat()}">' in page
    receive(house, a_received("00000003", publicity="private", outcome="private"))
    with house.inbox.writing() as connection:
        cases.answered(connection, "00000003", "acme", NOON)
    assert f'The last one was answered on <time datetime="{NOON.isoformat()}">' in olga.get("/desk/").text
    assert "Nothing waits for a decision." in house.at_the_desk("kim").get("/desk/").text


def test_a_disputed_case_stands_where_its_new_clock_puts_it(house: House) -> None:
    reply, verdict = an_event("reply", hours=1), an_event("verdict", hours=2, outcome="unsolved")
    put_case(house.content, a_case(reply, verdict, number="00000001", text="Disputed"))
    receive(house, a_received("00000002", reply_by=after(25)), a_received("00000003", reply_by=after(27)))
    page = house.at_the_desk().get("/desk/").text
    assert listed(page) == ["00000002", "00000001", "00000003"]
    assert "Answer again" in page


def test_a_language_is_said_where_it_is_not_the_companys(house: House) -> None:
    receive(house, a_received("00000001", language="de"))
    assert ", German" in house.at_the_desk().get("/desk/").text
    receive(house, a_received("00000002", language="en"))
    assert ", English" not in house.at_the_desk().get("/desk/").text


@pytest.mark.parametrize(
    ("tag", "said"),
    [("de", "German"), ("zh-Hans", "Simplified Chinese"), ("pt-BR", "Brazilian Portuguese"), ("xx", "xx")],
)
def test_a_language_is_called_by_its_name(tag: str, said: str) -> None:
    assert language(tag) == said


def test_whose_cases_are_shown_can_be_chosen(house: House) -> None:
    receive(house, a_received("00000001"), a_received("00000002"), a_received("00000003"))
    olga, max_ = house.at_the_desk("olga"), house.at_the_desk("max")
    with house.inbox.reading() as connection:
        ids = {name: identity for identity, name in team.colleagues(connection, "acme").items()}
    olga.decide("00000001", "assign", to=str(ids["Olga"]))
    olga.decide("00000002", "assign", to=str(ids["Max"]))
    assert listed(olga.get("/desk/?who=me").text) == ["00000001"]
    assert listed(max_.get("/desk/?who=me").text) == ["00000002"]
    assert listed(olga.get("/desk/?who=nobody").text) == ["00000003"]
    assert len(listed(olga.get("/desk/?who=somebody").text)) == 3


def test_a_keeper_sees_first_what_is_asked_about_public_cases(house: House) -> None:
    number = house.receive(text="Everyone reads this.")
    olga, kim = house.at_the_desk("olga"), house.at_the_desk("kim")
    olga.decide(number, "publish", topic="delivery")
    house.work()
    unread = house.receive()
    assert listed(kim.get("/desk/").text) == [unread]
    olga.decide(number, "ask", reason="hate", why="Words of hate.")
    assert listed(kim.get("/desk/").text) == [number, unread]
    kim.decide(number, "decline", why="None stands there.")
    assert listed(kim.get("/desk/").text) == [unread]
    kim.decide(number, "remove", reason="hate", why="Yes, it does.")
    assert listed(kim.get("/desk/").text) == [number, unread]


def test_words_are_read_once_and_what_was_taken_away_is_found_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(house, a_received("00000001", author="Anna", text="One bell."), a_received("00000002", text="Two bells."))
    olga, read, whole = house.at_the_desk(), [], worklist.whole

    def counted(connection: object, numbers: list[str]) -> object:
        read.append(list(numbers))
        return whole(connection, numbers)  # type: ignore[arg-type]

    monkeypatch.setattr(worklist, "whole", counted)
    assert listed(olga.get("/desk/?q=anna").text) == ["00000001"]
    first = read[0]
    assert sorted(first) == ["00000001", "00000002"]
    read.clear()
    assert listed(olga.get("/desk/?q=bells").text) == ["00000002"]
    assert read[0] == []
    with house.inbox.writing() as connection:
        cases.hide_name(connection, "00000001")
    read.clear()
    assert listed(olga.get("/desk/?q=anna").text) == []
    assert read[0] == ["00000001"]
