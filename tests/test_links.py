"""The private link of a case."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amends.case import ALPHABET
from amends.links import is_valid, number_in, token
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
@settings(max_examples=150 * EFFORT, deadline=None)
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
