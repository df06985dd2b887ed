"""What a build wrote is looked through before it takes the place of the old board."""

import os
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from amends.generator import checking
from amends.generator.build import build
from amends.generator.checking import (
    ENOUGH,
    MAX_FILE_BYTES,
    MAX_PAGE_BYTES,
    MAX_SITEMAP_BYTES,
    Checker,
    Problem,
    merging,
)
from amends.text import markdown
from tests.boards import EXAMPLE, NOW, a_page
from tests.effort import EFFORT
from tests.factories import a_case, after, an_event

BASE = "https://board.example/"
PAGE = "acme/7k3m9qxz/index.html"
FIGURES = '<!doctype html><main id="main"><section id="answered"><a name="old">Answered</a></section></main>'
FILES = (*"index.html acme/index.html acme/cases.csv static/mark.svg static/board.css".split(), "with space/index.html")


def a_board(folder: Path, *links: str, base_url: str = BASE) -> Checker:
    """A small board with a page of a case on which these tags stand, and what checks it."""
    for name in FILES:
        write(folder, name, '<!doctype html><p id="x">x</p>')
    write(folder, "acme/figures/index.html", FIGURES)
    write(folder, PAGE, f'<!doctype html>\n<body><main id="main">{" ".join(links)}</main>\n</body>')
    return checker(folder, base_url)


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def checker(folder: Path, base_url: str = BASE) -> Checker:
    names = names_in(folder)
    return Checker(folder, base_url, names.__contains__)


def names_in(folder: Path) -> frozenset[str]:
    return frozenset(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def a(address: str) -> str:
    return f'<a href="{escape(address)}">x</a>'


# --- Links ---

GOOD = [
    *"/ /acme/ /acme/index.html /acme/cases.csv /static/board.css?v=01234567 /?q=x //board.example/acme/".split(),
    *"https://board.example/ https://board.example/acme/figures/#answered HTTPS://Board.Example:443/acme/".split(),
    *"#main # #top #main:~:text=x ?page=2 ./ ../ ../figures/#old ../cases.csv /with%20space/".split(),
    *"/acme/7k3m9qxz/#main /acme/figures/# /static/mark.svg#x /acme/cases.csv#row=2".split(),
    *("", " /acme/ ", "/acme\n/"),
]
ELSEWHERE = [
    *"https://acme.example/nowhere/ http://board.example/nowhere/ https://board.example:8443/nowhere/".split(),
    *"https://board.example.evil.example/x mailto:care@acme.example tel:+49 //other.example/x data:,x".split(),
]
BAD = [
    *"/nowhere/ /acme /acme/nowhere/ /acme/cases.json /acme//figures/ /acme/%2e%2e/ /pagefind/pagefind.js".split(),
    *"https://board.example/nowhere/ //board.example/nowhere/ HTTPS://BOARD.example/nowhere/ ../nowhere/".split(),
    *"nowhere/ #nowhere #Main /acme/figures/#nowhere ../figures/#nowhere /#main /static/mark.svg#y /with#main".split(),
    *"https://board.example:443/nowhere/ https://board.example:port/ https://[board.example/".split(),
    "/with space",
]


@pytest.mark.parametrize("address", GOOD + ELSEWHERE)
def test_a_link_that_leads_somewhere_or_out_of_the_board_is_no_problem(tmp_path: Path, address: str) -> None:
    assert a_board(tmp_path, a(address)).check([PAGE]) == []


@pytest.mark.parametrize("address", BAD)
def test_a_link_that_leads_nowhere_is_named_with_its_page(tmp_path: Path, address: str) -> None:
    (problem,) = a_board(tmp_path, a("/acme/"), a(address), a("#main")).check([PAGE])
    assert problem.page == PAGE
    assert problem.what.startswith(f'href="{address}" ')
    assert not problem.given


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="{}">',
        "<img src='{}'>",
        "<img src={}>",
        '<IMG SRC="{}">',
        '<img alt="a > b" src = "{}">',
        '<img\nsrc\n=\n"{}"\n>',
        '<img alt=""src="{}">',
        '<form action="{}">',
        '<link rel="canonical" href="{}">',
        '<img srcset="{}">',
        '<img srcset="/acme/ 1x, {} 2x">',
        '<img srcset="{}, /acme/ 2x">',
        '<img srcset="https://other.example/a.png&#44;&#32;{}">',
        '<svg><use href="{}"/></svg>',
        '<a href="{}" href="/acme/">x</a>',
        "<p title='x=\"y'>x</p><a href=\"{}\">x</a><p title='\"'>x</p>",
    ],
)
def test_a_link_is_found_however_it_is_written(tmp_path: Path, tag: str) -> None:
    assert a_board(tmp_path, tag.format("/acme/")).check([PAGE]) == []
    (problem,) = a_board(tmp_path, tag.format("/nowhere/")).check([PAGE])
    assert '="/nowhere/" leads to nothing' in problem.what


