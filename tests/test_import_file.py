"""Importing conversations from another channel."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from amends.cli import main
from amends.imports import read_line
from amends.record import Company, load
from tests.house import House

GOOD = {
    "turns": [
        {"who": "customer", "at": "2020-04-01T17:31:32Z", "text": "My channel is gone &amp; nobody says why"},
        {"who": "company", "at": "2020-04-01T18:51:32+00:00", "text": "You can appeal."},
        {"who": "customer", "at": "2020-04-01T18:52:00Z", "text": "I did."},
    ]
}
ACME = Company("acme", "Acme", "https://acme.example/")


def line(**changes: object) -> str:
    return json.dumps({**GOOD, **changes})


def run(house: House, *lines: str | bytes) -> Result:
    file = house.folder / "conversations.jsonl"
    file.write_bytes(b"\n".join(item if isinstance(item, bytes) else item.encode() for item in lines))
    settings = {"AMENDS_INSTANCE": str(house.settings.instance)}
    return CliRunner().invoke(
        main, ["import", str(file), "--company", "acme", "--content", str(house.content)], env=settings
    )


def test_a_conversation_becomes_a_case_with_its_replies(house: House) -> None:
    result = run(house, line(url="https://social.example/1", author="Anna", language="de"))
    assert result.exit_code == 0
    (entry,) = load(house.content).entries["acme"]
    case = entry.case
    assert case.text == "My channel is gone & nobody says why"
    assert [event.event for event in case.events] == ["reply", "followup"]
    assert (case.source, case.url, case.author, case.language) == (
        "another channel",
        "https://social.example/1",
        "Anna",
        "de",
    )


def test_the_same_file_twice_adds_nothing_twice(house: House) -> None:
    other = line(turns=[{"who": "customer", "at": "2020-04-02T17:31:32Z", "text": "Another one"}])
    assert "2 added" in run(house, line(), other).output
    assert "0 added, 0 extended, 2 there already" in run(house, line(), other).output
    assert len(load(house.content).entries["acme"]) == 2


def test_a_longer_export_of_the_same_conversation_extends_it(house: House) -> None:
    run(house, line(turns=GOOD["turns"][:2]))
    assert "0 added, 1 extended" in run(house, line()).output
    (entry,) = load(house.content).entries["acme"]
    assert len(entry.case.events) == 2


def test_a_thread_that_forks_becomes_two_cases(house: House) -> None:
    branch = [*GOOD["turns"][:1], {"who": "company", "at": "2020-04-01T19:00:00Z", "text": "Something else."}]
    for _ in range(2):
        result = run(house, line(), line(turns=branch))
        assert result.exit_code == 0
    assert "0 added, 0 extended, 2 there already" in result.output
    assert len(load(house.content).entries["acme"]) == 2


def turn(**changes: object) -> list[dict[str, object]]:
    return [{**GOOD["turns"][0], **changes}]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("3", "not a JSON object"),
        (b'{"turns": "\xff"}', "not UTF-8"),
        ("{}", "no `turns`"),
        (line(turns=[]), "no `turns`"),
        (line(turns=["hello"]), "turn 1: expected who, at and text"),
        (line(turns=turn(who="boss")), "turn 1: `who` is 'boss', expected customer or company"),
        (line(turns=turn(who="company")), "turn 1: the first word is the customer's"),
        (line(turns=turn(at="yesterday")), "turn 1: `at` is 'yesterday', expected a time with its zone"),
        (line(turns=turn(at="2020-04-01T17:31:32")), "expected a time with its zone"),
        (line(turns=turn(at=None)), "turn 1: `at` is None"),
        (line(turns=turn(text=" ")), "text: Please write what happened"),
        (line(turns=turn(text="x" * 4001)), "text: This is 1 character too long"),
        (line(turns=[*GOOD["turns"][1:], *GOOD["turns"][:1]]), "turn 1: the first word is the customer's"),
        (line(turns=[GOOD["turns"][0], GOOD["turns"][2], GOOD["turns"][1]]), "turn 3: an event earlier than"),
        ("x" * 1_000_001, "longer than 1000000 bytes"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_the_good_ones_are_kept(
    house: House, bad: str | bytes, why: str
) -> None:
    result = run(house, line(), bad, line(turns=turn(text="The third line")))
    assert result.exit_code == 1
    assert "conversations.jsonl:2: " in result.output
    assert why in result.output
    assert "2 added, 0 extended, 0 there already, 1 lines refused" in result.output
    assert len(load(house.content).entries["acme"]) == 2


def test_an_unknown_company_is_wrong_usage_and_nothing_is_written(house: House) -> None:
    file = house.folder / "x.jsonl"
    file.write_text(line())
    result = CliRunner().invoke(main, ["import", str(file), "--company", "nobody", "--content", str(house.content)])
    assert result.exit_code == 2
    assert "amends company add nobody" in result.output


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4))
    | st.fixed_dictionaries({"turns": st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=9)), max_size=3)})
)
def test_no_line_makes_the_reader_fail_otherwise_than_with_a_sentence(value: object) -> None:
    data = json.dumps(value).encode()
    try:
        number = read_line(data, ACME, "import").number
    except ValueError as error:
        number = str(error)
    assert number


def test_imported_cases_have_no_line_in_the_ledger(house: House) -> None:
    run(house, line())
    house.work()
    assert not list(Path(house.content).glob("*/ledger/*"))
