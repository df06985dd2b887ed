"""The entries of feeds: one for each case, with the words that its page shows and no others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from amends import text
from amends.board import summary, words
from amends.board.edition import Edition
from amends.board.history import history
from amends.board.machines import address, xml
from amends.board.row import Row
from amends.case import Event
from amends.language import Language
from amends.record import Standing

NEWEST = 50
"""How many entries the feed of all cases has."""

MOST_OPEN = 50
"""How many entries the feed of open cases has at most: a neglected board has thousands, which are in its lists."""

_NAME = 200
"""The longest name in a feed, in characters."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry: `url` is its identity, `language` that of its title, `frame` that of the board's words around it."""

    url: str
    title: str
    language: str | None
    frame: str
    author: str
    received: datetime
    changed: datetime
    tags: tuple[str, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its own address, the page that it follows, and since when it has been as it is."""

    url: str
    page: str
    title: str
    author: str
    language: str
    changed: datetime
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody wrote: who, for whom they speak, when, in which language, as HTML."""

    who: str
    role: str
    at: datetime
    language: str | None
    html: str
    measure: str | None = None
    corrected: datetime | None = None


def changed(row: Row) -> datetime:
    """Return when something last happened to a case; that time passes is no event."""
    return max([row.case.received, *(event.at for event in row.case.events)])


def title(lang: Language, row: Row) -> str:
    """Return what a case is called: the customer's own first words, or what stands in for them."""
    return text.one_line(row.title, text.MAX_TITLE) if row.has_title else words.stand_in(lang, row)


def author(lang: Language, row: Row) -> str:
    """Return the customer as they wish to be shown, where the page shows them."""
    return name(words.customer(lang, row)) or lang.gettext("A customer")


@lru_cache(maxsize=256)
def name(given: str) -> str:
    """Return somebody's name on one line, without what reorders or hides."""
    return text.one_line(given, _NAME)


def item(edition: Edition, row: Row) -> Item:
    """Make the entry of a case."""
    lang = edition.lang_of(row.company)
    return Item(
        url=address.of_case(edition.record.board, row),
        title=title(lang, row),
        language=row.case.language if row.has_title else lang.tag,
        frame=lang.tag,
        author=author(lang, row),
        received=row.case.received,
        changed=changed(row),
        tags=_tags(row),
        html=_html(edition, lang, row),
    )


def voices(lang: Language, row: Row) -> Iterator[Voice]:
    """Yield what customer and company wrote, oldest first; nothing where the page shows no words."""
    case = row.case
    if not row.shows_words or row.standing in (Standing.PLACEHOLDER, Standing.MISSING):
        return
    customer = author(lang, row)
    if case.text:
        yield Voice(customer, "", case.received, case.language, text.plain(case.text))
    for event in case.events:
        if event.event in ("followup", "verdict") and event.text:
            yield Voice(customer, "", event.at, case.language, text.plain(event.text))
        elif event.event in ("reply", "solved") and event.text:
            yield _companys(row, event)


def wording(row: Row, reply: Event) -> tuple[str, datetime | None]:
    """Return a reply as it reads now, and when it was last corrected."""
    corrections = [event for event in row.case.events if event.event == "correction" and event.of == reply.at]
    last = corrections[-1] if corrections else None
    return (last.text or "", last.at) if last else (reply.text or "", None)


def signature(event: Event) -> str:
    """Return the name, without the role, of who wrote for the company; empty where nobody signed."""
    return name(words.person(event.name)[0]) if event.name else ""


def _companys(row: Row, event: Event) -> Voice:
    said, corrected = wording(row, event)
    company = name(row.company.name)
    who = signature(event)
    language = row.case.language or row.company.language
    html = text.markdown(said)
    return Voice(who or company, company if who else "", event.at, language, html, event.measure, corrected)


def _tags(row: Row) -> tuple[str, ...]:
    """Return the keys under which a case is filed; of a file that cannot be read they are not known."""
    if row.standing in (Standing.PLACEHOLDER, Standing.MISSING):
        return ()
    return tuple(filter(None, (row.case.kind, row.case.topic, row.state)))


def _html(edition: Edition, lang: Language, row: Row) -> str:
    html = _template().render(
        _=lang.gettext,
        lang=lang,
        happened=[(thing.at, thing.who, lang.flat(thing.what)) for thing in history(lang, row, edition.now)],
        silence=_silence(lang, row),
        summary=lang.flat(summary.summary(lang, row)),
        voices=list(voices(lang, row)),
    )
    # A promise, a measure or a reason is shown as it was written, controls and all: no format of a feed holds those.
    return xml.fit(html)


def _silence(lang: Language, row: Row) -> str | None:
    """Say why words are missing that there were; a case that nobody has read has said so already."""
    if row.standing in (Standing.PLACEHOLDER, Standing.MISSING):
        return words.unreadable(lang, row)
    return None if row.shows_words else words.not_shown(lang, row)


@cache
def _template() -> Template:
    """Compile what an entry looks like: on its own, since it is no page and has neither frame nor styles."""
    templates = Environment(
        autoescape=True,
        loader=PackageLoader("amends.board"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    return templates.get_template("entry.html")
