"""Feeds: what feed readers read, and that it is what the pages show."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import combinations, product

import feedparser
import jsonschema
import pytest
from hypothesis import given, settings
from lxml import etree
from lxml import html as lxml_html

from amends import clock, text
from amends.board import create_board
from amends.board.edition import Edition
from amends.board.machines import atom, feeds
from amends.board.machines.entries import MOST_OPEN, NEWEST
from amends.case import Case
from amends.record import Board, Entry, Record, Standing, load
from tests.boards import CASES, EXAMPLE, NOW, REPLY, SOON, TEXT, a_page, a_record, every_case, numbered
from tests.effort import EFFORT
from tests.factories import NUMBER, START, a_case, after, an_event
from tests.machines import fetch, fetch_json, hostile, said_by_all, said_everywhere

ADDRESSES = ("/feed", "/open", "/acme/feed", "/acme/open")
IN = {"a": atom.NAMESPACE}
LATER = after(24 * 30)
"""When everything in the cases has happened."""

ITEM = {
    "type": "object",
    "required": ["id", "content_html"],
    "properties": {
        "id": {"type": "string", "format": "uri"},
        "url": {"type": "string", "format": "uri"},
        "title": {"type": "string", "minLength": 1},
        "content_html": {"type": "string", "minLength": 1},
        "date_published": {"type": "string", "format": "date-time"},
        "date_modified": {"type": "string", "format": "date-time"},
        "authors": {"type": "array", "items": {"type": "object", "required": ["name"]}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "language": {"type": "string"},
    },
    "additionalProperties": False,
}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "language": {"type": "string"},
        "authors": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["name"]}},
        "items": {"type": "array", "items": ITEM},
    },
    "additionalProperties": False,
}
"""JSON Feed 1.1, "Top-level" and "Items", as far as it is used here."""


def parsed(record: Record, address: str = "/acme/feed.xml") -> etree._Element:
    return etree.fromstring(fetch(record, LATER, address).encode())


def titles(record: Record, address: str = "/acme/feed.xml") -> list[str]:
    return [str(title) for title in parsed(record, address).xpath("a:entry/a:title/text()", namespaces=IN)]


def contents(record: Record) -> str:
    """The content of all entries of acme's feed, as HTML."""
    return "\n".join(parsed(record).xpath("a:entry/a:content/text()", namespaces=IN))


def heading(page: str) -> str:
    found = re.search(r"<title>(.*) · Acme Post</title>", page)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("address", ["/feed.xml", "/open.xml", "/radlager/feed.xml", "/hollin-post/open.xml"])
def test_a_feed_reader_has_no_complaint_about_the_example_boards_feeds(address: str) -> None:
    feed = feedparser.parse(fetch(load(EXAMPLE), NOW, address).encode())
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.id.endswith(address)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) > 0
    assert all(entry.link == entry.id and entry.author and entry.content[0].value for entry in feed.entries)


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_formats_have_what_their_specifications_want_and_the_same_entries(address: str) -> None:
    record = a_record(*(replace(case, number=f"{place:08}") for place, case in enumerate(CASES.values())))
    found = fetch_json(record, LATER, f"{address}.json")
    jsonschema.validate(found, JSON_FEED, format_checker=jsonschema.FormatChecker())
    feed = parsed(record, f"{address}.xml")
    for parent in (feed, *feed.findall("a:entry", IN)):
        for name in ("id", "title", "updated", "author"):
            assert len(parent.findall(f"a:{name}", IN)) == 1, (parent.tag, name)
    assert feed.xpath("a:entry/a:id/text()", namespaces=IN) == [item["id"] for item in found["items"]]
    assert feed.xpath("a:entry/a:updated/text()", namespaces=IN) == [item["date_modified"] for item in found["items"]]
    assert feed.xpath("a:entry/a:content/text()", namespaces=IN) == [item["content_html"] for item in found["items"]]


@every_case
def test_an_entry_is_called_as_its_page_and_leads_to_it(case: Case) -> None:
    record = a_record(case)
    assert titles(record) == [heading(a_page(case, LATER))]
    (item,) = fetch_json(record, LATER, "/feed.json")["items"]
    assert item["id"] == f"https://board.example/acme/{NUMBER}/"


@pytest.mark.parametrize("standing", [Standing.MISSING, Standing.PLACEHOLDER])
def test_a_case_whose_file_is_lost_has_its_entry_and_says_so(standing: Standing) -> None:
    entry = Entry(a_case(topic="unknown"), "x.md", standing)
    record = a_record(entry)
    assert titles(record) == [heading(a_page(entry, LATER))]
    assert "file" in contents(record)
    (item,) = fetch_json(record, LATER, "/acme/open.json")["items"]
    assert "tags" not in item


@pytest.mark.parametrize("end", ["hidden", "removed", "withdrawn"])
def test_no_feed_has_words_that_the_page_does_not_show(end: str) -> None:
    words = "Zanzibar"
    whole = said_by_all(words)
    ended = replace(whole, events=(*whole.events, an_event(end, 200)))
    if end != "hidden":
        ended = replace(ended, text="", title=None)
    assert words in fetch(a_record(whole), LATER, "/feed.xml")
    for address in ADDRESSES:
        for suffix in (".xml", ".json"):
            assert words not in fetch(a_record(ended), LATER, address + suffix)


def test_an_entry_has_the_sentence_on_top_the_complaint_the_reply_its_measure_and_who_wrote_when() -> None:
    case = a_case(replace(REPLY, measure="We changed the carrier."), text=TEXT, author="Anna K.", language="de")
    found = contents(a_record(case))
    assert found.index("Answered in") < found.index("three weeks") < found.index("Olga") < found.index("<strong>sorry")
    for piece in ("Anna K.", "Acme Post", "2 November 2026, 09:00", "2 November 2026, 11:30", 'lang="de" dir="auto"'):
        assert piece in found
    assert "We changed the carrier." in found


