"""A case as two columns joined by time: who said what on which side, and what stands between.

A turn is one row of the page. Its left side is the customer's, its right side the company's; what opens a pair (the
complaint, or a verdict that disputes) stands next to the reply to it, or next to the empty place where one is owed.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from html import unescape
from itertools import pairwise, zip_longest

from amends import text
from amends.board.looks import Look, promise_look
from amends.board.row import Row
from amends.case import Case, Event, Outcome, Promise, end_of, promises
from amends.language import Language

MOST_WORDS = 400
"""A paragraph of more words is struck and set anew as a whole: finding what changed in it costs their square."""

ALIKE = 0.5
"""Paragraphs with less in common than this half are two paragraphs, not one that was changed."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A later wording of a reply: when, why, and the text itself."""

    at: datetime
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the line of a promise: made, claimed, first-due, due, kept, broken, due-kept or due-broken.

    `share` is its distance from the point before it, of 10 in all; `done` says that this stretch has been gone.
    """

    kind: str
    on: date
    share: int
    done: bool


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise as it is shown: how it stands, and its line from made to due."""

    promise: Promise
    look: Look
    turns: datetime | None
    with_reply: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing on one side: `kind` is message, reply, empty, promise, or the name of an event."""

    kind: str
    at: datetime
    event: Event | None = None
    corrections: tuple[Correction, ...] = ()
    pledge: Pledge | None = None
    due: datetime | None = None
    late: bool = False

    @property
    def is_company(self) -> bool:
        """Whether it stands on the right."""
        return self.kind in ("empty", "promise") or (self.event is not None and self.event.by == "company")


@dataclass(frozen=True, slots=True)
class Turn:
    """One row: what stands left and right, and how the rule over it runs.

    `rule` is joined (there is a reply), open (one is owed: the rule turns dashed and stops), silent (none is owed
    and there is none), by-customer or by-company (it hangs from the line on one side). `took` is how long the reply
    took, `after` the time since the turn before, `promised` the time within which it was, or is, promised.
    """

    rule: str
    left: tuple[Piece, ...] = ()
    right: tuple[Piece, ...] = ()
    opening: bool = False
    late: bool = False
    took: timedelta | None = None
    after: timedelta | None = None
    promised: timedelta | None = None

    @property
    def first(self) -> Piece:
        """The piece that the words in the middle speak of."""
        return (self.left or self.right)[0]

    @property
    def ends(self) -> datetime:
        """When the latest thing in it happened."""
        return max(piece.at for piece in (*self.left, *self.right) if piece.kind != "empty")


def turns(lang: Language, row: Row, now: datetime) -> list[Turn]:
    """Lay a case out as it stands at `now`, oldest first."""
    pieces = _pieces(lang, row, now)
    laid: list[Turn] = []
    while pieces:
        turn, pieces = _next_turn(row, pieces, laid[-1].ends if laid else None)
        laid.append(turn)
    return laid


def _pieces(lang: Language, row: Row, now: datetime) -> list[Piece]:
    found = [Piece("message", row.case.received)]
    for event in _as_said(row.case):
        if event.event == "reply":
            found.append(Piece("reply", event.at, event, corrections=_corrections(row, event)))
        elif event.event in _PIECES:
            # What the customer added stands where it was said, whenever it was read.
            found.append(Piece(event.event, event.received or event.at, event))
    found += [_promised(lang, row, promise, now) for promise in promises(row.case)]
    # Stable, and what was promised with a reply comes after it.
    return sorted(found, key=lambda piece: (piece.at, piece.kind == "promise"))


_PIECES = ("followup", "verdict", "answered", "solved", "asked", "gift", "withheld", "unread")


def _as_said(case: Case) -> Iterator[Event]:
    """Yield the events with the words of a verdict in it, and with nothing of what became of words but the last."""
    read = {event.received: event for event in case.events if event.event in ("followup", "withheld")}
    judged = {event.at for event in case.events if event.event == "verdict"}
    for event in case.events:
        if event.event == "verdict" and (words := read.get(event.at)) and not event.text:
            yield replace(event, text=words.text)
        elif event.received not in judged and (event.event != "unread" or event.received not in read):
            yield event


def _next_turn(row: Row, pieces: list[Piece], before: datetime | None) -> tuple[Turn, list[Piece]]:
    first, rest = pieces[0], pieces[1:]
    if not _opens(first):
        left, right = ((), (first,)) if first.is_company else ((first,), ())
        after = first.at - before if before else None
        return Turn("by-company" if right else "by-customer", left, right, after=after), rest
    reply = _reply_to(rest)
    if reply is not None:
        return _pair(row, first, rest[:reply], rest[reply]), rest[reply + 1 :]
    own = _run_of_customer(rest)
    return _unanswered(row, first, rest[:own], before), rest[own:]


def _opens(piece: Piece) -> bool:
    disputes = piece.event is not None and piece.event.outcome in (Outcome.PARTLY, Outcome.UNSOLVED)
    return piece.kind == "message" or disputes


def _reply_to(rest: list[Piece]) -> int | None:
    """Return where the reply stands, if one comes before the customer's next verdict."""
    for index, piece in enumerate(rest):
        if piece.kind == "reply":
            return index
        if piece.kind == "verdict":
            return None
    return None


