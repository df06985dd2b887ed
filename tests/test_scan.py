"""Which files of the record have changed: every change is seen, and nobody reads what is as it was."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from amends.record import LedgerOutcome, write_case
from amends.record.listing import Listing, Role, list_folder
from amends.shelves import scan as scanning
from amends.shelves.noting import note_changes
from amends.shelves.reading import Settler, settle
from amends.shelves.scan import Changes, Look, changes_in, files_of, look_at, scan
from amends.shelves.store import Store
from tests.factories import NUMBER, OTHER_NUMBER, a_case, a_line, make_board, put, put_case

FILE = f"acme/2026/11/{NUMBER}.md"
CASE = a_case(text="Three weeks late.")
LINE = a_line(outcome=LedgerOutcome.PUBLISHED)


class Shelves:
    """A record, and the store into which it is read."""

    def __init__(self, folder: Path) -> None:
        self.content, self.cache = make_board(folder, CASE, lines=[LINE]), folder / "cache"
        self.store = Store(None)

    def look(self) -> Look:
        return scan(self.store, self.content)

    def changed(self, look: Look) -> dict[str, Role]:
        """Return the files that are new or changed in the folders of a look."""
        return {change.path: change.role for found in self._in(look) for change in found.changed}

    def gone(self, look: Look) -> dict[str, Role]:
        """Return the files that are gone from the folders of a look, and with folders."""
        files = [file for folder in look.gone for file in files_of(self.store, folder)]
        return dict(chain(files, *(found.gone for found in self._in(look))))

    def _in(self, look: Look) -> list[Changes]:
        return [found for path in look.folders if (found := changes_in(self.store, self.content, path))]

    def take(self, look: Look) -> list[str]:
        """Read what has changed; return the files that were read."""
        read_: list[str] = []

        def crew(work: Callable[[Settler, Any], Any], things: Iterable[Any]) -> Iterator[Any]:
            settler = Settler(self.content, self.cache)
            for thing in things:
                read_.extend(path for number in thing for path, _ in number.read)
                yield work(settler, thing)

        note_changes(self.store, self.content, self.cache, look)
        settle(self.store, self.content, self.cache, crew)
        return read_


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    made = Shelves(tmp_path)
    yield made
    made.store.connection.close()


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file be too young to be trusted."""
    monkeypatch.setattr(scanning, "YOUNG", -(10**18))


def test_of_a_record_never_seen_everything_is_new(shelves: Shelves) -> None:
    found = shelves.look()
    assert shelves.changed(found) == {
        "board.toml": Role.BOARD,
        "acme/company.toml": Role.COMPANY,
        "acme/ledger/2026-11.csv": Role.LEDGER,
        FILE: Role.CASE,
    }
    assert set(found.folders) == {"", "acme", "acme/2026", "acme/2026/11", "acme/ledger"}
    assert (shelves.gone(found), found.gone) == ({}, [])


