"""The headers that a host of the board should send, for three kinds of hosts."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from amends.board import create_board, urls
from amends.board.frame import CSP
from amends.board.machines import headers, servers
from amends.board.pages import search
from amends.generator.build import build
from amends.record import Board
from tests.boards import EXAMPLE, NOW, TEXT, a_record
from tests.factories import a_case
from tests.machines import fetch


def rules(written: str) -> dict[str, dict[str, str]]:
    """Read `_headers` as Netlify and Cloudflare do: an address, then its headers, indented."""
    found: dict[str, dict[str, str]] = {}
    for block in written.strip().split("\n\n"):
        path, *lines = block.split("\n")
        assert path not in found
        found[path] = dict(line.strip().split(": ", 1) for line in lines)
        assert all(line.startswith("  ") for line in lines)
    return found


def sent(written: str, address: str) -> dict[str, str]:
    """The headers of an address: rules add up, and a header in two of them becomes one with a comma."""
    found: dict[str, str] = {}
    for path, given_headers in rules(written).items():
        pattern = re.sub(r":[a-z]+", "[^/]+", re.escape(path).replace(r"\*", ".*"))
        if re.fullmatch(pattern, address):
            for name, value in given_headers.items():
                found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def test_every_answer_has_the_safety_headers_and_no_header_twice() -> None:
    record = a_record(a_case(text=TEXT))
    written = fetch(record, NOW, "/_headers")
    for url in urls(record, NOW):
        found = sent(written, url)
        assert found["Content-Security-Policy"].endswith("; frame-ancestors 'none'")
        assert found["X-Content-Type-Options"] == "nosniff"
        assert not (url.endswith("/") and "Content-Type" in found), url
        assert {"Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"} < found.keys()
        assert found["Strict-Transport-Security"].startswith("max-age=")
        for value in found.values():
            assert value in {one for rule in rules(written).values() for one in rule.values()}


def test_every_pattern_stands_for_a_file_that_there_is(tmp_path: Path) -> None:
    build(EXAMPLE, tmp_path / "public", tmp_path / "cache", NOW)
    public = tmp_path / "public"
    addresses = {f"/{file.relative_to(public).as_posix()}" for file in public.rglob("*") if file.is_file()}
    for path in rules((public / "_headers").read_text("utf-8")):
        pattern = re.sub(r":[a-z]+", "[^/]+", re.escape(path).replace(r"\*", ".*"))
        assert any(re.fullmatch(pattern, address) for address in addresses), path
    nginx = (public / "_hosting" / "nginx.conf").read_text("utf-8")
    patterns = re.findall(r"~ ?(\^\S+?\$)", nginx)
    assert len(patterns) >= 5
    for pattern in patterns:
        assert any(re.fullmatch(pattern, address) for address in addresses), pattern
    caddy = (public / "_hosting" / "Caddyfile").read_text("utf-8")
    for path in {path for path in caddy.split() if path.startswith("/") and path not in ("/srv/board", "/search/")}:
        pattern = re.escape(path).replace(r"\*", "[^/]+")
        assert any(re.fullmatch(pattern, address) for address in addresses), path


def test_every_static_file_with_a_version_is_kept_for_ever_and_no_page_is() -> None:
    record = a_record(a_case(text=TEXT))
    client = create_board(record, NOW).test_client()
    written = fetch(record, NOW, "/_headers")
    asked = {
        address
        for url in urls(record, NOW)
        if url.endswith("/")
        for address in re.findall(r'"(/[^"]+)\?v=[0-9a-f]+"', client.get(url).text)
    }
    assert {"/static/board.css", "/static/board.js", "/static/lists.css"} <= asked
    kept = {path for path, rule in rules(written).items() if "immutable" in rule.get("Cache-Control", "")}
    assert asked <= kept
    assert not {"/", "/acme/", "/*", "/static/mark.svg"} & kept


def test_badges_and_feeds_may_be_used_by_other_sites_and_have_their_own_types() -> None:
    for path, rule in rules(fetch(a_record(), NOW, "/_headers")).items():
        if path.endswith((".svg", ".json", ".xml", ".csv")):
            assert rule["Access-Control-Allow-Origin"] == "*"
            assert rule["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert sent(fetch(a_record(), NOW, "/_headers"), "/acme/feed.xml")["Content-Type"].startswith(
        "application/atom+xml"
    )


def directives(policy: str) -> dict[str, set[str]]:
    return {name: set(values) for name, *values in (part.split() for part in policy.split(";"))}


def test_no_header_forbids_what_the_policy_in_a_pages_own_head_allows() -> None:
    record = a_record(a_case(text=TEXT))
    client = create_board(record, NOW).test_client()
    written = fetch(record, NOW, "/_headers")
    for url in (url for url in urls(record, NOW) if url.endswith("/")):
        meta = re.search(r'http-equiv="Content-Security-Policy" content="(.*?)"', client.get(url).text)
        assert meta, url
        own, given_policy = directives(unescape(meta[1])), directives(sent(written, url)["Content-Security-Policy"])
        assert own.keys() == given_policy.keys() - {"frame-ancestors"}
        assert all(values <= given_policy[name] for name, values in own.items()), url


@pytest.mark.parametrize("write", [servers.nginx, servers.caddy])
def test_nginx_and_caddy_send_the_search_page_its_own_policy_and_all_others_the_strict_one(
    write: Callable[[Board, str], str],
) -> None:
    written = write(Board(), search.POLICY)
    assert written.count("{") == written.count("}")
    assert f"\"{CSP}; frame-ancestors 'none'\"" in written
    assert f"\"{search.POLICY}; frame-ancestors 'none'\"" in written
    for name, value in headers.always(Board()).items():
        assert f'{name} "{value}"' in written
    for kind in headers.TYPES.values():
        assert f'"{kind}"' in written


def test_each_place_of_nginx_inherits_every_header_because_none_has_one_of_its_own() -> None:
    written = servers.nginx(Board(), search.POLICY)
    assert not [line for line in written.splitlines() if line.lstrip().startswith("location") and "add_header" in line]


def test_nginx_and_caddy_send_the_twins_that_a_build_wrote() -> None:
    nginx = servers.nginx(Board(), search.POLICY).splitlines()
    at = nginx.index("    index index.html;")
    assert nginx[at + 1 : at + 5] == [
        *("    gzip_static on;", "    gzip_vary on;", "    gzip_proxied any;"),
        "    # brotli_static on;  # with the module ngx_brotli",
    ]
    assert "    file_server {\n        precompressed br gzip\n    }\n" in servers.caddy(Board(), search.POLICY)


def test_caddy_shows_the_boards_own_page_for_what_is_missing_and_no_other_error() -> None:
    written = servers.caddy(Board("B", "https://x.example/board/"), search.POLICY)
    handled = written.split("    handle_errors {\n", 1)[1].split()
    assert " ".join(handled) == (
        "@missing expression {http.error.status_code} == 404 "
        "handle @missing { rewrite * /board/404.html file_server } } }"
    )


@pytest.mark.parametrize("write", [servers.nginx, servers.caddy, headers.headers_file])
def test_a_board_without_https_does_not_forbid_http_and_one_under_a_path_names_it(write: Callable[..., str]) -> None:
    rest: tuple[object, ...] = (search.POLICY, ()) if write is headers.headers_file else (search.POLICY,)
    assert "Strict-Transport-Security" in write(Board(), *rest)
    plain = write(Board("B", "http://x.example/board/"), *rest)
    assert "Strict-Transport-Security" not in plain
    for path in re.findall(r"(?<![\w:/])/[a-z_*:]+[^\s;]*", plain):
        assert path.startswith(("/board", "/srv/board")), path
