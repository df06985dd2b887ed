"""A date that a company promises is found, and means the day that its customer takes it for."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amends.promises import FARTHEST, LANGUAGES, find
from amends.promises.days import MEANINGS
from amends.promises.grammar import folded, grammar_of
from tests.promises.measure import SETS, Reply, replies, scores

WEDNESDAY = datetime(2026, 11, 18, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ZONES = ("UTC", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Australia/Lord_Howe")


def day_of(text: str, now: datetime = WEDNESDAY, zone: ZoneInfo = LONDON, language: str | None = "en") -> date | None:
    """Return the one day that is found, or None."""
    found = find(text, now, zone, language)
    assert len(found) <= 1
    return found[0].day if found else None


# --- How much is found ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_in_ten_dated_promises_are_found_and_few_other_dates(language: str) -> None:
    score = scores("held_out")[language]
    assert score.right / score.dated >= 0.9
    assert score.false <= 1


@pytest.mark.parametrize(("name", "right", "false"), [("held_out", 0.98, 0.014), ("held_out_b", 0.92, 0.072)])
def test_over_all_languages_a_set_on_which_nothing_is_tuned_is_read_as_well_as_it_was(
    name: str, right: float, false: float
) -> None:
    every = scores(name).values()
    assert sum(score.right for score in every) / sum(score.dated for score in every) >= right
    assert sum(score.false for score in every) / sum(score.without for score in every) <= false


@pytest.mark.parametrize("name", ["development", "development_b"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_replies_that_the_words_are_tried_on_stay_understood(language: str, name: str) -> None:
    score = scores(name)[language]
    assert score.right / score.dated >= 0.96
    assert score.false / score.without <= 0.035


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("We will refund you within a fortnight.", "en-GB", date(2026, 12, 2)),
        ("Мы вернём деньги в течение трёх рабочих дней.", "ru", date(2026, 11, 23)),
        ("Мы вернем деньги в течение трех рабочих дней.", "ru", date(2026, 11, 23)),
        ("U krijgt vóór 3 december antwoord.", "nl", date(2026, 12, 2)),
        ("我们会在下周五之前退款。", "zh-Hans", date(2026, 11, 27)),
        ("我們會在三個工作天內退款。", "zh-Hant", date(2026, 11, 23)),
        ("我們會在三個工作天內退款。", "zh-TW", date(2026, 11, 23)),
        ("我们会在十二月二十四日退款。", "zh", date(2026, 12, 24)),
        ("我们会在12日前退款。", "zh", date(2026, 12, 12)),
        ("我们会处理12日订单。", "zh", None),
        ("Am 3. Dezember liefern wir.", "de", date(2026, 12, 3)),
        ("Wir erstatten innerhalb von 48 Stunden.", "de", date(2026, 11, 20)),
        ("Nous vous remboursons sous 48\u00a0heures.", "fr", date(2026, 11, 20)),
        ("Le pagaremos antes del viernes.", "es", date(2026, 11, 19)),
    ],
)
def test_the_same_words_are_understood_in_every_way_of_writing_them(text: str, language: str, day: date | None) -> None:
    assert day_of(text, language=language) == day


@pytest.mark.parametrize("name", SETS)
def test_without_a_language_the_one_is_taken_whose_words_the_text_has(name: str) -> None:
    every = [reply for reply in replies(name) if reply.promised]
    differ = [
        reply.text
        for reply in every
        if find(reply.text, reply.now, reply.zone, "pt-BR") != find(reply.text, reply.now, reply.zone, reply.language)
    ]
    assert len(differ) <= len(every) / 100


def test_a_word_that_two_languages_share_does_not_decide_which_it_is() -> None:
    (found,) = find("Sorry. It is there by 4 December 2026.", WEDNESDAY, LONDON)
    assert (found.words, found.day) == ("by 4 December 2026", date(2026, 12, 4))


# --- Which day ---


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", date(2026, 11, 18)),
        ("by Thursday", date(2026, 11, 19)),
        ("by Wednesday", date(2026, 11, 25)),
        ("before Friday", date(2026, 11, 19)),
        ("by the end of the week", date(2026, 11, 20)),
        ("by the weekend", date(2026, 11, 20)),
        ("before close of business tomorrow", date(2026, 11, 19)),
        ("by noon on Fri", date(2026, 11, 20)),
        ("within half an hour", date(2026, 11, 18)),
        ("before the end of the month", date(2026, 11, 30)),
        ("within one working day", date(2026, 11, 19)),
        ("within 3 to 5 working days", date(2026, 11, 25)),
        ("by 18 November", date(2026, 11, 18)),
        ("by 3 January", date(2027, 1, 3)),
        ("by the 12th", date(2026, 12, 12)),
        ("by the 31st", date(2026, 12, 31)),
        ("by 2027-01-08", date(2027, 1, 8)),
        ("within 3 months", date(2027, 2, 18)),
        ("within a couple\nof days", date(2026, 11, 20)),
        ("next Friday", date(2026, 11, 27)),
        ("this weekend", date(2026, 11, 22)),
        ("in December", date(2026, 12, 31)),
        ("by the end of the year", date(2026, 12, 31)),
        ("by 12/31", date(2026, 12, 31)),
        ("by 3/12", date(2026, 12, 3)),
    ],
)
def test_words_mean_the_last_day_on_which_they_are_kept(words: str, day: date) -> None:
    assert day_of(f"We will refund you {words}.") == day


@pytest.mark.parametrize(
    "words", ["by 2 November", "by 29 February", "by 31 April", "by 3 March 2025", "within 900 days", "by 1 May 2099"]
)
def test_a_day_that_has_passed_or_is_none_or_is_too_far_is_not_proposed(words: str) -> None:
    assert day_of(f"We will refund you {words}.") is None


def test_the_leap_day_is_found_in_its_year() -> None:
    assert day_of("We will refund you by 29 February.", datetime(2028, 1, 10, tzinfo=UTC)) == date(2028, 2, 29)


def test_in_december_january_is_next_year_and_a_month_has_as_many_days_as_it_has() -> None:
    new_years_eve = datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert day_of("We will refund you by 3 January.", new_years_eve) == date(2027, 1, 3)
    assert day_of("We will refund you within two months.", new_years_eve) == date(2027, 2, 28)
    assert day_of("We will refund you tomorrow.", new_years_eve) == date(2027, 1, 1)
    assert day_of("We will refund you by the end of next month.", new_years_eve) == date(2027, 1, 31)


def test_a_weekday_said_on_that_day_is_a_week_later() -> None:
    for ahead, name in enumerate(("Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday")):
        said = WEDNESDAY + timedelta(days=ahead)
        assert day_of(f"We will call you on {name}.", said) == said.date() + timedelta(days=7)


def test_working_days_are_those_of_the_company() -> None:
    holidays = {date(2026, 11, 19), date(2026, 11, 20)}
    (found,) = find(
        "We will refund you within 2 working days.",
        WEDNESDAY,
        LONDON,
        "en",
        lambda day: day.weekday() != 6 and day not in holidays,
    )
    assert found.day == date(2026, 11, 23)


def test_a_company_that_never_works_promises_nothing_in_working_days() -> None:
    assert find("We will refund you within 2 working days.", WEDNESDAY, LONDON, "en", lambda day: False) == ()


def test_at_the_weekend_the_end_of_the_week_is_its_sunday() -> None:
    assert day_of("We will refund you by the end of the week.", datetime(2026, 11, 21, tzinfo=UTC)) == date(
        2026, 11, 22
    )


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Pacific/Kiritimati", date(2026, 11, 20), datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", date(2026, 11, 18), datetime(2026, 11, 19, 11, tzinfo=UTC)),
        ("Europe/London", date(2026, 11, 19), datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_tomorrow_is_the_companys_and_is_over_when_its_day_is(zone: str, day: date, due: datetime) -> None:
    (found,) = find("We will call you tomorrow.", WEDNESDAY + timedelta(minutes=1), ZoneInfo(zone), "en")
    assert (found.day, found.due) == (day, due)


def test_a_day_on_which_the_clocks_change_ends_at_its_own_midnight() -> None:
    before = datetime(2026, 10, 24, 10, tzinfo=UTC)
    (found,) = find("We will call you within 24 hours.", before, LONDON, "en")
    assert (found.day, found.due) == (date(2026, 10, 25), datetime(2026, 10, 26, tzinfo=UTC))
    (found,) = find("We will call you today.", before, LONDON, "en")
    assert found.due == datetime(2026, 10, 24, 23, tzinfo=UTC)


# --- What is none ---


@pytest.mark.parametrize(
    "text",
    [
        "You can return it by Friday.",
        "Your order of Friday was late.",
        "Last Friday we were closed.",
        "We are open until Friday.",
        "If you write to us by Friday, we will help.",
        "We cannot do it by Friday.",
        "We sent it on Friday.",
        "Will it be there by Friday?",
        "You wrote: “We will refund you by Friday.”",
        "> We will refund you by Friday.",
        "We are here Monday to Friday.",
        "We answer 24/7 and since 2019.",
        "We will refund you within 14 days of the return.",
        "We promise you can return it by Friday.",
        "Should you return it by Friday, write to us.",
        "The supplier hopes to send it by Friday.",
        "Anyone moving out by Friday pays half.",
        "Many customers book for Friday.",
        "As we said on Friday, it is the insurer who decides.",
    ],
)
def test_a_date_that_the_company_does_not_promise_is_not_proposed(text: str) -> None:
    assert day_of(text) is None


def test_each_promise_is_proposed_where_it_stands_and_a_day_once_in_a_sentence() -> None:
    text = "We will call you tomorrow, 19 November. You can wait until Monday. We'll pay by Friday, and you can’t lose."
    found = find(text, WEDNESDAY, LONDON, "en")
    assert [(one.words, one.day) for one in found] == [
        ("tomorrow", date(2026, 11, 19)),
        ("by Friday", date(2026, 11, 20)),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We found the cause, and by Friday it is gone.", "by Friday"),
        ("If you choose the refund, it will be with you in 3 days.", "in 3 days"),
        ("The refund, I see, by Friday at the latest.", "by Friday at the latest"),
        ("A new pair goes to you tomorrow", "tomorrow"),
        ("You can keep it. By Friday we will send another.", "By Friday"),
        ("The engineer comes at 3 p.m. on Friday.", "at 3 p.m. on Friday"),
        ("You can keep it, and the new one on Friday at the latest.", "on Friday at the latest"),
        ("You can keep it and by Friday we will send another.", "by Friday"),
        ("Our team will visit approx. two houses on Friday.", "on Friday"),
        ("It’ll be there on Friday.", "on Friday"),
        ("It is fixed by 4 December 2026.", "by 4 December 2026"),
        ("Your lamp gets repaired on Friday.", "on Friday"),
        ("We have asked the depot to call you by Friday.", "by Friday"),
        ("Someone comes on Friday after your shift.", "on Friday"),
    ],
)
def test_what_decides_is_the_nearest_sign_in_the_sentence(text: str, words: str) -> None:
    assert [one.words for one in find(text, WEDNESDAY, LONDON, "en")] == [words]


# --- Any text ---


@st.composite
def sayings(draw: st.DrawFn) -> str:
    """Texts of words that the grammars look for, in any order, between any others."""
    words = [word for reply in replies("development") for word in reply.text.split()[:9]]
    return draw(st.sampled_from((" ", "", "\n", ", "))).join(
        draw(st.lists(st.sampled_from(words) | st.text(max_size=4) | st.integers(0, 4000).map(str), max_size=25))
    )


@given(
    text=sayings() | st.text(),
    now=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    language=st.sampled_from((*LANGUAGES, None)),
)
def test_what_is_found_in_any_text_is_ahead_near_enough_and_cut_from_it(
    text: str, now: datetime, zone: ZoneInfo, language: str | None
) -> None:
    found = find(text, now, zone, language)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one, following in pairwise(found):
        assert one.end <= following.start
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.words == text[one.start : one.end]
        assert now < one.due <= now + FARTHEST
        assert (one.due - timedelta(seconds=1)).astimezone(zone).date() == one.day


@given(st.sampled_from([one for one in replies("development") if one.promised]), st.sampled_from(ZONES), st.data())
def test_a_promise_is_found_at_any_time_and_place(reply: Reply, zone: str, data: st.DataObject) -> None:
    """Its day may have passed, or be too far; then nothing else is found in its place."""
    at = data.draw(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1))).replace(tzinfo=UTC)
    for one in find(reply.text, at, ZoneInfo(zone), reply.language):
        assert any(one.start < end and start < one.end for start, end, _ in reply.promised)


# --- The files of words ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_is_said_in_every_language_and_none_is_unknown(language: str) -> None:
    assert {when.meaning for when in grammar_of(language).when} == set(MEANINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_week_has_seven_days_and_a_year_twelve_months_in_every_language(language: str) -> None:
    words = grammar_of(language)
    assert (len(words.weekdays), len(words.months)) == (7, 12)


@given(st.text(), st.sampled_from(LANGUAGES))
@example("İ", "en")
def test_a_folded_letter_stays_in_its_place(text: str, language: str) -> None:
    assert len(folded(text, grammar_of(language))) == len(text)
