"""Servers that take mail and calls, as strangers run them: real ones, on loopback, which do as a test tells them."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import select

from amends.inbox import Inbox, outbox
from amends.inbox.schema import message
from amends.settings import Smtp
from tests.factories import NUMBER, START

SENDER = "feedback@board.example"
USER, PASSWORD = "amends", "hush hush"


def read(data: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of a mail."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


@dataclass
class MailServer:
    """Takes mail. `answer` says what the server answers to an address, `after` to a whole mail; None takes it."""

    answer: Callable[[str], str | None] = lambda address: None
    after: Callable[[EmailMessage], str | None] = lambda mail: None
    breaks: bool = False
    unicode: bool = True
    starttls: bool = False
    signs_in: bool = False
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    tried: int = 0
    port: int = 0

    def settings(self, **facts: object) -> Smtp:
        return Smtp(**{"host": "127.0.0.1", "port": self.port, "needs_starttls": False, **facts})  # type: ignore[arg-type]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.answer(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.tried += 1
        assert isinstance(envelope.content, bytes)
        mail = read(envelope.content)
        refusal = self.after(mail)
        if self.breaks:
            assert server.transport
            server.transport.abort()
            return "250 never said"
        if refusal is None:
            self.taken.append((envelope.rcpt_tos[0], mail))
        return refusal or "250 OK"


class _Controller(Controller):
    def __init__(self, server: MailServer) -> None:
        self.asked = server
        super().__init__(server, hostname="127.0.0.1", port=0)

    def factory(self) -> SMTP:
        context = None
        if self.asked.starttls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate())
        return SMTP(
            self.handler,
            enable_SMTPUTF8=self.asked.unicode,
            tls_context=context,
            authenticator=_authenticate if self.asked.signs_in else None,
            auth_required=self.asked.signs_in,
            auth_require_tls=self.asked.starttls,
        )

    def _trigger_server(self) -> None:
        # aiosmtpd calls on the port that it was given, and here the system chooses one.
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, told: object) -> AuthResult:
    assert isinstance(told, LoginPassword)
    return AuthResult(success=(told.login, told.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def mail_server(**facts: object) -> Iterator[MailServer]:
    """Run a server that takes mail."""
    server = MailServer(**facts)  # type: ignore[arg-type]
    controller = _Controller(server)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class HookServer:
    """Takes calls. `answer` says with which status, headers and body."""

    answer: Callable[[], tuple[int, dict[str, str], bytes]] = lambda: (204, {}, b"")
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/hooks/amends?from=board"


@contextmanager
def hook_server(**facts: object) -> Iterator[HookServer]:
    """Run a server that takes calls over HTTPS."""
    told = HookServer(**facts)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.calls.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            status, headers, said = told.answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate())
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a caller who hangs up is no error of ours
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@cache
def certificate() -> tuple[Path, Path]:
    """A certificate for this machine that nobody but `trust` trusts, and its key."""
    folder = Path(mkdtemp(prefix="amends-certificate-"))
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    made = [*command.split(), "-addext", names, "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(made, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def trust() -> ssl.SSLContext:
    """What trusts our certificate, and checks it as any other."""
    return ssl.create_default_context(cafile=str(certificate()[0]))


def a_message(once: str = "reply/7k3m9qxz/x", **facts: object) -> outbox.Message:
    """A mail to Anna that is due at once."""
    given = {
        "company": "acme",
        "number": NUMBER,
        "channel": "mail",
        "kind": "reply",
        "recipient": "anna@mail.example",
        "lane": "mail",
        "once": once,
        "made": START,
        "due": START,
        "facts": {"at": "2026-11-02T10:00:00Z"},
    }
    return outbox.Message(**{**given, **facts})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Fate:
    """What has become of a message."""

    kind: str
    recipient: str
    due: datetime | None
    sent: datetime | None
    dropped: datetime | None
    dead: datetime | None
    attempts: int
    error: str


def fates(inbox: Inbox) -> list[Fate]:
    """What has become of every message, in the order in which they were made."""
    columns = [message.c[name] for name in Fate.__dataclass_fields__]
    with inbox.reading() as connection:
        return [Fate(*row) for row in connection.execute(select(*columns).order_by(message.c.id))]
