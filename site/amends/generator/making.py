"""Making a board, once a first look has found that there is something to make."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from werkzeug.exceptions import HTTPException

from amends import clock
from amends.board import accent
from amends.board.edition import Edition
from amends.generator import search
from amends.generator.crew import Crew, crew, processors
from amends.generator.freezing import SLICE, Press, file_of, slowest, static_paths
from amends.generator.generations import SYNCED_ONE_BY_ONE, Generations
from amends.generator.house import read_house, with_told
from amends.generator.order import BuildError, Done, Order
from amends.generator.scene import Scene, Stage
from amends.generator.staleness import HOME, every_page, exists, next_due, note_stale
from amends.generator.stocktaking import take_stock
from amends.generator.twins import names, write_twins
from amends.generator.versions import rendering
from amends.record import House, RecordError
from amends.shelves.noting import note_changes
from amends.shelves.reading import Settler, settle, sliced
from amends.shelves.scan import Look
from amends.shelves.store import STORE, Store

FEW = 500
"""Up to so many pages or files one process is faster than several: they have to be started."""

MOST = 10
"""The most that is said of what is wrong with pages: it is all of one kind, and a mistake of ours."""


def renew(store: Store, house: House, now: str, rendered: str, *, anew: bool) -> bool:
    """Note which cases have to be derived anew, now and after a crash; return whether all of the board is.

    So it is where the code or a template (`rendered` is the digest of all) or the board's settings are others than
    before, where the clock stands before the last build, and where the caller says so (`anew`).
    """
    as_shown = repr(house.board)
    derived_anew = (
        store.setting("rendering") != rendered
        or store.setting("settings") != as_shown
        or (store.setting("now") or now) > now
    )
    with store.writing():
        if derived_anew:
            store.change("UPDATE item SET fresh = 1")
        for company in house.companies:
            key, says = f"company {company.slug}", repr(company)
            if store.setting(key) != says:
                store.change("UPDATE item SET fresh = 1 WHERE company = ?", company.slug)
                store.touch([company.slug, ""])
                store.note(key, says)
        if derived_anew or anew:
            store.note("whole", "yes")
        store.note("rendering", rendered)
        store.note("settings", as_shown)
        store.note("now", now)
    return store.setting("whole") == "yes"


class Taking:
    """Taking in what the record says, up to one instant. `phases` are the seconds that each part of it took."""

    def __init__(self, order: Order, version: str) -> None:
        self.order, self.version = order, version
        self.path = order.cache / STORE
        self.phases: dict[str, float] = {}

    def store(self) -> Store:
        """Open the store. No process of a crew may be forked while it is open."""
        return Store(self.path, self.version)

    @contextmanager
    def phase(self, what: str) -> Iterator[None]:
        """Count the seconds of the block as those of a phase."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.phases[what] = self.phases.get(what, 0.0) + time.perf_counter() - started

    def read(self, look: Look) -> None:
        """Take in what has changed in the folders of a look."""
        order = self.order
        with self.store() as store:
            count = note_changes(store, order.content, order.cache, look)
        with crew(self.jobs_for(count), partial(Settler, order.content, order.cache)) as spread, self.store() as store:

            def watched(work: Callable[[Settler, Any], Any], things: Iterable[Any]) -> Iterator[Any]:
                return order.watch("Reading", count, spread(work, things), len)

            settle(store, order.content, order.cache, watched)
            if order.changed is None:
                store.note("scanned", clock.stamp(order.now))

    def jobs_for(self, things: int) -> int:
        """Return how many processes so much work is worth."""
        return (self.order.jobs or processors()) if things > FEW else 1

    def derive(self, house: House, *, whole: bool) -> Scene:
        """Derive what follows of the cases at the order's instant; `whole`: without noting which pages show it."""
        at = int(self.order.now.timestamp())
        with self.store() as store:
            count: int = store.value(_TO_DERIVE, at)
        scene = Scene(house, self.order.now, self.path, self.version)
        with crew(self.jobs_for(count), partial(Stage, scene)) as spread, self.store() as store:

            def watched(work: Callable[[Stage, Any], Any], months: Iterable[Any]) -> Iterator[Any]:
                return self.order.watch("Deriving", count, spread(work, months), lambda taken: len(taken.stocks))

            take_stock(store, scene, watched, whole=whole)
        return scene


