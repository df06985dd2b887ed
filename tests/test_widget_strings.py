"""The widget's words: every language says all that the scripts use, with its own plurals, in the words of the board."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from amends.intake.forms import REASONS
from amends.language import LANGUAGES, language
from tests.catalogues import template

WIDGET = Path(__file__).parent.parent / "widget"
CODES = {"too_long", "not_an_address", "too_many", "unavailable", "foreign_origin", "left"}
"""What the service may refuse or fail with, as it names it to programs; the widget says each in its own words."""

QUOTING = ("board/templates/privacy.html", "board/templates/rules.html")

FOREIGN = {
    "fr": r" [?!;:»]|« ",
    "ar": r"[,;?]",
    "zh-Hans": r"[,.;:?!()]",
    "zh-Hant": r"[,.;:?!()]",
}
"""Punctuation that would be right elsewhere. French has narrow spaces there at which no line breaks."""

every_language = pytest.mark.parametrize("tag", LANGUAGES)


def words_in(tag: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads((WIDGET / "strings" / f"{tag}.json").read_text("utf-8"))
    return words


def sentences_in(tag: str) -> Iterator[tuple[str, str, str | None]]:
    """Each sentence with its key, and with its plural category where it has forms."""
    words = words_in(tag)
    for key, said in {**words["form"], **words["more"]}.items():
        if isinstance(said, dict):
            yield from ((key, sentence, category) for category, sentence in said.items())
        else:
            yield key, said, None


def names_in(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


def stands_for_one_number(tag: str, category: str) -> bool:
    return [locale(tag).plural_form(number) for number in range(1000)].count(category) == 1


def source(script: str) -> str:
    return (WIDGET / script).read_text("utf-8")


def used_by(script: str) -> set[str]:
    return set(re.findall(r"\bwords\.(\w+)", source(script))) - {"lang", "dir"}


def filled_in() -> dict[str, set[str]]:
    """The names in braces that the scripts fill in, by the key of the sentence."""
    filled: dict[str, set[str]] = {}
    for script in ("form.js", "more.js"):
        for sentence, values in re.findall(r"\bfill\(([^{}]+), \{ (.+?) \}\)", source(script)):
            names = set(re.findall(r"(?:^|, )(\w+)(?=: |, |$)", values))
            filled |= dict.fromkeys(re.findall(r"\bwords\.(\w+)", sentence) or CODES, names)
        filled |= {key: {"count"} for key in re.findall(r"\bplural\(words\.(\w+)", source(script))}
    return filled


def test_the_widget_speaks_every_language_of_the_board_and_no_other() -> None:
    assert {file.stem for file in WIDGET.glob("strings/*")} == set(LANGUAGES)


@every_language
def test_a_file_says_which_language_it_is_and_in_which_direction_it_runs(tag: str) -> None:
    assert (words_in(tag)["lang"], words_in(tag)["dir"]) == (tag, locale(tag).text_direction)


@every_language
def test_every_language_has_the_sentences_of_english_in_the_same_order(tag: str) -> None:
    words, english = words_in(tag), words_in("en")
    assert list(words) == list(english)
    assert [list(words[part]) for part in ("form", "more")] == [list(english[part]) for part in ("form", "more")]


@every_language
def test_every_sentence_says_something_and_has_no_space_around_it(tag: str) -> None:
    assert [key for key, sentence, _ in sentences_in(tag) if not sentence or sentence != sentence.strip()] == []


@every_language
def test_every_sentence_has_the_names_in_braces_that_the_english_one_has(tag: str) -> None:
    english = {key: names_in(sentence) for key, sentence, _ in sentences_in("en")}
    for key, sentence, category in sentences_in(tag):
        left_out = {"count"} if category and stands_for_one_number(tag, category) else set()
        assert names_in(sentence) | left_out == english[key] | left_out, (key, category)


@every_language
def test_a_sentence_with_a_number_has_exactly_the_plural_forms_of_its_language(tag: str) -> None:
    forms = {category for key, _, category in sentences_in(tag) if key == "hidden"}
    assert forms == {*locale(tag).plural_form.tags, "other"}


@every_language
def test_choices_beside_each_other_are_told_apart_by_their_words(tag: str) -> None:
    form = words_in(tag)["form"]
    for choices in (["problem", "question", "idea", "thanks"], ["public", "private"], ["send", "preview"]):
        assert len({form[choice] for choice in choices}) == len(choices)


@every_language
def test_a_language_is_written_with_its_own_punctuation(tag: str) -> None:
    foreign = re.compile(r"['\"]|\.\.\." + (f"|{FOREIGN[tag]}" if tag in FOREIGN else ""))
    assert [sentence for _, sentence, _ in sentences_in(tag) if foreign.search(sentence)] == []


# --- The words of the board ---


@every_language
def test_a_label_that_the_board_quotes_is_that_of_the_widget(tag: str) -> None:
    keys = {sentence: key for key, sentence, _ in sentences_in("en")}
    labels, lang, quoted = words_in(tag)["form"], language(tag), set()
    for message in template():
        if any(file in QUOTING for file, _ in message.locations):
            for quote in re.findall("“([^”]+)”", str(message.id)):
                if quote not in REASONS.values():
                    quoted.add(keys[quote])
                    words = lang.gettext("“{words}”", words=labels[keys[quote]])
                    assert words in lang.gettext(str(message.id))
    assert "private" in quoted


@every_language
def test_who_gave_no_name_is_called_as_on_the_board(tag: str) -> None:
    assert words_in(tag)["form"]["a_customer"].casefold() == language(tag).gettext("A customer").casefold()


@every_language
def test_the_private_link_has_the_name_that_it_has_on_the_board(tag: str) -> None:
    assert words_in(tag)["more"]["link"] == language(tag).gettext("Your private link")


# --- The scripts ---


def test_the_form_has_exactly_the_sentences_that_its_script_uses() -> None:
    assert used_by("form.js") == set(words_in("en")["form"])


def test_what_comes_later_has_exactly_the_sentences_that_its_script_uses_besides() -> None:
    assert used_by("more.js") - set(words_in("en")["form"]) | CODES == set(words_in("en")["more"])


def test_the_scripts_fill_in_every_name_in_braces() -> None:
    filled = filled_in()
    for key, sentence, _ in sentences_in("en"):
        names = filled.get(key, set())
        assert names_in(sentence) <= names if key in CODES else names_in(sentence) == names, key
