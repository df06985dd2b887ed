"""Pages without a mouse, enlarged, in the colours of somebody's system, without movement; and what they ask for."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from amends.board import create_board
from amends.record import Record, load
from amends.record.walk import NoMemory
from tests.boards import NOW
from tests.browser.built import by_kind, specimens
from tests.browser.chromium import NewPage
from tests.browser.test_board import served
from tests.effort import is_thorough

TABBABLE = "a[href], area[href], button, input, select, textarea, summary, iframe, [contenteditable], [tabindex]"

WATCH = """selector => {
    const shown = element => element.checkVisibility({visibilityProperty: true});
    // Of a group of radio buttons the keyboard stops at one: https://html.spec.whatwg.org/#focusable-area
    const first = input => input.type !== "radio" || input === (
        document.querySelector(`input[type=radio][name="${CSS.escape(input.name)}"]:checked`)
        || document.querySelector(`input[type=radio][name="${CSS.escape(input.name)}"]`));
    const wanted = [...document.querySelectorAll(selector)]
        .filter(element => element.tabIndex >= 0 && !element.disabled && shown(element) && first(element));
    const name = element => `${wanted.indexOf(element)} ${element.outerHTML.slice(0, 120)}`;
    window.seen = [];
    document.addEventListener("focusin", ({target}) => {
        const {outlineStyle, outlineWidth} = getComputedStyle(target);
        const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        const {top, bottom, left, right} = target.getBoundingClientRect();
        const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
        if (wanted.includes(target)) {
            seen.push([name(target), ring, inside]);
        }
    });
    return wanted.map(name);
}"""

# Whether each element that says something by a surface or a line is drawn: those without words, buttons, and insertions
# (whose line may be an underline). In forced colours the browser puts its own in the place of backgrounds and drops
# gradients and shadows: https://www.w3.org/TR/css-color-adjust-1/#forced-colors-properties
DRAWN = """() => {
    const clear = colour => /^(transparent|rgba\\(.*, 0\\))$/.test(colour);
    const ground = getComputedStyle(document.body).backgroundColor;
    const drawn = style =>
        ["Top", "Right", "Bottom", "Left"].some(side => parseFloat(style[`border${side}Width`]) > 0
            && style[`border${side}Style`] !== "none" && !clear(style[`border${side}Color`])
            && style[`border${side}Color`] !== ground)
        || (!clear(style.backgroundColor) && style.backgroundColor !== ground)
        || style.backgroundImage !== "none";
    const found = {};
    document.querySelectorAll("body *").forEach((element, index) => {
        if (element.closest("svg") || !element.checkVisibility()) {
            return;
        }
        const name = `${index} ${element.tagName} ${element.className}`;
        const style = getComputedStyle(element);
        if (element.matches("ins, mark")) {
            found[name] = drawn(style) || style.textDecorationLine !== "none";
        } else if (element.matches("a, button") || (!element.textContent.trim() && !element.querySelector("svg"))) {
            found[name] = drawn(style);
        }
        for (const half of ["::before", "::after"]) {
            const style = getComputedStyle(element, half);
            if (style.content === '""') {
                found[name + half] = drawn(style);
            }
        }
    });
    const painted = shape => ["stroke", "fill"].map(paint => getComputedStyle(shape)[paint])
        .some(colour => colour !== "none" && !clear(colour) && colour !== ground);
    document.querySelectorAll("svg").forEach((icon, index) => {
        const {width} = icon.getBoundingClientRect();
        const name = `svg ${index} ${icon.getAttribute("class")}`;
        found[name] = width > 0 && [...icon.querySelectorAll("*")].some(painted);
    });
    return found;
}"""

OVERFLOW = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
    ? [...document.querySelectorAll("body *")].filter(element => element.getBoundingClientRect().right > innerWidth
        || element.getBoundingClientRect().left < 0).map(element => element.outerHTML.slice(0, 120)).slice(0, 3)
    : null"""


def of_each_kind(public: Path) -> list[str]:
    return specimens(public)[: len(by_kind(public))]


def test_the_tab_key_reaches_every_link_and_control_in_order_and_shows_where_it_is(
    public: Path, site: str, new_page: NewPage
) -> None:
    page = new_page(viewport={"width": 1280, "height": 800})
    for address in of_each_kind(public):
        page.goto(site + address)
        wanted = page.evaluate(WATCH, TABBABLE)
        assert wanted, address
        for _ in range(len(wanted) + scrollers(page)):
            page.keyboard.press("Tab")
        seen = page.evaluate("seen")[: len(wanted)]
        assert [name for name, _, _ in seen] == wanted, address
        assert [name for name, ring, inside in seen if not (ring and inside)] == [], address


