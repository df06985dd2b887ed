"""The widget for people who use a keyboard, a screen reader, large type or colours of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.guest import (
    CLOSE,
    LAUNCHER,
    OPENER,
    SCRIPT,
    WIDGET,
    Guest,
    form,
    opened,
    opener,
    receipt,
    send_button,
    visit,
    words,
    write_and_send,
)
from tests.browser.test_accessible import LOOKS, RULES, told

Bring = Callable[[Page], object]
NARROW = {"width": 320, "height": 640}


def refused(page: Page) -> None:
    opened(page)
    send_button(page).click()
    expect(words(page)).to_have_attribute("aria-invalid", "true")


def received(page: Page) -> None:
    opened(page)
    write_and_send(page, "The bell fell off.")
    receipt(page)


STATES: dict[str, Bring] = {"open": opened, "refused": refused, "received": received}
"""The form in each of its states: what brings it there."""

UNDECIDED = "Unable to determine if the visible text is part of the accessible name"
"""What axe says of × beside a name in words."""


@pytest.mark.parametrize("bring", STATES.values(), ids=STATES)
def test_the_form_violates_wcag_in_no_state_light_or_dark_wide_or_narrow(
    guest: Guest, checks: Path, new_page: NewPage, bring: Bring
) -> None:
    page, violations = visit(new_page, guest.page("<main><h1>The shop</h1>" + WIDGET + "</main>")), []
    page.evaluate((checks / "axe-core" / "axe.min.js").read_text("utf-8"))
    bring(page)
    # axe judges colours in the body only; moved so, the form stays open: https://dom.spec.whatwg.org/#dom-parentnode-movebefore
    page.evaluate("document.body.moveBefore(document.querySelector('amends-form'), null)")
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        where = f"{scheme} {size['width']} px"
        violations += [f"{where}: {line}" for found in page.evaluate(RULES) for line in told(found)]
        assert form(page).evaluate("form => form.scrollWidth <= form.clientWidth"), where
    assert [line for line in violations if UNDECIDED not in line] == []


def test_axe_is_at_work_in_the_form(guest: Guest, checks: Path, new_page: NewPage) -> None:
    page = visit(new_page, guest.page("<main><h1>The shop</h1>" + WIDGET + "</main>"))
    page.evaluate((checks / "axe-core" / "axe.min.js").read_text("utf-8"))
    opened(page)
    page.evaluate("document.body.moveBefore(document.querySelector('amends-form'), null)")
    send_button(page).evaluate("button => Object.assign(button.style, {color: '#888', background: '#999'})")
    words(page).evaluate("text => text.getRootNode().querySelector('[for=text]').remove()")
    assert {"color-contrast", "label"} <= {found["id"] for found in page.evaluate(RULES)}


@pytest.mark.parametrize("bring", STATES.values(), ids=STATES)
def test_everything_that_takes_the_focus_has_a_name(guest: Guest, new_page: NewPage, bring: Bring) -> None:
    page = visit(new_page, guest.page())
    bring(page)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    named = {
        (node["role"]["value"], node["name"]["value"])
        for node in tree
        if {"name": "focusable", "value": {"type": "booleanOrUndefined", "value": True}} in node.get("properties", [])
        and node["role"]["value"] != "RootWebArea"
    }
    assert ("button", CLOSE) in named
    assert ("link", OPENER) not in named
    assert [role for role, name in named if not name.strip()] == []


def test_the_keyboard_is_enough_from_the_link_to_the_receipt_and_back(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    page.keyboard.press("Tab")
    expect(opener(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(words(page)).to_be_focused()
    page.keyboard.type("The bell fell off.")
    tab_to(page, "button => button.type === 'submit'")
    page.keyboard.press("Enter")
    assert guest.case(receipt(page))
    expect(form(page).get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener(page)).to_be_focused()


def test_enter_in_a_field_of_one_line_sends(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    opened(page)
    page.keyboard.type("The bell fell off.")
    tab_to(page, "field => field.type === 'email'")
    page.keyboard.press("Enter")
    assert guest.case(receipt(page))


@pytest.mark.parametrize("body", [WIDGET, SCRIPT], ids=["link", "button"])
@pytest.mark.parametrize("close", ["Escape", CLOSE])
def test_the_focus_goes_back_to_what_opened_the_form(guest: Guest, new_page: NewPage, body: str, close: str) -> None:
    page = visit(new_page, guest.page(body))
    came_from = page.get_by_role("link", name=OPENER if body == WIDGET else LAUNCHER)
    came_from.click()
    expect(words(page)).to_be_focused()
    if close == CLOSE:
        form(page).get_by_role("button", name=CLOSE).click()
    else:
        page.keyboard.press("Escape")
    expect(came_from).to_be_focused()


STOPS = """root => Array.from(root.querySelectorAll("a, button, input, textarea, summary"))
    .filter(control => control.checkVisibility() && control.tabIndex >= 0)
    .filter(control => control.type !== "radio" || control.checked)"""
"""Where the Tab key stops; at a group of radio buttons it does so once."""

FOCUSED = f"""() => {{
    const root = document.activeElement.shadowRoot;
    return root ? ({STOPS})(root).indexOf(root.activeElement) : document.activeElement.localName;
}}"""


def test_the_tab_key_reaches_every_control_of_the_form_and_nothing_behind_it(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page("<button>Buy</button>" + WIDGET + "<button>Pay</button>"))
    stops = opened(page).evaluate(f"dialog => ({STOPS})(dialog).length")
    for key in ("Tab", "Shift+Tab"):
        seen = set()
        for _ in range(stops + 2):
            page.keyboard.press(key)
            seen.add(page.evaluate(FOCUSED))
        # Between the last and the first the focus may be in the browser's own frame: then the body has it.
        assert seen - {"body"} == set(range(stops))


@pytest.mark.parametrize("bring", STATES.values(), ids=STATES)
def test_every_control_is_as_large_as_a_thumb(guest: Guest, new_page: NewPage, bring: Bring) -> None:
    page = visit(new_page, guest.page(), viewport=NARROW, has_touch=True)
    bring(page)
    small = form(page).evaluate(
        """dialog => Array.from(dialog.querySelectorAll("button, input, textarea, summary, label:has(input)"))
            .filter(control => control.checkVisibility() && !control.parentNode.matches("label:has(input)"))
            .map(control => [control.outerHTML.slice(0, 60), control.getBoundingClientRect()])
            .filter(([, {width, height}]) => width < 44 || height < 44)
            .map(([markup, {width, height}]) => `${markup}: ${width} x ${height}`)"""
    )
    assert small == []


def test_the_launcher_button_is_as_large_as_a_thumb(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(SCRIPT), viewport=NARROW, has_touch=True)
    box = page.get_by_role("link", name=LAUNCHER).bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44


# A checkbox draws itself. Backgrounds are what forced colours take: https://www.w3.org/TR/css-color-adjust-1/#forced-colors-properties
BORDERLESS = """dialog => Array.from(dialog.querySelectorAll(
        "button, textarea, input:not([type=checkbox]), label span"))
    .filter(control => control.checkVisibility({opacityProperty: true, visibilityProperty: true}))
    .filter(control => {
        const style = getComputedStyle(control);
        const ground = getComputedStyle(dialog).backgroundColor;
        return parseFloat(style.borderTopWidth) === 0 || [ground, "rgba(0, 0, 0, 0)"].includes(style.borderTopColor);
    })
    .map(control => control.outerHTML.slice(0, 60))"""
ALIKE = """dialog => {
    const looks = ({nextElementSibling: shown}) =>
        `${getComputedStyle(shown.querySelector("svg")).display} ${getComputedStyle(shown).borderTopWidth}`;
    return Array.from(dialog.querySelectorAll("input[type=radio]:checked"), chosen => Array.from(
        dialog.querySelectorAll(`[name=${chosen.name}]:not(:checked)`)).filter(other => looks(other) === looks(chosen))
        .map(other => other.value)).flat();
}"""
"""The choices that look chosen and are not, to those who see no colour."""


@pytest.mark.parametrize("bring", STATES.values(), ids=STATES)
def test_in_forced_colours_every_control_keeps_a_border(guest: Guest, new_page: NewPage, bring: Bring) -> None:
    page = visit(new_page, guest.page(), forced_colors="active")
    bring(page)
    assert form(page).evaluate(BORDERLESS) == []


def test_what_is_chosen_is_seen_without_colours(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(), forced_colors="active")
    assert opened(page).evaluate(ALIKE) == []


MOVING = """() => [document, ...Array.from(document.querySelectorAll("*"), element => element.shadowRoot)]
    .flatMap(root => root?.getAnimations() ?? []).length"""


def test_nothing_moves_for_those_who_asked_for_that(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(), reduced_motion="reduce")
    page.evaluate("() => { window.moved = 0; addEventListener('transitionrun', () => moved++) }")
    opened(page)
    assert page.evaluate(MOVING) == 0
    page.keyboard.type("The bell fell off.")
    send_button(page).hover()
    assert page.evaluate(MOVING) == 0


def test_the_pages_shortcuts_do_not_fire_while_somebody_writes(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    page.evaluate(
        """() => {
            window.fired = [];
            for (const target of [window, document, document.body, document.documentElement]) {
                for (const type of ["keydown", "keypress", "keyup"]) {
                    target.addEventListener(type, ({key}) => fired.push(key));
                }
            }
        }"""
    )
    page.keyboard.press("s")
    assert page.evaluate("fired.length")
    opened(page)
    page.evaluate("fired.length = 0")
    page.keyboard.type("/ s ? The bell fell off.")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("fired") == []


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on a control that is wanted."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(f"({wanted})(document.activeElement.shadowRoot?.activeElement ?? document.body)"):
            return
    raise AssertionError("the Tab key does not get there")
