"""What the pages say of a company in figures: never more than the numbers do."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amends.board import create_board, figure_tables, figure_words, five
from amends.board.edition import Edition
from amends.case import Case, Kind, Outcome, Reason
from amends.figures import Mean, Share, Wait
from amends.language import LANGUAGES, language
from amends.record import LedgerOutcome, Record
from tests.boards import STATIC, TEXT, a_client, a_record, read, words_of
from tests.effort import EFFORT
from tests.factories import a_case, a_line, after, an_event

ENGLISH = language("en")
LATER = after(24 * 60)
"""Two months on: the month of the default receipt is one of the twelve closed ones."""

SHARES = st.integers(0, 3000).flatmap(
    lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole), st.integers(0, whole))
)
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=400))


def record_of(*fates: tuple[float | None, Outcome | None, bool | None], withheld: int = 0) -> Record:
    """A record of cases by the hours until the reply, the verdict, and whether the customer would come back."""
    cases = [_case_of(place, *fate) for place, fate in enumerate(fates)]
    lines = [
        a_line(f"w{place:07}", outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE, at=after(9))
        for place in range(withheld)
    ]
    return a_record(*cases, ledger=tuple(lines))


def _case_of(place: int, hours: float | None, outcome: Outcome | None, again: bool | None) -> Case:
    events = [] if hours is None else [an_event("reply", hours)]
    if hours is not None and outcome:
        events.append(an_event("verdict", hours + 1, outcome=outcome, again=again, score=8 if again else None))
    return a_case(*events, number=f"{place:08}", text=TEXT)


FATES = st.lists(
    st.tuples(st.none() | st.floats(0, 700), st.none() | st.sampled_from(Outcome), st.none() | st.booleans()),
    max_size=24,
)


def figures_page(record: Record) -> str:
    return read(create_board(record, LATER).test_client(), "/acme/figures/")


# --- Words for numbers ---


@given(SHARES)
@example(Share(999, 1000, 1000))
@example(Share(1, 3000, 3000))
def test_all_and_none_are_said_of_all_and_of_none_only(share: Share) -> None:
    said = five.percent(ENGLISH, share)
    if share.too_few:
        assert said in ("Too few to say", "None yet")
    assert (said == "100%") <= (share.part == share.whole)
    assert (said == "0%") <= (share.part == 0)


@given(SHARES)
def test_an_interval_is_never_written_narrower_than_it_is(share: Share) -> None:
    said, true = five.interval(ENGLISH, share), share.interval
    if share.too_few or true is None:
        assert said == ""
    else:
        low, high = map(int, said.split(" to "))
        assert low <= 100 * true[0] < low + 1
        assert high - 1 < 100 * true[1] <= high


@given(LENGTHS)
@example(timedelta(hours=23, minutes=59, seconds=1))
@example(timedelta(days=1, seconds=1))
def test_a_wait_is_never_written_shorter_than_it_was(length: timedelta) -> None:
    said = five.at_most(ENGLISH, length)
    if not length:
        assert said == "under 1 min"
        return
    units = {"day": timedelta(days=1), "hr": timedelta(hours=1), "min": timedelta(minutes=1)}
    found = re.findall(r"(\d+) (day|hr|min)", said)
    written = sum((int(number) * units[unit] for number, unit in found), timedelta(0))
    assert length <= written
    assert written < length + (timedelta(hours=1) if length > timedelta(hours=24) else timedelta(minutes=1))


@given(st.lists(st.integers(0, 10), min_size=10, max_size=40))
@example([10] * 39 + [9])
def test_a_mean_score_of_ten_is_written_only_of_tens(scores: list[int]) -> None:
    mean = Mean(sum(scores), len(scores), len(scores))
    found = replace(Edition(record_of(), LATER).figures_all("acme"), score=mean)
    of = five.five(ENGLISH, found, LATER)
    written = figure_tables.said(ENGLISH, [found], [of])[1].values[0][0]
    assert (written == "10.0") == (set(scores) == {10})
    assert float(written) <= sum(scores) / len(scores)


@given(st.lists(st.none() | LENGTHS, max_size=30))
@example([None] * 10)
def test_a_median_is_named_only_where_half_had_it(lengths: list[timedelta | None]) -> None:
    found = replace(Edition(record_of(), LATER).figures_all("acme"), first_reply=Wait.of(lengths))
    heading = figure_words.first_reply(ENGLISH, found)
    had = sum(length is not None for length in lengths)
    if heading.startswith("Half"):
        assert 2 * had >= len(lengths) >= 10
    elif heading.startswith("More than half"):
        assert 2 * had < len(lengths)
    else:
        assert len(lengths) < 10
        assert "too few" in heading


@given(FATES, st.integers(0, 4))
@settings(max_examples=24 * EFFORT, deadline=None)
def test_what_the_five_figures_say_is_what_was_counted(
    fates: list[tuple[float | None, Outcome | None, bool | None]], withheld: int
) -> None:
    edition = Edition(record_of(*fates, withheld=withheld), LATER)
    (found, *_) = edition.figures_shown("acme")
    said = five.five(ENGLISH, found, LATER)
    assert [headline.name for headline in said.headlines] == list(five.NAMES)
    answered, _, solved, _, again = said.headlines
    had = sum(hours is not None for hours, _, _ in fates)
    received = len(fates) + withheld
    assert answered.lines == ((f"{had} of {received} received",) if received else ())
    verdicts = [outcome for hours, outcome, _ in fates if hours is not None]
    disputed = verdicts.count(Outcome.PARTLY) + verdicts.count(Outcome.UNSOLVED)
    assert solved.lines[1:] == ((f"{disputed} disputed", "0 not confirmed") if received else ())
    against = len(fates) - had + withheld
    assert any(line.startswith(f"{against} unseen or unanswered") for line in again.lines) == (against > 0)
    assert said.unseen.startswith(f"In these twelve months {withheld} case") if withheld else said.unseen == ""
    for headline in said.headlines:
        assert "".join(piece for piece, _ in headline.pieces) == headline.value
        assert headline.known or not any(character.isdigit() for character in headline.value)


@given(FATES, st.integers(0, 4), st.integers(0, 3))
@settings(max_examples=24 * EFFORT, deadline=None)
def test_what_counts_against_the_company_is_named_beside_what_customers_said(
    fates: list[tuple[float | None, Outcome | None, bool | None]], withheld: int, praised: int
) -> None:
    record = record_of(*fates, withheld=withheld)
    praise = [a_case(number=f"p{place:07}", kind=Kind.PRAISE, text=TEXT) for place in range(praised)]
    entries = (*record.entries["acme"], *a_record(*praise).entries["acme"])
    edition = Edition(replace(record, entries={"acme": entries}), LATER)
    (found, *_) = edition.figures_shown("acme")
    of = five.five(ENGLISH, found, LATER)
    against = sum(hours is None for hours, _, _ in fates) + withheld + praised
    scores = sum(bool(hours is not None and outcome and again) for hours, outcome, again in fates)
    again, score, _ = (line.values[0][1] for line in figure_tables.said(ENGLISH, [found], [of]))
    assert of.against == against
    assert any(line.startswith(f"{against} unseen or unanswered") for line in again) == (against > 0)
    if scores + against:
        spoke, *worst = score
        assert spoke == ("1 customer said" if scores == 1 else f"{scores} customers said")
        assert [line.partition(" ")[0] for line in worst] == ([str(against)] if against else [])
        assert all(line.endswith("as 0 of 10") for line in worst)
    else:
        assert score == ()


@given(FATES)
@settings(max_examples=16 * EFFORT, deadline=None)
def test_a_heading_says_all_only_of_all(fates: list[tuple[float | None, Outcome | None, bool | None]]) -> None:
    found = Edition(record_of(*fates), LATER).figures_all("acme")
    had = sum(hours is not None for hours, _, _ in fates)
    heading = figure_words.answered(ENGLISH, found)
    if "no answer" in heading:
        assert heading.startswith(f"{len(fates) - had} of {len(fates)} received")
    else:
        assert had == len(fates)


# --- The page ---


def ids(page: str) -> set[str]:
    return set(re.findall(r'<section class="chart[^"]*" id="([^"]+)"', page))


@pytest.mark.parametrize("record", [record_of(), record_of((2, Outcome.SOLVED, True)), record_of((None, None, None))])
def test_every_figure_has_its_place_whatever_was_received(record: Record) -> None:
    assert {"all-time", *five.NAMES} <= ids(figures_page(record))


def test_a_company_without_cases_has_definitions_and_no_chart() -> None:
    page = figures_page(record_of())
    assert "No case was received yet." in words_of(page)
    assert "None yet" in words_of(page)
    assert 'role="img"' not in page
    assert "Silence is never success" in page


MANY = [(hours, Outcome.SOLVED, True) for hours in range(1, 60)] + [(None, None, None)] * 20


def test_every_chart_has_a_name_and_a_table() -> None:
    page = figures_page(record_of(*MANY))
    drawn = re.findall(r'<svg class="(plot[^"]*)" role="img" aria-label="([^"]+)"', page)
    assert len(drawn) == page.count('<svg class="plot') == 4
    assert all(name.endswith("The table has the numbers.") for _, name in drawn)
    for section in re.findall(r'<section class="chart.*?</section>', page, re.DOTALL):
        assert "<table" in section


def test_a_month_adds_up_in_its_column() -> None:
    rows = dict(
        re.findall(r'<tr[^>]*><th scope="row">([^<]+)</th>(.*?)</tr>', figures_page(record_of(*MANY)), re.DOTALL)
    )
    received, answered, none = (numbers_of(rows[name]) for name in ("Received", "Answered", "No answer"))
    assert len(answered) == 14
    assert [one + other for one, other in zip(answered, none, strict=True)] == [0] * 10 + [79, 0, 79, 79]
    assert received == [0] * 10 + [79, 0]


def numbers_of(cells: str) -> list[int]:
    return [int(number) for number in re.findall(r">(\d+)<", cells)]


def test_the_unanswered_are_drawn_and_numbered() -> None:
    page = figures_page(record_of(*MANY))
    assert page.count('<rect class="rest"') == 4
    assert "no answer: 20 of 79" in words_of(page)
    assert '<text class="number' in page


def test_nothing_received_in_the_closed_months_shows_all_time_and_says_so() -> None:
    record = record_of(*MANY)
    old = replace(record.company("acme"), slug="acme")
    cases = [replace(entry, case=replace(entry.case, received=after(-24 * 900))) for entry in record.entries["acme"]]
    page = words_of(figures_page(replace(record, companies=(old,), entries={"acme": tuple(cases)})))
    assert "All time: nothing was received in the twelve closed months to December 2026." in page
    assert "Twelve months" not in page


def test_what_is_not_in_a_closed_month_yet_is_said_in_words() -> None:
    client = a_client(a_case(an_event("reply")), a_case(number="bbbbbbbb"), now=after(48))
    page = words_of(read(client, "/acme/figures/"))
    assert "November 2026 so far: received 2, answered 1." in page


def test_what_cannot_be_seen_is_counted_aloud() -> None:
    page = words_of(figures_page(record_of(*MANY, withheld=3)))
    assert "3 cases were withheld or are lost. Nobody can see them, so they count against the company." in page
    assert "hate against people 3 3" in page
    assert "23 unseen or unanswered count as no" in page


def test_spam_and_imported_cases_are_named_apart() -> None:
    spam = a_line("ssssssss", outcome=LedgerOutcome.WITHHELD, reason=Reason.SPAM)
    imported = a_case(number="mmmmmmmm", source="Market Square", text=TEXT)
    record = a_record(a_case(an_event("reply")), imported, ledger=(spam,))
    page = words_of(figures_page(record))
    assert "1 message was spam to the keeper (50% of all that came) and counts in no figure." in page
    assert "1 case was imported from elsewhere and counts in no figure." in page
    assert "1 of 1 received" in page


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_page_of_figures_can_be_written_in_every_language(tag: str) -> None:
    record = a_record(*_cases(record_of(*MANY)), language=tag)
    page = figures_page(record)
    assert f'<html lang="{tag}"' in page
    assert len(page.encode()) <= 60 * 1024
    assert "style=" not in page


def _cases(record: Record) -> Iterable[Case]:
    return (entry.case for entry in record.entries["acme"])


def test_in_arabic_time_runs_from_right_to_left() -> None:
    page = figures_page(a_record(*_cases(record_of(*MANY)), language="ar"))
    places = [float(x) for x in re.findall(r'<circle class="curve" cx="([\d.]+)%"', page)]
    assert places == sorted(places, reverse=True)


def test_the_longest_silence_is_said_with_dates_that_stay_true() -> None:
    page = words_of(figures_page(record_of((50, None, None), (None, None, None))))
    assert "The longest wait that is over took 2 days 2 hr." in page
    assert "The oldest case without an answer came on 2 November 2026, 09:00." in page


def test_the_style_of_figures_keeps_to_its_budget() -> None:
    assert (STATIC / "figures.css").stat().st_size <= 8 * 1024
