"""Case files without a fault, read quickly: the same case, or None."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.case import Case
from amends.record import RecordError, read_case, write_case
from amends.record.quick import quick_case
from amends.record.schema import read_in_full
from tests.effort import EFFORT
from tests.test_record import EVENT, HEAD, HOSTILE, cases, file_with

CONTENT = Path(__file__).parents[1] / "content"

SYNTAX = [
    "#", " #", ": ", ":", "&a ", "*a", "!!str ", "'", '"', "%", "@", "`", "? ", "- ", "-", "{", "}", "[", "]", ",",
    "\\", "|", "|-\n", "|+", "|2", ">", ">-", "\t", "\0", "\r", "\r\n", "\n", "\n\n", " ", "  ", "    ", "   ",
    "\x07", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\u3000", "\ufeff", "\ufffe", "\U0010ffff", "---", "---\n",
    "...\n", "\n---\n", "\\n", "\\x41", "\\ud800", "\\U0001f600", "\\U00110000", "~", "null", "a", "é", "0",
    "<<: *a\n", "# c\n", "    # c\n", "events:\n", "events: []\n", "text: x\n", "  text: |+\n    y\n\n\n",
    "  why: x\n", "source: blog\n", "title: x: y\n", "title: x #y\n", "title: |\n    x\n", "page: /x:\n",
    "- at: 2026-01-05T09:00:00Z\n", "  by: customer\n",
]  # fmt: skip
VALUES = st.sampled_from([*HOSTILE, *SYNTAX, "2026-02-30", "2026-01-05T09:00:60Z", "published", "keeper", "p1", "10"])


@st.composite
def slipped(draw: st.DrawFn, text: str) -> str:
    """The file after a slip or two in its front matter."""
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        end = text.find("\n---", 3) + 5
        slip = draw(st.sampled_from([_in_characters, _in_characters, _in_lines, _in_values]))
        text = draw(slip(text[:end])) + text[end:]
    return text


@st.composite
def _in_characters(draw: st.DrawFn, text: str) -> str:
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(st.sampled_from(["", *SYNTAX])) + text[place + draw(st.integers(0, 3)) :]


@st.composite
def _in_lines(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    first, second = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    changed = {
        "twice": [*lines[:first], lines[second], *lines[first:]],
        "gone": [*lines[:first], *lines[first + 1 :]],
        "elsewhere": [lines[{first: second, second: first}.get(place, place)] for place in range(len(lines))],
        "further in": [*lines[:first], draw(st.sampled_from([" ", "  ", "    "])) + lines[first], *lines[first + 1 :]],
        "further out": [*lines[:first], lines[first][draw(st.integers(1, 4)) :], *lines[first + 1 :]],
    }
    return "\n".join(changed[draw(st.sampled_from(sorted(changed)))])


@st.composite
def _in_values(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    place = draw(st.integers(0, len(lines) - 1))
    key, colon, _ = lines[place].partition(": ")
    form = draw(st.sampled_from(["{}", '"{}"', "x{}", "x{}y", "'{}'", "|\n    {}", "|+\n    x\n     {}\n\n"]))
    return "\n".join([*lines[:place], key + colon + form.format(draw(VALUES)), *lines[place + 1 :]])


def in_full(text: str) -> Case | None:
    """The case as the reader of YAML finds it, None where it finds a fault."""
    try:
        return read_in_full(text, "acme", "a.md")
    except RecordError:
        return None


@given(cases())
@settings(max_examples=100 * EFFORT, deadline=None)
def test_what_is_written_is_read_quickly(case: Case) -> None:
    assert quick_case(write_case(case), "acme") == case


@given(st.data(), cases())
@settings(max_examples=40 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_after_a_slip_a_file_is_read_as_a_reader_of_yaml_reads_it_or_not_quickly(
    data: st.DataObject, case: Case
) -> None:
    for _ in range(10):
        text = data.draw(slipped(write_case(case)))
        found = quick_case(text, "acme")
        assert found is None or repr(found) == repr(in_full(text))


def test_every_case_of_the_example_is_read_quickly_and_as_a_reader_of_yaml_reads_it() -> None:
    files = sorted(CONTENT.glob("*/[0-9]*/[0-9]*/*.md"))
    assert len(files) > 90
    for file in files:
        text = file.read_text("utf-8")
        assert quick_case(text, "acme") == in_full(text) is not None


SAID = EVENT.replace("text: Hello", "text: {}")


@pytest.mark.parametrize(
    ("text", "quick"),
    [
        (file_with(), True),
        (file_with(EVENT), True),
        (file_with("source: blog\n" + EVENT.replace("  name: Olga\n", "")), True),
        (file_with("title: Über Größe, (kurz) - 3/4"), True),
        (file_with('title: "a: b # c"'), True),
        (file_with(r'title: "\"a\\\n\u200d\U000e0041"'), True),
        (file_with("title: 10 o'clock: no"), False),
        (file_with("title: a #b"), False),
        (file_with("title: ends:"), False),
        (file_with("title: 'a'"), False),
        (file_with("title:  a"), False),
        (file_with(r'title: "\x41"'), False),
        (file_with("title: a\n  b"), False),
        (file_with("title: a\n\nauthor: b"), False),
        (file_with("title: a\xa0b"), True),
        (file_with("# a note"), False),
        (file_with("events: []"), False),
        (file_with("events:"), False),
        (file_with(EVENT + "\nauthor: A"), False),
        (file_with(EVENT.replace("\n", "\n  ").replace("  events", "events")), False),
        (file_with(EVENT.replace("name: Olga", "name: Olga # who")), False),
        (file_with(SAID.format("|\n    a\n\n     b\n    c    \n\n")), True),
        (file_with(SAID.format("|+\n    a\n\n")), True),
        (file_with(SAID.format("|-\n   a")), False),
        (file_with(SAID.format("|-\n\n    a")), False),
        (file_with(SAID.format("|-\n     a\n    b")), False),
        (file_with(SAID.format("|\n    a\n    \n    b")), False),
        (file_with(SAID.format(">\n    a\n    b")), False),
        (file_with().replace("\n", "\r\n"), False),
        ("\ufeff" + file_with(), False),
        (HEAD + "---", False),
        (HEAD + "--- \nBody", False),
    ],
)
def test_what_a_plain_file_is_and_what_needs_a_closer_look(text: str, *, quick: bool) -> None:
    assert (quick_case(text, "acme") is not None) == quick
    assert quick_case(text, "acme") in (None, in_full(text))


@pytest.mark.parametrize(
    "text",
    [
        file_with(EVENT.replace("  name: Olga\n", "")),
        file_with("source: blog\n" + EVENT.replace("\n  text: Hello", "")),
        file_with("source: blog\n" + EVENT.replace("\n  name: Olga\n  text: Hello", "")),
        file_with(EVENT.replace("company", "keeper")),
        file_with(EVENT.replace("01-05", "01-04")),
        file_with(EVENT + "\n  score: 3"),
        file_with(EVENT + "\n  name: Olga"),
        file_with("colour: red"),
        file_with("title: a\ntitle: b"),
        file_with("case: 7k3m9qxz"),
        file_with('author: ""'),
        file_with(r'author: "\ud800"'),
        file_with("author: a\x07b"),
        HEAD.replace("complaint", "rant") + "---\n",
        HEAD.replace("01-05", "02-30") + "---\n",
    ],
)
def test_a_file_with_a_fault_is_not_read_quickly(text: str) -> None:
    assert quick_case(text, "acme") is None
    with pytest.raises(RecordError):
        read_case(text, "acme", "a.md")


@pytest.mark.parametrize(
    "line", ["a" * 250_000, "title: " + "x: " * 80_000 + "events:", "events:\n" + "- at: " * 40_000]
)
def test_the_longest_line_is_looked_at_once(line: str) -> None:
    assert quick_case(file_with(line), "acme") is None
