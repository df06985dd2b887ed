"""The languages of the board: nothing is said but by a message, and every catalogue says all of it."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from gettext import NullTranslations, c2py
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes

from amends.board import create_board, edition, frame
from amends.case import Case, Event, Kind, Outcome, Reason
from amends.language import LANGUAGES, Language, language, nearest
from amends.record import Board, Contact, Entry, LedgerOutcome, Record, Standing
from tests import catalogues
from tests.boards import CASES, EN, KEPT, NOW, PROMISE, REPLY, SOLVED, a_record, html_of, read, words_of
from tests.catalogues import KEYWORDS, PACKAGE, TRANSLATED, forms_of, messages_of, missing, path_of, stored, template
from tests.factories import a_case, a_line, after, an_event

BOARD = PACKAGE / "board"
JINJA = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
GREEK = "Ωμέγα"
NOT_TRANSLATED = frozenset({"UTC", "Amends", "Atom", "RSS", "CSV", "JSON", "OPML", "XML", "HTML", "API", "URL", "SVG"})
"""Names that are the same in every language."""

every_language = pytest.mark.parametrize("lang", [language(tag) for tag in LANGUAGES], ids=LANGUAGES)


@pytest.fixture(scope="module")
def messages() -> Catalog:
    return template()


def there_are() -> list[str]:
    """The languages that have a catalogue."""
    return [tag for tag in TRANSLATED if path_of(tag).is_file()]


# --- Everything said is a message ---


def calls_in(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in KEYWORDS:
                yield name, node


def is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_looked_up(node: ast.expr) -> bool:
    """Whether it comes whole from a table, as what is marked with N_ does."""
    return isinstance(node, ast.Subscript | ast.Attribute | ast.Name)


def test_in_python_every_message_is_a_literal_or_is_looked_up_whole() -> None:
    for file in PACKAGE.rglob("*.py"):
        if file.name == "language.py":
            continue
        for name, call in calls_in(file):
            where = f"{file.name}:{call.lineno}"
            if name in ("gettext", "sentence"):
                assert is_literal(call.args[0]) or is_looked_up(call.args[0]), where
            else:
                assert all(map(is_literal, call.args[: len(KEYWORDS[name])])), where


def test_in_templates_every_message_is_a_literal() -> None:
    for file in PACKAGE.rglob("*.html"):
        for call in JINJA.parse(file.read_text()).find_all(nodes.Call):
            where = f"{file.name}:{call.lineno}"
            if isinstance(call.node, nodes.Name) and call.node.name in KEYWORDS:
                said = call.args[: len(KEYWORDS[call.node.name])]
                assert said, where
                assert all(isinstance(message, nodes.Const) for message in said), where
            assert not (isinstance(call.node, nodes.Getattr) and call.node.attr in KEYWORDS), where


def test_no_message_has_markup_or_a_number_made_by_hand(messages: Catalog) -> None:
    found = messages_of(messages)
    assert len(found) > 200
    for message in found:
        for text in sources_of(message):
            assert not re.search(r"[<>&]|%[sd(]", text), text
    for message in found:
        if not isinstance(message.id, str):
            assert any("number" in names_in(text) for text in message.id), message.id


class Visible(HTMLParser):
    """What a reader can see or hear of a template, apart from what its expressions write."""

    ATTRIBUTES = frozenset("alt aria-label data-label data-late data-left data-over placeholder title".split())

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        # A macro may write an attribute for a tag that is somewhere else.
        self.found.append(re.sub(r'\s[\w-]+="[^"]*"', "", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value or "" for name, value in attrs if name in self.ATTRIBUTES]
        if tag == "meta" and given.get("name") == "description":
            self.found.append(given.get("content") or "")


def visible_in(page: str) -> list[str]:
    parser = Visible()
    parser.feed(page)
    parser.close()
    return parser.found


IN_ATTRIBUTES = re.compile(r"{% block (?:page|here\w*) %}.*?{% endblock %}")
"""The blocks of base.html that stand inside a tag."""


def without_expressions(source: str) -> str:
    source = IN_ATTRIBUTES.sub("", source)
    return "".join(value if kind == "data" else " " * (kind == "variable_end") for _, kind, value in JINJA.lex(source))


def test_no_template_of_the_board_says_anything_itself() -> None:
    # What the search index is told stands in attributes, and is the names of states.
    for file in {*(BOARD / "templates").iterdir()} - {BOARD / "templates" / "indexed.html"}:
        said = re.findall(r"[^\W\d_]+", " ".join(visible_in(without_expressions(file.read_text()))))
        assert set(said) <= NOT_TRANSLATED, file.name


def test_a_template_that_says_something_itself_is_found() -> None:
    said = visible_in(without_expressions('{# No #}<p title="One">{% if x %}{{ _("No") }}{% endif %}Two</p>'))
    assert [text.strip() for text in said if text.strip()] == ["One", "Two"]


class Asked(NullTranslations):
    """Translates every letter to `ж`, and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str | None, str]] = set()

    def gettext(self, message: str) -> str:
        return self.pgettext(None, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.pgettext(None, msgid1)

    def pgettext(self, context: str | None, message: str) -> str:
        self.asked.add((context, message))
        return re.sub(r"(\{\w*\})|[^\W\d_]", lambda found: found[1] or "ж", message)


def in_greek(thing: Case | Event) -> dict[str, str]:
    """Every word of a person in a case or an event, written in Greek."""
    said = ("author", "title", "page", "source", "text", "name", "what", "why", "measure")
    return {field.name: GREEK for field in fields(thing) if field.name in said and getattr(thing, field.name)}


MORE = [
    a_case(REPLY, an_event("gift", 2.5), an_event("asked", 2.5), text="x"),
    a_case(replace(REPLY, measure="x"), PROMISE, an_event("promise", 3, promise="p2"), text="x"),
    a_case(REPLY, PROMISE, an_event("promise", 3, promise="p2"), KEPT, an_event("kept", 60, promise="p2"), text="x"),
    a_case(REPLY, PROMISE, an_event("promise", 3, promise="p2"), KEPT, an_event("broken", 60, promise="p2"), text="x"),
    a_case(REPLY, PROMISE, an_event("moved", 50), an_event("broken", 60), SOLVED, text="x"),
    a_case(REPLY, PROMISE, an_event("kept", 200), text="x"),
    a_case(REPLY, an_event("verdict", 9, outcome=Outcome.UNSOLVED, again=False), text="x"),
    a_case(REPLY, *(an_event("correction", hours, of=REPLY.at) for hours in (3, 4)), text="x"),
    a_case(an_event("reply", 30), text="x", kind=Kind.IDEA),
    a_case(kind=Kind.QUESTION, topic=""),
    a_case(kind=Kind.PRAISE),
    a_case(an_event("removed", 2, reason=Reason.COURT_ORDER)),
]
"""What the usual cases do not say."""


def a_greek_record() -> Record:
    """A record with cases of every kind in which no word of a person is in Latin letters."""
    cases = [
        replace(case, number=f"{index:08}", events=tuple(replace(event, **in_greek(event)) for event in case.events))
        for index, case in enumerate([*CASES.values(), *MORE])
    ]
    cases = [replace(case, **in_greek(case), url=None) for case in cases]
    faulty = [Entry(replace(a_case(topic=""), number=f"9999999{n}"), "x.md", of) for n, of in enumerate(Standing)]
    contacts = tuple(Contact(kind, "1", GREEK) for kind in ("phone", "address"))
    facts = {"name": GREEK, "about": GREEK, "contacts": contacts, "language": "ru", "url": "https://x.example/"}
    ledger = tuple(a_line(f"8888888{n}", outcome=outcome) for n, outcome in enumerate(LedgerOutcome))
    return a_record(*cases, *faulty, ledger=ledger, board=Board(GREEK, language="ru"), **facts)


def latin_in(page: str) -> set[str]:
    """Words in Latin letters that a reader of a page can see or hear, but for addresses and the names of columns."""
    page = re.sub(r"<(script|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    seen = re.sub(r"\S*[/@.]\S+", "", " ".join([words_of(page), *visible_in(page)]))
    return set(re.findall(r"\b[A-Za-z]{2,}\b", seen)) - NOT_TRANSLATED


def test_a_board_in_another_language_has_no_word_of_english(monkeypatch: pytest.MonkeyPatch, messages: Catalog) -> None:
    asked, lang, record = Asked(), Language("ru"), a_greek_record()
    monkeypatch.setattr(lang, "_catalogue", asked)
    monkeypatch.setattr(edition, "language", lambda _: lang)
    # Compiled templates have their words in them, and those of the language itself may be kept from an earlier run.
    monkeypatch.setattr(frame, "_compiled", lambda _: None)
    for now in (after(1), after(30), NOW):
        client = create_board(record, now).test_client()
        for url in html_of(record, now):
            assert latin_in(read(client, url)) == set(), url
    extracted = {(message.context, sources_of(message)[0]) for message in messages_of(messages)}
    assert asked.asked - extracted == set()
    assert len(asked.asked) > 150


# --- The catalogues ---


def sources_of(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_has_a_catalogue() -> None:
    assert there_are() == list(TRANSLATED)


def test_every_catalogue_has_exactly_the_messages_of_the_sources() -> None:
    for tag in there_are():
        assert path_of(tag).read_bytes() == catalogues.written(catalogues.updated(tag), tag), (
            f"{tag}: run python -m tests.catalogues"
        )


def test_every_message_is_translated_in_every_form() -> None:
    for tag in there_are():
        catalog = stored(tag)
        assert [message.id for message in missing(catalog)] == [], tag
        assert not any(message.fuzzy for message in messages_of(catalog)), tag
        for message in messages_of(catalog):
            assert len(forms_of(message)) == (1 if isinstance(message.id, str) else catalog.num_plurals), message.id


def numbers_of(catalog: Catalog, form: int) -> list[int]:
    """The numbers up to 200 that a plural form is for."""
    which = c2py(catalog.plural_expr)
    return [number for number in range(200) if which(number) == form]


def test_every_form_has_the_names_of_its_source_and_no_markup() -> None:
    for tag in there_are():
        catalog = stored(tag)
        for message in messages_of(catalog):
            needed = names_in(sources_of(message)[-1])
            for form, text in enumerate(forms_of(message)):
                # Where a form is for one number only, its words may say which: "a case", "two cases".
                optional = {"number"} if len(numbers_of(catalog, form)) == 1 and len(forms_of(message)) > 1 else set()
                assert needed - optional <= names_in(text) <= needed, (tag, text)
                assert not re.search(r"[<>&]", text), (tag, text)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalogue_is_read_as_it_was_written(tag: str, messages: Catalog, tmp_path: Path) -> None:
    catalog = Catalog(tag.replace("-", "_"))
    for message in messages_of(messages):
        forms = tuple(f"“{message.id[-1]}” {form}" for form in range(catalog.num_plurals))
        catalog.add(message.id, f"“{message.id}”" if isinstance(message.id, str) else forms, context=message.context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "LOCALES", tmp_path)
        catalogues.path_of(tag).write_bytes(catalogues.written(catalog, tag))
        read = catalogues.updated(tag)
    assert missing(read) == []
    assert [forms_of(message) for message in messages_of(read)] == [forms_of(m) for m in messages_of(catalog)]


# --- Which language ---


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("en-US", "en"), ("de-AT", "de"), ("DE", "de"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"),
        ("zh-Hans-CN", "zh-Hans"), ("zh-Hant-HK", "zh-Hant"), ("zh-HK", "zh-Hant"), ("pt", "en"), ("pt-BR", "en"),
        ("", "en"), (None, "en"),
    ],
)  # fmt: skip
def test_a_tag_finds_the_nearest_language(tag: str | None, found: str) -> None:
    assert nearest(tag) == found


def test_where_there_is_no_language_like_it_the_fallback_is_taken() -> None:
    assert nearest("pt", "es") == nearest(None, "es") == "es"


@given(st.text(max_size=12))
def test_every_tag_finds_a_language(tag: str) -> None:
    assert nearest(tag) in LANGUAGES


@pytest.mark.parametrize("tag", ["pt", "EN", "zh", ""])
def test_only_the_languages_there_are_can_be_made(tag: str) -> None:
    with pytest.raises(ValueError, match="not one of en, "):
        language(tag)


@every_language
def test_a_language_has_a_name_and_a_direction(lang: Language) -> None:
    assert lang.name
    assert lang.direction == ("rtl" if lang.tag == "ar" else "ltr")


# --- Times ---


def units_of(minutes: int) -> list[timedelta]:
    """The units in which the script writes a length: two at most, and none that is zero."""
    parts = [
        timedelta(days=minutes // 1440),
        timedelta(hours=minutes // 60 % 24),
        timedelta(minutes=minutes % 60),
    ]
    first = next(index for index, part in enumerate(parts) if part)
    return [part for part in parts[first : first + 2] if part]


@every_language
@given(minutes=st.integers(1, 3_000_000), seconds=st.integers(0, 59))
def test_a_duration_is_written_in_the_units_in_which_the_script_writes_it(
    lang: Language, minutes: int, seconds: int
) -> None:
    written = lang.duration(timedelta(minutes=minutes, seconds=seconds))
    assert written == lang.joint.join(lang.duration(unit) for unit in units_of(minutes))


@every_language
@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))
def test_dates_have_their_day_and_year_in_latin_digits(lang: Language, at: datetime) -> None:
    for written in (lang.long(at), lang.short(at)):
        assert f"{at:%H:%M}" in written
    for written in (lang.day(at), lang.short_day(at), lang.long(at), lang.short(at)):
        assert str(at.day) in written
        assert str(at.year) in written
    assert str(at.day) in lang.brief_day(at)
    assert str(at.year) in lang.month(at)
    assert lang.brief_month(at)


@every_language
def test_twelve_months_have_twelve_names(lang: Language) -> None:
    days = [date(2026, month, 3) for month in range(1, 13)]
    for write in (lang.month, lang.brief_month, lang.day, lang.short_day, lang.brief_day):
        assert len({write(day) for day in days}) == 12


@every_language
def test_no_unit_is_left_without_its_word(lang: Language) -> None:
    lengths = [timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=5), timedelta(days=3)]
    for length in lengths:
        for write in (lang.duration, lang.roughly, lang.within):
            assert re.search(r"[^\W\d_]", write(length))
            assert "duration" not in write(length)


# --- Sentences ---


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_sentence_says_the_same_with_markup_and_without(at: datetime) -> None:
    message = "No answer yet; one is promised by {due}."
    assert EN.flat(EN.sentence(message, due=at)) == EN.gettext(message, due=EN.long(at))


def test_a_sentence_keeps_the_order_of_its_message() -> None:
    assert EN.sentence("{b} before {a}", a="1", b="2") == ("2", " before ", "1")
