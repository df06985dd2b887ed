"""The proof of the whole board, and the ledgers that it adds up."""

from collections.abc import Iterator, Mapping
from typing import Any

from amends.board import meanings
from amends.board.edition import Edition
from amends.board.machines import meta
from amends.board.page import File, Page, Route, each_company, once
from amends.board.proof import Became, month_name, months, proof, total
from amends.record import Entry, LedgerLine, Record, write_ledger

ABREAST = 6
"""The most companies that stand in one table side by side; more stand below each other."""

NAMED = 20
"""The most cases of one company that are named where its files and its ledger disagree."""


def show(edition: Edition) -> Page:
    """Show what became of everything received, and that it adds up."""
    record = edition.record
    proofs = [proof(company, edition.facts(company.slug), *_of(record, company.slug)) for company in record.companies]
    proofs.sort(key=lambda found: (-found.tally.received, found.company.name))
    everything = total(found.tally for found in proofs)
    rows = [row for row in meanings.rows(edition.lang) if row.row is not Became.LOST or everything.rows[row.row]]
    received = [fact.received for found in proofs for fact in edition.facts(found.company.slug) if fact.counts]
    facts = {
        "abreast": len(proofs) <= ABREAST,
        "everything": everything,
        "faults": sum("/ledger/" in fault.path for fault in record.faults),
        "machine": meta.of_board(edition, "proof", edition.lang.gettext("Proof")),
        "named_at_most": NAMED,
        "proofs": proofs,
        "reasons": _reasons(edition, everything.withheld),
        "rows": rows,
        "since": min(received, default=None),
    }
    return Page("proof.html", edition.lang, facts)


def ledger(edition: Edition, company: str) -> Page | None:
    """Show a company's ledger month by month, and what its columns are."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang = edition.lang_of(shelf.company)
    found = months(edition.facts(company), *_of(edition.record, company))
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
    lines = _ledgers(edition, company).get(month)
    return File(write_ledger(lines), "text/csv") if lines else None


def _of(record: Record, slug: str) -> tuple[tuple[Entry, ...], tuple[LedgerLine, ...]]:
    return record.entries.get(slug, ()), record.ledgers.get(slug, ())


def _ledgers(edition: Edition, company: str) -> dict[str, list[LedgerLine]]:
    found: dict[str, list[LedgerLine]] = {}
    for line in edition.record.ledgers.get(company, ()):
        found.setdefault(month_name(line.received), []).append(line)
    return found


def _reasons(edition: Edition, withheld: Mapping[Any, int]) -> list[tuple[str, int]]:
    """Return the reasons with what was withheld for each, the most frequent first."""
    named = [(meanings.reason(edition.lang, reason), number) for reason, number in withheld.items()]
    return sorted(named, key=lambda found: (-found[1], found[0]))


def _each_ledger(edition: Edition) -> Iterator[Mapping[str, Any]]:
    for company in edition.record.companies:
        for month in _ledgers(edition, company.slug):
            yield {"company": company.slug, "month": month}


ROUTES = (
    Route("/proof/", "proof", show, once),
    Route("/<slug:company>/ledger/", "ledger", ledger, each_company),
    Route("/<slug:company>/ledger/<string(length=7):month>.csv", "ledger_of_month", ledger_of_month, _each_ledger),
)
