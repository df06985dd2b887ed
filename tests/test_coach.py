"""The coach says what is missing and what is wrong in a reply, and little that is neither."""

import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.case import Kind
from amends.coach import LANGUAGES, Finding, Reply, Rule, advise
from amends.coach.content import MOST_HAN, MOST_WORDS
from amends.coach.dates import days_in
from amends.coach.phrases import plain
from amends.coach.words import PHRASES, read
from amends.language import language
from tests.coach_corpus import NOW, Labelled, Part, labelled
from tests.effort import EFFORT

GOOD = Reply(
    text="Dear Anna, I am sorry that the lamp came late. I refunded you £20 today.",
    language="en",
    kind=Kind.COMPLAINT,
    asked="The lamp came three weeks late.",
    now=NOW,
    author="Anna K.",
)


def rules(reply: Reply) -> set[Rule]:
    return {finding.rule for finding in advise(reply)}


def found(reply: Reply, rule: Rule) -> list[str]:
    """What the advice of one rule is about."""
    return [reply.text[one.start : one.end] for one in advise(reply) if one.rule is rule]


def every(part: Part) -> list[Labelled]:
    return [one for tag in LANGUAGES for one in labelled(tag, part)]


# --- What it says ---


def test_a_good_reply_gets_no_advice() -> None:
    assert advise(GOOD) == ()


def test_what_is_missing_stands_at_the_beginning_and_what_is_there_where_it_is() -> None:
    reply = replace(GOOD, text="Dear Anna, you must have dropped it, we think.")
    assert {(one.rule, one.start, one.end) for one in advise(reply)} == {
        (Rule.APOLOGY, 0, 0),
        (Rule.MEASURE, 0, 0),
        (Rule.DEFENSIVE, 11, 24),
    }


@pytest.mark.parametrize("kind", [Kind.PRAISE, Kind.IDEA])
def test_thanks_are_enough_for_praise_and_ideas(kind: Kind) -> None:
    assert advise(replace(GOOD, kind=kind, asked="What a lamp! Is it new?", text="Thank you, Anna, we are glad.")) == ()


def test_a_reply_in_a_language_that_is_not_known_is_read_for_personal_data_alone() -> None:
    reply = replace(GOOD, language="ar", text="اكتبوا إلى anna@example.org من فضلكم")
    assert rules(reply) == {Rule.PERSONAL_DATA}


@pytest.mark.parametrize("text", ["", " ", "\n\u3000"])
def test_an_empty_reply_gets_no_advice(text: str) -> None:
    assert advise(replace(GOOD, text=text)) == ()


def test_advice_is_said_in_the_language_of_whoever_writes() -> None:
    long = replace(GOOD, text=f"{GOOD.text} {'word ' * MOST_WORDS}")
    (advice,) = [one for one in advise(long) if one.rule is Rule.TOO_LONG]
    assert advice.said(language("en")).endswith(f"Above 120: {15}.")
    assert advice.said(language("de")).endswith(f"Über 120: {15}.")


# --- Each rule ---


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("I am sorry, Anna, but the lamp was late only once.", ["but the lamp was late only once."]),
        ("I am sorry, Anna. However, the lamp was late only once.", ["However, the lamp was late only once."]),
        ("I am sorry, Anna, but we have sent you another lamp.", []),
        ("I am sorry, Anna. The lamp was made in our own shop beside the river, which is very old but pretty.", []),
    ],
)
def test_a_but_soon_after_an_apology_takes_it_back_unless_it_comes_to_a_deed(text: str, taken_back: list[str]) -> None:
    assert found(replace(GOOD, text=text), Rule.DEFENSIVE) == taken_back


def test_what_is_defensive_twice_over_is_told_once() -> None:
    text = "I am sorry, Anna, but you must have dropped it."
    assert found(replace(GOOD, text=text), Rule.DEFENSIVE) == ["but you must have dropped it."]


def test_causes_are_told_after_the_measure() -> None:
    why = "Our supplier moved. This was due to a fire. It took weeks because of the roof."
    before = replace(GOOD, text=f"Dear Anna, I am sorry. {why} I refunded you.")
    after = replace(GOOD, text=f"Dear Anna, I am sorry. I refunded you. {why}")
    assert (rules(before), rules(after)) == ({Rule.DEFENSIVE}, set())
    assert found(before, Rule.DEFENSIVE) == [f" {why}"]


