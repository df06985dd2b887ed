"""What every page of intake asks first: whose it is."""

from collections.abc import Mapping
from functools import lru_cache
from math import inf
from time import monotonic

from amends.inbox import Inbox, StoreUnavailableError, companies
from amends.record import Board, Company, read_board, read_company


class Houses:
    """The companies as intake knows them: read again where the copy in memory is older than `fresh` seconds.

    While the store cannot be read the copy stays: who sends something then gets the form back with every word.
    """

    def __init__(self, inbox: Inbox, fresh: float) -> None:
        self._inbox, self._fresh = inbox, fresh
        self._texts: Mapping[str, tuple[str, str]] = {}
        self._read_at = -inf

    def are_fresh(self) -> bool:
        """Whether `find` answers from memory."""
        return monotonic() - self._read_at <= self._fresh

    def find(self, slug: str) -> tuple[Company, Board] | None:
        """Return a company and the board on which it is, also by a slug that it had before; None where there is none.

        StoreUnavailableError where the store could not be read even once.
        """
        if not self.are_fresh():
            now = monotonic()
            self._texts = self._all()
            self._read_at = now
        texts = self._texts.get(slug)
        return _read(slug, *texts) if texts else self._renamed(slug)

    def _renamed(self, slug: str) -> tuple[Company, Board] | None:
        """Return the company that was called so before."""
        found = (_read(now, *texts) for now, texts in self._texts.items())
        return next((one for one in found if slug in one[0].aliases), None)

    def _all(self) -> Mapping[str, tuple[str, str]]:
        try:
            with self._inbox.reading() as connection:
                return companies.get_all(connection)
        except StoreUnavailableError:
            if not self._texts:
                raise
            return self._texts


@lru_cache(maxsize=1024)
def _read(slug: str, company: str, board: str) -> tuple[Company, Board]:
    return read_company(company, slug, "company.toml"), read_board(board, "board.toml")


def no_company(slug: str) -> str:
    """Say that there is no such company."""
    return f"There is no company “{slug[:40]}” here. Nothing was saved; please check the address."
