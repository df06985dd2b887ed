"""The demo: the whole product on this machine, and nothing of it left behind."""

import json
import re
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from amends.demo.static import HOST, FileServer
from tests.running import ROOT, Demo, demo


def fetch(address: str) -> tuple[int, str, str]:
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.status, response.read().decode(), response.headers["Content-Security-Policy"] or ""


def test_the_demo_says_where_everything_is_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = subprocess.run(
        ["git", "status", "--porcelain", "content"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with demo(folder=tmp_path) as running:
        assert [folder.name for folder in tmp_path.glob("amends-demo-*")]
        assert re.fullmatch(r"http://localhost:\d+/", running.shop)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/desk/", running.desk)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", running.board)
        assert running.said["login"] == "olga"
        assert len(running.said["password"]) >= 12
        for address, words in ((running.shop, "data-amends"), (running.desk, "Sign in"), (running.board, "Radlager")):
            status, page, _ = fetch(address)
            assert status == 200
            assert words in page
        ports = [urlsplit(address).port for address in (running.shop, running.desk, running.board)]
        assert running.end() == 0
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port or 0)) != 0
    after = subprocess.run(
        ["git", "status", "--porcelain", "content"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    assert after == before
    assert list(tmp_path.glob("amends-demo-*")) == []


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(port) as running:
            ports = [urlsplit(address).port or 0 for address in (running.shop, running.desk, running.board)]
            assert port not in ports
            assert all(port < found < port + 50 for found in ports)


@pytest.fixture(scope="module")
def one() -> Iterator[Demo]:
    with demo(8750) as running:
        yield running


def test_two_demos_have_different_passwords_and_secrets(one: Demo) -> None:
    with demo(8750) as two:
        assert one.said["password"] != two.said["password"]
        assert {one.desk, one.board}.isdisjoint({two.desk, two.board})


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
