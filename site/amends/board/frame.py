"""The templates, once for each language: what a page says is looked up where the page is written, not handed around.

What is the same on many pages is made once: words without facts when a template is compiled, an icon when a language
is first asked for, the head and the foot of a company's pages when the first of them is written.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.compiler import CodeGenerator
from jinja2.compiler import Frame as Scope
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.nodes import Expr
from markupsafe import escape

from amends import text
from amends.board import company_words, instants, list_words, looks, summary, words
from amends.board.front import front
from amends.board.page import Page
from amends.board.row import Row
from amends.bytecode import Compiled
from amends.language import Language, Link, Said, language, nearest, words_of
from amends.record import Board

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""The policy of every page, in its head because many static hosts send no headers.

`frame-ancestors` has no effect there (Content Security Policy Level 3, section 3.3): it is left to the host.
"""

STATIC = Path(__file__).parent / "static"

KEPT = 512
"""How many pieces of pages are kept in each language, of one to two thousand letters: those of some fifty companies."""

Listed = Literal["received", "settled", "waiting"]
"""How a case stands in a list: by its receipt, by what its customer said, or by what is due."""


class Frame:
    """Writes the pages of one board: an environment for each language in which one is asked for.

    `rules` are the routes by their names, as Werkzeug writes them; `root` is the path below which the board is served,
    without a slash at its end. What is kept stays as it is: a board whose settings have changed needs another frame.
    """

    def __init__(self, board: Board, rules: Mapping[str, str], root: str = "") -> None:
        self._board = board
        self._loader = PackageLoader("amends.board")
        self._globals = {
            "board": board,
            "board_lang": nearest(board.language),
            "company_words": company_words,
            "csp": CSP,
            "front_of": front,
            "list_words": list_words,
            "looks": looks,
            "summary": summary,
            "url_for": addresses({**rules, "static": "/static/<path:filename>"}, root),
            "versions": {file.name: _version(file) for file in STATIC.iterdir()},
            "words": words,
        }
        self._speaking: dict[str, _Templates] = {}

    def write(self, page: Page) -> str:
        """Return a page as HTML."""
        return self.templates(page.lang).get_template(page.template).render(page.facts, here=page.template)

    def cell(self, row: Row, listed: Listed) -> str:
        """Return the row of a case in a list of its company, as the HTML that the template made."""
        return self._of(row.company.language).cell(row, listed)

    def subject(self, row: Row, lang: Language | None = None) -> str:
        """Return what a case is called and its link, as HTML; in its company's language, if in no other."""
        return (self.templates(lang) if lang else self._of(row.company.language)).subject(row)

    def templates(self, lang: Language) -> "_Templates":
        """Return the templates in one language."""
        if lang.tag not in self._speaking:
            self._speaking[lang.tag] = _Templates(lang, self._loader, self._globals)
        return self._speaking[lang.tag]

    def _of(self, tag: str | None) -> "_Templates":
        return self.templates(language(nearest(tag, nearest(self._board.language))))


# --- Templates ---


