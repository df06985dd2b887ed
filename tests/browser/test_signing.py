"""Signing in, one's account, the team and the audit trail in a real browser, against axe-core."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from amends.inbox import people, tickets
from tests.browser.chromium import NewPage
from tests.browser.served import violations_on
from tests.house import PASSWORD, House

pytestmark = pytest.mark.usefixtures("neighbours")


def sign_in(page: Page, served: str, login: str) -> None:
    page.goto(f"{served}/desk/sign-in", wait_until="networkidle")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_whoever_is_invited_gets_to_the_desk_on_pages_that_violate_no_wcag(
    house: House, served: str, checks: Path, new_page: NewPage, problems: list[str]
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    page, violations = new_page(), []
    with house.inbox.writing() as connection:
        ada = people.invite(connection, "ada", "Ada, orders", "admin", "acme", house.now)
        made = tickets.make(connection, ada, tickets.INVITATION, house.now)
    page.goto(f"{served}/desk/choose/{made.token}")
    page.get_by_label("Password").fill("iloveyou")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("one of the most common ones")).to_be_visible()
    problems.clear()  # the status is told as one
    violations += violations_on(page, axe, "choose")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("Your password is set.")).to_be_visible()
    violations += violations_on(page, axe, "sign-in")
    sign_in(page, served, "ada")
    drawn = page.get_by_role("img", name="The secret below, as a QR code")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    violations += violations_on(page, axe, "second step")
    app = TOTP(page.locator(".keepsake").inner_text().strip())
    page.get_by_label("Code").fill(app.at(house.now))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    violations += violations_on(page, axe, "recovery")
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile("/desk/$"))
    page.wait_for_load_state("networkidle")
    house.pass_time(minutes=1)
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, served, "ada")
    violations += violations_on(page, axe, "code")
    page.get_by_label("Code").fill(app.at(house.now))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/desk/$"))
    page.wait_for_load_state("networkidle")
    assert violations == []


def test_account_team_and_trail_violate_no_wcag(
    house: House, served: str, checks: Path, new_page: NewPage, problems: list[str]
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    page, violations = new_page(), []
    house.at_the_desk("bo")
    with house.inbox.writing() as connection:
        people.invite(connection, "ada", "Ada of the orders, who has a long name", "agent", "bolt", house.now)
        people.reach(connection, "ada", "ada.of.the.orders.with.a.long.name@customer-care.bolt.example")
    house.pass_time(minutes=1)
    sign_in(page, served, "bo")
    page.get_by_label("Code").fill(house.code_of("bo"))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/desk/$"))
    page.wait_for_load_state("networkidle")
    for name in ("account", "team", "audit", "audit?who=nobody"):
        page.goto(f"{served}/desk/{name}", wait_until="networkidle")
        violations += violations_on(page, axe, name)
    page.goto(f"{served}/desk/team", wait_until="networkidle")
    page.get_by_role("button", name="Remove Bo").click()
    expect(page.get_by_text("Bo is the last admin of bolt.")).to_be_visible()
    problems.clear()  # the status is told as one
    violations += violations_on(page, axe, "refused")
    assert violations == []


def test_who_forgot_the_password_asks_on_a_page_that_violates_no_wcag(
    house: House, served: str, checks: Path, new_page: NewPage, problems: list[str]
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    page = new_page()
    page.goto(f"{served}/desk/forgot")
    expect(page.get_by_text("This board sends no mail.")).to_be_visible()
    assert violations_on(page, axe, "forgot") == []