NO_LINKS = [
    '<p>say href="/nowhere/" to me, or src = x</p>',
    '<p data-href="/nowhere/" data-src="/nowhere/" title=\'href="/nowhere/"\'>x</p>',
    '<!-- <a href="/nowhere/">x</a> -->',
    '<script type="application/ld+json">{"url": "https://board.example/no/", "text": "<a href=/nowhere/>"}</script>',
    '<meta property="og:url" content="https://board.example/nowhere/">',
    '<a href="/acme/" href="/nowhere/">x</a>',
]


@pytest.mark.parametrize("words", NO_LINKS)
def test_what_only_looks_like_a_link_is_none(tmp_path: Path, words: str) -> None:
    assert a_board(tmp_path, a("/acme/"), words).check([PAGE]) == []


@pytest.mark.parametrize(
    "words",
    ['<p>an id="decoy"</p>', '<!-- <p id="decoy"> -->', "<p title='x id=\"decoy\"'>x</p>", '<p data-id="decoy">'],
)
def test_what_only_looks_like_an_id_is_no_place_to_jump_to(tmp_path: Path, words: str) -> None:
    (problem,) = a_board(tmp_path, words, a("#decoy")).check([PAGE])
    assert problem.what == f'href="#decoy" leads to a place that {PAGE} does not have'
    assert a_board(tmp_path, words, a("#decoy"), '<b class="x" id="decoy">x</b>').check([PAGE]) == []


def test_under_a_path_links_have_to_stay_under_it_and_the_rest_of_the_host_is_somebody_elses(tmp_path: Path) -> None:
    base = "https://x.example/board/"
    good = [a(address) for address in ("/board/acme/", "https://x.example/", "https://x.example/shop/", "../figures/")]
    assert a_board(tmp_path, *good, base_url=base).check([PAGE]) == []
    for address in ("/acme/", "/", "../../../x/"):
        (problem,) = a_board(tmp_path, *good, a(address), base_url=base).check([PAGE])
        assert problem.what == f'href="{address}" leads out of the board, which lies below /board/'
    (problem,) = a_board(tmp_path, a("https://x.example/board/nowhere/"), base_url=base).check([PAGE])
    assert "leads to nothing" in problem.what


def test_what_a_person_linked_is_told_apart_from_what_the_board_links(tmp_path: Path) -> None:
    words = markdown("See [the case](https://board.example/acme/mistyped/).")
    given, own = a_board(tmp_path, words, a("/nowhere/")).check([PAGE])
    assert given == Problem(
        PAGE, 'href="https://board.example/acme/mistyped/" leads to nothing that is on the board', True
    )
    assert not own.given


def test_the_board_is_asked_once_for_what_every_page_links_to(tmp_path: Path) -> None:
    asked: list[str] = []
    a_board(tmp_path)
    pages = [f"acme/{number:08}/index.html" for number in range(50)]
    for page in pages:
        write(
            tmp_path, page, a("/") + a("/acme/cases.csv") + a("/acme/figures/#answered") + a("#main") + '<p id="main">'
        )
    found = Checker(tmp_path, BASE, lambda path: not asked.append(path)).check(pages)
    assert found == []
    assert sorted(asked) == ["acme/cases.csv", "acme/figures/index.html", "index.html"]


def test_a_page_with_more_links_than_are_remembered_is_checked_to_its_end(tmp_path: Path) -> None:
    count = 2 * checking._REMEMBERED
    links = [a(f"/{number}/") for number in range(count)]
    a_board(tmp_path, *links)
    assert Checker(tmp_path, BASE, lambda _: True).check([PAGE]) == []
    (problem,) = Checker(tmp_path, BASE, lambda path: path != f"{count // 2}/index.html").check([PAGE])
    assert f'"/{count // 2}/"' in problem.what


def test_after_enough_problems_no_more_are_looked_for_but_what_people_linked_hides_none(tmp_path: Path) -> None:
    a_board(tmp_path)
    pages = [f"acme/{number:08}/index.html" for number in range(2 * ENOUGH)]
    for page in pages:
        write(tmp_path, page, markdown("https://board.example/mistyped/"))
    assert len(checker(tmp_path).check(pages)) == 2 * ENOUGH
    for page in pages:
        write(tmp_path, page, a("/nowhere/"))
    assert len(checker(tmp_path).check(pages)) == ENOUGH


