"""The preview: a page follows the files of the record, and says what is wrong with them."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from werkzeug.test import Client

from amends.generator import preview
from amends.generator.preview import Application, InUseError, Live
from amends.record import RecordError, exclusive
from amends.shelves import scan
from tests.factories import BOARD_TOML, NUMBER, OTHER_NUMBER, a_case, after, make_board, put, put_case

PATIENCE = 60.0
UPDATE = "---\nkind: news\ndate: 2026-11-02\ntitle: Spruce\n---\nWords.\n"


class Desk:
    """A record that is being edited, its preview, and a clock that the test turns."""

    def __init__(self, folder: Path) -> None:
        self.content = make_board(folder, a_case(text="My parcel is late."))
        self.now = after(1)
        self.live = Live(self.content, folder / "preview", lambda: self.now)
        self.client = Client(Application(self.live))
        self.case = next(self.content.rglob(f"{NUMBER}.md"))

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers={"Host": "127.0.0.1:8000", **headers})

    def page(self, address: str = f"/acme/{NUMBER}/") -> str:
        answer = self.get(address)
        assert answer.status_code == 200, address
        return str(answer.text)

    def is_told(self) -> bool:
        """Look once; return whether pages are told to show themselves anew."""
        before = self.live.edition_number
        self.live.look()
        return self.live.edition_number != before


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_is_saved_is_on_the_page_after_one_look_and_told_once(desk: Desk) -> None:
    assert "My parcel is late." in desk.page()
    edit(desk.case, "late", "still late")
    assert desk.is_told()
    assert "My parcel is still late." in desk.page()
    assert not desk.is_told()


def test_a_new_case_a_removed_one_an_update_and_a_setting_are_seen(desk: Desk) -> None:
    other = put_case(desk.content, a_case(number=OTHER_NUMBER, text="Another parcel."))
    assert desk.is_told()
    assert OTHER_NUMBER in desk.page("/acme/all/")
    other.unlink()
    assert desk.is_told()
    assert desk.get(f"/acme/{OTHER_NUMBER}/").status_code == 404
    put(desk.content / "acme" / "updates" / "spruce.md", UPDATE)
    assert desk.is_told()
    assert "Spruce" in desk.page("/acme/changes/")
    edit(desk.content / "acme" / "company.toml", "Acme Post", "Acme Parcels")
    assert desk.is_told()
    assert "Acme Parcels" in desk.page("/acme/")
    assert not desk.is_told()


def test_what_is_young_is_read_once_at_once_and_once_when_it_is_old(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    real = preview.Taking.read
    monkeypatch.setattr(preview.Taking, "read", lambda self, changes: (reads.append(changes), real(self, changes)))
    edit(desk.case, "late", "lost")
    for _ in range(3):
        desk.live.look()
    assert len(reads) == 1
    monkeypatch.setattr(scan, "YOUNG", 0)
    for _ in range(3):
        assert not desk.is_told()
    assert len(reads) == 2


def test_a_folder_in_which_something_changed_last_is_seen_to_stir_before_the_next_look(desk: Desk) -> None:
    assert not desk.live.stirs()
    edit(desk.case, "late", "lost")
    assert desk.live.stirs()
    desk.live.look()
    assert not desk.live.stirs()
    desk.case.rename(desk.case.with_suffix(".txt"))
    assert desk.live.stirs()


def test_a_deadline_that_passes_shows_without_any_edit(desk: Desk) -> None:
    assert not desk.is_told()
    desk.now = after(25)
    assert desk.is_told()
    assert NUMBER in desk.page("/acme/overdue/")
    assert not desk.is_told()


def test_a_fault_stands_on_top_of_every_page_above_what_was_there_before_until_it_is_mended(desk: Desk) -> None:
    edit(desk.case, "kind: complaint", 'kind: "<b>rant"')
    assert desk.is_told()
    page = desk.page()
    bar = re.search(r"<body[^>]*><details class=\"preview-faults\".*?</details>", page, re.DOTALL)
    assert bar
    assert f"acme/2026/11/{NUMBER}.md:3: kind: found &#x27;&lt;b&gt;rant&#x27;" in bar[0]
    assert "<summary>1 fault in the record</summary>" in bar[0]
    assert "My parcel is late." in page
    assert "preview-faults" in desk.page("/")
    edit(desk.case, '"<b>rant"', "complaint")
    assert desk.is_told()
    assert "preview-faults" not in desk.page()


def test_a_record_that_cannot_be_read_for_a_while_leaves_the_pages_as_they_were(desk: Desk) -> None:
    (desk.content / "board.toml").rename(desk.content / "away.toml")
    assert desk.is_told()
    assert not desk.is_told()
    assert desk.live.wrong[0].endswith("it has no board.toml (amends init makes one)")
    assert "My parcel is late." in desk.page()
    (desk.content / "away.toml").rename(desk.content / "board.toml")
    assert desk.is_told()
    assert desk.live.wrong == ()


def test_nothing_is_previewed_of_a_board_whose_settings_never_were_good(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    put(content / "board.toml", "title = 3\n")
    with pytest.raises(RecordError, match=r"board.toml:1: title"):
        Live(content, tmp_path / "preview", lambda: after(1))


# --- What is served ---


def test_a_page_carries_what_reloads_it_from_its_own_origin_and_nothing_inline(desk: Desk) -> None:
    page = desk.page()
    head = page.split("</head>")[0]
    added = head[head.index('<link rel="stylesheet" href="/-/preview.css">') :]
    script = f'<script src="/-/preview.js" data-edition="{desk.live.edition_number}" data-changed="/-/changed" defer>'
    assert added == f'<link rel="stylesheet" href="/-/preview.css">{script}</script>'
    for address, kind in (("/-/preview.css", "text/css"), ("/-/preview.js", "text/javascript")):
        answer = desk.get(address)
        assert (answer.status_code, answer.mimetype) == (200, kind)
    assert desk.get(f"/acme/{NUMBER}/").headers["Cache-Control"] == "no-store"
    assert "preview" not in desk.get("/acme/cases.json").text


def test_a_page_that_is_not_there_reloads_too_when_it_comes_to_be(desk: Desk) -> None:
    answer = desk.get(f"/acme/{OTHER_NUMBER}/")
    assert answer.status_code == 404
    assert "/-/preview.js" in answer.text


def test_a_listener_hears_the_number_at_once_and_each_new_one(desk: Desk) -> None:
    events: Iterator[bytes] = iter(desk.get("/-/changed").response)
    assert next(events) == f"data: {desk.live.edition_number}\n\n".encode()
    edit(desk.case, "late", "lost")
    desk.live.look()
    assert next(events) == f"data: {desk.live.edition_number}\n\n".encode()


def test_two_previews_never_have_the_same_number(desk: Desk, tmp_path: Path) -> None:
    other = Live(desk.content, tmp_path / "other", lambda: desk.now)
    assert other.edition_number != desk.live.edition_number


def test_a_board_under_a_path_is_previewed_under_that_path(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="x"))
    put(content / "board.toml", BOARD_TOML.replace("board.example/", "x.example/deep/board/"))
    client = Client(Application(Live(content, tmp_path / "preview", lambda: after(1))))
    host = {"Host": "localhost"}
    for address in ("/", "/deep/board"):
        assert client.get(address, headers=host).location == "/deep/board/"
    page = client.get("/deep/board/", headers=host)
    assert page.status_code == 200
    links = set(re.findall(r'(?:href|src)="(/[^"#]*)', page.text))
    assert {client.get(link, headers=host).status_code for link in links} == {200}
    assert client.get("/acme/", headers=host).status_code == 404


def test_another_name_that_leads_here_gets_nothing(desk: Desk) -> None:
    for address in ("/", "/-/changed", "/-/preview.js"):
        assert desk.get(address, Host="evil.example").status_code == 400
    assert desk.get("/", Host="localhost:8000").status_code == 200


# --- The command ---


def test_a_second_preview_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    with exclusive(tmp_path / "cache" / "preview", "preview"), pytest.raises(InUseError, match="--cache"):
        preview.preview(content, tmp_path / "cache", 8900, print)


def test_a_port_that_is_taken_is_passed_over_and_none_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((preview.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        server = preview.serve(desk.live, port)
        server.server_close()
        assert port < server.port < port + preview.PORTS
        monkeypatch.setattr(preview, "PORTS", 1)
        with pytest.raises(OSError, match="--port"):
            preview.serve(desk.live, port)


def test_the_terminal_hears_of_faults_when_they_change_and_looking_takes_its_share_of_the_time(desk: Desk) -> None:
    said: list[str] = []
    pauses: list[float] = []

    def ends(seconds: float) -> bool:
        pauses.append(seconds)
        if len(pauses) == 1:
            edit(desk.case, "kind: complaint", "kind: rant")
        if len(pauses) == 3:
            edit(desk.case, "kind: rant", "kind: complaint")
        return len(pauses) == 6

    preview.follow(desk.live, said.append, ends)
    assert [line.partition(":")[0] for line in said] == [f"acme/2026/11/{NUMBER}.md", "No fault any more."]
    assert set(pauses) == {preview.OFTEN}


def test_the_command_serves_what_is_saved_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="My parcel is late."))
    command = [sys.executable, "-m", "amends", "preview", str(content), "--cache", str(tmp_path / "cache")]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*command, "--port", "8950"], stdout=subprocess.PIPE, text=True, env=environ) as process:
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            base = process.stdout.readline().removeprefix("preview: ").strip()
            assert process.stdout.readline() == "Ctrl-C ends it.\n"
            with urllib.request.urlopen(f"{base}-/changed", timeout=PATIENCE) as events:
                first = events.readline()
                edit(next(content.rglob(f"{NUMBER}.md")), "late", "lost")
                assert events.readline() == b"\n"
                assert events.readline() != first
            with urllib.request.urlopen(f"{base}acme/{NUMBER}/", timeout=PATIENCE) as page:
                assert "My parcel is lost." in page.read().decode()
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            watchdog.cancel()
            process.kill()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(base, timeout=PATIENCE)
