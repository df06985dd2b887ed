"""The widget through the life of a page: what comes late, twice or again, and what is left behind."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.guest import (
    CLOSE,
    LAUNCHER,
    LINK,
    SCRIPT,
    WIDGET,
    Guest,
    arrive,
    complain,
    form,
    opened,
    opener,
    receipt,
    send_button,
    visit,
    words,
    write_and_send,
)

IN_A_COMPONENT = """<shop-foot></shop-foot><script>
    document.querySelector("shop-foot").attachShadow({mode: "MODE"}).innerHTML = `LINK`;
</script>""".replace("LINK", LINK)
LATE = """<script>
    addEventListener("load", () => setTimeout(() =>
        document.body.append(document.createRange().createContextualFragment(`MARKUP`))));
</script>"""


def late(markup: str) -> str:
    return LATE.replace("MARKUP", markup.replace("</", "<\\/"))


PAGES = {
    "that has the script twice": WIDGET + SCRIPT,
    "that has the link after the script": SCRIPT + LINK,
    "whose script comes late": LINK + late(SCRIPT),
    "whose link comes late": SCRIPT + late(LINK),
    "whose link would open a tab": WIDGET.replace("data-amends", 'data-amends target="_blank"'),
    "whose link has elements in it": WIDGET.replace("Tell us", "<i></i><b>Tell</b> us"),
    "whose link is in a component": SCRIPT + IN_A_COMPONENT.replace("MODE", "open"),
    "whose link is in a dialog": (
        f"<dialog>{LINK}</dialog>{SCRIPT}<script>document.querySelector('dialog').showModal()</script>"
    ),
    "whose link is in a popover": (
        f"<div id=menu popover>{LINK}</div>{SCRIPT}<script>document.querySelector('#menu').showPopover()</script>"
    ),
}
"""Bodies of pages, by what is out of the ordinary."""


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
def test_the_form_opens_in_place_on_a_page(guest: Guest, new_page: NewPage, body: str) -> None:
    page = visit(new_page, guest.page(body))
    page.wait_for_function("window.amends?.ready")
    complain(page, guest)
    assert page.locator("amends-form").count() == 1


def test_the_launcher_button_waits_until_the_page_is_complete(guest: Guest, new_page: NewPage) -> None:
    # React 18 throws a page away whose document it makes its own and in which it finds an element more.
    early = "<script>addEventListener('load', () => { window.early = !!document.querySelector('amends-launcher') })"
    page = visit(new_page, guest.page(f"{early}</script>{SCRIPT.replace('async ', '')}"))
    expect(page.get_by_role("link", name=LAUNCHER)).to_be_visible()
    assert page.evaluate("early") is False


def test_the_launcher_button_is_there_only_while_there_is_no_link(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(SCRIPT))
    button = page.get_by_role("link", name=LAUNCHER)
    expect(button).to_be_visible()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p><a data-amends>Tell us</a></p>')")
    expect(button).to_be_hidden()
    page.evaluate("document.querySelector('p').remove()")
    expect(button).to_be_visible()


def test_a_link_in_a_component_that_is_closed_leads_to_the_form(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(IN_A_COMPONENT.replace("MODE", "closed") + SCRIPT))
    page.locator("shop-foot").click()
    arrive(page, guest)


def test_a_call_before_the_script_has_come_opens_the_form(guest: Guest, new_page: NewPage) -> None:
    stub = (
        "<script>window.amends = window.amends || function () { (amends.q = amends.q || []).push(arguments) }</script>"
    )
    page = visit(new_page, guest.page(f"{stub}<script>amends('open')</script>{SCRIPT}"))
    expect(words(page)).to_be_focused()


def test_two_taps_open_one_form(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    opener(page).dblclick()
    expect(words(page)).to_be_focused()
    assert page.locator("amends-form").count() == 1
    page.keyboard.press("Escape")
    expect(form(page)).to_have_count(0)


def test_who_asks_for_a_tab_gets_a_tab(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    context, address = page.context, f"{guest.service}/acme/new"
    with context.expect_page(), context.expect_event("request", lambda asked: asked.url == address):
        opener(page).click(modifiers=["Control"])
    assert page.url.startswith(guest.shop)
    assert form(page).count() == 0


def test_each_of_two_companies_gets_what_is_meant_for_it(guest: Guest, new_page: NewPage) -> None:
    other = LINK.replace("acme", "bolt").replace("Tell us", "Tell Bolt")
    page = visit(new_page, guest.page(WIDGET + other))
    complain(page, guest, text="Acme's bell fell off.")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Tell Bolt").click()
    expect(words(page)).to_be_focused()
    write_and_send(page, "Bolt's bell fell off.")
    stored = guest.case(receipt(page))
    assert (stored.company, stored.text) == ("bolt", "Bolt's bell fell off.")


def test_the_language_is_that_of_the_page_when_the_form_opens(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    page.evaluate("document.documentElement.lang = 'de-AT'")
    with page.expect_request("**/w/form/acme/de*.js"):
        opener(page).click()
    expect(words(page)).to_be_focused()
    words(page).press_sequentially("Die Klingel fiel ab.")
    form(page).get_by_role("button", name="Senden").click()
    expect(form(page).get_by_role("heading")).to_contain_text("hat es erhalten")
    number = form(page).get_by_role("definition").first.inner_text()
    assert guest.case(number).language == "de-AT"


SWAP = """markup => {
    const body = document.createElement("body");
    body.innerHTML = markup;
    document.body.replaceWith(body);
    history.pushState(null, "", "/after");
    return Promise.all(Array.from(body.querySelectorAll("script"), old => new Promise(done => {
        const script = document.createElement("script");
        for (const {name, value} of old.attributes) script.setAttribute(name, value);
        script.onload = () => done();
        old.replaceWith(script);
    })));
}"""
"""What Turbo and its like do at a link: a new body and address, and the body's scripts are evaluated again."""