def test_a_corrected_reply_reads_as_it_reads_now_and_says_when_that_was() -> None:
    found = contents(a_record(CASES["corrected"]))
    assert "I am sad." in found
    assert "sorry" not in found
    assert "Corrected on 2 November 2026, 12:00." in found


def test_an_entry_changes_with_the_last_event_and_a_feed_with_its_newest_entry() -> None:
    old, new = numbered(1), replace(numbered(2), events=(an_event("followup", 50),))
    feed = parsed(a_record(old, new))
    assert feed.xpath("a:entry/a:updated/text()", namespaces=IN) == [clock.stamp(after(50)), clock.stamp(after(1))]
    assert feed.xpath("a:entry/a:published/text()", namespaces=IN) == [clock.stamp(after(2)), clock.stamp(after(1))]
    assert feed.findtext("a:updated", namespaces=IN) == clock.stamp(after(50))


def test_a_later_build_of_the_same_cases_changes_no_feed() -> None:
    record = a_record(CASES["confirmed"], a_case(number="00000001", text=TEXT))
    for address in ADDRESSES:
        for suffix in (".xml", ".json"):
            then, now = after(100), after(100) + timedelta(hours=5)
            assert fetch(record, then, address + suffix) == fetch(record, now, address + suffix)


@pytest.mark.parametrize(("address", "most"), [("/feed.xml", NEWEST), ("/open.xml", MOST_OPEN)])
def test_a_feed_has_the_cases_to_which_something_happened_last(address: str, most: int) -> None:
    cases = [numbered(index) for index in range(most + 10)]
    record = a_record(*cases)
    found = [found.text for found in parsed(record, address).iterfind("a:entry/a:id", namespaces=IN)]
    assert found == [f"https://board.example/acme/{case.number}/" for case in cases[: -most - 1 : -1]]


def test_the_feed_of_open_cases_has_no_other() -> None:
    record = a_record(CASES["confirmed"], numbered(0))
    assert len(titles(record)) == 2
    assert len(titles(record, "/acme/open.xml")) == 1


def test_a_feed_without_entries_is_whole_and_no_older_than_what_closed_the_last_one() -> None:
    nothing = parsed(a_record(), "/feed.xml")
    assert nothing.findtext("a:updated", namespaces=IN) == "1970-01-01T00:00:00Z"
    closed = parsed(a_record(CASES["confirmed"]), "/open.xml")
    assert closed.findtext("a:updated", namespaces=IN) == clock.stamp(after(90))
    assert fetch_json(a_record(), SOON, "/acme/open.json")["items"] == []


def test_the_boards_words_are_in_the_companys_language_and_the_customers_in_their_own() -> None:
    record = a_record(a_case(text=TEXT, language="ru"), language="de", board=Board("The board", language="fr"))
    feed = parsed(record, "/feed.xml")
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    entry = feed.find("a:entry", IN)
    assert entry is not None
    title = entry.find("a:title", IN)
    assert title is not None
    assert [feed.get(xml_lang), entry.get(xml_lang), title.get(xml_lang)] == ["fr", "de", "ru"]
    found = fetch_json(record, SOON, "/feed.json")
    assert (found["language"], found["items"][0]["language"]) == ("fr", "ru")


@settings(max_examples=24 * EFFORT, deadline=None)
@given(hostile)
def test_hostile_words_leave_no_format_and_come_out_as_words(words: str) -> None:
    record = said_everywhere(words)
    title = text.one_line(words, text.MAX_TITLE)
    feed = parsed(record)
    assert len(feed.findall("a:entry", IN)) == 1
    (item,) = fetch_json(record, LATER, "/acme/feed.json")["items"]
    if title.strip():
        assert item["title"] == title
        assert feed.findtext("a:entry/a:title", namespaces=IN) == title
    allowed = text.TAGS | {"div", "bdi", "span"}
    tree = lxml_html.fragment_fromstring(item["content_html"], create_parent="div")
    assert {node.tag for node in tree.iter()} <= allowed
    assert {name for node in tree.iter() for name in node.attrib} <= {"lang", "dir", "href", "rel", "class"}


def test_a_board_under_a_path_says_so_in_every_address() -> None:
    record = a_record(a_case(text=TEXT), board=Board("The board", "https://x.example/board/"))
    found = fetch_json(record, SOON, "/acme/feed.json")
    assert found["feed_url"] == "https://x.example/board/acme/feed.json"
    assert found["home_page_url"] == "https://x.example/board/acme/"
    assert found["items"][0]["url"] == f"https://x.example/board/acme/{NUMBER}/"


def test_there_is_no_feed_of_a_company_that_there_is_not() -> None:
    client = create_board(a_record(), START).test_client()
    for name in ("feed.xml", "feed.json", "open.xml", "open.json"):
        assert client.get(f"/nobody/{name}").status_code == 404


def test_a_feed_made_of_the_same_is_the_same() -> None:
    editions = [Edition(load(EXAMPLE), NOW - timedelta(hours=hours)) for hours in (0, 1, 5, 30, 200, 900)]
    slugs = [None, *(company.slug for company in editions[0].record.companies)]
    same = []
    for slug, only_open in product(slugs, (False, True)):
        made = [feeds.made_of(edition, slug, only_open=only_open) for edition in editions]
        written = [feeds.feed(edition, slug, "feed.xml", only_open=only_open) for edition in editions]
        for one, other in combinations(range(len(editions)), 2):
            same.append(made[one] == made[other])
            assert not same[-1] or written[one] == written[other]
    assert any(same)
    assert not all(same)
