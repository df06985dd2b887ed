"""The record that is measured: cases that nobody wrote, the same on every machine and in every run.

    python3 -m benchmarks.records write FOLDER COUNT [--site]
    python3 -m benchmarks.records change FOLDER COUNT (text|answer|new) TURN [--site]

`write` makes the record in FOLDER/content, with --site the same cases for Hugo in FOLDER/hugo. `change` changes one
case there and prints the files that it wrote. Files have the product's own form: its writer writes them.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from pathlib import Path
from random import Random
from typing import Final

from amends.case import ALPHABET, NUMBER_LENGTH, Case, Event, Kind, Outcome
from amends.record import LedgerLine, LedgerOutcome, case_path, month_of, read_ledger, write_case, write_ledger
from amends.text import clean, title_of
from benchmarks import hugo
from benchmarks.words import COMPLAINTS, REPLIES

NOW: Final = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
"""The instant of every build: nothing in the record is later."""

_END: Final = NOW - timedelta(days=1)
_SPAN: Final = timedelta(days=7 * 365)
_DAY: Final = timedelta(days=1)

_COMPANIES: Final = {
    "harbour-post": "en",
    "kupferkabel": "de",
    "lumiere-douce": "fr",
    "rio-claro": "es",
    "severny-put": "ru",
    "bayt-al-nur": "ar",
    "hill-dairy": "en",
    "two-rivers-rail": "en",
}
"""The companies and the languages of their pages."""

_TOPICS: Final = ("delivery", "billing", "quality", "service", "returns", "privacy")
_ODDITIES: Final = (" https://shop.example/orders?a=1&b=2", ' "5 < 6 & 7 > 3"', " 😡", " — 10 %", "")
_KINDS: Final = (Kind.COMPLAINT,) * 17 + (Kind.QUESTION,) * 2 + (Kind.PRAISE,)
_OUTCOMES: Final = (Outcome.SOLVED,) * 6 + (Outcome.PARTLY, Outcome.UNSOLVED)


# --- Cases ---


def a_case(index: int, count: int) -> Case:
    """Return case number `index` of a record of `count`, spread over seven years; from `count` on those of today."""
    rng = Random(f"case {index}")  # noqa: S311 - it has to be the same every time
    age = _SPAN * (count - index) / count if index < count else timedelta(minutes=count - index - 1)
    received = (_END - age).replace(microsecond=0)
    language = rng.choice(tuple(COMPLAINTS))
    text = _text(rng, language)
    case = Case(
        number=_number(index),
        company=rng.choice(tuple(_COMPANIES)),
        kind=rng.choice(_KINDS),
        topic=rng.choice(_TOPICS),
        received=received,
        reply_by=received + _DAY,
        text=text,
        language=language,
        title=title_of(text),
    )
    events = sorted(_events(rng, case), key=lambda event: event.at)
    return replace(case, events=tuple(event for event in events if event.at <= NOW))


def a_changed_case(kind: str, turn: int, count: int) -> Case:
    """Return a case of a record of `count` as it is after a change; with each `turn` it says something else."""
    if kind == "new":
        return a_case(count + turn, count)
    if kind == "text":
        # Any case but those that `answer` answers: the two must not undo each other.
        start = turn * 7919 + count // 2
        case = next(found for index in numbers(start) if (found := a_case(index % count, count)).replies)
        return replace(case, text=f"{case.text}\n\n{turn + 1}!")
    waiting = _waiting(count)
    latest = [case for case, _ in zip(waiting, range(turn + 1), strict=False)]
    case = latest[turn % len(latest)]
    rng = Random(f"answer {turn}")  # noqa: S311 - it has to be the same every time
    text = _reply(rng, case.language or "en")
    return replace(case, events=(*case.events, Event(NOW, "company", "reply", name="Olga", text=text)))


def _waiting(count: int) -> Iterator[Case]:
    """Yield the cases without an answer, the latest first."""
    return (case for index in reversed(range(count)) if not (case := a_case(index, count)).replies)


def _number(index: int) -> str:
    """Return a number that no other case has: multiplying by an odd number loses nothing, and scatters them."""
    bits = 5 * NUMBER_LENGTH
    scattered = (index + 1) * 0xB5297A4D3F % (1 << bits)
    return "".join(ALPHABET[scattered >> shift & 31] for shift in range(0, bits, 5))


def _text(rng: Random, language: str) -> str:
    paragraphs = [_sentences(rng, COMPLAINTS[language], rng.randint(2, 5)) for _ in range(rng.randint(1, 3))]
    return clean("\n\n".join(map(" ".join, paragraphs)) + rng.choice(_ODDITIES))


def _reply(rng: Random, language: str) -> str:
    """Return a reply that has Markdown in it, and that is no other's: what is kept of one serves no second."""
    first, *rest = _sentences(rng, REPLIES[language], rng.randint(2, 5))
    first += f" ({rng.randrange(10**9)})"
    marked = (
        f"{first}\n\n**{rest[0]}** " + " ".join(rest[1:]),
        f"{first}\n\n" + "\n".join(f"- {sentence}" for sentence in rest),
        f"{first} " + " ".join(rest) + f" [{rng.randint(1, 999)}](https://help.example/?a=1&b=2)",
        f"> {first}\n\n" + " ".join(rest),
    )
    return clean(rng.choice(marked))


