"""The widget as a guest: pages of a shop on another origin than a running service, and a visitor who uses them.

What the visitor looks for is named here once, as it stands in the widget's strings.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, expect

from amends.inbox import Inbox, cases
from amends.inbox.cases import Received
from tests.browser.chromium import NewPage
from tests.house import House
from tests.running import free_port
from tests.test_serve import PATIENCE, environment, wait_for

LINK = '<a href="SERVICE/acme/new" data-amends>Tell us what went wrong</a>'
SCRIPT = '<script async src="SERVICE/w/v1.js" data-company="acme"></script>'
WIDGET = LINK + SCRIPT
"""What a company pastes; SERVICE stands for the service's address wherever a shop's page has it."""

OPENER = "Tell us what went wrong"
LAUNCHER = "Feedback"
SEND = "Send"
CLOSE = "Close"
RECEIVED = re.compile("has it")
NOT_SENT = re.compile("Not sent")
OWN_PAGE = "the form on its own page"

Place = Page | FrameLocator


@dataclass(frozen=True)
class Sheet:
    """A page of the shop: its markup and its headers."""

    markup: str
    headers: Mapping[str, str]


@dataclass
class Guest:
    """A running service, and a shop whose pages embed its widget; both take what they are given."""

    service: str
    shop: str
    inbox: Inbox
    sheets: dict[str, Sheet]

    def page(
        self,
        body: str = WIDGET,
        *,
        head: str = "",
        doctype: str = "<!doctype html>",
        path: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Put a page into the shop, made for screens of any width; return its address."""
        frame = (
            f'{doctype}<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>The shop</title>{head}</head><body>{body}</body></html>"
        )
        path = path or f"/{len(self.sheets)}"
        told = {name: self.filled(value) for name, value in (headers or {}).items()}
        self.sheets[path] = Sheet(self.filled(frame), told)
        return self.shop + path

    def filled(self, text: str) -> str:
        """Return a text of the shop with the service's address in it."""
        return text.replace("SERVICE", self.service)

    def launcher(self) -> Sheet:
        """Return the launcher as a company may hand it out by itself."""
        with urllib.request.urlopen(f"{self.service}/w/v1.js") as script:
            return Sheet(script.read().decode(), {"Content-Type": "text/javascript"})

    def cases(self) -> list[Received]:
        """Return all cases that are stored."""
        with self.inbox.reading() as connection:
            return cases.ledger_due(connection)

    def case(self, number: str) -> Received:
        """Return a case as the service has stored it."""
        with self.inbox.reading() as connection:
            found = cases.get(connection, number)
        assert found, f"{number} is not stored"
        return found


@contextmanager
def receiving(folder: Path) -> Iterator[Guest]:
    """Run the service, for companies that let the shop embed its widget, and the shop. `gone` has left the board."""
    sheets: dict[str, Sheet] = {}
    with _shop(sheets) as shop:
        house = House(folder, companies=("acme", "bolt", "gone"))
        phone = 'contacts = [{ kind = "phone", value = "+49 30 1234567" }]'
        house.settle('status = "left"', "left = 2026-11-01", phone, company="gone")
        house.close()
        for settings in house.content.glob("*/company.toml"):
            settings.write_text(re.sub("origins = .*", f'origins = ["{shop}"]', settings.read_text("utf-8")), "utf-8")
        inbox = Inbox(house.settings.database)
        with _service(house) as service:
            yield Guest(service, shop, inbox, sheets)
        inbox.close()


@contextmanager
def _service(house: House) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "amends", "serve", "--workers", "1", "--no-work", "--port", str(port)]
    environ = {**environment(house, port), "AMENDS_HOURLY_NETWORK": "1000"}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            wait_for(address, process)
            yield address
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(PATIENCE)


@contextmanager
def _shop(sheets: Mapping[str, Sheet]) -> Iterator[str]:
    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sheet = sheets.get(self.path.partition("?")[0])
            sent = sheet.markup.encode() if sheet else b"There is no such page."
            self.send_response(200 if sheet else 404)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **(sheet.headers if sheet else {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests' output is for failures."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            # By this name it is another site than the service, not only another origin.
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def visit(new_page: NewPage, address: str, **options: Any) -> Page:
    """Open a page, on which nobody waits for long."""
    page = new_page(**options)
    page.set_default_timeout(5_000)  # milliseconds
    page.goto(address)
    return page


def opener(place: Place) -> Locator:
    """The link that opens the form."""
    return place.get_by_role("link", name=OPENER)


def form(place: Place) -> Locator:
    """The form, or what stands in its place when it was sent."""
    return place.locator("amends-form").get_by_role("dialog")


def words(place: Place) -> Locator:
    """Where the visitor writes what went wrong."""
    return form(place).get_by_role("textbox").first


def send_button(place: Place) -> Locator:
    return form(place).get_by_role("button", name=SEND, exact=True)


def opened(place: Place) -> Locator:
    """Tap the link; return the form, which is ready to be written in."""
    opener(place).click()
    expect(words(place)).to_be_focused()
    return form(place)


def write_and_send(place: Place, text: str) -> None:
    words(place).press_sequentially(text)  # key by key: a page may listen to them
    send_button(place).click()


def receipt(place: Place) -> str:
    """Wait for the receipt; return the case's number."""
    expect(form(place).get_by_role("heading")).to_contain_text(RECEIVED)
    return form(place).get_by_role("definition").first.inner_text()


def complain(page: Page, guest: Guest, text: str = "The bell fell off.") -> Received:
    """Walk the whole road in place, from the link to the receipt; return the case as it is stored."""
    address = page.url
    opened(page)
    write_and_send(page, text)
    case = guest.case(receipt(page))
    assert page.url == address
    assert (case.company, case.text) == ("acme", text)
    return case


def follow(page: Page, guest: Guest) -> None:
    """Tap the link; see that it leads to the form on a page of its own, and that it takes a complaint there."""
    opener(page).click()
    arrive(page, guest)


def arrive(page: Page, guest: Guest) -> None:
    page.wait_for_url(f"{guest.service}/acme/new")
    page.get_by_role("textbox", name="What went wrong?").fill("The bell fell off.")
    page.get_by_role("button", name=SEND, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(RECEIVED)


def see_not_sent(place: Place, guest: Guest, text: str) -> None:
    """See that nobody claims to have it, that no word is lost, and where to go on."""
    told = form(place).get_by_role("status")
    expect(told).to_contain_text(NOT_SENT)
    expect(told.get_by_role("link", name=OWN_PAGE)).to_have_attribute("href", f"{guest.service}/acme/new")
    expect(words(place)).to_have_value(text)


def reachable(element: Locator) -> bool:
    """Whether it can be seen where it stands, and a tap in its middle hits it."""
    return bool(
        element.evaluate(
            """element => {
                element.scrollIntoView({block: "nearest"});
                const {x, y, width, height} = element.getBoundingClientRect();
                const middle = [x + width / 2, y + height / 2], root = element.getRootNode();
                return element.checkVisibility({opacityProperty: true, visibilityProperty: true})
                    && element.contains(root.elementFromPoint(...middle))
                    && root.host === document.elementFromPoint(...middle);
            }"""
        )
    )
