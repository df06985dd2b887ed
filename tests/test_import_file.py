"""Importing conversations from another channel."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from amends.cli import main
from amends.imports import read_line
from amends.record import Company, load
from amends.text import MAX_STAFF
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


def test_an_empty_line_is_no_conversation_and_no_fault(house: House) -> None:
    result = run(house, line(), "", "  ")
    assert result.exit_code == 0
    assert "1 added, 0 extended, 0 there already, 0 lines refused" in result.output


def test_a_time_in_another_zone_is_the_same_instant() -> None:
    first, *others = GOOD["turns"]
    elsewhere = {**first, "at": "2020-04-01T19:31:32+02:00"}
    one, other = (read_line(line(turns=[turn, *others]).encode(), ACME, "x") for turn in (first, elsewhere))
    assert one == other


def test_what_was_escaped_once_is_undone_once() -> None:
    turns = [{**GOOD["turns"][0], "text": "Write &amp;lt; for &lt;"}]
    assert read_line(line(turns=turns).encode(), ACME, "x").text == "Write &lt; for <"


@pytest.mark.parametrize("text", [" ", "x" * (MAX_STAFF + 1)])
def test_a_reply_without_words_or_with_too_many_is_refused(text: str) -> None:
    turns = [GOOD["turns"][0], {**GOOD["turns"][1], "text": text}]
    with pytest.raises(ValueError, match=f"turn 2: a reply of 1 to {MAX_STAFF} characters was expected"):
        read_line(json.dumps({"turns": turns}).encode(), ACME, "x")


def test_a_reply_keeps_the_name_of_the_person_who_wrote_it() -> None:
    turns = [GOOD["turns"][0], {**GOOD["turns"][1], "name": "Olga,\n care"}]
    (reply,) = read_line(line(turns=turns).encode(), ACME, "x").events
    assert reply.name == "Olga, care"


def test_an_imported_case_has_the_companys_own_promise() -> None:
    case = read_line(line().encode(), replace(ACME, reply_hours=72), "x")
    assert case.reply_by - case.received == timedelta(hours=72)


def test_a_longer_export_of_a_branch_extends_the_branch(house: House) -> None:
    branch = [*GOOD["turns"][:1], {"who": "company", "at": "2020-04-01T19:00:00Z", "text": "Something else."}]
    run(house, line(), line(turns=branch))
    longer = [*branch, {"who": "customer", "at": "2020-04-02T19:00:00Z", "text": "I see."}]
    assert "0 added, 1 extended, 1 there already" in run(house, line(), line(turns=longer)).output
    assert len(load(house.content).entries["acme"]) == 2


def test_a_reply_given_here_makes_no_second_case_of_the_next_import(house: House) -> None:
    run(house, line())
    (entry,) = load(house.content).entries["acme"]
    olga = house.at_the_desk()
    olga.decide(entry.case.number, "reply", name="Olga", text="We looked again.", topic="other", do="send")
    house.work()
    assert "0 added, 0 extended, 1 there already" in run(house, line()).output
    assert len(load(house.content).entries["acme"]) == 1


@pytest.mark.parametrize("bad", ['{"turns": [{"who": "customer", "at": "%s", "text": "%s"}]}'])
@pytest.mark.parametrize(("at", "text"), [("0001-01-01T00:00:00+23:00", "x"), ("2020-01-01T00:00:00Z", "\\ud800")])
def test_no_line_ends_the_import_of_the_others(house: House, bad: str, at: str, text: str) -> None:
    result = run(house, bad % (at, text), line())
    assert "Traceback" not in result.output
    assert "1 added" in result.output or "2 added" in result.output
    assert load(house.content).faults == ()
