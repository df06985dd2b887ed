"""What nginx and Caddy need to serve the board with its headers: examples that are complete but for the folder."""

import re
from collections.abc import Iterable, Mapping

from amends.board import frame
from amends.board.machines import address, headers
from amends.record import Board

_SERVED_FROM = "/srv/board"
"""Where the examples say that the built board lies; whoever uses them changes it."""

_SHARED = (*headers.TYPES, headers.LEDGERS)
"""What other sites may read."""


def nginx(board: Board, search: str) -> str:
    """Write the board's server for nginx, to be included where its `http` is; `search` is the search page's policy."""
    root = address.root(board)
    lines = [
        f"# {board.base_url} on nginx: a file of its own in conf.d. Change `root`; certificates are yours to add.",
        *(["# `root` is the folder in which the built board stands as " + f"`{root[1:]}`."] if root else []),
        "",
        "map $uri $board_policy {",
        f"    default {_quoted(headers.whole(frame.CSP))};",
        f"    {root}/search/ {_quoted(headers.whole(search))};",
        f"    {root}/search/index.html {_quoted(headers.whole(search))};",
        "}",
        *_map("$uri", "$board_origins", "", {_pattern(root, _SHARED): "*"}),
        *_map("$uri", "$board_resource", "same-origin", {_pattern(root, _SHARED): "cross-origin"}),
        *_map("$arg_v", "$board_cache", "no-cache", {"~.": headers.FOREVER}),
        "",
        "server {",
        "    listen 80;",
        f"    server_name {address.host(board)};",
        f"    root {_SERVED_FROM};",
        "    index index.html;",
        # The files that `amends build --compress` writes beside the others; where there are none, this does nothing.
        "    gzip_static on;",
        "    gzip_vary on;",
        "    gzip_proxied any;",
        "    # brotli_static on;  # with the module ngx_brotli",
        "    charset utf-8;",
        f"    error_page 404 {root}/404.html;",
        # A place with an add_header of its own would inherit none of these: every header is said once, here.
        *(f"    add_header {name} {_quoted(value)} always;" for name, value in headers.always(board).items()),
        "    add_header Content-Security-Policy $board_policy always;",
        "    add_header Cross-Origin-Resource-Policy $board_resource always;",
        "    add_header Access-Control-Allow-Origin $board_origins always;",
        "    add_header Cache-Control $board_cache;",
        *_locations(root),
        "}",
        "",
    ]
    return "\n".join(lines)


def caddy(board: Board, search: str) -> str:
    """Write the board's site for Caddy, which gets its own certificate; `search` is the search page's policy."""
    root = address.root(board)
    at_search = f"{root}/search/ {root}/search/index.html"
    shared = " ".join(f"{root}/{place}{name}" for name in _SHARED for place in _places(name))
    # Matchers that exclude each other: of two that set the same header, the order in the file does not decide.
    lines = [
        f"# {board.base_url} on Caddy. Change `root`.",
        *(["# `root` is the folder in which the built board stands as " + f"`{root[1:]}`."] if root else []),
        f"{address.origin(board)} {{",
        f"    root * {_SERVED_FROM}",
        "    encode zstd gzip",
        f"    @search path {at_search}",
        f"    @page not path {at_search}",
        f"    @shared path {shared}",
        f"    @own not path {shared}",
        "    @versioned query v=*",
        "    @current not query v=*",
        "    header {",
        *(f"        {name} {_quoted(value)}" for name, value in headers.always(board).items()),
        "    }",
        f"    header @page Content-Security-Policy {_quoted(headers.whole(frame.CSP))}",
        f"    header @search Content-Security-Policy {_quoted(headers.whole(search))}",
        "    header @own Cross-Origin-Resource-Policy same-origin",
        *(f"    header @shared {name} {_quoted(value)}" for name, value in headers.OPEN.items()),
        f"    header @versioned Cache-Control {_quoted(headers.FOREVER)}",
        "    header @current Cache-Control no-cache",
        *_kinds(root),
        "    file_server {",
        "        precompressed br gzip",
        "    }",
        # Caddy before 2.8 takes no status after `handle_errors`.
        "    handle_errors {",
        "        @missing expression {http.error.status_code} == 404",
        "        handle @missing {",
        f"            rewrite * {root}/404.html",
        "            file_server",
        "        }",
        "    }",
        "}",
        "",
    ]
    return "\n".join(lines)


def _places(name: str) -> tuple[str, ...]:
    """Return below what a file stands: a company, the board itself, or both."""
    return ("*/",) if name in headers.OF_COMPANY else ("", "*/")


def _pattern(root: str, names: Iterable[str]) -> str:
    """Return nginx's pattern of the addresses of these files, of the board and of every company."""
    found = "|".join(re.escape(name).replace(r"\*", "[^/]+") for name in names)
    return f"~^{re.escape(root)}/([a-z0-9-]+/)?({found})$"


def _map(of: str, to: str, default: str, values: Mapping[str, str]) -> list[str]:
    found = [f"    {_quoted(key)} {_quoted(value)};" for key, value in values.items()]
    return [f"map {of} {to} {{", f"    default {_quoted(default)};", *found, "}"]


def _locations(root: str) -> list[str]:
    kinds: dict[str, list[str]] = {}
    for name, kind in headers.TYPES.items():
        kinds.setdefault(kind, []).append(name)
    return [
        f"    location {_pattern(root, names).replace('~', '~ ', 1)} {{ types {{ }} default_type {_quoted(kind)}; }}"
        for kind, names in kinds.items()
    ]


def _kinds(root: str) -> list[str]:
    return [
        f"    header {root}/{place}{name} Content-Type {_quoted(kind)}"
        for name, kind in headers.TYPES.items()
        for place in _places(name)
    ]


def _quoted(value: str) -> str:
    """Quote a value as nginx and Caddy do; none of ours has a quotation mark in it."""
    return f'"{value}"'
