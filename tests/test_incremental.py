"""A board that is brought up to date is the board that is built from nothing: the same files with the same bytes.

`TEST_EFFORT=100 pytest tests/test_incremental.py` tries some thousand builds, which takes half an hour.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amends import clock
from amends.board import create_board, lists, urls
from amends.generator import build as first_look
from amends.generator import making, versions
from amends.generator.build import Built, build
from amends.generator.versions import rendering
from amends.record import NotABoardError, RecordError, load
from amends.shelves import reading, scan
from tests.changes import CHANGES, OFTEN, Change, apply
from tests.effort import EFFORT
from tests.factories import put
from tests.kept import NUMBERS, Kept, assert_same, begin, files_of, quick_folder

PACKAGE = Path(clock.__file__).parent
BASES = (None, "https://elsewhere.example/board/")


@dataclass(frozen=True)
class Step:
    """Some changes, and how the board is then built: by so many processes, with the changed files named or not.

    `mishap` is what became of the board or its cache, by its name in `MISHAPS`.
    """

    changes: tuple[Change, ...] = ()
    jobs: int = 1
    named: bool = False
    base: int = 0
    mishap: str = ""


@dataclass
class Boards:
    """One record, and two boards of it: one is brought up to date, the other is always built from nothing."""

    code: ClassVar[int] = 0
    """Stands for the version of the code."""

    folder: Path
    kept: Kept = field(init=False)

    def __post_init__(self) -> None:
        self.kept = begin(self.folder / "content")
        self.take()

    def take(self, *changes: Change, step: Step = Step()) -> Built | None:
        """Let things change, build, and compare; return what the build did, if it did anything."""
        for change in (*changes, *step.changes):
            apply(self.kept, change)
        if step.mishap:
            MISHAPS[step.mishap](self)
        renewed = self.renew(step)
        self.compare(renewed, step)
        return renewed if isinstance(renewed, Built) else None

    def renew(self, step: Step) -> Built | tuple[type, str]:
        changed = sorted(self.kept.touched) if step.named else None
        renewed = self.build("public", "cache", step, changed)
        if isinstance(renewed, Built):
            self.kept.touched.clear()
            self.kept.due = renewed.next_due
        return renewed

    def compare(self, renewed: Built | tuple[type, str], step: Step) -> None:
        """Build from nothing but what files last said without fault, and see that nothing differs."""
        shutil.rmtree(self.folder / "fresh", ignore_errors=True)
        for file in (self.folder / "fresh-cache").glob("board.db*"):
            file.unlink()
        fresh = self.build("fresh", "fresh-cache", step, None)
        if not isinstance(fresh, Built) or not isinstance(renewed, Built):
            assert fresh == renewed
            return
        assert told(renewed) == told(fresh)
        assert_same(files_of(self.folder / "public"), files_of(self.folder / "fresh"))

    def build(self, out: str, cache: str, step: Step, changed: list[Path] | None) -> Built | tuple[type, str]:
        places = (self.kept.content, self.folder / out, self.folder / cache, self.kept.now)
        try:
            return build(*places, base_url=BASES[step.base], changed=changed, jobs=step.jobs)
        except (RecordError, NotABoardError) as error:
            return type(error), str(error)


def told(built: Built) -> tuple[object, ...]:
    """What a build tells that does not depend on how it came about."""
    later = [warning for warning in built.warnings if "does not count yet" in warning]
    return built.cases, built.pages, built.faults, built.instead, later, built.next_due


# --- Mishaps of the board and of its cache ---


def lose_out(boards: Boards) -> None:
    shutil.rmtree(boards.folder / "public", ignore_errors=True)


def replace_out(boards: Boards) -> None:
    lose_out(boards)
    put(boards.folder / "public" / "index.html", "Another board.")


def lose_standby(boards: Boards) -> None:
    shutil.rmtree(boards.folder / ".public.next", ignore_errors=True)


def spoil_standby(boards: Boards) -> None:
    lose_standby(boards)
    put(boards.folder / ".public.next" / "index.html", "Half a board.")


def lose_store(boards: Boards) -> None:
    for file in (boards.folder / "cache").glob("board.db*"):
        file.unlink()


def lose_generations(boards: Boards) -> None:
    (boards.folder / "cache" / "generations.json").unlink(missing_ok=True)


def lose_cache(boards: Boards) -> None:
    for cache in ("cache", "fresh-cache"):
        shutil.rmtree(boards.folder / cache, ignore_errors=True)


def change_code(boards: Boards) -> None:
    Boards.code += 1


MISHAPS = {
    "the board is lost": lose_out,
    "another folder stands in its place": replace_out,
    "the standby is lost": lose_standby,
    "the standby is another": spoil_standby,
    "the store is lost": lose_store,
    "the generations are forgotten": lose_generations,
    "all of the cache is lost": lose_cache,
    "the code is another": change_code,
}


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """Let few cases do what many do: fill pages, fill slices, be worth a second process."""
    with small():
        yield


@contextmanager
def small() -> Iterator[None]:
    version = rendering()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "SIZE", 2)
        patch.setattr(reading, "SLICE", 3)
        patch.setattr(making, "FEW", 0)
        # Else every file is read again, by its content: none here is older than two seconds.
        patch.setattr(scan, "YOUNG", 0)
        for module in (first_look, making):
            patch.setattr(module, "rendering", lambda: f"{version} {Boards.code}")
        yield


changes = st.builds(Change, st.sampled_from([*CHANGES, *OFTEN * 3]), st.integers(0, 20), st.integers(0, 10**9))
steps = st.builds(
    Step,
    st.lists(changes, min_size=1, max_size=3).map(tuple),
    st.sampled_from([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]),
    st.booleans(),
    st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1]),
    st.sampled_from([""] * 20 + sorted(MISHAPS)),
)


@given(st.lists(steps, min_size=1, max_size=6))
@settings(max_examples=4 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_board_brought_up_to_date_is_the_board_built_from_nothing(story: list[Step]) -> None:
    with quick_folder() as folder:
        boards = Boards(folder)
        for step in story:
            boards.take(step=step)


@given(st.lists(changes, max_size=12))
@example([Change("leave a stray file", 0, 433)])
@settings(max_examples=3 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_board_built_from_files_is_the_board_of_the_record_read_as_a_whole(story: list[Change]) -> None:
    with quick_folder() as folder:
        kept = begin(folder / "content")
        for change in story:
            apply(kept, change)
        try:
            built = build(kept.content, folder / "public", folder / "cache", kept.now, jobs=1)
        except (RecordError, NotABoardError) as error:
            with pytest.raises(type(error)):
                load(kept.content)
            return
        record = load(kept.content)
        assert sorted(map(str, record.faults)) == sorted(map(str, built.faults))
        client = create_board(record, kept.now, "/below" if "/below/" in record.board.base_url else "").test_client()
        expected = {place_of(url): client.get(url).data for url in urls(record, kept.now)}
        found = {path: said for path, said in files_of(folder / "public").items() if not path.startswith("static/")}
        assert_same(found, expected)


def place_of(url: str) -> str:
    return url.removeprefix("/") + ("index.html" if url.endswith("/") else "")


# --- What was wrong once ---


@pytest.fixture
def boards() -> Iterator[Boards]:
    with quick_folder() as folder:
        yield Boards(folder)


def test_a_fault_in_a_ledger_stands_in_the_proof_though_no_case_has_changed(boards: Boards) -> None:
    path = boards.kept.ledger("acme", "2026-11")
    boards.kept.write(path, path.read_text() + "what is this?\n")
    boards.take()
    assert "1 place in the ledgers" in (boards.folder / "public" / "proof" / "index.html").read_text()


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("what", ["acme/company.toml", "acme"])
def test_a_company_that_goes_takes_all_its_pages_along_and_brings_them_back(
    boards: Boards, what: str, *, named: bool
) -> None:
    place, away = boards.kept.content / what, boards.folder / "away"
    files = [path for path in (place, *place.rglob("*")) if path.is_file()]
    for there in (False, True):
        place.rename(away) if not there else away.rename(place)
        boards.kept.touched.update(files)
        boards.take(step=Step(named=named))
        assert (boards.folder / "public" / "acme").exists() is there


def test_the_faults_of_what_a_company_told_go_with_it(boards: Boards) -> None:
    boards.kept.write(boards.kept.content / "bolt" / "updates" / "one.md", "no update")
    boards.take()
    boards.kept.remove(boards.kept.content / "bolt" / "company.toml")
    boards.take()


def test_a_name_that_is_no_text_is_told_and_harms_nothing_else(boards: Boards) -> None:
    for place in ("\udcff/company.toml", "acme/\udcff/11/00000001.md", "acme/ledger/\udcff.csv"):
        boards.kept.write(boards.kept.content / place, "x")
    built = boards.take()
    assert built is not None
    assert [fault.path for fault in built.faults if "'\\udcff" in fault.found] == [".", "acme/ledger"]


@pytest.mark.parametrize("target", ["00000002.md", "../../board.toml", "/nowhere"])
def test_a_link_that_is_named_is_looked_at_where_it_stands(boards: Boards, target: str) -> None:
    (path,) = boards.kept.files(f"acme/*/*/{NUMBERS[3]}.md")
    boards.kept.remove(path)
    path.symlink_to(target)
    built = boards.take(step=Step(named=True))
    assert built is not None
    assert [fault.found for fault in built.faults] == ["no ordinary file"]


def test_until_the_board_is_due_nothing_is_written_and_then_something_is(boards: Boards) -> None:
    for _ in range(6):
        boards.kept.now = boards.kept.due - timedelta(seconds=1)
        early = boards.take()
        boards.kept.now = boards.kept.due
        due = boards.take()
        assert early is not None
        assert due is not None
        assert early.changed == 0 < due.changed


def test_a_month_of_a_ledger_is_written_only_where_it_says_something_else(boards: Boards) -> None:
    pages = [boards.folder / "public" / "acme" / "ledger" / f"{month}.csv" for month in ("2025-11", "2026-11")]
    boards.take()
    before = [page.stat().st_ino for page in pages]
    boards.kept.enter(boards.kept.ledger("acme", "2026-11"), but=NUMBERS[4])
    boards.take()
    assert [page.stat().st_ino == number for page, number in zip(pages, before, strict=True)] == [True, False]


# --- Other code, another machine ---


def test_a_template_that_is_changed_renews_every_page_that_it_writes(tmp_path: Path) -> None:
    kept = begin(tmp_path / "content")
    source = shutil.copytree(PACKAGE, tmp_path / "site" / "amends", ignore=shutil.ignore_patterns("__pycache__"))
    in_another(tmp_path / "site", kept, tmp_path / "public", tmp_path / "cache")
    template = source / "board" / "templates" / "base.html"
    template.write_text(template.read_text().replace("</body>", "<!-- other --></body>"))
    for out in ("public", "fresh"):
        in_another(tmp_path / "site", kept, tmp_path / out, tmp_path / ("cache" if out == "public" else "fresh-cache"))
    assert_same(files_of(tmp_path / "public"), files_of(tmp_path / "fresh"))
    assert "<!-- other -->" in (tmp_path / "public" / "acme" / NUMBERS[0] / "index.html").read_text()


def test_a_process_tells_of_the_code_that_it_runs_and_not_of_what_is_installed_beneath_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "_HERE", tmp_path)
    monkeypatch.setattr(versions, "_READING", ("read.py",))
    forget = versions.reading.cache_clear, versions.rendering.cache_clear
    with ExitStack() as at_the_end:
        for clear in forget:
            clear()
            at_the_end.callback(clear)
        put(tmp_path / "read.py", "old")
        told = versions.reading(), versions.rendering()
        put(tmp_path / "read.py", "new")
        assert (versions.reading(), versions.rendering()) == told
        for clear in forget:
            clear()
        assert not {versions.reading(), versions.rendering()} & set(told)


def in_another(site: Path, kept: Kept, out: Path, cache: Path, *arguments: str, **environ: str) -> None:
    """Build in another process, by the package in `site`."""
    command = [sys.executable, "-m", "amends", "build", str(kept.content), "--out", str(out), "--cache", str(cache)]
    when = arguments or ("--now", clock.stamp(kept.now))
    said = {**os.environ, "PYTHONPATH": str(site), **environ}
    subprocess.run([*command, *when], env=said, check=True, capture_output=True)


def test_neither_order_nor_place_nor_processes_nor_machine_change_a_byte(tmp_path: Path) -> None:
    kept = begin(tmp_path / "content")
    files = files_of(kept.content)
    names = sorted(files)
    found = []
    for jobs in (1, 2, 3):
        content = tmp_path / f"content-{jobs}"
        for name in names:
            put(content / name, files[name])
        build(content, tmp_path / f"public-{jobs}", tmp_path / f"cache-{jobs}", kept.now, jobs=jobs)
        found.append(files_of(tmp_path / f"public-{jobs}"))
        random.Random(jobs).shuffle(names)
    for other in found[1:]:
        assert_same(other, found[0])


def test_neither_time_zone_nor_locale_nor_hashes_nor_the_way_the_time_is_told_change_a_byte(tmp_path: Path) -> None:
    kept = begin(tmp_path / "content")
    epoch = str(int(kept.now.timestamp()))
    ways = [
        ((), {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"}),
        (("--strict",), {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": epoch}),
    ]
    found = []
    for number, (arguments, environ) in enumerate(ways):
        out, cache = tmp_path / f"public-{number}", tmp_path / f"cache-{number}"
        in_another(PACKAGE.parent, kept, out, cache, *arguments, **environ)
        found.append(files_of(out))
    assert_same(*found)
