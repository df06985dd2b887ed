"""The page of a case: two columns joined by time, and honest about what it cannot show."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends import personal
from amends.board import create_board, history, thread, urls
from amends.board.edition import Edition
from amends.board.heading import heading
from amends.board.summary import late_summary, summary
from amends.case import Case, Event, State
from amends.record import Board, Contact, Entry, Standing
from amends.text import clean
from tests.boards import (
    CASES,
    EN,
    PARTLY,
    PROMISE,
    REPLY,
    SOLVED,
    SOON,
    TEXT,
    a_client,
    a_page,
    a_record,
    a_row,
    every_case,
    html_of,
    numbered,
    read,
    words_of,
)
from tests.factories import NUMBER, START, a_case, after, an_event
from tests.test_case import is_late

# --- The sentence on top ---


PARTLY_SOLVED = "Disputed: the customer says it is only partly solved."
SOLVED_LATE = an_event("verdict", 215)


@pytest.mark.parametrize(
    ("name", "hours", "said"),
    [
        ("awaiting", 1, "No answer yet; one is promised by 3 November 2026, 09:00."),
        ("awaiting", 24, "No answer yet; one was promised by 3 November 2026, 09:00."),
        ("stub", 30, "Nobody has read it yet; an answer was promised by 3 November 2026, 09:00."),
        ("promised", 10, "Answered in 2 hr 30 min; promised by 6 November 2026."),
        ("promised", 120, "Answered in 2 hr 30 min; a promise is overdue, it was due 6 November 2026."),
        ("kept", 80, "Answered in 2 hr 30 min; the promise was kept."),
        ("broken", 80, "Answered in 2 hr 30 min; the promise was broken."),
        ("confirmed", 100, "Solved in 4 days; the promise was kept and the customer confirmed."),
        ("disputed", 100, f"{PARTLY_SOLVED} A new answer is promised by 7 November 2026, 03:00."),
        ("disputed", 200, f"{PARTLY_SOLVED} A new answer has been overdue since 7 November 2026, 03:00."),
        ("answered-again", 200, f"{PARTLY_SOLVED} The company has answered again."),
        ("solved-by-company", 50, "The company says it is solved. The customer has not said so yet."),
        ("solved-by-company", 500, "The company says it is solved; the customer has not confirmed it."),
        ("hidden", 50, "Text under review since 2 November 2026, 14:00: spam. It still counts."),
        ("removed", 50, "Removed by the keeper on 2 November 2026, 14:00: spam."),
        ("withdrawn", 50, "Withdrawn by the customer on 2 November 2026, 14:00."),
        ("imported", 50, "Answered."),
        ("imported-unanswered", 50, "No answer was imported from Market Square."),
    ],
)  # fmt: skip
def test_one_sentence_says_where_a_case_stands(name: str, hours: float, said: str) -> None:
    assert EN.flat(summary(EN, a_row(CASES[name], after(hours)))) == said
    assert said in words_of(a_page(CASES[name], after(hours)))


OTHER = an_event("promise", 3, promise="p2", what="We call you.", due=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([an_event("kept", 150)], "Answered in 2 hr 30 min; the promise was kept late."),
        (
            [an_event("moved", 30, due=date(2026, 11, 9)), an_event("kept", 140)],
            "Answered in 2 hr 30 min; the promise was kept late.",
        ),
        (
            [an_event("moved", 30, due=date(2026, 11, 9)), an_event("kept", 80)],
            "Answered in 2 hr 30 min; the promise was kept.",
        ),
        (
            [OTHER, an_event("kept", 9, promise="p2"), an_event("kept", 150)],
            "Answered in 2 hr 30 min; a promise was kept late.",
        ),
        (
            [an_event("kept", 150), SOLVED_LATE],
            "Solved in 9 days; the promise was kept late and the customer confirmed.",
        ),
        (
            [OTHER, an_event("kept", 150), SOLVED_LATE],
            "Solved in 9 days; a promise was kept late and the customer confirmed.",
        ),
    ],
)
def test_a_promise_kept_after_its_first_date_is_said_to_be_late(events: list[Event], said: str) -> None:
    case = a_case(REPLY, PROMISE, *sorted(events, key=lambda event: event.at), text=TEXT)
    assert EN.flat(summary(EN, a_row(case, after(1000)))) == said


def test_the_first_date_of_a_promise_ends_in_the_companys_own_time_zone() -> None:
    case = a_case(REPLY, PROMISE, an_event("kept", 110.5), text=TEXT)  # 23:30 UTC on 6 November
    assert EN.flat(summary(EN, a_row(case, after(1000)))).endswith("the promise was kept.")
    assert EN.flat(summary(EN, a_row(case, after(1000), zone="Europe/Berlin"))).endswith("the promise was kept late.")


@every_case
def test_the_page_carries_the_sentence_that_will_be_true_when_time_is_up(case: Case) -> None:
    row = a_row(case, START)
    late = late_summary(EN, row)
    if row.due is not None:
        assert late == summary(EN, a_row(case, row.due))
        now = max([START, *(event.at for event in case.events)])
        if now < row.due:
            assert f'data-late="{EN.flat(late or ())}"' in a_page(case, now)


@every_case
@pytest.mark.parametrize("hours", [0, 30, 100, 130, 200, 1000])
def test_what_is_late_is_what_the_case_says_is_late(case: Case, hours: float) -> None:
    row = a_row(case, after(hours))
    if not case.imported:
        assert (row.late or row.state is State.PROMISE_OVERDUE) == is_late(case, after(hours))


# --- Two columns joined by time ---


def turns_of(case: Case, hours: float = 1000) -> list[thread.Turn]:
    return thread.turns(EN, a_row(case, after(hours)), after(hours))


def test_the_complaint_is_joined_to_the_first_reply_by_the_time_it_took() -> None:
    (turn,) = turns_of(a_case(REPLY, text=TEXT))
    assert (turn.rule, turn.took) == ("joined", timedelta(hours=2.5))
    page = words_of(a_page(a_case(REPLY, text=TEXT), after(30)))
    assert "answered in 2 hr 30 min promised: within 24 hours" in page


def test_a_missing_reply_leaves_its_place_empty_under_the_clock() -> None:
    (turn,) = turns_of(CASES["added"], 30)
    assert [piece.kind for piece in turn.left] == ["message", "followup", "followup"]
    assert [piece.kind for piece in turn.right] == ["empty"]
    page = a_page(CASES["added"], after(30))
    assert "Waiting since 2 November 2026, 09:00" in words_of(page)
    assert 'data-since="2026-11-02T09:00:00Z"' in page
    assert "answered in" not in page


def test_what_the_customer_added_before_the_reply_stands_on_the_left_of_the_pair() -> None:
    (turn,) = turns_of(a_case(an_event("followup", 1), REPLY, text=TEXT))
    assert [piece.kind for piece in turn.left] == ["message", "followup"]
    assert turn.took == timedelta(hours=2.5)


def test_a_dispute_opens_a_new_place_and_a_new_reply_fills_it() -> None:
    first, waiting = turns_of(CASES["disputed"])
    assert (first.rule, waiting.rule) == ("joined", "open")
    _, answered = turns_of(CASES["answered-again"])
    assert (answered.rule, answered.took) == ("joined", timedelta(hours=5))


def test_a_dispute_that_a_later_verdict_settled_waits_for_nobody() -> None:
    laid = turns_of(a_case(REPLY, PARTLY, an_event("verdict", 99), text=TEXT))
    assert [turn.rule for turn in laid] == ["joined", "by-customer", "by-customer"]


def test_a_promise_hangs_where_it_ended() -> None:
    _, promise = turns_of(CASES["kept"])
    assert (promise.rule, promise.after) == ("by-company", timedelta(hours=67.5))


def test_what_was_read_later_stands_where_it_was_said() -> None:
    added = an_event("followup", 50, received=after(1))
    (turn,) = turns_of(a_case(an_event("unread", 25, received=after(1)), an_event("reply", 26), added, text=TEXT))
    assert [(piece.kind, piece.at) for piece in turn.left] == [("message", START), ("followup", after(1))]
    assert turn.left[1].event == added


@pytest.mark.parametrize("name", ["unread", "withheld"])
def test_words_that_are_not_public_leave_their_place(name: str) -> None:
    (turn,) = turns_of(a_case(REPLY, an_event(name, 25, received=after(1)), text=TEXT))
    assert [(piece.kind, piece.at, piece.is_company) for piece in turn.left][1:] == [(name, after(1), False)]


@pytest.mark.parametrize("became", ["followup", "withheld", "unread"])
def test_the_words_of_a_verdict_have_no_place_but_the_verdicts(became: str) -> None:
    words = an_event(became, 99, received=PARTLY.at)
    turn = turns_of(a_case(REPLY, PARTLY, words, text=TEXT))[1]
    (piece,) = turn.left
    assert piece.event is not None
    assert (piece.kind, piece.at, piece.event.text) == ("verdict", PARTLY.at, words.text)


@every_case
def test_every_event_that_someone_said_stands_in_the_thread_once(case: Case) -> None:
    said = [
        event
        for event in case.events
        if event.event in ("reply", "followup", "verdict", "solved", "asked", "answered", "gift") and not event.received
    ]
    shown = [piece.event for turn in turns_of(case) for piece in (*turn.left, *turn.right) if piece.event]
    assert sorted(shown, key=lambda event: event.at) == said


@every_case
def test_everything_that_happened_is_told_in_order(case: Case) -> None:
    page = a_page(case, after(1000))
    told = re.findall(r'<td class="when"><time datetime="([^"]+)"', page)
    assert told == sorted(told)
    assert len(told) >= 1 + len(case.events)


def test_what_the_clock_did_is_told_too() -> None:
    page = words_of(a_page(a_case(REPLY, PROMISE, PARTLY, text=TEXT, reply_by=after(2)), after(1000)))
    assert "2 Nov 2026, 11:00 The clock The promised time passed without an answer." in page
    assert "7 Nov 2026, 00:00 The clock The day passed on which a promise was due." in page
    assert "6 Nov 2026, 05:00 The clock The time for a new answer passed." in page


def test_a_promise_moved_after_its_day_was_still_late_on_that_day() -> None:
    case = a_case(REPLY, PROMISE, an_event("moved", 130, due=date(2026, 11, 9)), an_event("kept", 140), text=TEXT)
    assert words_of(a_page(case, after(1000))).count("The day passed on which a promise was due.") == 1


def test_the_line_of_a_promise_goes_from_made_to_due() -> None:
    def marks(name: str) -> list[str]:
        return [
            mark.kind
            for turn in turns_of(CASES[name])
            for piece in turn.right
            if piece.pledge
            for mark in piece.pledge.marks
        ]

    assert marks("promised") == ["made", "due"]
    assert marks("kept") == ["made", "kept", "due"]
    assert marks("moved") == ["made", "first-due", "due"]
    assert marks("broken") == ["made", "broken", "due"]


def test_what_the_customer_took_as_a_promise_is_shown_as_that_also_after_its_day() -> None:
    soon = a_case(REPLY, an_event("claimed", 3), text=TEXT)
    late = a_case(REPLY, an_event("claimed", 150), an_event("kept", 160), text=TEXT)
    for case, marks in ((soon, ["claimed", "due"]), (late, ["due", "claimed", "kept"])):
        (pledge,) = (piece.pledge for turn in turns_of(case) for piece in turn.right if piece.pledge)
        assert [mark.kind for mark in pledge.marks] == marks
        page = words_of(a_page(case, after(1000)))
        assert "Promise as the customer took it" in page
        assert "A customer Took it as a promise, by 6 November 2026: Refund of the delivery fee" in page


def test_a_promise_is_kept_by_the_companys_own_calendar() -> None:
    kept = a_case(REPLY, PROMISE, an_event("kept", 86.5), text=TEXT)  # 23:30 UTC on 5 November
    assert "Kept, 1 day early" in a_page(kept, after(1000))
    assert "Kept, on the day" in a_page(kept, after(1000), zone=ZoneInfo("Europe/Berlin"))


def test_a_promise_kept_late_is_not_shown_as_good() -> None:
    page = a_page(a_case(REPLY, PROMISE, an_event("kept", 150), text=TEXT), after(1000))
    assert "Kept, 2 days late" in page
    assert 'class="state good' not in page


def test_early_and_late_are_measured_from_the_first_date_of_a_promise() -> None:
    moved = an_event("moved", 30, due=date(2026, 11, 12))
    page = a_page(a_case(REPLY, PROMISE, moved, an_event("kept", 150), text=TEXT), after(1000))
    assert "Kept, 2 days late" in page
    assert "Kept the promise, 2 days late." in words_of(page)
    assert 'class="state good' not in page
    page = a_page(a_case(REPLY, PROMISE, moved, an_event("kept", 80), text=TEXT), after(1000))
    assert "Kept, 1 day early" in page
    assert "Kept the promise, 1 day early." in words_of(page)


def test_beside_a_promise_stands_how_long_after_it_was_kept_or_broken() -> None:
    assert "kept 3 days later" in words_of(a_page(CASES["kept"], after(1000)))
    broken = a_case(REPLY, PROMISE, an_event("broken", 27.5, why="No."), text=TEXT)
    assert "broken 25 hours later" in words_of(a_page(broken, after(1000)))
    at_once = a_case(REPLY, PROMISE, an_event("kept", 2.5), text=TEXT)
    assert "kept at the same time" in words_of(a_page(at_once, after(1000)))


def test_a_running_promise_carries_the_instant_at_which_it_turns_overdue() -> None:
    page = a_page(CASES["promised"], after(10), zone=ZoneInfo("Europe/Berlin"))
    assert 'data-due="2026-11-06T23:00:00Z" data-late="Overdue"' in page


def test_a_correction_keeps_the_first_wording_beside_the_new_one() -> None:
    page = a_page(CASES["corrected"], after(30))
    assert "<del>sorry.</del> <ins>sad.</ins>" in page
    assert "What was struck out is the first wording. Why:" in words_of(page)


@given(st.text("ab c\n*[]<&", max_size=60), st.text("ab c\n*[]<&", max_size=60))
@settings(deadline=None)
def test_no_word_of_either_wording_is_lost_in_a_correction(first: str, last: str) -> None:
    def of(*kinds: str) -> list[str]:
        texts = []
        for change in thread.corrected(first, last):
            runs = change.runs or ((change.kind, change.text),)
            texts += [text for kind, text in runs if kind in kinds]
        return re.sub(r"[*\\]", "", " ".join(texts)).split()

    assert of("same", "del") == re.sub(r"[*\\]", "", first).split()
    assert of("same", "ins") == re.sub(r"[*\\]", "", last).split()


def test_the_reply_of_a_person_names_the_person_and_the_company() -> None:
    assert "Olga customer care, Acme Post" in words_of(a_page(CASES["kept"], after(100)))


def test_a_masked_place_stays_visible() -> None:
    page = a_page(CASES["masked"], after(5))
    assert '<span class="hidden">[hidden: phone]</span>' in page
    assert "Published it, with 1 place masked: phone." in words_of(page)


def test_everything_that_is_masked_has_words_in_the_language_of_the_page() -> None:
    text = "Call " + " ".join(f"[hidden: {kind}]" for kind in personal.Kind)
    page = words_of(a_page(a_case(an_event("published", 1), text=text), after(5), language="de"))
    assert "5 Stellen unkenntlich gemacht: Kartennummer, E-Mail-Adresse, IBAN, Bestellnummer und Telefonnummer." in page
    assert set(personal.Kind) <= set(history._PLACES)


# --- The heading ---


def heading_of(text: str, **facts: Any) -> tuple[bool, str]:
    """Whether the heading steps back, and the text below it."""
    found = heading(a_row(a_case(text=text, **facts), SOON))
    return found.steps_back, found.text


def test_a_whole_first_line_is_the_heading_and_the_text_goes_on_after_it() -> None:
    assert heading_of("The wheel is bent.\n\nI paid for care.") == (False, "I paid for care.")
    assert heading_of("Dear all,\nthe wheel is bent.\nI paid.") == (False, "I paid.")


def test_a_cut_title_steps_back_and_the_text_stands_whole() -> None:
    text = "The wheel is bent and " * 8 + "so on."
    assert heading_of(text) == (True, text)
    assert heading_of("The wheel is bent.") == (True, "The wheel is bent.")


def test_a_title_of_its_own_leaves_the_text_whole() -> None:
    assert heading_of("The wheel is bent.\n\nI paid.", title="A bent wheel") == (False, "The wheel is bent.\n\nI paid.")


@given(st.text("ab ,.\n", max_size=200).map(clean).filter(bool))
def test_heading_and_text_together_say_everything_once(text: str) -> None:
    row = a_row(a_case(text=text), SOON)
    found = heading(row)
    assert found.text == text or f"{row.title} {found.text}".split() == text.split()


def test_the_page_shows_the_heading_and_what_is_left_of_the_text() -> None:
    page = a_page(a_case(text="The wheel is bent.\n\nI paid for care."))
    assert '<h1 class="voice"><span dir="auto">The wheel is bent.</span></h1>' in page
    assert '<div class="words" dir="auto" data-pagefind-body><p>I paid for care.</p></div>' in page
    assert '<div class="head quiet">' in a_page(a_case(text="The wheel is bent."))


# --- What must not be shown ---


SECRET = "Zyx-secret"


def with_every_text(event: Event, text: str) -> Event:
    """An event that says this in every place where people write."""
    facts: dict[str, Any] = {key: text for key in ("name", "text", "what", "why", "measure") if getattr(event, key)}
    return replace(event, **facts)


def with_secrets(*events: Event) -> Case:
    said = [with_every_text(event, SECRET) for event in events]
    text = SECRET if said[-1].event == "hidden" else ""
    return a_case(*said, author=SECRET, title=SECRET, page=f"/{SECRET}", text=text)


@pytest.mark.parametrize("last", ["hidden", "removed", "withdrawn"])
def test_no_word_of_a_hidden_or_ended_case_is_anywhere_on_the_board(last: str) -> None:
    reply = an_event("reply", 2, measure="x")
    case = with_secrets(
        an_event("followup", 1), reply, an_event("correction", 3, of=reply.at), PROMISE, an_event("moved", 4),
        an_event("broken", 5), an_event("gift", 6), an_event("solved", 7, text="x"), replace(SOLVED, at=after(8)),
        an_event(last, 9),
    )  # fmt: skip
    record = a_record(numbered(1), case, numbered(2))
    client = create_board(record, after(100)).test_client()
    for url in urls(record, after(100)):
        assert SECRET not in client.get(url).text, url
    assert "answered in 2 hr" in words_of(read(client, f"/acme/{NUMBER}/"))


@pytest.mark.parametrize("name", ["hidden", "removed", "withdrawn", "stub"])
def test_a_case_without_words_keeps_its_line_in_the_lists(name: str) -> None:
    client = a_client(CASES[name], now=after(100))
    for url in ("/acme/all/", "/acme/topic-delivery/", "/acme/2026-11/"):
        assert f'href="/acme/{NUMBER}/"' in read(client, url)


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing.LAST_GOOD, "The file of this case has a fault. What stands here is its last good version."),
        (Standing.PLACEHOLDER, "The file of this case cannot be read. It counts as unanswered."),
        (Standing.MISSING, "This case was published, and its file is missing. It counts as unanswered."),
    ],
)
def test_a_file_that_cannot_be_believed_is_named_as_that(standing: Standing, said: str) -> None:
    case = CASES["awaiting"] if standing is Standing.LAST_GOOD else a_case(topic="")
    assert said in words_of(a_page(Entry(case, "x.md", standing), after(30)))


def test_a_stub_says_that_nobody_has_read_it_and_its_clock_runs() -> None:
    page = words_of(a_page(CASES["stub"], after(30)))
    assert "Complaint: Delivery" in page
    assert "Nobody has read this text yet" in page
    assert "Waiting since 2 November 2026, 09:00" in page


def test_an_imported_case_says_nothing_about_the_companys_speed() -> None:
    for name in ("imported", "imported-unanswered"):
        page = a_page(CASES[name], after(100))
        assert "answered in" not in page
        assert "data-due" not in page
        assert "data-since" not in page
        assert "Its times say nothing about how fast the company answers here." in page
    assert 'href="https://market.example/1" rel="nofollow ugc noopener"' in a_page(CASES["imported"], after(100))
    shelf = Edition(a_record(CASES["imported-unanswered"]), after(100)).shelf("acme")
    assert shelf is not None
    assert shelf.rows("all") != []
    assert shelf.rows("overdue") == []


def test_praise_is_not_called_a_complaint() -> None:
    page = a_page(replace(CASES["praise"], title=None), after(100))
    assert "complaint" not in words_of(page).lower()


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} javascript:alert(1)"


def test_no_field_of_the_record_can_become_markup() -> None:
    events = [
        REPLY,
        an_event("correction", 3, of=REPLY.at),
        PROMISE,
        an_event("moved", 4),
        an_event("gift", 5),
        an_event("masked", 6),
        SOLVED,
    ]
    hostile = [with_every_text(event, HOSTILE) for event in events]
    case = a_case(*hostile, author=HOSTILE, title=HOSTILE, page=f"/{HOSTILE}", source=HOSTILE, text=HOSTILE)
    contacts = tuple(Contact(kind, HOSTILE, HOSTILE) for kind in ("phone", "email", "web", "other"))
    record = a_record(case, board=Board(HOSTILE), name=HOSTILE, about=HOSTILE, contacts=contacts)
    client = create_board(record, after(200)).test_client()
    for url in html_of(record, after(200)):
        page = client.get(url).text
        tags = re.findall(r"<[a-z][^>]*>", re.sub(r'"[^"]*"', '""', page))
        assert not [tag for tag in tags if re.search(r"<img|\son\w+=|style=", tag)], url
        for tag, content in re.findall(r"(<script[^>]*>)([^<]*</script>)?", page):
            assert content == "</script>" if ' src="/static/' in tag else "ld+json" in tag, url
        assert not re.search(r'(?:href|src)="(?!https?:|mailto:|tel:|/|#)', page), url
        assert "49" not in words_of(page), url
