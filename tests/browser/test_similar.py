"""What is offered before somebody asks, by the script that a browser runs."""

import json
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.board.machines.terms import terms
from amends.case import Outcome
from tests.browser.chromium import NewPage
from tests.browser.offers import SETS, WIDGET, Matcher, ask_all, count
from tests.factories import a_case, an_event, put_case
from tests.house import SHOP, URL, House

SCRIPTS = "abcde ABCß ÄÖÜÉ éñß İıſK ёйжЖ العربية ـِّأ 包裹的退款我 1234 ９ ǅƛ\u0301\u0308 \n"
"""Letters of all scripts that are cut, and of some at their edges."""

MOST_BYTES = 1200


@pytest.fixture
def matcher(new_page: NewPage) -> Matcher:
    return a_matcher(new_page)


def a_text(place: int, *words: str, **facts: Any) -> dict[str, Any]:
    return {
        "kind": "answer",
        "title": f"Title {place}",
        "href": f"https://board.example/acme/answers/#{place}",
        "language": "en",
        "terms": dict.fromkeys(words, 200),
        **facts,
    }


def a_matcher(new_page: NewPage, *texts: dict[str, Any]) -> Matcher:
    return Matcher(new_page(), json.dumps({"version": 1, "texts": texts}))


def titles(found: list[dict[str, Any]]) -> list[str]:
    return [offer["title"] for offer in found]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text() | st.text(SCRIPTS), min_size=20, max_size=20))
def test_what_is_typed_is_cut_into_the_same_terms_as_what_stands_on_the_board(
    texts: list[str], matcher: Matcher
) -> None:
    assert matcher.terms(texts) == [terms(text) for text in texts]


def test_every_letter_is_cut_by_the_browser_as_it_is_on_the_board(matcher: Matcher) -> None:
    letters = [chr(point) for point in range(0x10000) if not 0xD800 <= point < 0xE000]
    ones = [f"a{letter}bc{letter} е{letter}ж 包{letter}裹 ط{letter}لب" for letter in letters]
    texts = [" ".join(some) for some in zip(*[iter(ones)] * 64, strict=True)]
    pairs = zip(texts, matcher.terms(texts), strict=True)
    assert [text for text, found in pairs if found != terms(text)] == []


@pytest.mark.parametrize("name", SETS)
def test_what_fits_is_mostly_found_and_next_to_nothing_is_offered_in_vain(name: str, new_page: NewPage) -> None:
    told = count(list(ask_all(new_page(), name)))
    assert told.unfitting >= told.fitting
    assert told.found >= 0.7 * told.fitting
    assert told.in_vain <= 0.05 * told.unfitting


def test_the_guide_says_what_was_measured(new_page: NewPage) -> None:
    asked = list(ask_all(new_page(), "held_out"))
    guide = " ".join((WIDGET.parent / "docs" / "guide.md").read_text("utf-8").split())
    told = count(asked)
    assert f"of {told.fitting} texts in English, German, Russian and Chinese" in guide
    assert f"it stood among the three offered for {told.found} (" in guide
    for name, language in {"English": "en", "German": "de", "Russian": "ru", "Chinese": "zh-Hant"}.items():
        own = count([one for one in asked if one.language == language])
        assert f"{name} {own.found} of {own.fitting}" in guide
    assert f"of {told.unfitting} for which there was none, none was offered anything" in guide
    assert told.in_vain == 0


def test_at_most_as_many_are_offered_as_asked_for_the_best_first(new_page: NewPage) -> None:
    good, better, best = (a_text(number, "wet", "parcel", *"ab"[:number]) for number in range(3))
    best["terms"] |= {"rain": 200}
    better["terms"] |= {"rain": 200}
    del better["terms"]["wet"]
    matcher = a_matcher(new_page, good, better, best, a_text(9, "other", "words"))
    words = "wet parcel rain"
    assert titles(matcher.similar(words))[0] == "Title 2"
    assert len(matcher.similar(words)) == 3
    assert titles(matcher.similar(words, most=1)) == ["Title 2"]


def test_of_two_that_are_as_good_the_one_in_the_visitors_language_comes_first(new_page: NewPage) -> None:
    matcher = a_matcher(new_page, a_text(1, "wifi", "router"), a_text(2, "wifi", "router", language="de"))
    assert titles(matcher.similar("wifi router", "en")) == ["Title 1", "Title 2"]
    assert titles(matcher.similar("wifi router", "de")) == ["Title 2", "Title 1"]


def test_an_offer_is_what_a_link_needs_and_no_more(new_page: NewPage) -> None:
    text = a_text(1, "parcel", "rain", kind="case", language=None)
    (offer,) = a_matcher(new_page, text).similar("parcel rain")
    assert offer == {key: text[key] for key in ("kind", "title", "href", "language")}


@pytest.mark.parametrize("words", ["", " \n", "?!", "parcel", "parcel parcel", "ไทย", "constructor toString parcel"])
def test_one_shared_word_or_none_is_no_reason_to_offer_anything(words: str, new_page: NewPage) -> None:
    heavy = a_text(1, "rain", terms={"parcel": 1000, "rain": 1000})
    assert a_matcher(new_page, heavy).similar(words) == []


def test_the_longer_a_text_is_the_more_it_has_to_share(new_page: NewPage) -> None:
    matcher = a_matcher(new_page, a_text(1, "parcel", "rain"))
    others = " ".join(f"{letter * 4}" for letter in "abcdefghijklmnop")
    assert titles(matcher.similar("parcel rain")) == ["Title 1"]
    assert matcher.similar(f"parcel rain {others}") == []


def test_a_company_without_anything_to_offer_offers_nothing(matcher: Matcher) -> None:
    assert matcher.similar("parcel rain") == []


def test_the_strictest_page_of_another_site_may_run_the_script(
    new_page: NewPage, another_house: Callable[[], House]
) -> None:
    house, page = another_house(), new_page()
    put_case(house.content, a_case(an_event("verdict", outcome=Outcome.SOLVED), text="Wet parcel, broken lamp."))
    house.pass_time(hours=1)
    house.worker.turn()
    assert house.public.is_dir()
    script = house.visitor().get("/w/similar/acme.js", base_url=URL)
    policy = f"default-src 'none'; script-src {URL}; connect-src {URL}; require-trusted-types-for 'script'"
    page.route(f"{URL}/**", lambda route: route.fulfill(body=script.text, headers=dict(script.headers)))
    page.route(f"{SHOP}/**", lambda route: route.fulfill(body="", headers=page_under(policy)))
    page.goto(f"{SHOP}/")
    ask = "address => import(address).then(({ similar }) => similar('My parcel got wet and the lamp is broken', 'en'))"
    assert titles(page.evaluate(ask, f"{URL}/w/similar/acme.js")) == ["Wet parcel, broken lamp."]


def page_under(policy: str) -> dict[str, str]:
    return {"Content-Type": "text/html", "Content-Security-Policy": policy}


def test_the_script_takes_at_most_1200_bytes_on_its_way() -> None:
    assert len(brotli.compress((WIDGET / "similar.js").read_bytes())) <= MOST_BYTES
