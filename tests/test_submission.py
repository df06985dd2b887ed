"""What a visitor may send."""

import hashlib
import json
import re
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from amends.case import Kind
from amends.record import NUMBER, Company
from amends.submission import RefusedError, Submission, new_number, validate
from amends.text import MAX_CUSTOMER
from tests.effort import EFFORT
from tests.factories import OTHER_NUMBER, a_company

ACME = a_company(topics=("delivery", "billing"))
KEY = "k" * 22
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, the marks that reorder what follows (UAX #9), and halves of characters."""


def a_submission(company: Company = ACME, /, **fields: str | None) -> Submission:
    return validate({"text": "Parcel three weeks late.", "key": KEY, **fields}, company)


def problems(**fields: str) -> dict[str, str]:
    with pytest.raises(RefusedError) as error:
        a_submission(**fields)
    return {field: problem.message for field, problem in error.value.problems.items()}


def test_everything_that_is_asked_for_is_taken() -> None:
    fields = {
        "kind": "question",
        "topic": "billing",
        "text": "Why two invoices?",
        "author": "Anna K.",
        "email": "anna@mail.example",
        "reference": "AC-1904",
        "publicity": "private",
        "page": "/invoices/7",
        "language": "zh-Hant",
        "same": OTHER_NUMBER,
        "key": KEY,
    }
    assert asdict(a_submission(**fields)) == fields


def test_only_a_text_is_needed() -> None:
    found = validate({"text": "Late.", "author": None}, ACME)
    assert replace(found, key=KEY) == Submission(
        kind=Kind.COMPLAINT,
        topic="other",
        text="Late.",
        author="",
        email="",
        reference="",
        publicity="public",
        page="",
        language="en",
        same=None,
        key=KEY,
    )


@pytest.mark.parametrize(
    ("field", "value", "becomes"),
    [
        ("kind", "rant", Kind.COMPLAINT),
        ("kind", "Praise", Kind.COMPLAINT),
        ("topic", "weather", "other"),
        ("publicity", "secret", "public"),
        ("page", "invoices", ""),
        ("page", "/a?customer=7", ""),
        ("page", "https://acme.example/a", ""),
        ("page", "/" + "a" * 501, ""),
        ("language", "English", "en"),
        ("same", "7", None),
        ("same", OTHER_NUMBER.upper(), None),
        ("author", " Anna\n\tK. ", "Anna K."),
        ("author", "A" * 81, "A" * 80),
        ("reference", "r" * 65, "r" * 64),
        ("email", " anna@mail.example ", "anna@mail.example"),
    ],
)
def test_what_does_not_fit_is_dropped_or_cut_and_not_refused(field: str, value: str, becomes: object) -> None:
    assert getattr(a_submission(**{field: value}), field) == becomes


@pytest.mark.parametrize("key", ["", "short", "k" * 21, "k" * 65, "k" * 21 + "/"])
def test_a_key_that_is_too_easy_to_guess_is_replaced_by_a_random_one(key: str) -> None:
    one, other = a_submission(key=key).key, a_submission(key=key).key
    assert one != other
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", one)


def test_a_key_of_128_bits_is_kept() -> None:
    assert [a_submission(key=key).key for key in (KEY, "k" * 64)] == [KEY, "k" * 64]


def test_the_companys_language_is_taken_where_the_visitor_names_none() -> None:
    assert a_submission(a_company(language="de")).language == "de"


def test_a_sensitive_company_presets_private_and_the_customer_decides() -> None:
    sensitive = a_company(sensitive=True)
    assert a_submission(sensitive).publicity == "private"
    assert a_submission(sensitive, publicity="public").publicity == "public"
    assert a_submission(ACME, publicity="private").publicity == "private"


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\u202e\ufeff"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert problems(text=text) == {"text": "Please write what happened; a few words are enough."}


def test_four_thousand_characters_are_taken_as_they_are_after_cleaning() -> None:
    longest = "ä" * MAX_CUSTOMER
    assert MAX_CUSTOMER == 4000
    assert a_submission(text=longest).text == longest
    assert list(problems(text=longest + "ä")) == ["text"]
    assert a_submission(text="  \x00" + "a\u0308" * MAX_CUSTOMER + "\n\n\n").text == longest


@pytest.mark.parametrize(("length", "over"), [(4001, "1 character"), (4002, "2 characters"), (9000, "5000 characters")])
def test_a_longer_text_is_refused_with_how_much_is_too_much(length: int, over: str) -> None:
    sentence = f"This is {over} too long: at most 4000 can be sent. Nothing of it was lost."
    assert problems(text="x" * length) == {"text": sentence}


@pytest.mark.parametrize(
    "email", ["a@b.example", "a.b+c@mail.b-c.example", "ä@bücher.example", "a@" + "b" * 242 + ".example"]
)
def test_an_address_is_taken(email: str) -> None:
    assert a_submission(email=email).email == email


@pytest.mark.parametrize(
    "email",
    [
        "anna",
        "anna@",
        "@mail.example",
        "anna@mail",
        "anna@mail.",
        "anna@@mail.example",
        "anna k@mail.example",
        "anna@mail.example, eve@evil.example",
        "anna@mail.example\r\nBcc: eve@evil.example",
        "Anna <anna@mail.example>",
        "a\x00nna@mail.example",
        "anna\u202e@mail.example",
        "a" * 65 + "@mail.example",
        "a@" + "b" * 245 + ".example",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert problems(email=email) == {"email": "This is no e-mail address. Correct it, or leave it empty."}


def test_the_trap_is_refused_with_what_a_person_can_do() -> None:
    sentence = "The field “website” is there for robots; please leave it empty."
    assert problems(website="https://spam.example") == {"website": sentence}


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(RefusedError, match=r"^text: Please write .*; email: This is .*; website: The field") as error:
        a_submission(text="", email="x", website="y")
    codes = {field: problem.code for field, problem in error.value.problems.items()}
    assert codes == {"text": "empty", "email": "not_an_address", "website": "trap"}


PIECES = ["\x00", "\x1b[31m", "\r", "\n", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff", "\ud800", "\u0301", "\u200d"]
hostile = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=6)).map("".join)
shaped = st.sampled_from(["/{}", "/a{}b", "{}@mail.example", "anna@{}.example", "{0}{0}{0}{0}{0}{0}{0}{0}"])
anything = hostile | st.tuples(shaped, hostile).map(lambda pair: pair[0].format(pair[1]))


@given(st.dictionaries(st.sampled_from([*Submission.__slots__, "colour"]), st.none() | anything))
@example({"page": "/\u202egpj.exe"})
@example({"email": "a\x00@mail.example"})
@settings(max_examples=100 * EFFORT, deadline=None)
def test_no_hostile_text_gets_through_and_what_got_through_stays(fields: dict[str, str | None]) -> None:
    try:
        found = validate({"text": "Late.", **fields}, ACME)
    except RefusedError:
        reject()  # nothing got through
    else:
        assert validate(asdict(found), ACME) == found
        text, others = found.text, [str(value) for field, value in asdict(found).items() if field != "text"]
        assert not UNSEEN.search(text.replace("\n", ""))
        assert not any(UNSEEN.search(other) for other in others)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "question"},
        {"topic": "delivery"},
        {"text": "Parcel four weeks late."},
        {"author": "Anna"},
        {"email": "anna@mail.example"},
        {"reference": "AC-1"},
        {"publicity": "private"},
    ],
)
def test_the_digest_differs_with_every_field_that_the_customer_fills_in(changed: dict[str, str]) -> None:
    assert a_submission(**changed).digest() != a_submission().digest()


