"""The permanent addresses of the board's pages and files, as they stand in files that are read elsewhere."""

import mimetypes
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit

from amends.board.page import File
from amends.board.row import Row
from amends.record import Board


def at(board: Board, *path: str) -> str:
    """Return the address of what stands at this path from the board's root; the last piece may end in a slash."""
    return board.base_url + _quoted("/".join(path))


def of_case(board: Board, row: Row) -> str:
    """Return the permanent address of a case, which is also its identity in feeds."""
    # Nothing in a slug or a number has to be quoted.
    return f"{board.base_url}{row.company.slug}/{row.case.number}/"


_quoted = lru_cache(maxsize=256)(quote)


def root(board: Board) -> str:
    """Return the path below which the board is served, without a slash at its end: empty at the root of its host."""
    return urlsplit(board.base_url).path.rstrip("/")


def host(board: Board) -> str:
    """Return the name of the host that serves the board."""
    return urlsplit(board.base_url).hostname or ""


def origin(board: Board) -> str:
    """Return where that host is reached: scheme, name and, if it is not the usual one, port."""
    parts = urlsplit(board.base_url)
    return f"{parts.scheme}://{parts.netloc}"


def file(name: str, text: str | Iterator[str]) -> File:
    """Return a file under the media type that a web server will guess from its name.

    Frozen-Flask compares the two, since a static file has no other way to say what it is. Where another type is
    the right one, the headers in hosting.py say so.
    """
    return File(text, mimetypes.guess_type(name)[0] or "application/octet-stream")
