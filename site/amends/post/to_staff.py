"""What one member of staff is sent: a link with which to choose a password, or a mail to try whether it arrives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from amends.inbox import companies, tickets
from amends.inbox.notices import ToStaff
from amends.inbox.people import Person
from amends.inbox.tickets import Ticket
from amends.language import Language, Link, language, nearest
from amends.post.doors import Doors
from amends.post.letter import Letter
from amends.record import read_board, read_company

LASTS: Mapping[ToStaff, timedelta] = {ToStaff.INVITATION: tickets.INVITATION, ToStaff.RESET: tickets.RESET}
"""How long each link is good, from when it is sent."""


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name something is said, and in which language."""

    name: str
    lang: Language


def voice_of(connection: Connection, person: Person) -> Voice:
    """Return how somebody is addressed: in their company's language, a keeper in the board's."""
    known = companies.get_all(connection)
    settings, board_text = known.get(person.company or "") or ("", next((texts[1] for texts in known.values()), ""))
    if not board_text:
        return Voice("Amends", language("en"))
    board = read_board(board_text, "board.toml")
    company = read_company(settings, person.company or "", "company.toml") if settings else None
    return Voice(board.title, language(nearest(company.language if company else "", nearest(board.language))))


def letter(voice: Voice, kind: ToStaff, person: Person, ticket: Ticket, doors: Doors) -> Letter:
    """Write the letter with a link."""
    lang, facts = voice.lang, {"board": voice.name, "login": person.login, "time": voice.lang.long(ticket.ends)}
    once = lang.gettext("The link works once, until {time} (UTC).", **facts)
    if kind is ToStaff.INVITATION:
        subject = lang.gettext("You are invited to the desk of {board}", **facts)
        said = lang.gettext("Your login is {login}. Choose a password, and you can sign in.", **facts)
    else:
        subject = lang.gettext("A new password for the desk of {board}", **facts)
        said = lang.gettext(
            "Somebody asked for a new password for the login {login}. If it was not you, do nothing: your password "
            "stays as it is.",
            **facts,
        )
    button = Link(lang.gettext("Choose a password"), doors.choose(ticket))
    return Letter(lang, voice.name, subject, (said, once, button), (_why(voice),))


def trial(voice: Voice) -> Letter:
    """Write the letter by which somebody sees that mail arrives."""
    subject = voice.lang.gettext("A test from the desk of {board}", board=voice.name)
    said = voice.lang.gettext("You asked for this mail at the desk. It has arrived, and there is nothing to do.")
    return Letter(voice.lang, voice.name, subject, (said,), (_why(voice),))


def _why(voice: Voice) -> str:
    return voice.lang.gettext("You get this mail because you have a login for the desk of {board}.", board=voice.name)
