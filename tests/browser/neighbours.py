"""The others of a house in which a browser is at the desk: what they are shown at the addresses that it was at.

The house has two companies with a case each, staff of both, and a keeper. Whatever a test does in one company, the
other's staff get no page of it, the keeper gets what the matrix of `tests.test_rights` says, and nobody else gets in.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from amends.desk.tasks import TASKS
from amends.inbox.schema import case, metadata, session, similar_text, staff
from amends.inbox.signing_tables import audit
from tests.house import URL, House
from tests.test_desk import OPEN_TO_ALL
from tests.test_rights import PEOPLE, right_of, snapshot

ADMINS = {"acme": "ann", "bolt": "bo"}
"""Who may do most in each company."""
KEEPER = "kim"
ANSWERS = {"acme": "olga", "bolt": "bo"}

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Neighbours:
    """The house with its two cases, and what stood in it before the test. `visited` are the addresses of the desk."""

    house: House
    visited: set[str]
    planted: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    noted: int = 0
    sessions: frozenset[bytes] = frozenset()

    def move_in(self) -> None:
        """Hire everybody, and let each company have a case that is answered, so that it waits for nothing."""
        noon = self.house.now
        self.house.pass_time(hours=-1)
        for slug, login in ANSWERS.items():
            self.planted[slug] = self.house.receive(slug, text=f"Canary of {slug}.", key=slug * 8)
            seat = self.house.at_the_desk(login)
            words = {"name": login.title(), "text": f"Sorry, from {slug}.", "topic": "delivery", "do": "send"}
            assert seat.decide(self.planted[slug], "reply", company=slug, **words).status_code == 302
        self.house.work()
        for login in (*ADMINS.values(), KEEPER):
            self.house.hire(login)
        self.house.now = noon
        self.files = snapshot(self.house.content)
        with self.house.inbox.reading() as connection:
            self.rows = {slug: _rows(connection, slug) for slug in ADMINS}
            self.noted = len(connection.execute(select(audit.c.id)).all())
            self.sessions = frozenset(connection.execute(select(session.c.id)).scalars())

    def look(self) -> list[str]:
        """Return what anybody was shown who should not have been, and what changed of a company that did nothing."""
        wrong = [*self._changed()]
        seats = {login: self.house.at_the_desk(login).client for login in (*ADMINS.values(), KEEPER)}
        before, rows = snapshot(self.house.content), self._rows_now()
        for address in sorted(self.visited):
            found = self._route(address)
            if found is None:
                continue
            rule, given = found
            for login, client in {**seats, "": self.house.visitor()}.items():
                if login and PEOPLE[login][1] == given.get("company"):
                    continue
                answer = client.get(address, base_url=URL)
                if why := self._why_wrong(login, rule, given, address, answer):
                    wrong.append(f"{login or 'nobody'} at {address}: {answer.status} {why}")
        if (snapshot(self.house.content), self._rows_now()) != (before, rows):
            wrong.append("something changed because somebody looked at it")
        return wrong

    def _why_wrong(self, login: str, rule: Rule, given: dict[str, Any], address: str, answer: TestResponse) -> str:
        leads = answer.headers.get("Location", "")
        if not login:
            return "" if leads == "/desk/sign-in" else "is not sent to sign in"
        right, refused = right_of(rule, "GET", given.get("task", "")), answer.status_code in (403, 404)
        hidden = self._hidden_from(login)
        shown = [words for words in hidden if words not in address and words in answer.text]
        if shown or leads.endswith("/desk/sign-in") or answer.status_code >= 500:
            return f"is shown {shown}"
        if login != KEEPER and "company" in given:
            return "" if refused or leads else "gets a page of another company"
        # What another company has is not there for who may use the route for the own one.
        may_miss = "<name>" in rule.rule or any(words in address for words in hidden)
        may = right.keeper if login == KEEPER else right.is_for(login)
        return "" if refused != may or (refused and may_miss) else f"although the matrix says {may}"

    def _route(self, address: str) -> tuple[Rule, dict[str, Any]] | None:
        """Return the route of a page behind the guard, with what is filled in; None for all else."""
        adapter = self.house.app.url_map.bind("feedback.example", url_scheme="https")
        try:
            rule, given = adapter.match(address.partition("?")[0], method="GET", return_rule=True)
        except HTTPException:
            return None
        # What is only sent to, such as /desk/team/2/remove, is read here as if it were of a company called team.
        is_page = given.get("company", "acme") in ADMINS and given.get("task", "reply") in TASKS
        return (rule, dict(given)) if is_page and rule.endpoint not in OPEN_TO_ALL else None

    def _hidden_from(self, login: str) -> Collection[str]:
        """Return the numbers of the cases that somebody is not to know of."""
        if login == KEEPER:
            return self._numbers(private=True)
        own = PEOPLE[login][1]
        others = {number for slug in ADMINS if slug != own for number in self._numbers(slug)}
        return {*others, *(f"Canary of {slug}." for slug in ADMINS if slug != own)}

    def _numbers(self, slug: str = "", *, private: bool = False) -> set[str]:
        query = select(case.c.number)
        query = query.where(case.c.company == slug) if slug else query
        query = query.where(case.c.publicity == "private") if private else query
        with self.house.inbox.reading() as connection:
            return set(connection.execute(query).scalars())

    def _changed(self) -> Iterator[str]:
        """Yield which company has other files or rows than before, though none of its staff was at the desk."""
        with self.house.inbox.reading() as connection:
            noted = connection.execute(select(audit.c.company).order_by(audit.c.id).offset(self.noted)).scalars().all()
            query = select(session.c.id, staff.c.company).join(staff, staff.c.id == session.c.staff)
            begun = [company for key, company in connection.execute(query) if key not in self.sessions]
        files, rows = snapshot(self.house.content), self._rows_now()
        for slug in ADMINS.keys() - {*noted, *begun}:
            others = (table for table in rows[slug] if rows[slug][table] != self.rows[slug][table])
            yield from (f"{slug} has other rows in {table}" for table in others)
            paths = [path for path in self.files.keys() | files.keys() if path.startswith(f"{slug}/")]
            yield from (f"{path} is another" for path in paths if self.files.get(path) != files.get(path))

    def _rows_now(self) -> dict[str, Rows]:
        with self.house.inbox.reading() as connection:
            return {slug: _rows(connection, slug) for slug in ADMINS}


def _rows(connection: Connection, slug: str) -> Rows:
    """Return all rows of a company, and those about its cases, by the table.

    Not those of the audit trail, which only grows, and what the first build makes of the record for intake.
    """
    numbers = select(case.c.number).where(case.c.company == slug)
    found: Rows = {}
    for table in metadata.sorted_tables:
        columns = table.c
        if table not in (audit, similar_text) and ("company" in columns or "number" in columns):
            is_its = columns.company == slug if "company" in columns else columns.number.in_(numbers)
            rows = connection.execute(select(table).where(is_its)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found