@pytest.mark.parametrize(
    ("deed", "is_one"),
    [
        ("We have sent you a new one.", True),
        ("We have not sent you a new one.", False),
        ("We cannot send you a new one.", False),
        ("We send you warm greetings.", False),
        ("Could you tell us the number on the box?", True),
        ("It will be there on 3 December.", True),
        ("It was there on 3 November.", False),
        ("It will be there on December 3.", True),
        ("It will be there on 2026-12-03.", True),
        ("It will be there tomorrow.", True),
    ],
)
def test_a_measure_is_a_deed_a_day_to_come_or_a_question(deed: str, *, is_one: bool) -> None:
    reply = replace(GOOD, text=f"Dear Anna, I am sorry. {deed}")
    assert (Rule.MEASURE not in rules(reply)) is is_one


@pytest.mark.parametrize(
    ("author", "text", "is_named"),
    [
        ("Anna K.", "ANNA, we read it.", True),
        ("Anna K.", "Annabelle, we read it.", False),
        ("Анна К.", "Мы пишем Анне.", True),
        ("王安娜", "安娜您好，我们看了。", True),
        ("王安娜", "王女士您好，我们看了。", True),
        ("王安娜", "您好，我们看了。", False),
        ("Anna K.", "Dear Mrs K., we read it.", True),
        ("Anna K.", "Dear Mrs Kay., we read it.", False),
        ("1987", "We read it.", True),
        (None, "We read it.", True),
    ],
)
def test_a_customer_who_gave_a_name_is_called_by_it(author: str | None, text: str, *, is_named: bool) -> None:
    tag = "zh" if "我们" in text else "ru" if "Мы" in text else "en"
    reply = replace(GOOD, kind=Kind.PRAISE, language=tag, author=author, text=text)
    assert (Rule.IMPERSONAL not in rules(reply)) is is_named


@pytest.mark.parametrize(("tag", "unit", "most"), [("en", "word ", MOST_WORDS), ("zh", "字", MOST_HAN)])
def test_a_reply_is_too_long_from_the_first_word_that_is_too_many(tag: str, unit: str, most: int) -> None:
    fits = replace(GOOD, language=tag, text=unit * most)
    assert found(fits, Rule.TOO_LONG) == []
    assert found(replace(fits, text=unit * (most + 2)), Rule.TOO_LONG) == [unit * 2]


def test_personal_data_are_not_the_companys_own_contacts_nor_the_name_that_the_customer_shows() -> None:
    text = (
        "Write to help@acme.example or +44 20 7946 0958, not to anna@example.org or ben@example.org; order AB-123456."
    )
    reply = replace(
        GOOD,
        text=text,
        author="anna@example.org",
        contacts=("help@acme.example", "+442079460958"),
        order_pattern="AA-999999",
    )
    assert found(reply, Rule.PERSONAL_DATA) == ["ben@example.org", "AB-123456"]


def test_a_slip_is_told_with_the_word_that_was_meant_and_names_are_left_alone() -> None:
    text = (
        "Dear Anna, we recieved it and sned a Blorpy from Zwolll to my frist at https://acme.example/sned, Jhon. Tomm"
    )
    reply = replace(GOOD, text=text, asked="My frist is broken.")
    assert [(text[one.start : one.end], *one.facts) for one in advise(reply) if one.rule is Rule.TYPOS] == [
        ("recieved", ("right", "received")),
        ("sned", ("right", "send")),
    ]


def test_a_slip_that_list_and_dictionary_know_is_told_once_and_a_rare_word_is_not_what_was_meant() -> None:
    assert found(replace(GOOD, text="We like it alot."), Rule.TYPOS) == ["alot"]
    assert found(replace(GOOD, language="de", text="Er hat wieder gelächelt."), Rule.TYPOS) == []


def test_where_a_dictionary_lacks_the_forms_of_words_a_slip_is_one_that_makes_no_other_form() -> None:
    text = (
        "El paqeute, la segurdad, las pruebas, la tiemda, el serbicio, los clientes y quien contesta; cubre y publica."
    )
    assert found(replace(GOOD, language="es", text=text), Rule.TYPOS) == ["paqeute", "segurdad", "serbicio"]


def test_where_every_noun_has_a_capital_a_long_one_may_be_a_slip_and_a_short_one_a_name() -> None:
    text = "Wir bitten um Entschudligung und Frau Lohsen um Gedluld."
    assert found(replace(GOOD, language="de", text=text), Rule.TYPOS) == ["Entschudligung"]


