"""What the tests of the post do to a house: cases come, staff answer, and what is due is delivered."""

import re

from sqlalchemy import update

from amends.inbox import cases, notices, outbox, people
from amends.inbox.notices import ToCustomer
from amends.inbox.schema import contact
from amends.post import Postman
from amends.post.smtp import Mailer
from amends.post.webhook import Caller
from tests.house import House
from tests.postal import (
    SENDER,
    MailServer,
    fates,
    trust,
)

ANNA = "anna@mail.example"


def a_postman(house: House, server: MailServer, **facts: object) -> Postman:
    """A postman for that server, whose certificate is trusted, and for webhooks of this machine."""
    mailer = Mailer(server.settings(**facts), SENDER, trust=trust(), seconds=5)
    caller = Caller(loopback=True, trust=trust(), seconds=5)
    return Postman(house.settings, house.inbox, lambda: house.now, mailer=mailer, caller=caller)


def deliver(house: House, server: MailServer, **facts: object) -> int:
    return a_postman(house, server, **facts).deliver_due(house.now)


def receive(house: House, email: str = ANNA, **fields: str) -> str:
    """A new case of which it stands in the outbox already, as after the postman's next turn, that it came."""
    number = house.receive(email=email, **fields)
    with house.inbox.writing() as connection:
        received = cases.get(connection, number)
        assert received
        notices.received(connection, received)
    return number


def confirm(house: House, number: str) -> None:
    """Let the customer press the button of the receipt."""
    with house.inbox.writing() as connection:
        connection.execute(update(contact).where(contact.c.number == number).values(confirmed=house.now))


def reply(house: House, number: str, text: str = "Sorry. We *refunded* it.") -> None:
    """Let staff answer in public."""
    house.at_the_desk().decide(number, "reply", name="Olga", text=text, topic="delivery", do="send")
    house.work()


def tell(house: House, number: str, kind: ToCustomer) -> None:
    with house.inbox.writing() as connection:
        notices.tell_customer(connection, number, kind, house.now)


def hire(house: House, login: str, email: str | None, company: str = "acme") -> None:
    with house.inbox.writing() as connection:
        people.add(connection, login, login, "agent", company, "correct horse", house.now)
        people.reach(connection, login, email)


def told(server: MailServer) -> list[tuple[str, str]]:
    """Whom the server took mails for, and their subjects without the number of the case."""
    return [(to, re.sub(r" [0-9a-z]{8}$", "", mail["Subject"])) for to, mail in server.taken]


def states(house: House) -> list[str]:
    def state(fate: object) -> str:
        return next((name for name in ("sent", "dropped", "dead") if getattr(fate, name)), "waits")

    return [state(fate) for fate in fates(house.inbox)]


def dead_letters(house: House) -> list[outbox.Message]:
    with house.inbox.reading() as connection:
        return outbox.dead(connection, 9)
