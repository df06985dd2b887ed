"""An edition: the record as it stands at one instant, and what its pages have in common."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from amends.board import counts, proof
from amends.board.derive import ALL_MONTHS, Sums
from amends.board.shelf import Shelf
from amends.board.stock import fill
from amends.figures import ALL_TIME, Figures, Month, Share, Tally, Window, closed_year, figures_of, months_of, within
from amends.language import Language, language, nearest
from amends.record import Board, Company, House, Record, Referrals
from amends.shelves.store import Store

Made = TypeVar("Made")

KEPT = 250
"""So many things are kept that pages have in common: what some thirty companies need, and always the entries of feeds
that stand in two of them.
"""


class Edition:
    """A record at an instant (UTC), without what its files say of later.

    It is drawn from a store in which the cases stand as they are at that instant; a whole `Record` is put into one of
    its own. What is derived of a company is derived once, when first asked for.
    """

    def __init__(self, record: Record | House, now: datetime, store: Store | None = None) -> None:
        self.now = now
        self.record = record.house if isinstance(record, Record) else record
        self.store = Store(None) if store is None else store
        if isinstance(record, Record):
            fill(self.store, record, now)
        self._companies = {company.slug: company for company in self.record.companies}
        # An address that two claim belongs to the first; the record names it as a fault.
        self._aliases = {name: company for company in reversed(self.record.companies) for name in company.aliases}
        self._made: OrderedDict[Hashable, Any] = OrderedDict()

    @property
    def board(self) -> Board:
        """The settings of the board as a whole."""
        return self.record.board

    @cached_property
    def settings(self) -> str:
        """All settings, of the board and of its companies, in words that change with them."""
        return repr((self.board, self.record.companies))

    def called_now(self, slug: str) -> Company | None:
        """Return the company that was called so before; None where one is called so now, or none ever was."""
        return None if slug in self._companies else self._aliases.get(slug)

    def joined(self, company: Company) -> Company | None:
        """Return the company of which one that left is part since then; None where that is not so."""
        slug = company.joined or ""
        found = self._companies.get(slug) or self.called_now(slug)
        return None if found == company else found

    def old_names(self, slug: str) -> Iterable[str]:
        """Return what a company was called before; nothing for the board, whose slug is empty."""
        if not slug:
            return ()
        return [name for name in self._companies[slug].aliases if self.called_now(name) == self._companies[slug]]

    @property
    def lang(self) -> Language:
        """The language of the pages that belong to the whole board."""
        return language(nearest(self.board.language))

    def lang_of(self, company: Company) -> Language:
        """Return the language of a company's pages: its own, or the board's where there are no words in it."""
        return language(nearest(company.language, self.lang.tag))

    def shelf(self, slug: str) -> Shelf | None:
        """Return a company's cases; None where there is no such company."""
        company = self._companies.get(slug)
        return self.once(("shelf", slug), lambda: Shelf(self.store, company, self.now)) if company else None

    def shelves(self) -> list[Shelf]:
        """Return the cases of all companies."""
        found = (self.shelf(company.slug) for company in self.record.companies)
        return [shelf for shelf in found if shelf]

    # --- What is counted ---

    def sums(self, slug: str) -> dict[str, Sums]:
        """Return what is counted of a company's cases by the name of the month in which they came, oldest first."""
        return self.once(("sums", slug), lambda: self._sums(slug, ALL_TIME))

    def _sums(self, slug: str, window: Window) -> dict[str, Sums]:
        begin, end = (str(day)[:7] if day else None for day in (window.first, window.end))
        rows = self.store.rows(
            "SELECT month, sums FROM month WHERE company = ?1 AND month <> ?2 AND month >= coalesce(?3, '') "
            "AND (?4 IS NULL OR month < ?4) ORDER BY month",
            *(slug, ALL_MONTHS, begin, end),
        )
        return {month: Sums.read(text) for month, text in rows}

    def whole(self, slug: str) -> Sums:
        """Return what is counted of all cases of a company."""
        return self.once(("whole", slug), lambda: self._whole(slug))

    def _whole(self, slug: str) -> Sums:
        text = self.store.value("SELECT sums FROM month WHERE company = ? AND month = ?", slug, ALL_MONTHS)
        return Sums.read(text) if text else Sums.total(())

    def proof(self, slug: str) -> proof.Tally:
        """Return what became of a company's cases."""
        return self.whole(slug).proof

    def counts(self, slug: str) -> counts.Counts:
        """Return how many cases a company received, and how many of them stand where."""
        return self.whole(slug).counts

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
        """Return a company's figures over a window of whole months; KeyError where there is no such company."""
        self._companies[slug]
        return self.once(("figures", slug, window), lambda: figures_of(self._tally(slug, window), window))

    def months(self, slug: str) -> tuple[Month, ...]:
        """Return the twelve closed months of a company, oldest first; KeyError where there is no such company."""
        self._companies[slug]
        return self.once(("months", slug), lambda: months_of(_tallies(self.sums(slug)), self.now))

    def referrals(self, slug: str) -> Share:
        """Return how many of the links with which customers recommend a company brought a visit, of all time."""
        found = self.record.referrals.get(slug, Referrals())
        return Share.of(found.visited, found.made)

    def _tally(self, slug: str, window: Window) -> Tally:
        return self.whole(slug).tally if window == ALL_TIME else within(_tallies(self._sums(slug, window)), window)

    # --- What is shared ---

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` makes of this edition under this key; while it is asked for again, it is made once."""
        if key in self._made:
            self._made.move_to_end(key)
        else:
            self._made[key] = make()
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        made: Made = self._made[key]
        return made

    def service(self, company: Company) -> str | None:
        """Return where the service answers for a company, without a closing slash; None where there is none."""
        service = company.service_url or self.board.service_url
        return f"{service.rstrip('/')}/{company.slug}" if service else None

    def feedback(self, company: Company) -> str | None:
        """Return where feedback to a company can be left; None where there is no service, or the company has left."""
        service = self.service(company)
        return f"{service}/new" if service and not company.has_left else None


def _tallies(sums: dict[str, Sums]) -> dict[date, Tally]:
    return {date.fromisoformat(f"{month}-01"): each.tally for month, each in sums.items()}
