"""Lists whose pages keep their cases, and counts that hide nothing."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.board import company_words, create_board, lists, urls
from amends.board.edition import Edition
from amends.board.shelf import Shelf
from amends.case import Case, Outcome, Reason, State
from amends.record import Entry, LedgerLine, LedgerOutcome, Standing, load
from tests.boards import CASES, EN, EXAMPLE, NOW, SOLVED, SOON, TEXT, a_client, a_record, numbered, read, words_of
from tests.effort import EFFORT
from tests.factories import a_case, a_line, after, an_event

# --- Lists ---


def pages_of(shelf: Shelf, name: str) -> list[lists.Page]:
    """All pages of a list, from the first one on, as one would walk through them."""
    found = []
    number: int | None = 0
    while number is not None:
        page = lists.page(shelf, name, number)
        assert page is not None
        found.append(page)
        number = page.on
    return found


def a_shelf(*cases: Case, now: datetime = SOON) -> Shelf:
    shelf = Edition(a_record(*cases), now).shelf("acme")
    assert shelf is not None
    return shelf


@pytest.mark.parametrize("name", ["all", "open"])
@given(size=st.integers(0, 320))
@settings(max_examples=12 * EFFORT, deadline=None)
def test_walking_through_a_list_shows_every_case_once(name: str, size: int) -> None:
    shelf = a_shelf(*(numbered(index) for index in range(size)))
    pages = pages_of(shelf, name)
    shown = [row.case.received for page in pages for row in page.rows]
    assert shown == [row.case.received for row in shelf.rows("all")][:: 1 if name == "open" else -1]
    assert len(pages) == 1 + len(list(lists.numbers(shelf, name)))
    assert max(len(page.rows) for page in pages) < 2 * lists.SIZE


def test_a_new_case_changes_only_the_last_pages() -> None:
    before = [numbered(index) for index in range(249)]
    old, new = a_record(*before), a_record(*before, numbered(249), numbered(250))
    pages = [url for url in urls(old, after(300)) if re.search(r"/(?:all|topic-delivery|2026-11)/\d+/", url)]
    assert len(pages) == 9
    clients = [create_board(record, after(300)).test_client() for record in (old, new)]
    changed = [url for url in pages if clients[0].get(url).data != clients[1].get(url).data]
    assert sorted(changed) == ["/acme/2026-11/3/", "/acme/all/3/", "/acme/topic-delivery/3/"]


def test_what_waits_longest_comes_first_where_it_is_asked_for() -> None:
    client = a_client(numbered(2), numbered(1), now=after(100))
    page = read(client, "/acme/overdue/")
    assert page.index("/acme/00000001/") < page.index("/acme/00000002/")
    assert "No answer" in read(client, "/")


def test_lists_hold_what_they_are_called_after() -> None:
    cases = [replace(case, number=f"{index:08}") for index, case in enumerate(CASES.values())]
    shelf = a_shelf(*cases, now=after(1000))
    assert {row.state for row in shelf.rows("solved")} == {State.CONFIRMED}
    assert {row.state for row in shelf.rows("disputed")} == {State.DISPUTED}
    assert [row.late for row in shelf.rows("overdue")] == [True] * len(shelf.lists["overdue"])
    assert len(shelf.lists["all"]) == len(shelf.lists["topic-delivery"]) == len(cases)


def test_filters_count_what_their_lists_show() -> None:
    client = a_client(numbered(1), replace(CASES["confirmed"], topic="billing"), now=after(100))
    page = words_of(read(client, "/acme/all/"))
    assert "All 2 Open 1 Overdue 1 Solved 1 Disputed 0" in page
    assert "Billing 1 Delivery 1" in page
    assert "November 2026 2" in page


def test_a_list_says_how_many_are_owed_an_answer_and_solved_and_nothing_of_none() -> None:
    waiting, confirmed, replied = numbered(1), CASES["confirmed"], replace(CASES["praise"], number="00000003")
    for cases, said in (
        ((waiting, confirmed), "2 cases. 1 is owed an answer and 1 is confirmed as solved."),
        ((waiting, replied), "2 cases. 1 is owed an answer."),
        ((confirmed,), "1 case. 1 is confirmed as solved."),
        ((replied,), "1 case."),
    ):
        page = words_of(read(a_client(*cases, now=after(200)), "/acme/all/"))
        assert said in page
        assert " 0 are " not in page


def test_a_case_leads_to_the_ones_before_and_after_it() -> None:
    client = a_client(numbered(1), numbered(2), numbered(3))
    page = words_of(read(client, "/acme/00000002/"))
    assert "Earlier case My parcel is three weeks late" in page
    assert "Later case My parcel is three weeks late" in page
    assert "Earlier case" not in read(client, "/acme/00000001/")


# --- Counts ---


def counted(*cases: Case | Entry, ledger: tuple[LedgerLine, ...] = (), hours: float = 100) -> dict[str, int]:
    found = Edition(a_record(*cases, ledger=ledger), after(hours)).counts("acme")
    return {key: getattr(found, key) for key in ("received", "answered", "waiting", "overdue", "confirmed", "disputed")}


def test_every_line_of_the_ledger_was_received() -> None:
    lines = tuple(a_line(f"{index:08}", outcome=outcome) for index, outcome in enumerate(LedgerOutcome))
    assert counted(ledger=lines)["received"] == len(LedgerOutcome)


@pytest.mark.parametrize(
    "outcome", [LedgerOutcome.PRIVATE, LedgerOutcome.WAITING, LedgerOutcome.WITHHELD, LedgerOutcome.PUBLISHED]
)
def test_what_has_no_page_is_on_the_clock_all_the_same(outcome: LedgerOutcome) -> None:
    line = a_line(outcome=outcome)
    assert counted(ledger=(line,), hours=1)["waiting"] == 1
    assert counted(ledger=(line,), hours=24)["overdue"] == 1
    assert counted(ledger=(replace(line, first_reply=after(1)),))["answered"] == 1


def test_nobody_owes_an_answer_to_spam_or_to_what_was_taken_back() -> None:
    spam = a_line(outcome=LedgerOutcome.WITHHELD, reason=Reason.SPAM)
    for line in (spam, a_line(outcome=LedgerOutcome.ERASED), a_line(outcome=LedgerOutcome.WITHDRAWN)):
        assert counted(ledger=(line,))["overdue"] == 0


def test_neither_hiding_nor_removing_makes_an_unanswered_case_less_overdue() -> None:
    for case in (CASES["awaiting"], a_case(an_event("hidden", 5), text=TEXT), a_case(an_event("removed", 5))):
        assert counted(case) == {
            "received": 1,
            "answered": 0,
            "waiting": 0,
            "overdue": 1,
            "confirmed": 0,
            "disputed": 0,
        }


def test_a_file_that_is_gone_counts_as_unanswered_whatever_the_ledger_says() -> None:
    line = a_line(outcome=LedgerOutcome.PUBLISHED, first_reply=after(1))
    missing = Entry(a_case(topic=""), "x.md", Standing.MISSING)
    assert counted(missing, ledger=(line,))["answered"] == 0
    assert counted(missing, ledger=(line,))["overdue"] == 1


def test_the_company_page_says_where_everything_received_is() -> None:
    lines = (
        a_line(outcome=LedgerOutcome.PUBLISHED),
        a_line("00000001", outcome=LedgerOutcome.PRIVATE),
        a_line("00000002", outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE),
        a_line("00000003", outcome=LedgerOutcome.WITHHELD, reason=Reason.SPAM),
    )
    page = words_of(read(a_client(CASES["awaiting"], ledger=lines), "/acme/"))
    assert "Of 3 cases received, 1 has a page here, 1 is private by the customer’s choice and 1 was withheld" in page
    assert "1 more message was spam, in none of these numbers." in page


@pytest.mark.parametrize("slug", ["hollin-post", "radlager"])
def test_the_overview_and_the_figures_count_the_same_cases_as_received_and_answered(slug: str) -> None:
    edition = Edition(load(EXAMPLE), NOW)
    counts, figures = edition.counts(slug), edition.figures_all(slug)
    assert (counts.received, counts.answered) == (figures.received, figures.answered.part)
    assert counts.imported == figures.imported


def test_imported_cases_are_named_apart_and_count_in_no_number() -> None:
    imported = replace(a_case(an_event("reply"), number="aaaaaaaa"), source="Market Square")
    counts = Edition(a_record(a_case(), imported), after(2)).counts("acme")
    assert (counts.received, counts.answered, counts.imported) == (1, 0, 1)
    assert "1 more case came from elsewhere, in none of these numbers." in company_words.adds_up(EN, counts)


def test_the_first_one_received_counts_even_where_it_has_no_page() -> None:
    record = a_record(a_case(received=after(5)), ledger=(a_line("2abc4def", received=after(1)),))
    assert Edition(record, after(9)).counts("acme").since == after(1)


def test_what_is_solved_stands_in_the_order_in_which_the_customers_said_so() -> None:
    reply = an_event("reply", 6, text="Sorry.")
    first = a_case(reply, replace(SOLVED, at=after(95)), number="aaaaaaaa", text=TEXT)
    second = a_case(reply, replace(SOLVED, at=after(90)), number="bbbbbbbb", received=after(1), text=TEXT)
    listed = [row.settled for row in a_shelf(first, second, now=after(100)).rows("solved")]
    assert listed == [after(90), after(95)]


def test_a_broken_promise_is_late_while_a_new_answer_is_not_due_yet() -> None:
    reply, promise = an_event("reply", 2.5, text="Sorry."), an_event("promise", 2.5)
    disputed = a_case(reply, promise, an_event("verdict", 110, outcome=Outcome.PARTLY), text=TEXT)
    (row,) = a_shelf(disputed, now=after(112)).rows("overdue")
    assert row.due is not None
    assert row.due > after(112)


def test_who_waits_longest_for_an_answer_stands_first_in_the_open_ones() -> None:
    old, again = after(0), an_event("verdict", 30, outcome=Outcome.UNSOLVED)
    disputed = a_case(an_event("reply", 1), again, number="00000001", received=old)
    silent = a_case(number="00000002", received=after(10), reply_by=after(34))
    promised = a_case(an_event("reply", 1), an_event("promise", 1, promise="p1", what="x", due=date(2026, 12, 1)))
    for name in ("open", "overdue"):
        shelf = a_shelf(disputed, silent, replace(promised, number="00000003"), now=after(24 * 60))
        assert [row.case.number for row in shelf.rows(name)] == ["00000002", "00000001", "00000003"]


def test_a_customer_who_wrote_twice_is_nobody_else() -> None:
    first, other = a_case(number="00000001"), a_case(number="00000002", same="00000001")
    twice = replace(other, number="00000003", events=(an_event("duplicate", 1, of="00000001"),))
    assert a_shelf(first, other, twice, now=after(2)).same("00000001") == 1
