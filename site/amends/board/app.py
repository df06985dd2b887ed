"""The board as a Flask app that is made to be frozen: no session, no cookie, no hook around a request."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from flask import Flask, Response
from werkzeug.routing import BaseConverter, Map

from amends.board import lists, moved
from amends.board.edition import Edition
from amends.board.frame import Frame
from amends.board.page import File, Page, Route, old_places, path_of, places
from amends.board.pages import ROUTES, plain
from amends.record import NUMBER, SLUG, Record

RULES = {route.name: route.rule for route in ROUTES}
"""The rule of each kind of page, by its name."""


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


def create_board(record: Record, now: datetime, root: str = "") -> Flask:
    """Make the app that shows a record as it stands at `now`; `root` is the path below which it is served."""
    edition = Edition(record, now)
    return board_of(edition, Frame(record.board, RULES, root))


def board_of(edition: Edition, frame: Frame) -> Flask:
    """Make the app that shows an edition."""
    app = Flask(__name__)
    app.url_map = _addresses()
    app.view_functions |= {route.name: _responding(route, edition, frame) for route in ROUTES}
    app.register_error_handler(404, lambda _: (frame.write(plain.not_found(edition)), 404))
    return app


@cache
def _addresses() -> Map:
    # The same for every board. Werkzeug compiles each rule to bytecode, which takes as long as ten pages.
    app = Flask(__name__)
    app.url_map.converters |= {"slug": _Slug, "number": _Number, "list": _List, "page": _Page}
    for route in ROUTES:
        app.add_url_rule(route.rule, route.name)
    return app.url_map


def urls(record: Record, now: datetime) -> Iterator[str]:
    """Yield the address of every page of the board once, as a path from the board's own root."""
    edition = Edition(record, now)
    return (f"/{path_of(route, place)}" for route in ROUTES for place in _all_places(route, edition))


def _all_places(route: Route, edition: Edition) -> Iterator[Mapping[str, Any]]:
    yield from places(route, edition)
    for company in edition.record.companies:
        yield from old_places(route, edition, company.slug)


def _responding(route: Route, edition: Edition, frame: Frame) -> Callable[..., Response | tuple[str, int]]:
    def respond(**place: object) -> Response | tuple[str, int]:
        shown = moved.view(route, edition, place) or route.view(edition, **place)
        if shown is None:
            return frame.write(plain.not_found(edition)), 404
        return Response(_written(shown, frame), mimetype=shown.media_type if isinstance(shown, File) else "text/html")

    return respond


def _written(shown: Page | File, frame: Frame) -> str | bytes:
    return shown.sent() if isinstance(shown, File) else frame.write(shown)
