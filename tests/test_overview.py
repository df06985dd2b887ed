"""Home and the page of a company: five figures with what they are made of, and nothing hidden beneath them."""

import re
from dataclasses import replace
from datetime import date

from amends.board import create_board
from amends.case import Case, Outcome, Reason
from amends.record import Answer, LedgerOutcome, Record, Update, UpdateKind
from tests.boards import TEXT, a_client, a_record, read, words_of
from tests.factories import a_case, a_company, a_line, after, an_event

LATER = after(24 * 60)
"""Two months on: the month of the default receipt is one of the twelve closed ones."""

FIVE = ("Answered", "Median time to first reply", "Confirmed solved", "Promises kept on time", "Would come back")


def solved(place: int, **facts: object) -> Case:
    verdict = an_event("verdict", 30, outcome=Outcome.SOLVED, again=place % 4 > 0)
    return a_case(an_event("reply", place + 1), verdict, number=f"{place:08}", text=TEXT, **facts)


TWENTY = tuple(solved(place) for place in range(20))
SILENT = tuple(a_case(number=f"s{place:07}", text=TEXT) for place in range(5))


def page_of(record: Record, url: str = "/acme/") -> str:
    return read(create_board(record, LATER).test_client(), url)


def figures_of(page: str) -> dict[str, str]:
    """What stands under each of the five figures on a company's page."""
    found = re.findall(r'<div><dt><a href="[^"]+#[a-z-]+">([^<]+)</a></dt>(.*?)</div>', page, re.DOTALL)
    return {title: re.sub(r"\s+", " ", re.sub(r"<small>|</small>|<[^>]+>", "", text)).strip() for title, text in found}


def test_a_company_shows_the_five_figures_with_what_they_are_made_of() -> None:
    page = page_of(a_record(*TWENTY, *SILENT))
    assert tuple(figures_of(page)) == FIVE
    assert figures_of(page) == {
        "Answered": "80% 20 of 25 received",
        "Median time to first reply": "13 hr 80% within 24 hours 20 of 25",
        "Confirmed solved": "80% 20 of 25 to be solved 0 disputed 0 not confirmed",
        "Promises kept on time": "Too few to say 0 of 5 cases with something due 5 unseen or unanswered count as no",
        "Would come back": "60% 15 of 25 5 unseen or unanswered count as no",
    }
    assert "January 2026 to December 2026, twelve closed months." in words_of(page)


def test_every_figure_leads_to_how_it_is_counted() -> None:
    record = a_record(*TWENTY)
    places = re.findall(r'<dt><a href="/acme/figures/#([^"]+)"', page_of(record))
    assert len(places) == 5
    assert set(places) <= set(re.findall(r' id="([^"]+)"', page_of(record, "/acme/figures/")))


def test_too_few_are_said_in_words_with_their_numbers() -> None:
    page = page_of(a_record(*TWENTY[:9]))
    assert figures_of(page)["Answered"] == "Too few to say 9 of 9 received"
    assert "A figure made of fewer than 10 cases is too few to say anything." in words_of(page)
    assert "Too few to say: received 9, answered 9." in words_of(page_of(a_record(*TWENTY[:9]), "/"))


def test_a_median_that_does_not_exist_is_not_a_number() -> None:
    silent = [a_case(number=f"s{place:07}", text=TEXT) for place in range(21)]
    found = figures_of(page_of(a_record(*TWENTY, *silent)))
    assert found["Median time to first reply"] == "More than half still wait 49% within 24 hours 20 of 41"


def test_withheld_cases_are_named_and_count_against() -> None:
    lines = tuple(a_line(f"w{place:07}", outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE) for place in range(5))
    page = page_of(a_record(*TWENTY, ledger=lines))
    assert figures_of(page)["Would come back"] == "60% 15 of 25 5 unseen or unanswered count as no"
    assert "In these twelve months 5 cases were withheld or are lost." in words_of(page)


def test_of_all_time_what_cannot_be_seen_is_not_said_to_be_of_these_months() -> None:
    lines = tuple(a_line(f"w{place:07}", outcome=LedgerOutcome.WITHHELD, reason=Reason.HATE) for place in range(5))
    page = words_of(read(create_board(a_record(*TWENTY, ledger=lines), after(100)).test_client(), "/acme/"))
    assert " 5 cases were withheld or are lost." in page
    assert "In these twelve months" not in page


