"""An edition: the record as it stands at one instant, and what its pages have in common."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from amends.board.shelf import Shelf
from amends.case import as_of
from amends.figures import ALL_TIME, Fact, Figures, Month, Window, closed_year, facts, figures, months
from amends.language import Language, language, nearest
from amends.record import Company, Entry, LedgerLine, Record

Made = TypeVar("Made")


class Edition:
    """A record at an instant (UTC), without what its files say of later.

    What is derived of a company is derived once, when first asked for.
    """

    def __init__(self, record: Record, now: datetime) -> None:
        self.record = _as_of(record, now)
        self.now = now
        self._shelves: dict[str, Shelf] = {}
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._figures: dict[tuple[str, Window], Figures] = {}
        self._months: dict[str, tuple[Month, ...]] = {}
        self._made: dict[Hashable, Any] = {}

    @property
    def lang(self) -> Language:
        """The language of the pages that belong to the whole board."""
        return language(nearest(self.record.board.language))

    def lang_of(self, company: Company) -> Language:
        """Return the language of a company's pages: its own, or the board's where there are no words in it."""
        return language(nearest(company.language, self.lang.tag))

    def shelf(self, slug: str) -> Shelf | None:
        """Return a company's cases; None where there is no such company."""
        if slug not in self._shelves:
            try:
                company = self.record.company(slug)
            except KeyError:
                return None
            self._shelves[slug] = Shelf(self.record, company, self.now)
        return self._shelves[slug]

    def shelves(self) -> list[Shelf]:
        """Return the cases of all companies."""
        found = (self.shelf(company.slug) for company in self.record.companies)
        return [shelf for shelf in found if shelf]

    def facts(self, slug: str) -> tuple[Fact, ...]:
        """Return a fact for each case that a company received; KeyError where there is no such company."""
        if slug not in self._facts:
            entries, ledger = self.record.entries.get(slug, ()), self.record.ledgers.get(slug, ())
            self._facts[slug] = facts(entries, ledger, self.record.company(slug).zone)
        return self._facts[slug]

    def figures(self, slug: str) -> Figures:
        """Return a company's figures over the twelve closed months; KeyError where there is no such company."""
        return self.figures_of(slug, closed_year(self.now))

    def figures_all(self, slug: str) -> Figures:
        """Return a company's figures over all time; KeyError where there is no such company."""
        return self.figures_of(slug, ALL_TIME)

    def figures_shown(self, slug: str) -> tuple[Figures, ...]:
        """Return the figures of the twelve closed months and of all time; of all time alone where those are empty."""
        year, all_time = self.figures(slug), self.figures_all(slug)
        return (year, all_time) if year.received else (all_time,)

    def figures_so_far(self, slug: str) -> Figures:
        """Return a company's figures since the last closed month; KeyError where there is no such company."""
        return self.figures_of(slug, Window(closed_year(self.now).end, None))

    def figures_of(self, slug: str, window: Window) -> Figures:
        """Return a company's figures over a window; KeyError where there is no such company."""
        if (slug, window) not in self._figures:
            zone = self.record.company(slug).zone
            self._figures[slug, window] = figures(self.facts(slug), window, self.now, zone)
        return self._figures[slug, window]

    def months(self, slug: str) -> tuple[Month, ...]:
        """Return the twelve closed months of a company, oldest first; KeyError where there is no such company."""
        if slug not in self._months:
            self._months[slug] = months(self.facts(slug), self.now)
        return self._months[slug]

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` makes of this edition under this key; it is made once, and several files share it."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def service(self, company: Company) -> str | None:
        """Return where the service answers for a company, without a closing slash; None where there is none."""
        service = company.service_url or self.record.board.service_url
        return f"{service.rstrip('/')}/{company.slug}" if service else None

    def feedback(self, company: Company) -> str | None:
        """Return where feedback to a company can be left; None where there is no service, or the company has left."""
        service = self.service(company)
        return f"{service}/new" if service and company.status == "active" else None


def _as_of(record: Record, now: datetime) -> Record:
    return replace(
        record,
        entries={slug: tuple(_entry_as_of(entry, now) for entry in found) for slug, found in record.entries.items()},
        ledgers={slug: tuple(_line_as_of(line, now) for line in found) for slug, found in record.ledgers.items()},
    )


def _entry_as_of(entry: Entry, now: datetime) -> Entry:
    case = as_of(entry.case, now)
    return entry if case is entry.case else replace(entry, case=case)


def _line_as_of(line: LedgerLine, now: datetime) -> LedgerLine:
    return replace(line, first_reply=None) if line.first_reply and line.first_reply > now else line
