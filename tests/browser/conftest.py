from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright import sync_api

from . import chromium


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