class _Code(CodeGenerator):
    """Compiles templates that ask `shown` what to write of a part, where others ask `markupsafe.escape`."""

    def _output_child_pre(self, node: Expr, frame: Scope, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write("environment.shown(")


def shown(part: object) -> str:
    """Return a part of a page as HTML: what `escape` returns, which makes an object of every word of a page."""
    if type(part) is str:
        means_something = "&" in part or "<" in part or ">" in part or '"' in part or "'" in part
        return escape(part) if means_something else part
    return part if type(part) is _HTML else escape(part)


_HTML = type(escape(""))


class _Templates(Environment):
    """The templates in one language."""

    code_generator_class = _Code
    shown = staticmethod(shown)

    def __init__(self, lang: Language, loader: PackageLoader, given: Mapping[str, object]) -> None:
        super().__init__(
            auto_reload=False,
            autoescape=True,
            bytecode_cache=_compiled(lang),
            extensions=[_Settled],
            loader=loader,
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
        )
        self.filters |= _filters(lang)
        self.tests |= {"said": _is_said, "link": _is_link, "instant": _is_instant, "day": _is_day}
        # Letters as they are: escaped, a text that is not Latin is three times as long.
        self.policies["json.dumps_function"] = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
        self.policies["json.dumps_kwargs"] = {}
        self.globals |= {
            **given,
            "_": lang.gettext,
            "kept": _keeping(),
            "lang": lang,
            "ngettext": lang.ngettext,
            "pgettext": lang.pgettext,
            "sentence": lang.sentence,
        }
        icons = vars(self.get_template("icons.html").module)
        self.globals["icons"] = {name: icons["icon"](name) for name in icons["drawn"]}
        self.globals["again"] = {name: icons["again"](name) for name in icons["drawn"]}
        # Where a page imports these, it looks them up each time.
        for name in ("parts", "indexed"):
            self.globals[name] = self.get_template(f"{name}.html").module
        parts = vars(self.globals["parts"])
        self.subject: Callable[[Row], str] = parts["subject"]
        self.cell: Callable[[Row, Listed], str] = parts["cell"]

    def make_globals(self, d: Mapping[str, object] | None) -> dict[str, object]:
        """Return what a template finds besides its own facts: a dict, which is copied for every page in no time."""
        return {**self.globals, **(d or {})}


class _Settled(Extension):
    """Puts messages without facts into the templates of a language when these are compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template; in place of each such call its words."""
        tokens, place = list(stream), 0
        while place < len(tokens):
            token = tokens[place]
            said = _literals(tokens, place) if token.type == "name" and token.value in ("_", "pgettext") else []
            if said:
                translate = cast(Callable[..., str], self.environment.globals[token.value])
                yield Token(token.lineno, "string", translate(*said))
                place += 2 + 2 * len(said)
            else:
                yield token
                place += 1


def _literals(tokens: list[Token], place: int) -> list[str]:
    """Return the arguments of the call that begins at this place, where all of them are strings."""
    found: list[str] = []
    opens = place + 1
    while tokens[opens].type == ("comma" if found else "lparen") and tokens[opens + 1].type == "string":
        found.append(tokens[opens + 1].value)
        opens += 2
    return found if tokens[opens].type == "rparen" else []


@cache
def _compiled(lang: Language) -> Compiled:
    # A template is compiled by the code in this file, with the words of the language in it.
    return Compiled(lang.tag, Path(__file__).read_bytes() + words_of(lang.tag))


def _keeping() -> Callable[..., str]:
    """Return what templates `call` around that which is the same wherever the `key` is the same."""
    pieces: dict[Hashable, str] = {}

    def kept(*key: Hashable, caller: Callable[[], str]) -> str:
        if key not in pieces:
            if len(pieces) == KEPT:
                del pieces[next(iter(pieces))]
            pieces[key] = caller()
        return pieces[key]

    return kept


def _filters(lang: Language) -> dict[str, Callable[..., object]]:
    return {
        "brief_day": lang.brief_day,
        "date": instants.date,
        "day": lang.day,
        "duration": lang.duration,
        "long": lang.long,
        "markdown": text.markdown,
        "number": lang.number,
        "plain": text.plain,
        "short": lang.short,
        "short_day": lang.short_day,
        "stamp": instants.stamp,
    }


# --- Addresses ---

_NAME = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_AS_IT_IS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def addresses(rules: Mapping[str, str], root: str) -> Callable[..., str]:
    """Return what writes the address of a page: its route's name, and what stands in the names of the route's rule.

    It raises LookupError where there is no such route, and ValueError where the names are not those of the rule, or
    something in them could not stand in an address as it is: all that we put there are slugs, numbers and file names.
    """
    forms = {name: (root + _NAME.sub(r"{\1}", rule), set(_NAME.findall(rule))) for name, rule in rules.items()}

    @lru_cache(maxsize=1024)
    def url_for(name: str, /, **place: object) -> str:
        form, names = forms[name]
        if place.keys() != names or not all(_AS_IT_IS.fullmatch(str(part)) for part in place.values()):
            raise ValueError(f"no address of {name}: {place}")
        return form.format_map(place)

    return url_for


def _version(file: Path) -> str:
    """Return eight digits that change with the file, so that no browser pairs a new page with an old style."""
    return sha256(file.read_bytes()).hexdigest()[:8]


def _is_said(part: object) -> bool:
    return isinstance(part, Said)


def _is_link(part: object) -> bool:
    return isinstance(part, Link)


def _is_instant(part: object) -> bool:
    return isinstance(part, datetime)


def _is_day(part: object) -> bool:
    return isinstance(part, date) and not isinstance(part, datetime)