def scrollers(page: Page) -> int:
    """Count the elements that scroll by themselves: Chromium stops at those too, so that the keys can scroll them."""
    return int(
        page.evaluate(
            """[...document.querySelectorAll("body *")].filter(element =>
            element.scrollWidth > element.clientWidth && getComputedStyle(element).overflowX !== "visible").length"""
        )
    )


def test_the_first_tab_offers_to_skip_to_the_content_and_the_next_one_is_there(
    public: Path, site: str, new_page: NewPage
) -> None:
    page = new_page(viewport={"width": 1280, "height": 800})
    for address in of_each_kind(public):
        page.goto(site + address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0"), address
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}{address}#main", timeout=5000)
        page.keyboard.press("Tab")
        assert page.evaluate(
            """() => {
                const main = document.getElementById("main"), {activeElement} = document;
                const empty = !main.querySelector("a[href], button, input, select, textarea, summary");
                return main.contains(activeElement) || (empty && activeElement.compareDocumentPosition(main) & 2);
            }"""
        ), address


@pytest.fixture(scope="module")
def example(public: Path) -> Record:
    return load(public.parent / "content", NoMemory())


# Those with the longest words, without spaces, and from right to left; in all nine the words are in test_languages.
@pytest.mark.parametrize("tag", ["de", "ru", "ar", *(["en", "zh-Hant"] if is_thorough() else [])])
def test_nothing_scrolls_sideways_at_twice_the_size_on_half_a_small_screen(
    public: Path, example: Record, new_page: NewPage, tag: str
) -> None:
    companies = tuple(replace(company, language=tag) for company in example.companies)
    record = replace(example, board=replace(example.board, language=tag), companies=companies)
    # Zooming a window of 640 pixels to 200 % leaves 320 CSS pixels of two device pixels each (WCAG 2.2, 1.4.10).
    page = new_page(viewport={"width": 320, "height": 640}, device_scale_factor=2)
    with served(create_board(record, NOW)) as site:
        for address in of_each_kind(public):
            page.goto(site + address)
            assert page.evaluate(OVERFLOW) is None, address


def test_no_page_logs_a_line_fails_to_load_a_file_or_asks_another_site(
    public: Path, site: str, new_page: NewPage
) -> None:
    page, found = new_page(), []

    def on_console(message: ConsoleMessage) -> None:
        found.append(f"{page.url} logged {message.text}")

    def on_response(answer: Response) -> None:
        if answer.status >= 400:  # 304, the style sheet of the page before, is none
            found.append(f"{page.url}: {answer.status} for {answer.url}")

    def on_request(request: Request) -> None:
        if urlsplit(request.url)[:2] != urlsplit(site)[:2]:
            found.append(f"{page.url} asks {request.url}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("requestfailed", lambda request: found.append(f"{page.url} could not load {request.url}"))
    page.on("response", on_response)
    for address in specimens(public):
        page.goto(site + address)
    assert found == []


def test_forced_colours_and_reduced_motion_take_nothing_away(public: Path, site: str, new_page: NewPage) -> None:
    page, lost = new_page(viewport={"width": 1280, "height": 800}), []
    for address in specimens(public):
        page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        page.goto(site + address)
        words, drawn = page.inner_text("body"), page.evaluate(DRAWN)
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        forced = page.evaluate(DRAWN)
        lost += [f"{address}: {name}" for name in drawn if drawn[name] and not forced.get(name)]
        assert page.inner_text("body") == words, address
        assert page.evaluate("document.getAnimations().length") == 0, address
    assert lost == []


def test_what_forced_colours_would_take_away_is_noticed(site: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{site}/")
    page.evaluate(
        """() => {
            const bar = document.createElement("i");
            Object.assign(bar.style, {display: "block", height: "3px", background: "red"});
            document.querySelector("h1").append(bar);
        }"""
    )
    drawn = page.evaluate(DRAWN)
    page.emulate_media(forced_colors="active")
    forced = page.evaluate(DRAWN)
    assert [name.split()[1] for name in drawn if drawn[name] and not forced[name]] == ["I"]
