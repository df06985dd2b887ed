"""How many links with which customers recommend a company bring a visit: from the inbox to the record and the board."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from amends.board import create_board
from amends.inbox import erasures, referrals
from amends.inbox.erasures import Erasure
from amends.inbox.schema import referral
from amends.record import Record, RecordError, Referrals, load, read_referrals, write_referrals
from tests.boards import a_record, read, words_of
from tests.factories import a_case, after, an_event, make_board, put
from tests.house import House
from tests.test_cli import amends
from tests.test_walk import Memory

counts = st.tuples(st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1)).map(
    lambda pair: Referrals(max(pair), min(pair))
)


def recommend(house: House, *, visited: bool = False) -> str:
    """Let a customer of acme make a link, which perhaps somebody follows; return the case's number."""
    number = house.receive()
    with house.inbox.writing() as connection:
        code = referrals.make(connection, number, "acme", house.now)
        if visited:
            referrals.visited(connection, "acme", code)
    return number


def published(house: House) -> Referrals | None:
    return load(house.content).referrals.get("acme")


def an_hour_later(house: House) -> None:
    house.pass_time(hours=1)
    house.work()


# --- The file ---


@given(counts)
def test_what_is_written_is_read(found: Referrals) -> None:
    assert read_referrals(write_referrals(found), "x") == found


@given(counts, counts)
def test_two_counts_together_are_never_less_than_one_and_never_more_visits_than_links(
    one: Referrals, other: Referrals
) -> None:
    both = one.together(other)
    assert both == other.together(one) == both.together(one)
    assert both.visited <= both.made
    assert read_referrals(write_referrals(both), "x") == both


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("made = 3\nvisited = 4\n", 2, "visited"),
        ("made = -1\nvisited = 0\n", 1, "made"),
        ("made = true\nvisited = 0\n", 1, "made"),
        ("made = 3.0\nvisited = 0\n", 1, "made"),
        ("visited = 0\n", None, "made"),
        ("made = 3\nvisited = 0\nwho = 'Anna'\n", 3, "who"),
        ("made = \n", 1, None),
        ("", None, "made"),
    ],
)
def test_what_cannot_be_is_a_fault_with_its_place(text: str, line: int | None, key: str | None) -> None:
    with pytest.raises(RecordError) as refused:
        read_referrals(text, "acme/referrals.toml")
    assert (refused.value.faults[0].line, refused.value.faults[0].key) == (line, key)


def test_a_faulty_file_shows_what_it_said_before_and_the_check_names_it(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path), Memory()
    path = put(content / "acme" / "referrals.toml", "made = 12\nvisited = 5\n")
    assert load(content, memory).referrals == {"acme": Referrals(12, 5)}
    path.write_text("made = 12\nvisited = 50\n")
    assert load(content).referrals == {}
    found = load(content, memory)
    assert found.referrals == {"acme": Referrals(12, 5)}
    assert [str(fault) for fault in found.faults] == [
        "acme/referrals.toml:2: visited: found 50, expected at most made, 12"
    ]
    result = amends("check", content)
    assert result.exit_code == 1
    assert "visited: found 50, expected at most made, 12" in result.stderr
    path.rename(path.with_name("referal.toml"))
    assert "(did you mean referrals.toml?)" in " ".join(amends("check", content).stderr.split())


