"""The proof and the ledgers: every case received is in exactly one row, and anybody can add it up."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.board import create_board, urls
from amends.board.edition import Edition
from amends.board.page import Page
from amends.board.pages.proof import ledger, ledger_of_month, show
from amends.board.proof import Became, Month, Proof, month_name, total
from amends.case import Case, Reason
from amends.figures import ALL_TIME, facts, figures
from amends.record import Entry, LedgerLine, LedgerOutcome, Record, Standing, load, write_ledger
from tests.boards import CASES, EXAMPLE, NOW, TEXT, a_client, a_record, read, words_of
from tests.factories import NUMBER, OTHER_NUMBER, START, a_case, a_company, a_line, an_event

FILES = [case for name, case in CASES.items() if name not in ("duplicate",)]
OUTCOMES = [
    *((outcome, None) for outcome in LedgerOutcome if outcome is not LedgerOutcome.WITHHELD),
    *((LedgerOutcome.WITHHELD, reason) for reason in Reason),
]


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A company whose files and lines are anything that a record can hold, also what no service would write."""
    entries, ledger = [], []
    for index in range(draw(st.integers(0, 8))):
        number, received = f"{index:08}", START + timedelta(days=draw(st.integers(0, 90)))
        standing = draw(st.sampled_from([None, *Standing]))
        line = draw(st.sampled_from([None, *OUTCOMES]))
        if line is not None:
            ledger.append(a_line(number, received=received, outcome=line[0], reason=line[1]))
        if standing in (Standing.PLACEHOLDER, Standing.MISSING):
            entries.append(Entry(a_case(number=number, received=received, topic="unknown"), "x.md", standing))
        elif standing is not None:
            entries.append(Entry(moved(draw(st.sampled_from(FILES)), number, received - START), "x.md", standing))
    return a_record(*entries, ledger=tuple(ledger))


def moved(case: Case, number: str, by: timedelta) -> Case:
    """The same case with another number, so much later."""
    events = tuple(replace(event, at=event.at + by) for event in case.events)
    return replace(case, number=number, received=case.received + by, reply_by=case.reply_by + by, events=events)


AFTERWARDS = START + timedelta(days=120)
"""When everything has happened that these records tell of."""


def proof_of(record: Record) -> Proof:
    (found,) = show(Edition(record, AFTERWARDS)).facts["proofs"]
    assert isinstance(found, Proof)
    return found


def months_of(record: Record) -> tuple[Month, ...]:
    page = ledger(Edition(record, AFTERWARDS), "acme")
    assert isinstance(page, Page)
    return tuple(page.facts["months"])


@settings(deadline=None)
@given(record=records())
def test_the_rows_add_up_to_what_the_figures_call_received(record: Record) -> None:
    company, entries, lines = record.company("acme"), record.entries["acme"], record.ledgers["acme"]
    known = facts(entries, lines, company.zone)
    found = proof_of(record)
    received = figures(known, ALL_TIME, AFTERWARDS, company.zone)
    assert sum(found.tally.rows.values()) == found.tally.received == received.received
    assert (found.tally.spam, found.tally.imported) == (received.spam.part, received.imported)
    assert found.tally.rows[Became.LOST] == received.places["lost"]
    assert sum(found.tally.withheld.values()) == found.tally.rows[Became.WITHHELD]
    assert len({entry.case.number for entry in entries} | {line.case for line in lines}) == (
        found.tally.received + found.tally.spam + found.tally.imported
    )


@settings(deadline=None)
@given(record=records())
def test_the_months_add_up_to_the_whole(record: Record) -> None:
    found = months_of(record)
    whole = proof_of(record).tally
    assert total(month.tally for month in found) == replace(whole, imported=0)
    assert [month.name for month in found] == sorted({month.name for month in found}, reverse=True)
    assert sum(month.lines for month in found) == len(record.ledgers["acme"])