def test_a_word_of_the_lists_is_no_slip_and_one_that_is_a_slip_away_from_it_is() -> None:
    text = "We have rebooked it and resennt it."
    assert found(replace(GOOD, text=text), Rule.TYPOS) == ["resennt"]


def test_a_slip_in_the_word_of_regret_is_no_want_of_regret() -> None:
    reply = replace(GOOD, text="Dear Anna, we appologise. We have refnuded you.")
    assert rules(reply) == {Rule.TYPOS}
    assert {one.rule for one in advise(reply, spelling=False)} == {Rule.APOLOGY, Rule.MEASURE}


def test_without_the_dictionaries_the_lists_of_slips_are_read() -> None:
    program = (
        "import sys; sys.modules['spellchecker'] = None\n"
        "from tests.test_coach import GOOD, Rule, found, replace\n"
        "print(found(replace(GOOD, text='We recieved and sned it.'), Rule.TYPOS))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "['recieved']\n"


@pytest.mark.parametrize(
    ("text", "is_taken_up"),
    [
        ("Anna, the warranty lasts as long as the kettle.", True),
        ("Anna, five years.", True),
        ("Anna, yes.", True),
        ("Anna, which kettle do you mean?", True),
        ("Anna, thank you for your letter.", False),
        (f"Anna, five years. {'We like letters very much. ' * 5}", False),
    ],
)
def test_a_question_is_taken_up_by_its_words_a_yes_a_number_or_a_question(text: str, *, is_taken_up: bool) -> None:
    asked = "I like your shop. How long is the warranty?"
    reply = replace(GOOD, kind=Kind.QUESTION, asked=asked, text=text)
    assert (Rule.UNANSWERED not in rules(reply)) is is_taken_up


@pytest.mark.parametrize(
    ("asked", "text", "is_taken_up"),
    [
        ("When do I get it?", f"Anna, on Friday. {'We like letters very much. ' * 5}", True),
        ("When do I get it?", f"Anna, on 3 December. {'We like letters very much. ' * 5}", True),
        ("When do I get it?", "Anna, here are £10.", False),
        ("How many do I get?", "Anna, 15 % off.", False),
        ("How much is it?", "Anna, £10.", True),
        ("Is it new?", "Anna, we know no more.", False),
        ("Is it new?", "Anna, we are afraid: no.", True),
    ],
)
def test_a_day_answers_when_a_sum_how_much_and_a_yes_or_no_stands_by_itself(
    asked: str, text: str, *, is_taken_up: bool
) -> None:
    reply = replace(GOOD, kind=Kind.QUESTION, asked=asked, text=text)
    assert (Rule.UNANSWERED not in rules(reply)) is is_taken_up


@pytest.mark.parametrize(("text", "is_taken_up"), [("周三送到。", True), ("给您的我们会。", False)])
def test_two_characters_that_tell_nothing_do_not_take_up_a_question(text: str, *, is_taken_up: bool) -> None:
    reply = replace(GOOD, kind=Kind.QUESTION, language="zh-Hans", asked="能送到我们给您的地方吗？", text=text)
    assert (Rule.UNANSWERED not in rules(reply)) is is_taken_up


def test_a_reply_is_a_copy_from_six_in_ten_runs_of_five_words() -> None:
    words = [f"word{number}" for number in range(40)]
    same = replace(GOOD, text=" ".join(words), earlier=("Another one.", " ".join(words).upper()))
    assert found(same, Rule.COPIED) == [same.text]
    # Of 36 runs each 27 are common where nine words are other ones, so 27 of 45; with ten it is 26 of 46.
    assert found(replace(same, text=" ".join((*words[:31], *"abcdefghi"))), Rule.COPIED) != []
    assert found(replace(same, text=" ".join((*words[:30], *"abcdefghij"))), Rule.COPIED) == []


def test_short_thanks_are_nobodys_copy() -> None:
    thanks = "Thank you, Anna, we are glad that you like it."
    assert found(replace(GOOD, text=thanks, earlier=(thanks,)), Rule.COPIED) == []


# --- Days ---


@pytest.mark.parametrize(
    ("text", "tag", "on"),
    [
        ("am 3. Dezember", "de", date(2026, 12, 3)),
        ("am 3.12.", "de", date(2026, 12, 3)),
        ("3 декабря", "ru", date(2026, 12, 3)),
        ("le 1er février", "fr", date(2027, 2, 1)),
        ("el 3 de diciembre de 2027", "es", date(2027, 12, 3)),
        ("12月3日", "zh-Hans", date(2026, 12, 3)),
        ("2 October", "en", date(2026, 10, 2)),
    ],
)
def test_a_day_without_a_year_is_the_nearest(text: str, tag: str, on: date) -> None:
    assert [day for day, _ in days_in(text, tag, NOW.date())] == [on]


@pytest.mark.parametrize("text", ["31.02.2027", "2026-13-01", "45 December", "version 1.2.3.4", "99/99"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert list(days_in(text, "en", NOW.date())) == []


# --- The lists ---


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_list_of_a_language_is_there_and_no_phrase_stands_in_it_twice(tag: str) -> None:
    written = tomllib.loads(files("amends.coach").joinpath("languages", f"{tag}.toml").read_text("utf-8"))
    assert set(written) == {"spaced", *PHRASES}
    for table, names in PHRASES.items():
        for name in names:
            assert len(set(written[table][name])) == len(written[table][name]), f"{table}.{name}"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_slip_of_a_list_is_found_and_its_right_word_is_none(tag: str) -> None:
    words = read(tag)
    for wrong, right in words.wrong.items():
        reply = replace(GOOD, language=tag, text=wrong)
        assert (wrong, [("right", right)]) in [
            (reply.text[one.start : one.end], list(one.facts)) for one in advise(reply) if one.rule is Rule.TYPOS
        ]
        assert not words.misspelt.search(plain(right)), right


# --- The guide ---


def test_every_rule_and_every_list_stands_in_the_guide() -> None:
    _, section = (Path(__file__).parents[1] / "docs" / "guide.md").read_text("utf-8").split("\n## The coach\n")
    section = section.split("\n## ")[0]
    assert [rule for rule in Rule if f"\n| `{rule}` |" not in section] == []
    assert [name for names in PHRASES.values() for name in names if f".{name}`" not in section] == []


# --- What holds for every text ---

PIECES = st.sampled_from(
    [word for one in every("development") for word in one.reply.text.split()[:12]]
    + ["but", ".", "?", "\n", "😀", "e\u0301", "\u202e", "ﬁ", "İ", "\x00", "@", "12.12.2026", "（", "。", "¿"]
)
TEXT = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join))
REPLIES = st.builds(
    Reply,
    text=TEXT,
    language=st.sampled_from([*LANGUAGES, "ar", "xx", ""]),
    kind=st.sampled_from(Kind),
    asked=TEXT,
    now=st.just(NOW),
    author=st.none() | st.text(max_size=20),
    earlier=st.lists(TEXT, max_size=3).map(tuple),
    contacts=st.lists(st.text(max_size=20), max_size=2).map(tuple),
)


@given(REPLIES)
@settings(max_examples=60 * EFFORT, deadline=None)
def test_every_text_gets_advice_inside_itself_once_and_always_the_same(reply: Reply) -> None:
    advice = advise(reply)
    assert advice == advise(reply)
    assert len({(one.rule, one.start, one.end, one.message) for one in advice}) == len(advice)
    for one in advice:
        assert 0 <= one.start < one.end <= len(reply.text) or one.start == one.end == 0
        assert one.said(language("nl"))


@given(st.sampled_from([one for one in every("development") if one.reply.author]))
@settings(max_examples=30 * EFFORT, deadline=None)
def test_how_a_name_is_capitalised_changes_no_advice(one: Labelled) -> None:
    assert one.reply.author is not None
    name = one.reply.author.split()[0]
    shouted = replace(one.reply, text=one.reply.text.replace(name, name.upper()))
    assert advise(shouted) == advise(one.reply)


def test_advice_can_be_put_in_order() -> None:
    first, second = Finding(Rule.TYPOS, 1, 2, "a"), Finding(Rule.TYPOS, 3, 4, "a")
    assert sorted((second, first)) == [first, second]


def test_a_day_of_the_past_is_no_measure_whatever_the_hour() -> None:
    reply = replace(GOOD, text="Dear Anna, I am sorry. On 22 November it is there.")
    assert Rule.MEASURE not in rules(reply)
    assert Rule.MEASURE in rules(replace(reply, now=NOW + timedelta(days=1)))
