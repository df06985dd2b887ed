"""Backups when something is in the way: killed processes, full disks, and archives that mean harm."""

import json
import os
import resource
import shutil
import signal
import stat
import struct
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends import backup
from amends.backup import ArchiveError, back_up, restore
from amends.backup.archive import is_safe, read_archive
from amends.backup.files import visible
from amends.inbox import Inbox, StoreUnavailableError, cases, turns
from amends.inbox.cases import Arrival, Contact
from tests.archives import files_in, forge, members_of, rows_of
from tests.effort import EFFORT
from tests.factories import a_received, put
from tests.house import NOON, House, settings_in
from tests.two import ended, forked

PACKAGE = str(Path(backup.__file__).parents[1])

WRITES = frozenset(
    "os.mkdir os.remove os.rename os.rmdir shutil.rmtree sqlite3.connect tempfile.mkdtemp tempfile.mkstemp".split()
)
"""What is audited of what a backup changes on the system, besides opening a file to write."""


def fill(house: House, words: str) -> House:
    """Give an installation a case and a file that are its own."""
    with house.inbox.writing() as connection:
        cases.add(
            connection,
            [Arrival(a_received(words[:8].ljust(8, "0"), text=words), Contact("a@x.example"), "k", b"d" * 32)],
        )
    put(house.content / "about.md", words)
    house.settings.secret()
    return house


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound backup of a small installation."""
    house = fill(House(tmp_path_factory.mktemp("source")), "backedup")
    path = house.folder / "b.zip"
    back_up(house.settings, house.inbox, path, NOON, with_secret=True)
    house.close()
    return path


def state(folder: Path) -> tuple[Any, ...]:
    """What an installation holds, to whom it is asked anew."""
    place = settings_in(folder)
    key = place.instance / "secret.key"
    found: dict[str, Any] = {}
    if (place.instance / "amends.db").is_file():
        inbox = Inbox(place.database)
        try:
            found = rows_of(inbox)
        except StoreUnavailableError:
            found = {}
        finally:
            inbox.close()
    return found, files_in(place.content), key.read_text() if key.exists() else ""


# --- Killed ---


def hooked(step: Callable[[str], None], do: Callable[[], object]) -> None:
    """Do something, with `step` called before each time that it changes a file: with what, and by which lines of ours.

    Whatever is killed between two of them leaves what it leaves before the second.
    """

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in WRITES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            frames = traceback.walk_stack(sys._getframe())
            ours = [(at.f_code.co_filename, line) for at, line in frames if PACKAGE in at.f_code.co_filename]
            step(f"{event} {ours}")

    sys.addaudithook(hook)
    do()


def killed(at: int, do: Callable[[], object]) -> bool:
    """Do something in a process that is killed before the step of that number; False where it came to its end."""
    left = [at]

    def step(_: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return ended(forked(lambda: hooked(step, do))) == -signal.SIGKILL


def points(do: Callable[[], object], *, thorough: bool) -> list[int]:
    """Do something; return before which of its steps to kill it, and one too many.

    Of those by the same lines of ours the first stands for all, but of those that move things the last does too.
    """
    with tempfile.TemporaryFile("w+") as told:

        def work() -> None:
            hooked(lambda step: told.write(f"{step}\n") and None, do)
            told.flush()

        assert ended(forked(work)) == 0
        told.seek(0)
        steps = told.readlines()
    last = {step: at for at, step in enumerate(steps, 1) if step.startswith("os.rename")}
    first = {step: at for at, step in reversed([*enumerate(steps, 1)])}
    chosen = range(1, len(steps) + 1) if thorough else sorted({*first.values(), *last.values()})
    return [*chosen, len(steps) + 1]


def test_a_backup_that_is_killed_is_not_there_or_is_whole(tmp_path: Path, *, thorough: bool) -> None:
    house = fill(House(tmp_path / "there"), "backedup")
    place, path = house.settings, tmp_path / "b.zip"
    house.close()

    def make() -> None:
        back_up(place, Inbox(place.database), path, NOON)

    came_to_its_end = []
    for at in points(make, thorough=thorough):
        path.unlink(missing_ok=True)
        came_to_its_end.append(not killed(at, make))
        if path.exists():
            with read_archive(path) as found:
                found.verify()
        else:
            assert not came_to_its_end[-1]
    assert came_to_its_end == [False] * (len(came_to_its_end) - 1) + [True]


@pytest.mark.parametrize("there", [False, True])
def test_a_restore_that_is_killed_changed_nothing_or_left_no_board_and_can_be_done_again(
    archive: Path, tmp_path: Path, *, there: bool, thorough: bool
) -> None:
    source, kept = state(archive.parent), tmp_path / "kept"
    house = fill(House(kept), "was here")
    house.close()
    before = state(kept) if there else ({}, {}, "")
    folder = tmp_path / "folder"
    place = settings_in(folder)

    def fresh() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            shutil.copytree(kept, folder)

    def make() -> None:
        restore(place, Inbox(place.database), archive, replace=there)

    seen = set()
    fresh()
    # What is read and written is the same whether a board is there: each point is tried with one or without one.
    step = slice(None) if thorough else slice(int(there), None, 2)
    for at in points(make, thorough=thorough)[step]:
        fresh()
        was_killed = killed(at, make)
        rows, files, secret = state(folder)
        if not (rows and any(rows.values())):
            rows = {}
        seen.add("after" if (rows, files, secret) == source else "before" if (rows, files) == before[:2] else "between")
        if "between" in seen and (rows, files, secret) != source and (rows, files) != before[:2]:
            assert "board.toml" not in files
            assert rows in (before[0], source[0])
        assert was_killed or (rows, files, secret) == source
        inbox = Inbox(place.database)
        restore(place, inbox, archive, replace=True)
        inbox.close()
        assert state(folder) == source
        assert sorted(os.listdir(place.content)) == sorted(visible(place.content))
    assert {"before", "after"} <= seen


# --- Full ---


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """Let no file grow beyond some bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 100, 2000])
def test_a_full_disk_leaves_no_backup_and_is_told(house: House, size: int) -> None:
    fill(house, "backedup")
    folder = house.folder / "backups"
    folder.mkdir()
    with small_files(size), pytest.raises(OSError, match=r"too large.*b\.zip"):
        back_up(house.settings, house.inbox, folder / "b.zip", NOON)
    assert os.listdir(folder) == []