@settings(deadline=None)
@given(record=records())
def test_who_adds_up_the_ledgers_gets_the_rows_but_for_the_cases_that_are_named(record: Record) -> None:
    found = proof_of(record)
    added: Counter[str] = Counter()
    edition = Edition(record, AFTERWARDS)
    for month in {month_name(line.received) for line in record.ledgers["acme"]}:
        file = ledger_of_month(edition, "acme", month)
        text = file.text if file else ""
        added.update(row["outcome"].partition(":")[0] for row in csv.DictReader(io.StringIO(text)))
    lines = {line.case: line for line in record.ledgers["acme"]}
    named = [lines[number] for number in found.lost if number in lines]
    orphans = [line for line in lines.values() if line.outcome == "published" and line.case not in files(record)]
    added.subtract(str(line.outcome) for line in [*named, *orphans])
    added.subtract(withheld=found.tally.spam)
    for number in found.unlisted:
        added.update(str(row) for row, count in proof_of(only(record, number)).tally.rows.items() if count)
    rows = {str(row): count for row, count in found.tally.rows.items() if row is not Became.LOST}
    assert rows == {name: added[name] for name in rows}


def files(record: Record) -> set[str]:
    return {entry.case.number for entry in record.entries["acme"]}


def only(record: Record, number: str) -> Record:
    """The same record with nothing but the file of that case."""
    entries = tuple(entry for entry in record.entries["acme"] if entry.case.number == number)
    return replace(record, entries={"acme": entries}, ledgers={"acme": ()})


def ledgers_of(record: Record) -> dict[str, str]:
    """The ledgers that a company's board gives away, by their addresses."""
    client = create_board(record, NOW).test_client()
    return {url: read(client, url) for url in urls(record, NOW) if url.endswith(".csv") and "/ledger/" in url}


def test_the_board_gives_away_every_ledger_of_the_example_as_the_record_has_it() -> None:
    record = load(EXAMPLE)
    given_away = ledgers_of(record)
    kept = {f"/{file.relative_to(EXAMPLE).as_posix()}": file.read_text() for file in EXAMPLE.glob("*/ledger/*.csv")}
    assert given_away == kept


