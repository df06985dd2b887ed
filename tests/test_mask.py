"""The command that masks a text."""

import json

import pytest
from click.testing import CliRunner, Result

from amends.cli import main


def masked(text: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["mask", *arguments], input=text)


def test_the_text_is_printed_with_its_personal_data_masked_and_nothing_else_changed() -> None:
    text = "Tel 0171 2345678\r\n\tanna@example.org  é\n\n"
    assert masked(text.encode(), "--country", "DE").stdout_bytes == (
        "Tel [hidden: phone]\r\n\t[hidden: email]  é\n\n".encode()
    )


def test_masking_a_masked_text_changes_nothing() -> None:
    once = masked("Card 4111 1111 1111 1111, order AB-123456", "--order-pattern", "AA-999999").stdout
    assert once == "Card [hidden: card], order [hidden: order]"
    assert masked(once, "--order-pattern", "AA-999999").stdout == once


def test_places_are_counted_in_code_points() -> None:
    result = masked("🚲🚲 ①: 8 916 123-45-67, AB-123456", "--json", "--country", "ru", "--order-pattern", "AA-999999")
    assert json.loads(result.stdout) == [
        {"kind": "phone", "start": 6, "end": 21},
        {"kind": "order", "start": 23, "end": 32},
    ]


@pytest.mark.parametrize("text", ["", "Nothing here.\n"])
def test_a_text_without_personal_data_has_an_empty_list(text: str) -> None:
    assert masked(text, "--json").stdout == "[]\n"
    assert masked(text).stdout == text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--country", "XX"), "--country is 'XX'; it should be the code of a country, like DE"),
        (("--country", ""), "--country is ''; it should be the code of a country, like DE"),
        (("--order-pattern", "[A-Z]+"), "--order-pattern is '[A-Z]+'; it should be a mask like AA-999999"),
        (("--order-pattern", ""), "--order-pattern is ''; it should be a mask like AA-999999"),
    ],
)
def test_bad_arguments_are_wrong_usage_in_a_sentence(arguments: tuple[str, ...], why: str) -> None:
    result = masked("0171 2345678", *arguments)
    assert result.exit_code == 2
    assert why in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_what_is_not_utf_8_is_refused_with_its_place(arguments: tuple[str, ...]) -> None:
    result = masked(b"Tel \xff", *arguments)
    assert result.exit_code == 1
    assert result.stderr == "Error: the text is not UTF-8: byte 4 cannot be read\n"
    assert result.stdout == ""
