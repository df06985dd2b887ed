"""Who is at the desk. Everything is refused that is not expressly open."""

from datetime import timedelta

from flask import Response, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from amends.clock import Clock
from amends.inbox import Inbox, people
from amends.inbox.people import Person

OPEN = frozenset({"desk.sign_in", "desk.static"})
"""The routes of the desk that need no sign-in."""

_NOTE_USE_EVERY = timedelta(minutes=5)


class Guard:
    """Opens, checks and ends sessions. The cookie holds an id; what it means is in the database alone."""

    def __init__(self, inbox: Inbox, clock: Clock) -> None:
        self._inbox, self._clock = inbox, clock

    def check(self) -> AnyResponse | None:
        """Let nobody past who has not signed in; runs before every request to the desk."""
        if request.endpoint in OPEN:
            return None
        now = self._clock()
        with self._inbox.reading() as connection:
            person = people.of_session(connection, session.get("sid", ""), now)
        if person is None:
            return redirect(url_for("desk.sign_in"))
        self._note_use()
        g.person = person
        return None

    def enter(self, login: str, password: str) -> bool:
        """Sign somebody in under a new session id; False where login and password do not go together."""
        now = self._clock()
        with self._inbox.reading() as connection:
            person = people.sign_in(connection, login, password)
        if person is None:
            return False
        self.leave()
        with self._inbox.writing() as connection:
            session["sid"] = people.begin_session(connection, person, now)
        session["noted"] = int(now.timestamp())
        return True

    def leave(self) -> None:
        """End the session, here and in the database."""
        sid = session.get("sid")
        session.clear()
        if sid:
            with self._inbox.writing() as connection:
                people.end_session(connection, sid)

    def _note_use(self) -> None:
        now = int(self._clock().timestamp())
        if now - session.get("noted", 0) >= _NOTE_USE_EVERY.total_seconds():
            with self._inbox.writing() as connection:
                people.seen(connection, session["sid"], self._clock())
            session["noted"] = now


def person() -> Person:
    """Return who is at the desk in this request."""
    found: Person = g.person
    return found


def require_company(company: str) -> None:
    """End the request with 404 where that company is none of this person's business."""
    if not person().may_see(company):
        abort(404)


def require_keeper() -> None:
    """End the request with 403 where somebody else tries what only a keeper may do."""
    if not person().is_keeper:
        abort(403)


def require_company_staff() -> None:
    """End the request with 403 for a keeper, who speaks for no company."""
    if person().is_keeper:
        abort(403)


def require_role(role: str) -> None:
    """End the request with 403 where somebody is not at least that among the staff of a company."""
    if not person().is_at_least(role):
        abort(403)


def no_store(response: Response) -> Response:
    """Keep pages of the desk out of every cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