def _run_of_customer(rest: list[Piece]) -> int:
    own = 0
    while own < len(rest) and not rest[own].is_company and rest[own].kind != "verdict":
        own += 1
    return own


def _pair(row: Row, first: Piece, between: list[Piece], reply: Piece) -> Turn:
    left = (first, *(piece for piece in between if not piece.is_company))
    right = (reply, *(piece for piece in between if piece.is_company))
    took = None if row.case.imported else reply.at - first.at
    due = row.case.reply_by if first.event is None else row.case.due_after(first.event)
    return Turn("joined", left, right, opening=first.kind == "message", took=took, promised=due - first.at)


def _unanswered(row: Row, first: Piece, own: list[Piece], before: datetime | None) -> Turn:
    left, opening = (first, *own), first.kind == "message"
    if row.waits_since != first.at:
        after = first.at - before if before else None
        return Turn("silent" if opening else "by-customer", left, opening=opening, after=after)
    empty = Piece("empty", first.at, due=row.answer_due, late=row.late)
    promised = row.answer_due - first.at if row.answer_due else None
    return Turn("open", left, (empty,), opening=opening, late=row.late, promised=promised)


def _corrections(row: Row, reply: Event) -> tuple[Correction, ...]:
    found = [event for event in row.case.events if event.event == "correction" and event.of == reply.at]
    return tuple(Correction(event.at, event.why or "", event.text or "") for event in found)


# --- Promises ---


def _promised(lang: Language, row: Row, promise: Promise, now: datetime) -> Piece:
    zone, ended = row.company.zone, promise.kept or promise.broken
    kept_on = promise.kept.astimezone(zone).date() if promise.kept else None
    due = end_of(promise.due, zone)
    late = promise.is_running and now >= due
    look = promise_look(lang, promise, kept_on, late=late)
    ended_on = ended.astimezone(zone).date() if ended else None
    marks = _marks(promise, promise.made.astimezone(zone).date(), ended_on)
    with_reply = not promise.claimed and any(reply.at == promise.made for reply in row.case.replies)
    turns_late = due if promise.is_running and not late else None
    return Piece("promise", ended or promise.made, pledge=Pledge(promise, look, turns_late, with_reply, marks))


def _marks(promise: Promise, made: date, ended: date | None) -> tuple[Mark, ...]:
    end = "kept" if promise.kept else "broken"
    points = [("claimed" if promise.claimed else "made", made)]
    if promise.due != promise.first_due:
        points.append(("first-due", promise.first_due))
    if ended == promise.due:
        points.append((f"due-{end}", promise.due))
    else:
        points += [("due", promise.due), *([(end, ended)] if ended else [])]
    points.sort(key=lambda point: point[1])
    shares = _shares([on for _, on in points])
    return tuple(
        Mark(kind, on, share, done=ended is not None and on <= ended)
        for (kind, on), share in zip(points, shares, strict=True)
    )


def _shares(days: list[date]) -> list[int]:
    """Return each day's distance from the one before it, to scale, of 10."""
    whole = (days[-1] - days[0]).days
    if whole == 0:
        return [0] * (len(days) - 1) + [10]
    return [0, *(round(10 * (day - before).days / whole) for before, day in pairwise(days))]


# --- Corrections ---


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph of a corrected reply: `same`, struck (`del`), new (`ins`), or changed in some `words`.

    `runs` are the words of the last kind, each with how it came about (`same`, `del` or `ins`).
    """

    kind: str
    text: str = ""
    runs: tuple[tuple[str, str], ...] = ()


def corrected(first: str, last: str) -> list[Change]:
    """Return both wordings of a reply in one, paragraph by paragraph; no word of either is left out."""
    old, new = (text.clean(wording).split("\n\n") for wording in (first, last))
    changes: list[Change] = []
    for how, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            changes += [Change("same", paragraph) for paragraph in old[a:b]]
        else:
            changes += [change for pair in zip_longest(old[a:b], new[c:d]) for change in _reworded(*pair)]
    return changes


def _reworded(old: str | None, new: str | None) -> list[Change]:
    runs = _runs(_words(old), _words(new)) if old and new else None
    if runs is not None:
        return [Change("words", runs=runs)]
    return [Change(kind, paragraph) for kind, paragraph in (("del", old), ("ins", new)) if paragraph]


def _words(paragraph: str) -> list[str] | None:
    """Return the words of a paragraph as they are shown; None where more than emphasis would be lost."""
    html = str(text.markdown(paragraph))
    return None if _MORE_THAN_EMPHASIS.search(html) else unescape(_TAG.sub("", html)).split()


_TAG = re.compile(r"<[^>]*>")
_MORE_THAN_EMPHASIS = re.compile(r"<(?!/?(?:p|br|strong|em)\b)")


def _runs(old: list[str] | None, new: list[str] | None) -> tuple[tuple[str, str], ...] | None:
    if old is None or new is None or max(len(old), len(new)) > MOST_WORDS:
        return None
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    runs: list[tuple[str, str]] = []
    for how, a, b, c, d in matcher.get_opcodes():
        if how == "equal":
            runs.append(("same", " ".join(new[c:d])))
        else:
            runs += [(kind, " ".join(run)) for kind, run in (("del", old[a:b]), ("ins", new[c:d])) if run]
    return tuple(runs)
