"""Signing in: passwords that can be chosen, and tries that slow down and lock nobody out."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from amends.desk.trying import CrowdedError, Turnstile
from amends.inbox import Inbox, passwords, tries
from amends.inbox.passwords import LONGEST, SHORTEST, PasswordError
from amends.inbox.signing_tables import throttle
from amends.inbox.tries import Bucket
from tests.factories import START, make_inbox
from tests.house import PASSWORD, House, Seat
from tests.test_serve import send, serving

WRONG = "wrong horse battery"

# --- Passwords ---


@pytest.mark.parametrize("password", ["8 chars!", "ünïcödé", "x y z a b c", "p" * 7 + "🙂", "correct horse " * 9])
def test_any_characters_make_a_password_of_eight_to_128(password: str) -> None:
    passwords.check(password.ljust(SHORTEST, "q"), "olga", "Olga", "acme")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("1234567", "too short: 8 characters"),
        ("cafe\u0301s 1", "too short: 8 characters"),
        ("q" * (LONGEST + 1), "too long: 128 characters"),
        ("iloveyou", "one of the most common"),
        ("PassWord", "one of the most common"),
        ("1q2w3e4r", "one of the most common"),
        ("olga-customer", "a name that others know"),
        ("Olga_Customer_1987", "a name that others know"),
        ("ACME-Post 2026!", "a name that others know"),
        ("Amends12", "a name that others know"),
    ],
)
def test_what_is_guessed_first_is_refused_in_a_sentence(password: str, why: str) -> None:
    with pytest.raises(PasswordError, match=why):
        passwords.check(password, "olga", "Olga Customer", "acme-post")


def test_the_3000_most_common_passwords_that_are_long_enough_are_refused() -> None:
    assert len(passwords._common()) == 11_611
    assert min(map(len, passwords._common())) == SHORTEST
    assert all(word == word.casefold() for word in passwords._common())


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST, max_size=LONGEST))
def test_a_password_is_compared_whole_and_as_it_is(password: str) -> None:
    stored = passwords.hashed(password)
    assert passwords.is_right(stored, password)
    assert not passwords.is_right(stored, password[:-1])
    assert not passwords.is_right(stored, password + " ")
    assert not passwords.is_right("", password)


def test_a_keyboard_that_composes_letters_otherwise_types_the_same_password() -> None:
    assert passwords.is_right(passwords.hashed("Käsebrötchen"), "Ka\u0308sebro\u0308tchen")


# --- Tries ---

BUCKET = Bucket(3, timedelta(seconds=20))
KEY, OTHER_KEY = b"k" * 16, b"o" * 16


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path_factory.mktemp("tries"))
    yield opened
    opened.close()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_a_bucket_lets_through_what_it_holds_and_one_more_each_time_and_says_when(
    inbox: Inbox, gaps: list[int]
) -> None:
    taken, now = [], START
    with inbox.writing() as connection:
        connection.execute(throttle.delete())
        for gap in gaps:
            now += timedelta(seconds=gap)
            seconds = tries.take(connection, {KEY: BUCKET}, now)
            if not seconds:
                taken.append(now)
                continue
            assert tries.wait(connection, {KEY: BUCKET}, now + timedelta(seconds=seconds - 1)) == 1
            assert tries.wait(connection, {KEY: BUCKET}, now + timedelta(seconds=seconds)) == 0
            assert seconds <= 20
    for first, begin in enumerate(taken):
        for more, end in enumerate(taken[first:], 1):
            assert more <= 3 + (end - begin) // BUCKET.every


def test_a_try_counts_in_all_buckets_or_in_none_and_is_given_back(inbox: Inbox) -> None:
    both = {KEY: BUCKET, OTHER_KEY: Bucket(1, timedelta(seconds=20))}
    with inbox.writing() as connection:
        connection.execute(throttle.delete())
        assert tries.take(connection, both, START) == 0
        assert [tries.take(connection, both, START) for _ in range(9)] == [20] * 9
        assert [tries.take(connection, {KEY: BUCKET}, START) for _ in range(3)] == [0, 0, 20]
        tries.give_back(connection, {KEY: BUCKET}, START)
        assert [tries.take(connection, {KEY: BUCKET}, START) for _ in range(2)] == [0, 20]
        tries.take(connection, {OTHER_KEY: BUCKET}, START + timedelta(hours=1))
        assert connection.execute(select(throttle.c.key)).scalars().all() == [OTHER_KEY]


CHANGES = "SELECT total_changes()"
"""SQLite's count of all rows that a connection has changed."""


def fail(house: House, login: str, times: int, network: str = "127.0.0.1") -> list[TestResponse]:
    """Try wrong passwords from elsewhere."""
    elsewhere = a_seat(house)
    elsewhere.client.environ_base["REMOTE_ADDR"] = network
    return [elsewhere.submit("/desk/sign-in", login=login, password=WRONG) for _ in range(times)]


def status(seat: Seat) -> int | None:
    return seat.answer.status_code if seat.answer else None


def a_seat(house: House) -> Seat:
    return Seat(house, house.app.test_client())


@pytest.mark.parametrize("login", ["olga", "nobody"])
def test_who_fails_waits_some_seconds_and_then_tries_again(house: House, login: str) -> None:
    house.sign_in()
    answers = fail(house, login, 7)
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Nothing is locked: please try again in 60 seconds." in answers[-1].text
    assert status(house.sign_in(login)) == 429
    house.pass_time(seconds=60)
    again = a_seat(house).submit("/desk/sign-in", login=login, password=PASSWORD)
    assert again.status_code == (302 if login == "olga" else 401)


