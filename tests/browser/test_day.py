"""A day of three people who answer for a company, and what the board shows of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from amends.case import Case, State, promises, state
from amends.record import find_case
from tests.browser.chromium import NewPage
from tests.browser.test_desk import sign_in
from tests.customers import Customer, a_customer
from tests.house import House

pytestmark = pytest.mark.usefixtures("neighbours")

TEAM = ("olga", "max", "ina")
COMPLAINTS = 30
SORRY = "Dear {author}, I am sorry that this went wrong. We sent parcel {count} again today."


@dataclass
class Day:
    """The day: the customers in the order in which they wrote, and the pages that the staff have open."""

    house: House
    served: str
    customers: list[Customer]
    pages: dict[str, Page] = field(default_factory=dict)

    def open(self, who: str, count: int) -> Page:
        page = self.pages[who]
        page.goto(f"{self.served}/desk/acme/{self.customers[count].number}")
        return page

    def case(self, count: int) -> Case:
        case = find_case(self.house.content, "acme", self.customers[count].number)
        assert case is not None
        return case

    def state(self, count: int) -> State:
        return state(self.case(count), self.house.now)

    def reply(self, who: str, count: int, words: str = SORRY) -> Page:
        """Publish a case with a reply; it leaves with the worker's next turn."""
        page = self.open(who, count)
        page.get_by_label("Public reply").fill(words.format(author=f"Anna {count}", count=count))
        page.get_by_role("button", name=re.compile("Publish (case and )?reply")).click()
        return page

    def undoable(self, page: Page) -> None:
        expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()

    def do(self, who: str, count: int, what: str, fields: Mapping[str, str], button: str) -> None:
        """Open one thing to do about a case from its list, fill it in, and let it leave."""
        page = self.open(who, count)
        page.get_by_role("navigation", name="What else to do").get_by_role("link", name=what).click()
        for label, value in fields.items():
            place = page.get_by_label(label, exact=True)
            if place.evaluate("place => place.tagName") == "SELECT":
                place.select_option(value)
            else:
                place.fill(value)
        page.get_by_role("button", name=button).click()
        page.wait_for_url(re.compile(f"{self.customers[count].number}$"))


@pytest.fixture
def day(house: House, served: str, new_page: NewPage) -> Day:
    house.undo_seconds = 10
    customers = []
    for count in range(COMPLAINTS):
        mail = {"email": f"anna{count}@customer.example"} if count % 3 == 0 else {}
        text = f"Parcel {count} has not come, and nobody says why."
        customers.append(a_customer(house, text=text, author=f"Anna {count}", topic="delivery", **mail))
        house.pass_time(minutes=7)
    started = Day(house, served, customers)
    for who in (*TEAM, "kim"):
        started.pages[who] = new_page()
        sign_in(started.pages[who], served, house, who)
    return started


def test_the_day_of_three_people_and_what_the_board_shows_of_it(day: Day, problems: list[str]) -> None:
    house = day.house
    expect(day.pages["olga"].get_by_role("navigation", name="Desk")).to_contain_text(f"Inbox {COMPLAINTS}")

    for count in range(10, COMPLAINTS):  # the usual ones, in turns
        day.undoable(day.reply(TEAM[count % 3], count))
    house.work()
    assert {day.state(count) for count in range(10, COMPLAINTS)} == {State.REPLIED}

    two_answer_at_once(day)
    problems.clear()  # the browser itself logs the 409
    one_is_a_duplicate(day)
    one_is_withheld(day)
    one_is_edited_by_hand(day)
    three_promises(day)
    day.undoable(day.reply("ina", 7))
    house.work()
    gift = {"What you give, as everyone will read it": "a voucher", "What it is worth": "10 EUR", "Conditions": "none"}
    day.do("ina", 7, "Give something", gift, "Give")
    day.undoable(day.reply("max", 8))
    house.work()
    day.customers[8].done("verdict", outcome="unsolved", again="no")
    house.work()
    inbox = day.pages["max"]
    inbox.goto(f"{day.served}/desk/")
    expect(inbox.get_by_role("listitem").filter(has_text="Answer again")).to_have_count(1)
    day.undoable(day.reply("olga", 9))
    house.work()
    day.customers[9].done("verdict", outcome="solved", again="yes", score="9")
    house.work()

    house.now += timedelta(days=4)
    house.work()
    the_board_shows_each_as_it_is(day)


