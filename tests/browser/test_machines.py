"""What is there for machines, in a browser: pages with it stay quiet, and other sites can use the files."""

from pathlib import Path

import pytest

from amends.board.machines import badge

from . import built, chromium


@pytest.fixture
def addresses(public: Path) -> list[str]:
    """An address of each kind of page."""
    return [kind[0] for kind in built.by_kind(public).values()]


def test_no_page_says_anything_in_the_console_under_the_headers_of_its_host(
    site: str, addresses: list[str], new_page: chromium.NewPage
) -> None:
    page = new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    for address in addresses:
        page.goto(site + address)
    assert said == []
    page.goto(f"{site}/radlager/")
    assert page.locator('script[type="application/ld+json"]').count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_another_site_shows_the_badge_of_its_theme_in_the_size_that_the_snippet_gives(
    site: str, scheme: str, new_page: chromium.NewPage
) -> None:
    page = new_page(color_scheme=scheme)
    page.set_content(
        f'<picture><source srcset="{site}/radlager/badge-dark.svg" media="(prefers-color-scheme: dark)">'
        f'<img src="{site}/radlager/badge.svg" alt=""></picture>'
    )
    image = page.locator("img")
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => image.currentSrc.endsWith('-dark.svg')") is (scheme == "dark")
    assert image.evaluate("image => image.naturalHeight") == badge.HEIGHT


def test_the_words_of_the_badge_have_the_place_that_was_measured_for_them(
    site: str, new_page: chromium.NewPage
) -> None:
    page = new_page()
    page.goto(f"{site}/hollin-post/badge.svg")
    box, frame = page.locator("text").bounding_box(), page.locator("svg").bounding_box()
    assert box
    assert frame
    assert frame["x"] < box["x"] < box["x"] + box["width"] < frame["x"] + frame["width"]


def test_a_script_of_another_site_can_read_the_files(site: str, new_page: chromium.NewPage) -> None:
    page = new_page()
    page.set_content("<p>Another site.</p>")
    for name in ("figures.json", "cases.csv", "feed.xml"):
        status = page.evaluate("address => fetch(address).then(answer => answer.status)", f"{site}/radlager/{name}")
        assert status == 200
