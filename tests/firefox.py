"""The widget in Firefox, for which the suite has no driver: `python -m tests.firefox`.

It wants Mozilla's own driver, `pip install marionette-driver`, and a Firefox on PATH or in $FIREFOX; Debian has
`apt-get install firefox-esr`.
The pages and the service are those of the tests in Chromium. It says what it saw, and ends at the first thing amiss.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from marionette_driver import Wait
from marionette_driver.marionette import Marionette

from tests.browser.guest import SEND, Guest, receiving

STRICT = (
    "default-src 'none'; script-src SERVICE; connect-src SERVICE; style-src 'self'; "
    "require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'"
)
TEXT = "The bell fell off."
PATIENCE = 10
"""Seconds."""


class Visitor:
    """Somebody in front of Firefox."""

    def __init__(self, firefox: Any, guest: Guest) -> None:
        self.firefox, self.guest = firefox, guest

    def opens(self, address: str) -> None:
        """Go to a page of the shop, tap the link and wait until the form is there to be written in."""
        self.firefox.navigate(address)
        self.one("a[data-amends]").click()
        self.sees(lambda: self.focused() == "textarea", "the cursor in the form")

    def writes(self, text: str) -> None:
        self.inside("textarea")[0].send_keys(text)

    def sends(self) -> str:
        """Send what was written; return the number on the receipt."""
        next(button for button in self.inside("button") if button.text == SEND).click()
        self.sees(lambda: self.inside("dd"), "the receipt")
        return str(self.inside("dd")[0].text)

    def presses(self, key: str) -> None:
        self.firefox.actions.sequence("key", "keyboard").key_down(key).key_up(key).perform()

    def focused(self) -> str:
        """Return the kind of element that has the focus, in the form or on the page."""
        script = "const {activeElement: on} = document; return (on.shadowRoot?.activeElement ?? on).localName"
        return str(self.firefox.execute_script(script))

    def one(self, selector: str) -> Any:
        return self.firefox.find_element("css selector", selector)

    def inside(self, selector: str) -> list[Any]:
        """Return what the form has of these."""
        return list(self.one("amends-form").shadow_root.find_elements("css selector", selector))

    def sees(self, happened: Callable[[], object], what: str) -> None:
        Wait(self.firefox, timeout=PATIENCE).until(lambda _: happened(), message=f"there is not {what}")


def walks_the_road(visitor: Visitor, address: str) -> None:
    visitor.opens(address)
    visitor.writes(TEXT)
    assert visitor.guest.case(visitor.sends()).text == TEXT
    assert visitor.firefox.get_url() == address
    visitor.presses("\ue00c")  # Escape, as https://www.w3.org/TR/webdriver2/#keyboard-actions has it
    visitor.sees(lambda: visitor.focused() == "a", "the focus on the link again")


def in_a_plain_page(visitor: Visitor) -> None:
    walks_the_road(visitor, visitor.guest.page())


def under_a_strict_policy(visitor: Visitor) -> None:
    walks_the_road(visitor, visitor.guest.page(headers={"Content-Security-Policy": STRICT}))


def on_a_page_that_was_left_and_kept(visitor: Visitor) -> None:
    firefox = visitor.firefox
    firefox.navigate(visitor.guest.page())
    # By a script: a page on which Marionette itself has clicked is never kept, whatever is on it.
    firefox.execute_script("document.querySelector('a').click()", sandbox=None)
    visitor.sees(lambda: visitor.focused() == "textarea", "the cursor in the form")
    watch = "addEventListener('pageshow', event => { document.title = event.persisted ? 'kept' : 'forgotten' })"
    firefox.execute_script(watch, sandbox=None)
    firefox.navigate(visitor.guest.page("Another page."))
    firefox.go_back()
    visitor.sees(lambda: firefox.title == "kept", "the page as it was left")
    visitor.writes(TEXT)
    assert visitor.guest.case(visitor.sends()).text == TEXT


ROADS = (in_a_plain_page, under_a_strict_policy, on_a_page_that_was_left_and_kept)


def main() -> None:
    """Walk all roads, and say so."""
    program = os.environ.get("FIREFOX") or shutil.which("firefox") or shutil.which("firefox-esr")
    with tempfile.TemporaryDirectory() as folder, receiving(Path(folder)) as guest:
        firefox = Marionette(bin=program, app="fxdesktop", headless=True, gecko_log=f"{folder}/gecko.log")
        firefox.start_session()
        try:
            for road in ROADS:
                road(Visitor(firefox, guest))
                click.echo(
                    f"Firefox {firefox.session_capabilities['browserVersion']}: {road.__name__.replace('_', ' ')}"
                )
        finally:
            firefox.quit()
            firefox.cleanup()


if __name__ == "__main__":
    main()