def _sentences(rng: Random, known: tuple[str, ...], count: int) -> list[str]:
    return [rng.choice(known).format(n=rng.randint(2, 99_999)) for _ in range(count)]


def _events(rng: Random, case: Case) -> Iterator[Event]:
    """Yield what happened to a case; four in five are answered, one in five of these with a promise."""
    yield Event(case.received + timedelta(minutes=rng.randint(5, 120)), "system", "published")
    if rng.random() >= 0.8:
        return
    language = case.language or "en"
    at = case.received + timedelta(minutes=rng.randint(150, 2400))
    yield Event(at, "company", "reply", name="Olga", text=_reply(rng, language))
    if rng.random() < 0.2:
        yield from _promise(rng, at)
    if case.kind.can_be_solved and rng.random() < 0.5:
        said = rng.choice(_OUTCOMES)
        score = rng.randint(6, 10) if said is Outcome.SOLVED else rng.randint(0, 5)
        verdict_at = at + timedelta(hours=rng.randint(1, 400))
        yield Event(verdict_at, "customer", "verdict", outcome=said, again=score > 5, score=score)


def _promise(rng: Random, at: datetime) -> Iterator[Event]:
    """Yield a promise and its end: of five three are kept in time, one is kept late and one is broken."""
    days = rng.randint(3, 9)
    due = (at + days * _DAY).date()
    yield Event(at, "company", "promise", promise="p1", what="Money back", due=due)
    end = rng.randrange(5)
    if end < 3:
        yield Event(at + _DAY * (days - 1), "company", "kept", promise="p1")
    elif end == 3:
        yield Event(at + _DAY * (days + 3), "company", "kept", promise="p1")
    else:
        yield Event(at + _DAY * days, "company", "broken", promise="p1", why="It was sold out.")


# --- Files of the record ---


def write_record(content: Path, count: int) -> None:
    """Write a record of so many cases."""
    write_companies(content)
    write_cases(content, (a_case(index, count) for index in range(count)))


def write_companies(content: Path) -> None:
    """Write the board and its companies."""
    _put(content / "board.toml", 'title = "Board"\nbase_url = "https://board.example/"\n')
    for slug, language in _COMPANIES.items():
        lines = (f'name = "{slug.title()}"', f'url = "https://{slug}.example/"', f'language = "{language}"')
        topics = ", ".join(f'"{topic}"' for topic in _TOPICS)
        _put(content / slug / "company.toml", "\n".join((*lines, f"topics = [{topics}]", "")))


def write_cases(content: Path, cases: Iterable[Case]) -> None:
    """Write cases and their ledgers, in place of those that there are of the same months."""
    ledgers = defaultdict(list)
    for case in cases:
        _put(_path(content, case), write_case(case))
        ledgers[_ledger_path(content, case)].append(_line(case))
    for path, lines_of_month in ledgers.items():
        _put(path, write_ledger(lines_of_month))


def change_record(content: Path, case: Case) -> Iterable[Path]:
    """Put a case into the record, and into its ledger; return the files that differ now."""
    path, ledger = _path(content, case), _ledger_path(content, case)
    before = ledger.read_text("utf-8") if ledger.exists() else write_ledger(())
    lines = {line.case: line for line in read_ledger(before, str(ledger))}
    after = write_ledger({**lines, case.number: _line(case)}.values())
    _put(path, write_case(case))
    if after == before:
        return (path,)
    _put(ledger, after)
    return path, ledger


def _line(case: Case) -> LedgerLine:
    reply = case.first_reply
    published = case.last("published")
    return LedgerLine(
        case.number,
        case.received,
        case.reply_by,
        LedgerOutcome.PUBLISHED if published else LedgerOutcome.WAITING,
        at=published.at if published else None,
        first_reply=reply.at if reply else None,
    )


def _path(content: Path, case: Case) -> Path:
    return content / case_path(case.company, case.received, case.number)


def _ledger_path(content: Path, case: Case) -> Path:
    return content / case.company / "ledger" / f"{month_of(case.received)}.csv"


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


# --- Hugo ---


def write_site(folder: Path, count: int) -> None:
    """Write the same cases as a site for Hugo."""
    for name, text in hugo.site().items():
        _put(folder / name, text)
    for index in range(count):
        change_site(folder, a_case(index, count))


def change_site(folder: Path, case: Case) -> Iterable[Path]:
    """Put a case into the site; return its file."""
    path = folder / hugo.page_path(case)
    _put(path, hugo.page(case))
    return (path,)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Write the record that is measured, or change a case of it.")
    parser.add_argument("what", choices=("write", "change"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("kind", choices=("text", "answer", "new"), nargs="?")
    parser.add_argument("turn", type=int, nargs="?", default=0)
    parser.add_argument("--site", action="store_true")
    given = parser.parse_args()
    if given.what == "write":
        write_record(given.folder / "content", given.count)
        if given.site:
            write_site(given.folder / "hugo", given.count)
        return
    case = a_changed_case(given.kind, given.turn, given.count)
    change = change_site if given.site else change_record
    written = change(given.folder / ("hugo" if given.site else "content"), case)
    sys.stdout.writelines(f"{path}\n" for path in written)


if __name__ == "__main__":
    main()
