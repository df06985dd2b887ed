"""The desk: who gets in, and what they can do there."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from amends.desk import words
from amends.inbox import deeds
from amends.inbox.schema import case, deed, staff
from amends.publish import Publisher
from amends.record import find_case
from tests.house import NOON, PASSWORD, URL, House
from tests.test_publish import imported

OPEN_TO_ALL = {
    "static",
    "desk.static",
    "desk.sign_in",
    "desk.forgot",
    "desk.choose",
    "intake.new",
    "intake.feedback",
    "intake.preview",
    "widget.launcher",
    "widget.pinned",
    "widget.form",
    "widget.more",
    "similar.module",
    "report.form",
    "report.send",
    "report.thanks",
    "consent.ask_to_confirm",
    "consent.confirm",
    "consent.ask_to_stop",
    "consent.stop",
    "visitor.act",
    "visitor.back",
    "lost.form",
    "lost.ask",
    "visitor.case",
    "visitor.erased",
    "visitor.question",
    "referral.follow",
    "health",
}
"""Every route that needs no sign-in. A new route stands here or behind the desk's guard."""


def address_of(rule: Rule, number: str) -> str:
    """Return an address of a route, about that case of acme's where it is about one."""
    values = {"company": "acme", "number": number, "int:added": "1", "int:staff": "1"}
    return re.sub(r"<([^>]+)>", lambda found: values.get(found[1], "some"), rule.rule)


def test_every_route_is_behind_the_guard_or_expressly_open(house: House) -> None:
    number = house.receive()
    client = house.visitor()
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ALL:
            continue
        assert rule.endpoint.startswith("desk."), rule
        address = address_of(rule, number)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = client.open(address, method=method, base_url=URL, headers={"Referer": URL})
            refused = answer.status_code == 400 or answer.headers.get("Location") == "/desk/sign-in"
            assert refused, (method, address, answer.status)


