"""The map of the board, its badge, and that every file for machines is where it should be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from lxml import etree
from lxml import html as lxml_html

from amends.board import accent, create_board, urls
from amends.board.edition import Edition
from amends.board.machines import badge, sitemap
from amends.board.pages import ROUTES
from amends.cli import main
from amends.language import LANGUAGES, language
from amends.record import Board, Record, load
from tests.boards import EXAMPLE, NOW, TEXT, a_record, numbered
from tests.effort import EFFORT
from tests.factories import NUMBER, START, a_case, a_company, after, an_event
from tests.machines import fetch, hostile, said_everywhere

LATER = after(24 * 30)
MAP = {"m": sitemap.NAMESPACE}
SVG = {"s": "http://www.w3.org/2000/svg"}
BADGE_BYTES = 2048


def answered(number: int) -> Record:
    """A company with that many cases, each answered within two hours."""
    return a_record(*(replace(numbered(place), events=(an_event("reply", place + 2),)) for place in range(number)))


# --- The map ---


def located(record: Record, address: str = "/sitemap.xml") -> dict[str, str | None]:
    root = etree.fromstring(fetch(record, NOW, address).encode())
    assert root.tag == f"{{{sitemap.NAMESPACE}}}urlset"
    return {str(page.findtext("m:loc", None, MAP)): page.findtext("m:lastmod", None, MAP) for page in root}


def test_the_map_has_every_page_that_there_is_once_and_no_file() -> None:
    example = load(EXAMPLE)
    pages = {f"https://board.example{url}" for url in urls(example, NOW) if url.endswith("/")}
    assert set(located(example)) == pages


def test_a_page_in_the_map_changed_when_something_last_happened_to_a_case_on_it() -> None:
    case = a_case(an_event("followup", 5), text=TEXT)
    found = located(a_record(case, replace(case, number="00000001", events=(), topic="billing")))
    assert found[f"https://board.example/acme/{NUMBER}/"] == "2026-11-02T14:00:00Z"
    assert found["https://board.example/acme/topic-billing/"] == "2026-11-02T09:00:00Z"
    assert found["https://board.example/acme/"] == found["https://board.example/"] == "2026-11-02T14:00:00Z"
    assert found["https://board.example/rules/"] is None


@pytest.mark.parametrize("most", [10, 30])
def test_a_map_of_too_many_pages_is_an_index_of_parts_that_hold_each_page_once(most: int) -> None:
    edition = Edition(load(EXAMPLE), NOW)
    whole = locations_in("".join(sitemap.whole(edition, ROUTES)))
    assert sitemap.cuts(edition, ROUTES, len(whole)) == ()
    parts = [locations_in("".join(sitemap.part(edition, ROUTES, cut))) for cut in sitemap.cuts(edition, ROUTES, most)]
    assert max(map(len, parts)) == most
    assert [location for part in parts for location in part] == whole
    index = etree.fromstring("".join(sitemap.index(edition, ["a.xml", "b.xml"])).encode())
    assert index.tag == f"{{{sitemap.NAMESPACE}}}sitemapindex"
    locations = index.xpath("m:sitemap/m:loc/text()", namespaces=MAP)
    assert locations == ["https://board.example/a.xml", "https://board.example/b.xml"]


def locations_in(text: str) -> list[str]:
    found: list[str] = etree.fromstring(text.encode()).xpath("m:url/m:loc/text()", namespaces=MAP)
    return found


def test_a_part_of_the_map_changes_with_the_cases_of_its_company_alone() -> None:
    first, later = (Edition(load(EXAMPLE), now) for now in (NOW - timedelta(days=5), NOW))
    cuts = [cut for cut in sitemap.cuts(later, ROUTES, 10) if cut in sitemap.cuts(first, ROUTES, 10) and cut.company]
    same = [sitemap.made_of(first, cut) == sitemap.made_of(later, cut) for cut in cuts]
    assert same == [[*sitemap.part(first, ROUTES, cut)] == [*sitemap.part(later, ROUTES, cut)] for cut in cuts]
    assert len(set(same)) == 2


def test_a_board_with_too_many_pages_for_one_file_serves_every_part_of_its_map(monkeypatch: pytest.MonkeyPatch) -> None:
    example = load(EXAMPLE)
    whole = located(example)
    cuts: Callable[..., tuple[sitemap.Cut, ...]] = sitemap.cuts
    monkeypatch.setattr(sitemap, "cuts", lambda edition, routes: cuts(edition, routes, 30))
    addresses = [url for url in urls(example, NOW) if url.startswith("/sitemap-")]
    assert len(addresses) > 2
    assert {page: at for address in addresses for page, at in located(example, address).items()} == whole
    index = etree.fromstring(fetch(example, NOW, "/sitemap.xml").encode())
    assert index.xpath("m:sitemap/m:loc/text()", namespaces=MAP) == [f"https://board.example{url}" for url in addresses]


def test_robots_may_read_everything_and_learn_where_the_map_is() -> None:
    found = fetch(a_record(board=Board("B", "https://x.example/board/")), NOW, "/robots.txt")
    assert found == "User-agent: *\nAllow: /\n\nSitemap: https://x.example/board/sitemap.xml\n"


# --- The badge ---


def drawn(record: Record, name: str = "badge.svg", now: datetime = LATER) -> etree._Element:
    return etree.fromstring(fetch(record, now, f"/acme/{name}").encode())


def sentence(root: etree._Element) -> str:
    return str(root.findtext("s:text", namespaces=SVG))


def test_the_badge_says_how_many_were_answered_within_a_day_and_of_how_many() -> None:
    record = answered(12)
    late = replace(numbered(12), events=(an_event("reply", 100),))
    record = a_record(*(entry.case for entry in record.entries["acme"]), late)
    for now, window in ((LATER, "December 2025 to November 2026"), (NOW, "all time")):
        root = drawn(record, now=now)
        assert sentence(root) == "Acme Post answers 92% within 24 hours"
        assert root.findtext("s:title", namespaces=SVG) == f"{sentence(root)}: 12 of 13 cases, {window}"


def test_the_badge_of_a_company_that_answers_nobody_says_that_too() -> None:
    assert sentence(drawn(a_record(*map(numbered, range(12))))) == "Acme Post answers 0% within 24 hours"


def test_the_badge_says_nothing_of_too_few_cases() -> None:
    assert sentence(drawn(answered(9))) == "Acme Post: too few cases yet"
    assert sentence(drawn(answered(10))) == "Acme Post answers 100% within 24 hours"


def test_the_badge_speaks_of_the_closed_year_where_that_had_enough_cases() -> None:
    root = etree.fromstring(fetch(load(EXAMPLE), NOW, "/radlager/badge.svg").encode())
    assert str(root.findtext("s:title", namespaces=SVG)).endswith("of 40 cases, November 2025 to October 2026")


def test_the_light_and_the_dark_badge_say_the_same_in_colours_that_can_be_read() -> None:
    record = answered(12)
    light, dark = drawn(record), drawn(record, "badge-dark.svg")
    assert sentence(light) == sentence(dark)
    for root, colours in ((light, badge.LIGHT), (dark, badge.DARK)):
        page, mark = root.findall("s:rect", SVG)
        words = root.find("s:text", SVG)
        assert words is not None
        assert page.get("fill") == colours[0]
        for colour in (mark.get("fill"), words.get("fill")):
            assert accent.contrast(str(colour), colours[0]) >= accent.READABLE


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_badge_is_as_wide_whatever_it_says_and_its_words_stay_inside(tag: str) -> None:
    record = answered(12)
    for lang_record in (replace_language(record, tag), replace_language(a_record(), tag)):
        root = drawn(lang_record)
        words = root.find("s:text", SVG)
        assert words is not None
        wide, long, start = (
            float(str(value)) for value in (root.get("width"), words.get("textLength"), words.get("x"))
        )
        lang = language(tag)
        assert wide == badge.width(lang, lang_record.company("acme"))
        left = start - long if lang.direction == "rtl" else start
        assert 0 < left < left + long < wide
        assert words.get("direction") == lang.direction


def replace_language(record: Record, tag: str) -> Record:
    return replace(record, companies=tuple(replace(company, language=tag) for company in record.companies))


@settings(max_examples=30 * EFFORT, deadline=None)
@given(hostile)
def test_a_badge_with_a_hostile_name_is_small_and_holds_nothing_but_words(name: str) -> None:
    for record in (said_everywhere(name), replace_language(said_everywhere(name * 20), "ar")):
        written = fetch(record, LATER, "/acme/badge.svg")
        assert len(written.encode()) <= BADGE_BYTES
        root = etree.fromstring(written.encode())
        assert [etree.QName(node).localname for node in root] == ["title", "rect", "rect", "text"]
        assert not any(name.startswith("on") or "style" in name for node in root.iter() for name in node.attrib)


def test_the_snippet_has_the_badge_for_both_themes_with_its_size_and_a_link_to_the_board() -> None:
    result = CliRunner().invoke(main, ["snippet", "radlager", "--content", str(EXAMPLE)])
    assert result.exit_code == 0
    (line,) = [line for line in result.output.splitlines() if "<picture>" in line]
    link = lxml_html.fragment_fromstring(line)
    assert link.get("href") == "https://board.example/radlager/"
    assert link.xpath("picture/source/@srcset") == ["https://board.example/radlager/badge-dark.svg"]
    (image,) = link.xpath(".//img")
    root = etree.fromstring(fetch(load(EXAMPLE), NOW, "/radlager/badge.svg").encode())
    assert (image.get("width"), image.get("height")) == (root.get("width"), root.get("height"))
    assert image.get("alt") == "How fast Radlager answers"


@given(hostile)
def test_a_hostile_name_stays_inside_the_snippets_alternative_text(name: str) -> None:
    record = a_record(name=name)
    link = lxml_html.fragment_fromstring(badge.embed(Edition(record, START), "acme"))
    assert [node.tag for node in link.iter()] == ["a", "picture", "source", "img"]
    assert set(link.xpath("//img")[0].attrib) == {"src", "alt", "width", "height"}


# --- All of it ---


def test_every_file_is_there_for_every_company_and_for_none_that_there_is_not() -> None:
    client = create_board(load(EXAMPLE), NOW).test_client()
    for route in ROUTES:
        below = route.rule.removeprefix("/<slug:company>/")
        if below != route.rule and "." in below and "<" not in below:
            assert client.get(f"/radlager/{below}").status_code == 200, below
            assert client.get(f"/nobody/{below}").status_code == 404, below


def test_no_company_can_take_the_address_of_a_file() -> None:
    for route in ROUTES:
        first = route.rule.split("/")[1]
        if "." in first or first.startswith("_"):
            client = create_board(a_record(), NOW).test_client()
            assert client.get(f"/{first}/").status_code == 404


def test_the_words_of_the_badge_fit_every_company() -> None:
    company = a_company(name="W" * 400)
    assert badge.width(language("en"), company) < 1000
