"""The second step of signing in, the page of one's own account, and the sessions on it."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP
from sqlalchemy import Connection, select, update

from amends.desk import words
from amends.inbox import Inbox, people, second_step, sessions
from amends.inbox.people import Person
from amends.inbox.signing_tables import audit, recovery
from amends.inbox.signing_tables import second_step as steps
from tests.factories import START, make_inbox
from tests.house import PASSWORD, House, Seat
from tests.test_desk import OPEN_TO_ALL, address_of

SECRET = b"s" * 32
NEW_PASSWORD = "another horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


# --- Codes ---


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, eight_digits: str) -> None:
    codes = TOTP(base64.b32encode(b"12345678901234567890").decode())
    assert second_step._step_of(codes, eight_digits[2:], datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path_factory.mktemp("steps"))
    yield opened
    opened.close()


def a_person(connection: Connection) -> Person:
    """Somebody who set codes up at START."""
    login = f"login-{len(people.members(connection))}"
    person = people.invite(connection, login, "Somebody", "agent", "acme", START)
    codes = second_step.totp(SECRET, person, second_step.begin(connection, person))
    assert not second_step.confirm(connection, SECRET, person, "000000", START)
    assert second_step.confirm(connection, SECRET, person, codes.at(START), START)
    return person


def codes_of(connection: Connection, person: Person) -> TOTP:
    salt = connection.execute(select(steps.c.salt).where(steps.c.staff == person.id)).scalar_one()
    return second_step.totp(SECRET, person, salt)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(-90, 90)), min_size=1, max_size=20))
def test_a_code_is_good_for_a_clock_that_is_one_step_wrong_and_once(inbox: Inbox, tries: list[tuple[int, int]]) -> None:
    with inbox.writing() as connection:
        person = a_person(connection)
        codes, now, last = codes_of(connection, person), START, int(START.timestamp()) // 30
        for gap, wrong in tries:
            now += timedelta(seconds=gap)
            shown = now + timedelta(seconds=wrong)
            own, theirs = int(now.timestamp()) // 30, int(shown.timestamp()) // 30
            is_good = abs(own - theirs) <= 1 and theirs > last
            assert second_step.check(connection, SECRET, person, f" {codes.at(shown)} ", now) is is_good
            assert not second_step.check(connection, SECRET, person, codes.at(shown), now)
            last = theirs if is_good else last


def test_codes_of_another_person_or_installation_or_of_nobody_are_none(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        person, other = a_person(connection), a_person(connection)
        connection.execute(update(steps).values(last=0))
        salt = connection.execute(select(steps.c.salt).where(steps.c.staff == person.id)).scalar_one()
        connection.execute(update(steps).where(steps.c.staff == other.id).values(salt=salt))
        code = codes_of(connection, person).at(START)
        assert not second_step.check(connection, SECRET, other, code, START)
        assert not second_step.check(connection, b"t" * 32, person, code, START)
        assert second_step.check(connection, SECRET, person, code, START)
        second_step.remove(connection, person)
        assert not second_step.check(connection, SECRET, person, code, START)


def test_a_recovery_code_is_good_once_however_it_is_written_and_stored_as_a_hash(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        person, other = a_person(connection), a_person(connection)
        codes = second_step.new_recovery_codes(connection, person)
        assert len(set(codes)) == 10
        assert all(re.fullmatch("([a-z2-7]{4}-){5}[a-z2-7]{4}", code) for code in codes)
        assert not second_step.use_recovery_code(connection, other, codes[0])
        for code, written in zip(codes[:3], (codes[0], codes[1].upper(), codes[2].replace("-", " ")), strict=True):
            assert second_step.use_recovery_code(connection, person, written)
            assert not second_step.use_recovery_code(connection, person, code)
        assert second_step.recovery_codes_left(connection, person) == 7
        assert not any(code.encode() in connection.execute(select(recovery.c.digest)).scalars() for code in codes)
        second_step.new_recovery_codes(connection, person)
        assert not second_step.use_recovery_code(connection, person, codes[3])


# --- Setting up ---

STEP = "/desk/account/second-step"


def secret_on(seat: Seat) -> TOTP:
    """Return what the app knows after the page was scanned."""
    found = re.search(r'class="keepsake" dir="ltr">([A-Z2-7]{32})<', seat.get(STEP).text)
    assert found
    return TOTP(found[1])


def set_up(seat: Seat) -> tuple[TOTP, list[str]]:
    """Set codes up, and return the app and the recovery codes."""
    app = secret_on(seat)
    page = seat.submit(STEP, code=app.at(seat.house.now), current=PASSWORD)
    assert page.status_code == 200, page.text
    return app, re.findall("<code>([a-z2-7-]{29})</code>", page.text)


def hire(house: House, login: str, role: str, company: str | None) -> Seat:
    """Sign in somebody who has set nothing up."""
    with house.inbox.writing() as connection:
        people.add(connection, login, login.title(), role, company, PASSWORD, house.now)
    return house.sign_in(login)


def sign_in(house: House, login: str, code: str) -> Seat:
    seat = Seat(house, house.app.test_client())
    assert seat.submit("/desk/sign-in", login=login, password=PASSWORD).headers["Location"] == "/desk/code"
    seat.answer = seat.submit("/desk/code", code=code)
    return seat


def acts(house: House, login: str) -> list[str]:
    with house.inbox.reading() as connection:
        query = select(audit.c.what).where(audit.c.login == login).order_by(audit.c.id)
        return list(connection.execute(query).scalars())


REACHED_WITHOUT_CODES = OPEN_TO_ALL | {"desk.second_step", "desk.second_step_drawn", "desk.sign_out"}


@pytest.mark.parametrize(("role", "company"), [("admin", "acme"), ("keeper", None)])
def test_who_decides_for_others_reaches_nothing_before_codes_are_set_up(
    house: House, role: str, company: str | None
) -> None:
    number = house.receive()
    seat = hire(house, "ada", role, company)
    for rule in house.app.url_map.iter_rules():
        if not rule.endpoint.startswith("desk.") or rule.endpoint in REACHED_WITHOUT_CODES:
            continue
        address = address_of(rule, number)
        asked = seat.get(address) if "GET" in (rule.methods or ()) else seat.submit(address, page=STEP)
        assert asked.headers.get("Location") == STEP, address
    _, codes = set_up(seat)
    assert len(codes) == 10
    assert seat.get("/desk/").status_code == 200


def test_without_the_setting_a_password_is_enough(house: House) -> None:
    house.limits = {"require_totp": False}
    house.open_service()
    ada = hire(house, "ada", "admin", "acme")
    assert ada.get("/desk/").status_code == 200
    set_up(ada)
    assert ada.submit("/desk/account/codeless", page="/desk/account", current=PASSWORD).status_code == 302
    assert house.sign_in("ada").get("/desk/").status_code == 200


def test_the_picture_says_what_the_page_says_and_needs_nothing_that_its_policy_forbids(house: House) -> None:
    kim = house.sign_in("kim")
    page, drawn = kim.get(STEP), kim.get(f"{STEP}.svg")
    assert f'<img class="qr" src="{STEP}.svg" alt=' in page.text
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.headers["Cache-Control"] == "no-store"
    assert not re.search("style|script|href|data:", drawn.text)
    assert secret_on(kim).secret == secret_on(kim).secret
    assert kim.get(f"{STEP}.svg").data == drawn.data


def test_a_wrong_code_or_password_sets_nothing_up_and_says_so(house: House) -> None:
    olga = house.sign_in()
    app = secret_on(olga)
    answer = olga.submit(STEP, code=app.at(house.now), current="wrong horse")
    assert (answer.status_code, "This is not your password." in answer.text) == (422, True)
    answer = olga.submit(STEP, code=app.at(house.now + timedelta(minutes=1)), current=PASSWORD)
    assert (answer.status_code, "the clock of your device is right" in answer.text) == (422, True)
    assert house.sign_in().get("/desk/").status_code == 200


def test_with_codes_a_password_alone_reaches_nothing_but_the_question_for_the_code(house: House) -> None:
    number = house.receive()
    bo = house.sign_in("bo")
    assert bo.get("/desk/code").headers["Location"] == "/desk/"
    half = Seat(house, house.app.test_client())
    half.submit("/desk/sign-in", login="bo", password=PASSWORD)
    for address in ("/desk/", f"/desk/bolt/{number}", STEP, f"{STEP}.svg", "/desk/account", "/desk/keys"):
        assert half.get(address).headers["Location"] == "/desk/code"
    assert half.submit("/desk/account/address", page="/desk/code", email="x@x.example").status_code == 302
    house.pass_time(minutes=10, seconds=1)
    assert half.get("/desk/code").headers["Location"] == "/desk/sign-in"


def test_a_code_is_asked_for_after_the_password_and_a_recovery_code_stands_in_for_it_once(house: House) -> None:
    app, codes = set_up(house.sign_in())
    assert sign_in(house, "olga", app.at(house.now)).answer.status_code == 401  # type: ignore[union-attr]
    house.pass_time(seconds=30)
    assert sign_in(house, "olga", app.at(house.now)).get("/desk/").status_code == 200
    assert sign_in(house, "olga", codes[4]).get("/desk/").status_code == 200
    assert sign_in(house, "olga", codes[4]).get("/desk/").headers["Location"] == "/desk/code"
    assert acts(house, "olga")[-5:] == [
        "second step set up", "wrong code", "signed in", "recovery code used", "wrong code",
    ]  # fmt: skip


def test_a_clock_that_is_wrong_by_a_minute_is_named_and_one_by_half_a_minute_does_not_matter(house: House) -> None:
    app, _ = set_up(house.sign_in())
    house.pass_time(minutes=5)
    late = sign_in(house, "olga", app.at(house.now - timedelta(minutes=1)))
    assert late.answer
    assert "the clock of your device is right" in late.answer.text
    assert late.submit("/desk/code", code=app.at(house.now - timedelta(seconds=30))).headers["Location"] == "/desk/"


def test_codes_cannot_be_tried_one_after_the_other(house: House) -> None:
    app, codes = set_up(house.sign_in())
    house.pass_time(minutes=1)
    seat = sign_in(house, "olga", "123456")
    tried = [seat.submit("/desk/code", code=f"{number:06}").status_code for number in range(5)]
    assert tried == [401] * 4 + [429]
    refused = seat.submit("/desk/code", code=codes[0])
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
    house.pass_time(minutes=5)
    assert seat.submit("/desk/code", code=app.at(house.now)).headers["Location"] == "/desk/"


def test_who_knows_a_password_keeps_nobody_from_giving_the_code_where_they_have_before(house: House) -> None:
    olga = house.sign_in()
    app, _ = set_up(olga)
    house.pass_time(minutes=1)
    olga.submit("/desk/sign-out", page="/desk/")
    stranger = sign_in(house, "olga", "123456")
    assert [stranger.submit("/desk/code", code="123456").status_code for _ in range(5)] == [401] * 4 + [429]
    olga.submit("/desk/sign-in", login="olga", password=PASSWORD)
    assert olga.submit("/desk/code", code=app.at(house.now)).headers["Location"] == "/desk/"


# --- The account ---


def browsers(seat: Seat) -> list[str]:
    return re.findall(r"<li><span><b>(.*?)</b>", seat.get("/desk/account").text)


def test_the_account_names_its_sessions_and_ends_them(house: House) -> None:
    olga, other, third = (house.sign_in() for _ in range(3))
    house.sign_in("max")
    phone = Seat(house, house.app.test_client())
    phone.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    phone.submit("/desk/sign-in", login="olga", password=PASSWORD)
    assert sorted(browsers(olga)) == ["Firefox on Linux"] + ["a browser"] * 3
    (found,) = re.findall(r"Firefox on Linux.*?value=\"([0-9a-f]{64})\"", olga.get("/desk/account").text, re.DOTALL)
    olga.submit("/desk/account/sessions", page="/desk/account", session=found)
    assert phone.get("/desk/").headers["Location"] == "/desk/sign-in"
    assert other.get("/desk/").status_code == 200
    olga.submit("/desk/account/sessions", page="/desk/account", session="others")
    assert [seat.get("/desk/").status_code for seat in (olga, other, third)] == [200, 302, 302]
    for nothing in ("others", "xyz", "", "00"):
        olga.submit("/desk/account/sessions", page="/desk/account", session=nothing)
    assert acts(house, "olga").count("sessions ended") == 2


def test_nobody_ends_a_colleagues_session(house: House) -> None:
    olga, max_ = house.sign_in(), house.sign_in("max")
    with house.inbox.reading() as connection:
        max_person = people.with_login(connection, "max")
        assert max_person
        (theirs,) = sessions.of_person(connection, max_person, house.now)
    olga.submit("/desk/account/sessions", page="/desk/account", session=theirs.id.hex())
    assert max_.get("/desk/").status_code == 200


def test_another_password_ends_all_other_sessions_and_gives_this_one_a_new_id(house: House) -> None:
    olga, other = house.sign_in(), house.sign_in()
    before = olga.client.get_cookie("__Host-amends", domain="feedback.example")
    fields = {"current": PASSWORD, "new": NEW_PASSWORD}
    assert olga.submit("/desk/account/password", page="/desk/account", **fields).status_code == 302
    assert (olga.get("/desk/").status_code, other.get("/desk/").status_code) == (200, 302)
    assert olga.client.get_cookie("__Host-amends", domain="feedback.example") != before
    with house.inbox.reading() as connection:
        assert people.sign_in(connection, "olga", NEW_PASSWORD)
        assert not people.sign_in(connection, "olga", PASSWORD)
    assert acts(house, "olga")[-1] == "password chosen"


@pytest.mark.parametrize(
    ("change", "fields", "why"),
    [
        ("password", {"current": "wrong horse", "new": NEW_PASSWORD}, "This is not your password."),
        ("password", {"current": PASSWORD, "new": "iloveyou"}, "one of the most common ones"),
        ("password", {"current": PASSWORD, "new": "Olga2026"}, "a name that others know"),
        ("password", {"current": "", "new": NEW_PASSWORD}, "Please give your password."),
        ("address", {"current": "wrong horse", "email": "olga@acme.example"}, "This is not your password."),
        ("address", {"current": PASSWORD, "email": "olga at acme"}, "This is no e-mail address."),
        ("recovery", {"current": "wrong horse"}, "This is not your password."),
        ("codeless", {"current": "wrong horse"}, "This is not your password."),
    ],
)
def test_a_change_that_is_not_confirmed_or_does_not_do_changes_nothing_and_says_why(
    house: House, change: str, fields: dict[str, str], why: str
) -> None:
    olga = house.sign_in()
    set_up(olga)
    done = acts(house, "olga")
    answer = olga.submit(f"/desk/account/{change}", page="/desk/account", **fields)
    assert (answer.status_code, why in answer.text) == (422, True)
    if fields.get("email"):
        assert fields["email"] in answer.text
    assert acts(house, "olga") == done


def test_an_address_is_kept_and_given_up(house: House) -> None:
    olga = house.sign_in()
    for email in ("olga@acme.example", ""):
        fields = {"current": PASSWORD, "email": email}
        assert olga.submit("/desk/account/address", page="/desk/account", **fields).status_code == 302
        with house.inbox.reading() as connection:
            assert people.reachable(connection)["olga"] == (email or None)
    assert "olga@acme.example" not in olga.get("/desk/account").text


def test_a_password_that_confirms_cannot_be_guessed_from_an_open_session(house: House) -> None:
    olga = house.sign_in()
    fields = {"current": "wrong horse", "email": ""}
    tried = [olga.submit("/desk/account/address", page="/desk/account", **fields).text for _ in range(6)]
    assert ["This is not your password." in page for page in tried] == [True] * 5 + [False]
    assert "Nothing is locked: please try again in 300 seconds." in tried[-1]
    fields = {"current": PASSWORD, "email": ""}
    assert house.sign_in().submit("/desk/account/address", page="/desk/account", **fields).status_code == 302


def test_who_has_to_have_codes_cannot_give_them_up_but_changes_the_app(house: House) -> None:
    kim = house.sign_in("kim")
    assert "Sign in without codes" not in kim.get("/desk/account").text
    assert kim.submit("/desk/account/codeless", page="/desk/account", current=PASSWORD).status_code == 403
    other = house.sign_in("kim")
    house.pass_time(minutes=1)
    app, _ = set_up(kim)
    assert (kim.get("/desk/").status_code, other.get("/desk/").status_code) == (200, 302)
    house.pass_time(minutes=1)
    assert sign_in(house, "kim", app.at(house.now)).get("/desk/").status_code == 200


def test_new_recovery_codes_are_shown_once_in_place_of_the_old(house: House) -> None:
    olga = house.sign_in()
    assert olga.submit("/desk/account/recovery", page="/desk/account", current=PASSWORD).headers["Location"] == STEP
    _, codes = set_up(olga)
    page = olga.submit("/desk/account/recovery", page="/desk/account", current=PASSWORD).text
    new = re.findall("<code>([a-z2-7-]{29})</code>", page)
    assert len(set(new) - set(codes)) == 10
    assert "10 of your recovery codes" in " ".join(olga.get("/desk/account").text.split())
    assert sign_in(house, "olga", codes[0]).get("/desk/").status_code == 302
    assert sign_in(house, "olga", new[0]).get("/desk/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on Mac OS"),
        ("<script>", "a browser"),
    ],
)
def test_a_browser_is_named_in_words_and_nothing_else_of_it_is_kept(agent: str, said: str) -> None:
    assert words.browser(agent) == said