@pytest.mark.parametrize("login", ["olga", "nobody"])
def test_a_refusal_writes_as_often_whether_or_not_there_is_such_a_login(house: House, login: str) -> None:
    house.sign_in()
    seat, written = a_seat(house), []
    seat.get("/desk/sign-in")
    engine = house.inbox._writer
    listening = ("commit", lambda connection: written.append(connection.exec_driver_sql(CHANGES).scalar()))
    event.listen(engine, *listening)
    assert seat.submit("/desk/sign-in", login=login, password=WRONG).status_code == 401
    event.remove(engine, *listening)
    assert len(written) == 2
    assert 0 < written[0] < written[1]


def test_a_storm_on_a_login_does_not_lock_out_who_has_signed_in_on_this_device_before(house: House) -> None:
    olga = house.sign_in()
    olga.submit("/desk/sign-out", page="/desk/")
    fail(house, "olga", 8)
    assert olga.submit("/desk/sign-in", login="olga", password=WRONG).status_code == 401
    assert olga.submit("/desk/sign-in", login="olga", password=PASSWORD).headers["Location"] == "/desk/"
    assert status(house.sign_in()) == 429


def test_a_known_device_fails_no_more_often_than_it_may_and_for_its_own_login_alone(house: House) -> None:
    olga = house.sign_in()
    olga.submit("/desk/sign-out", page="/desk/")
    tried = [olga.submit("/desk/sign-in", login="olga", password=WRONG).status_code for _ in range(11)]
    assert tried == [401] * 10 + [429]
    tried = [olga.submit("/desk/sign-in", login="max", password=WRONG).status_code for _ in range(6)]
    assert tried == [401] * 5 + [429]


@pytest.mark.parametrize("change", [lambda text: text[:-1], lambda text: "x" + text, lambda _: "abc.def", lambda _: ""])
def test_a_forged_device_is_not_known(house: House, change: Callable[[str], str]) -> None:
    olga = house.sign_in()
    cookie = olga.client.get_cookie("__Host-amends-device", domain="feedback.example")
    assert cookie
    fail(house, "olga", 5)
    other = a_seat(house)
    for value, status in ((change(cookie.value), 429), (cookie.value, 302)):
        other.client.set_cookie(cookie.key, value, domain="feedback.example", secure=True)
        assert other.submit("/desk/sign-in", login="olga", password=PASSWORD).status_code == status


def test_one_network_cannot_try_one_login_after_the_other(house: House) -> None:
    logins = (f"login-{number}" for number in count())
    statuses = [fail(house, next(logins), 1, "203.0.113.7")[0].status_code for _ in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    assert fail(house, next(logins), 1, "198.51.100.7")[0].status_code == 401


def test_right_passwords_do_not_count(house: House) -> None:
    assert [status(house.sign_in()) for _ in range(9)] == [302] * 9


def test_what_somebody_types_as_login_is_stored_nowhere(house: House, tmp_path: Path) -> None:
    fail(house, "my password by mistake", 6)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "instance").glob("amends.db*"))
    assert b"mistake" not in stored


# --- Many at once ---


def test_a_turnstile_sends_away_who_finds_it_full_and_nobody_afterwards() -> None:
    turnstile = Turnstile(2, 0)
    with turnstile.passing(), turnstile.passing(), pytest.raises(CrowdedError), turnstile.passing():
        pass
    with turnstile.passing(), turnstile.passing():
        pass


def test_who_waits_at_a_turnstile_comes_through_when_another_one_is() -> None:
    turnstile, through = Turnstile(1, 1), []

    def come() -> None:
        with turnstile.passing():
            through.append("second")

    second = threading.Thread(target=come)
    with turnstile.passing():
        second.start()
        second.join(0.1)
        through.append("first")
    second.join()
    assert through == ["first", "second"]


def test_who_comes_while_too_many_passwords_are_compared_waits_some_seconds(house: House) -> None:
    door: Any = house.app.view_functions["desk.sign_in"]
    with ExitStack() as others:
        turnstile = door.__self__._turnstile = Turnstile(2, 0)
        for _ in range(2):
            others.enter_context(turnstile.passing())
        answer = house.sign_in().answer
        assert answer
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert house.sign_in().get("/desk/").status_code == 200


def test_a_storm_of_sign_ins_on_the_real_server_keeps_nobody_from_complaining(house: House) -> None:
    with serving(house) as (_, address), ThreadPoolExecutor(24) as crowd:
        with urlopen(f"{address}/desk/sign-in", timeout=20) as page:
            cookie, shown = page.headers["Set-Cookie"].split(";")[0], page.read().decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
        assert token
        enough = threading.Event()

        def storm(own: int) -> set[int]:
            found, tried = set(), count()
            while not enough.is_set():
                found.add(status_of(address, cookie, token[1], f"login-{own}-{next(tried)}"))
            return found

        storms = [crowd.submit(storm, number) for number in range(24)]
        try:
            numbers = {send(address, f"Complaint {index}", f"{index:032d}") for index in range(24)}
            with urlopen(f"{address}/acme/new", timeout=20) as form:
                assert form.status == 200
        finally:
            enough.set()
        statuses = set().union(*(one.result() for one in storms))
    assert len(numbers) == 24
    assert statuses == {401, 429}


def status_of(address: str, cookie: str, token: str, login: str) -> int:
    fields = urlencode({"login": login, "password": WRONG, "csrf_token": token}).encode()
    try:
        with urlopen(Request(f"{address}/desk/sign-in", fields, {"Cookie": cookie}), timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
