"""Single keys that open things at the desk, and the switch that turns them off (WCAG 2.2, 2.1.4).

Who dictates or shares a keyboard has to be able to turn them off; the switch is one of the browser, since it is about
how this person types here.
"""

from collections.abc import Mapping
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

COOKIE = "amends-keys"
OFF = "off"
LASTS = timedelta(days=365)

KEYS: Mapping[str, str] = {
    "j": "the next case of the list",
    "k": "the one before it",
    "o": "open the case at which the list stands",
    "/": "search the inbox",
    "?": "this page",
}
"""What the keys do that belong to no task; what belongs to one, the task says."""


def are_on() -> bool:
    """Whether single keys do anything in this browser."""
    return request.cookies.get(COOKIE) != OFF


def switch(response: Response, *, on: bool) -> Response:
    """Remember in this browser whether single keys are on."""
    if on:
        response.delete_cookie(COOKIE, path="/desk")
    else:
        response.set_cookie(
            COOKIE, OFF, max_age=LASTS, path="/desk", secure=request.is_secure, httponly=True, samesite="Strict"
        )
    return response
