"""What a visitor sees before sending: the very words that become public, with what is hidden."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.intake.preview import preview
from amends.publish import wording
from amends.record import Company, find_case
from amends.submission import validate
from amends.text import clean
from tests.effort import EFFORT
from tests.house import PAGE, URL, House

WORDS = "My parcel is late.\n\nCall +49 171 2345678 or anna@example.org."
SHOWN = "My parcel is late.\n\nCall [hidden: phone] or [hidden: email]."


def test_the_answer_is_what_becomes_public_with_what_was_found(house: House) -> None:
    answer = house.post("/acme/preview", {"text": WORDS, "author": "Anna +49 171 2345678", "page": "/late"}, **PAGE)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE["Origin"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "publicity": "public",
        "kind": "complaint",
        "title": "My parcel is late.",
        "text": SHOWN,
        "html": '<p>My parcel is late.</p>\n<p>Call <span class="hidden">[hidden: phone]</span>'
        ' or <span class="hidden">[hidden: email]</span>.</p>',
        "author": "Anna [hidden: phone]",
        "page": "/late",
        "found": [
            {"kind": "phone", "start": 25, "end": 40, "words": "+49 171 2345678"},
            {"kind": "email", "start": 44, "end": 60, "words": "anna@example.org"},
        ],
    }
    assert house.numbers() == []


def test_what_is_previewed_is_what_publishing_writes(house: House) -> None:
    fields = {"text": WORDS, "author": "Anna", "page": "/u/anna@example.org"}
    shown = house.post("/acme/preview", fields, **PAGE).json
    assert shown is not None
    number = house.receive(**fields)
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert (case.text, case.title, case.author or "", case.page or "") == (
        shown["text"],
        shown["title"],
        shown["author"],
        shown["page"],
    )
    assert case.page is None


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_of_what_only_the_company_sees_nothing_becomes_public(house: House, accept: str) -> None:
    fields = {"text": "Canary", "author": "Canary", "page": "/canary", "publicity": "private"}
    answer = house.post("/acme/preview", fields, Accept=accept)
    assert answer.status_code == 200
    if answer.json:
        assert "canary" not in answer.text.lower()
        assert answer.json["publicity"] == "private"
    else:
        assert "Nobody but the company will read it" in answer.text
        assert "What everyone will read" not in answer.text


def test_the_page_keeps_every_word_and_shows_the_preview_above_the_button(house: House) -> None:
    fields = {
        "text": WORDS,
        "author": "Anna <b>",
        "email": "anna@example.org",
        "reference": "A-1",
        "kind": "question",
        "key": "q" * 32,
        "shown": "1762084800",
    }
    page = house.post("/acme/preview", fields, Origin=URL)
    assert page.status_code == 200
    form, shown = page.text.split('id="preview"')
    assert "Call +49 171 2345678 or anna@example.org." in form
    assert 'value="anna@example.org"' in form
    assert "A question, by <bdi>Anna &lt;b&gt;</bdi>" in shown
    assert '<span class="hidden">[hidden: phone]</span>' in shown
    assert shown.index("[hidden: phone]") < shown.index(">Send</button>") < shown.index(">Preview</button>")
    assert "q" * 32 in shown
    assert 'value="1762084800"' in shown
    assert "+49 171" not in shown.split("</section>")[0]
    assert house.numbers() == []


def test_the_form_offers_the_preview_and_says_what_is_hidden(house: House) -> None:
    page = house.visitor().get("/acme/new", base_url=URL).text
    assert 'formaction="/acme/preview#preview"' in page
    assert "personal data that are found in your words are" in page
    assert 'id="preview"' not in page


def test_a_preview_needs_no_key_and_counts_towards_no_limit(house: House) -> None:
    house.limits = {"hourly_company": 1, "hourly_network": 1}
    house.open_service()
    for _ in range(3):
        assert house.post("/acme/preview", {"text": "Late."}, **PAGE).status_code == 200
    assert house.send(text="Late.").status_code == 201
    assert house.post("/acme/preview", {"text": "Late."}, **PAGE).status_code == 200


@pytest.mark.parametrize(
    ("company", "fields", "headers", "status", "code"),
    [
        ("acme", {"text": " "}, PAGE, 422, "empty"),
        ("acme", {"text": "x" * 4001}, PAGE, 422, "too_long"),
        ("nobody", {"text": "x"}, PAGE, 404, "unknown_company"),
        ("acme", {"text": "x"}, {**PAGE, "Origin": "https://evil.example"}, 403, "foreign_origin"),
        ("acme", {"text": "x" * 140_000}, PAGE, 413, "too_large"),
    ],
)
def test_what_could_not_be_sent_is_not_previewed(
    house: House, company: str, fields: dict[str, str], headers: dict[str, str], status: int, code: str
) -> None:
    answer = house.post(f"/{company}/preview", fields, **headers)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"]["code"] == code


def test_whoever_opens_the_address_is_led_to_the_form(house: House) -> None:
    answer = house.visitor().get("/acme/preview", base_url=URL)
    assert answer.status_code == 405
    assert 'href="/acme/new"' in answer.text


def test_the_guides_example_is_what_the_service_answers(house: House) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "guide.md").read_text()
    block = re.search(r'    \{"publicity".*?\]\}\n', guide, re.DOTALL)
    assert block
    fields = {"text": "Call +49 171 2345678.", "author": "Anna", "page": "/late"}
    assert house.post("/acme/preview", fields, **PAGE).json == json.loads(block[0])


@given(st.text(max_size=60) | st.lists(st.sampled_from([WORDS, "order 4711", "anna@example.org", "\n"])).map(" ".join))
@settings(max_examples=50 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_places_found_are_those_of_the_words_as_they_were_sent(text: str) -> None:
    company = Company("acme", "Acme", "https://acme.example/", order_pattern="AA-999999")
    if not clean(text) or len(clean(text)) > 4000:
        return
    sent = validate({"text": text}, company)
    seen = preview(company, sent)
    assert seen.shown == wording(company, sent.text, "", "")
    assert [sent.text[piece.start : piece.end] for piece in seen.found] == [piece.words for piece in seen.found]
