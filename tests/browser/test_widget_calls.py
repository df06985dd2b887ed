"""The widget's options, calls and events, on the page of a company."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.guest import LINK, SCRIPT, WIDGET, Guest, form, opened, receipt, visit, words, write_and_send

STUB = "<script>window.amends = window.amends || function () { (amends.q = amends.q || []).push(arguments) }</script>"
EVENTS = ("open", "sent", "queued", "error", "close")
LISTENING = f"""
    window.told = [];
    for (const name of {list(EVENTS)}) {{
        document.addEventListener('amends:' + name, event => told.push([name, event.detail]));
    }}
"""


def script(**options: str) -> str:
    given = " ".join(f'data-{name}="{value}"' for name, value in options.items())
    return SCRIPT.replace("<script", f"<script {given}")


def told(page: Page) -> list[list[Any]]:
    """Return the events since the page was opened."""
    found: list[list[Any]] = page.evaluate("told")
    return found


def ready(page: Page) -> Page:
    page.wait_for_function("window.amends?.ready")
    return page


def launcher(page: Page, name: str = "Feedback") -> Any:
    return page.get_by_role("link", name=name)


# --- Options ---


def test_without_a_link_there_is_a_button_in_the_corner_that_opens_the_form(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(SCRIPT))
    box = launcher(page).bounding_box()
    size = page.viewport_size
    assert box
    assert size
    assert box["height"] >= 44
    assert (size["width"] - box["x"] - box["width"], size["height"] - box["y"] - box["height"]) == (16, 16)
    launcher(page).click()
    expect(words(page)).to_be_focused()


def test_the_button_has_the_words_and_the_corner_that_the_page_gives_it(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(script(label="Say it", position="start")))
    box = launcher(page, "Say it").bounding_box()
    assert box
    assert box["x"] == 16


@pytest.mark.parametrize(
    ("options", "heading"),
    [
        ({"kind": "idea"}, "What could be better?"),
        ({"kind": "nonsense"}, "What went wrong?"),
        ({"lang": "xx"}, "What went wrong?"),
    ],
)
def test_the_form_opens_as_the_options_say(
    guest: Guest, new_page: NewPage, options: dict[str, str], heading: str
) -> None:
    page = visit(new_page, guest.page(LINK + script(**options)))
    expect(opened(page).get_by_role("heading")).to_have_text(heading)


@pytest.mark.parametrize(
    ("theme", "scheme"), [("dark", "light"), ("light", "dark"), ("auto", "dark"), ("auto", "light")]
)
def test_the_theme_is_the_pages_choice_or_else_the_visitors(
    guest: Guest, new_page: NewPage, theme: str, scheme: str
) -> None:
    page = visit(new_page, guest.page(LINK + script(theme=theme)), color_scheme=scheme)
    shown = scheme if theme == "auto" else theme
    assert opened(page).evaluate("dialog => getComputedStyle(dialog).colorScheme") == shown


def test_the_accent_is_a_custom_property_of_the_page_or_else_the_companys(guest: Guest, new_page: NewPage) -> None:
    for style, accent in (
        ("", "rgb(21, 25, 30)"),
        ("<style>html { --amends-accent: #0a5 }</style>", "rgb(0, 170, 85)"),
    ):
        page = visit(new_page, guest.page(head=style))
        button = opened(page).get_by_role("button", name="Send")
        assert button.evaluate("button => getComputedStyle(button).backgroundColor") == accent


def test_the_board_is_where_the_page_says(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(LINK + script(board="https://shop.example/said/")))
    opened(page)
    write_and_send(page, "The bell fell off.")
    receipt(page)
    expect(form(page).get_by_role("link", name="See the board")).to_have_attribute("href", "https://shop.example/said/")


def test_a_script_from_another_address_finds_the_service_by_its_option(guest: Guest, new_page: NewPage) -> None:
    guest.sheets["/own/w.js"] = guest.launcher()
    own = f'<script async src="/own/w.js" data-company="acme" data-endpoint="{guest.service}/"></script>'
    page = ready(visit(new_page, guest.page(LINK + own)))
    opened(page)
    write_and_send(page, "The bell fell off.")
    assert receipt(page)


def test_an_unknown_option_is_one_line_in_the_console(guest: Guest, new_page: NewPage, problems: list[str]) -> None:
    page = new_page()
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    page.goto(guest.page(LINK + script(colour="red")))
    ready(page)
    assert [line for line in lines if line.startswith("amends:")] == ["amends: unknown option colour"]
    problems.clear()


# --- Calls ---


def test_calls_before_the_script_has_come_are_made_when_it_has(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(f"{STUB}<script>amends('open', {{kind: 'praise'}})</script>{SCRIPT}"))
    expect(words(page)).to_be_focused()
    expect(form(page).get_by_role("heading")).to_have_text("What went well?")


def test_the_form_can_be_opened_and_closed_by_calls(guest: Guest, new_page: NewPage) -> None:
    page = ready(visit(new_page, guest.page()))
    page.evaluate("amends('open')")
    expect(words(page)).to_be_focused()
    page.evaluate("amends('close')")
    expect(form(page)).to_have_count(0)


def test_options_of_a_call_hold_once_and_what_is_set_holds_on(guest: Guest, new_page: NewPage) -> None:
    page = ready(visit(new_page, guest.page()))
    heading = form(page).get_by_role("heading")
    for call, shown in (
        ("amends('open', {kind: 'question'})", "What would you like to know?"),
        ("amends('open')", "What went wrong?"),
        (
            "amends('set', {kind: 'idea', strings: {ask_idea: 'What shall we build?'}}); amends('open')",
            "What shall we build?",
        ),
        ("amends('open')", "What shall we build?"),
    ):
        page.evaluate(call)
        expect(heading).to_have_text(shown)
        page.keyboard.press("Escape")
        expect(form(page)).to_have_count(0)
    page.evaluate("amends('set', {label: 'Complain'})")
    assert page.evaluate("document.querySelector('amends-launcher').shadowRoot.textContent") == "Complain"


def test_a_company_that_is_set_is_whose_form_opens(guest: Guest, new_page: NewPage) -> None:
    page = ready(visit(new_page, guest.page(SCRIPT)))
    page.evaluate("amends('set', {company: 'bolt'})")
    launcher(page).click()
    write_and_send(page, "The bell fell off.")
    assert guest.case(receipt(page)).company == "bolt"


def test_an_unknown_call_does_nothing(guest: Guest, new_page: NewPage) -> None:
    page = ready(visit(new_page, guest.page()))
    assert page.evaluate("[amends('dance'), amends()]") == [None, None]
    expect(opened(page)).to_be_visible()


def test_after_destroy_the_page_is_as_if_it_had_never_been_there(guest: Guest, new_page: NewPage) -> None:
    page = ready(visit(new_page, guest.page(SCRIPT)))
    page.evaluate(LISTENING + "amends('on', 'open', () => told.push('heard'))")
    launcher(page).click()
    expect(words(page)).to_be_focused()
    assert "heard" in told(page)
    page.evaluate("amends('destroy')")
    expect(page.locator("amends-launcher, amends-form")).to_have_count(0)
    assert page.evaluate("'amends' in window") is False
    page.evaluate(f"document.body.innerHTML = `{LINK.replace('SERVICE', guest.service)}`")
    with page.expect_navigation(url="**/acme/new"):  # the link is a link again
        page.get_by_role("link").click()


# --- Events ---


def test_each_event_has_the_company_and_never_a_word_of_the_visitor(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = ready(visit(new_page, guest.page()))
    page.evaluate(LISTENING)
    form_ = opened(page)
    form_.get_by_role("button", name="Send").click()
    page.route("**/feedback", lambda route: route.abort())
    write_and_send(page, "Canary of mine.")
    expect(form_.get_by_role("status")).to_contain_text("Not sent yet")
    page.unroute("**/feedback")
    form_.get_by_role("button", name="Send").click()
    number = receipt(page)
    page.keyboard.press("Escape")
    page.wait_for_function("told.length == 5")
    assert told(page) == [
        ["open", {"company": "acme"}],
        ["error", {"company": "acme", "code": "required"}],
        ["queued", {"company": "acme"}],
        ["sent", {"company": "acme", "case": number, "publicity": "public"}],
        ["close", {"company": "acme"}],
    ]
    problems.clear()


# --- Whose form ---


def test_it_is_sent_from_where_and_in_the_language_in_which_it_was_written(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(WIDGET, path="/orders/17") + "?token=canary#canary")
    opened(page)
    write_and_send(page, "The bell fell off.")
    case = guest.case(receipt(page))
    assert (case.page, case.language, case.kind, case.publicity) == ("/orders/17", "en", "complaint", "public")


def test_who_sends_as_a_machine_would_is_held_back_and_a_person_is_not(guest: Guest, new_page: NewPage) -> None:
    for seconds, outcome in ((0, "held"), (60, "waiting")):
        page = new_page()
        page.add_init_script(f"const now = Date.now; Date.now = () => now() - {seconds * 1000}")
        page.goto(guest.page())
        opened(page)
        write_and_send(page, f"The bell fell off after {seconds} seconds.")
        assert guest.case(receipt(page)).outcome == outcome
