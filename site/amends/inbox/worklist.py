"""What of the inbox somebody at the desk can find: all of it in few columns, and whole only what stands on a page.

Every statement says for itself what a person may see: a private case and what is known of a customer are a company's
own, and no company sees what is held back as spam. A keeper's company is None.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from amends.inbox import quick

_AT_ONCE = 1000
"""So many values stand in one statement; databases bound them."""

Row = tuple[int, str, str, str, str, str, str]
"""A case of the inbox without its words: reply_by, number, company, kind, topic, language, outcome.

Thousands of them stand behind every page: rows are as the driver has them, times in seconds since 1970.
"""

Worded = tuple[int, str, str, str, str, str, str, int, int]
"""The same of any case of which the inbox has words, with the time of receipt in the place of the first, and then how
long author and text are: words are only ever taken away, so that what is as long as before is the same."""

_ROW = 'SELECT reply_by, number, company, kind, topic, language, outcome FROM "case" '
_SINCE = 'SELECT received, reply_by, number FROM "case" '
_WORDED = """SELECT received, number, company, kind, topic, language, outcome, length(author), length(text)
    FROM "case" """

_OWED = """WHERE company = ? AND outcome IN ? AND (
    outcome = 'waiting'
    OR first_reply IS NULL AND (publicity = 'private' OR outcome = 'withheld' AND reason <> 'spam'))"""
"""What `Received.is_owed_an_answer` says of one case, and what nobody has read."""


def waiting(connection: Connection, company: str | None) -> Sequence[Row]:
    """Return what waits for a company: to be read, or to be answered in private; for a keeper, what nobody has read."""
    if company is None:
        return quick.select(connection, _ROW + "WHERE outcome IN ?", ["waiting", "held"])
    return quick.select(connection, _ROW + _OWED, company, ["waiting", "private", "withheld"])


def longest(connection: Connection, company: str, count: int) -> Sequence[tuple[int, int, str]]:
    """Return receipt, reply_by and number of so many of what waits for a company, the oldest first."""
    statement = _SINCE + _OWED + " ORDER BY received, number LIMIT ?"
    return quick.select(connection, statement, company, ["waiting", "private", "withheld"], count)


def topics(connection: Connection, company: str, since: int) -> dict[str, str]:
    """Return the topics of what a company received after that time, in seconds since 1970, by the cases' numbers."""
    statement = """SELECT number, topic FROM "case" WHERE company = ? AND received > ? AND outcome <> 'held'"""
    return dict(quick.select(connection, statement, company, since))


def worded(connection: Connection, company: str | None) -> Sequence[Worded]:
    """Return the cases of which the inbox has words."""
    if company is None:
        return quick.select(connection, _WORDED + "WHERE publicity = 'public' AND text <> ''")
    return quick.select(connection, _WORDED + "WHERE company = ? AND outcome <> 'held' AND text <> ''", company)


def contacts(connection: Connection, company: str) -> Sequence[tuple[str, str, str]]:
    """Return what a company knows of its customers: number, e-mail address, order number."""
    statement = """SELECT contact.number, contact.email, contact.reference FROM contact
        JOIN "case" ON "case".number = contact.number WHERE "case".company = ? AND "case".outcome <> 'held'"""
    return quick.select(connection, statement, company)


def whole(connection: Connection, numbers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return author and text of these cases, by their numbers."""
    found: dict[str, tuple[str, str]] = {}
    for first in range(0, len(numbers), _AT_ONCE):
        some = list(numbers[first : first + _AT_ONCE])
        rows = quick.select(connection, 'SELECT number, author, text FROM "case" WHERE number IN ?', some)
        found |= {number: (author, text) for number, author, text in rows}
    return found


_ASKED = """SELECT number FROM request WHERE decided IS NULL UNION
    SELECT number FROM deed WHERE kind = 'remove' AND done IS NULL AND undone IS NULL AND failed IS NULL"""


def asked(connection: Connection) -> set[str]:
    """Return the numbers about which a keeper is asked something: by a company, or by a keeper who would remove it."""
    return {number for (number,) in quick.select(connection, _ASKED)}


def held(connection: Connection) -> int:
    """Return how many cases are held back as spam until a keeper decides."""
    count: int
    ((count,),) = quick.select(connection, """SELECT count(*) FROM "case" WHERE outcome = 'held'""")
    return count


def last_answer(connection: Connection, company: str) -> int | None:
    """Return when a company last answered for the first time somebody whose case nobody else sees."""
    at: int | None
    ((at,),) = quick.select(connection, 'SELECT max(first_reply) FROM "case" WHERE company = ?', company)
    return at
