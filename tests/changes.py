"""What may happen to a record between two builds: its files change as keepers, companies and mishaps change them.

A change is drawn as three values. What it means depends on the record that it finds, so that every list of changes can
be carried out, in full or with some of them left out.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from amends.case import SHAPES, Case, Kind, Outcome, Reason
from amends.moves import can_follow
from amends.record import LedgerLine, LedgerOutcome, case_path, month_of
from tests.factories import a_case, an_event, company_toml, put
from tests.kept import NUMBERS, SLUGS, Dice, Kept, line_of, pick

HUGE = 300_000
"""Bytes: more than a case file may have."""

_EVENTS = (*(name for _, name in SHAPES), "reply", "reply", "promise", "verdict", "verdict")

_STRAYS = (
    *("2026/11/notes.md", "2026/x.md", "2026/11/x/x.md", "x.md", "updates/Bad Name.md", "answers/x.txt"),
    *("2026/11/.x.md", "notes/11/00000001.md", "../stray/2026/11/00000001.md", "2026/11/\udcff.md"),
    *("ledger/\udcff.csv", "\udcff/x.md", "2026/\udcff/00000001.md", "updates/\udcff.md", "2026/11/x/y/x.md"),
    *("../\udcff/company.toml", ".x/2026/11/x.md", "ledger/x.csv", "2026/11/00000001.md.md"),
)
"""Places in which nothing of the kind belongs, from the folder of a company."""


@dataclass(frozen=True)
class Change:
    """`what` happens, `to` one of the things to which it can, in one of the ways `how` it can."""

    what: str
    to: int = 0
    how: int = 0


def apply(kept: Kept, change: Change) -> None:
    """Carry out a change, as far as there is something to which it can happen."""
    CHANGES[change.what](kept, change.to, Dice(change.how))


# --- Cases ---


def add_case(kept: Kept, to: int, dice: Dice) -> None:
    slug = pick(kept.companies(), to)
    if slug is None:
        return
    number = dice.of(NUMBERS)
    received = kept.now - timedelta(hours=dice.of([2, 30, 400, 2000, 9000, 30 * 24]))
    case = a_case(
        number=number,
        company=slug,
        received=received,
        kind=dice.of([Kind.COMPLAINT, Kind.COMPLAINT, Kind.QUESTION, Kind.PRAISE]),
        topic=dice.of(["delivery", "billing", "elsewhere"]),
        text=dice.of([f"My parcel {number} is late.", "Nobody\n\nanswers <me> & mine", ""]),
        source=dice.of([None, None, None, "Market Square"]),
        same=dice.of([None, None, *NUMBERS[:4]]),
    )
    kept.rewrite(kept.content / case_path(slug, received, number), case)
    if dice.once_in(4):
        return
    kept.enter(kept.ledger(slug, month_of(received)), line_of(case))


def edit_case(kept: Kept, to: int, dice: Dice) -> None:
    found = pick(kept.cases(), to)
    if found is None:
        return
    path, case = found
    facts: dict[str, Sequence[Any]] = {
        "text": [f"{case.text} More.", "Other words."],
        "title": ["A title", None, "Another <title>"],
        "topic": ["billing", "delivery", "elsewhere"],
        "language": ["ar", "en", None],
        "author": ["Anna K.", None, "Bo"],
        "same": [*NUMBERS[:8], None],
        "kind": list(Kind),
        "source": ["Market Square", None],
        "reply_by": [case.reply_by + timedelta(hours=1), case.received + timedelta(hours=4)],
        "received": [case.received - timedelta(hours=1), case.received - timedelta(days=40)],
    }
    key = dice.of(list(facts))
    kept.rewrite(path, replace(case, **{key: dice.of(facts[key])}))


def rename_case(kept: Kept, to: int, dice: Dice) -> None:
    """Let a case be called otherwise wherever it is named."""
    found = pick(kept.cases(), to)
    if found and not found[1].is_gone:
        kept.rewrite(found[0], replace(found[1], title=dice.of(["Late", "Never came", "<Wrong> & torn"])))


def let_happen(kept: Kept, to: int, dice: Dice) -> None:
    found = pick(kept.cases(), to)
    if found is None:
        return
    path, case = found
    name = dice.of(_EVENTS)
    before = max([case.received, *(event.at for event in case.events)])
    at = dice.of([before, before + timedelta(hours=1), max(before, kept.now), kept.now + timedelta(hours=30)])
    event = replace(an_event(name, **_said(name, case, at, dice)), at=at)
    if at < before or not can_follow(case, event):
        return
    case = replace(case, events=(*case.events, event))
    kept.rewrite(path, replace(case, text="", title=None) if case.is_gone else case)
    if dice.once_in(2):
        kept.enter(kept.ledger(case.company, month_of(case.received)), line_of(case))


def _said(name: str, case: Case, at: datetime, dice: Dice) -> dict[str, Any]:
    """Return the facts on which it turns what an event does."""
    said: dict[str, Any] = {}
    if name in ("promise", "claimed", "moved"):
        said["due"] = at.date() + timedelta(days=dice.of([0, 3, 40]))
    if name in ("promise", "claimed", "moved", "kept", "broken"):
        said["promise"] = dice.of(["p1", "p1", "p2"])
    if name == "correction" and case.replies:
        said["of"] = case.replies[-1].at
    if name == "duplicate":
        said["of"] = dice.of(NUMBERS[:8])
    if name == "verdict":
        said |= {"outcome": dice.of(list(Outcome)), "score": dice.of([None, 3]), "again": dice.of([None, True])}
        said["reply_by"] = dice.of([None, at + timedelta(hours=60)])
    if name in ("withheld", "unread"):
        said["received"] = case.received
    if name in ("hidden", "removed", "withheld"):
        said["reason"] = dice.of(list(Reason))
    return said


def take_back(kept: Kept, to: int, dice: Dice) -> None:
    """Let the last event not have happened."""
    found = pick(kept.cases(), to)
    if found:
        kept.rewrite(found[0], replace(found[1], events=found[1].events[:-1]))


def remove_case(kept: Kept, to: int, dice: Dice) -> None:
    found = pick(kept.cases(), to)
    if found is None:
        return
    path, case = found
    kept.remove(path)
    if dice.once_in(2):
        kept.enter(kept.ledger(case.company, month_of(case.received)), but=case.number)


def move_case(kept: Kept, to: int, dice: Dice) -> None:
    """Let a file stand in a place that is not its own, or again where it belongs."""
    found = pick(kept.cases(), to)
    if found is None:
        return
    path, case = found
    right = kept.content / case_path(case.company, case.received, case.number)
    wrong = [kept.content / case.company / place / path.name for place in ("2025/01", "2026/11", "2026", "2026/11/x")]
    target = dice.of(wrong) if path == right else right
    if path != target:
        kept.remove(path)
        kept.rewrite(target, case)


def copy_case(kept: Kept, to: int, dice: Dice) -> None:
    """Let another company have a case of the same number."""
    found = pick(kept.cases(), to)
    if found is None:
        return
    path, case = found
    slug = dice.of(SLUGS)
    kept.rewrite(kept.content / slug / path.relative_to(kept.content / case.company), replace(case, company=slug))
    if dice.once_in(2):
        kept.enter(kept.ledger(slug, month_of(case.received)), line_of(case))


# --- Ledgers ---


def enter_line(kept: Kept, to: int, dice: Dice) -> None:
    """Let the ledger know a case, with a file or without one, and say what became of it."""
    slug = pick(kept.companies(), to)
    if slug is None:
        return
    number = dice.of(NUMBERS)
    received = kept.now - timedelta(hours=dice.of([3, 50, 1000, 9000]))
    known = [line for path in kept.files(f"{slug}/ledger/*.csv") for line in kept.lines(path).values()]
    same = [line for line in known if line.case == number]
    line = same[0] if same else LedgerLine(number, received, received + timedelta(hours=24))
    outcome = dice.of(list(LedgerOutcome))
    reason = dice.of([Reason.SPAM, Reason.HATE]) if outcome is LedgerOutcome.WITHHELD else None
    at = None if outcome is LedgerOutcome.WAITING else line.received
    reply = dice.of([None, line.received + timedelta(hours=1), kept.now + timedelta(hours=5)])
    kept.enter(
        kept.ledger(slug, month_of(line.received)),
        replace(line, outcome=outcome, reason=reason, at=at, first_reply=reply),
    )


def change_ledger(kept: Kept, to: int, dice: Dice) -> None:
    """Do to a month of a ledger what an editor can do to a file."""
    path = pick(kept.files("*/ledger/*.csv"), to)
    if path is None:
        return
    lines = list(kept.lines(path).values())
    way = dice.of(["drop", "remove", "garbage", "half", "copy", "shuffle"])
    if way == "remove":
        kept.remove(path)
    elif way == "garbage":
        kept.write(path, path.read_bytes() + dice.of([b"what is this?\n", b"\n", b"00000001,,,\n", b"\xff\n"]))
    elif way == "half":
        kept.write(path, path.read_bytes()[:-30])
    elif way == "shuffle":
        header, *rows = path.read_bytes().splitlines(keepends=True)
        kept.write(path, b"".join([header, *reversed(rows)]))
    elif lines:
        line = dice.of(lines)
        if way == "drop":
            kept.enter(path, but=line.case)
        else:
            kept.enter(path.with_name(dice.of(["2026-11.csv", "2025-01.csv", "notes.csv"])), line)


# --- Settings, and what is told besides ---


def change_company(kept: Kept, to: int, dice: Dice) -> None:
    slug = pick(SLUGS, to)
    lines = [
        dice.of(['timezone = "UTC"', 'timezone = "Pacific/Kiritimati"', 'timezone = "America/St_Johns"']),
        dice.of(['language = "en"', 'language = "ar"', 'language = "xx"']),
        dice.of(['accent = "#0C5A70"', 'accent = "#112233"', 'accent = "#ffff00"']),
        dice.of(['topics = ["delivery", "billing"]', 'topics = ["billing"]']),
        dice.of(['status = "active"', 'status = "left"']),
        dice.of(["", 'service_url = "https://else.example/"']),
        dice.of(["", 'about = "Parcels."']),
        dice.of(["", 'business_hours = ["mon-fri 09:00-17:00"]\nholidays = ["12-25"]']),
    ]
    name = dice.of([f"{slug} Post", "Another name", "Zebra"])
    kept.write(kept.content / str(slug) / "company.toml", company_toml(name, *lines))


def drop_company(kept: Kept, to: int, dice: Dice) -> None:
    """Let a company be gone: its settings, its folder, or its name."""
    slug = pick(kept.companies(), to)
    if slug is None:
        return
    folder = kept.content / slug
    way = dice.of(["settings", "folder", "name"])
    target = kept.content / dice.of([*SLUGS, "Not-a-slug"])
    if way == "settings":
        kept.remove(folder / "company.toml")
    elif way == "folder" or not target.exists():
        before = list(folder.rglob("*"))
        kept.touched.update(path for path in before if not path.is_dir())
        if way == "folder":
            shutil.rmtree(folder)
        else:
            folder.rename(target)
            kept.touched.update(target / path.relative_to(folder) for path in before)


def change_board(kept: Kept, to: int, dice: Dice) -> None:
    lines = [
        dice.of(['title = "Board"', 'title = "Other <board>"']),
        dice.of(['base_url = "https://board.example/"', 'base_url = "https://x.example/below/"']),
        dice.of(['language = "en"', 'language = "de"', 'language = "ar"']),
        dice.of(["", 'service_url = "https://feedback.example/"']),
        dice.of(["", 'keeper = "Kim"']),
    ]
    kept.write(kept.content / "board.toml", "\n".join([*lines, ""]))


def tell(kept: Kept, to: int, dice: Dice) -> None:
    """Write or remove an update, an answer, or what the keeper says."""
    slug = pick(kept.companies(), to)
    if slug is None:
        return
    places = (f"{slug}/{kind}/{name}.md" for kind in ("updates", "answers") for name in ("one", "two"))
    path = kept.content / dice.of([*places, "about.md", "rules.md", "privacy.md"])
    if dice.once_in(4):
        kept.remove(path)
        return
    words = dice.of(["We **changed** it.", "Other words.\n\nAnd more."])
    if path.parent == kept.content:
        kept.write(path, words)
        return
    cases = [dice.of(NUMBERS[:6]) for _ in range(dice.of([0, 1, 2]))]
    lines = [
        f"title: {dice.of(['Parcels', 'Bills'])}",
        f"date: {dice.of([date(2026, 10, 1), date(2026, 11, 20), date(2026, 12, 1)])}",
        *(["cases:", *(f'- "{number}"' for number in cases)] if cases else []),
        *([dice.of(["topic: delivery", "topic: nonsense"])] if path.parent.name == "answers" else ["kind: change"]),
        *dice.of([[], ["language: ar"]]),
    ]
    kept.write(path, "\n".join(["---", *lines, "---", words]))


def recommend(kept: Kept, to: int, dice: Dice) -> None:
    path = kept.content / str(pick(SLUGS, to)) / "referrals.toml"
    if dice.once_in(4):
        kept.remove(path)
    else:
        kept.write(path, f"made = {dice.of([12, 30, 3])}\nvisited = {dice.of([3, 0, 4])}\n")


# --- Mishaps of files ---


def break_file(kept: Kept, to: int, dice: Dice) -> None:
    path = pick(kept.files("*.*") + kept.files("*/*.toml") + kept.files("*/*/*.*") + kept.files("*/*/*/*.md"), to)
    if path is None or path.is_symlink():
        return
    kept.whole.setdefault(path, path.read_bytes())
    way = dice.of(["nonsense", "bytes", "huge", "link", "empty", "folder", "unknown key"])
    said: dict[str, bytes] = {
        "nonsense": b"---\n: [\n---\nx\n",
        "bytes": kept.whole[path] + b"\xff\xfe",
        "huge": kept.whole[path] + b"x" * HUGE,
        "empty": b"",
        "unknown key": kept.whole[path].replace(b"---\n", b"---\ncolour: red\n", 1),
    }
    kept.remove(path)
    if way == "folder":
        path.mkdir()
    elif way == "link":
        path.symlink_to(dice.of(["board.toml", "../../board.toml", "/nowhere"]))
    else:
        put(path, said[way])


def mend_file(kept: Kept, to: int, dice: Dice) -> None:
    path = pick(sorted(kept.whole), to)
    if path is not None:
        kept.write(path, kept.whole.pop(path))


def touch_file(kept: Kept, to: int, dice: Dice) -> None:
    """Write a file again as it is, in place or as another one."""
    path = pick(kept.files("*/company.toml") + kept.files("*/*/*.*") + kept.files("*/*/*/*.md"), to)
    if path is None or path.is_symlink():
        return
    kept.touched.add(path)
    if dice.once_in(2):
        os.utime(path)
        return
    other = path.with_name(f".{path.name}.new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def leave_stray(kept: Kept, to: int, dice: Dice) -> None:
    """Leave something where nothing of the kind belongs, or take it away."""
    slug = pick(SLUGS, to)
    name = dice.of(_STRAYS)
    path = Path(os.path.normpath(kept.content / str(slug) / name))
    if os.path.lexists(path):
        kept.remove(path)
    else:
        kept.write(path, "x")


def pass_time(kept: Kept, to: int, dice: Dice) -> None:
    """Let time pass, or be turned back."""
    spans = {"minutes": 7, "hours": 300, "day": 1440, "days": 13 * 1440, "month": 32 * 1440}
    way = dice.of(["due", "just before", *spans, "due", "due", "back", "far back"])
    if way == "due":
        kept.now = max(kept.now, kept.due)
    elif way == "just before":
        kept.now = max(kept.now, kept.due - timedelta(seconds=1))
    elif way in spans:
        kept.now += timedelta(minutes=spans[way])
    else:
        kept.now -= timedelta(hours=1 if way == "back" else 1000)


CHANGES: dict[str, Callable[[Kept, int, Dice], None]] = {
    "add a case": add_case,
    "edit a case": edit_case,
    "rename a case": rename_case,
    "let something happen to a case": let_happen,
    "take back what happened": take_back,
    "remove a case": remove_case,
    "move a case": move_case,
    "copy a case to another company": copy_case,
    "enter a line": enter_line,
    "change a ledger": change_ledger,
    "change a company": change_company,
    "drop a company": drop_company,
    "change the board": change_board,
    "tell something": tell,
    "recommend a company": recommend,
    "break a file": break_file,
    "mend a file": mend_file,
    "touch a file": touch_file,
    "leave a stray file": leave_stray,
    "let time pass": pass_time,
}

OFTEN = (
    "rename a case",
    "edit a case",
    "add a case",
    "let something happen to a case",
    "remove a case",
    "let time pass",
)
"""What happens all the time, and turns on the most."""