@pytest.mark.parametrize("size", [5, 20_000, 200_000])
def test_a_full_disk_restores_nothing(house: House, archive: Path, size: int) -> None:
    fill(house, "was here")
    big = forge(archive, house.folder / "big.zip", {"record/large.md": os.urandom(100_000)})
    before = state(house.folder)
    with small_files(size), pytest.raises((OSError, StoreUnavailableError)):
        restore(house.settings, house.inbox, big, replace=True)
    assert state(house.folder) == before
    assert sorted(os.listdir(house.content)) == sorted(visible(house.content))


# --- Archives that mean harm, or were harmed ---

ROW = {"slug": "acme", "settings": "", "board": ""}


def row(**facts: object) -> bytes:
    return json.dumps({**ROW, **facts}).encode() + b"\n"


NOBODYS = b'{"number": "nobody00", "email": "canary@x", "reference": "", "confirmed": null, "notice": null}\n'

HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "up": ({"members": {"record/../../evil": b"x"}}, "a member that no backup has: 'record/../../evil'"),
    "absolute": ({"members": {"/etc/evil": b"x"}}, "a member that no backup has: '/etc/evil'"),
    "absolute in the record": ({"members": {"record//etc/evil": b"x"}}, "a member that no backup has"),
    "hidden": ({"members": {"record/.git/hooks/post-checkout": b"x"}}, "a member that no backup has"),
    "backslash": ({"members": {"record/..\\evil": b"x"}}, "a member that no backup has"),
    "line end": ({"members": {"record/a\nb": b"x"}}, "a member that no backup has"),
    "long": ({"members": {"record/" + "a" * 256: b"x"}}, "a member that no backup has"),
    "elsewhere": ({"members": {"settings.toml": b"x"}}, "a member that no backup has"),
    "link": (
        {"members": {"record/link": b"/etc/passwd"}, "kinds": {"record/link": stat.S_IFLNK | 0o777}},
        "a member that is no file: 'record/link'",
    ),
    "folder": ({"members": {"record/folder/": b""}}, "a member that is no file: 'record/folder/'"),
    "file as folder": ({"members": {"record/about.md/x": b"x"}}, "and another file of the archive have one name"),
    "unnamed": ({"change": lambda facts: facts["members"].pop("record/about.md")}, "not the members that its manifest"),
    "not there": ({"change": lambda facts: facts["members"].update({"record/x": ""})}, "not the members that its"),
    "other digest": (
        {"change": lambda facts: facts["members"].update({"record/about.md": "0" * 64})},
        "is damaged: record/about.md has another SHA-256 than its manifest says",
    ),
    "other count": ({"change": lambda facts: facts["rows"].update(case=2)}, "case has 1 rows; the manifest counts 2"),
    "newer schema": ({"change": lambda facts: facts.update(schema="9999")}, "newer schema '9999': update Amends first"),
    "no schema": ({"change": lambda facts: facts.update(schema="base")}, "newer schema 'base'"),
    "other format": (
        {"change": lambda facts: facts.update(format=2)},
        "has the format 2; this version reads 1: update",
    ),
    "no manifest of ours": ({"change": lambda facts: facts.clear()}, "does not say so"),
    "more keys": ({"change": lambda facts: facts.update(more=1)}, "other keys or values"),
    "list of members": ({"change": lambda facts: facts.update(members=[])}, "other keys or values"),
    "no counts": ({"change": lambda facts: facts["rows"].update(case="1")}, "counts no rows"),
    "another table": ({"members": {"store/other.jsonl": b""}}, "not the tables of its schema: other"),
    "a table less": ({"members": {"store/case.jsonl": None}}, "not the tables of its schema: case"),
    "uncounted table": ({"change": lambda facts: facts["rows"].pop("case")}, "not the tables that its manifest counts"),
    "no secret": ({"members": {"secret.key": b"x" * 64}}, "has a secret.key that is none"),
    "no JSON": ({"members": {"store/company.jsonl": b"{\n"}}, "row 1 of company is not one of this table"),
    "deep JSON": ({"members": {"store/company.jsonl": b"[" * 10**5 + b"\n"}}, "row 1 of company is not one"),
    "no end": ({"members": {"store/company.jsonl": row()[:-1]}}, "row 1 of company is cut off or too long"),
    "a list": ({"members": {"store/company.jsonl": row() + b"[]\n"}}, "row 2 of company .* it has other columns"),
    "other columns": ({"members": {"store/company.jsonl": row(more=1)}}, "it has other columns"),
    "a number": ({"members": {"store/company.jsonl": row(board=1)}}, "board is of another kind"),
    "nothing": ({"members": {"store/company.jsonl": row(board=None)}}, "board is empty"),
    "bytes": ({"members": {"store/company.jsonl": row(board={"base64": "eA=="})}}, "board is of another kind"),
    "no base64": ({"members": {"store/company.jsonl": row(board={"base64": "?"})}}, "row 1 of company is not one"),
    "an object": ({"members": {"store/company.jsonl": row(board={"a": 1})}}, "board is of another kind"),
    "a key twice": ({"members": {"store/company.jsonl": row() * 2}}, r"among the rows 1 to 2 of company is one that"),
    "nobody's": (
        {"members": {"store/contact.jsonl": NOBODYS}},
        "among the rows 1 to 1 of contact is one that this database does not take",
    ),
}


