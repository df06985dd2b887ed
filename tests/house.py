"""A whole house for a test: a record, an inbox, the service and the worker, on a clock that the test turns."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, update
from werkzeug.test import TestResponse

from amends.inbox import Inbox, people, second_step, sessions
from amends.inbox.people import Person
from amends.inbox.schema import case
from amends.inbox.signing_tables import second_step as steps
from amends.record import Record, load
from amends.service import create_service
from amends.settings import Settings, Smtp
from amends.work import Worker
from tests.factories import open_inbox

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
URL = "https://feedback.example"
SHOP = "https://acme.example"
SENDER = "feedback@example.org"
"""In a domain that could be somebody's: from `.example` no mail would come."""
PASSWORD = "correct horse battery"
STAFF = {
    "olga": ("moderator", "acme"),
    "ann": ("admin", "acme"),
    "bea": ("agent", "bolt"),
    "bert": ("moderator", "bolt"),
    "bo": ("admin", "bolt"),
    "kim": ("keeper", None),
    "kai": ("keeper", None),
    "max": ("agent", "acme"),
    "ina": ("agent", "acme"),
}
PAGE = {"Origin": SHOP, "Accept": "application/json"}

BOARD = 'title = "The board"\nbase_url = "https://board.example/"\nlanguage = "en"\n'
COMPANY = """name = "{name}"
url = "https://{slug}.example/"
reply_hours = 24
topics = ["delivery", "billing"]
origins = ["https://{slug}.example"]
"""


def settings_in(folder: Path, **facts: Any) -> Settings:
    """Return the settings of an installation in that folder."""
    instance = folder / "instance"
    usual = Settings(
        content=folder / "content",
        instance=instance,
        out=folder / "public",
        cache=folder / "cache",
        database=f"sqlite:///{instance / 'amends.db'}",
        url=URL,
        proxies=0,
        undo_seconds=10,
    )
    return replace(usual, **facts)


class PatientWorker(Worker):
    """Builds the board when somebody looks at it, as it was when it would have been built.

    Most tests look at the record alone, and a board takes longer than all else that a turn does.
    """

    put_off: datetime | None = None

    def _build(self, now: datetime, changed: list[Path] | None = None) -> None:
        self.put_off = now

    def build(self) -> None:
        if self.put_off is not None:
            super()._build(self.put_off)
            self.put_off = None


