#!/usr/bin/env python3
"""Measures whole builds of a board, beside Hugo's of the same cases where there is a Hugo: see README.md beside this.

python3 benchmarks/build.py --cases 1000,10000 --runs 3
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count as numbers
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
NOW: Final = "2026-11-02T12:00:00Z"
"""The instant of every build, the same as in records.py."""

MODES: Final = {
    "full": "everything, cold cache",
    "nothing": "nothing changed",
    "first": "first change after that",
    "text": "one text changed",
    "answer": "one case answered",
    "new": "one new case",
    "template": "a template changed",
}
"""What is measured, in the order in which a run does it."""

LEADING: Final = ("full", "first")
"""What a run does even where it is not to be measured: the others start from where these lead."""

CHANGES: Final = {"first": "text", "text": "text", "answer": "answer", "new": "new"}
"""Which change of a case comes before which build."""

FEWEST: Final = 20
"""Cases: of so many some are answered and some are not."""


class FailedError(RuntimeError):
    """A process has failed; the text is its last words."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who builds, and what of it is measured."""

    name: str
    modes: tuple[str, ...]
    jobs: int = 1
    told: bool = False
    """Whether the build is told which files have changed."""
    hugo: str = ""
    """Hugo's program, where it is Hugo that builds."""


AMENDS: Final = Subject("amends", tuple(MODES))
"""The one with whom the others are compared: one process, which looks for itself at what has changed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost, with all processes that it started and waited for.

    Seconds of processor in the program and in the kernel, and of the clock; the most memory that one of its processes
    had at a time, in bytes; files in the board that it wrote, their bytes, and those of the HTML among them.
    """

    user: float
    system: float
    wall: float
    memory: int
    files: int
    size: int
    html: int

    @property
    def processor(self) -> float:
        """Seconds of processor."""
        return self.user + self.system


@dataclass(frozen=True, slots=True)
class Place:
    """The folder in which a record of `count` cases is built, by a copy of Amends whose templates may change.

    `package` is where the copy can be imported from, `python` what runs it. `settle` are the seconds from a change of
    the record to the build that is measured.
    """

    folder: Path
    package: Path
    python: str
    count: int
    settle: float

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process that is started: its own settings and none of the caller's."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AMENDS_", "HUGO_", "PYTHON"))}
        kept.pop("SOURCE_DATE_EPOCH", None)
        return {**kept, "PYTHONPATH": str(self.package), "PYTHONHASHSEED": "0", "TZ": "UTC"}

    def out(self, subject: Subject) -> Path:
        """Return where the board is built."""
        return self.folder / ("hugo/public" if subject.hugo else "public")

    def templates(self, subject: Subject) -> Path:
        """Return the template that every page is made with."""
        if subject.hugo:
            return self.folder / "hugo" / "layouts" / "baseof.html"
        return self.package / "amends" / "board" / "templates" / "base.html"

    def command(self, subject: Subject, changed: Iterable[str]) -> list[str]:
        """Return the command that builds."""
        out = str(self.out(subject))
        if subject.hugo:
            return [subject.hugo, "build", "--quiet", "--source", str(self.folder / "hugo"), "--destination", out]
        told = [word for path in changed for word in ("--changed", path)] if subject.told else []
        content, cache = str(self.folder / "content"), str(self.folder / "cache")
        options = ["--out", out, "--cache", cache, "--now", NOW, "--jobs", str(subject.jobs), "--quiet"]
        return [self.python, "-m", "amends", "build", content, *options, *told]

    def records(self, *words: str) -> list[str]:
        """Let records.py write something; return the lines that it prints."""
        given = [self.python, "-m", "benchmarks.records", words[0], str(self.folder), str(self.count), *words[1:]]
        return finish(given, self.environment).splitlines()


# --- Before a build ---


def prepare(place: Place, *, with_hugo: bool) -> None:
    """Write the record, and copy the package; let the copy build something small, for it keeps what it compiles."""
    package = place.package / "amends"
    shutil.copytree(ROOT / "site" / "amends", package, ignore=shutil.ignore_patterns("__pycache__"))
    place.records("write", *(["--site"] if with_hugo else []))
    small = replace(place, folder=place.folder / "small", count=FEWEST)
    small.records("write")
    finish(small.command(AMENDS, ()), small.environment)
    os.sync()  # so that no build waits for what was written here


