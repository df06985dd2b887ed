"""Who may do what at the desk: every route, every method and every kind of person, with the answer that each gets.

A route that is not named here fails these tests, and so does a task without a row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from amends.desk.tasks import TASKS, Who
from amends.inbox import people
from tests.house import STAFF, URL, House, Seat
from tests.test_desk import OPEN_TO_ALL

COMPANY_ROLES = ("agent", "moderator", "admin")
PEOPLE: Mapping[str, tuple[str, str | None]] = {
    "ina": ("agent", "acme"),
    "olga": ("moderator", "acme"),
    "ann": ("admin", "acme"),
    "bea": ("agent", "bolt"),
    "bert": ("moderator", "bolt"),
    "bo": ("admin", "bolt"),
    "kim": ("keeper", None),
}
"""Staff of two companies in each role, and a keeper."""

NOBODY = ("anonymous", "customer of acme", "customer of bolt")
"""Who has no seat. A customer's cookie-less link opens their own case and nothing of the desk."""


@dataclass(frozen=True)
class Right:
    """Who a route is for: staff of the company from that role on (None: none of it), keepers.

    `own` is what belongs to whoever asks: their account, their own company's pages. What is not, is of acme.
    """

    role: str | None = "agent"
    keeper: bool = False
    own: bool = False

    def is_for(self, login: str) -> bool:
        role, company = PEOPLE[login]
        if role == "keeper":
            return self.keeper
        enough = self.role is not None and COMPANY_ROLES.index(role) >= COMPANY_ROLES.index(self.role)
        return enough and (self.own or company == "acme")


EVERYBODYS, STAFFS, KEEPERS = Right(keeper=True, own=True), Right(), Right(None, keeper=True)
RIGHTS: Mapping[str, Right] = {
    **dict.fromkeys(
        ("inbox", "keys", "account", "change_account", "end_sessions", "second_step", "second_step_drawn", "sign_out"),
        EVERYBODYS,
    ),
    "code": EVERYBODYS,
    "promises": EVERYBODYS,
    "figures": EVERYBODYS,
    "case": Right(keeper=True),
    "undo": Right(keeper=True),
    **dict.fromkeys(("masks", "masks_of_words", "publish_words"), Right(keeper=True)),
    **dict.fromkeys(("assign", "known", "keep", "reply", "correct", "draft", "begin", "advice"), STAFFS),
    **dict.fromkeys(("withhold_words", "hasten", "reports", "close"), KEEPERS),
    "tell_of": Right("moderator"),
    "news": Right(own=True),
    "tell": Right("moderator", own=True),
    "undo_news": Right("moderator", own=True),
    "templates": Right(own=True),
    "templates POST": Right("moderator", own=True),
    "team": Right("admin", keeper=True, own=True),
    "invite": Right("admin", keeper=True, own=True),
    "change_member": Right("admin"),
    "audit": Right("admin", keeper=True, own=True),
    "own_settings": Right(own=True),
    "settings": Right(keeper=True),
    "settings POST": Right("admin", keeper=True),
    "snippet": Right(keeper=True),
    "mail": Right(keeper=True),
    **dict.fromkeys(
        ("webhook", "put_webhook", "try_webhook", "remove_webhook", "try_mail"),
        Right("admin", own=True),
    ),
    **dict.fromkeys(("companies", "add_company"), KEEPERS),
}
"""By the endpoint of the desk; a method of its own where it has other rights. What goes by tasks says `TASKS`."""

FACTS = {
    "text": "Canary words", "name": "Canary", "why": "Canary", "reason": "hate", "topic": "delivery", "do": "send",
    "what": "Canary", "due": "2027-01-01", "value": "1", "conditions": "none", "outcome": "solved", "words": "parcel",
    "promise": "p1", "of": "00000000", "to": "", "title": "Canary", "kind": "news", "day": "2027-01-01",
    "language": "en", "role": "agent", "deed": "1", "hide": "x", "login": "canary", "keys": "off",
}  # fmt: skip
"""What fills in any form of the desk, for those who may not send it."""


@pytest.fixture
def acme(house: House) -> str:
    """The number of a public case of acme's, answered, with a promise; staff of all kinds are hired."""
    for login in PEOPLE:
        assert STAFF[login] == PEOPLE[login]
        house.at_the_desk(login)
    number = house.receive(text="My parcel is late.", email="anna@customer.example")
    olga = house.at_the_desk("olga")
    reply = {"name": "Olga", "text": "Sorry, a new one is on its way.", "topic": "delivery", "do": "send"}
    for what, facts in (("reply", reply), ("promise", {"what": "a new label", "due": "2026-11-09"})):
        assert olga.decide(number, what, **facts).status_code == 302
        house.work()
    return number