# --- The same, judged slowly ---

FORMS: list[Callable[[str], str]] = [
    lambda x: f'<a href="{x}">x</a>',
    lambda x: f"<a class='b' href='{x}'>x</a>",
    lambda x: f'<a rel=nofollow HREF = "{x}">x</a>',
    lambda x: f'<img alt="href=" src="{x}">',
    lambda x: f'<form action="{x}"></form>',
    lambda x: f'<img srcset="{x} 1x, /acme/ 2x">' if x.strip() else "",
    lambda x: f'<p title="{x}" data-href="{x}">href="{x}"</p>',
    lambda x: f'<!-- <a href="{x}" id="answered">x</a> -->',
    lambda x: f'<script type="application/ld+json">{{"url": "{x}"}}</script>',
    lambda x: f"<b id='{x.strip('#')}'>x</b>" if x.strip("#") else "",
]
# Left out is what lxml, older than today's standard, reads differently: line breaks in addresses.
POOL = [x for x in GOOD + ELSEWHERE + BAD if "\n" not in x and "[" not in x and "port" not in x] + [
    "#answered",
    "/acme/#x",
]


def links_of(page: str) -> list[tuple[str, str]]:
    found = []
    for element in html.document_fromstring(page).iter("*"):
        for name in ("href", "src", "action", "srcset"):
            value = element.get(name)
            if value is not None:
                found += [(name, one.split()[0]) for one in value.split(", ")] if name == "srcset" else [(name, value)]
    return found


def leads_somewhere(address: str, base: str, page: str, folder: Path) -> bool:
    """Whether the file and the place are there, as slow as it gets."""
    whole = urljoin(base + page.removesuffix("index.html"), address.strip())
    whole = re.sub("(?i)^https://(board.example)(:443)?/", lambda host: f"https://{host[1].lower()}/", whole)
    if not whole.startswith(base):
        return bool(re.match("(?:https:)?//", address.strip(), re.I)) or not whole.startswith("https://board.example/")
    path, _, place = whole.removeprefix(base).partition("#")
    name = path.partition("?")[0].replace("%20", " ")
    name += "index.html" if name.endswith("/") or not name else ""
    if "//" in name or "%" in name or not (folder / name).is_file():
        return False
    place = place.partition(":~:")[0]
    if place in ("", "top") or name.endswith((".csv", ".css")):
        return True
    return bool(
        html.document_fromstring((folder / name).read_text("utf-8")).xpath("//*[@id=$x]|//a[@name=$x]", x=place)
    )


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    a_board(folder)
    return folder


@given(
    st.lists(st.tuples(st.sampled_from(FORMS), st.sampled_from(POOL)), min_size=1, max_size=8),
    st.sampled_from([BASE, "https://board.example/board/"]),
    st.sampled_from(["index.html", "acme/index.html", PAGE, "404.html"]),
)
@settings(max_examples=100 * EFFORT, deadline=None)
def test_a_page_is_judged_at_first_sight_as_by_a_slow_reading_of_all_of_it(
    judged: Path, links: list[tuple[Callable[[str], str], str]], base: str, page: str
) -> None:
    body = f'<!doctype html><html><body id="main">{" ".join(form(address) for form, address in links)}</body></html>'
    before = (judged / page).read_text("utf-8") if (judged / page).exists() else ""
    write(judged, page, body)
    expected = [
        f'{name}="{address}"' for name, address in links_of(body) if not leads_somewhere(address, base, page, judged)
    ]
    fresh, used = checker(judged, base), checker(judged, base)
    used.check(["acme/figures/index.html", PAGE, "index.html"])
    found = [sorted(stated(problem) for problem in each.check([page])) for each in (fresh, used)]
    write(judged, page, before)
    assert found == [sorted(expected), sorted(expected)]


def stated(problem: Problem) -> str:
    found = re.match(r'[a-z]+="[^"]*"', problem.what)
    return found[0] if found else problem.what


# --- The example board ---


@pytest.fixture(scope="module", params=[BASE, "https://x.example/board/"])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("example")
    build(EXAMPLE, folder / "public", folder / "cache", NOW, base_url=request.param)
    return folder / "public", request.param


