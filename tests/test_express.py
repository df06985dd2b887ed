"""The counter for ordinary submissions: quicker than Flask, and in nothing else different from it."""

import io
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from amends.intake import Express
from amends.service import MAX_BODY
from tests.effort import EFFORT
from tests.house import SHOP, URL, House
from tests.running import in_a_loop

FORM = "application/x-www-form-urlencoded"
KEY = "k" * 32
ORDINARY = {
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/acme/feedback",
    "CONTENT_TYPE": FORM,
    "HTTP_ACCEPT": "application/json",
    "HTTP_ORIGIN": SHOP,
    "REMOTE_ADDR": "203.0.113.9",
}
"""What the widget sends, as a WSGI server hands it over."""

NOT_ORDINARY: dict[str, dict[str, Any]] = {
    "a person's browser": {"HTTP_ACCEPT": "text/html"},
    "no Accept": {"HTTP_ACCEPT": None},
    "another method": {"REQUEST_METHOD": "PUT"},
    "a form of many parts": {"CONTENT_TYPE": "multipart/form-data; boundary=x"},
    "JSON": {"CONTENT_TYPE": "application/json"},
    "no type": {"CONTENT_TYPE": None},
    "another encoding": {"CONTENT_TYPE": f"{FORM}; charset=utf-16"},
    "another host": {"HTTP_HOST": "evil.example"},
    "no company": {"PATH_INFO": "/nobody/feedback"},
    "another address": {"PATH_INFO": "/acme/feedback/"},
    "no length": {"CONTENT_LENGTH": None},
    "a length that is none": {"CONTENT_LENGTH": "-5"},
    "a length in other digits": {"CONTENT_LENGTH": "٣"},
    "more than is taken": {"CONTENT_LENGTH": str(MAX_BODY + 1)},
    "less than was told": {"CONTENT_LENGTH": "100"},
}


@pytest.fixture
def counter(house: House) -> Express:
    assert isinstance(house.app.wsgi_app, Express)
    return house.app.wsgi_app


def environ_of(body: bytes, **changes: str | None) -> dict[str, Any]:
    environ = {**EnvironBuilder(base_url=URL).get_environ(), **ORDINARY, "CONTENT_LENGTH": str(len(body)), **changes}
    environ["wsgi.input"] = io.BytesIO(body)
    return {name: value for name, value in environ.items() if value is not None}


def form(**fields: str) -> bytes:
    return urlencode({"text": "It broke.", "key": KEY, **fields}).encode()


