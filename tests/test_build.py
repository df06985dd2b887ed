"""The generator: whole boards or none, and faults that hide nothing."""

import contextlib
import errno
import fcntl
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask_frozen import Freezer

from amends.board.frame import Frame
from amends.cli import main
from amends.generator import swap
from amends.generator.build import BuildError, build
from amends.record import RecordError, case_file, exclusive
from amends.shelves import scan
from tests.factories import NUMBER, START, a_case, after, an_event, make_board, put_case
from tests.house import House

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def house(prompt_house: House) -> House:
    return prompt_house


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


def failing(*_arguments: object, **_keywords: object) -> object:
    raise OSError(errno.ENOSPC, "No space left on device")


def fail(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Let one kind of call fail, as on a full disk."""
    if call == "write":
        real = Path.write_bytes

        def write_page(path: Path, data: bytes) -> object:
            return failing() if path.suffix == ".html" else real(path, data)

        monkeypatch.setattr(Path, "write_bytes", write_page)
    elif call == "exchange":
        monkeypatch.setattr(swap, "_exchange", lambda *_: errno.EINVAL)
    else:
        monkeypatch.setattr(os, call, failing)


@pytest.mark.parametrize("call", ["mkdir", "write", "fsync", "exchange"])
def test_a_build_that_fails_leaves_the_old_board_whole_and_the_next_one_makes_up_for_it(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_board(tmp_path, a_case(text="My parcel is late."))
    place, cache = tmp_path / "public", tmp_path / "cache"
    build(content, place, cache, after(1))
    before = files_of(place)
    put_case(content, a_case(number="2abc4def", received=after(1), text="Another."))
    fail(monkeypatch, call)
    with pytest.raises(OSError, match=r"No space|cannot exchange"):
        build(content, place, cache, after(2))
    monkeypatch.undo()
    assert files_of(place) == before
    assert build(content, place, cache, after(2)).cases == 2
    build(content, tmp_path / "fresh", tmp_path / "other-cache", after(2))
    assert files_of(place) == files_of(tmp_path / "fresh")


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
    first, second = (files_of(folder) for folder in tmp_path.iterdir() if not folder.name.startswith(("cache", ".")))
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


def is_held(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_board_is_locked_from_the_first_file_read_to_the_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, cache, held = make_board(tmp_path, a_case(text="x")), tmp_path / "cache", []
    real = swap._exchange

    def watch(what: str, _: int, things: Iterable[Any], *__: object) -> Iterator[Any]:
        held.append((what, is_held(cache / "build.lock")))
        return iter(things)

    def exchange(new: bytes, place: bytes) -> int:
        held.append(("Exchanging", is_held(cache / "build.lock")))
        return real(new, place)

    build(content, tmp_path / "public", cache, after(1))
    put_case(content, a_case(number="2abc4def", received=after(1), text="y"))
    monkeypatch.setattr(swap, "_exchange", exchange)
    build(content, tmp_path / "public", cache, after(2), watch=watch)
    assert held[0] == ("Reading", True)
    assert held[-1] == ("Exchanging", True)
    assert all(it_is for _, it_is in held)
    assert not is_held(cache / "build.lock")


def test_a_second_build_waits_for_the_first_and_then_both_are_done(tmp_path: Path) -> None:
    content, cache = make_board(tmp_path, a_case(text="x")), tmp_path / "cache"
    with exclusive(cache, "build"):
        second = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "amends", "build", str(content), "--now", f"2026-11-02T1{hour}:00:00Z"),
                    *("--out", str(tmp_path / "public"), "--cache", str(cache)),
                ],
                stderr=subprocess.PIPE,
            )
            for hour in range(2)
        ]
        # Whoever waits for a lock stands in the list of the system's locks, with an arrow before it.
        waiting = set()
        while len(waiting) < len(second) and all(process.poll() is None for process in second):
            waiting = {process.pid for process in second if waits(process.pid)}
        assert not (tmp_path / "public").exists()
    for process in second:
        _, said = process.communicate()
        assert process.returncode == 0, said
    build(content, tmp_path / "public", cache, after(3))
    build(content, tmp_path / "fresh", tmp_path / "other-cache", after(3))
    assert files_of(tmp_path / "public") == files_of(tmp_path / "fresh")


def waits(process: int) -> bool:
    """Whether a process waits for a lock on a file (proc_locks(5))."""
    return re.search(rf"-> FLOCK\s+ADVISORY\s+WRITE {process} ", Path("/proc/locks").read_text()) is not None


def test_what_a_broken_build_left_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    (tmp_path / ".public.next").mkdir()
    (tmp_path / ".public.next" / "half.html").write_text("half a page")
    build(content, tmp_path / "public", tmp_path / "cache", after(1))
    assert not (tmp_path / "public" / "half.html").exists()


def test_beside_the_board_stands_nothing_but_its_hidden_second_generation(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    for day in (2, 3, 4):
        build(content, tmp_path / "public", tmp_path / "cache", START.replace(day=day))
        beside = {folder.name for folder in tmp_path.iterdir()} - {".public.next"}
        assert beside == {"cache", "content", "public"}


def test_a_page_that_would_be_written_to_another_file_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_board(tmp_path, a_case(text="My parcel is late."))
    build(content, tmp_path / "public", tmp_path / "cache", after(1))
    before = files_of(tmp_path / "public")
    put_case(content, a_case(an_event("reply", 1), text="My parcel is late."))
    real = Freezer.urlpath_to_filepath

    def merged(freezer: Freezer, path: str) -> str:
        return str(real(freezer, path)).replace(f"acme/{NUMBER}/", "acme/all/")

    monkeypatch.setattr(Freezer, "urlpath_to_filepath", merged)
    with pytest.raises(BuildError, match=rf"acme/{NUMBER}/"):
        build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert files_of(tmp_path / "public") == before


def test_a_board_with_a_link_that_leads_nowhere_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_board(tmp_path, a_case(text="My parcel is late."))
    build(content, tmp_path / "public", tmp_path / "cache", after(1))
    before = files_of(tmp_path / "public")
    put_case(content, a_case(an_event("reply", 1), text="My parcel is late."))
    real = Frame.write
    monkeypatch.setattr(Frame, "write", lambda frame, page: real(frame, page) + '<a href="/nowhere/">there</a>')
    with pytest.raises(BuildError, match=r"(?s)/nowhere/.*The old board is as it was"):
        build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert files_of(tmp_path / "public") == before
    monkeypatch.undo()
    build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert "Olga" in (tmp_path / "public" / "acme" / NUMBER / "index.html").read_text("utf-8")


def test_a_link_of_a_persons_that_leads_nowhere_is_told_and_keeps_no_board_back(tmp_path: Path) -> None:
    reply = an_event("reply", 1, text="See [there](https://board.example/acme/nowhere/).")
    content = make_board(tmp_path, a_case(reply, text="My parcel is late."))
    (warning,) = build(content, tmp_path / "public", tmp_path / "cache", after(2)).warnings
    assert warning.startswith(f"acme/{NUMBER}/index.html: ")
    assert "/acme/nowhere/" in warning


def test_words_that_were_taken_back_stand_in_no_file_beside_the_board_either(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="The wheels were bent."), a_case(number="2abc4def", text="Other."))
    for hours in (1, 2):
        build(content, tmp_path / "public", tmp_path / "cache", after(hours))
    put_case(content, a_case(an_event("withdrawn", 2)))
    build(content, tmp_path / "public", tmp_path / "cache", after(3))
    generations = [folder for folder in tmp_path.iterdir() if folder.name not in ("cache", "content")]
    assert generations
    assert not [name for folder in generations for name, page in files_of(folder).items() if b"wheels" in page]


def test_a_page_whose_case_is_gone_goes_with_it(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="x"))
    path = put_case(content, a_case(number="2abc4def", received=after(1), text="y"))
    build(content, tmp_path / "public", tmp_path / "cache", after(2))
    path.unlink()
    built = build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert (built.cases, built.removed) == (1, 1)
    assert not (tmp_path / "public" / "acme" / "2abc4def").exists()


def test_a_build_without_a_change_writes_nothing_and_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_board(tmp_path, a_case(text="x"))
    # Else files that are younger than two seconds would be read again.
    monkeypatch.setattr(scan, "YOUNG", 0)
    first = build(content, tmp_path / "public", tmp_path / "cache", after(1))
    pages = {file: file.stat().st_ino for file in (tmp_path / "public").rglob("*")}
    second = build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert (second.changed, second.removed) == (0, 0)
    assert (second.pages, second.cases, second.next_due) == (first.pages, first.cases, first.next_due)
    assert {file: file.stat().st_ino for file in (tmp_path / "public").rglob("*")} == pages


def test_another_address_of_the_board_is_on_all_its_pages_and_not_remembered(tmp_path: Path) -> None:
    content, place, cache = make_board(tmp_path, a_case(text="x")), tmp_path / "public", tmp_path / "cache"
    build(content, place, cache, after(1))
    before = files_of(place)
    build(content, place, cache, after(1), base_url="https://x.example/board/")
    assert all(b"https://board.example" not in page for page in files_of(place).values())
    assert b'href="/board/acme/"' in files_of(place)["index.html"]
    build(content, place, cache, after(1))
    assert files_of(place) == before


def test_an_address_of_the_board_may_lack_its_last_slash(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    for name, address in (("one", "https://x.example/board"), ("other", "https://x.example/board/")):
        build(content, tmp_path / name, tmp_path / "cache", after(1), base_url=address)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_the_next_build_is_due_at_the_first_deadline_of_the_day_or_else_with_the_next_day(tmp_path: Path) -> None:
    early, late = a_case(text="x"), a_case(number="2abc4def", received=after(5), text="y")
    content = make_board(tmp_path, early, late)
    tomorrow = datetime(2026, 11, 3, tzinfo=UTC)
    for now, due in (
        (after(6), tomorrow),
        (tomorrow, early.reply_by),
        (early.reply_by, late.reply_by),
        (late.reply_by, datetime(2026, 11, 4, tzinfo=UTC)),
    ):
        assert build(content, tmp_path / "public", tmp_path / "cache", now).next_due == due


def test_what_is_due_is_on_the_board_at_that_instant_and_not_before(tmp_path: Path) -> None:
    content, place, cache = make_board(tmp_path, a_case(text="x")), tmp_path / "public", tmp_path / "cache"
    overdue = place / "acme" / "overdue" / "index.html"
    build(content, place, cache, after(23))
    assert NUMBER not in overdue.read_text("utf-8")
    build(content, place, cache, after(24))
    assert NUMBER in overdue.read_text("utf-8")


def test_an_accent_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    with (content / "acme" / "company.toml").open("a") as file:
        file.write('accent = "#ffff00"\n')
    (warning,) = build(content, tmp_path / "public", tmp_path / "cache", after(1)).warnings
    assert warning.startswith("acme/company.toml: accent: ")


def damage(file: Path, how: str) -> None:
    """Let a file of the cache be of another version, or no database at all."""
    if how == "no database":
        file.write_bytes(b"no database " * 1000)
        return
    store = sqlite3.connect(file)
    store.execute("PRAGMA user_version = 99")
    with contextlib.suppress(sqlite3.OperationalError), store:
        store.execute("UPDATE setting SET value = 'another' WHERE key = 'version'")
    store.close()


every_damage = pytest.mark.parametrize("how", ["another version", "no database"])


@every_damage
def test_a_memory_that_cannot_be_trusted_is_begun_anew(house: House, how: str) -> None:
    number, path = published(house)
    damage(house.folder / "cache" / "last-good.db", how)
    path.write_text(path.read_text().replace("kind: complaint", "kind: rant"))
    build(house.content, house.public, house.folder / "cache", house.now)
    assert "cannot be read" in house.page(f"acme/{number}")


@every_damage
def test_what_the_last_build_knew_is_begun_anew_where_it_cannot_be_trusted(tmp_path: Path, how: str) -> None:
    content, place, cache = make_board(tmp_path, a_case(text="x")), tmp_path / "public", tmp_path / "cache"
    build(content, place, cache, after(1))
    before = files_of(place)
    damage(cache / "board.db", how)
    assert build(content, place, cache, after(1)).changed == len(before)
    assert files_of(place) == before
