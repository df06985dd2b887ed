"""How much is taken in within an hour, from whom and for whom, by however many processes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from amends.gate import network_of
from amends.inbox import Inbox, rates
from amends.inbox.schema import rate
from tests.conftest import DATABASES, database_of
from tests.factories import make_inbox
from tests.house import NOON, House


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def inbox(tmp_path: Path, database: str) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path, database)
    yield opened
    opened.close()


def add(inbox: Inbox, counts: dict[str, int], minutes: float = 0, shard: int = 0) -> None:
    with inbox.writing() as connection:
        rates.add(connection, counts, NOON + timedelta(minutes=minutes), shard)


def used(inbox: Inbox, *scopes: str, minutes: float = 0) -> dict[str, float]:
    with inbox.reading() as connection:
        return rates.used(connection, scopes, NOON + timedelta(minutes=minutes))


def test_what_was_counted_is_the_sum_of_all_shards(inbox: Inbox) -> None:
    add(inbox, {"a": 2, "b": 1})
    add(inbox, {"a": 3}, shard=7)
    add(inbox, {"a": 1}, shard=7)
    assert used(inbox, "a", "b", "c") == {"a": 6, "b": 1, "c": 0}


def test_an_hour_later_nothing_of_it_counts_and_on_the_way_there_ever_less(inbox: Inbox) -> None:
    add(inbox, {"a": 60})
    counted = [used(inbox, "a", minutes=minutes)["a"] for minutes in range(0, 130, 5)]
    assert counted == sorted(counted, reverse=True)
    assert counted[0] == 60
    assert used(inbox, "a", minutes=90)["a"] == pytest.approx(30)
    assert used(inbox, "a", minutes=120)["a"] == 0


def test_the_turn_of_the_hour_lets_nobody_start_anew(inbox: Inbox) -> None:
    add(inbox, {"a": 60}, minutes=59)
    assert used(inbox, "a", minutes=61)["a"] > 58


def test_what_counts_no_longer_is_forgotten(inbox: Inbox) -> None:
    add(inbox, {"a": 1})
    for minutes, left in ((119, 1), (120, 0)):
        with inbox.writing() as connection:
            rates.forget(connection, NOON + timedelta(minutes=minutes))
            assert connection.execute(select(func.count()).select_from(rate)).scalar_one() == left


# --- At the door ---


def limited(house: House, **limits: int) -> House:
    house.limits = limits
    house.open_service()
    return house


def test_more_than_a_company_takes_within_an_hour_is_a_429_that_says_when_and_keeps_the_words(house: House) -> None:
    limited(house, hourly_company=3)
    for _ in range(3):
        house.receive()
    answer = house.send(key="n" * 32)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.json is not None
    assert answer.json["error"]["code"] == "too_many"
    page = house.post("/acme/feedback", {"text": "Kept words", "key": "n" * 32})
    assert (page.status_code, "Kept words" in page.text) == (429, True)
    assert len(house.numbers()) == 3
    assert house.send("bolt", key="n" * 32).status_code == 201
    house.pass_time(hours=2)
    house.receive()


def test_a_receipt_is_given_again_whatever_the_limit(house: House) -> None:
    limited(house, hourly_company=1)
    first = house.send()
    assert house.send().json == first.json
    assert house.send(key="n" * 32).status_code == 429


def test_a_network_is_limited_and_its_neighbour_is_not(house: House) -> None:
    limited(house, hourly_network=2)

    def send(address: str, index: int) -> int:
        client = house.app.test_client()
        fields = {"text": "x", "key": f"{index:032}"}
        return client.post(
            "/acme/feedback", data=fields, base_url="https://feedback.example", environ_base={"REMOTE_ADDR": address}
        ).status_code

    addresses = ["198.51.100.1", "198.51.100.200", "198.51.100.3", "198.51.101.1", "2001:db8::1", "2001:db8:0:9::1"]
    addresses += ["2001:db8::2", "2001:db8:1::1", "127.0.0.1", "127.0.0.1", "127.0.0.1"]
    answers = [send(address, index) for index, address in enumerate(addresses)]
    assert answers == [201, 201, 429, 201, 201, 201, 429, 201, 201, 201, 201]


def test_a_refused_submission_counts_towards_nothing(house: House) -> None:
    limited(house, hourly_company=2)
    house.receive()
    for _ in range(5):
        house.send(text="")
        house.send(text="other words", key=f"{0:032x}")
    assert house.send(key="n" * 32).status_code == 201


def test_instances_over_one_store_share_limits_keys_and_receipts(house: House, database: str, tmp_path: Path) -> None:
    limited(house, hourly_company=2)
    other = limited(House(tmp_path / "other", database=database), hourly_company=2)
    other.settings.instance.mkdir(parents=True, exist_ok=True)
    (other.settings.instance / "secret.key").write_bytes((house.settings.instance / "secret.key").read_bytes())
    other.open_service()
    try:
        assert other.send().json == house.send().json
        assert other.send(text="Other words").status_code == 409
        assert other.send(key="m" * 32).status_code == 201
        assert house.send(key="n" * 32).status_code == 429
        assert len(house.numbers()) == 2
    finally:
        other.close()


# --- Networks ---


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_a_network_has_a_name_that_does_not_say_which_it_is(address: object) -> None:
    name = network_of(b"s" * 32, str(address))
    assert name is None or (len(name) == 32 and str(address) not in name)
    assert name == network_of(b"s" * 32, str(address))
    assert name is None or name != network_of(b"t" * 32, str(address))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.1", "198.51.100.254", True),
        ("198.51.100.1", "198.51.101.1", False),
        ("::ffff:198.51.100.1", "198.51.100.9", True),
        ("2001:db8:1::1", "2001:db8:1:ffff::1", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
    ],
)
def test_a_network_is_what_one_household_has(one: str, other: str, same: bool) -> None:
    assert (network_of(b"s", one) == network_of(b"s", other)) is same


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "", None, "unix:", "fe80::1%eth0x/"])
def test_an_address_that_is_no_visitors_has_no_network(address: str | None) -> None:
    assert network_of(b"s", address) is None
