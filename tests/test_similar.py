"""What is offered to read before somebody asks: what of the board is in its file, and by which terms it is found."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.board import create_board
from amends.board.edition import Edition
from amends.board.machines import similar
from amends.board.machines.terms import SCALE, Words, terms, weighed
from amends.case import Case, Outcome, Reason
from amends.generator.build import build
from amends.record import Answer, Entry, Record, Standing
from tests.boards import a_record
from tests.factories import START, a_case, after, an_event, make_board, put, put_case

SOLVED = an_event("verdict", 5, outcome=Outcome.SOLVED)
LATER = after(30)
TEXT = "The courier left my parcel in the rain."


def texts_of(record: Record) -> list[dict[str, Any]]:
    found = create_board(record, LATER).test_client().get("/acme/similar.json").json
    assert found is not None
    assert found["version"] == similar.VERSION
    texts: list[dict[str, Any]] = found["texts"]
    return texts


def an_answer(name: str = "rain", day: int = 1, **facts: Any) -> Answer:
    usual = {"title": "My parcel got wet", "text": "Send us a photograph of the box."}
    return Answer(name, date(2026, 11, day), **{**usual, **facts})


def with_answers(*answers: Answer, cases: tuple[Case, ...] = ()) -> Record:
    return replace(a_record(*cases), answers={"acme": answers})


# --- What is in it ---


def test_an_answer_and_a_solved_case_stand_in_it_with_their_addresses_and_terms() -> None:
    record = with_answers(an_answer(), cases=(a_case(SOLVED, text=TEXT, language="en-GB"),))
    answer, case = texts_of(record)
    assert (answer["kind"], answer["title"]) == ("answer", "My parcel got wet")
    assert answer["href"] == "https://board.example/acme/answers/#rain"
    assert answer["language"] == "en"
    assert (case["kind"], case["title"], case["language"]) == ("case", TEXT, "en-GB")
    assert case["href"] == "https://board.example/acme/7k3m9qxz/"
    assert set(case["terms"]) == {"courie", "parcel", "rain"}
    assert set(answer["terms"]) == {"parcel", "wet", "photog", "box"}


UNSOLVED = {
    "not answered": (),
    "solved by the company's word": (an_event("solved", 2),),
    "partly solved": (an_event("verdict", 5, outcome=Outcome.PARTLY),),
    "no longer solved": (SOLVED, an_event("verdict", 6, outcome=Outcome.UNSOLVED)),
    "withdrawn": (SOLVED, an_event("withdrawn", 6)),
    "hidden": (SOLVED, an_event("hidden", 6, reason=Reason.PERSONAL_DATA)),
    "removed": (SOLVED, an_event("removed", 6, reason=Reason.COURT_ORDER)),
    "solved later than now": (an_event("verdict", 31, outcome=Outcome.SOLVED),),
}


@pytest.mark.parametrize("events", UNSOLVED.values(), ids=UNSOLVED)
def test_a_case_that_its_customer_does_not_call_solved_or_nobody_can_read_is_not_in_it(events: tuple[Any, ...]) -> None:
    assert texts_of(a_record(a_case(*events, text=TEXT))) == []


@pytest.mark.parametrize("standing", [standing for standing in Standing if standing is not Standing.GOOD])
def test_a_case_whose_file_cannot_be_believed_is_not_in_it(standing: Standing) -> None:
    assert texts_of(a_record(Entry(a_case(SOLVED, text=TEXT), "x.md", standing))) == []


def test_a_case_without_words_is_not_in_it() -> None:
    assert texts_of(a_record(a_case(SOLVED))) == []


def test_what_was_masked_is_no_term() -> None:
    (case,) = texts_of(a_record(a_case(SOLVED, text="Call [hidden: phone] about the [hidden: personal data] parcel.")))
    assert set(case["terms"]) == {"parcel"}


def test_answers_come_first_and_of_each_kind_what_is_newest() -> None:
    answers = (an_answer("old", 1), an_answer("new", 3), an_answer("middling", 2))
    hours = {"00000001": 9, "00000002": 5, "00000003": 7}
    cases = tuple(
        a_case(an_event("verdict", hour, outcome=Outcome.SOLVED), number=number, text=TEXT)
        for number, hour in hours.items()
    )
    places = [
        text["href"].removeprefix("https://board.example/acme/")
        for text in texts_of(with_answers(*answers, cases=cases))
    ]
    assert places == ["answers/#new", "answers/#middling", "answers/#old", "00000001/", "00000003/", "00000002/"]


def test_a_title_is_one_line_as_elsewhere_on_the_board() -> None:
    (answer,) = texts_of(with_answers(an_answer(title="Wet\n\u202e" + "parcel " * 30)))
    assert answer["title"].startswith("Wet parcel")
    assert len(answer["title"]) <= 80


# --- How large it may be ---


def many(count: int, text: str) -> Record:
    """Cases of which each was solved a minute after the one before it."""
    return a_record(
        *(
            a_case(
                an_event("verdict", 2 + place / 60, outcome=Outcome.SOLVED),
                number=f"{place:08}",
                received=START + timedelta(seconds=place),
                text=f"{text} {'abcdefghjk'[place % 10]}{place}",
            )
            for place in range(count)
        )
    )


def test_of_many_solved_cases_the_last_hundred_stand_in_it() -> None:
    found = texts_of(many(similar.MOST + 20, TEXT))
    numbers = [text["href"].split("/")[-2] for text in found]
    assert numbers == [f"{place:08}" for place in reversed(range(20, similar.MOST + 20))]


def test_answers_leave_less_room_for_cases() -> None:
    record = replace(many(similar.MOST, TEXT), answers={"acme": tuple(an_answer(f"a{place}") for place in range(7))})
    kinds = [text["kind"] for text in texts_of(record)]
    assert kinds == ["answer"] * 7 + ["case"] * (similar.MOST - 7)


@pytest.mark.parametrize("letters", ["abcdefghijklmnopqrstuvwxyz", "أبتثجحخدذرزسشصضطظعغفقكل", "收包裹損壞運費退款發票"])
def test_the_file_is_no_larger_than_60_kb_however_long_its_texts_are(letters: str) -> None:
    count = len(letters)
    words = " ".join(
        "".join(letters[(place * 7 + step * (place + 1)) % count] for step in range(6)) for place in range(300)
    )
    record = replace(
        many(similar.MOST, words),
        answers={"acme": tuple(an_answer(f"a{place}", title=words, text=words) for place in range(50))},
    )
    text = create_board(record, LATER).test_client().get("/acme/similar.json").text
    found = [one["kind"] for one in json.loads(text)["texts"]]
    assert len(text.encode()) <= similar.LARGEST
    assert len(found) == similar.MOST or len(text.encode()) > similar.LARGEST - 1500
    assert found[:50] == ["answer"] * 50


def test_the_guide_says_how_many_there_are_how_large_the_file_is_and_what_it_holds() -> None:
    guide = " ".join((Path(__file__).parents[1] / "docs" / "guide.md").read_text("utf-8").split())
    assert (similar.MOST, similar.LARGEST) == (100, 60_000)
    assert "at most a hundred texts and 60 KB" in guide
    (text,) = texts_of(with_answers(an_answer()))
    assert [name for name in text if f"`{name}`" not in guide] == []


# --- When it is written anew ---


def offered(folder: Path) -> str:
    return (folder / "public" / "acme" / "similar.json").read_text("utf-8")


def build_in(folder: Path, hours: float) -> None:
    build(folder / "content", folder / "public", folder / "cache", after(hours))


def test_a_case_leaves_it_in_the_build_that_withdraws_it(tmp_path: Path) -> None:
    other = a_case(SOLVED, number="2abc4def", text="Nobody answers the telephone in your shop.")
    make_board(tmp_path, a_case(SOLVED, text=TEXT), other)
    build_in(tmp_path, 10)
    assert "7k3m9qxz" in offered(tmp_path)
    put_case(tmp_path / "content", a_case(SOLVED, an_event("withdrawn", 11), text=""))
    build_in(tmp_path, 12)
    assert "7k3m9qxz" not in offered(tmp_path)
    assert "courie" not in offered(tmp_path)
    assert "2abc4def" in offered(tmp_path)


def test_an_answer_that_is_rewritten_is_found_by_its_new_words(tmp_path: Path) -> None:
    make_board(tmp_path)
    file = tmp_path / "content" / "acme" / "answers" / "rain.md"
    put(file, "---\ntitle: Wet parcels\ndate: 2026-11-01\n---\nSend a photograph.\n")
    build_in(tmp_path, 10)
    put(file, "---\ntitle: Wet parcels\ndate: 2026-11-01\n---\nSend a receipt.\n")
    build_in(tmp_path, 11)
    assert "receip" in offered(tmp_path)
    assert "photog" not in offered(tmp_path)


def test_a_case_that_is_not_in_it_does_not_change_what_it_is_made_of() -> None:
    def made_of(*cases: Case) -> bytes:
        edition = Edition(with_answers(an_answer(), cases=cases), LATER)
        shelf = edition.shelf("acme")
        assert shelf is not None
        return similar.made_of(edition, shelf)

    solved, fresh = a_case(SOLVED, text=TEXT), a_case(number="2abc4def", text="Another matter.")
    assert made_of(solved) == made_of(solved, fresh)
    assert made_of(solved) != made_of(replace(solved, text="Other words."))
    assert made_of(solved) != made_of()


# --- Terms ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My PARCEL, parcels!", ["my", "parcel", "parcel"]),
        ("frames frame framing", ["fram", "fram", "framin"]),
        ("Fahrräder für 300 Euro", ["fahrra", "fur", "euro"]),
        ("почту почта почты ёлка", ["почт", "почт", "почт", "елк"]),
        ("الطلب والطلب طلب لِلطَّلَب", ["طلب", "طلب", "طلب", "طلب"]),
        ("退款多久到账", ["退款", "款多", "多久", "久到", "到账"]),
        ("我的行李箱壞了", ["行李", "李箱", "箱壞"]),
        ("gas gasse es a 1234 x9", ["gas", "gass", "es", "x9"]),
        ("ไทย ελληνικά 🙂", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_the_beginnings_of_words_and_pairs_of_chinese_characters(
    text: str, expected: list[str]
) -> None:
    assert terms(text) == expected


@given(st.text())
def test_terms_are_short_and_have_nothing_to_quote(text: str) -> None:
    for term in terms(text):
        assert 2 <= len(term) <= 6
        assert term.isalnum()


@given(st.text(), st.text())
def test_texts_that_stand_one_below_the_other_have_the_terms_of_both(one: str, other: str) -> None:
    assert terms(f"{one}\n{other}") == terms(one) + terms(other)


@given(st.lists(st.builds(Words, st.text(), st.text(), st.sampled_from([None, "en", "de-AT", "zh-Hant", "x"]))))
def test_each_text_gets_at_most_24_weights_of_up_to_a_thousand_or_so_the_heaviest_first(texts: list[Words]) -> None:
    found = weighed(texts)
    assert len(found) == len(texts)
    for words, weights in zip(texts, found, strict=True):
        assert weights.keys() <= {*terms(words.title), *terms(words.text)}
        assert len(weights) <= 24
        assert all(0 <= weight <= 2 * SCALE for weight in weights.values())


def test_of_a_long_text_the_24_heaviest_terms_are_kept() -> None:
    twice = " ".join(f"{letter}rain {letter}rain" for letter in "abcdefghijklmnopqrstuvwx")
    once = " ".join(f"{letter}lamp" for letter in "abcdefgh")
    (weights,) = weighed([Words("", f"{once} {twice}", "en")])
    assert len(weights) == 24
    assert all(term.endswith("rain") for term in weights)


def test_a_text_of_two_words_is_not_like_everything_that_has_one_of_them() -> None:
    short, long = weighed([Words("", "tired courier", "en"), Words("", "lamp shade broken glass splinter", "en")])
    assert set(short.values()) == {316}, "as one of ten words"
    assert set(long.values()) == {316}


def test_a_word_in_the_title_weighs_more_than_one_in_the_text_and_a_rare_one_more_than_a_frequent_one() -> None:
    texts = [Words("Refund", "parcel glove", "en"), Words("", "parcel", "en"), Words("", "parcel", "en")]
    weights = weighed(texts)[0]
    assert list(weights) == ["refund", "glov", "parcel"]
    assert weights["refund"] > weights["glov"] > weights["parcel"] > 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hello, I have been waiting for two weeks and nobody has answered"),
        ("de", "Seit zwei Wochen warte ich, und niemand hat mir geantwortet"),
        ("nl", "Ik wacht al twee weken en niemand heeft mij een antwoord gegeven"),
        ("fr", "Bonjour, depuis deux semaines je n'ai pas de réponse"),
        ("es", "Hola, desde hace dos semanas nadie me ha contestado"),
        ("ru", "Здравствуйте, я жду уже две недели, и никто не ответил"),
        ("ar", "مرحبا، أنا أنتظر منذ أسبوعين ولا أحد يرد"),
        ("zh-Hans", "我已经等了两天，没有人联系我"),
        ("zh-Hant", "我已經等了兩天，沒有人聯絡我"),
    ],
)
def test_hardly_a_word_that_stands_in_every_complaint_weighs_anything(language: str, text: str) -> None:
    # Of Chinese a pair is left that reaches over the end of a word.
    assert len(weighed([Words("", text, language)])[0]) <= (2 if language.startswith("zh") else 0)
