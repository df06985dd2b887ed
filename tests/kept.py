"""A record that is kept in a folder for a test: what its files are and tell, and how they are written and removed."""

import difflib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from amends.case import Case
from amends.record import (
    LedgerLine,
    LedgerOutcome,
    RecordError,
    case_path,
    month_of,
    read_case,
    write_case,
    write_ledger,
)
from amends.record.ledger import sift_ledger
from tests.factories import BOARD_TOML, a_case, an_event, company_toml, put

_Thing = TypeVar("_Thing")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SLUGS = ("acme", "bolt", "cargo")
NUMBERS = tuple(f"{number:08}" for number in range(11))


class Dice:
    """One number that decides several things, one after the other; of 0 it is always the first of the choices."""

    def __init__(self, number: int) -> None:
        self.number = number

    def of(self, choices: Sequence[_Thing]) -> _Thing:
        """Choose one."""
        self.number, place = divmod(self.number, len(choices))
        return choices[place]

    def once_in(self, times: int) -> bool:
        """Whether something rare is so."""
        self.number, place = divmod(self.number, times)
        return place == times - 1


@dataclass
class Kept:
    """A record that somebody keeps, the instant at which it is looked at, and what became of it since."""

    content: Path
    now: datetime = NOW
    due: datetime = NOW
    touched: set[Path] = field(default_factory=set)
    whole: dict[Path, bytes] = field(default_factory=dict)

    # --- Files ---

    def write(self, path: Path, said: str | bytes) -> None:
        """Write a file, whatever stands there."""
        self.remove(path)
        put(path, said)

    def remove(self, path: Path) -> None:
        """Remove what stands there."""
        self.touched.add(path)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def files(self, pattern: str) -> list[Path]:
        """Return the files of the record that match, in their order."""
        return sorted(path for path in self.content.glob(pattern) if path.is_file() and not path.is_symlink())

    # --- What they tell ---

    def companies(self) -> list[str]:
        """Return the slugs of the folders that are companies."""
        return [path.parent.name for path in self.files("*/company.toml")]

    def cases(self) -> list[tuple[Path, Case]]:
        """Return the case files that can be read, with their cases."""
        found = []
        for path in self.files("*/[0-9]*/*/*.md"):
            slug = path.relative_to(self.content).parts[0]
            try:
                found.append((path, read_case(path.read_text("utf-8"), slug, path.name)))
            except (RecordError, UnicodeDecodeError):
                continue
        return found

    def rewrite(self, path: Path, case: Case) -> None:
        """Let a file tell another case."""
        self.write(path, write_case(case))

    def ledger(self, slug: str, month: str) -> Path:
        """Return where the ledger of a month stands."""
        return self.content / slug / "ledger" / f"{month}.csv"

    def lines(self, path: Path) -> dict[str, LedgerLine]:
        """Return what can be read of the ledger in a file, by the numbers."""
        try:
            found, _ = sift_ledger(path.read_text("utf-8"), path.name)
        except (OSError, UnicodeDecodeError):
            return {}
        return {line.case: line for line in found}

    def enter(self, path: Path, *lines: LedgerLine, but: str = "") -> None:
        """Write lines into a ledger, in place of those of the same cases; `but` one that it loses."""
        known = self.lines(path) | {line.case: line for line in lines}
        self.write(path, write_ledger(line for line in known.values() if line.case != but))


def pick(things: Sequence[_Thing], which: int) -> _Thing | None:
    """Return one of the things there are."""
    return things[which % len(things)] if things else None


def line_of(case: Case) -> LedgerLine:
    """Return the line of the ledger that goes with a published case."""
    reply = case.first_reply
    return LedgerLine(
        case.number,
        case.received,
        case.reply_by,
        LedgerOutcome.PUBLISHED,
        at=case.received,
        first_reply=reply.at if reply else None,
    )


def begin(content: Path) -> Kept:
    """Make a small record of two companies, one of them in another language and time zone, with some history."""
    kept = Kept(content)
    kept.write(content / "board.toml", BOARD_TOML)
    for slug, lines in {"acme": [], "bolt": ['language = "de"', 'timezone = "America/St_Johns"']}.items():
        kept.write(content / slug / "company.toml", company_toml(f"{slug} Post", *lines))
    for number, (slug, hours, events) in enumerate(_FIRST):
        received = NOW - timedelta(hours=hours)
        happened = [
            replace(
                an_event(name, **({"of": NUMBERS[0]} if name == "duplicate" else {})), at=received + timedelta(hours=n)
            )
            for n, name in enumerate(events, 1)
        ]
        facts = {"number": NUMBERS[number], "company": slug, "received": received, "text": f"Parcel {number}."}
        case = a_case(*happened, **facts, same=_SAME.get(number))
        kept.rewrite(content / case_path(slug, received, case.number), case)
        kept.enter(kept.ledger(slug, month_of(received)), line_of(case))
    private = LedgerLine(NUMBERS[8], NOW, NOW, LedgerOutcome.PRIVATE, at=NOW, first_reply=NOW + timedelta(hours=5))
    kept.enter(kept.ledger("bolt", month_of(NOW)), private)
    for slug, number in {"acme": NUMBERS[0], "bolt": NUMBERS[5]}.items():
        kept.write(content / slug / "updates" / "one.md", _UPDATE.format(number=number))
        kept.write(content / slug / "answers" / "one.md", _ANSWER.format(number=number))
    kept.touched.clear()
    return kept


_FIRST: Sequence[tuple[str, float, Sequence[str]]] = (
    ("acme", 9000, ("reply", "promise", "kept", "verdict")),
    ("acme", 700, ("reply", "promise")),
    ("acme", 60, ()),
    ("acme", 10, ("published", "duplicate")),
    ("acme", 3, ("published", "followup", "reply", "followup")),  # and that is still to come
    ("bolt", 2000, ("reply", "solved")),
    ("bolt", 12, ("reply", "promise")),
    ("bolt", 12, ()),
)

_SAME = {3: NUMBERS[1], 4: NUMBERS[1], 7: NUMBERS[6]}
_UPDATE = '---\nkind: change\ndate: 2026-10-01\ntitle: Carriers\ncases:\n- "{number}"\n---\nWe **changed** it.\n'
_ANSWER = '---\ntitle: Where is it?\ndate: 2026-10-02\ncases:\n- "{number}"\n---\nOn its way.\n'


# --- Boards, to be compared ---


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: these boards are written to be compared."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def assert_same(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    assert sorted(found) == sorted(expected)
    different = sorted(path for path in found if found[path] != expected[path])
    assert different == [], "\n".join(difference(found[path], expected[path]) for path in different[:3])


def difference(found: bytes, expected: bytes) -> str:
    lines = (text.decode("utf-8", "replace").splitlines() for text in (found, expected))
    return "\n".join(difflib.unified_diff(*lines, "renewed", "from nothing", n=0, lineterm=""))[:3000]
