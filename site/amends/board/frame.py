"""The templates, once for each language: what a page says is looked up where the page is written, not handed around."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache, Environment, StrictUndefined
from jinja2.bccache import Bucket

from amends import clock, text
from amends.board import company_words, list_words, looks, summary, words
from amends.board.page import Page
from amends.language import Language, Link, Said, nearest
from amends.record import Record

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""The policy of every page, in its head because many static hosts send no headers.

`frame-ancestors` has no effect there (Content Security Policy Level 3, section 3.3): it is left to the host.
"""


class _Compiled(BytecodeCache):
    """Compiled templates, kept for this process's next board: compiling takes longer than a hundred pages."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class Frame:
    """Writes the pages of one record: an environment for each language in which one is asked for."""

    def __init__(self, app: Flask, record: Record) -> None:
        app.jinja_options = {
            "bytecode_cache": _COMPILED,
            "lstrip_blocks": True,
            "trim_blocks": True,
            "undefined": StrictUndefined,
        }
        app.jinja_env.filters.update(plain=text.plain, markdown=text.markdown, stamp=clock.stamp)
        app.jinja_env.tests.update(said=_is_said, link=_is_link, instant=_is_instant, day=_is_day)
        # Letters as they are: escaped, a text that is not Latin is three times as long.
        app.jinja_env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
        static = Path(app.static_folder or "")
        app.jinja_env.globals.update(
            board=record.board,
            board_lang=nearest(record.board.language),
            company_words=company_words,
            csp=CSP,
            list_words=list_words,
            looks=looks,
            summary=summary,
            versions={file.name: _version(file) for file in static.iterdir()},
            words=words,
        )
        self._base = app.jinja_env
        self._spoken: dict[str, Environment] = {}

    def write(self, page: Page) -> str:
        """Return a page as HTML."""
        return self._speaking(page.lang).get_template(page.template).render(page.facts)

    def _speaking(self, lang: Language) -> Environment:
        if lang.tag not in self._spoken:
            env = self._base.overlay()
            # An overlay shares its globals and its filters with what it lies over, unless it gets its own.
            env.filters = {**self._base.filters, "number": lang.number}
            env.globals = {
                **self._base.globals,
                "_": lang.gettext,
                "lang": lang,
                "ngettext": lang.ngettext,
                "pgettext": lang.pgettext,
                "sentence": lang.sentence,
            }
            self._spoken[lang.tag] = env
        return self._spoken[lang.tag]


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
