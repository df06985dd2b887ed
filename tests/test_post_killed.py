"""A process that is killed while it sends: nothing is lost, and nothing comes twice that need not."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest

from amends.clock import stamp
from amends.inbox.outbox import LEASE
from tests.house import House
from tests.postal import SENDER, MailServer, fates, mail_server
from tests.postroom import receive

SENDING = """
import os, sys
from amends.clock import parse
from amends.inbox import Inbox
from amends.post import Postman
from amends.settings import read_settings
settings, now = read_settings(os.environ), parse(sys.argv[1])
postman = Postman(settings, Inbox(settings.database), lambda: now)
while postman.deliver_due(now):
    pass
"""
MAILS, KILLS = 12, 4


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


class Killer:
    """Kills the process that sends, at one of the points that the server sees."""

    def __init__(self, server: MailServer) -> None:
        self.chance, self.process = random.Random(1), None
        self.kills = 0
        server.answer, server.after = self.at_recipient, self.at_data

    def at_recipient(self, _: str) -> None:
        self.perhaps()

    def at_data(self, _: EmailMessage) -> None:
        self.perhaps()

    def perhaps(self) -> None:
        if self.process and self.kills < KILLS and self.chance.random() < 0.2:
            self.process.send_signal(signal.SIGKILL)
            self.kills += 1
            self.process = None


def send(house: House, server: MailServer, killer: Killer) -> int:
    """Let a process of its own send what is due; return how it ended."""
    environ = {
        **os.environ,
        "AMENDS_INSTANCE": str(house.settings.instance),
        "AMENDS_CONTENT": str(house.content),
        "AMENDS_URL": house.settings.url,
        "AMENDS_SMTP": f"smtp://127.0.0.1:{server.port}",
        "AMENDS_MAIL_FROM": SENDER,
    }
    with subprocess.Popen([sys.executable, "-c", SENDING, stamp(house.now)], env=environ) as process:
        killer.process = process
        return process.wait(60)


def test_whoever_is_killed_while_sending_loses_nothing_and_doubles_only_what_was_in_hand(
    house: House, server: MailServer
) -> None:
    for number in range(MAILS):
        receive(house, f"a{number}@mail.example")
    killer, ended = Killer(server), -signal.SIGKILL
    while ended == -signal.SIGKILL:
        ended = send(house, server, killer)
        house.now += LEASE + timedelta(minutes=3)  # what was in hand is free again, and what failed is due
    assert ended == 0
    assert killer.kills >= 2
    assert all(fate.sent for fate in fates(house.inbox))
    names = Counter(mail["Message-ID"] for _, mail in server.taken)
    assert len(names) == len({to for to, _ in server.taken}) == MAILS
    # At most one mail is in hand when somebody is killed, and the server had perhaps taken that.
    assert sum(names.values()) - MAILS <= killer.kills
