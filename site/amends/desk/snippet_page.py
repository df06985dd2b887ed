"""The page with what a company pastes into its pages, and with the widget as it then stands there."""

from html import escape
from typing import Protocol

from flask import Blueprint, abort, request

from amends.board.edition import Edition
from amends.board.machines import badge
from amends.clock import Clock
from amends.desk import guard
from amends.desk.room import Page, Room
from amends.desk.shelf import Shelf
from amends.inbox import Inbox, openings
from amends.settings import Settings


class Pasted(Protocol):
    """What knows the widget of this service."""

    def __call__(self, url: str, slug: str, *, pinned: bool) -> str:
        """Return the element that loads the widget of the service at that address."""


class Policy(Protocol):
    """What knows what the widget loads."""

    def __call__(self, url: str, board: str) -> str:
        """Return the header that pages have to send, for the addresses of the service and of the board."""


class SnippetPage(Room):
    """The lines to paste. Whoever may see the company may see them: they hold no secret."""

    def __init__(
        self, settings: Settings, inbox: Inbox, clock: Clock, record: Shelf, script: Pasted, policy: Policy
    ) -> None:
        super().__init__(settings, inbox, clock, record)
        self._script, self._policy = script, policy

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/<company>/snippet", "snippet", self.snippet)

    def snippet(self, company: str) -> Page:
        """Show the lines, pinned or not, what the widget looks like, and on which sites it was opened."""
        guard.require_company(company)
        record, url, pinned = self._record(), self._settings.url, request.args.get("pinned") == "yes"
        try:
            found = record.company(company)
        except KeyError:
            abort(404)
        with self._inbox.reading() as connection:
            opened = openings.of_company(connection, company)
        edition = Edition(record.house, self._clock())
        words = edition.lang_of(found).gettext("Tell us what went wrong")
        return self._render(
            "desk/snippet.html",
            company=found,
            pinned=pinned,
            lines=(
                f'<a href="{url}/{company}/new" data-amends>{escape(words)}</a>',
                self._script(url, company, pinned=pinned),
                badge.embed(edition, company),
            ),
            policy=self._policy(url, record.board.base_url),
            opened=opened,
        )
