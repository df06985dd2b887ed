"""What each page of the board shows. Every view is a function of the record and the instant."""

from collections.abc import Iterator
from datetime import datetime

from flask import Response, abort, render_template

from amends.board import accent, lists, thread
from amends.board.counts import count
from amends.board.heading import heading
from amends.board.history import history
from amends.board.shelf import Row, Shelf, just_solved, waiting_longest
from amends.record import Company, Record

FEW = 5
"""How many cases stand under "waiting longest" and "just solved"."""


def urls(record: Record, now: datetime) -> Iterator[str]:
    """Yield the address of every page of the board once, as a path from the board's own root."""
    yield from ("/", "/404.html", "/accents.css")
    for company in record.companies:
        yield f"/{company.slug}/"
        yield f"/{company.slug}/accent.css"
        shelf = Shelf(record, company, now)
        yield from (f"/{company.slug}/{row.case.number}/" for row in shelf.rows)
        for name in shelf.lists:
            yield f"/{company.slug}/{name}/"
            yield from (f"/{company.slug}/{name}/{number}/" for number in lists.numbers(shelf, name))


class Pages:
    """The pages of one record at one instant; a company's cases are looked through once, when first asked for."""

    def __init__(self, record: Record, now: datetime) -> None:
        self._record = record
        self._now = now
        self._shelves: dict[str, Shelf] = {}

    def home(self) -> str:
        """Show all companies, who waits longest and what was just solved."""
        shelves = [self._shelf(company.slug) for company in self._record.companies]
        rows = [(shelf.company, count(shelf, self._now)) for shelf in shelves]
        rows.sort(key=lambda row: (-row[1].received, row[0].name))
        cases = [row for shelf in shelves for row in shelf.rows]
        return render_template(
            "home.html",
            built=self._now,
            companies=rows,
            received=sum(counts.received for _, counts in rows),
            waiting=waiting_longest(cases)[:FEW],
            solved=just_solved(cases)[:FEW],
        )

    def company(self, company: str) -> str:
        """Show one company: what it promises, what it received, who waits, how else to reach it."""
        shelf = self._shelf(company)
        return render_template(
            "company.html",
            company=shelf.company,
            counts=count(shelf, self._now),
            feedback=self._feedback(shelf.company),
            shelf=shelf,
            solved=just_solved(shelf.rows)[:FEW],
            topics=lists.topics(shelf),
            waiting=waiting_longest(shelf.rows)[:FEW],
        )

    def case(self, company: str, number: str) -> str:
        """Show one case: the two columns, and everything that happened."""
        shelf = self._shelf(company)
        row = shelf.row(number) or abort(404)
        before, after = shelf.beside(number)
        return render_template(
            "case.html",
            company=shelf.company,
            row=row,
            case=row.case,
            corrected=thread.corrected,
            beside={"before": before, "after": after},
            duplicate=_duplicate(row, shelf),
            feedback=self._feedback(shelf.company),
            history=history(row, self._now),
            heading=heading(row),
            same=shelf.row(row.case.same or ""),
            same_count=shelf.same(number),
            turns=thread.turns(row, self._now),
        )

    def list(self, company: str, name: str, number: int = 0) -> str:
        """Show a page of a list; the first one, which has no number, also counts and filters."""
        shelf = self._shelf(company)
        page = lists.page(shelf, name, number) or abort(404)
        return render_template(
            "list.html",
            company=shelf.company,
            filters=None if number else _filters(shelf),
            last=shelf.rows[-1] if shelf.rows else None,
            longest_first=name in lists.LONGEST_FIRST,
            name=name,
            number=number,
            page=page,
            rows=shelf.lists[name],
            title=lists.title(name),
        )

    def not_found(self) -> str:
        """Say that there is no such page."""
        return render_template("404.html")

    def accents(self) -> Response:
        """Give the accents of all companies, for the page on which they stand together."""
        return _css(*self._record.companies)

    def accent(self, company: str) -> Response:
        """Give the accent of one company."""
        return _css(self._shelf(company).company)

    def _shelf(self, slug: str) -> Shelf:
        if slug not in self._shelves:
            try:
                company = self._record.company(slug)
            except KeyError:
                abort(404)
            self._shelves[slug] = Shelf(self._record, company, self._now)
        return self._shelves[slug]

    def _feedback(self, company: Company) -> str | None:
        """Return where feedback to a company can be left; None where there is no service, or the company has left."""
        service = company.service_url or self._record.board.service_url
        if service is None or company.status != "active":
            return None
        return f"{service.rstrip('/')}/{company.slug}/new"


def _filters(shelf: Shelf) -> dict[str, list[lists.Choice]]:
    return {"state": lists.states(shelf), "topic": lists.topics(shelf), "month": lists.months(shelf)}


def _css(*companies: Company) -> Response:
    rules = "".join(accent.rule(company.slug, company.accent) for company in companies)
    return Response(rules, mimetype="text/css")


def _duplicate(row: Row, shelf: Shelf) -> Row | None:
    marked = row.case.last("duplicate")
    return shelf.row(str(marked.of)) if marked else None
