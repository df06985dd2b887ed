"""What the pages of the board say to search engines and to those who share them."""

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings

from amends import text
from amends.board import create_board, urls
from amends.case import Case
from amends.record import Entry, Standing
from tests.boards import CASES, REPLY, SOLVED, TEXT, a_page, a_record, every_case
from tests.effort import EFFORT
from tests.factories import NUMBER, a_case, after, an_event
from tests.machines import hostile, said_by_all, said_everywhere

LATER = after(24 * 30)


def linked(page: str) -> list[dict[str, Any]]:
    return [
        json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    ]


def of_kind(page: str, kind: str) -> dict[str, Any]:
    (found,) = [thing for thing in linked(page) if thing["@type"] == kind]
    return found


def graph(page: str) -> dict[str, str]:
    return {name: unescape(content) for name, content in re.findall(r'<meta property="(.*?)" content="(.*?)">', page)}


def test_a_case_is_a_posting_with_its_answers_as_comments() -> None:
    posting = of_kind(a_page(a_case(REPLY, SOLVED, text=TEXT, author="Anna K."), LATER), "DiscussionForumPosting")
    url = f"https://board.example/acme/{NUMBER}/"
    assert posting["url"] == posting["@id"] == url
    assert posting["author"] == {"@type": "Person", "name": "Anna K."}
    assert posting["datePublished"] == "2026-11-02T09:00:00Z"
    assert posting["text"] == TEXT
    assert posting["headline"] == "My parcel is three weeks late and nobody answers."
    company = {"@type": "Organization", "name": "Acme Post", "url": "https://acme.example/"}
    assert posting["about"] == company
    reply, verdict = posting["comment"]
    assert reply["author"] == {"@type": "Person", "name": "Olga", "affiliation": company}
    assert (reply["text"], reply["datePublished"]) == ("Dear Anna, I am **sorry**.", "2026-11-02T11:30:00Z")
    assert (verdict["author"]["name"], verdict["text"]) == ("Anna K.", "Thank you.")
    assert posting["commentCount"] == 2


@every_case
def test_every_posting_has_what_search_engines_require_and_words_only_where_the_page_shows_them(case: Case) -> None:
    page = a_page(case, LATER)
    posting = of_kind(page, "DiscussionForumPosting")
    assert all((posting["author"]["name"], posting["datePublished"], posting["headline"]))
    shown = not case.is_hidden and not case.is_gone and bool(case.text)
    assert ("text" in posting) is shown
    assert ("comment" in posting) <= shown
    assert (posting.get("creativeWorkStatus") == "Deleted") is case.is_gone
    for comment in posting.get("comment", ()):
        assert all((comment["author"]["name"], comment["datePublished"], comment["text"]))


@pytest.mark.parametrize("end", ["hidden", "removed", "withdrawn"])
def test_the_head_of_a_page_has_no_words_that_the_page_does_not_show(end: str) -> None:
    whole = said_by_all("Zanzibar")
    ended = replace(whole, events=(*whole.events, an_event(end, 200)))
    if end != "hidden":
        ended = replace(ended, text="", title=None)
    assert "Zanzibar" in a_page(whole, LATER).partition("</head>")[0]
    assert "Zanzibar" not in a_page(ended, LATER).partition("</head>")[0]


def test_pages_say_where_they_stand_step_by_step() -> None:
    client = create_board(a_record(a_case(text=TEXT)), LATER).test_client()
    root = "https://board.example/"
    for address, steps in {
        "/acme/": [root, f"{root}acme/"],
        "/acme/open/": [root, f"{root}acme/", f"{root}acme/open/"],
        f"/acme/{NUMBER}/": [root, f"{root}acme/", f"{root}acme/{NUMBER}/"],
    }.items():
        found = of_kind(client.get(address).text, "BreadcrumbList")["itemListElement"]
        assert [step["item"] for step in found] == steps
        assert [step["position"] for step in found] == list(range(1, len(steps) + 1))
        assert all(step["name"] for step in found)


def test_a_company_is_an_organization_and_gets_no_rating_anywhere() -> None:
    record = a_record(CASES["confirmed"], about="Parcels.")
    client = create_board(record, LATER).test_client()
    found = of_kind(client.get("/acme/").text, "Organization")
    assert (found["name"], found["url"], found["description"]) == ("Acme Post", "https://acme.example/", "Parcels.")
    for url in urls(record, LATER):
        for thing in linked(client.get(url).text):
            assert not re.search("rating|review", json.dumps(thing), re.IGNORECASE)


def test_a_shared_page_is_named_and_described_as_it_is() -> None:
    record = a_record(CASES["promised"])
    client = create_board(record, LATER).test_client()
    case = graph(client.get(f"/acme/{NUMBER}/").text)
    assert case["og:title"] == "My parcel is three weeks late and nobody answers."
    assert case["og:url"] == f"https://board.example/acme/{NUMBER}/"
    assert (case["og:type"], case["og:site_name"]) == ("article", "The board")
    assert case["og:description"].startswith("Answered in")
    assert graph(client.get("/acme/").text)["og:title"] == "Acme Post"
    assert graph(client.get("/").text)["og:url"] == "https://board.example/"


def test_every_feed_that_a_page_names_is_there_and_is_what_it_says() -> None:
    record = a_record(a_case(text=TEXT))
    client = create_board(record, LATER).test_client()
    for address, count in {"/": 4, "/acme/": 4, "/acme/open/": 4, f"/acme/{NUMBER}/": 4}.items():
        named = re.findall(r'<link rel="alternate" type="(.*?)" title="(.*?)" href="(.*?)">', client.get(address).text)
        assert len({href for _, _, href in named}) == count
        for kind, title, href in named:
            feed = client.get(href).text
            assert feed.startswith("<?xml" if kind == "application/atom+xml" else '{\n "version": "https://jsonfeed')
            assert unescape(title) in feed


def test_the_footer_leads_to_the_files() -> None:
    client = create_board(a_record(a_case(text=TEXT)), LATER).test_client()
    for address in ("/acme/", "/acme/open/", f"/acme/{NUMBER}/"):
        footer = client.get(address).text.partition("<footer")[2]
        for name in ("feed.xml", "cases.json", "cases.csv"):
            assert f'href="/acme/{name}"' in footer


@settings(max_examples=20 * EFFORT, deadline=None)
@given(hostile)
def test_hostile_words_stay_inside_their_block_of_data_and_their_attribute(words: str) -> None:
    record = said_everywhere(words)
    client = create_board(record, LATER).test_client()
    calm = create_board(said_everywhere("calm"), LATER).test_client()
    for address in ("/", "/acme/", "/acme/all/", f"/acme/{NUMBER}/"):
        page = client.get(address).text
        assert page.count("<script") == calm.get(address).text.count("<script")
        for thing in linked(page):
            assert thing["@context"] == "https://schema.org"
    posting = of_kind(client.get(f"/acme/{NUMBER}/").text, "DiscussionForumPosting")
    assert posting["text"] == text.clean("It broke." + words)


@pytest.mark.parametrize("standing", [Standing.MISSING, Standing.PLACEHOLDER])
def test_the_page_of_a_lost_file_tells_machines_no_more_than_people(standing: Standing) -> None:
    page = a_page(Entry(a_case(topic="unknown"), "x.md", standing), LATER)
    posting = of_kind(page, "DiscussionForumPosting")
    assert "file" in posting["headline"]
    assert "text" not in posting
