"""A customer behind the private link of a case, who clicks what is on the page."""

import json
from dataclasses import dataclass

from sqlalchemy import update
from werkzeug.test import TestResponse

from amends.case import Case
from amends.inbox import additions, deeds
from amends.inbox.schema import contact
from amends.record import find_case
from tests.house import URL, House

ITS_OWN = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Customer:
    """Who sent a case to a house, and holds its link."""

    house: House
    link: str
    company: str = "acme"

    @property
    def number(self) -> str:
        return self.link.split("/c/", 1)[1].partition("-")[0]

    def page(self) -> str:
        answer = self.house.visitor().get(self.link)
        assert answer.status_code == 200
        return answer.text

    def do(self, what: str, **fields: str) -> TestResponse:
        """Send a form of the page as a browser does."""
        return self.house.post(f"{self.link.removeprefix(URL)}{what}", fields, **ITS_OWN)

    def done(self, what: str, **fields: str) -> str:
        """Do something that has to be done; return the page to which that leads."""
        answer = self.do(what, **fields)
        assert answer.status_code == 303, answer.text
        after = self.house.visitor().get(answer.headers["Location"], base_url=URL)
        assert after.status_code == 200
        return after.text

    def case(self) -> Case | None:
        return find_case(self.house.content, self.company, self.number)

    def events(self) -> list[str]:
        case = self.case()
        assert case is not None
        return [event.event for event in case.events]


def a_customer(house: House, **fields: str) -> Customer:
    """Send feedback, take the link from its receipt, and confirm the address, if one was left."""
    key = f"{len(house.numbers()):032x}"
    customer = Customer(house, str(json.loads(house.send(**{"key": key, **fields}).text)["link"]))
    with house.inbox.writing() as connection:
        its_own = contact.c.number == customer.number
        connection.execute(update(contact).where(its_own).values(confirmed=house.now))
    return customer


def an_answered_customer(house: House, text: str = "Sorry.", **fields: str) -> Customer:
    """A customer to whom olga has replied: in public, or in private where the case is."""
    customer = a_customer(house, **fields)
    house.at_the_desk().decide(customer.number, "reply", name="Olga, care", text=text, topic="delivery", do="send")
    house.work()
    return customer


def read_by_staff(customer: Customer) -> None:
    """Let olga publish everything that the customer added."""
    with customer.house.inbox.reading() as connection:
        waiting = [added for added in additions.of_case(connection, customer.number) if added.is_waiting]
    olga = customer.house.at_the_desk()
    for added in waiting:
        assert olga.decide(customer.number, f"{added.id}/publish", customer.company).status_code == 302
        customer.house.work()


def pending(customer: Customer) -> list[str]:
    """What the customer did that has not left for the record, or could not."""
    with customer.house.inbox.reading() as connection:
        return [deed.kind for deed in deeds.of_case(connection, customer.number, customer.company)]


def fail(*_: object) -> None:
    """What happens in a place where the disk is full."""
    raise OSError(28, "No space left on device")
