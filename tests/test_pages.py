"""The pages in prose, what a company changed, and its written answers: complete, true to the code, and safe."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from amends.board import create_board, meanings, urls
from amends.board.looks import LOOKS, UNREADABLE
from amends.case import Reason
from amends.figures import FEW
from amends.inbox import cases, retention, sessions
from amends.inbox.schema import metadata
from amends.language import LANGUAGES, language
from amends.record import Answer, Board, Record, Update, UpdateKind, load
from amends.record.told import MAX_CHARACTERS, PAGES
from amends.settings import read_settings
from amends.shelves.memory import LastGood
from tests.boards import CASES, EXAMPLE, NOW, STATIC, TEXT, a_client, a_record, read, words_of
from tests.factories import NUMBER, a_case, make_board, put

PROSE = ("/about/", "/rules/", "/privacy/")
KEEPER = Board("The board", keeper="Ida Sund", contact="keeper@board.example")
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
WIDGET = (Path(__file__).parents[1] / "widget" / "form.js").read_text()


def example(url: str) -> str:
    return read(create_board(load(EXAMPLE), NOW).test_client(), url)


def page_of(record: Record, url: str) -> str:
    return read(create_board(record, NOW).test_client(), url)


def anchors(page: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', page))


# --- About, rules, privacy ---


def test_every_state_is_shown_as_it_looks_and_explained() -> None:
    page = example("/about/")
    explained = dict(re.findall(r'<span class="word">([^<]+)</span></span></dt><dd>([^<]+)</dd>', page))
    assert list(explained) == [look.word for look in (*LOOKS.values(), *UNREADABLE.values())]
    assert len(set(explained.values())) == len(explained)


def test_every_reason_is_explained_and_there_is_no_other() -> None:
    section = example("/rules/").split('id="reasons"', 1)[1].split("</section>", 1)[0]
    named = [unescape(word) for word in re.findall(r"<dt>([^<]+)</dt>", section)]
    assert named == [meanings.reason(language("en"), reason) for reason in Reason]


@pytest.mark.parametrize("url", ["/about/", "/acme/figures/", "/figures.json"])
def test_a_late_answer_is_not_said_to_count_as_none(url: str) -> None:
    page = read(create_board(a_record(a_case(text=TEXT)), NOW).test_client(), url)
    assert "answered in time" not in page
    assert "left unanswered" not in page
    assert "that still ha" in page


def test_every_figure_has_a_definition_to_link_to() -> None:
    page = example("/about/")
    for name in (
        "received",
        "answered",
        "first-reply",
        "solved",
        "promises",
        "again",
        "unseen",
        "few",
        "range",
        "apart",
    ):
        assert name in anchors(page)
    assert f"Of fewer than {FEW} cases" in words_of(page)


def test_every_link_of_these_pages_leads_to_a_page_and_a_place_that_are_there() -> None:
    record = load(EXAMPLE)
    client, there = create_board(record, NOW).test_client(), set(urls(record, NOW))
    pages = {url: "" for url in there if re.search("/(proof|about|rules|privacy|changes|answers|ledger)/$", url)}
    assert len(pages) == 4 + 3 * len(record.companies)
    for url in pages:
        for target in re.findall(r'<a [^>]*href="([^"]+)"', read(client, url)):
            parts = urlsplit(urljoin(url, unescape(target)))
            if parts.scheme:
                continue
            assert parts.path in there, (url, target)
            assert not parts.fragment or parts.fragment in anchors(read(client, parts.path)), (url, target)


@pytest.mark.parametrize("url", [*PROSE, "/proof/"])
@pytest.mark.parametrize(
    ("board", "said", "link"),
    [
        (KEEPER, "This board is kept by Ida Sund: keeper@board.example.", "mailto:keeper@board.example"),
        (replace(KEEPER, contact=None), "This board is kept by Ida Sund.", None),
        (
            replace(KEEPER, keeper=None, contact="https://ida.example/write"),
            "The keeper of this board can be reached at ida.example/write .",
            "https://ida.example/write",
        ),
    ],
)
def test_the_keeper_is_named_and_can_be_reached(url: str, board: Board, said: str, link: str | None) -> None:
    page = page_of(a_record(board=board), url)
    assert said.replace(" .", ".") in words_of(page).replace(" .", ".")
    assert link is None or f'href="{link}"' in page


@pytest.mark.parametrize("url", PROSE)
def test_a_keeper_who_is_not_named_is_said_to_be_missing(url: str) -> None:
    assert "The keeper of this board has not said here who they are." in words_of(page_of(a_record(), url))


@pytest.mark.parametrize("name", PAGES)
def test_the_keepers_own_words_stand_at_the_end_of_their_page_only(name: str) -> None:
    record = replace(a_record(), pages={name: f"Ida Sund, Hafengasse 1.\n\n{HOSTILE}"})
    for url in PROSE:
        page = page_of(record, url)
        assert ("Hafengasse" in page) is (url == f"/{name}/")
        assert ("From the keeper of this board" in page) is (url == f"/{name}/")
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page
    own = page_of(record, f"/{name}/")
    assert own.rindex('<section id="keeper">') == own.rindex("<section")
    assert "<strong>bold</strong>" in own


def test_the_keepers_own_words_are_read_from_the_record(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    put(content / "privacy.md", "\n\nLogs are kept for *seven* days.\n")
    record = load(content)
    assert (record.pages, record.faults) == ({"privacy": "Logs are kept for *seven* days."}, ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" \n", "rules.md:1: found no text, expected some text, or no such file"),
        ("x" * (MAX_CHARACTERS + 1), f"rules.md:1: found a text of {MAX_CHARACTERS + 1} characters"),
        (b"\xff", "rules.md:1: found bytes that are not UTF-8"),
    ],
)
def test_a_fault_in_the_keepers_own_words_is_named_and_what_they_said_before_stays(
    tmp_path: Path, text: str | bytes, found: str
) -> None:
    content = make_board(tmp_path)
    put(content / "rules.md", text)
    assert load(content).pages == {}
    memory = LastGood(tmp_path / "cache")
    put(content / "rules.md", "Be kind.")
    load(content, memory)
    put(content / "rules.md", text)
    record = load(content, memory)
    memory.close()
    assert record.pages == {"rules": "Be kind."}
    assert [str(fault)[: len(found)] for fault in record.faults] == [found]


def test_what_the_privacy_page_says_of_time_is_what_the_code_does() -> None:
    page = words_of(example("/privacy/"))
    assert timedelta(days=30) == cases.KEPT_KEYS
    assert "after 30 days have passed" in page
    assert (timedelta(days=14), timedelta(hours=12)) == (sessions.ABSOLUTE, sessions.IDLE)
    assert "Signing in lasts 14 days at most, and ends after 12 hours without use." in page
    assert timedelta(days=90) == retention.REPORTS
    assert "Words and address are deleted 90 days after a report was closed." in page
    assert (timedelta(days=14), 90) == (retention.UNCONFIRMED, read_settings({}).keep_contacts_days)
    assert "after 90 days unless the keeper set another time" in page
    assert "const DAY = 86400000; // milliseconds" in WIDGET
    assert "A draft that is older than a day is deleted when you open the form again." in page


def test_the_store_has_no_place_for_more_than_the_privacy_page_names() -> None:
    about_people = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if str(column.type) in ("TEXT", "BLOB") or column.name in ("login", "role", "key", "language")
    }
    assert about_people == {
        ("addition", "masks"), ("addition", "text"),
        ("answer", "name"), ("answer", "text"),
        ("audit", "login"),
        ("case", "author"), ("case", "committed"), ("case", "language"), ("case", "masks"), ("case", "page"),
        ("case", "salt"), ("case", "text"),
        ("company", "board"), ("company", "settings"),
        ("contact", "email"), ("contact", "reference"),
        ("correspondent", "digest"),
        ("customer", "email"), ("customer", "text"),
        ("deed", "facts"), ("deed", "failed"),
        ("draft", "facts"),
        ("gift", "code"), ("gift", "conditions"), ("gift", "value"), ("gift", "what"),
        ("message", "error"), ("message", "facts"), ("message", "lane"), ("message", "recipient"),
        ("note", "text"),
        ("report", "answer"), ("report", "email"), ("report", "key"), ("report", "words"),
        ("recovery", "digest"),
        ("request", "answer"), ("request", "why"),
        ("second_step", "pending"), ("second_step", "salt"),
        ("session", "browser"), ("session", "id"),
        ("similar_text", "mark"), ("similar_text", "text"),
        ("staff", "email"), ("staff", "login"), ("staff", "name"), ("staff", "password"), ("staff", "role"),
        ("template", "language"), ("template", "text"),
        ("submission_key", "digest"), ("submission_key", "key"),
        ("throttle", "key"), ("ticket", "digest"),
        ("verdict", "text"),
        ("webhook", "secret"), ("webhook", "url"),
    }  # fmt: skip


@pytest.mark.parametrize("url", [*PROSE, "/proof/", "/radlager/changes/", "/radlager/answers/", "/radlager/ledger/"])
def test_every_page_of_prose_is_small_and_loads_nothing_from_elsewhere(url: str) -> None:
    page = example(url)
    assert len(page.encode()) < 40_000
    loaded = re.findall(r'<(?:link rel="(?:stylesheet|icon)" href|script src|img src)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/") for address in loaded)
    assert len((STATIC / "prose.css").read_bytes()) <= 9_000


@pytest.mark.parametrize("tag", LANGUAGES)
def test_these_pages_can_be_written_in_every_language(tag: str) -> None:
    record = load(EXAMPLE)
    companies = tuple(replace(company, language=tag) for company in record.companies)
    spoken = replace(record, board=replace(record.board, language=tag), companies=companies)
    for url in (*PROSE, "/proof/", "/radlager/changes/", "/radlager/answers/", "/radlager/ledger/"):
        page = page_of(spoken, url)
        assert f'<html lang="{tag}" dir="{language(tag).direction}"' in page
        assert not re.search(r"\{\w*\}", words_of(page))


# --- What changed ---

CHANGE = Update(
    "frame", UpdateKind.CHANGE, date(2026, 11, 4), "A frame of spruce", "You were **right**.",
    said="One layer of cardboard does not protect a wheel.", cases=(NUMBER,),
)  # fmt: skip
PRICE = Update(
    "hour", UpdateKind.PRICE, date(2026, 11, 16), "The hour costs 69 euros", "It was 64.", starts=date(2027, 1, 4)
)
ANSWER = Answer("damaged", date(2026, 11, 6), "What if it arrives damaged?", "Tell *us*.", "delivery", (NUMBER,))


def told(*updates: Update, answers: tuple[Answer, ...] = ()) -> Record:
    """A company that tells this, newest first, and has one case that its customer confirmed."""
    return replace(a_record(CASES["confirmed"]), updates={"acme": updates}, answers={"acme": answers})


def test_what_was_said_stands_beside_what_was_done_and_the_case_with_its_state() -> None:
    page = page_of(told(PRICE, CHANGE), "/acme/changes/")
    assert page.index('id="hour"') < page.index('id="frame"')
    article = page.split('id="frame"', 1)[1].split("</article>", 1)[0]
    assert '<q dir="auto">' in article or '<q lang="en" dir="auto">' in article
    assert article.index("One layer of cardboard") < article.index(">A frame of spruce<")
    assert "You were <strong>right</strong>." in article
    assert f'<a href="/acme/{NUMBER}/"' in article
    assert "Solved, confirmed" in article
    assert '<time datetime="2026-11-04">4 November 2026</time>' in article


def test_news_says_from_when_and_how_long_before_it_was_told() -> None:
    page = words_of(page_of(told(PRICE), "/acme/changes/"))
    assert "from 4 January 2027" in page
    assert "A price, told 49 days ahead" in page


@pytest.mark.parametrize("starts", [None, PRICE.day, PRICE.day - timedelta(days=3)])
@pytest.mark.parametrize(("kind", "word"), [(UpdateKind.PRICE, "A price"), (UpdateKind.NEWS, "News")])
def test_what_was_told_too_late_is_not_called_ahead(starts: date | None, kind: UpdateKind, word: str) -> None:
    page = words_of(page_of(told(replace(PRICE, starts=starts, kind=kind)), "/acme/changes/"))
    assert f" {word} " in page
    assert "ahead" not in page


def test_a_company_that_told_nothing_has_pages_that_say_so() -> None:
    assert "Acme Post has not told of any change yet." in words_of(page_of(told(), "/acme/changes/"))
    assert "Acme Post has not written any answers yet." in words_of(page_of(told(), "/acme/answers/"))
    for page in ("changes", "answers"):
        assert a_client().get(f"/nobody/{page}/").status_code == 404


def test_nothing_that_a_company_writes_becomes_markup() -> None:
    update = replace(CHANGE, title=HOSTILE, text=HOSTILE, said=HOSTILE)
    record = told(update, answers=(replace(ANSWER, title=HOSTILE, text=HOSTILE),))
    for url in ("/acme/changes/", "/acme/answers/"):
        page = page_of(record, url)
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page
        assert page.count("<strong>bold</strong>") == 1


def test_a_case_whose_words_are_gone_lends_an_update_no_words() -> None:
    gone = a_case(*CASES["removed"].events, title=None)
    record = replace(a_record(gone), updates={"acme": (CHANGE,)})
    page = page_of(record, "/acme/changes/")
    assert "Removed: spam" in words_of(page)
    assert TEXT.split("\n", 1)[0] not in page


# --- Written answers ---


def test_an_answer_stands_with_its_topic_its_day_and_the_cases_in_which_it_was_asked() -> None:
    page = page_of(told(answers=(ANSWER,)), "/acme/answers/")
    article = page.split('id="damaged"', 1)[1].split("</article>", 1)[0]
    assert "Tell <em>us</em>." in article
    assert 'href="/acme/topic-delivery/">Delivery</a>' in article
    assert "revised 6 November 2026" in words_of(article)
    assert f'<a href="/acme/{NUMBER}/"' in article
    assert "Asked in 1 case " in words_of(article)


def test_a_topic_without_cases_is_no_link() -> None:
    page = page_of(told(answers=(replace(ANSWER, topic="billing"),)), "/acme/answers/")
    assert "Billing · revised" in words_of(page)
    assert "topic-billing" not in page


def test_several_answers_have_a_list_of_contents_in_their_order() -> None:
    both = (ANSWER, replace(ANSWER, name="late", title="What if it is late?"))
    page = page_of(told(answers=both), "/acme/answers/")
    contents = page.split('class="contents"', 1)[1].split("</nav>", 1)[0]
    assert re.findall(r'href="#([^"]+)"', contents) == ["damaged", "late"]
    assert 'class="contents"' not in page_of(told(answers=(ANSWER,)), "/acme/answers/")


# --- What other pages show of it ---


def test_the_page_of_a_company_shows_the_newest_three_and_leads_to_the_whole() -> None:
    older = [replace(CHANGE, name=f"old-{index}", title=f"Old {index}") for index in range(3)]
    page = page_of(told(PRICE, CHANGE, *older), "/acme/")
    piece = page.split("<h2>You said, we did</h2>", 1)[1].split("</section>", 1)[0]
    assert re.findall(r'href="([^"]+)"', piece) == [
        "/acme/changes/",
        *(f"/acme/changes/#{name}" for name in ("hour", "frame", "old-0")),
    ]
    assert "All 5 changes" in words_of(piece)
    assert "from 4 January 2027" in words_of(piece)
    assert "1 case" in words_of(piece)


def test_a_case_leads_to_what_was_changed_after_it_and_to_nothing_else() -> None:
    page = page_of(told(PRICE, CHANGE), f"/acme/{NUMBER}/")
    piece = page.split("<h2>What the company changed after this</h2>", 1)[1].split("</section>", 1)[0]
    assert re.findall(r'href="([^"]+)"', piece) == ["/acme/changes/#frame"]
    assert "A frame of spruce 4 November 2026" in words_of(piece)
    assert "changed after this" not in page_of(told(PRICE), f"/acme/{NUMBER}/")
