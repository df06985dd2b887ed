"""What runs by the clock: decisions leave, deadlines show, the ledger and the board are brought up to date."""

import fcntl
import logging
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from amends.clock import Clock
from amends.generator.build import BuildError, Built, build
from amends.generator.pledged import pledged
from amends.inbox import Inbox, StoreUnavailableError, cases, companies, rates, renaming, retention, similar
from amends.inbox.notices import Reminder, remind, reminders
from amends.publish import CannotPublishError, Publisher
from amends.record import NotABoardError, RecordError, find_case, is_slug, read_board, read_company, read_text
from amends.settings import Settings

_log = logging.getLogger("amends.work")

TICK = 0.5
"""Seconds between two looks at the clock: what leaves is on the board within two seconds."""
REMIND = timedelta(minutes=1)
"""Between two looks at the promises that run."""
BACK_OFF = 15.0
"""Seconds to wait after something failed."""

SIMILAR = "similar.json"
"""The file of a company on the board that intake needs."""

LOCK = "work.lock"
"""The name of the lock that whoever works holds."""

_EXPECTED = (OSError, StoreUnavailableError, RecordError, NotABoardError, BuildError)


class Worker:
    """Does what is due, turn by turn. Only one runs for a record at a time: see `run`."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock) -> None:
        self._settings, self._inbox, self._clock = settings, inbox, clock
        self._publisher = Publisher(settings.content, settings.locks, inbox)
        self._next_due: datetime | None = None
        self._tidy_at: datetime | None = None
        self._remind_at: datetime | None = None
        self._reminded: set[Reminder] = set()
        self._look_again = 0.0
        self._told = ""
        self._copied: dict[str, tuple[int, ...]] = {}

    def run(self, stop: threading.Event) -> None:
        """Take turns until `stop` is set. A failure is logged and tried again; it never ends the work."""
        self._settings.locks.mkdir(parents=True, exist_ok=True)
        with (self._settings.locks / LOCK).open("w") as lock:
            while not _taken(lock.fileno()):
                if stop.wait(TICK):
                    return
            while not stop.wait(self._turn_safely()):
                pass

    def turn(self) -> None:
        """Do everything that is due now, whatever of it fails; CannotPublishError names what did, and stays due."""
        now = self._clock()
        failures = self._publisher.failures
        failures.clear()
        try:
            self.copy_settings()
        except RecordError as error:
            failures.append(str(error))
        self._remind(now)
        wrote = self._publisher.carry_out_due(now) + self._publisher.publish_stubs(now)
        wrote += self._tidy(now) + self._publisher.write_ledger()
        self._bring_up_to_date(now, wrote=bool(wrote))
        if failures:
            raise CannotPublishError("; ".join(failures))

    def copy_settings(self) -> None:
        """Give intake the companies' settings as the record has them; a faulty file leaves the last good copy."""
        with self._inbox.reading() as connection:
            stored = companies.get_all(connection)
        board = _good_board(self._settings.content / "board.toml", stored)
        texts = {
            slug: text
            for path in sorted(self._settings.content.glob("*/company.toml"))
            if is_slug(slug := path.parent.name) and (text := _good_settings(path, slug, stored))
        }
        self._call_by_new_names(texts)
        if stored != {slug: (text, board) for slug, text in texts.items()}:
            with self._inbox.writing() as connection:
                companies.put_all(connection, texts, board)

    def _call_by_new_names(self, texts: Mapping[str, str]) -> None:
        """Give a renamed company what a service took in under its old name, which it knew for some seconds more."""
        renamed = {
            alias: slug
            for slug, text in texts.items()
            if "aliases" in text
            for alias in read_company(text, slug, f"{slug}/company.toml").aliases
            if alias not in texts
        }
        if not renamed:
            return
        with self._inbox.reading() as connection:
            behind = renaming.left_behind(connection, renamed)
        if behind:
            with self._inbox.writing() as connection:
                for old in sorted(behind):
                    renaming.rename(connection, old, renamed[old])

    def copy_similar(self) -> None:
        """Give intake what the board offers to read before somebody asks, where that is not what intake has."""
        found = {path.parent.name: path for path in sorted(self._settings.out.glob(f"*/{SIMILAR}"))}
        stamps = {slug: _stamp(path) for slug, path in found.items()}
        if stamps == self._copied:
            return
        with self._inbox.reading() as connection:
            known = similar.marks(connection)
        texts = {slug: path.read_text("utf-8") for slug, path in found.items()}
        changed = {slug: text for slug, text in texts.items() if known.get(slug) != similar.mark_of(text)}
        changed |= dict.fromkeys(known.keys() - texts.keys(), "")
        if changed:
            with self._inbox.writing() as connection:
                similar.put(connection, changed)
        self._copied = stamps

    def _tidy(self, now: datetime) -> int:
        """Forget, once an hour, what need not be known any longer; return how many files of the record that changed."""
        if self._tidy_at is not None and now < self._tidy_at:
            return 0
        with self._inbox.writing() as connection:
            cases.forget_keys(connection, now)
            rates.forget(connection, now)
        keep = timedelta(days=self._settings.keep_contacts_days)
        retention.forget(self._inbox, now, keep, partial(find_case, self._settings.content))
        self._tidy_at = now + timedelta(hours=1)
        return self._publisher.erase_again() + self._publisher.write_referrals()

    def _remind(self, now: datetime) -> None:
        """Tell companies, once a minute, of promises whose day comes or is over; hand-written ones are promises too."""
        if self._remind_at is not None and now < self._remind_at:
            return
        running = pledged(self._settings.content, self._settings.cache)
        with self._inbox.reading() as connection:
            stored = companies.get_all(connection)
        houses = {
            slug: read_company(stored[slug][0], slug, f"{slug}/company.toml")
            for slug in {one.company for one in running} & stored.keys()
        }
        due = {one for case in running if case.company in houses for one in reminders(case, houses[case.company], now)}
        if fresh := due - self._reminded:
            with self._inbox.writing() as connection:
                for one in sorted(fresh, key=lambda one: (one.due, one.number, one.promise)):
                    remind(connection, one, now)
        self._reminded, self._remind_at = due, now + REMIND

    def _turn_safely(self) -> float:
        try:
            self.turn()
        except CannotPublishError as error:
            # Some file of some company: the others go on at once, and the log is told once.
            if str(error) != self._told:
                self._told = str(error)
                _log.error("stays due: %s", error)
            return TICK
        except _EXPECTED as error:
            _log.error("%s: %s; trying again in %d s", type(error).__name__, error, BACK_OFF)
            return BACK_OFF
        except Exception:
            # A mistake of ours in one turn must not end publishing for good.
            _log.exception("trying again in %d s", BACK_OFF)
            return BACK_OFF
        return TICK

    def _bring_up_to_date(self, now: datetime, *, wrote: bool) -> None:
        """Let the board show what was written here, what was edited elsewhere, and what the time is."""
        if time.monotonic() >= self._look_again:
            started = time.monotonic()
            self._build(now)
            # Looking may cost a twentieth of the time at most, however large the record is.
            self._look_again = time.monotonic() + 20 * (time.monotonic() - started)
            self._publisher.tell_of_updates(now)
        elif wrote or self._next_due is None or now >= self._next_due:
            self._build(now, sorted(self._publisher.written))

    def _build(self, now: datetime, changed: list[Path] | None = None) -> None:
        """Build the board; of the record only what changed, where that is known."""
        settings = self._settings
        built = build(settings.content, settings.out, settings.cache, now, changed=changed)
        self._publisher.written.clear()
        self._next_due = built.next_due
        self.copy_similar()
        if built.changed or built.removed:
            _log_built(built)


def _log_built(built: Built) -> None:
    for warning in built.warnings:
        _log.warning("%s", warning)
    _log.info(
        "board: %d pages changed, %d removed in %.1f s, %d faults",
        *(built.changed, built.removed, built.seconds, len(built.faults)),
    )


def _good_board(path: Path, stored: dict[str, tuple[str, str]]) -> str:
    """Return board.toml as it is, else as it was; RecordError where it has a fault and never was good."""
    try:
        text = read_text(path, path.name)
        read_board(text, path.name)
    except RecordError:
        kept = next((board for _, board in stored.values()), None)
        if kept is None:
            raise
        return kept
    return text


def _good_settings(path: Path, slug: str, stored: dict[str, tuple[str, str]]) -> str:
    """Return a company.toml that has no fault: as it is, else as it was; empty where it never was good."""
    try:
        text = read_text(path, f"{slug}/company.toml")
        read_company(text, slug, f"{slug}/company.toml")
    except RecordError:
        return stored[slug][0] if slug in stored else ""
    return text


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes with the file; the two folders of the board take turns in its place."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
