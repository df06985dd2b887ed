"""The board as a Flask app that is made to be frozen: no session, no cookie, no hook around a request."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache, StrictUndefined
from jinja2.bccache import Bucket
from werkzeug.routing import BaseConverter

from amends import clock, text
from amends.board import lists, summary, times, words
from amends.board.views import Pages
from amends.board.words import Said
from amends.record import NUMBER, SLUG, Record

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""The policy of every page, in its head because many static hosts send no headers.

`frame-ancestors` has no effect there (Content Security Policy Level 3, section 3.3): it is left to the host.
"""


class _Slug(BaseConverter):
    regex = SLUG.pattern


class _Number(BaseConverter):
    regex = NUMBER.pattern


class _List(BaseConverter):
    regex = lists.NAME.pattern


class _Page(BaseConverter):
    """The number of a page in its only spelling: `01` is another address for the same page."""

    regex = "[1-9][0-9]{0,6}"

    def to_python(self, value: str) -> int:
        return int(value)


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


def create_board(record: Record, now: datetime) -> Flask:
    """Make the app that shows a record as it stands at `now`."""
    app = Flask(__name__)
    app.url_map.converters |= {"slug": _Slug, "number": _Number, "list": _List, "page": _Page}
    _set_up_templates(app, record)
    pages = Pages(record, now)
    app.add_url_rule("/", "home", pages.home)
    app.add_url_rule("/404.html", "not_found", pages.not_found)
    app.add_url_rule("/accents.css", "accents", pages.accents)
    app.add_url_rule("/<slug:company>/", "company", pages.company)
    app.add_url_rule("/<slug:company>/accent.css", "accent", pages.accent)
    app.add_url_rule("/<slug:company>/<number:number>/", "case", pages.case)
    app.add_url_rule("/<slug:company>/<list:name>/", "list", pages.list)
    app.add_url_rule("/<slug:company>/<list:name>/<page:number>/", "list", pages.list)
    app.register_error_handler(404, lambda _: (pages.not_found(), 404))
    return app


def _set_up_templates(app: Flask, record: Record) -> None:
    app.jinja_options = {
        "bytecode_cache": _COMPILED,
        "lstrip_blocks": True,
        "trim_blocks": True,
        "undefined": StrictUndefined,
    }
    app.jinja_env.filters.update(plain=text.plain, markdown=text.markdown, stamp=clock.stamp, number="{:,}".format)
    app.jinja_env.tests.update(said=_is_said, instant=_is_instant, day=_is_day)
    app.jinja_env.globals.update(
        board=record.board,
        csp=CSP,
        right_to_left=record.board.language.partition("-")[0] in words.RIGHT_TO_LEFT,
        summary=summary,
        times=times,
        versions={name: _version(app, name) for name in ("board.css", "lists.css", "board.js")},
        words=words,
    )


def _version(app: Flask, name: str) -> str:
    """Return eight digits that change with the file, so that no browser pairs a new page with an old style."""
    return sha256(Path(app.static_folder or "", name).read_bytes()).hexdigest()[:8]


def _is_said(part: object) -> bool:
    return isinstance(part, Said)


def _is_instant(part: object) -> bool:
    return isinstance(part, datetime)


def _is_day(part: object) -> bool:
    return isinstance(part, date) and not isinstance(part, datetime)
