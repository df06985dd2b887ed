"""The proof of the whole board, and the ledgers that it adds up."""

from collections.abc import Iterator, Mapping
from typing import Any

from amends.board import meanings
from amends.board.edition import Edition
from amends.board.machines import meta
from amends.board.page import File, Page, Route, digest, once
from amends.board.proof import Became, Disagreement, Proof, months, total
from amends.board.shelf import Shelf
from amends.record import write_ledger

ABREAST = 6
"""The most companies that stand in one table side by side; more stand below each other."""

NAMED = 20
"""The most cases of one company that are named where its files and its ledger disagree."""


def show(edition: Edition) -> Page:
    """Show what became of everything received, and that it adds up."""
    proofs = [_proof(edition, shelf) for shelf in edition.shelves()]
    proofs.sort(key=lambda found: (-found.tally.received, found.company.name))
    everything = total(found.tally for found in proofs)
    rows = [row for row in meanings.rows(edition.lang) if row.row is not Became.LOST or everything.rows[row.row]]
    facts = {
        "abreast": len(proofs) <= ABREAST,
        "everything": everything,
        "faults": sum("/ledger/" in fault.path for fault in edition.store.faults()),
        "machine": meta.of_board(edition, "proof", edition.lang.gettext("Proof")),
        "named_at_most": NAMED,
        "proofs": proofs,
        "reasons": _reasons(edition, everything.withheld),
        "rows": rows,
        "since": everything.since,
    }
    return Page("proof.html", edition.lang, facts)


def _proof(edition: Edition, shelf: Shelf) -> Proof:
    tally = edition.proof(shelf.company.slug)
    named = {kind.value: tuple(shelf.differing(kind)) if tally.disagreements else () for kind in Disagreement}
    return Proof(shelf.company, tally, **named)


def ledger(edition: Edition, company: str) -> Page | None:
    """Show a company's ledger month by month, and what its columns are."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang = edition.lang_of(shelf.company)
    found = months({month: sums.proof for month, sums in edition.sums(company).items()})
    everything = total(month.tally for month in found)
    facts = {
        "company": shelf.company,
        "everything": everything,
        "machine": meta.of_part(edition, shelf.company, "ledger", lang.gettext("Ledger")),
        "months": found,
        "rows": [row for row in meanings.rows(lang) if everything.rows[row.row]],
    }
    return Page("ledger.html", lang, facts)


def ledger_of_month(edition: Edition, company: str, month: str) -> File | None:
    """Give the ledger of one month as the record has it: a line for each case received, shown or not."""
    shelf = edition.shelf(company)
    lines = shelf.ledger(month) if shelf else []
    return File(write_ledger(lines), "text/csv") if lines else None


def _reasons(edition: Edition, withheld: Mapping[Any, int]) -> list[tuple[str, int]]:
    """Return the reasons with what was withheld for each, the most frequent first."""
    named = [(meanings.reason(edition.lang, reason), number) for reason, number in withheld.items()]
    return sorted(named, key=lambda found: (-found[1], found[0]))


def _each_ledger(edition: Edition, company: str) -> Iterator[Mapping[str, Any]]:
    shelf = edition.shelf(company)
    for month in shelf.ledgers() if shelf else ():
        yield {"company": company, "month": month}


def made_of(edition: Edition, company: str, month: str) -> bytes:
    """Tell what the ledger of a month is made of."""
    shelf = edition.shelf(company)
    mark = shelf.ledger_mark(month) if shelf else ""
    return digest(mark) if mark else b""


ROUTES = (
    Route("/proof/", "proof", show, once),
    Route("/<slug:company>/ledger/", "ledger", ledger, once),
    Route(
        "/<slug:company>/ledger/<string(length=7):month>.csv", "ledger_of_month", ledger_of_month, _each_ledger, made_of
    ),
)