def test_where_there_is_no_company_the_file_is_nobodys(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    put(content / "gone" / "referrals.toml", "nonsense")
    assert load(content).referrals == {}
    assert load(content).faults == ()


# --- From the inbox into the record ---


def test_the_worker_writes_the_sums_once_an_hour_and_only_what_is_new(house: House) -> None:
    recommend(house)
    house.work()
    assert published(house) == Referrals(1, 0)
    file = house.content / "acme" / "referrals.toml"
    assert file.read_text() == "made = 1\nvisited = 0\n"
    recommend(house, visited=True)
    house.work()
    assert published(house) == Referrals(1, 0)
    an_hour_later(house)
    assert published(house) == Referrals(2, 1)
    before = file.stat().st_mtime_ns, file.stat().st_ino
    an_hour_later(house)
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    assert not (house.content / "bolt" / "referrals.toml").exists()


def test_an_erasure_is_not_seen_in_the_sums(house: House) -> None:
    number = recommend(house, visited=True)
    house.work()
    with house.inbox.writing() as connection:
        erasures.add(connection, Erasure(number, "acme", house.now))
        assert referrals.by_company(connection) == {}
    an_hour_later(house)
    assert published(house) == Referrals(1, 1)
    recommend(house)
    an_hour_later(house)
    assert published(house) == Referrals(1, 1)


def test_a_record_that_goes_on_with_another_inbox_keeps_its_sums(house: House) -> None:
    file = put(house.content / "acme" / "referrals.toml", write_referrals(Referrals(40, 13)))
    an_hour_later(house)
    recommend(house, visited=True)
    an_hour_later(house)
    assert file.read_text() == write_referrals(Referrals(40, 13))


def test_a_file_with_a_fault_is_left_alone_until_somebody_mends_it(house: House) -> None:
    recommend(house)
    file = put(house.content / "acme" / "referrals.toml", "made = many\n")
    house.worker._turn_safely()
    assert file.read_text() == "made = many\n"
    assert any("referrals.toml" in failure for failure in house.worker._publisher.failures)
    file.unlink()
    an_hour_later(house)
    assert published(house) == Referrals(1, 0)


def test_of_a_company_that_is_gone_nothing_is_written(house: House) -> None:
    recommend(house)
    (house.content / "acme" / "company.toml").unlink()
    an_hour_later(house)
    assert not (house.content / "acme" / "referrals.toml").exists()


def test_nothing_of_a_person_is_in_the_file(house: House) -> None:
    number = recommend(house, visited=True)
    with house.inbox.writing() as connection:
        connection.execute(update(referral).values(visits=77))
    house.work()
    text = (house.content / "acme" / "referrals.toml").read_text()
    assert number not in text
    assert "77" not in text


# --- On the board ---


def with_links(made: int, visited: int) -> Record:
    record = a_record(a_case(an_event("reply"), an_event("verdict", 50, recommend=9)))
    return Record(
        record.board, record.companies, record.entries, record.ledgers, referrals={"acme": Referrals(made, visited)}
    )


LATER = after(24 * 40)


@pytest.mark.parametrize(
    ("made", "visited", "said"),
    [
        (0, 0, ""),
        (1, 1, "Customers have made 1 link to recommend the company: too few to say how many bring visits."),
        (9, 9, "Customers have made 9 links to recommend the company: too few to say how many bring visits."),
        (10, 0, "Of 10 links that customers have made to recommend the company, 0 brought at least one visit."),
        (12, 5, "Of 12 links that customers have made to recommend the company, 5 brought at least one visit."),
    ],
)
def test_the_page_says_how_many_links_bring_visits_unless_they_are_too_few(made: int, visited: int, said: str) -> None:
    page = words_of(read(create_board(with_links(made, visited), LATER).test_client(), "/acme/figures/"))
    assert said in page
    assert ("to recommend the company" in page) is bool(said)


def test_the_figures_for_machines_have_the_share_beside_what_customers_say() -> None:
    client = create_board(with_links(12, 3), LATER).test_client()
    own = json.loads(read(client, "/acme/figures.json"))
    (of_board,) = json.loads(read(client, "/figures.json"))["companies"]
    for found in (own, of_board):
        assert (found["referrals"]["part"], found["referrals"]["whole"], found["referrals"]["value"]) == (3, 12, 0.25)
        assert found["referrals"]["too_few"] is False
    assert "over all time" in own["definitions"]["referrals"]
    without = json.loads(read(create_board(with_links(0, 0), LATER).test_client(), "/acme/figures.json"))
    assert (without["referrals"]["whole"], without["referrals"]["value"]) == (0, None)


def test_a_board_that_is_brought_up_to_date_shows_new_sums_wherever_they_stand(house: House) -> None:
    recommend(house)
    house.work()
    for place in ("acme/figures.json", "figures.json"):
        assert '"whole": 1' in referrals_in(house, place)
    recommend(house, visited=True)
    an_hour_later(house)
    for place in ("acme/figures.json", "figures.json"):
        assert '"part": 1, "whole": 2' in referrals_in(house, place)
    house.receive("bolt")
    house.pass_time(hours=25)
    house.work()
    assert '"part": 1, "whole": 2' in referrals_in(house, "figures.json")


def referrals_in(house: House, place: str) -> str:
    """What a file of figures says of acme's referrals."""
    found = json.loads((house.public / place).read_text())
    (of_acme,) = [one for one in found.get("companies", [found]) if one["company"]["slug"] == "acme"]
    return json.dumps(of_acme["referrals"])