def test_a_ledger_of_a_month_in_which_nothing_came_is_not_found() -> None:
    client = a_client(a_case(text=TEXT), ledger=(a_line(),))
    answer = client.get("/acme/ledger/2026-11.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.text == write_ledger([a_line()])
    assert client.get("/acme/ledger/2026-10.csv").status_code == 404
    assert client.get("/acme/ledger/2026-1.csv").status_code == 404


def test_a_month_of_a_year_of_three_digits_has_an_address_too() -> None:
    line = a_line(received=START.replace(year=204))
    assert month_name(line.received) == "0204-11"
    assert list(ledgers_of(a_record(ledger=(line,)))) == ["/acme/ledger/0204-11.csv"]


LINES = (
    a_line(outcome=LedgerOutcome.PUBLISHED),
    a_line("11111111", outcome=LedgerOutcome.PRIVATE),
    a_line("22222222", outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE),
    a_line("33333333", outcome=LedgerOutcome.WITHHELD, reason=Reason.SPAM),
    a_line("44444444", outcome=LedgerOutcome.WITHDRAWN),
    a_line("55555555", outcome=LedgerOutcome.ERASED),
    a_line("66666666"),
)


def test_each_outcome_has_a_row_with_its_meaning_and_the_rows_end_in_the_sum() -> None:
    imported = a_case(number=OTHER_NUMBER, text=TEXT, source="Market Square")
    page = words_of(read(a_client(a_case(text=TEXT), imported, ledger=LINES, now=NOW), "/proof/"))
    assert "6 were received since November 2026, and each is in exactly one row below." in page
    rows = ["Published", "Only for the company", "Withheld", "Withdrawn", "Erased", "Waiting", "Received"]
    places = [page.index(f" {row} ", page.index("What became of it")) for row in rows]
    assert places == sorted(places)
    assert "Received 6" in page
    assert "1 message was spam, 14% of all that came in" in page
    assert "1 case on this board was imported from elsewhere." in page
    assert "Hate 1 Withheld 1" in page
    assert "No readable file" not in page


def test_a_missing_file_has_its_own_row_and_is_named() -> None:
    missing = Entry(a_case(topic="unknown"), "x.md", Standing.MISSING)
    page = read(a_client(missing, ledger=(a_line(outcome=LedgerOutcome.PUBLISHED),), now=NOW), "/proof/")
    assert "No readable file published, and the file is missing or has a fault 1" in words_of(page)
    assert "Published on the board, with or without an answer 0" in words_of(page)
    assert "1 case has a line in the ledger or a place in the record, and no file that can be read." in words_of(page)
    assert f'<a href="/acme/{NUMBER}/">{NUMBER}</a>' in page


def test_a_file_without_a_line_counts_by_what_it_says_and_is_named() -> None:
    page = read(a_client(a_case(text=TEXT), now=NOW), "/proof/")
    assert "Published on the board, with or without an answer 1" in words_of(page)
    assert "1 case has a file and no line in the ledger. It counts by what its file says." in words_of(page)
    assert f'<a href="/acme/{NUMBER}/">{NUMBER}</a>' in page


@pytest.mark.parametrize(
    ("case", "line"),
    [
        (a_case(text=TEXT), a_line(outcome=LedgerOutcome.PRIVATE)),
        (a_case(text=TEXT), a_line(outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE)),
        (a_case(text=TEXT), a_line(outcome=LedgerOutcome.ERASED)),
        (a_case(text=TEXT), a_line()),
        (a_case(), a_line(outcome=LedgerOutcome.PUBLISHED)),
        (a_case(an_event("withdrawn", 5)), a_line(outcome=LedgerOutcome.PUBLISHED)),
        (a_case(an_event("removed", 5)), a_line(outcome=LedgerOutcome.WITHDRAWN)),
    ],
)
def test_a_case_of_which_file_and_ledger_differ_is_named(case: Case, line: LedgerLine) -> None:
    page = read(a_client(case, ledger=(line,), now=NOW), "/proof/")
    assert "Of 1 case the ledger and the file say different things." in words_of(page)
    assert f'<a href="/acme/{NUMBER}/">{NUMBER}</a>' in page


@pytest.mark.parametrize(
    ("case", "line"),
    [
        (a_case(text=TEXT), a_line(outcome=LedgerOutcome.PUBLISHED)),
        (a_case(), a_line()),
        (a_case(an_event("withdrawn", 5)), a_line(outcome=LedgerOutcome.WITHDRAWN)),
        (a_case(an_event("removed", 5)), a_line(outcome=LedgerOutcome.PUBLISHED)),
        (a_case(an_event("removed", 5)), a_line(outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE)),
        (a_case(an_event("hidden", 5), text=TEXT), a_line(outcome=LedgerOutcome.PUBLISHED)),
    ],
)
def test_where_files_and_ledger_agree_the_proof_says_so(case: Case, line: LedgerLine) -> None:
    record = a_record(case, ledger=(line,))
    assert proof_of(record).agrees
    assert "Nowhere: what the ledger calls published has its page" in words_of(
        read(a_client(case, ledger=(line,), now=NOW), "/proof/")
    )


def test_files_and_ledger_of_the_example_agree() -> None:
    assert "Nowhere: what" in words_of(read(create_board(load(EXAMPLE), NOW).test_client(), "/proof/"))


def test_what_was_removed_later_is_said_beside_the_sum() -> None:
    case, line = a_case(an_event("removed", 5)), a_line(outcome=LedgerOutcome.PUBLISHED)
    page = words_of(read(a_client(case, ledger=(line,), now=NOW), "/proof/"))
    assert "Of the published cases, 1 was removed by the keeper later. Its page and the reason stay." in page


def test_spam_that_had_a_page_stays_in_the_sum() -> None:
    line = a_line(outcome=LedgerOutcome.WITHHELD, reason=Reason.SPAM)
    found = proof_of(a_record(a_case(an_event("removed", 5)), ledger=(line,)))
    assert (found.tally.received, found.tally.spam) == (1, 0)
    assert found.tally.withheld == {Reason.SPAM: 1}


def test_a_long_list_of_cases_is_cut_with_the_number_of_the_rest() -> None:
    cases = [a_case(number=f"{index:08}", text=TEXT) for index in range(25)]
    page = read(a_client(*cases, now=NOW), "/proof/")
    assert "and 5 more" in page
    assert page.count('<a href="/acme/000000') == 20


def test_up_to_six_companies_stand_side_by_side_and_more_below_each_other() -> None:
    for count, side_by_side in ((2, True), (6, True), (7, False), (30, False)):
        page = read(create_board(crowd(count), NOW).test_client(), "/proof/")
        assert page.count('<th scope="col"><bdi>') == (count if side_by_side else 0)
        assert page.count('/ledger/">') == count
        assert ("wide-table" in page) is not side_by_side
        assert f"Received {' 1' * count if side_by_side else ''} {count} ".replace("  ", " ") in words_of(page)
        assert len(page.encode()) < 40_000


def crowd(count: int) -> Record:
    """A board of so many companies with one case each, and nothing that agrees."""
    companies = tuple(a_company(f"acme-{index}", name=f"Acme {index} of Upper Tooting") for index in range(count))
    return replace(
        a_record(),
        companies=companies,
        entries={
            company.slug: (Entry(a_case(number=f"{index:08}", company=company.slug, text=TEXT), "x.md"),)
            for index, company in enumerate(companies)
        },
        ledgers={},
    )


def test_a_board_without_companies_says_so() -> None:
    nothing = replace(a_record(), companies=(), entries={}, ledgers={})
    page = words_of(read(create_board(nothing, NOW).test_client(), "/proof/"))
    assert "None was received yet." in page
    assert "There is no company here yet." in page
    assert "Received 0" in page


def test_the_ledgers_page_counts_each_month_and_links_to_its_file() -> None:
    october = a_line("77777777", received=START - timedelta(days=20), outcome=LedgerOutcome.PRIVATE)
    client = a_client(a_case(text=TEXT), ledger=(*LINES, october), now=NOW)
    page = read(client, "/acme/ledger/")
    assert "7 were received since October 2026." in words_of(page)
    for month in ("2026-10", "2026-11"):
        assert f'href="/acme/ledger/{month}.csv"' in page
    header = client.get("/acme/ledger/2026-11.csv").text.partition("\n")[0]
    for column in header.split(","):
        assert f"<code>{column}</code>" in page


def test_whoever_adds_up_a_ledger_is_told_to_leave_spam_out() -> None:
    client = a_client(a_case(text=TEXT), ledger=LINES, now=NOW)
    told = "Add up the lines of a month without those that say withheld:spam : they stand beside the sum."
    assert told in words_of(read(client, "/proof/"))
    assert "Lines that say withheld:spam stand beside the sum." in words_of(read(client, "/acme/ledger/"))


def test_a_company_that_received_nothing_has_an_empty_ledger() -> None:
    page = words_of(read(a_client(), "/acme/ledger/"))
    assert "No case was received yet." in page
    assert a_client().get("/nobody/ledger/").status_code == 404


def test_no_page_claims_that_anything_cannot_vanish() -> None:
    client = create_board(load(EXAMPLE), NOW).test_client()
    for url in ("/proof/", "/about/", "/rules/", "/privacy/", "/radlager/ledger/"):
        page = words_of(read(client, url)).lower()
        assert "vanish" not in page
        assert "transparency log" not in page