def test_the_digest_does_not_depend_on_where_and_under_which_key_it_was_sent() -> None:
    again = a_submission(key="z" * 22, page="/other", language="de", text="  Parcel three weeks late.\r\n")
    assert again.digest() == a_submission().digest()


@pytest.mark.parametrize(("one", "next_one"), [("text", "author"), ("author", "email"), ("email", "reference")])
def test_a_fact_cannot_slip_into_the_next_field_unnoticed(one: str, next_one: str) -> None:
    here: dict[str, Any] = {one: "a@b.example", next_one: ""}
    there: dict[str, Any] = {one: "", next_one: "a@b.example"}
    assert replace(a_submission(), **here).digest() != replace(a_submission(), **there).digest()


def test_the_bytes_committed_to_are_exactly_these() -> None:
    # In NFC (UAX #15), keys in order, no space, nothing escaped that need not be: RFC 8785.
    sent = a_submission(text='Cafe\u0301 "Ω" \\ 3 < 4\r\n😀', kind="idea", author="Anna", email="anna@mail.example")
    committed = sent.committed("acme-post")
    assert committed == '{"company":"acme-post","kind":"idea","text":"Café \\"Ω\\" \\\\ 3 < 4\\n😀"}'.encode()
    assert hashlib.sha256(committed).hexdigest() == "3141333ffea0328bccef76b632b99d060790a89d518b73e5b6f5e8bab4bcce13"
    assert json.loads(committed) == {"company": "acme-post", "kind": "idea", "text": 'Café "Ω" \\ 3 < 4\n😀'}


def test_a_new_number_is_one_that_the_record_takes_and_another_each_time() -> None:
    found = {new_number() for _ in range(200)}
    assert len(found) == 200
    assert all(NUMBER.fullmatch(number) for number in found)