def test_every_change_at_the_desk_wants_a_token_against_forgery(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.startswith("desk.") and "POST" in (rule.methods or set()):
            address = address_of(rule, number)
            answer = olga.client.post(address, data={"topic": "delivery"}, base_url=URL, headers={"Referer": URL})
            assert answer.status_code == 400, address
    with house.inbox.reading() as connection:
        assert deeds.of_case(connection, number, "acme") == []


@pytest.mark.parametrize(("login", "password"), [("olga", "wrong"), ("nobody", PASSWORD), ("olga", "")])
def test_a_wrong_login_and_a_wrong_password_get_the_same_sentence(house: House, login: str, password: str) -> None:
    house.sign_in("olga")
    answer = house.sign_in(login, password).answer
    assert answer is not None
    assert answer.status_code in (200, 401)
    if password:
        assert "Login or password is wrong." in answer.text


def test_signing_in_gives_a_new_session_and_signing_out_ends_it_on_the_server(house: House) -> None:
    olga = house.sign_in()
    assert olga.answer is not None
    given = dict(cookie.split("=", 1) for cookie in olga.answer.headers.getlist("Set-Cookie"))
    assert given.keys() == {"__Host-amends", "__Host-amends-device"}
    for cookie in given.values():
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert olga.get("/desk/").status_code == 200
    kept = olga.client.get_cookie("__Host-amends", domain="feedback.example")
    assert kept is not None
    olga.submit("/desk/sign-out", page="/desk/")
    olga.client.set_cookie("__Host-amends", kept.value, domain="feedback.example", secure=True)
    assert olga.get("/desk/").headers["Location"] == "/desk/sign-in"


def test_an_idle_session_ends(house: House) -> None:
    olga = house.at_the_desk()
    house.pass_time(hours=11)
    assert olga.get("/desk/").status_code == 200
    house.pass_time(hours=13)
    assert olga.get("/desk/").status_code == 302


def test_staff_see_their_own_companys_cases_only(house: House) -> None:
    number = house.receive(text="For acme alone")
    bo, olga, kim = house.at_the_desk("bo"), house.at_the_desk("olga"), house.at_the_desk("kim")
    assert "For acme alone" in olga.get("/desk/").text
    assert "For acme alone" in kim.get("/desk/").text
    assert "For acme alone" not in bo.get("/desk/").text
    for company in ("acme", "bolt"):
        assert bo.get(f"/desk/{company}/{number}").status_code == 404
    answer = bo.submit(f"/desk/acme/{number}/publish", page="/desk/", topic="delivery")
    assert answer.status_code == 404


def test_only_the_keeper_withholds_and_companies_ask(house: House) -> None:
    number = house.receive()
    olga, kim = house.at_the_desk("olga"), house.at_the_desk("kim")
    assert olga.decide(number, "withhold", reason="spam", why="An advertisement").status_code == 403
    assert olga.decide(number, "ask", reason="spam", why="An advertisement").status_code == 302
    house.work()
    with house.inbox.reading() as connection:
        assert deeds.asked(connection, number)
    assert "An advertisement" in kim.get(f"/desk/acme/{number}").text
    assert kim.decide(number, "withhold", reason="spam", why="It is one").status_code == 302
    house.work()
    with house.inbox.reading() as connection:
        assert deeds.asked(connection, number) == []
    assert "withheld" in kim.get(f"/desk/acme/{number}").text


def test_a_reason_has_to_be_one_of_the_list_and_words_are_needed(house: House) -> None:
    number = house.receive()
    kim = house.at_the_desk("kim")
    assert kim.decide(number, "withhold", reason="bad-for-us", why="x").status_code == 422
    assert kim.decide(number, "withhold", reason="spam", why="").status_code == 422


def test_a_reply_leaves_after_ten_seconds_and_can_be_undone_before(house: House) -> None:
    number = house.receive(text="My parcel is late.")
    olga = house.at_the_desk()
    olga.decide(number, "publish", topic="delivery")
    house.pass_time(seconds=9)
    house.worker.turn()
    page = olga.get(f"/desk/acme/{number}").text
    deed = re.search(r'name="deed" value="(\d+)"', page)
    assert deed
    olga.decide(number, "undo", deed=deed[1])
    house.work()
    assert "Nobody outside has read it yet" in olga.get(f"/desk/acme/{number}").text


def test_publishing_and_replying_is_one_step_and_stands_side_by_side_on_the_board(house: House) -> None:
    number = house.receive(text="My parcel is late.", author="Anna")
    olga = house.at_the_desk()
    facts = {"name": "Olga, customer care", "text": "We are **sorry**.", "measure": "It is here tomorrow."}
    assert olga.decide(number, "reply", topic="delivery", do="send", **facts).status_code == 302
    house.work()
    page = house.page(f"acme/{number}")
    assert page.index("My parcel is late.") < page.index("We are <strong>sorry</strong>.")
    assert "Olga" in page
    assert "It is here tomorrow." in page


def test_a_preview_shows_the_reply_as_it_will_be_read_and_sends_nothing(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    facts = {"name": "Olga", "text": "**Sorry** <script>alert(1)</script>", "topic": "delivery"}
    page = olga.decide(number, "reply", do="preview", **facts).text
    assert "<strong>Sorry</strong> &lt;script&gt;" in page
    assert "<script>alert" not in page
    house.work()
    assert "Nobody outside has read it yet" in olga.get(f"/desk/acme/{number}").text


@pytest.mark.parametrize(
    "facts", [{"name": "", "text": "x"}, {"name": "Olga", "text": ""}, {"name": "O", "text": "x" * 10_001}]
)
def test_a_reply_without_a_person_or_words_is_refused_and_kept_on_the_page(house: House, facts: dict[str, str]) -> None:
    number = house.receive()
    answer = house.at_the_desk().decide(number, "reply", topic="delivery", do="send", **facts)
    assert answer.status_code == 422
    assert facts["text"] in answer.text
    assert 'class="wrong"' in answer.text


def test_the_inbox_has_the_case_that_is_due_first_on_top(house: House) -> None:
    first = house.receive(text="First complaint")
    house.pass_time(hours=1)
    second = house.receive(text="Second complaint", publicity="private")
    page = house.at_the_desk().get("/desk/").text
    assert page.index(first) < page.index(second)


def test_what_is_answered_leaves_the_inbox(house: House) -> None:
    public, private = house.receive(text="In public"), house.receive(text="In private", publicity="private")
    olga = house.at_the_desk()
    for number in (public, private):
        olga.decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    page = olga.get("/desk/").text
    assert "Nothing waits for an answer" in page
    assert "In public" not in page


def test_a_published_case_without_an_answer_stays_in_the_inbox(house: House) -> None:
    number = house.receive(text="Published, unanswered")
    olga = house.at_the_desk()
    olga.decide(number, "publish", topic="billing")
    house.work()
    assert "Published, unanswered" in olga.get("/desk/").text


def test_pages_of_the_desk_are_kept_out_of_every_cache_and_frame(house: House) -> None:
    answer = house.at_the_desk().get("/desk/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_foreign_host_name_is_refused(house: House) -> None:
    answer = house.visitor().get("/healthz", base_url="https://evil.example")
    assert answer.status_code == 400
    assert answer.text.endswith("try again.\n")


def test_a_reply_of_spaces_only_is_refused_and_stops_nobody_elses(house: House) -> None:
    number = house.receive()
    answer = house.at_the_desk().decide(number, "reply", topic="delivery", do="send", name="Olga", text=" \n ")
    assert answer.status_code == 422
    house.work()


def test_undoing_a_reply_puts_its_words_back_into_the_form(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    olga.decide(number, "reply", topic="billing", do="send", name="Olga K.", text="Hours of work")
    deed = re.search(r'name="deed" value="(\d+)"', olga.get(f"/desk/acme/{number}").text)
    assert deed
    page = olga.decide(number, "undo", deed=deed[1]).text
    assert "Hours of work</textarea>" in page
    assert 'value="Olga K."' in page
    house.work()
    assert "Nobody outside has read it yet" in olga.get(f"/desk/acme/{number}").text


@pytest.mark.parametrize(
    ("hours", "said", "how"),
    [
        (30, "1 d 6 h left", "later"),
        (3, "3 h left", "soon"),
        (0, "under 1 min late", "late"),
        (-200, "8 d late", "late"),
    ],
)
def test_the_desk_says_how_urgent_an_answer_is(hours: int, said: str, how: str) -> None:
    due = NOON + timedelta(hours=hours)
    assert (words.left(due, NOON), words.urgency(due, NOON)) == (said, how)


HOST = "feedback.example"


def test_signing_in_again_ends_the_session_before(house: House) -> None:
    olga = house.at_the_desk()
    kept = olga.client.get_cookie("__Host-amends", domain=HOST)
    assert kept is not None
    olga.submit("/desk/sign-in", login="olga", password="correct horse battery")
    assert olga.get("/desk/").status_code == 200
    olga.client.set_cookie("__Host-amends", kept.value, domain=HOST, secure=True)
    assert olga.get("/desk/").headers["Location"] == "/desk/sign-in"


def test_a_session_in_use_does_not_end(house: House) -> None:
    olga = house.at_the_desk()
    for _ in range(3):
        house.pass_time(hours=11)
        assert olga.get("/desk/").status_code == 200


def test_a_wrong_password_is_a_401(house: House) -> None:
    house.sign_in()
    answer = house.sign_in("olga", "wrong").answer
    assert answer is not None
    assert answer.status_code == 401


def test_what_has_been_decided_is_not_decided_again(house: House) -> None:
    published, withheld = house.receive(), house.receive()
    kim, olga = house.at_the_desk("kim"), house.at_the_desk("olga")
    kim.decide(published, "publish", topic="delivery")
    kim.decide(withheld, "withhold", reason="spam", why="x")
    house.work()
    reply = {"name": "Kim", "text": "Sorry.", "topic": "delivery", "do": "send"}
    assert kim.decide(published, "publish", topic="delivery").status_code == 422
    assert kim.decide(published, "withhold", reason="spam", why="x").status_code == 422
    assert olga.decide(withheld, "ask", reason="spam", why="x").status_code == 422
    assert kim.decide(withheld, "publish", topic="delivery").status_code == 422
    answer = olga.decide(withheld, "reply", **reply)
    assert answer.status_code == 422
    assert "your words are kept here" in answer.text


def test_a_decision_that_is_leaving_cannot_be_undone(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    olga.decide(number, "publish", topic="delivery")
    page = olga.get(f"/desk/acme/{number}").text
    identity = re.search(r'name="deed" value="(\d+)"', page)
    assert identity
    house.pass_time(seconds=10)
    with house.inbox.writing() as connection:
        deeds.leaving(connection, house.now)
    assert olga.decide(number, "undo", deed=identity[1]).status_code == 302
    house.work()
    assert find_case(house.content, "acme", number) is not None


def test_a_case_that_this_inbox_never_had_can_be_answered_at_the_desk(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    olga.decide(number, "publish", topic="delivery")
    house.work()
    with house.inbox.writing() as connection:
        connection.execute(case.delete())
    olga.decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    answered = find_case(house.content, "acme", number)
    assert answered is not None
    assert [reply.text for reply in answered.replies] == ["Sorry."]


def test_a_decision_names_who_made_it(house: House) -> None:
    number = house.receive()
    house.at_the_desk("olga")
    house.at_the_desk("kim").decide(number, "publish", topic="delivery")
    with house.inbox.reading() as connection:
        query = select(staff.c.login).join(deed, deed.c.staff == staff.c.id)
        assert list(connection.execute(query).scalars()) == ["kim"]


def test_a_published_case_stands_before_an_unread_one_that_is_due_later(house: House) -> None:
    first = house.receive(text="First complaint")
    olga = house.at_the_desk()
    olga.decide(first, "publish", topic="delivery")
    house.work()
    house.pass_time(hours=1)
    second = house.receive(text="Second complaint")
    page = olga.get("/desk/").text
    assert page.index(first) < page.index(second)


def test_the_inbox_lists_no_published_case_of_another_company(house: House) -> None:
    number = house.receive(text="Published at acme")
    house.at_the_desk("olga").decide(number, "publish", topic="delivery")
    house.work()
    assert "Published at acme" in house.at_the_desk("olga").get("/desk/").text
    assert number not in house.at_the_desk("bo").get("/desk/").text


def test_nobody_at_the_desk_is_asked_to_answer_what_was_imported(house: House) -> None:
    Publisher(house.content, house.settings.locks, house.inbox).import_case(imported("a"))
    assert "Nothing waits for an answer" in house.at_the_desk().get("/desk/").text
