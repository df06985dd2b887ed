"""The generator: whole boards or none, and faults that hide nothing."""

import errno
import fcntl
import os
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.board import freeze, swap
from amends.board.freeze import BuildError, build
from amends.cli import main
from amends.record import RecordError, case_file
from tests.factories import a_case, after, make_board
from tests.house import House

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def published(house: House, text: str = "My parcel is late.", key: str = "a") -> tuple[str, Path]:
    """Let a case be public; return its number and its file."""
    number = house.receive(text=text, key=key * 32)
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    return number, path


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=env)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_example_board_builds_without_fault_and_every_internal_link_leads_somewhere(tmp_path: Path) -> None:
    built = build(ROOT / "content", tmp_path / "public", tmp_path / "cache", NOW, strict=True)
    assert built.cases >= 14
    assert built.faults == ()
    pages = files_of(tmp_path / "public")
    for name, page in pages.items():
        if name.endswith(".html"):
            for target in internal_links(page.decode()):
                assert target in pages, (name, target)


def internal_links(page: str) -> set[str]:
    found = set()
    for address in re.findall(r'(?:href|src)="(/[^"#?]*)', page):
        found.add(address.lstrip("/") + ("index.html" if address.endswith("/") else ""))
    return found


def test_the_same_record_and_instant_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build(ROOT / "content", tmp_path / name, tmp_path / f"cache-{name}", NOW)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_the_board_works_under_a_path(tmp_path: Path) -> None:
    build(ROOT / "content", tmp_path / "public", tmp_path / "cache", NOW, base_url="https://x.example/board/")
    home = (tmp_path / "public" / "index.html").read_text()
    assert 'href="/board/radlager/"' in home
    assert 'href="/radlager/"' not in home


def test_a_typo_keeps_the_last_good_version_of_a_case_and_says_so(house: House) -> None:
    number, path = published(house)
    path.write_text(path.read_text().replace("kind: complaint", "kind: rant"))
    house.worker.turn()
    page = house.page(f"acme/{number}")
    assert "My parcel is late." in page
    assert "fault" in page
    result = run("check", house.content)
    assert result.exit_code == 1
    assert f"{number}.md:3: kind: found 'rant', expected one of complaint" in result.output


def test_a_faulty_case_that_never_was_good_is_a_placeholder_that_counts_as_unanswered(house: House) -> None:
    number, path = published(house)
    path.write_text("---\nnonsense\n---\n")
    result = run("build", house.content, "--out", house.folder / "fresh", "--cache", house.folder / "other-cache")
    assert result.exit_code == 0
    assert "placeholder" in result.output
    page = (house.folder / "fresh" / "acme" / number / "index.html").read_text()
    assert "cannot be read" in page
    assert number in (house.folder / "fresh" / "acme" / "open" / "index.html").read_text()


def test_strict_leaves_the_old_board_whole_and_names_the_fault(house: House) -> None:
    _, path = published(house)
    before = files_of(house.public)
    path.write_text(path.read_text().replace("---\n", "---\ncolour: red\n", 1))
    result = run("build", house.content, "--out", house.public, "--cache", house.folder / "cache", "--strict")
    assert result.exit_code == 1
    assert "colour: found an unknown key" in result.output
    assert files_of(house.public) == before


def test_two_cases_with_one_number_are_told_and_the_first_one_keeps_it(house: House) -> None:
    number, path = published(house)
    twin = house.content / "bolt" / path.relative_to(house.content / "acme")
    twin.parent.mkdir(parents=True)
    twin.write_text(path.read_text().replace("My parcel", "Another parcel"))
    result = run("build", house.content, "--out", house.public, "--cache", house.folder / "cache")
    assert f"the number {number} a second time" in result.output
    assert "My parcel is late." in house.page(f"acme/{number}")
    assert "Another parcel" not in house.page(f"bolt/{number}")


