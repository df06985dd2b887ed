"""The generator: from the record, as it stands at one instant, to a board of static pages, swapped in whole.

A build reads what has changed, derives what follows from it, writes the pages that show any of it into a second
folder beside the board, checks them, and exchanges the two. It costs what changed, not what there is.

Here is the first look: whether there is anything to do. It needs none of what writes pages, which takes longer to
import than the look itself; the rest is in `making`.
"""

import json
import sqlite3
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from amends import clock
from amends.generator.generations import Generations
from amends.generator.order import BuildError, Built, Done, Order, Watch, unwatched
from amends.generator.reporting import instead
from amends.generator.versions import of_store, rendering
from amends.record import NotABoardError, RecordError, exclusive
from amends.record.listing import BOARD
from amends.shelves.memory import MEMORY
from amends.shelves.scan import Look, look_at, scan
from amends.shelves.store import STORE, Store, throw_away

__all__ = ["BuildError", "Built", "build"]


def build(
    content: Path,
    out: Path,
    cache: Path,
    now: datetime,
    *,
    strict: bool = False,
    base_url: str | None = None,
    with_search: bool = False,
    compress: bool = False,
    changed: Sequence[Path] | None = None,
    jobs: int | None = None,
    watch: Watch = unwatched,
) -> Built:
    """Build the board of `content` into `out`, as it stands at `now` (UTC), as far as it is not that already.

    `changed` are the files to look at, where the caller knows them; None: all. With `compress` every file of text has
    its twins beside it (`twins`); all are written anew where the last build had it otherwise. `jobs` is how many
    processes there may be; None: one for each processor. `cache` keeps what costs time to find out again; it serves
    one `content`.

    ValueError where `base_url` is no such address, or a file of `changed` is not in `content`; NotABoardError where
    `content` is no board; RecordError with every fault where `strict`, or where nothing can be shown; BuildError,
    SearchError, CannotSwapError and OSError where writing failed. The old board is then as it was.
    """
    if not (content / BOARD).is_file():
        raise NotABoardError(f"{content} is no board: it has no board.toml (amends init makes one)")
    order = Order(content, out, cache, now, strict, base_url, with_search, compress, changed, jobs, watch)
    with exclusive(cache, "build"):
        for kept in (STORE, MEMORY):
            try:
                return _build(order)
            except sqlite3.OperationalError as error:
                raise OSError(f"{cache}: {error}") from error
            except sqlite3.DatabaseError:
                # It is damaged, and what it keeps costs time; the last good versions go only where that was not it.
                throw_away(cache / kept)
        return _build(order)


def _build(order: Order) -> Built:
    started = time.perf_counter()
    version = of_store(order.content)
    # What is exchanged must be the folder itself: of a link, the link would be.
    generations = Generations(order.out.resolve(), order.cache)
    with Store(order.cache / STORE, version) as store:
        look = _look(store, order)
        if not look and _is_current(store, order, generations):
            if order.strict and store.faults():
                raise RecordError(store.faults())
            return _told(store, order, started, Done(phases={"Looking": time.perf_counter() - started}))
    from amends.generator.making import Making  # noqa: PLC0415 - Flask, Jinja and Babel: 0.25 s

    making = Making(order, generations, version)
    making.phases["Looking"] = time.perf_counter() - started
    done = making.run(look)
    with Store(order.cache / STORE, version) as store:
        return _told(store, order, started, done)


def _look(store: Store, order: Order) -> Look:
    """Find what has changed: among the files that the caller names, or everywhere."""
    if order.changed is None or store.setting("scanned") is None:
        return scan(store, order.content)
    content = order.content.resolve()
    return look_at(store, content, [_stands_at(path).relative_to(content).as_posix() for path in order.changed])


def _stands_at(path: Path) -> Path:
    """Return where a file stands: of a link its own place, not that to which it leads."""
    return path.parent.resolve() / path.name


def _is_current(store: Store, order: Order, generations: Generations) -> bool:
    """Whether the board is what it would be after a build, the record being as it was."""
    due = store.setting("due")
    return (
        not order.with_search
        and due is not None
        and (store.setting("now") or "") <= clock.stamp(order.now) < due
        and store.setting("base_url") == (order.base_url or "")
        and store.setting("compress") == ("yes" if order.compress else "no")
        and store.setting("rendering") == rendering()
        and generations.known
        and store.setting("board") == generations.mark
    )


def _told(store: Store, order: Order, started: float, done: Done) -> Built:
    """Tell what was done."""
    faults = store.faults()
    later = store.rows("SELECT path FROM item WHERE later ORDER BY path")
    now = clock.stamp(order.now)
    standing = json.loads(store.setting("warnings") or "[]")
    not_yet = [f"{path}: what it says of later than {now} does not count yet" for (path,) in later]
    return Built(
        pages=int(store.setting("pages") or 0),
        changed=done.changed,
        removed=done.removed,
        cases=int(store.setting("cases") or 0),
        seconds=time.perf_counter() - started,
        faults=faults,
        warnings=(*done.warnings, *standing, *not_yet),
        next_due=clock.parse(store.setting("due") or ""),
        instead=instead(store, order.content, order.cache, faults) if faults else (),
        slowest=done.slowest,
        phases=tuple(done.phases.items()),
    )
