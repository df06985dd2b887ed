"""Handing out what a visitor could read before they ask, and the script that finds it in what they type.

The page of a company may allow scripts from the service alone, so the copy of the board's file comes with the script.
"""

import json

from flask import Blueprint, Response, abort

from amends.inbox import Inbox, similar
from amends.intake.arrival import Houses
from amends.intake.handing import script
from amends.intake.widget import Widget, with_exports

_NOTHING = '{"texts": []}'


class Similar:
    """The module that the form asks for when somebody has begun to write."""

    def __init__(self, widget: Widget, inbox: Inbox, houses: Houses) -> None:
        self._widget, self._inbox, self._houses = widget, inbox, houses

    def blueprint(self) -> Blueprint:
        """Return the route."""
        room = Blueprint("similar", __name__)
        room.add_url_rule("/w/similar/<company>.js", view_func=self.module)
        return room

    def module(self, company: str) -> Response:
        """Serve the script with what a company's board has; with nothing, where it has nothing yet."""
        found = self._houses.find(company)
        if found is None:
            abort(404)
        with self._inbox.reading() as connection:
            index = similar.get(connection, found[0].slug) or _NOTHING
        return script(with_exports(self._widget.modules["similar"], index=json.loads(index)))
