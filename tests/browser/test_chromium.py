import fcntl
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright import sync_api

from . import chromium
from .chromium import NewPage, NoBrowser, find
from .npm import alone

STARTS = "#!/bin/sh\necho Chromium 1\n"
FAILS = "#!/bin/sh\necho this is a stub >&2\nexit 10\n"
# Port 1 (tcpmux) is closed everywhere: whoever asks there is refused at once.
CLOSED = "http://127.0.0.1:1/"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make the machine look as if it had no browser and no network; return its only folder of programs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("npm_config_registry", CLOSED)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("CHROMIUM", raising=False)
    return programs


def program(path: Path, script: str = STARTS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, "ascii")
    path.chmod(0o755)
    return path


def unpacked(folder: Path, name: str | None = None) -> Path:
    return program(folder / (name or f"chromium-{chromium.pinned_version()}") / "chromium")


def test_the_chromium_of_the_environment_comes_before_that_of_the_path(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "chromium")
    ours = program(tmp_path / "ours")
    monkeypatch.setenv("CHROMIUM", str(ours))
    assert find(tmp_path / "folder").executable == ours


def test_the_environment_may_name_a_program_of_the_path(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = program(bare / "my-chromium")
    monkeypatch.setenv("CHROMIUM", "my-chromium")
    assert find().executable == ours


@pytest.mark.parametrize("script", [None, FAILS])
def test_a_chromium_of_the_environment_that_does_not_start_is_named_and_none_is_taken_for_it(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    program(bare / "chromium")
    nowhere = tmp_path / "nowhere" / "chromium"
    if script:
        program(nowhere, script)
    monkeypatch.setenv("CHROMIUM", str(nowhere))
    with pytest.raises(NoBrowser, match=re.escape(f"$CHROMIUM is {nowhere}, but")) as raised:
        find()
    assert str(raised.value).endswith(chromium.MEND)


def test_the_names_of_the_path_are_tried_in_their_order(bare: Path) -> None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    programs = [program(bare / name) for name in names]
    for expected in programs:
        assert find().executable == expected
        expected.unlink()


def test_a_program_that_does_not_start_is_passed_over(bare: Path) -> None:
    program(bare / "chromium-browser", FAILS)
    works = program(bare / "google-chrome")
    assert find().executable == works


def test_playwrights_own_comes_after_the_path_and_before_npm(bare: Path, tmp_path: Path) -> None:
    own = chromium.playwrights_own()
    assert own is not None
    assert own.is_relative_to(tmp_path / "playwright")
    program(own)
    unpacked(tmp_path / "folder")
    assert find(tmp_path / "folder").executable == own
    assert find(program(bare / "chrome").parent).executable == bare / "chrome"


def test_playwright_itself_names_the_same_place_for_its_own(browser: sync_api.Browser) -> None:
    assert str(chromium.playwrights_own()) == browser.browser_type.executable_path


def test_what_was_fetched_before_is_used_without_a_network(bare: Path, tmp_path: Path) -> None:
    executable = unpacked(tmp_path)
    found = find(tmp_path)
    assert found.executable == executable
    assert found.env["FONTCONFIG_FILE"] == str(executable.with_name("fonts.conf"))
    assert found.env["LD_LIBRARY_PATH"].split(":")[0] == str(executable.with_name("lib"))


def test_a_folder_that_is_full_needs_no_right_to_write(bare: Path, tmp_path: Path) -> None:
    unpacked(tmp_path)
    find(tmp_path)
    assert not (tmp_path / "lock").exists()


def test_what_another_process_made_while_this_one_waited_is_not_made_again(bare: Path, tmp_path: Path) -> None:
    executable = unpacked(tmp_path)
    before = executable.stat()
    chromium.install(executable.parent)
    assert executable.stat() == before


def test_where_nothing_can_be_had_one_sentence_says_why_and_one_command_mends_it(bare: Path, tmp_path: Path) -> None:
    with pytest.raises(NoBrowser) as raised:
        find(tmp_path / "folder")
    reason, mend = str(raised.value).split(". To mend it: ")
    assert "npm could not fetch one" in reason
    assert "ECONNREFUSED" in reason
    assert "\n" not in reason
    assert mend == "CHROMIUM=/path/to/chromium python3 build.py test"


def test_what_an_interrupted_run_left_is_never_taken_for_a_browser(bare: Path, tmp_path: Path) -> None:
    unpacked(tmp_path, "unfinished/home")
    with pytest.raises(NoBrowser):
        find(tmp_path)
    assert [path.name for path in tmp_path.glob("*") if path != bare] == ["lock"]


def test_a_folder_that_cannot_be_made_is_a_reason_and_no_traceback(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoBrowser, match="cannot be filled"):
        find(tmp_path / "file" / "folder")


def test_a_machine_for_which_npm_has_none_is_told_so(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(NoBrowser, match="Linux on x86-64 only"):
        find(tmp_path)


def test_only_one_process_at_a_time_unpacks(tmp_path: Path) -> None:
    with alone(tmp_path), (tmp_path / "lock").open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
    with (tmp_path / "lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_the_found_chromium_renders_a_page(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1000, "height": 600})
    page.set_content("<body style='margin: 0'><p style='width: 50%'>Where is my order?</p>")
    assert page.evaluate("document.querySelector('p').offsetWidth") == 500
    white = page.screenshot()
    page.evaluate("document.body.style.background = 'navy'")
    assert page.screenshot() != white


def test_each_page_has_a_context_of_its_own(new_page: NewPage) -> None:
    html = "<noscript>no scripts</noscript><p>here</p>"
    dark, without = new_page(color_scheme="dark"), new_page(java_script_enabled=False)
    for page in (dark, without):
        page.set_content(html)
    assert dark.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert without.get_by_text("no scripts").is_visible()


def test_another_site_is_reached_only_if_it_allows_it(new_page: NewPage, problems: list[str]) -> None:
    ask = "url => fetch(url).then(answer => answer.text(), () => 'refused')"
    with serving() as port:
        page = new_page()
        page.goto(f"http://localhost:{port}/")
        assert page.evaluate(ask, f"http://127.0.0.1:{port}/open") == "/open"
        assert page.evaluate(ask, f"http://127.0.0.1:{port}/closed") == "refused"
    assert any("blocked by CORS policy" in problem for problem in problems)
    problems.clear()


def test_a_logged_error_and_an_escaped_one_are_problems(new_page: NewPage, problems: list[str]) -> None:
    page = new_page()
    with page.expect_console_message():
        page.evaluate("console.error('logged')")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('escaped') })")
    assert [problem.split(" (")[0] for problem in problems] == ["logged", "escaped"]
    problems.clear()


class Echo(BaseHTTPRequestHandler):
    """Answers with the path that was asked for; other sites may read /open."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        if self.path == "/open":
            self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' output is for failures."""


@contextmanager
def serving() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
