"""A record that is read again is the record as it would be read for the first time."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.record import (
    Current,
    LedgerOutcome,
    NotABoardError,
    Record,
    RecordError,
    load,
    read_text,
    write_case,
    write_ledger,
    write_whole,
)
from amends.record.folders import look
from amends.record.rereading import Rereader
from tests.effort import EFFORT
from tests.factories import (
    BOARD_TOML,
    NUMBER,
    OTHER_NUMBER,
    START,
    a_case,
    a_line,
    an_event,
    company_toml,
    make_board,
    put,
    put_case,
)
from tests.test_told import answer_file, update_file

OCTOBER = START.replace(month=10)
GOOD = write_case(a_case(an_event("reply"), text="Three weeks late."))
OTHER = write_case(a_case(number=OTHER_NUMBER, text="Four weeks late.", received=OCTOBER))
LEDGER = write_ledger([a_line(outcome=LedgerOutcome.PUBLISHED, at=START), a_line(OTHER_NUMBER)])
EARLIER = write_ledger([a_line(OTHER_NUMBER, received=OCTOBER, outcome=LedgerOutcome.PUBLISHED, at=OCTOBER)])

FILES: dict[str, tuple[str | bytes, ...]] = {
    "board.toml": (BOARD_TOML, BOARD_TOML.replace("Board", "Other"), "title ="),
    "about.md": ("Some words.", ""),
    "acme/company.toml": (company_toml(), company_toml("Other", 'topics = ["delivery"]'), "name ="),
    "acme/referrals.toml": ("made = 2\nvisited = 1\n", "made ="),
    "acme/ledger/2026-10.csv": (EARLIER, b"\xff", LEDGER),
    "acme/ledger/2026-11.csv": (LEDGER, LEDGER.replace("published", "withdrawn"), f"{LEDGER}x\n", EARLIER),
    f"acme/2026/11/{NUMBER}.md": (GOOD, GOOD.replace("Three", "Eight"), "no case", b"\xff"),
    f"acme/2026/10/{OTHER_NUMBER}.md": (OTHER, "no case"),
    f"acme/2026/10/{NUMBER}.md": (GOOD, OTHER),
    "acme/2026/stray.md": (GOOD,),
    "acme/updates/one.md": (update_file(cases=[NUMBER]), update_file(cases=[OTHER_NUMBER]), "no update"),
    "acme/answers/one.md": (answer_file(cases=[OTHER_NUMBER], topic="prices"), answer_file(), "no answer"),
    "bolt/company.toml": (company_toml("Bolt"),),
    f"bolt/2026/11/{NUMBER}.md": (GOOD.replace("Three", "Two"),),
    "bolt/ledger/2026-11.csv": (LEDGER,),
}
FOLDERS = ("acme", "acme/2026", "acme/2026/10", "acme/ledger", "acme/updates", "bolt")


class BoardAlone:
    """Remembers of a record what its board last said."""

    def __init__(self) -> None:
        self.text: str | None = None

    def recall(self, path: str) -> str | None:
        return self.text if path == "board.toml" else None

    def keep(self, path: str, text: str) -> None:
        self.text = text if path == "board.toml" else self.text


def outcome(read: Callable[[], Record]) -> Record | type[Exception]:
    try:
        return read()
    except (NotABoardError, RecordError) as error:
        return type(error)


def write(path: Path, text: str | bytes) -> None:
    if path.is_symlink():
        path.unlink()
    before = path.stat().st_mtime if path.exists() else 0
    put(path, text)
    # Two changes within one tick of the file system's clock would be none for whoever looks in between.
    os.utime(path, (before + 10, before + 10))


def replace(path: Path, text: str | bytes) -> None:
    write_whole(path, text if isinstance(text, bytes) else text.encode())


def delete(path: Path) -> None:
    path.unlink(missing_ok=True)


def link(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to("nowhere")


def move(path: Path, name: str) -> None:
    target = path.parents[len(path.parts) - path.parts.index("content") - 2] / name
    if path.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def swap_away(path: Path) -> None:
    """Take a folder away, or put it back where it was taken away."""
    aside = path.with_name(f".{path.name}")
    if path.is_dir() and not aside.exists():
        path.rename(aside)
    elif aside.exists() and not path.exists():
        aside.rename(path)


Change = tuple[Callable[..., None], str, *tuple[str | bytes, ...]]
NAMES = st.sampled_from(sorted(FILES))
CHANGES: st.SearchStrategy[Change] = st.one_of(
    *(st.tuples(st.sampled_from([write, replace]), st.just(name), st.sampled_from(FILES[name])) for name in FILES),
    st.tuples(st.just(write), NAMES, st.sampled_from([GOOD, LEDGER])),
    st.tuples(st.sampled_from([delete, link]), NAMES),
    st.tuples(st.just(move), NAMES, NAMES),
    st.tuples(st.just(swap_away), st.sampled_from(FOLDERS)),
)


@settings(max_examples=50 * EFFORT, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=12), st.booleans())
def test_after_any_changes_it_is_the_record_as_it_is_read_for_the_first_time(
    changes: list[Change], is_full: bool
) -> None:
    with TemporaryDirectory() as folder:
        content = make_board(Path(folder))
        for name, texts in FILES.items() if is_full else ():
            put(content / name, texts[0])
        rereader, memory = Rereader(content), BoardAlone()
        assert outcome(rereader) == outcome(lambda: load(content, memory))
        for change, name, *more in changes:
            change(content / name, *more)
            assert outcome(rereader) == outcome(lambda: load(content, memory)), (change, name)


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, but for board.toml."""
    read: list[str] = []

    def counted(path: Path, shown: str) -> str:
        read.extend([shown] if shown != "board.toml" else [])
        return read_text(path, shown)

    monkeypatch.setattr("amends.record.walk.read_text", counted)
    return read


