"""Who is at the desk. Everything is refused that is not expressly open."""

from datetime import timedelta

from flask import Response, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from amends.clock import Clock
from amends.desk import words
from amends.inbox import Inbox, second_step, sessions
from amends.inbox.people import Person
from amends.inbox.sessions import Session

OPEN = frozenset({"desk.sign_in", "desk.forgot", "desk.choose", "desk.static"})
"""The routes of the desk that need no sign-in."""
HALF = frozenset({"desk.code", "desk.sign_out"})
"""The routes for who has given the password, and still has to give the code."""
SETTING_UP = frozenset({"desk.second_step", "desk.second_step_drawn", "desk.sign_out"})
"""The routes for who has to set up codes before anything else."""

_NOTE_USE_EVERY = timedelta(minutes=5)


class Guard:
    """Opens, checks and ends sessions. The cookie holds an id; what it means is in the database alone.

    With `require_totp` admins and keepers reach nothing before they have set up codes.
    """

    def __init__(self, inbox: Inbox, clock: Clock, *, require_totp: bool) -> None:
        self._inbox, self._clock, self._require_totp = inbox, clock, require_totp

    def check(self) -> AnyResponse | None:
        """Let nobody past who has not signed in; runs before every request to the desk."""
        if request.endpoint in OPEN:
            return None
        with self._inbox.reading() as connection:
            found = sessions.get(connection, session.get("sid", ""), self._clock())
        if found is None:
            return redirect(url_for("desk.sign_in"))
        g.person, g.session = found.person, found
        if not found.complete:
            return None if request.endpoint in HALF else redirect(url_for("desk.code"))
        if self.must_set_up(found) and request.endpoint not in SETTING_UP:
            return redirect(url_for("desk.second_step"))
        self._note_use()
        return None

    def must_set_up(self, found: Session) -> bool:
        """Whether somebody has to set up codes before anything else."""
        return self._require_totp and second_step.is_required(found.person) and not found.has_code

    def may_go_without(self, found: Person) -> bool:
        """Whether somebody may sign in with the password alone."""
        return not (self._require_totp and second_step.is_required(found))

    def enter(self, found: Person, *, complete: bool = True) -> bytes:
        """Begin a session of somebody under a new id, in place of the one of this request; return its digest."""
        now = self._clock()
        self.leave()
        browser = words.browser(request.headers.get("User-Agent", ""))
        with self._inbox.writing() as connection:
            sid = sessions.begin(connection, found, now, browser, complete=complete)
        session["sid"], session["noted"] = sid, int(now.timestamp())
        return sessions.digest(sid)

    def renew(self, found: Person) -> None:
        """Go on under a new id, and end all of somebody's other sessions: what lets them in is another by now."""
        own = self.enter(found)
        with self._inbox.writing() as connection:
            sessions.end_all(connection, found, own)

    def leave(self) -> None:
        """End the session, here and in the database."""
        sid = session.get("sid")
        session.clear()
        if sid:
            with self._inbox.writing() as connection:
                sessions.end(connection, sid)

    def _note_use(self) -> None:
        now = int(self._clock().timestamp())
        if now - session.get("noted", 0) >= _NOTE_USE_EVERY.total_seconds():
            with self._inbox.writing() as connection:
                sessions.note_use(connection, session["sid"], self._clock())
            session["noted"] = now


def person() -> Person:
    """Return who is at the desk in this request."""
    found: Person = g.person
    return found


def current() -> Session:
    """Return the session of this request."""
    found: Session = g.session
    return found


def require_company(company: str) -> None:
    """End the request with 404 where that company is none of this person's business."""
    if not person().may_see(company):
        abort(404)


def require_keeper() -> None:
    """End the request with 403 where somebody else tries what only a keeper may do."""
    if not person().is_keeper:
        abort(403)


def require_lead() -> None:
    """End the request with 403 where somebody else tries what only an admin or a keeper may do."""
    if not person().leads:
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
