"""Tables and figures for machines: whole, as their schemas say, and the ones can be counted again from the others."""

import csv
import io
import json
import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.board.edition import Edition
from amends.board.machines import definitions, figures, table
from amends.case import Reason
from amends.language import language
from amends.record import Entry, LedgerOutcome, Record, Standing, load
from tests.boards import CASES, EXAMPLE, NOW, TEXT, a_record
from tests.effort import EFFORT
from tests.factories import NUMBER, a_case, a_line, after, an_event
from tests.machines import fetch, fetch_json, hostile, said_by_all, said_everywhere
from tests.test_figures_never_improve import ZONE, Books, books

SCHEMAS = Path(__file__).parents[1] / "docs" / "schema"
GUIDE = (Path(__file__).parents[1] / "docs" / "guide.md").read_text("utf-8")
LATER = after(24 * 30)


def valid(found: object, name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(found)


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def record_of(held: Books) -> Record:
    return a_record(*held.entries, ledger=held.ledger, zone=ZONE)


# --- Counted again, from nothing but cases.csv ---


Rows = list[dict[str, str]]


def instant(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def took(row: dict[str, str], until: str) -> float:
    """Seconds from the receipt; without end where it has not happened."""
    return (instant(row[until]) - instant(row["received"])).total_seconds() if row[until] else math.inf


def within(rows: Rows, first: str | None, end: str | None) -> Rows:
    return [row for row in rows if (first or "") <= row["received"][:10] < (end or "9999")]


def share(part: int, whole: int) -> tuple[int, int]:
    return part, whole


def percentile(rows: Rows, until: str, percent: int) -> int | None:
    lengths = sorted(took(row, until) for row in rows)
    if not lengths or math.isinf(found := lengths[math.ceil(percent * len(lengths) / 100) - 1]):
        return None
    return int(found)


def counted_again(rows: Rows) -> dict[str, Any]:
    received = [row for row in rows if row["counts"] == "true"]
    base = [row for row in received if row["ending"]]
    ignored = [row for row in received if not row["ending"] and (row["place"], row["ignored"]) == ("page", "true")]
    against = [row for row in base + ignored if "true" in (row["unseen"], row["ignored"])]
    heard = [row for row in base if row not in against]
    due = [row for row in received if row["promise_due"] == "true"]
    again = [row["again"] for row in heard if row["again"]]
    score = [int(row["score"]) for row in heard if row["score"]]
    recommend = [int(row["recommend"]) for row in heard if row["recommend"]]
    spam = [row for row in rows if row["place"] == "spam"]
    waits = [took(row, "first_reply") if row["first_reply"] else took(row, "gone_at") for row in received]
    waiting = [row for row in received if not row["first_reply"] and row["place"] not in ("withdrawn", "erased")]
    return {
        "received": len(received),
        "answered": share(sum(bool(row["first_reply"]) for row in received), len(received)),
        "median": percentile(received, "first_reply", 50),
        "percentile_90": percentile(received, "first_reply", 90),
        "within_day": share(sum(took(row, "first_reply") <= 86400 for row in received), len(received)),
        "within_promise": share(sum("" < row["first_reply"] <= row["reply_by"] for row in received), len(received)),
        "solved": share(sum(row["ending"] == "confirmed" for row in base), len(base)),
        "endings": Counter(row["ending"] for row in base),
        "measure": percentile(base, "first_measure", 50),
        "promises_kept": share(sum(row["promise_kept_on_time"] == "true" for row in due), len(due)),
        "promises": Counter(row["promise"] for row in received if row["promise"]),
        "again": share(again.count("true"), len(again) + len(against)),
        "score": (sum(score), len(score) + len(against)),
        "recommend": (
            sum(points >= 9 for points in recommend),
            sum(points <= 6 for points in recommend) + len(against),
            len(recommend) + len(against),
        ),
        "longest_wait": max((int(wait) for wait in waits if math.isfinite(wait)), default=None),
        "waiting_since": min((row["received"] for row in waiting), default=None),
        "places": Counter(row["place"] for row in rows),
        "withheld": Counter(row["reason"] for row in received if row["place"] == "withheld"),
        "spam": share(len(spam), len(received) + len(spam)),
        "imported": sum(row["place"] == "imported" for row in rows),
        "topics": Counter(row["topic"] for row in received),
    }


def as_published(window: dict[str, Any]) -> dict[str, Any]:
    """The same figures as figures.json has them."""

    def parts(name: str) -> tuple[int, int]:
        return window[name]["part"], window[name]["whole"]

    shares = ("answered", "within_day", "within_promise", "solved", "promises_kept", "again", "spam")
    counts = ("endings", "promises", "places", "withheld")
    promoted = window["recommend"]
    return {
        **{name: window[name] for name in ("received", "longest_wait", "waiting_since", "imported")},
        **{name: parts(name) for name in shares},
        **{name: Counter(window[name]) for name in counts},
        "median": window["first_reply"]["median"],
        "percentile_90": window["first_reply"]["percentile_90"],
        "measure": window["first_measure"]["median"],
        "score": (window["score"]["total"], window["score"]["whole"]),
        "recommend": (promoted["promoters"], promoted["detractors"], promoted["whole"]),
        "topics": Counter({topic["topic"] or "": topic["received"] for topic in window["topics"]}),
    }


def open_before(row: dict[str, str], end: str) -> bool:
    spans = [span.split("/") for span in row["open_during"].split()]
    return any(since < end and (until == ".." or end <= until) for since, until in spans)


def agree(record: Record, now: datetime) -> None:
    """Compare figures.json with what the rows of cases.csv, and nothing else, add up to."""
    rows = read_csv(fetch(record, now, "/acme/cases.csv"))
    published = fetch_json(record, now, "/acme/figures.json")
    for window in published["windows"].values():
        assert counted_again(within(rows, window["first"], window["end"])) == as_published(window)
    ends = [month["first"] for month in published["months"][1:]] + [published["windows"]["closed_year"]["end"]]
    for month, end in zip(published["months"], ends, strict=True):
        inside = [row for row in within(rows, month["first"], end) if row["counts"] == "true"]
        still = [row for row in rows if row["counts"] == "true" and open_before(row, f"{end}T00:00:00Z")]
        assert (month["received"], month["open_at_end"]) == (len(inside), len(still))
        assert month["first_reply"]["median"] == percentile(inside, "first_reply", 50)


@settings(max_examples=20 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books())
def test_every_figure_can_be_counted_again_from_the_table_alone(held: Books) -> None:
    agree(record_of(held), NOW)


def test_the_example_boards_figures_can_be_counted_again_from_its_tables_alone() -> None:
    example = load(EXAMPLE)
    for company in example.companies:
        rows = read_csv(fetch(example, NOW, f"/{company.slug}/cases.csv"))
        window = fetch_json(example, NOW, f"/{company.slug}/figures.json")["windows"]["all_time"]
        assert counted_again(rows) == as_published(window)
        assert window["received"] > 10


# --- The tables ---


@settings(max_examples=16 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books())
def test_every_case_received_has_one_row_in_both_tables_and_both_say_the_same(held: Books) -> None:
    record = record_of(held)
    found = fetch_json(record, NOW, "/acme/cases.json")
    valid(found, "cases")
    rows = read_csv(fetch(record, NOW, "/acme/cases.csv"))
    assert sorted(row["case"] for row in rows) == held.numbers
    assert [
        {name: "" if value is None else json.dumps(value).strip('"') for name, value in row.items()}
        for row in found["cases"]
    ] == rows


@pytest.mark.parametrize("outcome", ["waiting", "private", "withheld", "withdrawn", "erased"])
def test_a_case_that_was_never_shown_has_its_row_and_no_words(outcome: str) -> None:
    reason = Reason.HATE if outcome == "withheld" else None
    line = a_line(outcome=LedgerOutcome(outcome), reason=reason, at=after(5), first_reply=after(3))
    (row,) = fetch_json(a_record(ledger=(line,)), LATER, "/acme/cases.json")["cases"]
    assert (row["case"], row["first_reply"], row["reason"]) == (NUMBER, "2026-11-02T12:00:00Z", reason)
    assert [row[name] for name in ("title", "url", "state", "kind", "topic")] == [None] * 5


def test_a_row_has_the_title_and_the_address_of_its_page_and_none_where_the_page_shows_none() -> None:
    (row,) = fetch_json(a_record(a_case(text=TEXT)), LATER, "/acme/cases.json")["cases"]
    assert row["title"] == "My parcel is three weeks late and nobody answers."
    assert row["url"] == f"https://board.example/acme/{NUMBER}/"
    for end in ("hidden", "removed", "withdrawn"):
        (row,) = fetch_json(a_record(CASES[end]), LATER, "/acme/cases.json")["cases"]
        assert (row["title"], row["state"]) == (None, end)
    lost = Entry(a_case(), "x.md", Standing.MISSING)
    (row,) = fetch_json(a_record(lost), LATER, "/acme/cases.json")["cases"]
    assert (row["place"], row["state"], row["title"]) == ("lost", None, None)


def test_the_board_says_where_the_tables_of_its_companies_are() -> None:
    example = load(EXAMPLE)
    found = fetch_json(example, NOW, "/cases.json")
    assert [company["slug"] for company in found["companies"]] == ["hollin-post", "radlager"]
    for company in found["companies"]:
        for name in ("cases_json", "cases_csv", "figures_json", "feed_xml", "feed_json"):
            path = company[name].removeprefix(example.board.base_url.rstrip("/"))
            assert fetch(example, NOW, path)


@settings(max_examples=16 * EFFORT, deadline=None)
@given(hostile)
def test_no_words_end_a_row_or_a_file_and_none_is_a_formula(words: str) -> None:
    record = said_everywhere(words)
    text = fetch(record, LATER, "/acme/cases.csv")
    (row,) = read_csv(text)
    assert text.count("\r\n") == 2
    assert not any(cell.lstrip().startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row.values())
    found = fetch_json(record, LATER, "/acme/cases.json")
    valid(found, "cases")
    title = found["cases"][0]["title"]
    assert row["title"] in (title, f"'{title}")


@given(st.text())
def test_a_cell_keeps_its_words_and_gets_at_most_an_apostrophe(cell: str) -> None:
    found = table.harmless(cell)
    assert found in (cell, f"'{cell}")
    assert not found.startswith(tuple("=+-@\t\r\n\0＝＋－＠"))


def test_the_guide_says_what_every_column_means() -> None:
    section = GUIDE.split("## For machines", 1)[1].split("\n## ", 1)[0]
    assert [column for column in table.COLUMNS if f"`{column}`" not in section] == []


# --- The figures ---


@settings(max_examples=12 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books())
def test_the_figures_are_as_their_schema_says(held: Books) -> None:
    record = record_of(held)
    valid(fetch_json(record, NOW, "/acme/figures.json"), "figures")
    valid(fetch_json(record, NOW, "/figures.json"), "figures")


@pytest.mark.parametrize(
    "records", [a_record(), a_record(said_by_all("x")), load(EXAMPLE)], ids=["none", "one", "many"]
)
def test_every_figure_stands_beside_how_it_is_counted(records: Record) -> None:
    edition = Edition(records, NOW)
    for company in records.companies:
        found: dict[str, Any] = json.loads(json.dumps(figures.company(edition, company)))
        valid(found, "figures")
        window = set(found["windows"]["closed_year"]) - {"first", "end"}
        assert window | {"open_at_end", "referrals"} == set(found["definitions"])


def test_a_share_says_what_it_is_made_of_and_whether_that_is_too_few() -> None:
    answered = a_case(an_event("reply", 2), text=TEXT)
    window = fetch_json(a_record(answered), LATER, "/acme/figures.json")["windows"]["all_time"]
    assert window["answered"] == {
        "part": 1,
        "whole": 1,
        "value": 1.0,
        "percent": 100,
        "interval": [0.206549, 1.0],
        "too_few": True,
    }
    nothing = fetch_json(a_record(), LATER, "/acme/figures.json")["windows"]["all_time"]["answered"]
    assert (nothing["value"], nothing["interval"], nothing["too_few"]) == (None, None, True)


def test_the_boards_figures_are_those_of_its_companies() -> None:
    example = load(EXAMPLE)
    for both in fetch_json(example, NOW, "/figures.json")["companies"]:
        alone = fetch_json(example, NOW, f"/{both['company']['slug']}/figures.json")
        assert both["company"] == alone["company"]
        for name, window in both["windows"].items():
            assert {**window, "topics": alone["windows"][name]["topics"]} == alone["windows"][name]


def test_every_definition_is_a_whole_sentence() -> None:
    assert [words for words in definitions.every(language("en")).values() if not words.endswith(".")] == []