def test_the_example_board_has_no_problem_and_is_seen_so_at_first_sight(
    example: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, base_url = example
    names = sorted(names_in(folder))
    monkeypatch.setattr(checking, "_read_html", None)
    assert checker(folder, base_url).check(names) == []
    assert checker(folder, base_url).strangers(names) == []
    assert merging(names) == []


def test_every_page_that_links_to_a_lost_page_is_named(example: tuple[Path, str]) -> None:
    folder, base_url = example
    names = names_in(folder)
    lost = "hollin-post/figures/index.html"
    linking = {
        name for name in names if re.search('"[^" ]*/hollin-post/figures/[#"]', (folder / name).read_text("utf-8"))
    }
    linking = {name for name in linking if name.endswith(".html")} - {lost}
    assert linking
    found = Checker(folder, base_url, (names - {lost}).__contains__).check(sorted(names))
    assert {problem.page for problem in found} == linking


# --- Files ---


@pytest.mark.parametrize(
    "path", ["../out/index.html", "acme/../index.html", "/etc/passwd", "acme//index.html", "./x", "", "a\0"]
)
def test_a_path_that_is_no_name_below_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    board = a_board(tmp_path / "public")
    write(tmp_path, "out/index.html", "x")
    assert board.check([path]) == [Problem(path, "is no name of a file below the folder")]


def test_a_page_that_was_not_written_is_named_as_is_one_that_nobody_asked_for(tmp_path: Path) -> None:
    board = a_board(tmp_path)
    assert board.check(["acme/new/index.html", "acme/cases.csv/x"]) == [
        Problem("acme/new/index.html", "was not written"),
        Problem("acme/cases.csv/x", "was not written"),
    ]
    write(tmp_path, "acme/stranger.html", "x")
    os.symlink("/etc", tmp_path / "acme" / "linked")
    assert [problem.page for problem in board.strangers([PAGE, "acme/index.html"])] == [
        "acme/linked",
        "acme/stranger.html",
    ]
    assert board.strangers([PAGE, "acme/index.html", "acme/stranger.html", "acme/linked"]) == []


def test_what_is_no_file_of_the_folder_itself_is_named(tmp_path: Path) -> None:
    public = tmp_path / "public"
    board = a_board(public)
    write(tmp_path, "out/index.html", "x")
    os.symlink(tmp_path / "out" / "index.html", public / "link.html")
    os.symlink(tmp_path / "out", public / "linked")
    os.mkfifo(public / "pipe.html")
    (public / "folder.html").mkdir()
    found = {
        problem.page: problem.what
        for problem in board.check(["link.html", "linked/index.html", "pipe.html", "folder.html"])
    }
    assert found == {
        "link.html": "is a link, not a file of its own",
        "linked/index.html": "lies outside of the folder: a folder on the way to it is a link",
        "pipe.html": "is no regular file",
        "folder.html": "is no regular file",
    }


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    a_board(tmp_path / "public")
    os.symlink(tmp_path / "public", tmp_path / "link")
    assert checker(tmp_path / "link").check([PAGE]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("acme/caf\u00e9.html", "acme/cafe\u0301.html"),
        ("acme/Index.html", "acme/index.html"),
        ("stra\u00dfe/index.html", "STRASSE/index.html"),
        ("\u0130/x", "i\u0307/x"),
    ],
)
def test_two_names_that_some_file_systems_merge_are_named(one: str, other: str) -> None:
    others = ["index.html", "acme/other.html", "Caddyfile", "caf\u00e8.html"]
    for paths in ([one, *others, other], [other, *others, one]):
        (problem,) = merging(paths)
        assert problem == Problem(paths[-1], f"is the same file as {paths[0]} to some file systems")
    assert merging([one, *others]) == merging([other, *others]) == []


# --- Sizes ---


@pytest.mark.parametrize(
    ("name", "limit"),
    [("x.html", MAX_PAGE_BYTES), ("sitemap-2.xml", MAX_SITEMAP_BYTES), ("acme/cases.json", MAX_FILE_BYTES)],
)
def test_a_file_may_be_as_large_as_its_kind_may_be_and_no_larger(tmp_path: Path, name: str, limit: int) -> None:
    board = a_board(tmp_path)
    write(tmp_path, name, "")
    os.truncate(tmp_path / name, limit)
    assert board.check([name]) == []
    os.truncate(tmp_path / name, limit + 1)
    assert board.check([name]) == [
        Problem(name, f"has {limit + 1:,} bytes, more than the {limit:,} that one of its kind may have")
    ]


@pytest.mark.parametrize("letter", ["a", "&", "'", "字"])
def test_the_longest_texts_of_a_customer_and_of_twenty_replies_fit_on_a_page(tmp_path: Path, letter: str) -> None:
    replies = [an_event("reply", 2 + hours, text=letter * 10_000) for hours in range(20)]
    page = a_page(a_case(*replies, text=letter * 4_000), now=after(100))
    assert len(page) > 400_000
    write(tmp_path, PAGE, page)
    assert Checker(tmp_path, BASE, lambda _: True).check([PAGE]) == []
