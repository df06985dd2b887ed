"""Every launcher that ever came out, on a page that pins it: an update of the service must not break that page."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from amends.cli import main
from amends.demo.static import FileServer
from amends.intake.widget import integrity, own_widget
from tests.browser.chromium import NewPage
from tests.house import House
from tests.test_serve import serving


@dataclass
class Service:
    """A running service with the company acme, and what `amends snippet` prints for it."""

    house: House
    address: str

    def snippet(self, *options: str) -> str:
        environ = {"AMENDS_URL": self.address, "AMENDS_CONTENT": str(self.house.content)}
        return CliRunner().invoke(main, ["snippet", "acme", *options], env=environ).output


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    house = House(tmp_path_factory.mktemp("house"))
    with serving(house) as (_, address):
        yield Service(house, address)
    house.close()


@dataclass
class Shop:
    """A shop with one page, on another site than the service's: to a browser `localhost` is not 127.0.0.1."""

    server: FileServer
    folder: Path

    def visit(self, page: Page, lines: str, policy: str) -> str:
        """Go to its page, which has these lines, under this policy and the strictest else; return the address."""
        head = "<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>Shop</h1>"
        (self.folder / "index.html").write_text(head + lines)
        allowed = policy.partition(": ")[2].strip()
        # The policy ends with the sources of pictures, and the page's icon is one more.
        self.server.policy = f"default-src 'none'; require-trusted-types-for 'script'; {allowed} data:"
        page.route("https://board.example/**", lambda route: route.fulfill(body="", content_type="image/svg+xml"))
        page.goto(f"http://localhost:{self.server.server_port}/")
        return page.url


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with FileServer(0, tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Shop(server, tmp_path)
        finally:
            server.shutdown()
            thread.join()


def pinned(lines: str, number: str, code: str) -> str:
    """Return the lines as they were printed when that launcher was the newest."""
    lines = re.sub(r"/w/[0-9.]+\.js", f"/w/{number}.js", lines)
    return re.sub(r'integrity="[^"]+"', f'integrity="{integrity(code.encode())}"', lines)


@pytest.mark.parametrize("number", sorted(own_widget().launchers))
def test_every_launcher_that_ever_came_out_opens_and_closes_todays_form(
    service: Service, shop: Shop, new_page: NewPage, number: str
) -> None:
    page = new_page()
    lines = pinned(service.snippet("--pinned"), number, own_widget().launchers[number])
    address = shop.visit(page, lines, service.snippet("--csp"))
    link = page.get_by_role("link", name="Tell us what went wrong")
    link.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.url == address
    page.evaluate("amends('close')")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_launcher_with_other_bytes_than_the_pinned_ones_does_not_run_and_the_link_is_a_link(
    service: Service, shop: Shop, new_page: NewPage, problems: list[str]
) -> None:
    page = new_page()
    number, code = max(own_widget().launchers.items())
    shop.visit(page, pinned(service.snippet("--pinned"), number, code + " "), service.snippet("--csp"))
    assert page.evaluate("typeof amends") == "undefined"
    page.get_by_role("link", name="Tell us what went wrong").click()
    page.wait_for_url(f"{service.address}/acme/new")
    assert any("integrity" in problem for problem in problems)
    problems.clear()