def change(place: Place, subject: Subject, mode: str, turn: int) -> list[str]:
    """Change what that mode is about, to something that it never was before; return the files of the record."""
    if mode == "full":
        for name in (place.out(subject), *(() if subject.hugo else (place.folder / "cache",))):
            shutil.rmtree(name, ignore_errors=True)
    if mode == "template":
        with place.templates(subject).open("a", encoding="utf-8") as file:
            file.write(f"<!-- {turn} -->\n")
    if mode not in CHANGES:
        return []
    return place.records("change", CHANGES[mode], str(turn), *(["--site"] if subject.hugo else []))


# --- A build ---


def measure(place: Place, subject: Subject, mode: str, turn: int) -> Cost:
    """Build once and return what that cost; FailedError where it failed."""
    changed = change(place, subject, mode, turn)
    if not subject.hugo:
        # A file that is younger may change again unseen, so that a build would read it once more than others.
        time.sleep(place.settle)
    marker = place.folder / "marker"
    marker.write_bytes(b"")
    user, system, wall, memory = run(place.command(subject, changed), place)
    sizes = list(written(place.out(subject), marker.stat().st_mtime_ns))
    html = sum(size for name, size in sizes if name.endswith(".html"))
    return Cost(user, system, wall, memory, len(sizes), sum(size for _, size in sizes), html)


def run(command: Sequence[str], place: Place) -> tuple[float, float, float, int]:
    """Run a command; return its seconds in the program, in the kernel and of the clock, and its memory in bytes.

    Linux counts as a process's memory that of the one that started it, too: this one has to stay small.
    """
    with (place.folder / "said").open("w+b") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=place.folder, env=place.environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise FailedError(last_words(command, said.read()))
    # getrusage(2): kilobytes on Linux, bytes on macOS.
    return used.ru_utime, used.ru_stime, wall, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def written(folder: Path, since: int) -> Iterator[tuple[str, int]]:
    """Yield the name and size of each file below a folder that was written since then, in nanoseconds."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from written(Path(entry.path), since)
            elif (found := entry.stat(follow_symlinks=False)).st_mtime_ns >= since:
                yield entry.name, found.st_size


def finish(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a command of the preparation and return what it prints; FailedError where it failed."""
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise FailedError(last_words(command, done.stderr))
    return done.stdout.decode()


def last_words(command: Sequence[str], said: bytes) -> str:
    """Say in a few lines why a command failed."""
    return "\n".join([" ".join(command), *said.decode("utf-8", "replace").strip().splitlines()[-5:]])


# --- All builds ---

Costs = dict[tuple[str, str], list[Cost]]
"""The costs of each run, by mode and subject."""


def subjects(hugo: str) -> list[Subject]:
    """Return who builds."""
    found = [
        AMENDS,
        Subject("amends --jobs 2", ("full", "template"), jobs=2),
        Subject("amends --changed", ("text", "answer", "new"), told=True),
    ]
    return [*found, Subject("hugo", tuple(mode for mode in MODES if mode != "first"), hugo=hugo)] if hugo else found


def one_run(
    place: Place, found: Sequence[Subject], modes: Sequence[str], turns: Mapping[str, Iterator[int]]
) -> Iterator[tuple[str, Subject, Cost]]:
    """Build in every mode, each subject after the other: what disturbs the machine disturbs all of them alike."""
    for mode in MODES:
        for subject in found:
            asked = mode in modes and mode in subject.modes
            if asked or (mode in LEADING and subject is AMENDS):
                cost = measure(place, subject, mode, next(turns[CHANGES.get(mode, mode)]))
                if asked:
                    yield mode, subject, cost


def all_runs(place: Place, given: argparse.Namespace, facts: Mapping[str, str]) -> Costs:
    """Do all runs of a record; each result is a line of results.jsonl as soon as it is there."""
    found = subjects(given.hugo)
    prepare(place, with_hugo=bool(given.hugo))
    costs: Costs = {(mode, each.name): [] for mode in MODES for each in found}
    turns: defaultdict[str, Iterator[int]] = defaultdict(numbers)
    with (given.work / "results.jsonl").open("a", encoding="utf-8") as results:
        for number in range(1, given.runs + 1):
            for mode, subject, cost in one_run(place, found, given.modes, turns):
                costs[mode, subject.name].append(cost)
                what = {"cases": place.count, "mode": mode, "subject": subject.name, "run": number}
                print(json.dumps({**what, **asdict(cost), **facts}), file=results, flush=True)
                said = f"{place.count} cases, run {number}: {MODES[mode]}, {subject.name}: {cost.processor:.2f} s"
                print(said, file=sys.stderr, flush=True)
    return {key: done for key, done in costs.items() if done}


# --- What is told ---