_TO_DERIVE = (
    "SELECT (SELECT count(*) FROM item WHERE fresh) + "
    "(SELECT count(*) FROM item INDEXED BY item_by_turn WHERE turns <= ? AND NOT fresh)"
)


class Making(Taking):
    """One build, step by step. `slowest` are the pages that took longest, with their seconds."""

    def __init__(self, order: Order, generations: Generations, version: str) -> None:
        super().__init__(order, version)
        self.generations = generations
        self.changed = 0
        self.slowest: list[tuple[str, float]] = []
        self.warnings: list[str] = []

    def run(self, look: Look) -> Done:
        """Do all that is to be done."""
        with self.store() as store, store.writing():
            # Until all is done the board is not what it should be, however this ends.
            store.change("DELETE FROM setting WHERE key = 'due'")
        with self.phase("Reading"):
            self.read(look)
            house, whole = self.begin()
            self.refuse_faults()
        with self.phase("Deriving"):
            scene = self.derive(house, whole=whole)
            scene, written, removed = self.plan(scene, whole=whole)
            self.refuse_faults()
        if whole or written or removed:
            self.write(scene, written, removed, whole=whole)
        with self.store() as store, store.writing():
            store.note("base_url", self.order.base_url or "")
            store.note("due", clock.stamp(next_due(store, self.order.now)))
            store.note("cases", str(_shown(store)))
            store.note("pages", str(self.count(store)))
            store.note("warnings", json.dumps(list(_warnings(house))))
        warnings, slow = tuple(self.warnings), tuple(self.slowest)
        return Done(self.changed, len(removed), warnings, slow, self.phases)

    def begin(self) -> tuple[House, bool]:
        """Read the settings, and note what they change; return them, and whether all of the board is written anew."""
        order = self.order
        with self.store() as store:
            house = read_house(store, order.content, order.cache, order.base_url)
            other = store.setting("compress") != ("yes" if order.compress else "no")
            known = self.generations.known and store.setting("board") == self.generations.mark
            return house, renew(store, house, clock.stamp(order.now), rendering(), anew=other or not known)

    def refuse_faults(self) -> None:
        """Go no further where nothing may be swapped in while a file has a fault: RecordError with all of them."""
        with self.store() as store:
            faults = store.faults() if self.order.strict else ()
        if faults:
            raise RecordError(faults)

    def plan(self, scene: Scene, *, whole: bool) -> tuple[Scene, list[str], list[str]]:
        """Say which pages are to be written and which removed, by their paths; none where the board is whole."""
        slugs = {company.slug for company in scene.house.companies}
        today = scene.now.date().isoformat()
        with self.store() as store:
            touched = {slug for (slug,) in store.rows("SELECT company FROM touched")}
            if whole or store.setting("month") != today[:7]:
                touched |= slugs
            told = with_told(scene.house, store, self.order.content, self.order.cache, touched)
            scene = replace(scene, house=told)
            with store.writing():
                if touched:
                    note_stale(store, Edition(told, scene.now, store), touched - {""})
                elif store.setting("day") != today:
                    store.change("INSERT OR IGNORE INTO stale VALUES (?)", HOME)
                store.change("DELETE FROM touched")
                store.note("month", today[:7])
                store.note("day", today)
                if whole:
                    store.change("DELETE FROM stale")
            stale = [path for (path,) in store.rows("SELECT path FROM stale ORDER BY path")]
            written = [path for path in stale if exists(store, path)]
            return scene, written, [path for path in stale if not exists(store, path)]

    # --- Writing ---

    def write(self, scene: Scene, written: Sequence[str], removed: Sequence[str], *, whole: bool) -> None:
        """Write pages into the second folder, check them, and exchange the two folders."""
        files, gone = list(map(file_of, written)), list(map(file_of, removed))
        if whole:
            folder = self.generations.begin_anew()
        else:
            twins = [twin for file in (*files, *gone) for twin in names(file)] if self.order.compress else []
            folder = self.generations.begin(files, [*gone, *twins])
        with self.store() as store:
            count = self.count(store) if whole else len(written)
        with crew(self.jobs_for(count), partial(Press, scene, folder)) as spread, self.store() as store:
            pages = Pages(count, partial(_all_pages, scene, store) if whole else lambda: written)
            self.freeze(spread, pages)
            self.check(spread, pages)
            if self.order.compress:
                self.compress(spread, folder, pages)
        with self.phase("Search index"):
            self.index(folder, None if whole else [*files, *gone])
        with self.phase("Exchanging"):
            mark = self.generations.finish()
            with self.store() as store, store.writing():
                store.change("DELETE FROM stale")
                store.note("whole", "no")
                store.note("board", mark)
                store.note("compress", "yes" if self.order.compress else "no")
            self.generations.follow()

    @staticmethod
    def count(store: Store) -> int:
        """Return how many pages and files the board has."""
        others: int = store.value("SELECT count(*) FROM page")
        return _shown(store) + others + len(static_paths())

    def freeze(self, spread: Crew, pages: "Pages") -> None:
        """Write these pages; BuildError where one cannot be written as it should be."""
        with self.phase("Writing"):
            try:
                for count, slow in self.in_slices("Writing", spread, Press.freeze, pages):
                    self.changed += count
                    self.slowest = slowest([*self.slowest, *slow])
            except (ValueError, Warning, TemplateError, HTTPException) as error:
                raise BuildError(f"{type(error).__name__}: {error}. The old board is as it was.") from error

    def check(self, spread: Crew, pages: "Pages") -> None:
        """Check these pages, once all are there; BuildError where one is not as it should be."""
        with self.phase("Checking"):
            checked = self.in_slices("Checking", spread, Press.check, pages)
            problems = [problem for _, found in checked for problem in found]
        wrong = [f"{problem.page}: {problem.what}" for problem in problems if not problem.given]
        if wrong:
            more = [f"and {len(wrong) - MOST} more"] if len(wrong) > MOST else []
            raise BuildError("\n".join([*wrong[:MOST], *more, "The old board is as it was."]))
        self.warnings += [f"{problem.page}: {problem.what}" for problem in problems]

    def compress(self, spread: Crew, folder: Path, pages: "Pages") -> None:
        """Write the twins of these pages."""
        with self.phase("Compressing"):
            for _, twins in self.in_slices("Compressing", spread, _compress, pages):
                # Of more files than that, the two folders are exchanged after all of the file system is on disk.
                for twin in twins if pages.count <= SYNCED_ONE_BY_ONE else ():
                    _fsync(folder / twin)

    def in_slices(
        self, what: str, spread: Crew, work: Callable[[Press, Any], Any], pages: "Pages"
    ) -> Iterator[tuple[int, Any]]:
        """Do the same to slices of these pages, watched; yield the size of each slice and what came of it."""
        done = spread(partial(_sized, work), sliced(pages.paths(), SLICE))
        return self.order.watch(what, pages.count, done, itemgetter(0))

    def index(self, folder: Path, files: Iterable[str] | None) -> None:
        """Let the new board have a search index: a new one where that is asked, else the one that there is."""
        if self.order.with_search:
            search.make(folder, self.order.now)
            return
        told = search.renew(self.order.out.resolve(), folder, self.order.now, files)
        self.warnings += [told] if told else []


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages to be written: how many, and what yields their paths, which nobody has to keep in memory."""

    count: int
    paths: Callable[[], Iterable[str]]


def _shown(store: Store) -> int:
    """Return how many cases have a page."""
    found: int | None = store.value("SELECT sum(number) FROM list WHERE name = 'all'")
    return found or 0


def _warnings(house: House) -> Iterator[str]:
    """Yield what was mended in the settings of companies."""
    for company in house.companies:
        warning = accent.warning(company.accent)
        if warning:
            yield f"{company.slug}/company.toml: accent: {warning}"


def _all_pages(scene: Scene, store: Store) -> Iterator[str]:
    yield from static_paths()
    yield from every_page(Edition(scene.house, scene.now, store))


def _sized(work: Callable[[Press, Any], Any], press: Press, paths: Sequence[str]) -> tuple[int, Any]:
    return len(paths), work(press, paths)


def _compress(press: Press, paths: Sequence[str]) -> list[str]:
    return write_twins(press.folder, map(file_of, paths))


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
