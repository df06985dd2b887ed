"""The generator: from a record and an instant to a folder of static pages, swapped in whole."""

import shutil
import time
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask_frozen import Freezer, MissingURLGeneratorWarning

from amends import clock, figures
from amends.board import accent, create_board, search, urls
from amends.board.edition import Edition
from amends.board.memory import LastGood
from amends.board.swap import put_in_place, sync
from amends.case import as_of, next_change
from amends.record import Fault, Record, RecordError, exclusive, load
from amends.record.house import read_base_url


class BuildError(RuntimeError):
    """The pages written are not the pages there should be; the old board is as it was."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: `next_due` is the next instant at which time alone makes the board out of date."""

    pages: int
    cases: int
    seconds: float
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]
    next_due: datetime


def build(
    content: Path,
    out: Path,
    cache: Path,
    now: datetime,
    *,
    strict: bool = False,
    base_url: str | None = None,
    with_search: bool = False,
) -> Built:
    """Build the board of `content` into `out`, as it stands at `now`; with a new search index where that is asked.

    ValueError where `base_url` is no such address; NotABoardError where `content` is no board; RecordError with every
    fault where `strict`, or where nothing can be shown; BuildError, SearchError, CannotSwapError and OSError where
    writing failed. The old board is then as it was.
    """
    started = time.perf_counter()
    # What is exchanged must be the folder itself: of a link, the link would be.
    out = out.resolve()
    with exclusive(cache, "build"):
        record = _read(content, cache, strict=strict)
        if base_url is not None:
            record = replace(record, board=replace(record.board, base_url=read_base_url(base_url)))
        fresh = out.with_name(f".{out.name}.next")
        shutil.rmtree(fresh, ignore_errors=True)
        pages = _freeze(record, now, fresh)
        if with_search:
            search.make(fresh, now)
        about_search = None if with_search else search.renew(out, fresh, now)
        sync(fresh)
        put_in_place(fresh, out)
        shutil.rmtree(fresh, ignore_errors=True)
    cases = sum(map(len, record.entries.values()))
    seconds = time.perf_counter() - started
    told = (*_warnings(record, now), *filter(None, [about_search]))
    return Built(pages, cases, seconds, record.faults, told, _next_due(record, now))


def _read(content: Path, cache: Path, *, strict: bool) -> Record:
    memory = LastGood(cache)
    try:
        record = load(content, memory)
    finally:
        memory.close()
    if strict and record.faults:
        raise RecordError(record.faults)
    return record


def _freeze(record: Record, now: datetime, destination: Path) -> int:
    """Write every page into `destination`; return how many there are, static files included."""
    app = create_board(record, now)
    app.config.update(
        FREEZER_DESTINATION=str(destination),
        FREEZER_BASE_URL=record.board.base_url,
        FREEZER_REMOVE_EXTRA_FILES=False,
        FREEZER_IGNORE_MIMETYPE_WARNINGS=False,
    )
    freezer = Freezer(app, with_no_argument_rules=False, log_url_for=False)
    freezer.register_generator(lambda: urls(record, now))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Our generator yields addresses, not endpoints; that each page is there is checked below.
        warnings.simplefilter("ignore", MissingURLGeneratorWarning)
        expected = {_file_of(page.url) for page in freezer.freeze_yield()}
    _check(app, expected, destination)
    return len(expected)


def _file_of(url: str) -> str:
    return url.lstrip("/") + ("index.html" if url.endswith("/") else "")


def _check(app: Flask, expected: set[str], destination: Path) -> None:
    """Compare the files with the pages: Frozen-Flask merges names that differ in their normalisation only."""
    found = {file.relative_to(destination).as_posix() for file in destination.rglob("*") if file.is_file()}
    if found != expected:
        wrong = ", ".join(sorted(found ^ expected)[:3])
        raise BuildError(f"{app.name}: files and pages differ, {wrong} among them; the old board is as it was")


def _warnings(record: Record, now: datetime) -> tuple[str, ...]:
    """Return what was mended in the settings of companies, and what was left out of cases, for the build to say."""
    found = ((company.slug, accent.warning(company.accent)) for company in record.companies)
    told = [f"{slug}/company.toml: accent: {warning}" for slug, warning in found if warning]
    for entry in (entry for entries in record.entries.values() for entry in entries):
        if as_of(entry.case, now) is not entry.case:
            told.append(f"{entry.path}: what it says of later than {clock.stamp(now)} does not count yet")
    return tuple(told)


def _next_due(record: Record, now: datetime) -> datetime:
    """Return when time alone changes a page: what is said of a case, or a figure; a month's end at the latest."""
    instants = [figures.next_change((), now, UTC)]
    edition = Edition(record, now)
    for company in record.companies:
        slug, zone = company.slug, company.zone
        changes = [next_change(entry.case, now, zone) for entry in edition.record.entries[slug]]
        # What the files say of later changes the pages too, once it is then.
        changes += [event.at for entry in record.entries[slug] for event in entry.case.events]
        changes += [line.first_reply for line in record.ledgers[slug]]
        instants += [change for change in changes if change and change > now]
        instants.append(figures.next_change(edition.facts(slug), now, zone))
    return min(instants)
