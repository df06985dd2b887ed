"""Links that are an authority to whoever holds them."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amends.case import ALPHABET
from amends.links import (
    address_digest,
    confirmation,
    is_confirmation,
    is_valid,
    number_in,
    stopped_by,
    stopping,
    token,
)
from tests.effort import EFFORT
from tests.factories import NUMBER, OTHER_NUMBER

SECRET, OTHER_SECRET = b"s" * 32, b"o" * 32
TOKEN = token(SECRET, NUMBER, 0)

numbers = st.text(ALPHABET, min_size=8, max_size=8)
generations = st.integers(0, 1000)
secrets = st.binary(min_size=32, max_size=32)
near = st.tuples(st.integers(0, len(TOKEN)), st.integers(0, 2), st.text(st.characters(), max_size=2)).map(
    lambda cut: TOKEN[: cut[0]] + cut[2] + TOKEN[cut[0] + cut[1] :]
)


@given(secrets, numbers, generations)
@settings(deadline=None)
def test_a_token_is_valid_for_its_case_and_names_it(secret: bytes, number: str, generation: int) -> None:
    made = token(secret, number, generation)
    assert is_valid(secret, made, number, generation)
    assert number_in(made) == number


@given(st.tuples(secrets, numbers, generations), st.tuples(secrets, numbers, generations))
@settings(deadline=None)
def test_no_token_is_valid_for_anything_else(one: tuple[bytes, str, int], other: tuple[bytes, str, int]) -> None:
    assume(one != other)
    assert not is_valid(other[0], token(*one), *other[1:])


@pytest.mark.parametrize(
    ("secret", "number", "generation"),
    [(OTHER_SECRET, NUMBER, 0), (SECRET, OTHER_NUMBER, 0), (SECRET, NUMBER, 1)],
    ids=["other secret", "other case", "other generation"],
)
def test_a_token_is_not_valid_for_an(secret: bytes, number: str, generation: int) -> None:
    assert is_valid(SECRET, TOKEN, NUMBER, 0)
    assert not is_valid(secret, TOKEN, number, generation)


@given(st.text(st.characters()) | near)
@settings(max_examples=75 * EFFORT, deadline=None)
def test_only_the_very_token_is_valid_and_nothing_else_raises(text: str) -> None:
    assert is_valid(SECRET, text, NUMBER, 0) == (text == TOKEN)
    assert number_in(text) is None or text.startswith(f"{number_in(text)}-")


@pytest.mark.parametrize(
    "text", ["", "-", NUMBER, TOKEN + "\n", " " + TOKEN, TOKEN + "=", TOKEN[:-1], "é" * 31, "\ud800"]
)
def test_what_is_no_token_names_no_case_and_is_not_valid(text: str) -> None:
    assert number_in(text) is None
    assert not is_valid(SECRET, text, NUMBER, 0)


def test_a_link_given_once_is_valid_for_ever() -> None:
    # HMAC-SHA-256 (RFC 2104) of the line below, cut to 128 bits; base64url without padding (RFC 4648, 5).
    # printf 'private link\n7k3m9qxz\n0' | openssl dgst -sha256 -hmac "$(printf 's%.0s' {1..32})" -binary
    assert TOKEN == "7k3m9qxz-L8EA6P38-ws0rqKBaKgpmA"


# --- In mails ---

EMAIL = "Anna@mail.example"
CONFIRMATION, DIGEST = confirmation(SECRET, NUMBER, 0, EMAIL), address_digest(SECRET, EMAIL)
STOPPING = stopping(SECRET, DIGEST)


def test_capital_letters_make_no_other_address() -> None:
    assert address_digest(SECRET, "ANNA@MAIL.EXAMPLE") == DIGEST
    assert is_confirmation(SECRET, CONFIRMATION, NUMBER, 0, "anna@mail.example")


@pytest.mark.parametrize(
    ("secret", "number", "generation", "email"),
    [(OTHER_SECRET, NUMBER, 0, EMAIL), (SECRET, OTHER_NUMBER, 0, EMAIL), (SECRET, NUMBER, 1, EMAIL),
     (SECRET, NUMBER, 0, "eve@mail.example"), (SECRET, NUMBER, 0, "")],
    ids=["secret", "case", "generation", "address", "nothing"],
)  # fmt: skip
def test_a_confirmation_is_not_valid_for_another(secret: bytes, number: str, generation: int, email: str) -> None:
    assert is_confirmation(SECRET, CONFIRMATION, NUMBER, 0, EMAIL)
    assert not is_confirmation(secret, CONFIRMATION, number, generation, email)


def test_no_link_does_what_another_does() -> None:
    assert not is_valid(SECRET, CONFIRMATION, NUMBER, 0)
    assert not is_confirmation(SECRET, TOKEN, NUMBER, 0, EMAIL)
    for text in (TOKEN, CONFIRMATION):
        assert stopped_by(SECRET, text) is None
    assert number_in(STOPPING) is None
    assert len({text.rpartition("-")[2] for text in (TOKEN, CONFIRMATION, STOPPING)}) == 3


def test_mail_is_stopped_to_one_address_with_one_secret() -> None:
    assert stopped_by(SECRET, STOPPING) == DIGEST
    assert stopped_by(OTHER_SECRET, STOPPING) is None
    assert address_digest(SECRET, "eve@mail.example") != DIGEST != address_digest(OTHER_SECRET, EMAIL)


near_stopping = st.tuples(st.integers(0, len(STOPPING)), st.characters()).map(
    lambda changed: STOPPING[: changed[0]] + changed[1] + STOPPING[changed[0] + 1 :]
)


@given(st.text(st.characters()) | near_stopping)
@settings(max_examples=75 * EFFORT, deadline=None)
def test_only_the_very_token_stops_mail_and_nothing_else_raises(text: str) -> None:
    assert stopped_by(SECRET, text) == (DIGEST if text == STOPPING else None)


def test_a_link_of_a_mail_is_valid_as_long_as_the_mail_is_kept() -> None:
    # As above, of: printf 'confirmation\n7k3m9qxz\n0\nanna@mail.example'
    assert CONFIRMATION == "7k3m9qxz-_TnD4sMZc_PEpM1PsL2-2Q"
    # And of: printf 'address\nanna@mail.example'; then of: printf 'no more mail\n' with what came out of that.
    assert STOPPING == "Mm960jGgUAYhbCJ-5PwtSQ-cTHj4BQmYnqqJzrzPJBuPA"
