"""The desk's page with what a company pastes into its pages."""

from html import unescape

import pytest

from tests.house import URL, House
from tests.test_snippet import snippet


@pytest.mark.parametrize(("query", "option"), [("", []), ("?pinned=yes", ["--pinned"])])
def test_the_page_has_the_lines_that_the_command_prints(house: House, query: str, option: list[str]) -> None:
    page = unescape(house.at_the_desk("max").get(f"/desk/acme/snippet{query}").text)
    printed = snippet(house, "acme", *option, AMENDS_URL=URL).stdout.splitlines()
    assert len(printed) == 3
    assert all(line in page for line in printed)
    assert snippet(house, "acme", "--csp", AMENDS_URL=URL).stdout.strip() in page


def test_the_page_shows_the_real_widget_in_the_companys_language(house: House) -> None:
    house.settle('language = "de"')
    page = house.at_the_desk("max").get("/desk/acme/snippet").text
    assert '<script async src="/w/v1.js" data-company="acme" data-lang="de"></script>' in page


@pytest.mark.parametrize(("login", "slug", "status"), [("bo", "acme", 404), ("kim", "acme", 200), ("kim", "none", 404)])
def test_who_may_not_see_a_company_sees_no_lines_of_it(house: House, login: str, slug: str, status: int) -> None:
    assert house.at_the_desk(login).get(f"/desk/{slug}/snippet").status_code == status


def test_what_is_sent_from_the_page_is_received(house: House) -> None:
    sent = {"text": "Only a try.", "key": "k" * 32, "page": "/desk/acme/snippet"}
    assert house.post("/acme/feedback", sent, Origin=URL, Accept="application/json").status_code == 201