def answered(app: Any, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    assert isinstance(headers, Headers)
    return status, sorted((name.lower(), value) for name, value in headers), b"".join(body)


def both(counter: Express, body: bytes, **changes: str | None) -> tuple[Any, Any]:
    """Return what the counter answers to a request, and what Flask does to the same."""
    return answered(counter, environ_of(body, **changes)), answered(counter.app, environ_of(body, **changes))


def soon(counter: Express, body: bytes, **changes: str | None) -> Any:
    """Return what is answered to a request by the way that holds no thread, as `answered` does; None for none."""
    houses = counter._houses
    assert houses.find("acme")
    houses._fresh = houses._fresh or 60.0
    found = in_a_loop(counter.soon(environ_of(body, **changes), body))
    return found and (f"{found.status} {HTTPStatus(found.status).phrase.upper()}", sorted(found.headers), found.body)


def test_what_the_widget_sends_is_answered_without_flask(counter: Express, house: House) -> None:
    counter.app = lambda environ, start: pytest.fail("Flask was asked")
    for content_type in (FORM, f"{FORM};charset=UTF-8"):
        status, headers, body = answered(counter, environ_of(form(), CONTENT_TYPE=content_type))
        assert (status, b'"case"' in body) == ("201 CREATED", True)
        assert ("access-control-allow-origin", SHOP) in headers
    assert len(house.numbers()) == 1


@pytest.mark.parametrize("changes", NOT_ORDINARY.values(), ids=NOT_ORDINARY)
def test_what_is_not_ordinary_goes_on_to_flask_as_it_came(
    counter: Express, house: House, changes: dict[str, Any]
) -> None:
    expected = answered(counter.app, environ_of(form(), **changes))
    asked = []
    flask = counter.app

    def seen(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked.append(environ)
        return flask(environ, start)

    counter.app = seen
    given_back = answered(counter, environ_of(form(), **changes))
    assert len(asked) == 1
    assert soon(counter, form(), **changes) is None
    assert given_back[:2] == expected[:2]  # a page with the form has a key of its own in it


@pytest.mark.parametrize(
    ("body", "changes", "status"),
    [
        (form(), {}, 201),
        (form(publicity="private", kind="idea", author="Anna", email="anna@x.example"), {}, 201),
        (form(), {"HTTP_ORIGIN": None}, 201),
        (form(), {"HTTP_ORIGIN": URL}, 201),
        (form(), {"HTTP_HOST": "feedback.example:443"}, 201),
        (form(), {"REMOTE_ADDR": None}, 201),
        (form() + b"&text=another", {}, 201),
        (form(shown="0"), {}, 201),
        (form(shown="x"), {}, 201),
        (form(text=""), {}, 422),
        (form(website="http://x"), {}, 422),
        (form(email="anna", text="x" * 20000), {}, 422),
        (form(), {"HTTP_ORIGIN": "https://evil.example"}, 403),
        (b"text=%FF&key=" + KEY.encode(), {}, 400),
        (b"text=\xff&key=" + KEY.encode(), {}, 400),
        (b"text=%C3&key=%A9", {}, 400),
        (b"", {}, 422),
    ],
)
def test_the_counter_answers_as_flask_does(
    counter: Express, body: bytes, changes: dict[str, str | None], status: int
) -> None:
    ours, flasks = both(counter, body, **changes)
    assert ours == flasks
    assert ours[0].startswith(str(status))
    without_a_thread = soon(counter, body, **changes)
    assert without_a_thread == (None if status == 400 or not body else ours)


def test_a_key_that_was_used_and_a_limit_that_is_reached_are_told_alike(counter: Express, house: House) -> None:
    house.send(text="First")
    ours, flasks = both(counter, form(text="Second"))
    assert ours == flasks == soon(counter, form(text="Second"))
    assert ours[0].startswith("409")
    house.limits = {"hourly_company": 1}
    house.open_service()
    limited = house.app.wsgi_app
    assert isinstance(limited, Express)
    ours, flasks = both(limited, form(key="l" * 32))
    assert ours == flasks == soon(limited, form(key="l" * 32))
    assert ours[0].startswith("429")
    assert "retry-after" in dict(ours[1])


def test_a_store_that_is_gone_is_told_alike(counter: Express, house: House) -> None:
    house.close()
    for file in house.settings.instance.glob("amends.db*"):
        file.unlink()
    (house.settings.instance / "amends.db").mkdir()
    ours, flasks = both(counter, form())
    assert ours == flasks
    assert ours[0].startswith("503")


def test_what_is_known_too_long_is_not_read_anew_while_others_wait(counter: Express) -> None:
    counter._houses._fresh = -1.0
    assert soon(counter, form()) is None
    assert answered(counter, environ_of(form()))[0] == "201 CREATED"


FIELDS = st.sampled_from(["text", "kind", "topic", "author", "email", "reference", "page", "same", "shown", "website"])
WORDS = st.text(max_size=40) | st.sampled_from(["complaint", "idea", "delivery", "public", "private", "a@x.example"])


@settings(max_examples=60 * EFFORT, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(FIELDS, WORDS), max_size=8), st.binary(max_size=12))
def test_whatever_is_sent_is_answered_as_flask_does(
    counter: Express, house: House, fields: list[tuple[str, str]], more: bytes
) -> None:
    key = f"{len(house.numbers()):032x}"
    told = urlencode([*fields, ("key", key)], errors="surrogatepass").encode()
    for body in (told, told + b"&" + more):
        ours, flasks = both(counter, body)
        assert ours == flasks
        assert soon(counter, body) == (None if ours[0].startswith("400") else ours)