def test_a_swap_of_the_body_while_the_form_is_open_loses_no_word_and_tells_where_it_was_opened(
    guest: Guest, new_page: NewPage
) -> None:
    page = visit(new_page, guest.page(path="/before"))
    opened(page)
    page.keyboard.type("The bell ")
    page.evaluate(SWAP, guest.filled(WIDGET))
    page.keyboard.type("fell off.")
    send_button(page).click()
    stored = guest.case(receipt(page))
    assert (stored.text, stored.page) == ("The bell fell off.", "/before")


def test_after_a_swap_of_the_body_it_works_once(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    page.evaluate(SWAP, guest.filled(WIDGET))
    page.evaluate(SWAP, guest.filled(WIDGET))
    assert complain(page, guest).page == "/after"
    assert (page.locator("amends-form").count(), page.locator("amends-launcher").count()) == (1, 1)


def test_after_a_swap_to_a_body_without_a_link_the_launcher_button_is_there(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    page.evaluate(SWAP, guest.filled(SCRIPT))
    page.get_by_role("link", name=LAUNCHER).click()
    expect(words(page)).to_be_focused()


LEAVINGS: dict[str, Callable[[Page], object]] = {
    "the form is closed": lambda page: page.keyboard.press("Escape"),
    "the page is loaded again": lambda page: page.reload(),
    "the visitor goes away and back": lambda page: (page.goto(page.url + "?elsewhere"), page.go_back()),
}


@pytest.mark.parametrize("leave", LEAVINGS.values(), ids=LEAVINGS)
def test_what_was_written_is_there_again_after(
    guest: Guest, new_page: NewPage, leave: Callable[[Page], object]
) -> None:
    page = visit(new_page, guest.page())
    opened(page)
    page.keyboard.type("The bell fell off.")
    leave(page)
    opened(page)
    expect(words(page)).to_have_value("The bell fell off.")


GLOBALS = "Object.getOwnPropertyNames(window)"
STORED = """async () => [
    document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...await indexedDB.databases(), ...await caches.keys(), ...await navigator.serviceWorker.getRegistrations(),
].filter(Boolean)"""


def test_one_name_is_all_that_the_page_gets(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(LINK))
    before = set(page.evaluate(GLOBALS))
    page.goto(guest.page())
    complain(page, guest)
    assert set(page.evaluate(GLOBALS)) - before == {"amends"}


def test_nothing_is_kept_before_the_visitor_writes_nor_after_it_was_sent_and_never_a_cookie(
    guest: Guest, new_page: NewPage
) -> None:
    page = visit(new_page, guest.page())
    opened(page)
    assert page.evaluate(STORED) == []
    page.keyboard.type("The bell fell off.")
    assert page.evaluate(STORED) == ["amends:acme"]
    send_button(page).click()
    receipt(page)
    assert page.evaluate(STORED) == []
    assert page.context.cookies() == []


def test_the_launcher_is_all_that_is_asked_for_until_the_tap_and_the_form_until_something_is_written(
    guest: Guest, new_page: NewPage
) -> None:
    page, asked = new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    address = guest.page(SCRIPT)
    page.goto(address)
    button = page.get_by_role("link", name=LAUNCHER)
    expect(button).to_be_visible()
    button.hover()
    page.wait_for_load_state("networkidle")
    assert asked == [address, f"{guest.service}/w/v1.js"]
    button.click()
    expect(words(page)).to_be_focused()
    page.wait_for_load_state("networkidle")
    assert asked[2:] == [f"{guest.service}/w/form/acme/en.js"]


SHIFTS = """async () => {
    const shifts = [];
    new PerformanceObserver(list => shifts.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return shifts.map(shift => shift.value);
}"""


def test_nothing_on_the_page_moves_when_the_button_comes(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page("<h1>The shop</h1><p>Bikes.</p>" + late(SCRIPT)))
    expect(page.get_by_role("link", name=LAUNCHER)).to_be_visible()
    assert page.evaluate(SHIFTS) == []


def test_to_a_company_that_has_left_nobody_writes_in_vain(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(WIDGET.replace("acme", "gone")))
    opener(page).click()
    heading = form(page).get_by_role("heading")
    expect(heading).to_be_focused()
    expect(heading).to_have_text("Gone")
    expect(form(page)).to_contain_text("Gone no longer takes part in this board.")
    expect(form(page).get_by_role("link", name="+49 30 1234567")).to_have_attribute("href", "tel:+49301234567")
    expect(form(page).get_by_role("link", name="See the board")).to_have_attribute("href", re.compile("/gone/$"))
    expect(form(page).get_by_role("textbox")).to_have_count(0)
    form(page).get_by_role("button", name=CLOSE).click()
    expect(opener(page)).to_be_focused()