@pytest.mark.usefixtures("old")
def test_of_what_was_read_and_is_as_it_was_nothing_is_read(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    assert not shelves.look()


@pytest.mark.usefixtures("old")
def test_what_was_found_and_not_read_is_found_again(shelves: Shelves) -> None:
    first, second = shelves.look(), shelves.look()
    assert first == second
    assert shelves.changed(first)


def longer(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


def touched(path: Path) -> None:
    before = path.stat()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def written_anew(path: Path) -> None:
    """Put another file with the same bytes and times in its place."""
    before = path.stat()
    path.rename(path.with_name(".old"))
    path.write_bytes(path.with_name(".old").read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def turned_back(path: Path) -> None:
    """Change its bytes and neither its size nor its time."""
    before = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def locked(path: Path) -> None:
    path.chmod(0o400)


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("change", [longer, touched, written_anew, turned_back, locked])
@pytest.mark.parametrize("path", ["board.toml", "acme/company.toml", "acme/ledger/2026-11.csv", FILE])
def test_a_file_that_was_changed_in_whatever_way_is_seen_and_no_other(
    shelves: Shelves, path: str, change: Callable[[Path], None]
) -> None:
    put_case(shelves.content, replace(CASE, number=OTHER_NUMBER))
    shelves.take(shelves.look())
    change(shelves.content / path)
    found = shelves.look()
    assert list(shelves.changed(found)) == [path]
    assert list(found.folders) == [path.rpartition("/")[0]]
    shelves.take(found)
    assert not shelves.look()


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("trait", range(5), ids=["mode", "size", "time", "time of the inode", "inode"])
def test_each_of_the_traits_is_enough_to_see_a_change_by(
    shelves: Shelves, trait: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelves.take(shelves.look())

    def other(content: Path, path: str) -> Listing:
        listing = list_folder(content, path)
        for name, traits in listing.files.items():
            if listing.below(name) == FILE:
                listing.files[name] = (*traits[:trait], traits[trait] + 1, *traits[trait + 1 :])  # type: ignore[assignment]
        return listing

    monkeypatch.setattr(scanning, "list_folder", other)
    assert list(shelves.changed(shelves.look())) == [FILE]


def test_a_file_that_is_younger_than_a_clock_can_tell_is_read_again_though_nothing_of_it_changed(
    shelves: Shelves,
) -> None:
    assert shelves.take(shelves.look()) == [FILE]
    shelves.store.change("UPDATE item SET fresh = 0")
    # Whoever copies files may give them their old times: only the inode's tells how young they are.
    os.utime(shelves.content / FILE, ns=(0, 0))
    assert shelves.take(shelves.look()) == [FILE]
    assert shelves.take(shelves.look()) == [FILE]
    assert shelves.store.value("SELECT count(*) FROM item WHERE fresh") == 0


def test_a_change_within_the_same_tick_of_the_clock_is_seen(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    shelves.store.change("UPDATE item SET fresh = 0")
    path = shelves.content / FILE
    before = path.stat()
    path.write_text(path.read_text().replace("Three", "Seven"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    shelves.take(shelves.look())
    assert shelves.store.value("SELECT number FROM item WHERE fresh") == NUMBER


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("name", [".swap.md", "photo.jpg"])
def test_what_is_no_part_of_the_record_is_not_read(shelves: Shelves, name: str) -> None:
    shelves.take(shelves.look())
    put(shelves.content / "acme/2026/11" / name, "x")
    assert shelves.changed(shelves.look()) == {}


@pytest.mark.usefixtures("old")
def test_a_file_that_came_and_one_that_went_are_seen(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    (shelves.content / FILE).rename(shelves.content / f"acme/2026/11/{OTHER_NUMBER}.md")
    found = shelves.look()
    assert list(shelves.changed(found)) == [f"acme/2026/11/{OTHER_NUMBER}.md"]
    assert shelves.gone(found) == {FILE: Role.CASE}
    shelves.take(found)
    assert not shelves.look()


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("gone", [FILE, "acme/2026/11", "acme"])
def test_what_was_found_and_went_before_anybody_read_it_is_not_read(shelves: Shelves, gone: str) -> None:
    note_changes(shelves.store, shelves.content, shelves.cache, shelves.look())
    path = shelves.content / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert shelves.take(shelves.look()) == []
    assert not shelves.look()
    assert shelves.store.value("SELECT count(*) FROM file WHERE path = ?", FILE) == 0


@pytest.mark.usefixtures("old")
def test_what_was_found_and_not_read_is_read_after_a_look_that_finds_nothing_new(shelves: Shelves) -> None:
    note_changes(shelves.store, shelves.content, shelves.cache, shelves.look())
    again = shelves.look()
    assert again.begun
    assert not again.folders
    assert shelves.take(again) == [FILE]
    assert not shelves.look()


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("folder", ["acme/2026/11", "acme/2026", "acme"])
def test_of_a_folder_that_vanished_all_is_gone(shelves: Shelves, folder: str) -> None:
    shelves.take(shelves.look())
    shutil.rmtree(shelves.content / folder)
    found = shelves.look()
    assert shelves.changed(found) == {}
    assert folder in found.gone
    assert FILE in shelves.gone(found)
    assert all(path.startswith(folder) for path in shelves.gone(found))
    shelves.take(found)
    assert not shelves.look()


@pytest.mark.usefixtures("old")
def test_without_its_settings_all_of_a_company_is_gone_and_with_them_it_is_back(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    settings = shelves.content / "acme/company.toml"
    text = settings.read_text()
    settings.unlink()
    found = shelves.look()
    assert set(shelves.gone(found)) == {"acme/company.toml", "acme/ledger/2026-11.csv", FILE}
    shelves.take(found)
    settings.write_text(text)
    assert set(shelves.changed(shelves.look())) == {"acme/company.toml", "acme/ledger/2026-11.csv", FILE}


@pytest.mark.usefixtures("old")
def test_a_folder_that_became_a_link_is_gone(shelves: Shelves, tmp_path: Path) -> None:
    shelves.take(shelves.look())
    (shelves.content / "acme/2026").rename(tmp_path / "elsewhere")
    (shelves.content / "acme/2026").symlink_to(tmp_path / "elsewhere")
    found = shelves.look()
    assert FILE in shelves.gone(found)
    assert "acme" in found.folders


def test_a_record_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with Store(None) as store, pytest.raises(FileNotFoundError):
        scan(store, tmp_path / "nowhere")


# --- Only what the caller names ---


@pytest.mark.usefixtures("old")
def test_only_the_folders_of_the_files_that_are_named_are_looked_at(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    longer(shelves.content / FILE)
    longer(shelves.content / "acme/ledger/2026-11.csv")
    found = look_at(shelves.store, shelves.content, [FILE])
    assert list(shelves.changed(found)) == [FILE]
    assert list(found.folders) == ["acme/2026/11"]
    shelves.take(found)
    assert list(shelves.changed(shelves.look())) == ["acme/ledger/2026-11.csv"]


@pytest.mark.usefixtures("old")
def test_a_named_file_that_is_as_it_was_is_not_read(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    assert shelves.changed(look_at(shelves.store, shelves.content, [FILE, "board.toml"])) == {}


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("path", [FILE, "acme/ledger/2026-12.csv", "board.toml"])
def test_a_named_file_that_is_new_or_gone_is_seen(shelves: Shelves, path: str) -> None:
    shelves.take(shelves.look())
    if (shelves.content / path).exists():
        (shelves.content / path).unlink()
        assert list(shelves.gone(look_at(shelves.store, shelves.content, [path]))) == [path]
    else:
        put(shelves.content / path, "case,received,reply_by,outcome,at,first_reply\n")
        assert list(shelves.changed(look_at(shelves.store, shelves.content, [path]))) == [path]


@pytest.mark.usefixtures("old")
def test_of_a_named_file_whose_folder_vanished_the_folder_is_gone(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    shutil.rmtree(shelves.content / "acme/2026/11")
    found = look_at(shelves.store, shelves.content, [FILE])
    assert (shelves.gone(found), found.gone) == ({FILE: Role.CASE}, ["acme/2026/11"])
    shelves.take(found)
    assert shelves.store.value("SELECT standing FROM item WHERE number = ?", NUMBER) == "missing"


@pytest.mark.usefixtures("old")
def test_the_first_case_of_a_month_is_found_by_its_name_alone(shelves: Shelves) -> None:
    shelves.take(shelves.look())
    path = put_case(shelves.content, replace(CASE, number=OTHER_NUMBER, received=CASE.received.replace(month=12)))
    found = look_at(shelves.store, shelves.content, [path.relative_to(shelves.content).as_posix()])
    assert list(shelves.changed(found)) == [f"acme/2026/12/{OTHER_NUMBER}.md"]
    shelves.take(found)
    assert write_case(replace(CASE, number=OTHER_NUMBER)) != path.read_text()
    assert list(shelves.changed(shelves.look())) == []
