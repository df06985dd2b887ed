"""The widget on the pages of strangers: under their policies, among their styles and beside their scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import NewPage
from tests.browser.guest import (
    LAUNCHER,
    LINK,
    SCRIPT,
    WIDGET,
    Guest,
    complain,
    follow,
    form,
    opened,
    opener,
    reachable,
    receipt,
    see_not_sent,
    send_button,
    visit,
    words,
    write_and_send,
)

TYPES = "require-trusted-types-for 'script'"
NONCE = "bTN6ZDhw"
WITH_NONCE = LINK + SCRIPT.replace("async", f'async nonce="{NONCE}"')

ALLOWED = {
    "nothing but the script and a connection": f"default-src 'none'; script-src SERVICE; connect-src SERVICE; {TYPES}",
    "a nonce in the place of the host": f"default-src 'none'; script-src 'nonce-{NONCE}'; connect-src SERVICE; {TYPES}",
    "a nonce that is handed on": (
        f"default-src 'none'; script-src 'nonce-{NONCE}' 'strict-dynamic'; connect-src SERVICE; {TYPES}"
    ),
    "no styles but the page's own": "style-src 'self'; img-src 'self'; frame-src 'none'; form-action 'none'",
}
"""Policies under which everything works, by what they allow."""


@pytest.mark.parametrize("policy", ALLOWED.values(), ids=ALLOWED)
def test_a_policy_that_allows_the_script_and_a_connection_is_enough(
    guest: Guest, new_page: NewPage, policy: str
) -> None:
    page = visit(new_page, guest.page(WITH_NONCE, headers={"Content-Security-Policy": policy}))
    complain(page, guest)


def test_a_page_that_shares_its_memory_with_nobody_may_embed_it(guest: Guest, new_page: NewPage) -> None:
    alone = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
    page = visit(new_page, guest.page(headers=alone))
    assert page.evaluate("crossOriginIsolated")
    complain(page, guest)


def test_under_a_policy_that_refuses_the_script_the_link_leads_to_the_form(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page(headers={"Content-Security-Policy": "default-src 'self'"}))
    assert "violates the following Content Security Policy" in problems.pop()
    follow(page, guest)


def test_under_a_policy_that_refuses_the_connection_nothing_is_lost_and_a_link_leads_on(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page(headers={"Content-Security-Policy": "default-src 'none'; script-src SERVICE"}))
    opened(page)
    write_and_send(page, "The bell fell off.")
    see_not_sent(page, guest, "The bell fell off.")
    problems.clear()  # the browser logs what it refused


def test_in_a_sandbox_without_an_origin_nothing_is_lost_and_a_link_leads_on(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    frame = f'<iframe sandbox="allow-scripts" src="{guest.page()}" width="600" height="700"></iframe>'
    page = visit(new_page, guest.page(frame))
    inside = page.frame_locator("iframe")
    opened(inside)
    write_and_send(inside, "The bell fell off.")
    see_not_sent(inside, guest, "The bell fell off.")
    problems.clear()  # what comes from `Origin: null` is refused, and the browser logs that


def test_it_works_on_a_page_in_quirks_mode(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(doctype=""))
    assert page.evaluate("document.compatMode") == "BackCompat"
    complain(page, guest)


def test_it_works_on_a_page_with_another_base(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(head='<base href="https://elsewhere.example/">'))
    complain(page, guest)


STYLES = {
    "everything unset": "* { all: unset !important }",
    "elements hidden": "dialog, div, form, label, button, textarea, p, fieldset { display: none !important }",
    "what is not defined yet hidden": ":not(:defined) { display: none; visibility: hidden; opacity: 0 }",
    "what is inherited set": (
        "* { color: red !important; font: italic 40px cursive !important; letter-spacing: .2em !important;"
        " text-transform: uppercase !important; text-align: end !important; line-height: 4 !important;"
        " white-space: pre !important; word-spacing: .5em !important; cursor: wait !important }"
    ),
    "another direction": "* { direction: rtl !important; writing-mode: vertical-rl !important }",
    "nothing to be tapped": "* { pointer-events: none !important; user-select: none !important }",
    "another size of text": "html { font-size: 62.5%; zoom: 1; text-size-adjust: 300% }",
    "a moved page": "html { transform: scale(1); min-height: 100vh }",
    "inverted colours": ":root { filter: invert(1) }",
    "a page that does not scroll": "html, body { overflow: hidden; height: 100%; margin: 0 } body { position: fixed }",
    "a layer over everything": (
        "body::after { content: ''; position: fixed; inset: 0; z-index: 2147483647; background: #0a0; opacity: .9;"
        " pointer-events: none }"
    ),
    "its own custom properties": ":root, * { --bg: red; --ink: red; --quiet: red; --edge: red; --accent: red }",
    "custom properties that are registered": "".join(
        f"@property --{name} {{ syntax: '<color>'; inherits: false; initial-value: red }}"
        for name in ("accent", "bg", "edge", "given", "good", "ink", "late", "muted", "on-accent", "quiet", "rule")
    ),
    "a dark page": "html { color-scheme: dark; background: #000; color: #fff }",
}
"""Styles of a shop, by what they do."""


def shown(page: Page) -> bytes:
    """How the open form looks, to the pixel, but for its edge, which may fall between two."""
    box = form(page).bounding_box()
    assert box
    x, y, width, height = box["x"] + 2, box["y"] + 2, box["width"] - 4, box["height"] - 4
    return page.screenshot(clip={"x": x, "y": y, "width": width, "height": height})


@pytest.fixture(scope="module")
def unharmed(guest: Guest, browser: Browser) -> bytes:
    """How the form looks on a page without any styles."""
    page = browser.new_page()
    page.goto(guest.page(path="/styled"))
    opened(page)
    seen = shown(page)
    page.context.close()
    return seen


@pytest.mark.parametrize("styles", STYLES.values(), ids=STYLES)
def test_button_and_form_stand_out_and_the_form_looks_the_same_among_styles(
    guest: Guest, new_page: NewPage, unharmed: bytes, styles: str
) -> None:
    page = visit(new_page, guest.page(SCRIPT, path="/styled", head=f"<style>{styles}</style>"))
    page.get_by_role("link", name=LAUNCHER).click()
    expect(words(page)).to_be_focused()
    assert shown(page) == unharmed
    assert reachable(words(page))
    assert reachable(send_button(page))
    write_and_send(page, "The bell fell off.")
    assert guest.case(receipt(page))


EXTENDED = "Object.prototype.extend = Array.prototype.each = function () { return this; }"
PROTOTYPES = """
for (const kind of [String, Array]) kind.prototype.toJSON = function () { return '"' + this + '"'; };"""
FULL = "Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new DOMException('', 'SecurityError'); };"
SCRIPTS = {
    "every object has members more": EXTENDED,
    "strings and arrays write themselves as JSON": PROTOTYPES,
    "nothing can be kept on the device": FULL,
    "the document is frozen": "Object.freeze(document)",
    "the name is taken by a string": "var amends = 'makes'",
    "a loader of modules is there": "var module = {exports: {}}, define = () => { throw Error() }; define.amd = {}",
    "the console is taken away": "console = undefined",
    "fetch is watched": "var native = fetch; fetch = (...given) => native.apply(undefined, given)",
    "the focus is called back": "addEventListener('focusin', () => document.querySelector('a').focus())",
    "there is nothing to copy with": "Object.defineProperty(navigator, 'clipboard', {value: undefined})",
}
"""Scripts of a shop beside which everything works, by what they do."""


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_it_works_beside_a_script_of_the_page(guest: Guest, new_page: NewPage, script: str) -> None:
    page = visit(new_page, guest.page(head=f"<script>{script}</script>"))
    complain(page, guest)


def test_members_that_a_page_gives_every_object_are_taken_for_nothing_of_ours(guest: Guest, new_page: NewPage) -> None:
    page, logged = new_page(), []
    page.on("console", lambda message: logged.append(message.text))
    page.goto(guest.page(head=f"<script>{EXTENDED}</script>"))
    assert opened(page).locator("[extend]").count() == 0
    assert logged == []


def test_it_works_beside_elements_of_the_same_names(guest: Guest, new_page: NewPage) -> None:
    named = '<form id="open"><input name="close"><input name="text"></form><p id="amends"></p><img name="base">'
    page = visit(new_page, guest.page(named + WIDGET))
    complain(page, guest)


BREAKING = {
    "what lists are made with": "Array.prototype.map = Array.prototype.find = () => { throw Error() }",
    "what texts are taken apart with": "String.prototype.split = () => { throw Error() }",
    "what elements are found by": "Element.prototype.matches = () => { throw Error() }",
    "dialogs": "delete HTMLDialogElement.prototype.showModal",
    "style sheets that are made": "delete CSSStyleSheet.prototype.replaceSync",
    "shadow roots": "delete Element.prototype.attachShadow",
    "clicks, which go no further": "addEventListener('click', event => event.stopImmediatePropagation(), true)",
}
"""Scripts that break, after all is loaded, what the widget is made with."""


@pytest.mark.parametrize("script", BREAKING.values(), ids=BREAKING)
def test_where_the_page_has_broken_the_link_leads_to_the_form(
    guest: Guest, new_page: NewPage, problems: list[str], script: str
) -> None:
    page = visit(new_page, guest.page())
    page.evaluate(f"() => {{ {script} }}")
    follow(page, guest)
    problems.clear()  # an exception in a handler of clicks is logged


def test_a_click_that_the_page_has_handled_is_left_to_it(guest: Guest, new_page: NewPage) -> None:
    handled = (
        "<script>document.querySelector('a').onclick = event => { event.preventDefault(); window.mine = 1 }</script>"
    )
    page = visit(new_page, guest.page(WIDGET + handled))
    address = page.url
    opener(page).click()
    assert page.evaluate("mine")
    assert (
        page.evaluate("new Promise(done => setTimeout(done)).then(() => document.querySelector('amends-form'))") is None
    )
    assert page.url == address


def test_where_the_page_adds_headers_to_what_is_sent_nothing_is_lost(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    traced = """<script>
        const native = fetch;
        fetch = (address, given) => native(address, {...given, headers: {...given.headers, traceparent: "00-1-2-00"}});
    </script>"""
    page = visit(new_page, guest.page(traced + WIDGET))
    opened(page)
    write_and_send(page, "The bell fell off.")
    see_not_sent(page, guest, "The bell fell off.")
    problems.clear()  # with such a header the browser asks the service first, which allows none