def many(tmp_path: Path) -> Path:
    """A record of many cases, of which two are cited by an update."""
    numbers = [f"{number:08}" for number in range(20)]
    cases = [a_case(number=number, text="Late.", received=START.replace(day=1 + int(number))) for number in numbers]
    content = make_board(tmp_path, *cases, lines=[a_line(number) for number in numbers])
    put(content / "acme/updates/one.md", update_file(cases=numbers[:2]))
    return content


def test_where_nothing_has_changed_nothing_is_read(tmp_path: Path, files_read: list[str]) -> None:
    rereader = Rereader(many(tmp_path))
    first = rereader()
    assert len(files_read) == 20 + 3
    files_read.clear()
    assert rereader() is first
    assert files_read == []


def test_after_one_case_has_changed_one_file_is_read(tmp_path: Path, files_read: list[str]) -> None:
    content = many(tmp_path)
    rereader = Rereader(content)
    rereader()
    files_read.clear()
    path = put_case(content, a_case(number="00000007", text="Later.", received=START.replace(day=8)))
    assert rereader().entry("acme", "00000007").case.text == "Later."
    assert files_read == [path.relative_to(content).as_posix()]


def test_after_a_ledger_has_changed_it_is_read_and_the_cases_of_which_it_says_something_else(
    tmp_path: Path, files_read: list[str]
) -> None:
    content = many(tmp_path)
    rereader = Rereader(content)
    ledger = content / "acme/ledger/2026-11.csv"
    rereader()
    files_read.clear()
    replace(ledger, ledger.read_text().replace("00000003,2026-11-02T09:00:00Z", "00000003,2026-11-02T08:00:00Z"))
    assert rereader() == load(content)
    assert files_read[:2] == ["acme/ledger/2026-11.csv", "acme/2026/11/00000003.md"]


def test_an_update_is_read_again_when_a_case_that_it_cites_goes(tmp_path: Path, files_read: list[str]) -> None:
    content = many(tmp_path)
    rereader = Rereader(content)
    rereader()
    for number, read in (("00000007", []), ("00000001", ["acme/updates/one.md"])):
        files_read.clear()
        (content / f"acme/2026/11/{number}.md").unlink()
        assert rereader().faults
        assert files_read == read


def test_what_was_replaced_is_seen_at_once_and_an_edit_in_place_when_its_folder_has_its_turn(tmp_path: Path) -> None:
    content = many(tmp_path)
    rereader = Rereader(content, most=0)
    before = rereader()
    path = content / "acme/2026/11/00000007.md"
    path.write_text(path.read_text().replace("Late.", "Edited in place."))
    looks = [rereader().entry("acme", "00000007").case.text for _ in look(content, {}, 0)]
    assert looks[0] == before.entry("acme", "00000007").case.text == "Late."
    assert looks[-1] == "Edited in place."
    replace(path, path.read_text().replace("Edited in place.", "Replaced."))
    assert rereader().entry("acme", "00000007").case.text == "Replaced."


def test_each_look_lists_so_many_files_that_have_not_been_for_the_longest_time(tmp_path: Path) -> None:
    content = many(tmp_path)
    for month in ("08", "09", "10"):
        for name in range(10):
            put(content / "acme/2026" / month / f"{name:08}.md", "no case")
    folders = look(content, {}, 0)
    listed = []
    for _ in range(12):
        before, folders = folders, look(content, folders, 20)
        listed.append({path for path, folder in folders.items() if folder.turn != before[path].turn})
    assert all(sum(len(folders[path].listing.files) for path in paths) <= 20 for paths in listed)
    assert set().union(*listed[:4]) == folders.keys()


def test_with_a_broken_board_the_old_one_stays_and_all_else_is_as_it_is_now(tmp_path: Path) -> None:
    content = many(tmp_path)
    current = Current(content)
    before = current()
    put(content / "board.toml", "title =")
    (content / "acme/2026/11/00000007.md").unlink()
    after = current()
    assert after.board == before.board
    assert "board.toml" in {fault.path for fault in after.faults}
    assert len(after.entries["acme"]) == len(before.entries["acme"]) - 1
