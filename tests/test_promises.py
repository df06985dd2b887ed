"""A date that a company promises is found, and means the day that its customer takes it for."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amends.promises import FARTHEST, LANGUAGES, ahead, find, from_monday_to_friday
from amends.promises.days import MEANINGS
from amends.promises.grammar import folded, grammar_of
from amends.promises.weights import probability
from tests.promises import learn
from tests.promises.measure import HELD_OUT, Reply, replies, scores

WEDNESDAY = datetime(2026, 11, 18, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ZONES = ("UTC", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Australia/Lord_Howe")


@pytest.fixture(scope="module", autouse=True)
def _grammars_that_are_read() -> None:
    """Read them before any example is timed: the first text of a language waits for its patterns."""
    for language in LANGUAGES:
        grammar_of(language)


READ = [("held_out", 0.98, 0.02), ("held_out_b", 0.94, 0.02), ("held_out_c", 0.94, 0.02)]
"""Sets of which nothing was learned: at least so many replies with a promise are read rightly, and in at most so many
without one a date is found."""


def day_of(text: str, now: datetime = WEDNESDAY, zone: ZoneInfo = LONDON, language: str = "en") -> date | None:
    """Return the one day that a text names and that is ahead, promised or not, or None."""
    tag = language.partition("-")[0]
    days = {proposal.day for _, proposal in ahead(text, tag, now.astimezone(zone), from_monday_to_friday)}
    assert len(days) <= 1
    return days.pop() if days else None


# --- How much is found ---


@pytest.mark.parametrize(("name", "right", "false"), READ)
def test_replies_of_which_nothing_was_learned_are_read_as_well_as_they_were(
    name: str, right: float, false: float
) -> None:
    every = scores(name).values()
    assert sum(score.right for score in every) / sum(score.dated for score in every) >= right
    assert sum(score.false for score in every) / sum(score.without for score in every) <= false


def test_the_weights_are_made_of_the_replies_and_the_words_for_dates_that_stand_here() -> None:
    mend = "python -m tests.promises.learn makes them anew"
    assert json.loads(learn.FACTS.read_text())["digest"] == learn.digest(), mend


@given(st.frozensets(st.sampled_from(["nearest ours", "a will", "b hätten", "", "what no reply ever had"]) | st.text()))
def test_a_probability_is_one_whatever_stands_around_a_date(features: frozenset[str]) -> None:
    for language in LANGUAGES:
        assert 0 < probability(features, language) < 1


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


@pytest.mark.parametrize("name", HELD_OUT[:2])
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
    ("language", "words", "day"),
    [
        # A weekday with the day of the month: the day counts, where it is such a weekday.
        ("en", "We will fit it Fri 27th.", "2026-11-27"),
        ("en", "We will call you on Friday 3 times.", "2026-11-20"),
        ("nl", "Je bank wordt vrijdag 27-11 bezorgd.", "2026-11-27"),
        ("nl", "Hij komt di 1/12 langs.", "2026-12-01"),
        ("de", "Wir liefern am Do, 03.12., zu Ihnen.", "2026-12-03"),
        ("de", "Wir liefern Di., 1.12., zu Ihnen.", "2026-12-01"),
        ("fr", "Nous vous livrons samedi 28.", "2026-11-28"),
        ("es", "Se lo entregaremos el viernes 27.", "2026-11-27"),
        ("ru", "Мы привезём в пятницу 27 числа.", "2026-11-27"),
        ("zh", "我们会在周五（27号）送到。", "2026-11-27"),
        # A range of spans ends with its upper end.
        ("nl", "Wij bezorgen de nieuwe in 3 tot 5 werkdagen.", "2026-11-25"),
        ("es", "El cambio le llegará entre 3 y 5 días laborables.", "2026-11-25"),
        ("fr", "Vous recevrez le virement entre 3 et 5 jours ouvrés.", "2026-11-25"),
        ("ru", "Мы вернём деньги через 3–5 рабочих дней.", "2026-11-25"),
        ("zh", "我们会安排，3到5个工作日送到您手中。", "2026-11-25"),
        ("zh", "退款预计五到七个工作日到账。", "2026-11-27"),
        # Half, and one and a half; what is not whole is rounded up.
        ("en", "We will send it within half a year.", "2027-05-18"),
        ("nl", "Wij vervangen hem binnen een half jaar.", "2027-05-18"),
        ("nl", "Wij vervangen hem binnen anderhalve week.", "2026-12-02"),
        ("de", "Wir ersetzen ihn innerhalb eines halben Jahres.", "2027-05-18"),
        ("es", "Lo cambiaremos en medio año.", "2027-05-18"),
        ("ru", "Мы заменим его через полгода.", "2027-05-18"),
        ("zh", "我们会在半年内更换。", "2027-05-18"),
        ("zh", "我們半小時內送到。", "2026-11-18"),
        # About so much.
        ("en", "It will be with you in a day or two.", "2026-11-20"),
        ("ru", "Мы привезём дня через два.", "2026-11-20"),
        ("zh", "我们会在两三天内寄出。", "2026-11-21"),
        # A span without a word before it.
        ("nl", "Nog twee werkdagen en u heeft het.", "2026-11-20"),
        ("fr", "Nous le réparons : 2 jours ouvrés.", "2026-11-20"),
        ("ru", "Мы вернём деньги, срок — два рабочих дня.", "2026-11-20"),
        # The weekend, and what ends before it.
        ("de", "Wir bringen es am Wochenende.", "2026-11-22"),
        ("de", "Wir bringen es übers Wochenende.", "2026-11-22"),
        ("de", "Wir bringen es vor dem Wochenende.", "2026-11-20"),
        ("fr", "Nous vous écrirons avant ce week-end.", "2026-11-20"),
        ("nl", "Wij maken het tegen het weekend.", "2026-11-20"),
        ("es", "Lo arreglaremos antes del finde.", "2026-11-20"),
        ("es", "Lo arreglaremos este fin de semana.", "2026-11-22"),
        ("ru", "Котёл заменят к выходным.", "2026-11-20"),
        # Hours of today.
        ("en", "We will call you before six.", "2026-11-18"),
        ("en", "We will call you by teatime tomorrow.", "2026-11-19"),
        ("nl", "Ik bel u voor de lunch.", "2026-11-18"),
        ("de", "Wir melden uns bis 18 Uhr bei Ihnen.", "2026-11-18"),
        ("fr", "Je vous rappelle avant midi.", "2026-11-18"),
        ("fr", "Nous le livrons cet aprèm.", "2026-11-18"),
        ("es", "Le llamará la doctora antes de las seis.", "2026-11-18"),
        ("es", "Le llamará mañana antes del mediodía.", "2026-11-19"),
        ("ru", "Мы пришлём трек-номер до полуночи.", "2026-11-18"),
        ("zh", "我们会在今儿晚上发出。", "2026-11-18"),
        ("nl", "De monteur komt maandagmorgen.", "2026-11-23"),
        ("nl", "De modem wordt morgenvroeg verstuurd.", "2026-11-19"),
        ("zh", "我明儿给您送到。", "2026-11-19"),
        ("zh", "師傅聽日會上門。", "2026-11-19"),
        ("zh", "我们大后天送到。", "2026-11-21"),
        # Days of the month in words, and of the next one.
        ("en", "We will refund you on the first of March.", "2027-03-01"),
        ("nl", "Wij betalen op de eerste maart.", "2027-03-01"),
        ("de", "Der Ofen wird am Elften angeschlossen.", "2026-12-11"),
        ("fr", "Nous commencerons le deux février.", "2027-02-02"),
        ("es", "Empezaremos el primero de marzo.", "2027-03-01"),
        ("ru", "Мы снизим ставку с первого марта.", "2027-03-01"),
        ("en", "We will refund you on the 5th of next month.", "2026-12-05"),
        ("nl", "Wij betalen op de 20e van volgende maand.", "2026-12-20"),
        ("de", "Wir zahlen am 20. des nächsten Monats.", "2026-12-20"),
        ("fr", "Vous le recevrez le 20 du mois prochain.", "2026-12-20"),
        ("es", "Lo pagaremos el 20 del mes que viene.", "2026-12-20"),
        ("ru", "Мы вернём 20 числа следующего месяца.", "2026-12-20"),
        ("zh", "学院下月20日补发。", "2026-12-20"),
        ("zh", "本月20日发放。", "2026-11-20"),
        # Weeks further on.
        ("en", "We will be there a week on Tuesday.", "2026-12-01"),
        ("en", "We will be there the week after next.", "2026-12-04"),
        ("de", "Wir liefern übernächste Woche.", "2026-12-04"),
        ("fr", "Nous viendrons mardi en huit.", "2026-12-01"),
        ("zh", "我们下下周一安装。", "2026-11-30"),
        # Numeric dates.
        ("en", "We will be there on 12.12.26.", "2026-12-12"),
        ("ru", "Засыпем 12.12.", "2026-12-12"),
        ("es", "Su nueva cita será esta: 10/12, 12:15.", "2026-12-10"),
        ("zh", "零件12/15換好。", "2026-12-15"),
        ("zh", "管理費：12/15退還。", "2026-12-15"),
        ("zh", "我們會自 12 月 1 日起改為大字版。", "2026-12-01"),
        # "Before" a month it is the month before it, and "from" it is its first day.
        ("en", "We will fix it before March.", "2027-02-28"),
        ("nl", "Wij maken het voor maart.", "2027-02-28"),
        ("de", "Wir machen es vor März.", "2027-02-28"),
        ("fr", "Nous le ferons avant mars.", "2027-02-28"),
        ("es", "Lo haremos antes de marzo.", "2027-02-28"),
        ("es", "Lo haremos antes de que acabe marzo.", "2027-03-31"),
        ("de", "Wir machen es vor Ende März.", "2027-03-31"),
        ("en", "We will send it from May.", "2027-05-01"),
        ("nl", "Wij sturen het vanaf mei.", "2027-05-01"),
        ("de", "Wir liefern ab Mai.", "2027-05-01"),
        ("fr", "Nous livrerons à partir de mai.", "2027-05-01"),
        ("es", "Lo enviaremos a partir de mayo.", "2027-05-01"),
        ("ru", "Мы начнём с мая.", "2027-05-01"),
        ("zh", "我们会从五月起更换。", "2027-05-01"),
        ("en", "We will start from next week.", "2026-11-23"),
        ("de", "Wir machen es bis Ende September.", "2027-09-30"),
        ("nl", "Eind 2026 wordt alles vervangen.", "2026-12-31"),
        # Between two weekdays; and before an hour of one, which is that day.
        ("en", "We will be there between Monday and Wednesday.", "2026-11-25"),
        ("nl", "Wij leveren tussen maandag en woensdag.", "2026-11-25"),
        ("de", "Wir liefern zwischen Montag und Mittwoch.", "2026-11-25"),
        ("fr", "Nous vous livrerons entre lundi et mercredi.", "2026-11-25"),
        ("es", "Se lo entregaremos entre el lunes y el miércoles.", "2026-11-25"),
        ("en", "We will ring you before Friday noon.", "2026-11-20"),
        ("nl", "Wij bellen u voor vrijdag 12 uur.", "2026-11-20"),
        ("de", "Wir rufen Sie vor Freitag 12 Uhr an.", "2026-11-20"),
        ("fr", "Nous vous appellerons avant vendredi midi.", "2026-11-20"),
        ("es", "Le llamaremos antes del viernes a mediodía.", "2026-11-20"),
        ("en", "We will ring you in a fortnight.", "2026-12-02"),
        ("nl", "Wij betalen op twaalf december.", "2026-12-12"),
        # A day itself.
        ("en", "We will refund you on or before 12 December.", "2026-12-12"),
        ("es", "Lo haremos antes de que acabe el año.", "2026-12-31"),
        ("en", "We will post it tomorow.", "2026-11-19"),
    ],
)
def test_a_date_is_read_as_it_is_meant_in_every_language(language: str, words: str, day: str) -> None:
    assert day_of(words, language=language) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We will send you version 12.10 and 3-5 pieces at 12.10 each, rated 10/12."),
        ("en", "We will call you, as you may first want to hear it, and the second may differ."),
        ("nl", "Wij sturen u 3-5 stuks, 24/7, voor 12.10 per stuk."),
        ("de", "Wir liefern 3-5 Stück zu 12,10 Euro, rund um die Uhr 24/7."),
        ("fr", "Nous vous enverrons 3-5 pièces à 12,10 €, 24/7."),
        ("es", "Le enviaremos 3-5 piezas al 4,9 %, 24/7."),
        ("ru", "Мы вернём 12.10 руб. и пришлём версию 12.10, 3-5 штук."),
        ("zh", "我们会打7/24折，评分10/12分，更新到12.10版。"),
        ("de", "Küche werktags bis 18 Uhr, und stündlich bis Mitternacht."),
        ("fr", "Nous vous livrerons tous les jours avant midi."),
        ("nl", "Wij bezorgen elke dag tot zes uur."),
    ],
)
def test_a_price_a_version_a_score_a_number_of_pieces_and_opening_hours_are_no_dates(language: str, text: str) -> None:
    assert day_of(text, language=language) is None


def test_a_month_that_something_ends_by_may_be_farther_ahead_than_a_month_that_is_only_named() -> None:
    february = datetime(2027, 2, 3, 10, tzinfo=UTC)
    assert day_of("We will rebuild it by the end of November.", february) == date(2027, 11, 30)
    assert day_of("We will refund you for your order in November.", february) is None


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
    for later, name in enumerate(("Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday")):
        said = WEDNESDAY + timedelta(days=later)
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
    assert find(text, WEDNESDAY, LONDON, "en") == ()


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
        ("We found the cause, and by Friday it will be gone.", "by Friday"),
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
def test_a_promise_is_found_however_its_sentence_is_built(text: str, words: str) -> None:
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