def test_a_folder_that_is_no_board_is_wrong_usage(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        result = run("build", folder, "--out", tmp_path / "public", "--cache", tmp_path / "cache")
        assert result.exit_code == 2
        assert "it has no board.toml" in result.output


def test_a_broken_board_toml_leaves_the_old_board_and_names_the_line(house: House) -> None:
    published(house)
    before = files_of(house.public)
    (house.content / "board.toml").write_text('title = "x"\nbase_url = 3\n')
    result = run("build", house.content, "--out", house.public, "--cache", house.folder / "new-cache")
    assert result.exit_code == 1
    assert "board.toml:2: base_url" in result.output
    assert files_of(house.public) == before


@pytest.mark.parametrize("call", ["mkdir", "write", "fsync", "rename"])
def test_a_build_that_fails_leaves_the_old_board_whole(
    house: House, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(house)
    before = files_of(house.public)
    with house.inbox.reading():
        pass

    def failing(*_arguments: object, **_keywords: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "write":
        real = Path.write_bytes

        def write_page(path: Path, data: bytes) -> object:
            return failing() if path.suffix == ".html" else real(path, data)

        monkeypatch.setattr(Path, "write_bytes", write_page)
    elif call == "rename":
        monkeypatch.setattr(swap, "_exchange", lambda *_: errno.EINVAL)
    else:
        monkeypatch.setattr(os, call, failing)
    with pytest.raises(OSError, match=r"No space|cannot exchange"):
        build(house.content, house.public, house.folder / "cache", house.now)
    monkeypatch.undo()
    assert files_of(house.public) == before


def test_a_reader_sees_a_whole_board_at_every_moment_of_the_exchange(tmp_path: Path) -> None:
    old, new = tmp_path / "board", tmp_path / ".new"
    for folder, word in ((old, "old"), (new, "new")):
        folder.mkdir()
        (folder / "a").write_text(word)
        (folder / "b").write_text(word)
    swap.put_in_place(new, old)
    assert files_of(old) == {"a": b"new", "b": b"new"}
    assert files_of(new) == {"a": b"old", "b": b"old"}


def test_a_file_system_that_cannot_exchange_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("board", "new"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(swap, "_exchange", lambda *_: errno.EINVAL)
    with pytest.raises(swap.CannotSwapError, match=r"--out FOLDER"):
        swap.put_in_place(tmp_path / "new", tmp_path / "board")


def test_the_machines_time_zone_and_locale_change_nothing(tmp_path: Path) -> None:
    for zone, locale in (("Pacific/Kiritimati", "tr_TR.UTF-8"), ("America/St_Johns", "C")):
        out = tmp_path / zone.replace("/", "-")
        subprocess.run(
            [
                *(sys.executable, "-m", "amends", "build", str(ROOT / "content"), "--now", "2026-11-22T12:00:00Z"),
                *("--out", str(out), "--cache", str(tmp_path / f"cache-{locale}")),
            ],
            env={**os.environ, "TZ": zone, "LC_ALL": locale},
            check=True,
            capture_output=True,
        )
    first, second = (files_of(folder) for folder in tmp_path.iterdir() if not folder.name.startswith("cache"))
    assert first == second


def test_a_wrong_now_is_wrong_usage() -> None:
    result = run("build", ROOT / "content", "--now", "yesterday")
    assert result.exit_code == 2
    assert "2026-11-02T09:14:05Z" in result.output


def test_source_date_epoch_is_the_instant_of_the_build(tmp_path: Path) -> None:
    arguments = ("build", ROOT / "content", "--out", tmp_path / "public", "--cache", tmp_path / "cache")
    assert run(*arguments, env={"SOURCE_DATE_EPOCH": "1795348800"}).exit_code == 0
    assert "22 November 2026" in (tmp_path / "public" / "index.html").read_text()


def test_nothing_shown_without_its_last_good_version_is_lost_when_the_record_itself_is_broken(house: House) -> None:
    published(house)
    (house.content / "board.toml").write_text("not toml")
    with pytest.raises(RecordError):
        build(house.content, house.public, house.folder / "empty-cache", house.now)
    built = build(house.content, house.public, house.folder / "cache", house.now)
    assert len(built.faults) == 1


def test_only_one_build_at_a_time_works_on_a_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, cache, held = make_board(tmp_path), tmp_path / "cache", []
    cache.mkdir()
    real = swap.put_in_place

    def spy(new: Path, place: Path) -> None:
        with (cache / "build.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
        real(new, place)

    monkeypatch.setattr(freeze, "put_in_place", spy)
    build(content, tmp_path / "public", cache, after(1))
    assert held == [True]


def test_what_a_broken_build_left_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    (tmp_path / ".public.next").mkdir()
    (tmp_path / ".public.next" / "half.html").write_text("half a page")
    build(content, tmp_path / "public", tmp_path / "cache", after(1))
    assert not (tmp_path / "public" / "half.html").exists()


def test_no_folder_is_left_beside_the_board(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    for _ in range(2):
        build(content, tmp_path / "public", tmp_path / "cache", after(1))
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["cache", "content", "public"]


def test_the_whole_new_board_is_on_disk_before_it_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    real_fsync, real_swap = os.fsync, swap.put_in_place

    def fsync(handle: int) -> None:
        synced.add(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real_fsync(handle)

    def put_in_place(new: Path, place: Path) -> None:
        assert {str(file) for file in (new, *new.rglob("*"))} <= synced
        real_swap(new, place)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(freeze, "put_in_place", put_in_place)
    assert build(make_board(tmp_path), tmp_path / "public", tmp_path / "cache", after(1)).pages > 1


def test_a_board_whose_files_are_not_its_pages_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_board(tmp_path, a_case(text="My parcel is late."))
    build(content, tmp_path / "public", tmp_path / "cache", after(1))
    before = files_of(tmp_path / "public")
    real = freeze._file_of
    monkeypatch.setattr(freeze, "_file_of", lambda url: real(url).replace("acme/index", "acme/other"))
    with pytest.raises(BuildError, match="the old board is as it was"):
        build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert files_of(tmp_path / "public") == before


def test_an_address_of_the_board_may_lack_its_last_slash(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    for name, address in (("one", "https://x.example/board"), ("other", "https://x.example/board/")):
        build(content, tmp_path / name, tmp_path / "cache", after(1), base_url=address)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_the_next_build_is_due_at_the_first_of_all_deadlines(tmp_path: Path) -> None:
    early, late = a_case(text="x"), a_case(number="2abc4def", received=after(5), text="y")
    content = make_board(tmp_path, early, late)
    assert build(content, tmp_path / "public", tmp_path / "cache", after(6)).next_due == early.reply_by


def test_an_accent_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    with (content / "acme" / "company.toml").open("a") as file:
        file.write('accent = "#ffff00"\n')
    (warning,) = build(content, tmp_path / "public", tmp_path / "cache", after(1)).warnings
    assert warning.startswith("acme/company.toml: accent: ")


@pytest.mark.parametrize("damage", ["another version", "no database"])
def test_a_memory_that_cannot_be_trusted_is_begun_anew(house: House, damage: str) -> None:
    number, path = published(house)
    memory = house.folder / "cache" / "last-good.db"
    if damage == "no database":
        memory.write_bytes(b"no database " * 1000)
    else:
        store = sqlite3.connect(memory)
        store.execute("PRAGMA user_version = 99")
        store.close()
    path.write_text(path.read_text().replace("kind: complaint", "kind: rant"))
    build(house.content, house.public, house.folder / "cache", house.now)
    assert "cannot be read" in house.page(f"acme/{number}")
