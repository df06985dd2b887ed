"""The short way to the HTML of a reply: the same bytes as the full one, and taken by nearly every reply."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from amends import _markdown, _markdown_full, text
from amends.record.schema import read_case
from tests.effort import EFFORT
from tests.test_text import PIECES, TRIFLES, UNITS, assert_allowed, hostile

CONTENT = Path(__file__).parents[1] / "content"
examples = settings(max_examples=100 * EFFORT, deadline=None)


def agree(words):
    """Hold the short way to the full one, and return what it answered."""
    cleaned = text.clean(words.expandtabs(4))
    html = _markdown.quick(cleaned)
    assert html is None or html == _markdown_full.full(cleaned)
    return html


WORDS = (
    "we",
    "Zoë",
    "здравствуйте",
    "返金",
    "مرحبا",
    "मेरा",
    "می\u200cخواهم",
    "😡",
    "❤\ufe0f",
    "7.50",
    "#1234",
    "snake_case",
)
MARKED = (
    "*em*",
    "**strong**",
    "_em_",
    "__strong__",
    "`code`",
    "` `",
    "2*3*4",
    "*MS",
    "_",
    "*",
    "a_",
    "*a b*",
    "__c d__",
)
LINKS = (
    *("https://acme.example/_a_*b*?c=1&d=2", "HTTP://acme.example/(a)", "https://x.example", "https://x.example/a'b", "://"),
    *("[words](https://x.example/a?b=1&copy;=2)", "[a b](mailto:a@b.example)", "[https://x.example](https://y.example/*)"),
)  # fmt: skip
HTML = (
    "&",
    "<",
    ">",
    "&amp;",
    "&lt;b&gt;",
    "&#60;",
    "<b>",
    "</p>",
    "<script>alert(1)</script>",
    '"',
    "'",
    "<https://x.example>",
)
STARTS = (
    "\n",
    "\n\n",
    "\n- ",
    "\n* ",
    "\n> ",
    "\n1. ",
    "\n2. ",
    "\n\n- ",
    "\n\n* ",
    "\n\n> ",
    "\n\n1. ",
    "\n\n ",
    "\n ",
    "\n\u3000",
)
SPACES = (" ", " ", " ", ", ", ". ", ": ", "(", ")", "!", "\xa0", "\u200f", "")
easy = st.sampled_from(WORDS + MARKED + LINKS + HTML + STARTS + SPACES * 4)
mixed = st.lists(easy, max_size=24).map("".join)
rough = st.lists(easy | st.sampled_from(PIECES + TRIFLES + UNITS), max_size=16).map("".join)
lines = st.lists(st.sampled_from(WORDS + MARKED + LINKS + HTML), min_size=1, max_size=5).map(" ".join)


@st.composite
def blocks(draw):
    """Paragraphs, lists and quotations as people write them, with words that need not be as simple."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        mark = draw(st.sampled_from(("", "", "- ", "* ", "+ ", "> ", "{}. ")))
        said = draw(st.lists(lines, min_size=1, max_size=4))
        parts.append("\n".join(mark.format(number) + line for number, line in enumerate(said, 1)))
    return "\n\n".join(parts)


@examples
@given(mixed | rough | blocks() | hostile)
@example("> a\n\n> b")
@example("<https://x.example/a>")
@example("`C:\\_a_` `` ` ``")
@example("")
def test_the_short_way_ends_where_the_full_one_does(words):
    agree(words)


SMALL = (
    "a",
    "*",
    "**",
    "_",
    "__",
    "`",
    " ",
    "\n",
    "1",
    "- ",
    "1. ",
    "> ",
    "[",
    "](https://x.example/",
    "https://x.example",
    ")",
    "\\",
)


@examples
@given(st.lists(st.sampled_from(SMALL), max_size=9).map("".join))
def test_the_short_way_knows_which_marks_pair_up(words):
    agree(words)


@examples
@given(mixed | rough | hostile)
def test_the_short_way_writes_nothing_but_escaped_words_in_our_own_elements(words):
    html = _markdown.quick(text.clean(words))
    if html is None:
        return
    assert_allowed(html)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Dear Anna,\nthank you & sorry.\n\nYours, Olga",
        "We are **very** sorry, *really*: __see__ _below_. `A-1`\n\n- one *day*\n- two `b`\n\n1. a\n2. b\n\nBye",
        "> you wrote\n> this\n\nYes.",
        "> one\n\n> two",
        "See https://x.example/a_b*c. Or [here](https://x.example/?a=1&b=2), or [write](mailto:a@b.example).",
        "<script>alert(1)</script> &copy; 2*3*4 snake_case * a _ 5 < 6",
        "Please send us a message: https://x.example/help *MS",
        "We did:\n- this\n- that",
        "#1234 is on its way!\n\n* 这是*强调*文字\n* b",
    ],
)
def test_a_reply_as_people_write_it_takes_the_short_way(words):
    assert agree(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        "**a *b* c**",
        "*a **b* c**",
        "*a* **b*",
        "*a***b**",
        "*a** b",
        "*a * b*",
        "*a\nb*",
        "a*b\nc*",
        "*a\n\nb*",
        "*a `b* c *d `e*",
        "*a\\.b*",
        "2**a**",
        "_a_b c_",
        "___ a__",
        "\\*a*",
        "``a``",
        "`a``b`",
        "`a\nb`",
        "`a\n\nb`",
        "[*a*](https://x.example)",
        "[`a](https://x.example) [`b](https://x.example)",
        "[`]`](https://x.example)",
        "[a\n\nb](https://x.example)",
        "[a](javascript:alert(1))",
        "![a](https://x.example)",
        "*https://x.example*",
        'https://x.example/1*"a" b*',
        "[`]` *a](mailto:a@b.example)*",
        "-  a",
        "https://x.example/`a`",
        "- a\n    - b",
        "- a\nb",
        "- a\n\n- b",
        "1. a\n\n2. b",
        "3. November",
        "- > a",
        "> - a",
        "> a\nb",
        "a\n> b",
        ">a",
        "a\n\n    b",
        "a\n  b",
        "a\n\u3000*b*",
    ],
)  # fmt: skip
def test_what_might_be_read_otherwise_is_left_to_the_full_converter(words):
    assert agree(words) is None


def test_nearly_every_reply_of_the_example_board_takes_the_short_way():
    cases = [read_case(file.read_text(), file.parts[-4], str(file)) for file in CONTENT.glob("*/*/*/*.md")]
    replies = [found.text for case in cases for found in case.events if found.by == "company" and found.text]
    taken = [reply for reply in replies if agree(reply) is not None]
    assert len(replies) > 50
    assert len(taken) >= 0.95 * len(replies)


def test_a_text_of_too_many_marks_shows_as_typed_on_either_way():
    words = ("*a* " * 600).strip()
    assert _markdown.quick(words).count("<em>") == 600
    assert text.markdown(words) == f"<p>{words}</p>"


@examples
@given(hostile)
def test_the_first_look_at_what_a_text_costs_misses_no_mark(words):
    assert all(set(mark) & set(text._IN_COSTLY) for mark in text._COSTLY.findall(words))


def test_what_was_kept_is_not_escaped_again():
    html = text.markdown("*a* & b")
    assert text.kept(str(html)) == html
    assert isinstance(text.kept(str(html)), Markup)