def two_answer_at_once(day: Day) -> None:
    """Olga and Max have the same case open; the second is told, and keeps the words."""
    olga, max_ = day.open("olga", 0), day.open("max", 0)
    max_.get_by_label("Public reply").fill("We are looking for parcel 0.")
    olga.get_by_label("Public reply").fill("Dear Anna 0, I am sorry. Parcel 0 comes again.")
    olga.get_by_role("button", name="Publish case and reply").click()
    day.undoable(olga)
    day.house.work()
    max_.get_by_role("button", name="Publish case and reply").click()
    expect(max_.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    expect(max_.get_by_text("Parcel 0 comes again.").first).to_be_visible()
    expect(max_.get_by_label("Public reply")).to_have_value("We are looking for parcel 0.")
    day.house.work()
    assert [reply.name for reply in day.case(0).replies] == ["Olga"]


def one_is_a_duplicate(day: Day) -> None:
    day.undoable(day.reply("ina", 1))
    day.house.work()
    other = {"Number of the other case": day.customers[0].number, "In your words": "The same parcel."}
    day.do("ina", 1, "It is a duplicate", other, "Tell the keeper")
    kim = day.open("kim", 1)
    expect(kim.get_by_label("Number of the other case")).to_have_value(day.customers[0].number)
    kim.get_by_role("button", name="Mark as a duplicate").click()
    day.undoable(kim)
    day.house.work()


def one_is_withheld(day: Day) -> None:
    why = {"Reason, counted in public": "hate", "In your words": "Words of hate."}
    day.do("max", 2, "Ask the keeper to take it away", why, "Ask the keeper")
    kim = day.open("kim", 2)
    kim.get_by_label("In your words").fill("It is.")
    kim.get_by_role("button", name="Withhold").click()
    day.undoable(kim)
    day.house.work()


def one_is_edited_by_hand(day: Day) -> None:
    """Its file changes between a reply and its leaving: nothing is overwritten, and the reply is sent once more."""
    olga = day.open("olga", 3)
    olga.get_by_role("link", name="Publish without a reply").click()
    olga.get_by_role("button", name="Publish case").click()
    day.undoable(olga)
    day.house.work()
    day.undoable(day.reply("olga", 3))
    (file,) = day.house.content.glob(f"acme/*/*/{day.customers[3].number}.md")
    file.write_text(file.read_text().replace("nobody says why.", "nobody says why or when."))
    day.house.work()
    olga = day.open("olga", 3)
    expect(olga.get_by_role("alert").filter(has_text="Nothing was overwritten")).to_be_visible()
    olga.get_by_role("button", name="Put aside").click()
    expect(olga.get_by_label("Public reply")).to_have_value(SORRY.format(author="Anna 3", count=3))
    olga.get_by_role("button", name="Publish reply").click()
    day.undoable(olga)
    day.house.work()


def three_promises(day: Day) -> None:
    """Each is found in its reply and confirmed; two are kept, and of one nobody thinks again."""
    due = (day.house.now + timedelta(days=2)).date()
    for count, who in ((4, "olga"), (5, "max"), (6, "ina")):
        page = day.reply(who, count, f"Dear {{author}}, I am sorry. A new parcel is there by {due:%-d %B %Y}.")
        expect(page.get_by_role("checkbox", name="A promise")).to_be_checked()
        page.get_by_role("button", name="Publish case and reply").click()
        day.undoable(page)
    day.house.work()
    day.house.pass_time(hours=3)
    for count, who in ((4, "olga"), (5, "max")):
        page = day.open(who, count)
        page.get_by_role("button", name="It is kept").click()
        day.undoable(page)
    day.house.work()


def the_board_shows_each_as_it_is(day: Day) -> None:
    shown = {
        0: "Parcel 0 comes again.", 1: day.customers[0].number, 3: "nobody says why or when.",
        4: "the promise was kept", 5: "the promise was kept", 6: "a promise is overdue", 7: "a voucher",
        8: "not solved", 9: "confirmed",
    }  # fmt: skip
    pages = {count: day.house.page(f"acme/{day.customers[count].number}") for count in range(COMPLAINTS) if count != 2}
    for count, words in shown.items():
        assert words in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", pages[count])), (count, words)
    for count in range(10, COMPLAINTS):
        assert f"We sent parcel {count} again today." in pages[count]
    assert find_case(day.house.content, "acme", day.customers[2].number) is None
    assert day.customers[2].number not in day.house.page("acme/all")
    assert {count: day.state(count) for count in (4, 6, 8, 9)} == {
        4: State.REPLIED,
        6: State.PROMISE_OVERDUE,
        8: State.DISPUTED,
        9: State.CONFIRMED,
    }
    assert [promise.kept is not None for promise in promises(day.case(5))] == [True]
    figures = day.house.public / "acme" / "figures.json"
    assert figures.is_file()
