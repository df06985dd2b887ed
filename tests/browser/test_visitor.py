"""The private page in a real browser: without script, by the keyboard, and against axe-core."""

from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from amends.inbox import gifts
from amends.inbox.gifts import Gift
from tests.browser.chromium import NewPage
from tests.browser.served import violations_on
from tests.customers import Customer, a_customer, an_answered_customer, read_by_staff
from tests.house import PASSWORD, URL, House
from tests.test_claims import dismissed, offered


def specimens(house: House) -> dict[str, str]:
    """The private page in each of its states."""
    waiting, answered = a_customer(house, author="Anna"), an_answered_customer(house)
    with house.inbox.writing() as connection:
        gifts.add(connection, answered.number, Gift(house.now, "A bell", "10 €", "BELL-7", "Once.", date(2027, 3, 31)))
    private = an_answered_customer(house, publicity="private")
    judged, gone, withheld = an_answered_customer(house), an_answered_customer(house), a_customer(house)
    judged.done("verdict", outcome="partly", again="no", score="3", text="One bell is missing.")
    judged.done("recommend")
    gone.done("withdraw")
    house.at_the_desk("kim").decide(withheld.number, "withhold", reason="hate", why="x")
    house.work()
    promising = dismissed(house)
    promising.done("claim", of=offered(promising)[0])
    states = {
        "promising": promising,
        "waiting": waiting,
        "answered": answered,
        "private": private,
        "judged": judged,
        "withdrawn": gone,
    }
    found = {state: customer.link for state, customer in {**states, "withheld": withheld}.items()}
    return {
        **found,
        "done": f"{judged.link}?done=verdict",
        "erase": f"{judged.link}erase",
        "erased": f"{URL}/c/erased/",
    }


def test_the_private_page_violates_wcag_in_no_state_light_or_dark_wide_or_narrow(
    house: House, served: str, checks: Path, new_page: NewPage
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    page, violations = new_page(), []
    for state, address in specimens(house).items():
        page.goto(address.replace(URL, served))
        violations += violations_on(page, axe, state)
    assert violations == []


def test_the_preview_and_the_choice_of_masks_violate_no_wcag(
    house: House, served: str, checks: Path, new_page: NewPage
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    words = "Call +49 171 2345678, or anna@example.org."
    page = new_page()
    page.goto(f"{served}/acme/new")
    page.get_by_label("What went wrong?").fill(words)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("[hidden: phone]")).to_be_visible()
    violations = violations_on(page, axe, "preview")
    number = house.receive(text=words)
    house.at_the_desk("olga")
    page.goto(f"{served}/desk/sign-in")
    page.get_by_label("Login").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{served}/desk/acme/{number}")
    page.get_by_role("checkbox", name="Hide anna@example.org").uncheck()
    page.get_by_label("Hide these words, too").fill("Call")
    page.get_by_role("button", name="Show how it reads then").click()
    expect(page.get_by_text("[hidden: personal data] [hidden: phone], or anna@example.org.")).to_be_visible()
    assert violations + violations_on(page, axe, "masks") == []


def test_a_customer_judges_with_the_keyboard_alone_and_without_script(
    house: House, served: str, new_page: NewPage
) -> None:
    customer: Customer = an_answered_customer(house)
    page = new_page(java_script_enabled=False)
    page.goto(customer.link.replace(URL, served))
    page.get_by_role("radio", name="Yes, solved").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Partly")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("One bell is missing.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("your word counts")
    expect(page.get_by_text("One bell is missing.").first).to_be_visible()
    house.work()
    case = customer.case()
    assert case is not None
    said = case.last("verdict")
    assert said is not None
    assert (said.outcome, said.again, said.score, said.text) == ("partly", False, 7, None)
    read_by_staff(customer)
    assert "One bell is missing." in house.page(f"acme/{customer.number}")
