"""Reporting a public case to the keeper: a page without script, cookie or account."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from amends import gate
from amends.case import Case
from amends.clock import Clock
from amends.inbox import Inbox, StoreUnavailableError
from amends.intake import arrival
from amends.intake.arrival import Houses
from amends.intake.forms import MAX_WORDS, ReportForm
from amends.intake.receive import KeyReusedError, TooManyError, receive_report
from amends.record import Board, Company, case_file, find_case
from amends.text import title_of

_LOST_DISK = (
    "This could not be saved just now. Nothing was sent; your words are still here. Please try again in some minutes."
)
_TOO_MANY = (
    "So many reports came in during the last hour that no more is taken just now. Nothing was saved; your words are "
    "still here. Please try again later."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The case that is reported. It is None where its file has a fault: the board then shows what it said before."""

    company: Company
    board: Board
    number: str
    case: Case | None

    @property
    def address(self) -> str:
        """Where the board shows it."""
        return f"{self.board.base_url}{self.company.slug}/{self.number}/"

    @property
    def title(self) -> str:
        """Its title on the board; empty where it is not known."""
        return self.case.title or title_of(self.case.text) if self.case else ""

    @property
    def nothing_shown(self) -> str:
        """Say why no words of it are public; empty where they are."""
        if self.case is None:
            return ""
        if self.case.last("withdrawn"):
            return "The customer has withdrawn this case: no words of it are shown any more."
        if self.case.is_gone:
            return "The keeper has removed this case: no words of it are shown any more."
        if self.case.is_hidden:
            return "The keeper is reviewing this case already: no words of it are shown just now."
        if self.case.is_stub:
            return "Nobody has read this case yet: none of its words are public."
        return ""


class _NothingHereError(LookupError):
    """There is nothing to report at this address; the text says what is missing."""

    def __init__(self, title: str, message: str) -> None:
        self.title, self.message = title, message
        super().__init__(message)


class Reports:
    """Reports in, for the keeper alone. `url` is the service's own address, `content` the record.

    `hourly_network` is how many are taken in within an hour from one network, 0 where there is no limit; `secret` is
    what networks are named with.
    """

    def __init__(
        self,
        inbox: Inbox,
        houses: Houses,
        content: Path,
        clock: Clock,
        url: str,
        *,
        secret: bytes,
        hourly_network: int,
    ) -> None:
        self._inbox, self._houses, self._content, self._clock, self._url = inbox, houses, content, clock, url
        self._secret, self._hourly_network = secret, hourly_network

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("report", __name__, template_folder="templates")
        room.add_url_rule("/<company>/report/<case>", view_func=self.form)
        room.add_url_rule("/<company>/report/<case>", view_func=self.send, methods=["POST"])
        room.add_url_rule("/<company>/report/<case>/thanks", view_func=self.thanks)
        room.register_error_handler(_NothingHereError, _nothing_here)
        room.after_request(_no_store)
        return room

    def form(self, company: str, case: str) -> Response:
        """Show the case by its title and ask what is wrong with it."""
        subject = self._subject(company, case)
        return _not_shown(subject) if subject.nothing_shown else _page(subject, ReportForm(formdata=None), 200)

    def send(self, company: str, case: str) -> Response:
        """Take a report in and lead to the thanks when it is on disk."""
        subject = self._subject(company, case)
        if subject.nothing_shown:
            return _not_shown(subject)
        if gate.is_foreign(self._url):
            message = "This was sent from another site, so nothing was saved. Please use the form here."
            return _page(subject, ReportForm(formdata=None), 403, message)
        if not gate.is_utf8():
            message = "The text did not arrive as UTF-8, so it could not be read. Nothing was saved."
            return _page(subject, ReportForm(formdata=None), 400, message)
        return self._take(subject, ReportForm(formdata=request.form))

    def thanks(self, company: str, case: str) -> Response:
        """Say what happens next. What has become of the case meanwhile changes nothing about that."""
        subject = self._subject(company, case)
        return make_response(render_template("intake/reported.html", subject=subject))

    def _take(self, subject: Subject, form: ReportForm) -> Response:
        read = form.report(subject.company, subject.number, self._clock())
        if read is None:
            return _page(subject, form, 422, "Please look at the marked places.")
        try:
            network = gate.network_of(self._secret, request.remote_addr)
            receive_report(self._inbox, *read, network, self._hourly_network)
        except KeyReusedError:
            message = "This was sent before with other words. The first words were kept; reload the page to send more."
            return _page(subject, form, 409, message)
        except TooManyError as full:
            response = _page(subject, form, 429, _TOO_MANY)
            response.headers["Retry-After"] = str(full.seconds)
            return response
        except StoreUnavailableError:
            response = _page(subject, form, 503, _LOST_DISK)
            response.headers["Retry-After"] = "60"
            return response
        thanks = url_for("report.thanks", company=subject.company.slug, case=subject.number)
        return make_response(redirect(thanks, 303))

    def _subject(self, slug: str, number: str) -> Subject:
        found = self._houses.find(slug)
        if found is None:
            raise _NothingHereError("No such company", arrival.no_company(slug))
        if case_file(self._content, slug, number) is None:
            name = found[0].name
            message = f"There is no public case “{number[:40]}” of {name} here. Nothing was saved."
            raise _NothingHereError("No such case", message)
        return Subject(*found, number, find_case(self._content, slug, number))


def _page(subject: Subject, form: ReportForm, status: int, message: str = "") -> Response:
    if not form.key.data:
        form.key.data = secrets.token_urlsafe(16)
    page = render_template("intake/report.html", subject=subject, form=form, message=message, limit=MAX_WORDS)
    return make_response(page, status)


def _not_shown(subject: Subject) -> Response:
    return make_response(render_template("intake/not_shown.html", subject=subject), 404)


def _nothing_here(error: _NothingHereError) -> Response:
    return make_response(render_template("error.html", title=error.title, message=error.message), 404)


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