def right_of(rule: Rule, method: str, task: str) -> Right:
    """Return who a route is for; KeyError where nobody has said."""
    if task:
        one = TASKS[task]
        return Right(one.role if Who.COMPANY in one.who else None, keeper=Who.KEEPER in one.who)
    name = rule.endpoint.removeprefix("desk.")
    return RIGHTS.get(f"{name} {method}") or RIGHTS[name]


def requests(house: House, number: str) -> Iterator[tuple[Rule, str, str, Right]]:
    """Yield each route of the desk with an address, a method and its right; that of tasks once for each task."""
    with house.inbox.reading() as connection:
        ina = people.with_login(connection, "ina")
    assert ina is not None
    values = {"company": "acme", "number": number, "int:added": "1", "int:staff": str(ina.id), "what": "codes"}
    for rule in sorted(house.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        if rule.endpoint in OPEN_TO_ALL:
            continue
        for task in TASKS if "<task>" in rule.rule else ("",):
            known = {**values, "task": task, "change": "address", "name": "some"}
            address = re.sub(r"<([^>]+)>", lambda found, known=known: known[found[1]], rule.rule)
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield rule, address, method, right_of(rule, method, task)


def ask(seat: Seat, method: str, address: str, facts: Mapping[str, str]) -> tuple[int, str]:
    answer = seat.get(address) if method == "GET" else seat.submit(address, page="/desk/keys", **facts)
    return answer.status_code, answer.headers.get("Location", "")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("login", PEOPLE)
def test_every_route_of_the_desk_is_open_to_those_it_is_for_and_to_nobody_else(
    house: House, acme: str, login: str
) -> None:
    before, seat, wrong, count = snapshot(house.content), house.at_the_desk(login), [], 0
    for rule, address, method, right in requests(house, acme):
        may = right.is_for(login)
        if rule.endpoint == "desk.sign_out":
            continue
        status, leads = ask(seat, method, address, {} if may else FACTS)
        count += 1
        is_refused = status in (403, 404)
        # A name or a step that is not there is a 404 for those too who may look for it.
        is_missing = status == 404 and ("<name>" in rule.rule or rule.endpoint == "desk.second_step_drawn")
        if leads.endswith("/desk/sign-in") or status >= 500 or (is_refused and not is_missing) == may:
            wrong.append(f"{method} {address}: {status} {leads}")
    assert wrong == []
    assert count > 80
    house.work()
    after = snapshot(house.content)
    if PEOPLE[login][1] == "bolt":
        assert {path for path in after if after[path] != before.get(path)} == set()


@pytest.mark.parametrize("who", NOBODY)
def test_whoever_has_no_seat_gets_to_the_door_and_no_further(house: House, acme: str, who: str) -> None:
    client = house.visitor()
    if who != "anonymous":
        company = who.rpartition(" ")[2]
        link = str(house.send(company, key="f" * 32, text="Mine.").json["link"])  # type: ignore[index]
        assert client.get(link, base_url=URL).status_code == 200
        other = link.replace(link.split("/c/")[1][:8], acme)
        assert client.get(other, base_url=URL).status_code == 404
    house.work()
    before = snapshot(house.content)
    for _, address, method, _ in requests(house, acme):
        answer = client.open(address, method=method, data=FACTS, base_url=URL, headers={"Referer": URL})
        refused = answer.status_code == 400 or answer.headers.get("Location") == "/desk/sign-in"
        assert refused, (method, address, answer.status)
    house.work()
    assert snapshot(house.content) == before


def test_every_route_is_in_the_matrix_once(house: House, acme: str) -> None:
    named = {name.partition(" ")[0] for name in RIGHTS} | {"task"}
    known = {rule.endpoint.removeprefix("desk.") for rule in house.app.url_map.iter_rules()}
    assert named <= known
    assert {rule.endpoint.removeprefix("desk.") for rule, *_ in requests(house, acme)} == named


def test_of_another_companys_case_nobody_learns_that_it_is_there(house: House, acme: str) -> None:
    for login in ("bea", "bert", "bo"):
        seat = house.at_the_desk(login)
        there, nowhere = seat.get(f"/desk/acme/{acme}"), seat.get("/desk/acme/00000000")
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text)
        for address in ("/desk/", f"/desk/?q={acme}", "/desk/promises", "/desk/news", "/desk/templates"):
            assert "parcel" not in seat.get(address).text
