"""The service: intake, the visitor's page and the desk as one Flask app. The board is another: see `board`."""

import logging
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Request, Response, abort, make_response, render_template, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from amends import clock, gate, text
from amends.bytecode import Compiled
from amends.clock import Clock
from amends.desk import Desk
from amends.headers import CSP, hardening
from amends.health import is_healthy
from amends.inbox import Inbox, StoreUnavailableError
from amends.intake import (
    Express,
    Handing,
    Houses,
    Intake,
    Limits,
    Noticing,
    Reception,
    Reports,
    Similar,
    Taking,
    own_widget,
)
from amends.intake.snippet import policy, script
from amends.record import Contact, NotABoardError, RecordError
from amends.settings import Settings, read_settings
from amends.visitor import Consent, LostLinks, Referrals, Visitor

_log = logging.getLogger("amends.service")

MAX_BODY = 128 * 1024
"""The largest request body in bytes: a reply of 10,000 characters of any script, percent-encoded (nine bytes each)."""

EXPRESS = "amends.express"
"""Under which name the app knows its counter, among its extensions."""

FRESH = 1.0
"""Seconds for which a process believes its copy of the companies' settings."""


def create_service(settings: Settings, inbox: Inbox, now: Clock = clock.system, fresh: float = FRESH) -> Flask:
    """Make the service for these settings over that store, whose schema is up to date.

    What companies set is seen after `fresh` seconds at the latest.
    """
    app = Flask("amends", static_folder="static", static_url_path="/static", root_path=os.path.dirname(__file__))
    secret = settings.secret()
    _configure(app, settings, secret)
    _prepare_templates(app)
    app.session_interface = _StaffSessions()
    houses = Houses(inbox, fresh)
    reception = Reception(inbox, Limits(settings.hourly_network, settings.hourly_company))
    taking = Taking(reception, now, settings.url, secret)
    visitors = [
        Intake(taking, houses, now).blueprint(),
        Handing(own_widget(), houses, Noticing(inbox, now, settings.url), settings.url).blueprint(),
        Similar(own_widget(), inbox, houses).blueprint(),
        _reports(settings, inbox, houses, now),
        Visitor(inbox, settings.content, now, secret, settings.url).blueprint(),
        Consent(inbox, now, secret).blueprint(),
        Referrals(inbox).blueprint(),
        LostLinks(inbox, now, settings.url, secret, has_mail=settings.smtp is not None).blueprint(),
    ]
    for room in (*visitors, Desk(settings, inbox, now, script, policy).blueprint()):
        app.register_blueprint(room)
    _guard(app, visitors)
    app.add_url_rule("/healthz", "health", lambda: _health(inbox))
    express = Express(app.wsgi_app, taking, houses, settings.host, MAX_BODY)
    app.extensions[EXPRESS] = express
    hops = settings.proxies
    # Flask's own way to put something in front of an app. A proxy's word on whence a request came counts for all.
    app.wsgi_app = ProxyFix(express, x_for=hops, x_proto=hops, x_host=hops) if hops else express  # type: ignore[method-assign]
    return app


def from_environment() -> Flask:
    """Make the service for the settings in the environment: what a WSGI server calls."""
    settings = read_settings(os.environ)
    return create_service(settings, Inbox(settings.database))


def _reports(settings: Settings, inbox: Inbox, houses: Houses, now: Clock) -> Blueprint:
    secret, hourly = settings.secret(), settings.hourly_network
    reports = Reports(inbox, houses, settings.content, now, settings.url, secret=secret, hourly_network=hourly)
    return reports.blueprint()


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.bytecode_cache = _compiled()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(plain=text.plain, markdown=text.markdown, instant=_instant)
    app.jinja_env.globals.update(static=_static(), contacts=_contacts(app))


@cache
def _compiled() -> Compiled:
    return Compiled("service", Path(__file__).read_bytes())