@pytest.mark.parametrize(("given", "why"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_is_told_in_a_sentence_and_changes_nothing(
    archive: Path, tmp_path: Path, given: dict[str, Any], why: str
) -> None:
    house = fill(House(tmp_path / "there"), "was here")
    before = state(house.folder)
    forged = forge(archive, tmp_path / "forged.zip", **given)
    outside = {str(path) for path in tmp_path.rglob("*") if house.folder not in path.parents}
    with pytest.raises(ArchiveError, match=why) as error:
        restore(house.settings, house.inbox, forged, replace=True)
    assert "canary" not in str(error.value)
    assert "\n" not in str(error.value)
    assert state(house.folder) == before
    assert sorted(os.listdir(house.content)) == sorted(visible(house.content))
    assert {str(path) for path in tmp_path.rglob("*") if house.folder not in path.parents} == outside
    house.close()


def test_what_means_harm_to_others_is_all_that_the_forged_archives_are_refused_for(
    archive: Path, tmp_path: Path
) -> None:
    place = settings_in(tmp_path / "new")
    inbox = Inbox(place.database)
    restore(place, inbox, forge(archive, tmp_path / "same.zip"))
    inbox.close()
    assert state(tmp_path / "new") == state(archive.parent)


def refusal(path: Path, folder: Path) -> str:
    place = settings_in(folder)
    inbox = Inbox(place.database)
    try:
        with pytest.raises(ArchiveError) as error:
            restore(place, inbox, path)
    finally:
        inbox.close()
    assert not place.content.exists()
    return str(error.value)


def test_two_members_of_one_name_are_refused(archive: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(archive, tmp_path / "twice.zip"))
    with zipfile.ZipFile(path, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr("record/about.md", "other words")
    assert refusal(path, tmp_path / "new") == f"{path} has two members of one name"


def test_a_member_in_another_form_is_refused(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "bzip2.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as opened:
        for name, data in members_of(archive).items():
            opened.writestr(name, data)
    assert "has a member in a form that no backup has" in refusal(path, tmp_path / "new")


def test_an_archive_that_would_fill_the_disk_is_refused_before_it_is_read(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members_of(archive).items():
            opened.writestr(name, data)
        opened.getinfo("record/about.md").file_size = 2**60
    said = refusal(path, tmp_path / "new")
    assert f"would need {sum(map(len, members_of(archive).values())) - 8 + 2**60:,} bytes; " in said


def test_a_manifest_that_would_fill_the_memory_is_refused_before_it_is_read(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    members = members_of(archive)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            opened.writestr(name, data + b" " * (8192 * len(members) if name == "manifest.json" else 0))
    assert refusal(path, tmp_path / "new") == f"{path} has a manifest.json that is too large"


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive at all", struct.pack("<4s4H2LH", b"PK\5\6", *[0] * 7)])
def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    assert "is no backup" in refusal(put(tmp_path / "x.zip", data), tmp_path / "new")


@settings(max_examples=60 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_archive_that_is_cut_off_or_changed_anywhere_restores_nothing_or_the_same(
    archive: Path, data: st.DataObject
) -> None:
    whole = archive.read_bytes()
    changed = (
        bytearray(whole[: data.draw(st.integers(0, len(whole)))]) if data.draw(st.booleans()) else bytearray(whole)
    )
    for _ in range(data.draw(st.integers(0 if len(changed) < len(whole) else 1, 3)) if changed else 0):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = settings_in(folder / "new")
        inbox = Inbox(place.database)
        said = ""
        try:
            restore(place, inbox, put(folder / "x.zip", bytes(changed)))
        except ArchiveError as error:
            said = str(error)
        finally:
            inbox.close()
        if said:
            assert "\n" not in said
            assert not place.content.exists()
            assert not place.instance.joinpath("amends.db").exists()
        else:
            assert state(folder / "new") == state(archive.parent)


@given(
    st.text() | st.lists(st.sampled_from(["a", "..", ".", "", "ä", "\\", "b\0", "x" * 300]), max_size=4).map("/".join)
)
def test_a_safe_path_leads_below_its_folder(path: str) -> None:
    if is_safe(path):
        below = os.path.normpath(f"/record/{path}")
        assert below == f"/record/{path}"
        assert not any(character in path for character in "\0\n\\")
        assert path.encode()


def test_ordinary_paths_are_safe() -> None:
    for path in ("board.toml", "acme/2026/11/7k3m9qxz.md", "acme/ledger/2026-11.csv", "a b/ä (1).md", "a..b"):
        assert is_safe(path), path


def test_a_store_that_is_busy_for_too_long_restores_nothing(
    house: House, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.0)
    fill(house, "was here")
    before = state(house.folder)
    other = Inbox(house.settings.database)
    with house.inbox.writing() as connection:
        cases.add(connection, [Arrival(a_received("9zzz9zzz"), Contact(), "other", b"d" * 32)])
        with pytest.raises(StoreUnavailableError, match="locked"):
            restore(house.settings, other, archive, replace=True)
        connection.rollback()
    other.close()
    assert state(house.folder) == before


def test_board_toml_is_the_first_to_go_and_the_last_to_come(
    house: House, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, "was here")
    put(house.content / "aaa.md", "x")
    moved, rename = [], os.rename

    def watch(source: Path, target: Path) -> None:
        moved.append((source.parent.name[:6], target.name))
        rename(source, target)

    monkeypatch.setattr(os, "rename", watch)
    restore(house.settings, house.inbox, archive, replace=True)
    assert moved[0] == ("conten", "board.toml")
    assert moved[-1] == (".resto", "board.toml")
    assert [place for place, _ in moved] == ["conten"] * 5 + [".resto"] * 4
