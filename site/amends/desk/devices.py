"""Devices on which somebody has signed in before, known by a signed cookie (OWASP, Device Cookies).

It lets nobody in: it says only that failures elsewhere do not count here. Nothing about it is stored.
"""

import secrets
from datetime import timedelta

from flask import current_app, request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

LASTS = timedelta(days=180)
"""How long a browser keeps that cookie after the last sign-in."""


def known(login: str) -> str | None:
    """Return by what the device of this request is known, where this login has signed in on it."""
    try:
        return _signer(login).unsign(request.cookies.get(_name(), "")).decode()
    except BadSignature:
        return None


def remember(response: Response, login: str) -> Response:
    """Know this device again when this login signs in on it."""
    signed = _signer(login).sign(known(login) or secrets.token_urlsafe(12)).decode()
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(_name(), signed, max_age=LASTS, secure=secure, httponly=True, samesite="Strict")
    return response


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer(login: str) -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt=f"device\n{login}")