COLUMNS: Final = (
    f"{'cases':>7}  {'what':<24}{'who':<18}{'CPU s':>8}{'wall s':>8}{'MB':>7}{'files':>8}{'written':>9}"
    f"{'CPU/MB':>8}{'x CPU':>7}{'x wall':>7}"
)


def rows(count: int, costs: Costs) -> Iterator[str]:
    """Yield a line of the table for each mode and subject: medians, and how many times the cost of AMENDS it is."""
    for (mode, name), runs in costs.items():
        base = costs.get((mode, AMENDS.name), runs)
        pairs = list(zip(runs, base, strict=True))
        middle = [median(getattr(cost, what) for cost in runs) for what in ("processor", "wall", "memory")]
        files, size = (median(getattr(cost, what) for cost in runs) for what in ("files", "size"))
        per_html = f"{median(cost.processor / cost.html * 1e6 for cost in runs):.3f}" if runs[0].html else "-"
        times = [median(getattr(one, what) / getattr(other, what) for one, other in pairs) for what in _COMPARED]
        yield (
            f"{count:>7}  {MODES[mode]:<24}{name:<18}{middle[0]:>8.2f}{middle[1]:>8.2f}{middle[2] / 1e6:>7.0f}"
            f"{files:>8.0f}{size / 1e6:>9.2f}{per_html:>8}{times[0]:>7.2f}{times[1]:>7.2f}"
        )


_COMPARED: Final = ("processor", "wall")


def machine(python: str, hugo: str) -> dict[str, str]:
    """Return what the figures depend on: versions, system and processors."""
    asked = "import sqlite3, sys; print(sys.version.split()[0], sqlite3.sqlite_version)"
    of_python, of_sqlite = finish([python, "-c", asked], os.environ).split()
    return {
        "at": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": of_python,
        "sqlite": of_sqlite,
        "hugo": finish([hugo, "version"], os.environ).split()[1].partition("-")[0] if hugo else "none",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(os.cpu_count()),
    }


# --- The command ---


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    memory = Path("/dev/shm")  # noqa: S108 - not for secrets, but because it is in memory
    ours = ROOT / ".venv" / "bin" / "python"
    work = (memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())) / "amends-benchmark"
    python = str(ours) if ours.exists() else sys.executable
    parser = argparse.ArgumentParser(description="Measure whole builds of a board of made-up cases.")
    add = parser.add_argument
    add("--cases", type=_counts, default="1000,10000,100000", metavar="N,N", help="Default: %(default)s.")
    add("--runs", type=_at_least(1), default=3, metavar="N", help="Default: %(default)s.")
    add("--work", type=Path, default=work, metavar="DIR", help="Best in memory. Default: %(default)s.")
    add(
        "--hugo",
        type=_program,
        default=shutil.which("hugo") or "",
        metavar="PATH",
        help="Its program; '' for none. Default: PATH's.",
    )
    add("--modes", type=_modes, default=",".join(MODES), metavar="NAME,NAME", help="Default: %(default)s.")
    add("--python", type=_program, default=python, metavar="PATH", help="Has what Amends needs. Default: %(default)s.")
    add("--settle", type=float, default=2.1, metavar="SECONDS", help="A change's age in a build. Default: %(default)s.")
    return parser.parse_args(words)


def _at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {least}")
        return int(text)

    return read


def _program(text: str) -> str:
    found = shutil.which(text)
    if text and not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no program")
    return os.path.abspath(found) if found else ""


def _counts(text: str) -> list[int]:
    return list(map(_at_least(FEWEST), text.split(",")))


def _modes(text: str) -> list[str]:
    modes = text.split(",")
    if unknown := set(modes) - set(MODES):
        raise argparse.ArgumentTypeError(f"no {', '.join(sorted(unknown))} in {', '.join(MODES)}")
    return modes


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the command line names and print the table; exit 1 where a process failed."""
    given = arguments(words)
    given.work = given.work.resolve()
    given.work.mkdir(parents=True, exist_ok=True)
    try:
        facts = machine(given.python, given.hugo)
        tables: list[str] = []
        for count in given.cases:
            with tempfile.TemporaryDirectory(prefix=f"{count}-", dir=given.work) as folder:
                place = Place(Path(folder), Path(folder) / "package", given.python, count, given.settle)
                tables += rows(count, all_runs(place, given, facts))
    except FailedError as error:
        sys.exit(f"{error}\nIs all there that Amends needs? python3 build.py makes .venv.")
    print(", ".join(f"{name} {value}" for name, value in facts.items()), f"runs {given.runs}", sep=", ")
    print(COLUMNS, *tables, sep="\n")


if __name__ == "__main__":
    main()
