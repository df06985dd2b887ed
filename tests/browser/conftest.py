from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api

from tests.house import House

from . import built, chromium, npm
from .example import build_example
from .guest import Guest, receiving
from .neighbours import Neighbours
from .served import serving


@pytest.fixture(scope="session")
def browser() -> Iterator[sync_api.Browser]:
    """The Chromium of the whole run. Where there is none the tests fail with the sentence that mends it."""
    with chromium.driver() as running:
        try:
            launched = chromium.launch(running)
        except chromium.NoBrowser as missing:
            raise pytest.fail.Exception(str(missing), pytrace=False) from None
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built example board."""
    return build_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="session")
def site(public: Path) -> Iterator[str]:
    """The address at which the built example board is served."""
    with built.serving(public) as address:
        yield address


@pytest.fixture(scope="session")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A running service, and a shop on another site whose pages embed its widget."""
    with receiving(tmp_path_factory.mktemp("guest")) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A whole house, on the clock that the test turns."""
    built_house = House(tmp_path)
    yield built_house
    built_house.close()


@pytest.fixture
def visited() -> set[str]:
    """The addresses of the desk at which a browser was."""
    return set()


@pytest.fixture
def served(house: House, visited: set[str]) -> Iterator[str]:
    """The address at which a browser reaches the service of the house."""
    with serving(house, visited=visited) as url:
        yield url


@pytest.fixture
def neighbours(house: House, visited: set[str]) -> Iterator[Neighbours]:
    """The others of the house, who look in the end at every address of the desk at which the browser was."""
    others = Neighbours(house, visited)
    others.move_in()
    yield others
    assert visited
    assert others.look() == []


@pytest.fixture(scope="session")
def checks() -> Path:
    """The node_modules with what the pages are held against, fetched on first use."""
    try:
        return npm.installed(npm.HERE / "checks")
    except npm.NpmError as error:
        raise pytest.fail.Exception(f"axe-core and html-validate cannot be fetched: {error}", pytrace=False) from None


@pytest.fixture
def problems() -> list[str]:
    """What the pages of `new_page` complained of; a test that provokes a complaint clears it."""
    return []


@pytest.fixture
def new_page(browser: sync_api.Browser, problems: list[str]) -> Iterator[chromium.NewPage]:
    """Open a page in a context of its own, with `Browser.new_context`'s options (`color_scheme="dark"`).

    The test fails if any page logged an error or let one escape, unless it cleared `problems`.
    """
    with ExitStack() as contexts:

        def open_page(**options: Any) -> sync_api.Page:
            context = browser.new_context(**options)
            contexts.callback(context.close)
            _listen(context, problems)
            return context.new_page()

        yield open_page
    assert problems == []


def _listen(context: sync_api.BrowserContext, problems: list[str]) -> None:
    def on_console(message: sync_api.ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{message.text} ({message.location['url']})")

    context.on("console", on_console)
    context.on("weberror", lambda escaped: problems.append(str(escaped.error)))
