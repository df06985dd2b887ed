"""On which sites the form is opened: noted for the company, in the way of nobody, and not at anybody's will."""

from datetime import timedelta

import pytest

from amends.inbox import StoreUnavailableError, openings
from amends.intake.noticing import EVERY, PER_MINUTE
from tests.conftest import DATABASES, database_of
from tests.house import URL, House


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def open_form(house: House, origin: str | None, company: str = "acme") -> int:
    """Fetch the form's module as a page of that origin does; what is noted is noted when the answer was sent."""
    headers = {} if origin is None else {"Origin": origin}
    with house.visitor().get(f"/w/form/{company}/en.js", headers=headers, base_url=URL) as answer:
        return answer.status_code


def noted(house: House, company: str = "acme") -> list[str]:
    with house.inbox.reading() as connection:
        return [one.origin for one in openings.of_company(connection, company)]


def test_the_desk_says_on_which_sites_the_form_was_opened_and_whether_feedback_is_taken_there(house: House) -> None:
    max_ = house.at_the_desk("max")
    assert "on no other site yet" in max_.get("/desk/acme/snippet").text
    assert open_form(house, "https://acme.example") == 200
    assert open_form(house, "https://shop.example:8443") == 200
    page = max_.get("/desk/acme/snippet").text
    assert "on no other site yet" not in page
    taken, refused = page.index("Feedback is taken from there"), page.index("Feedback is refused from there")
    assert page.index("https://acme.example</b>") < taken
    assert page.index("https://shop.example:8443</b>") < refused
    assert "shop.example" not in house.at_the_desk("bea").get("/desk/bolt/snippet").text


@pytest.mark.parametrize(
    "origin",
    [None, URL, "null", "https://acme.example/path", "file://", "https://<b>.example", f"https://{'a' * 200}.example"],
)
def test_what_is_no_other_site_is_not_noted(house: House, origin: str | None) -> None:
    assert open_form(house, origin) == 200
    assert noted(house) == []


def test_a_company_that_is_not_there_is_noted_nowhere(house: House) -> None:
    assert open_form(house, "https://acme.example", company="none") == 404
    assert noted(house, "none") == []


def test_a_site_that_was_just_noted_is_not_noted_again_and_later_stands_on_top(house: House) -> None:
    open_form(house, "https://acme.example")
    first = house.now
    house.pass_time(seconds=EVERY.total_seconds() - 1)
    open_form(house, "https://acme.example")
    open_form(house, "https://shop.example")
    assert noted(house) == ["https://shop.example", "https://acme.example"]
    with house.inbox.reading() as connection:
        assert openings.of_company(connection, "acme")[1].seen == first
    house.pass_time(seconds=1)
    open_form(house, "https://acme.example")
    assert noted(house) == ["https://acme.example", "https://shop.example"]


def test_who_makes_sites_up_writes_few_and_displaces_only_the_oldest(house: House) -> None:
    for number in range(3 * PER_MINUTE):
        open_form(house, f"https://made-up-{number}.example")
    assert len(noted(house)) == PER_MINUTE
    house.now += timedelta(days=1)
    for number in range(3):
        open_form(house, f"https://later-{number}.example")
    assert len(noted(house)) == openings.KEPT
    assert {f"https://later-{number}.example" for number in range(3)} < set(noted(house))


def test_the_form_is_handed_out_where_nothing_can_be_noted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StoreUnavailableError

    assert open_form(house, None) == 200
    monkeypatch.setattr(house.inbox, "writing", fail)
    assert open_form(house, "https://acme.example") == 200
