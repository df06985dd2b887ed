"""How pages are written: addresses, what is escaped, what is kept from one page to the next, and pieces of pages."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup, escape
from werkzeug.routing import Map

from amends.board import create_board, urls
from amends.board.app import RULES
from amends.board.edition import Edition
from amends.board.frame import KEPT, Frame, Listed, addresses, shown
from amends.board.heading import heading
from amends.case import Case
from amends.language import LANGUAGES, language
from amends.record import Board, Entry, Record
from tests.boards import CASES, EN, NOW, TEXT, a_record, a_row, every_case, read
from tests.factories import a_case, a_company, after

BOARD = Board("The board", "https://board.example/below/")
PLACES = {
    "company": st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    "name": st.sampled_from(["all", "overdue", "topic-no-answer", "2026-11"]),
    "number": st.integers(1, 9999999),
    "month": st.just("2026-11"),
    "filename": st.sampled_from(["board.css", "mark.svg"]),
}


def a_frame(root: str = "") -> Frame:
    return Frame(BOARD, RULES, root)


# --- Addresses ---


@pytest.fixture(scope="module")
def routes() -> Map:
    return create_board(a_record(), NOW).url_map


@given(st.sampled_from(sorted({*RULES, "static"})), st.data())
def test_an_address_is_the_one_that_werkzeug_builds(routes: Map, name: str, data: st.DataObject) -> None:
    place = {part: data.draw(PLACES[part]) for part in next(routes.iter_rules(name)).arguments}
    expected = routes.bind("board.example", script_name="/below").build(name, place)
    assert addresses({**RULES, "static": "/static/<path:filename>"}, "/below")(name, **place) == expected


def test_two_boards_of_one_process_have_the_same_addresses_and_pages_of_their_own() -> None:
    boards = [create_board(a_record(a_case(text=text)), NOW).test_client() for text in ("One.", "Other.")]
    for client, words in zip(boards, ("One.", "Other."), strict=True):
        assert words in read(client, f"/acme/{a_case().number}/")


@pytest.mark.parametrize(
    ("name", "place", "error"),
    [
        ("nowhere", {}, LookupError),
        ("company", {}, ValueError),
        ("company", {"company": "acme", "number": "1"}, ValueError),
        ("company", {"company": "a b"}, ValueError),
        ("company", {"company": "../acme"}, ValueError),
        ("company", {"company": ""}, ValueError),
    ],
)
def test_an_address_that_nothing_has_is_an_error(name: str, place: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        addresses(RULES, "")(name, **place)


# --- What is escaped ---


@given(st.text(st.sampled_from("ab&<>\"' é") | st.characters()))
def test_every_text_is_shown_as_markupsafe_escapes_it(text: str) -> None:
    assert shown(text) == escape(text)
    assert shown(Markup(text)) == text


@pytest.mark.parametrize("part", [None, 7, 0.5, NOW, CASES["awaiting"].kind, ["<"]])
def test_what_is_no_text_is_shown_as_its_text_would_be(part: object) -> None:
    assert shown(part) == escape(str(part))


def test_a_template_escapes_what_it_is_given_everywhere() -> None:
    source = (
        '<p title="{{ x }}">{{ x }}</p>{% set y %}{{ x }}{% endset %}{{ y }}'
        "{% macro m(z) %}{{ z }}{% endmacro %}{{ m(x) }}"
        "{% filter string %}{{ x }}{% endfilter %}{% call kept(1) %}{{ x }}{% endcall %}{{ x ~ x }}"
    )
    written = a_frame().templates(EN).from_string(source).render(x="<'\"&>")
    assert written.count("&lt;&#39;&#34;&amp;&gt;") == 8
    assert not re.search(r"<(?!/?p\b)", written)


def test_what_is_not_there_is_an_error_and_not_left_out() -> None:
    with pytest.raises(UndefinedError):
        a_frame().templates(EN).from_string("{{ nothing }}").render()


# --- What is kept ---


@pytest.mark.parametrize("tag", LANGUAGES)
def test_words_without_facts_are_put_into_a_template_when_it_is_compiled(tag: str) -> None:
    lang = language(tag)
    source = '{{ _("Skip to the content") }}{{ pgettext("cases", "Open") }}{{ _("Case {number}", number=x) }}'
    templates = a_frame().templates(lang)
    compiled = templates.compile(source, raw=True)
    assert lang.gettext("Skip to the content") + lang.pgettext("cases", "Open") in compiled
    assert "pgettext" not in compiled
    assert templates.from_string(source).render(x="7").endswith(lang.gettext("Case {number}", number="7"))


def test_words_that_mean_something_in_html_are_escaped_there_too() -> None:
    assert a_frame().templates(EN).from_string('{{ _("a <b> & c") }}').render() == "a &lt;b&gt; &amp; c"


def test_what_is_kept_is_made_once_and_does_not_pile_up() -> None:
    made: list[int] = []

    def piece(key: int) -> str:
        made.append(key)
        return f"<{key}>"

    kept = a_frame().templates(EN).globals["kept"]
    for key in [*range(KEPT + 1), KEPT, 1, 0]:
        assert kept("piece", key, caller=lambda key=key: piece(key)) == f"<{key}>"
    assert made == [*range(KEPT + 1), 0]


def test_what_is_kept_of_one_company_stands_on_no_page_of_another() -> None:
    called = {"acme": ("Acme Post", "en"), "other": ("Other Rail", "en"), "third": ("Drittes", "de")}
    companies = tuple(a_company(slug, name=name, language=tag) for slug, (name, tag) in called.items())
    entries = {slug: (Entry(a_case(text=TEXT, company=slug), "x.md"),) for slug in called}
    ledgers = dict.fromkeys(called, ())
    together = Record(Board("The board"), companies, entries, ledgers)
    client = create_board(together, after(1)).test_client()
    for company in companies:
        alone = Record(Board("The board"), (company,), entries, ledgers)
        own = create_board(alone, after(1)).test_client()
        for below in ("", "all/", "7k3m9qxz/", "answers/"):
            url = f"/{company.slug}/{below}"
            assert read(client, url) == read(own, url), url
    assert set(urls(together, after(1))) >= {f"/{slug}/7k3m9qxz/" for slug in called}


# --- Pieces of pages ---


@every_case
@pytest.mark.parametrize("hours", [1, 200])
def test_a_list_is_made_of_cells(case: Case, hours: float) -> None:
    record, now = a_record(case), after(hours)
    client, shelf = create_board(record, now).test_client(), Edition(record, now).shelf("acme")
    assert shelf
    kinds: dict[str, Listed] = {"solved": "settled", "disputed": "settled", "open": "waiting", "overdue": "waiting"}
    for name in shelf.lists:
        page, rows = read(client, f"/acme/{name}/"), shelf.rows(name)
        assert page.count("<tr><td") == len(rows), name
        assert all(a_frame().cell(row, kinds.get(name, "received")) in page for row in rows), name
    assert len(shelf.rows("all")) == 1


def test_only_the_row_of_who_waits_says_by_when_an_answer_is_due() -> None:
    for case, due in ((CASES["awaiting"], "3 Nov 2026, 09:00"), (CASES["promised"], "6 Nov 2026")):
        row = a_row(case, after(3))
        waiting, received = (a_frame().cell(row, listed) for listed in ("waiting", "received"))
        assert f">{due}</time><span" in waiting
        assert waiting.startswith(received)
        assert "<time" not in received


@every_case
def test_a_case_is_called_alike_by_itself_and_in_its_row(case: Case) -> None:
    frame, row = a_frame("/below"), a_row(case, after(200))
    subject = frame.subject(row)
    assert subject in frame.cell(row, "received")
    assert re.fullmatch(rf'<a href="/below/acme/{case.number}/"[^>]*>[^<]+</a>', subject)


def test_what_stands_for_a_title_is_in_the_language_of_the_page() -> None:
    row, german = a_row(CASES["withdrawn"], NOW), language("de")
    assert "Withdrawn by the customer" in a_frame().subject(row)
    assert german.gettext("Withdrawn by the customer") in a_frame().subject(row, german)


# --- What is worked out of a part says what the whole would ---


@example("a" + "." * 90 + "b", "a b")
@given(st.text("ab A.\n-ßΣ", max_size=90), st.text("ab A.\n-ßΣ", min_size=1, max_size=12))
def test_a_heading_steps_back_where_the_text_begins_with_its_letters(words: str, title: str) -> None:
    def letters(of: str) -> str:
        return re.sub(r"\W+", " ", of).strip().casefold()

    text = words or "x"
    found = heading(a_row(a_case(text=text, title=title), NOW))
    assert text.endswith(found.text)
    if found.text == text:
        assert found.steps_back == letters(text).startswith(letters(title))
