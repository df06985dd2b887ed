"""What the service tells of itself holds nothing private, whoever wrote it."""

import io
import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from amends import access, links, logs
from amends.inbox.schema import contact
from amends.logs import discreet
from tests.factories import NUMBER
from tests.house import URL, House

TOKEN = links.token(b"s" * 32, NUMBER, 0)
CANARIES = (TOKEN, "anna@x.example", "q=canary")


class Told:
    """A logger of its own, and what came of it."""

    def __init__(self, form: str) -> None:
        self.stream = io.StringIO()
        self.logger = logging.Logger("amends.test")
        handler = logging.StreamHandler(self.stream)
        handler.addFilter(logs.Discretion())
        handler.setFormatter(logs.JsonLines() if form == "json" else logs.Lines())
        self.logger.addHandler(handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def line(self) -> dict[str, Any]:
        (line,) = self.text.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


@pytest.fixture(params=["text", "json"])
def told(request: pytest.FixtureRequest) -> Told:
    return Told(request.param)


# --- What no log may hold ---


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"GET /c/{TOKEN}/ 500", "GET /c/[hidden]/ 500"),
        ("GET /c/not-even-a-token 404", "GET /c/[hidden] 404"),
        (f"'{URL}/desk/choose/abc-def'", f"'{URL}/desk/choose/[hidden]"),
        (f"'{URL}/c/{TOKEN}/withdraw'", f"'{URL}/c/[hidden]/withdraw'"),
        (f"next=%2Fc%2F{TOKEN}", "next=%2Fc%2F[hidden]"),
        (f"the link of {TOKEN}, again", "the link of [hidden], again"),
        (f"confirm/{TOKEN}", "confirm/[hidden]"),
        (f"x{TOKEN}y", "x[hidden]"),
        ("mail to anna@x.example failed", "mail to [hidden] failed"),
        ("550 <anna.k+shop@x.example>: no", "550 [hidden] no"),
        ('"anna k"@x.example is odd', "[hidden] is odd"),
        ("o'neil@x.example, анна@пример.example", "[hidden] [hidden]"),
        ("anna%40x.example and anna＠x.example", "[hidden] and [hidden]"),
        ("postgresql+psycopg://amends:geheim@db/amends is away", "[hidden] is away"),
        ("/find?q=canary&x=1 is slow", "/find?[hidden] is slow"),
        ("/find%3Fq%3Dcanary", "/find%3F[hidden]"),
        ("('/a?b', 1)", "('/a?[hidden] 1)"),
        (
            "(IntegrityError) taken\nDETAIL:  Key (login)=(anna) is there.\n[SQL: INSERT]\n[parameters: ('a\nb',)]\n"
            "(Background on this error at: https://sqlalche.me/e/20/gkpj)",
            "(IntegrityError) taken\nDETAIL: [hidden]\n[SQL: INSERT]\n[parameters: [hidden]\n"
            "(Background on this error at: https://sqlalche.me/e/20/gkpj)",
        ),
    ],
)
def test_what_no_log_may_hold_is_hidden(said: str, written: str) -> None:
    assert discreet(said) == written


@pytest.mark.parametrize(
    "said",
    [
        "GET /c/<token>/ 200 3 ms 120 bytes",
        "board: 12 pages changed, 0 removed in 0.3 s, 1 faults",
        "what now? Nothing.",
        "INSERT INTO company (slug, board) VALUES (?, ?)",
        "VALUES (?,?)",
        "acme/2026/11/7k3m9qxz.md:3: kind: found 'rant', expected one of complaint, question",
        '  File "/srv/amends/work.py", line 3, in turn\n    @property',
    ],
)
def test_what_a_log_is_for_stays(said: str) -> None:
    assert discreet(said) == said


@given(st.text(), st.text(), st.sampled_from(CANARIES[:2]))
@example("", "@", TOKEN)
@example('"', "", "anna@x.example")
def test_a_token_and_an_address_are_hidden_wherever_they_stand(before: str, after: str, canary: str) -> None:
    assert canary not in discreet(before + canary + after)


@given(st.text(st.sampled_from('@?"%/c- \n[DETAIL:q')))
def test_hiding_twice_hides_no_more_addresses_and_ends(text: str) -> None:
    assert discreet(discreet(text)).count("@") <= discreet(text).count("@") <= text.count("@")


@pytest.mark.parametrize(
    "unit", ["a", "@", "?", '"', "/c/", "%40", "DETAIL:", "[parameters:", "7k3m9qxz-", "?,", "a@ "]
)
def test_a_hostile_text_costs_as_much_as_its_length(unit: str) -> None:
    """A pattern that looked at each place for the whole rest would not come back from this."""
    assert len(discreet(unit * 300_000)) <= 300_000 * (len(unit) + len(logs.HIDDEN) + 1)


class HostileError(Exception):
    def __str__(self) -> str:
        return f"GET {URL}/c/{TOKEN}/?q=canary of anna@x.example"


class SilentError(Exception):
    def __str__(self) -> str:
        raise ValueError("anna@x.example")


class Unwritable:
    def __str__(self) -> str:
        raise ValueError("anna@x.example")

    __repr__ = __str__


def test_nothing_of_a_hostile_record_is_written_in_any_form(told: Told) -> None:
    told.logger.error("mail to anna@x.example", stack_info=True)
    told.logger.error("%s and %r", f"/c/{TOKEN}/", {"a": "/x?q=canary"})
    told.logger.error("%(a)s", {"a": ["anna@x.example"]})
    told.logger.error("%d", "anna@x.example")
    told.logger.error("%s %s", *["anna@x.example"])
    told.logger.error("%s", Unwritable())
    told.logger.error(HostileError())
    for error in (HostileError(), SilentError()):
        try:
            raise error from HostileError()
        except Exception:
            told.logger.exception("failed", stack_info=True)
    assert "failed" in told.text
    assert "HostileError" in told.text
    assert "with arguments that do not fit" in told.text
    assert [canary for canary in CANARIES if canary in told.text] == []


