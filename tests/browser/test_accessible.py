"""Every kind of page against axe-core: what a machine can find of the Web Content Accessibility Guidelines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from playwright.sync_api import ViewportSize

from tests.browser.built import by_kind, kind_of, specimens
from tests.browser.chromium import NewPage
from tests.effort import is_thorough

RULES = """axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations", "incomplete"],
}).then(({violations, incomplete}) => {
    const drawn = ({target}) => document.querySelector(target[0]).closest("svg");
    const open = incomplete.map(rule => ({...rule, nodes: rule.nodes.filter(node => !drawn(node))}));
    return [...violations, ...open].filter(rule => rule.nodes.length);
})"""
"""WCAG 2.2 at level AA. axe leaves `target-size` (2.5.8) off unless it is named. What axe cannot decide counts as
found, so that nothing goes unjudged in silence, but for text in a drawing, whose ground axe never knows."""

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
LOOKS: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (("light", WIDE), ("dark", NARROW))
"""Colours are the same at any width, and widths in any colours: each is looked at once."""


def looks_of(page: str) -> Sequence[tuple[Literal["light", "dark"], ViewportSize]]:
    """Return how a page is looked at: in one of the two ways, always the same one of its name; in both with --thorough.

    Half of all pages in each: what makes them up is shared.
    """
    return LOOKS if is_thorough() else LOOKS[crc32(page.encode()) % 2 :][:1]


def test_no_kind_of_page_violates_wcag_in_light_or_dark_wide_or_narrow(
    public: Path, site: str, checks: Path, new_page: NewPage
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    page, violations = new_page(), []
    for address in specimens(public):
        page.goto(site + address)
        # Through the debugger, which no content security policy binds: the page keeps its own, and axe gets in.
        page.evaluate(axe)
        for scheme, size in looks_of(kind_of(address)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            where = f"{address} {scheme} {size['width']} px"
            violations += [f"{where}: {line}" for found in page.evaluate(RULES) for line in told(found)]
    assert violations == []


def told(violation: dict[str, Any]) -> list[str]:
    """Say of each element what is wrong with it."""
    return [f"{violation['id']}: {node['target']}: {node['failureSummary']}" for node in violation["nodes"]]


def test_axe_is_at_work_in_the_pages(site: str, checks: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{site}/")
    page.evaluate((checks / "axe-core" / "axe.min.js").read_text("utf-8"))
    page.evaluate("document.documentElement.lang = ''")
    # Set as a property: a style attribute would be stopped by the page's policy.
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    assert {found["id"] for found in page.evaluate(RULES)} == {"html-has-lang", "color-contrast"}


def test_every_page_of_the_board_is_of_a_kind_that_is_measured(public: Path) -> None:
    kinds = by_kind(public)
    assert {kind_of(address) for address in specimens(public)} == set(kinds)
    assert {"/", "/404.html", "/<company>/", "/<company>/<case>/", "/<company>/<list>/"} <= set(kinds)
    assert sum(map(len, kinds.values())) == len(list(public.rglob("*.html")))
