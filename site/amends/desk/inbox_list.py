"""What waits: for staff an answer, for the keeper a decision. And what does not wait any more, where it is found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from amends.case import Case, state
from amends.desk.search import Search
from amends.desk.shelf import Books, Item, Seen, Shelf, title
from amends.inbox import Inbox, additions, team, worklist
from amends.inbox.additions import Addition
from amends.inbox.people import Person
from amends.inbox.worklist import Row, Worded
from amends.record import Record
from amends.text import title_of

STEPS = ("decide", "read and publish", "answer", "answer again", "answer privately", "read what was added")
"""What is to be done: the first is the keeper's alone, and answers are the company's."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list. `due` is None where it does not wait any more; `step` says then how it stands.

    `is_foreign` says that its language is not the company's.
    """

    company: str
    number: str
    title: str
    kind: str
    topic: str
    author: str
    language: str
    due: datetime | None
    step: str
    is_foreign: bool


def can_be_read(case: Case | None) -> bool:
    """Whether there is a public case to which something can be added."""
    return case is not None and not case.is_gone and not case.is_stub


class List:
    """All that one person can find, as it is now: of the inbox without its words, of the record as it is kept."""

    def __init__(self, inbox: Inbox, shelf: Shelf, person: Person, now: datetime) -> None:
        self._inbox, self._shelf, self.person, self._now = inbox, shelf, person, now
        self.record: Record = shelf()
        self._houses = {company.slug: company for company in self.record.companies if person.may_see(company.slug)}
        self._books: Mapping[str, Books] = {slug: shelf.books(self.record, slug) for slug in self._houses}
        self._company = None if person.is_keeper else person.company or ""

    def waiting(self) -> list[Item]:
        """Return what this person could do, the one due first on top; for a keeper, what a company asked for first.

        A keeper answers nobody and sees no case that only the company sees.
        """
        with self._inbox.reading() as connection:
            rows = worklist.waiting(connection, self._company)
            added = additions.waiting(connection, self._company)
            asked = worklist.asked(connection) if self.person.is_keeper else set()
        items = [_of_inbox(row, asked) for row in rows]
        if not self.person.is_keeper:
            unread = {row[1] for row in rows}
            items += [one for books in self._books.values() for one in books.owed if one.number not in unread]
        items += self._added(added, asked)
        items += self._asked(asked - {item.number for item in items})
        return sorted(items, key=lambda item: (item[6] != "decide", item[0], item[1]))

    def find(self, query: str, waiting: Sequence[Item]) -> list[Item]:
        """Return what has all these words: first what waits, then all else, the latest first."""
        search = Search(query)
        with self._inbox.reading() as connection:
            worded = worklist.worded(connection, self._company)
            lengths = {row[1]: row[-2:] for row in worded}
            search.see(self._shelf.private(self._company, lengths, partial(worklist.whole, connection)))
            contacts = worklist.contacts(connection, self._company) if self._company is not None else ()
        search.see([(number, f"{email}\n{reference}".casefold()) for number, email, reference in contacts])
        added = ((item.number, item.source[1]) for item in waiting if isinstance(item.source, tuple))
        search.see([(number, text.casefold()) for number, text in added])
        for books in self._books.values():
            search.see(books.words)
        found = search.numbers
        first = [item for item in waiting if item.number in found]
        rest = found - {item.number for item in first}
        return first + sorted(self._others(rest, worded), key=lambda item: (-item.at, item.number))

    def shown(self, items: Sequence[Item]) -> list[Line]:
        """Return the lines of these items, with words: of the inbox, only these are read."""
        numbers = [item.number for item in items if item.source is None]
        with self._inbox.reading() as connection:
            words = worklist.whole(connection, numbers)
        return [self._line(item, words) for item in items]

    def last_answer(self) -> datetime | None:
        """Return when this person's company answered last, in public or for the first time in private."""
        if self._company is None:
            return None
        with self._inbox.reading() as connection:
            private = worklist.last_answer(connection, self._company)
        public = [event.at for books in self._books.values() for entry in books.entries for event in entry.case.replies]
        return max([*public, *([datetime.fromtimestamp(private, UTC)] if private else [])], default=None)

    def _added(self, added: Iterable[Addition], asked: set[str]) -> Iterator[Item]:
        """Yield what customers added to cases that everyone can still read."""
        for one in added:
            books = self._books.get(one.company)
            seen = books.seen.get(one.number) if books else None
            if seen is not None and can_be_read(seen.entry.case):
                step = "decide" if one.number in asked else "read what was added"
                words = (seen.entry.case.author or "", one.text)
                yield seen.item(one.due, step, waits=True)._replace(source=words)

    def _asked(self, numbers: set[str]) -> Iterator[Item]:
        """Yield the public cases about which the keeper is asked something."""
        for books in self._books.values():
            for number in sorted(numbers & books.seen.keys()):
                seen = books.seen[number]
                yield seen.item(seen.entry.case.reply_by, "decide", waits=True)

    def holders(self) -> Mapping[str, int]:
        """Return who has which case, by its number; for a keeper nobody has any."""
        if self._company is None:
            return {}
        with self._inbox.reading() as connection:
            return team.assignments(connection, self._company)

    def _others(self, numbers: set[str], worded: Iterable[Worded]) -> Iterator[Item]:
        """Yield the cases with these numbers as they stand, though nobody waits for them."""
        public: set[str] = set()
        for books in self._books.values():
            public |= numbers & books.seen.keys()
            yield from (books.seen[number].rest for number in numbers & books.seen.keys())
        rest = numbers - public
        for at, number, company, kind, topic, language, outcome, *_ in worded:
            if number in rest:
                said = "answered privately" if outcome == "private" else outcome
                yield Item(at, number, company, kind, topic, language, said, None, waits=False)

    def _line(self, item: Item, words: Mapping[str, tuple[str, str]]) -> Line:
        step, house = item.step, self._houses.get(item.company)
        if isinstance(item.source, Seen) and house:
            case = item.source.entry.case
            author, called = case.author or "", title(case)
            step = step or str(state(case, self._now, house.zone)).replace("-", " ")
        else:
            author, text = item.source if isinstance(item.source, tuple) else words.get(item.number, ("", ""))
            called = title_of(text)
        due = datetime.fromtimestamp(item.at, UTC) if item.waits else None
        facts = (item.company, item.number, called, item.kind, item.topic, author, item.language)
        return Line(*facts, due, step, bool(house and item.language not in ("", house.language)))


def _of_inbox(row: Row, asked: set[str]) -> Item:
    at, number, company, kind, topic, language, outcome = row
    step = "read and publish" if outcome == "waiting" else "answer privately"
    if outcome == "held" or number in asked:
        step = "decide"
    return Item(at, number, company, kind, topic, language, step, None)