def _configure(app: Flask, settings: Settings, secret: bytes) -> None:
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=40,
        TRUSTED_HOSTS=[settings.host],
        SESSION_COOKIE_NAME="__Host-amends" if settings.secure else "amends",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
    )


def _guard(app: Flask, visitors: Iterable[Blueprint]) -> None:
    """Check what comes and complete what goes. Visitors have no session, so nobody can forge a request of theirs."""
    # Before Flask-WTF's own check, which reads the form.
    app.before_request(_refuse_parts)
    forgery = CSRFProtect(app)
    for room in visitors:
        forgery.exempt(room)
    app.after_request(_harden)
    app.register_error_handler(HTTPException, _explain)
    for trouble in (StoreUnavailableError, RecordError, NotABoardError):
        app.register_error_handler(trouble, _unavailable)


class _StaffSessions(SecureCookieSessionInterface):
    """Sessions for who has one already: of all requests only those of staff come with a cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; an empty one is made without the keys that would check it."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def _static() -> Callable[[str], str]:
    """Return what gives the address of one of our own files."""
    return cache(lambda name: url_for("static", filename=name))


def _contacts(app: Flask) -> Callable[[tuple[Contact, ...]], str]:
    """Return what writes a company's contacts, which are the same on every receipt."""

    @lru_cache(maxsize=256)
    def contacts(items: tuple[Contact, ...]) -> str:
        written: str = vars(app.jinja_env.get_template("parts.html").module)["contacts"](items)
        return written

    return contacts


def _refuse_parts() -> None:
    """Refuse a body that did not arrive whole: what is missing could be the choice that only the company sees it.

    A connection that broke off ends the input like any other end, so the length has to be told and be met. Chunks
    tell none: they are refused without waiting for them.
    """
    told = request.content_length or 0
    if request.method != "POST" or told > MAX_BODY:
        return  # what is too long is refused where the form is read, without reading it
    if "Transfer-Encoding" in request.headers:
        abort(400)
    if len(request.get_data(cache=True, parse_form_data=False)) != told or None in request.form:
        abort(400)


def _harden(response: Response) -> Response:
    if request.blueprint == "desk":
        response.headers.setdefault("Content-Security-Policy", f"{CSP}; require-trusted-types-for 'script'")
    for name, value in hardening(secure=request.is_secure):
        response.headers.setdefault(name, value)
    return response


def _health(inbox: Inbox) -> Response:
    if not is_healthy(inbox):
        raise StoreUnavailableError("found unavailable lately")
    return make_response("ok\n", 200, {"Content-Type": "text/plain", "Cache-Control": "no-store"})


_SENTENCES = {
    400: "The request could not be understood. Nothing was changed; go back, reload the page and try again.",
    403: "This is not yours to do. Nothing was changed.",
    404: "There is nothing at this address. It may be mistyped, or the link is no longer valid.",
    405: "This address cannot be used in this way. Nothing was changed.",
    413: "This is too large to be taken in. Nothing was saved.",
}


def _explain(error: HTTPException) -> Response:
    status = error.code or 500
    message = _SENTENCES.get(status, "Something went wrong here, not with you. Nothing was changed.")
    if error.response is not None:
        return make_response(error.response)
    if isinstance(error, SecurityError):
        # A foreign Host name: nothing can be said about addresses, so no page can be rendered.
        return make_response(f"{message}\n", status, {"Content-Type": "text/plain; charset=utf-8"})
    return make_response(render_template("error.html", title=error.name, message=message), status)


def _unavailable(error: Exception) -> Response:
    _log.error("%s: %s", type(error).__name__, error)
    message = "What is stored here cannot be read just now. Nothing was saved; please try again in some minutes."
    if gate.wants_json():
        answer = make_response({"error": {"code": "unavailable", "message": message, "fields": {}}}, 503)
    else:
        answer = make_response(render_template("error.html", title="Not available", message=message), 503)
    answer.headers["Retry-After"] = "60"
    return answer


def _instant(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