@dataclass
class House:
    """Everything of one installation, in one folder."""

    folder: Path
    now: datetime = NOON
    undo_seconds: int = 10
    companies: tuple[str, ...] = ("acme", "bolt")
    database: str = ""
    limits: dict[str, int] = field(default_factory=dict)
    smtp: Smtp | None = None
    hired: set[str] = field(default_factory=set)
    builds_at_once: bool = False
    inbox: Inbox = field(init=False)
    app: Flask = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.content.mkdir(parents=True, exist_ok=True)
        (self.content / "board.toml").write_text(BOARD)
        for slug in self.companies:
            (self.content / slug).mkdir(exist_ok=True)
            text = COMPANY.format(name=slug.title(), slug=slug)
            (self.content / slug / "company.toml").write_text(text)
        self.inbox = open_inbox(self.settings.database)
        kind = Worker if self.builds_at_once else PatientWorker
        self.worker = kind(self.settings, self.inbox, lambda: self.now)
        self.worker.copy_settings()
        self.open_service()

    def open_service(self) -> None:
        """Make the service, for the settings as they are now."""
        self.app = create_service(self.settings, self.inbox, lambda: self.now, fresh=0)

    @property
    def content(self) -> Path:
        return self.folder / "content"

    @property
    def public(self) -> Path:
        """The board, as it was last built."""
        if isinstance(self.worker, PatientWorker):
            self.worker.build()
        return self.settings.out

    @property
    def settings(self) -> Settings:
        facts: dict[str, Any] = {"smtp": self.smtp, "mail_from": SENDER if self.smtp else ""}
        facts |= {"database": self.database} if self.database else {}
        return settings_in(self.folder, undo_seconds=self.undo_seconds, **facts, **self.limits)

    def settle(self, *lines: str, company: str = "acme") -> None:
        """Put lines into a company's settings, each in the place of one with its key, and let the service know."""
        path = self.content / company / "company.toml"
        keys = tuple(line.partition("=")[0] for line in lines)
        others = [line for line in path.read_text().splitlines() if not line.startswith(keys)]
        path.write_text("\n".join([*others, *lines, ""]))
        self.worker.copy_settings()

    def close(self) -> None:
        self.inbox.close()

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def work(self) -> None:
        """Let everything leave that staff decided, and everything happen that is due."""
        self.pass_time(seconds=self.undo_seconds)
        self.worker.turn()

    def record(self) -> Record:
        return load(self.content)

    def page(self, address: str) -> str:
        """Return a page of the board as it was last built."""
        return (self.public / address / "index.html").read_text("utf-8")

    def visitor(self) -> FlaskClient:
        return self.app.test_client()

    def send(self, company: str = "acme", **fields: str) -> TestResponse:
        """Send feedback as the widget does."""
        fields = {"text": "My parcel is late.", "key": "k" * 32, **fields}
        return self.post(f"/{company}/feedback", fields, **{**PAGE, "Origin": f"https://{company}.example"})

    def receive(self, company: str = "acme", **fields: str) -> str:
        """Send feedback that has to be taken; return the case's number."""
        count = len(list(self.numbers()))
        answer = self.send(company, **{"key": f"{count:032x}", **fields})
        assert answer.status_code == 201, answer.text
        assert answer.json is not None
        return str(answer.json["case"])

    def numbers(self) -> list[str]:
        with self.inbox.reading() as connection:
            return list(connection.execute(select(case.c.number)).scalars())

    def post(self, address: str, fields: dict[str, str], **headers: str) -> TestResponse:
        return self.visitor().post(address, data=fields, headers=headers, base_url=URL)

    def at_the_desk(self, login: str = "olga") -> "Seat":
        """Hire somebody, where that was not done, and let them in by a session that began without the form."""
        person = self.hire(login)
        client = self.app.test_client()
        with self.inbox.writing() as connection:
            sid = sessions.begin(connection, person, self.now, "a browser")
        with client.session_transaction(base_url=URL) as cookie:
            cookie["sid"], cookie["noted"] = sid, int(self.now.timestamp())
        return Seat(self, client)

    def sign_in(self, login: str = "olga", password: str = PASSWORD) -> "Seat":
        """Sign somebody in by the form, who is hired where that was not done."""
        if login in STAFF:
            self.hire(login)
        seat = Seat(self, self.app.test_client())
        seat.answer = seat.submit("/desk/sign-in", login=login, password=password)
        if seat.answer.headers.get("Location") == "/desk/code":
            seat.answer = seat.submit("/desk/code", code=self.code_of(login))
        return seat

    def hire(self, login: str) -> Person:
        """Return somebody of `STAFF`, or of those that a test has added, who may come to the desk."""
        with self.inbox.writing() as connection:
            if login in STAFF and login not in self.hired:
                self._hire(connection, login)
                self.hired.add(login)
            person = people.with_login(connection, login)
        assert person, login
        return person

    def code_of(self, login: str) -> str:
        """Return the code that somebody's app shows, which is taken though the clock here stands still."""
        with self.inbox.writing() as connection:
            person = people.with_login(connection, login)
            assert person
            connection.execute(update(steps).where(steps.c.staff == person.id).values(last=0))
            salt = connection.execute(select(steps.c.salt).where(steps.c.staff == person.id)).scalar_one()
        return second_step.totp(self.settings.secret(), person, salt).at(self.now)

    def _hire(self, connection: Connection, login: str) -> None:
        """Let somebody in who has set up codes, where they have to have them."""
        role, company = STAFF[login]
        people.add(connection, login, login.title(), role, company, PASSWORD, self.now)
        person = people.with_login(connection, login)
        if person and second_step.is_required(person):
            salt, secret = second_step.begin(connection, person), self.settings.secret()
            code = second_step.totp(secret, person, salt).at(self.now)
            assert second_step.confirm(connection, secret, person, code, self.now)


@dataclass
class Seat:
    """Somebody at the desk, who clicks what is on the pages."""

    house: House
    client: FlaskClient
    answer: TestResponse | None = None

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, base_url=URL)

    def submit(self, address: str, page: str | None = None, **fields: str) -> TestResponse:
        """Fill in the form at `address` as it stands on `page`, with its token against forgery."""
        shown = self.get(page or address).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert token, shown
        return self.client.post(
            address,
            data={"csrf_token": token[1], **fields},
            headers={"Referer": URL + (page or address)},
            base_url=URL,
        )

    def decide(self, number: str, what: str, /, company: str = "acme", **fields: str) -> TestResponse:
        return self.submit(f"/desk/{company}/{number}/{what}", page=f"/desk/{company}/{number}", **fields)
