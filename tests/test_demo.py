"""The demo: the whole product on this machine, and nothing of it left behind."""

import json
import re
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from amends.demo.static import HOST, FileServer
from tests.running import ROOT, Demo, demo


def fetch(address: str) -> tuple[int, str, str]:
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.status, response.read().decode(), response.headers["Content-Security-Policy"] or ""


@pytest.fixture(scope="module")
def taken() -> Iterator[int]:
    """A port on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture(scope="module")
def one(taken: int) -> Iterator[Demo]:
    with demo(taken) as running:
        yield running


@dataclass
class Ended:
    """A demo that ran beside the other one in a folder of its own: what it said and showed, and what it left."""

    said: dict[str, str]
    pages: dict[str, tuple[int, str, str]]
    had_a_folder: bool
    changed: bool
    status: int
    listening: list[int]
    left: list[Path]


@pytest.fixture(scope="module")
def other(one: Demo, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    folder = tmp_path_factory.mktemp("demo")
    before = state_of_the_content()
    with demo(ports_of(one)[0], folder) as running:
        had_a_folder = bool(list(folder.glob("amends-demo-*")))
        pages = {name: fetch(running.said[name]) for name in ("shop", "desk", "board")}
        status = running.end()
    changed = state_of_the_content() != before
    listening = [port for port in ports_of(running) if is_listened_on(port)]
    left = list(folder.glob("amends-demo-*"))
    return Ended(running.said, pages, had_a_folder, changed, status, listening, left)


def state_of_the_content() -> bytes:
    return subprocess.run(["git", "status", "--porcelain", "content"], cwd=ROOT, capture_output=True, check=True).stdout


def ports_of(running: Demo) -> list[int]:
    return [urlsplit(address).port or 0 for address in (running.shop, running.desk, running.board)]


def is_listened_on(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_demo_says_where_everything_is_and_leaves_nothing_behind(other: Ended) -> None:
    assert re.fullmatch(r"http://localhost:\d+/", other.said["shop"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/desk/", other.said["desk"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", other.said["board"])
    assert other.said["login"] == "olga"
    assert len(other.said["password"]) >= 12
    for name, words in (("shop", "data-amends"), ("desk", "Sign in"), ("board", "Radlager")):
        status, page, _ = other.pages[name]
        assert status == 200
        assert words in page
    assert other.had_a_folder
    assert other.status == 0
    assert other.listening == []
    assert not other.changed
    assert other.left == []


def test_a_port_that_is_taken_is_passed_over(one: Demo, taken: int) -> None:
    assert all(taken < found < taken + 50 for found in ports_of(one))
    assert all(is_listened_on(port) for port in ports_of(one))


def test_two_demos_have_different_passwords_and_secrets(one: Demo, other: Ended) -> None:
    assert one.said["password"] != other.said["password"]
    assert {one.desk, one.board}.isdisjoint({other.said["desk"], other.said["board"]})


def test_the_shop_is_another_site_under_a_strict_policy(one: Demo) -> None:
    _, page, policy = fetch(one.shop)
    service = one.desk.removesuffix("/desk/")
    assert urlsplit(one.shop).hostname != urlsplit(service).hostname
    assert f'<script async src="{service}/w/v1.js" data-company="radlager"></script>' in page
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.fixture
def files(tmp_path: Path) -> Iterator[str]:
    """The address of a file server for an empty folder."""
    with FileServer(0, tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def refused(address: str) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(address, timeout=20)
    return error.value.code, error.value.read().decode()


def test_the_file_server_shows_no_folder_and_the_boards_own_page_for_what_is_not_there(
    files: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "secret-name").write_text("x")
    assert "secret-name" not in refused(f"{files}/folder/")[1]
    (tmp_path / "404.html").write_text("Nothing here")
    assert refused(f"{files}/nowhere") == (404, "Nothing here")
    assert refused(f"{files}/folder/") == (404, "Nothing here")


def test_a_browser_asks_for_every_file_again_so_that_a_new_board_is_seen(files: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with urllib.request.urlopen(f"{files}/a", timeout=20) as response:
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_demos_board_and_service_know_each_other_and_one_shop_alone_embeds_the_widget(one: Demo) -> None:
    service = one.desk.removesuffix("desk/")
    _, page, _ = fetch(f"{one.board}radlager/")
    assert f'href="{service}radlager/new"' in page
    origin = one.shop.rstrip("/")
    assert posted(f"{service}radlager/feedback", origin) == 201
    assert posted(f"{service}hollin-post/feedback", origin) == 403


def posted(address: str, origin: str) -> int:
    request = urllib.request.Request(address, b"text=Words", {"Origin": origin, "Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            assert json.load(response)["board"]
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