def test_what_a_database_names_in_its_errors_is_not_written(house: House, told: Told) -> None:
    # The lines of the program are in the log, too: what is looked for must not stand in them.
    words = "yranac"[::-1]
    with pytest.raises(IntegrityError) as error, house.inbox.writing() as connection:
        connection.execute(insert(contact).values(number="nobody00", email=words, reference=words))
    assert words not in str(error.value)
    told.logger.error("failed", exc_info=error.value)
    assert "FOREIGN KEY" in told.text
    assert words not in told.text


def test_a_record_cannot_pass_for_two(told: Told) -> None:
    told.logger.error("one\n12:00:00 amends: two\r\x1b[2J\u2028three \ud800")
    lines = told.text.split("\n")
    assert not any(line.startswith("12:00:00") for line in lines[1:])
    assert not {"\r", "\x1b", "\u2028"} & set(told.text)


# --- The forms ---


def test_a_record_is_one_json_object_a_line() -> None:
    told = Told("json")
    told.logger.warning("späť %d\nand more", 3, extra={"facts": {"status": 200}})
    assert told.text.isascii()
    line = told.line
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "amends.test", "message": "späť 3\nand more", "status": 200}


def test_the_time_of_a_json_line_is_utc_to_the_millisecond() -> None:
    record = logging.LogRecord("amends", logging.INFO, "", 0, "x", None, None)
    record.created, record.msecs = 1793000000.25, 250.0
    assert json.loads(logs.JsonLines().format(record))["time"] == "2026-10-26T07:33:20.250Z"


def test_an_exception_is_text_in_its_line() -> None:
    told = Told("json")
    try:
        raise ZeroDivisionError("of mine")
    except ZeroDivisionError:
        told.logger.exception("failed")
    assert told.line["message"] == "failed"
    assert told.line["exception"].startswith("Traceback (most recent call last):\n")
    assert told.line["exception"].endswith("\nZeroDivisionError: of mine")


@pytest.mark.parametrize("form", ["text", "json"])
def test_everything_that_is_told_goes_through_the_filter_to_the_error_output(form: str) -> None:
    program = (
        "import logging, sys; from amends import logs; logs.configure(sys.argv[1]); logs.configure('text')\n"
        "logging.getLogger('any.library').error('to anna@x.example %s', '/c/abc/')\n"
        "logging.getLogger('alembic.runtime').info('quiet')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, form], capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    assert line.endswith("any.library: to [hidden] /c/[hidden]/") or json.loads(line)["message"].startswith("to [hid")
    assert line.startswith("{") is (form == "json")
    assert done.stdout == ""


# --- Requests ---


@pytest.fixture
def requests(house: House, caplog: pytest.LogCaptureFixture) -> House:
    access.log_requests(house.app)
    caplog.set_level(logging.INFO, "amends.access")
    return house


def facts_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record)["facts"] for record in caplog.records if record.name == "amends.access"]


def test_a_request_is_a_line_with_its_rule_and_not_its_address(
    requests: House, caplog: pytest.LogCaptureFixture
) -> None:
    answer = requests.send(text="Canary")
    assert answer.json
    page = requests.visitor().get(answer.json["link"], base_url=URL)
    requests.visitor().get("/c/canary/?q=canary", base_url=URL)
    requests.visitor().open("/canary/x/y", method="CANARY", base_url=URL)
    requests.visitor().get("/static/style.css", base_url=URL)
    found = facts_of(caplog)
    assert [(line["method"], line["rule"], line["status"]) for line in found[:3]] == [
        ("POST", "/<company>/feedback", 201),
        ("GET", "/c/<token>/", 200),
        ("GET", "/c/<token>/", 404),
    ]
    assert (found[3]["method"], found[3]["rule"]) == ("-", "-")
    assert found[1]["bytes"] == len(page.data) > 0
    assert all(type(line["ms"]) is int and line["ms"] >= 0 for line in found)
    assert len(found) == 5
    assert answer.json["case"] not in caplog.text
    assert "canary" not in caplog.text.lower()
    assert caplog.records[1].getMessage().startswith("GET /c/<token>/ 200 ")


def test_a_request_that_is_refused_or_fails_is_a_line_too(
    requests: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests.visitor().get("/healthz", base_url="https://elsewhere.example")
    requests.visitor().post("/acme/feedback", data="x", base_url=URL, headers={"Content-Type": "text/plain"})
    monkeypatch.setitem(requests.app.view_functions, "health", lambda: 1 / 0)
    requests.visitor().get("/healthz", base_url=URL)
    found = facts_of(caplog)
    assert len(found) == 3
    assert found[0]["status"] == 400
    assert (found[2]["rule"], found[2]["status"]) == ("/healthz", 500)


def test_what_flask_tells_of_a_failure_behind_a_private_link_does_not_hold_it(
    house: House, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = told.logger.handlers
    house.app.logger.addHandler(handler)
    monkeypatch.setitem(house.app.view_functions, "visitor.case", lambda token: 1 / 0)
    assert house.visitor().get(f"/c/{TOKEN}/?q=canary", base_url=URL).status_code == 500
    house.app.logger.removeHandler(handler)
    assert "Exception on /c/[hidden]" in told.text
    assert "ZeroDivisionError" in told.text
    assert [canary for canary in CANARIES if canary in told.text] == []