def test_a_company_new_this_month_says_what_came_so_far_and_shows_all_time() -> None:
    page = words_of(read(a_client(*TWENTY, now=after(100)), "/acme/"))
    assert "All time: nothing was received in the twelve closed months to October 2026." in page
    assert "November 2026 so far: received 20, answered 20." in page
    assert "Twelve months" not in page
    assert "20 of 20 received" in page


def test_twelve_months_stand_under_their_columns() -> None:
    page = page_of(a_record(*TWENTY, *SILENT))
    rows = dict(re.findall(r'<tr[^>]*><th scope="row">([^<]+)</th>(.*?)</tr>', page, re.DOTALL))
    numbers = {name: [int(number) for number in re.findall(r">(\d+)<", cells)] for name, cells in rows.items()}
    assert numbers["Received"] == [0] * 10 + [25, 0]
    assert numbers["No answer"] == [0] * 10 + [5, 0]
    assert numbers["Open at month’s end"] == [0] * 10 + [5, 5]
    assert page.partition('<ul class="keys">')[0].count('<rect class="rest"') == 1
    assert 'role="img" aria-label="Cases received in each month' in page


def test_who_waits_now_stands_beside_the_closed_months() -> None:
    page = words_of(read(a_client(*TWENTY, *SILENT, now=after(22)), "/acme/"))
    assert "At present: 5 waiting in time, 0 overdue." in page


def test_the_longest_silence_is_that_of_all_time() -> None:
    old = a_case(number="aaaaaaaa", received=after(-24 * 700), text=TEXT)
    page = words_of(page_of(a_record(old, *TWENTY)))
    assert f"The oldest case without an answer came on {old.received:%-d %B %Y}, 09:00." in page


def test_what_was_changed_and_what_was_written_stand_on_the_company_s_page() -> None:
    update = Update(
        "2026-11-01-padding", UpdateKind.CHANGE, date(2026, 11, 1), "Frame boxes", "All of them.", said="Bent"
    )
    answer = Answer("damage", date(2026, 11, 2), "What to do with a bent wheel", "Bring it.")
    record = replace(a_record(*TWENTY), updates={"acme": (update,)}, answers={"acme": (answer,)})
    page = page_of(record)
    assert 'href="/acme/changes/#2026-11-01-padding"' in page
    assert 'href="/acme/answers/#damage"' in page
    assert "You said, we did" not in words_of(page_of(a_record(*TWENTY)))


def test_home_compares_companies_in_columns() -> None:
    record = a_record(*TWENTY, *SILENT)
    quiet = a_company("quay", name="Quay Street Books")
    record = replace(record, companies=(quiet, *record.companies))
    page = page_of(record, "/")
    assert tuple(re.findall(r'<th scope="col">([^<]+)</th>', page)) == FIVE
    assert page.index("Acme Post") < page.index("Quay Street Books")
    cells = re.findall(r'<td data-label="([^"]+)"><b[^>]*>([^<]+)</b>', page)
    assert cells == list(zip(FIVE, ("80%", "13 hr", "80%", "Too few to say", "60%"), strict=True))
    assert words_of(page).count("No case was received yet.") == 1


def test_what_is_past_the_closed_months_comes_last_on_home_and_is_called_all_time() -> None:
    past = a_record(*(solved(place, received=after(-24 * 900)) for place in range(19)), *TWENTY[:11])
    record = replace(
        past,
        companies=(a_company("past", name="Bent Wheels"), a_company("late", name="Old Mill")),
        entries={"late": past.entries["acme"][19:], "past": past.entries["acme"][:19]},
        ledgers={},
    )
    page = page_of(record, "/")
    assert page.index("accent-late") < page.index("accent-past")
    assert "19 received, all time" in words_of(page)
    assert "11 received, all time" not in words_of(page)


def test_a_bar_on_home_is_as_long_as_its_share() -> None:
    drawn = re.findall(r'class="part" d="M0 1.5h([\d.]+)"', page_of(a_record(*TWENTY, *SILENT), "/"))
    assert [float(length) for length in drawn] == [80, 80, 60]


def test_home_and_a_company_keep_to_the_weight_of_a_page() -> None:
    many = tuple(solved(place, topic=f"topic-{place % 12}") for place in range(400))
    record = a_record(*many)
    assert len(page_of(record).encode()) <= 40 * 1024
    assert len(page_of(record, "/").encode()) <= 40 * 1024
