"""Case files: read, written, spliced."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from amends.case import ALPHABET, SHAPES, Case, Event, Kind, Outcome, Reason
from amends.moves import can_follow
from amends.record import CannotSpliceError, RecordError, front, read_case, splice, write_case
from amends.record.emit import event_lines
from tests.effort import EFFORT

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HOSTILE = [
    "NO", "~", "1.10", "0x1f", "1e3", "2026-11-02", "12:30:45", "=", "<<", "- x",
    "# not a comment", "a: b", "a #b", "---", "---\nevents: []", "...", "%TAG", "@at", "`tick`",
    "[1, 2]", "{a: b}", "&a", "*a", "!!int 3", "'", '"', "\\", "\\n", "tab\there", "\tx", " x",
    "x ", "x\n", "\nx", "x\n\n", "a\n  b\n c", "a\n   \nb", "a\n\n\nb", "\u0085", "a\u0085b",
    "\u2028", "\u2029", "\ufeff", "\ufffe", "\x7f", "\x00", "\x1b[31m", "\u202eevil", "😀",
    "👨‍👩‍👧", "é", "عربي", "中文。", "Ω", "|", ">", "| text", "?", "? x", "a\r\nb", "\r", "null",
    "Yes", "off", "x:", "-", "_",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80),
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4).map("\n".join),
).filter(lambda text: text.strip())
numbers = st.text(ALPHABET, min_size=8, max_size=8)
names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)
FACTS = {
    "name": texts,
    "promise": names,
    "what": texts,
    "due": st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    "measure": texts,
    "outcome": st.sampled_from(Outcome),
    "again": st.booleans(),
    "score": st.integers(0, 10),
    "recommend": st.integers(0, 10),
    "reason": st.sampled_from(Reason),
    "why": texts,
    "received": st.just(START),
    "reply_by": st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours)),
    "text": texts,
}


@st.composite
def events(draw: st.DrawFn, at: datetime) -> Event:
    """Any event whose facts fit its shape; whether it can follow others is not asked here."""
    by, event = draw(st.sampled_from([shape for shape in SHAPES if shape[1] not in ("kept", "moved", "broken")]))
    shape = SHAPES[by, event]
    keys = [*shape.required, *(key for key in shape.optional if draw(st.booleans()))]
    references = numbers if event == "duplicate" else st.just(at)
    return Event(at, by, event, **{key: draw(references if key == "of" else FACTS[key]) for key in keys})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case with hostile text in every field and a history that could have been."""
    optional = {key: draw(st.none() | texts) for key in ("author", "title", "source")}
    case = Case(
        number=draw(numbers),
        company="acme",
        kind=draw(st.sampled_from(Kind)),
        topic=draw(names),
        received=START,
        reply_by=START + timedelta(hours=draw(st.integers(0, 99))),
        text="",
        language=draw(st.sampled_from([None, "en", "zh-Hant", "ar"])),
        page=draw(st.sampled_from([None, "/", "/a-b/%20c"])),
        same=draw(st.none() | numbers),
        url=draw(st.sampled_from([None, "https://x.example/a?b=c#d"])),
        **optional,
    )
    for step in range(draw(st.integers(0, 5))):
        event = draw(events(START + timedelta(hours=step)))
        if can_follow(case, event):
            case = with_event(case, event)
    return replace(case, title=None) if case.is_gone else with_text(case, draw(st.just("") | texts))


def with_event(case: Case, event: Event) -> Case:
    return replace(case, events=(*case.events, event))


def with_text(case: Case, text: str) -> Case:
    return replace(case, text=text)


def plain_values(case_text: str) -> tuple[object, object]:
    """The front matter as two independent YAML readers see it, PyYAML (1.1) and ruamel (1.2)."""
    parts = front.split(case_text)
    return yaml.load(parts.front, yaml.BaseLoader), YAML(typ="safe", pure=True).load(io.StringIO(parts.front))


def no_instants(value: object) -> object:
    """Everything that both readers must call text, with times, dates, numbers and yes or no left out."""
    if isinstance(value, dict):
        return {key: no_instants(item) for key, item in value.items()}
    if isinstance(value, list):
        return [no_instants(item) for item in value]
    return value if isinstance(value, str) else None


@given(cases())
@settings(max_examples=60 * EFFORT)
def test_what_is_written_is_read_again(case: Case) -> None:
    assert read_case(write_case(case), "acme", "a.md") == case


@given(cases())
@settings(max_examples=60 * EFFORT, deadline=None)
def test_other_yaml_readers_find_the_same_words(case: Case) -> None:
    base, other = plain_values(write_case(case))
    assert isinstance(other, dict)
    assert other.get("author") == case.author == base.get("author")
    assert other.get("title") == case.title
    for mine, theirs, bare in zip(case.events, other.get("events", []), base.get("events", []), strict=True):
        for key in ("name", "what", "measure", "why", "text", "promise"):
            assert theirs.get(key) == bare.get(key) == getattr(mine, key)


@given(cases())
@settings(max_examples=40 * EFFORT)
def test_writing_the_same_case_gives_the_same_bytes(case: Case) -> None:
    text = write_case(case)
    assert write_case(read_case(text, "acme", "a.md")) == text


HAND_EDITED = [
    'case: "7k3m9qxz"   # do not change',
    "kind:   complaint",
    "topic: delivery",
    "",
    "received: 2026-01-05T08:00:00Z",
    "reply_by: 2026-01-06T08:00:00Z",
    "author: 'It''s me'",
    "title: >-\n  folded\n  title",
]


@st.composite
def edited_files(draw: st.DrawFn) -> str:
    """A case file as a person leaves it: comments, blank lines, other quotes, indents and line ends."""
    lines = list(HAND_EDITED)
    indent = draw(st.sampled_from(["", "  ", "    "]))
    for index in range(draw(st.integers(0, 3))):
        lines += ["events:"] if index == 0 else []
        lines += [f"{indent}-   at: 2026-01-05T1{index}:00:00Z", f"{indent}    event: followup"]
        lines += [f"{indent}    by: customer # who", f'{indent}    text: "{index} \\u263a"']
        lines += draw(st.sampled_from([[], ["", ""], [f"{indent}    # a note"], ["# at the margin"]]))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    body = draw(st.sampled_from(["", "Words.", "\nWords.\n\n", "---\nmore", "no end"]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return mark + ending.join(["---", *"\n".join(lines).split("\n"), "---  ", body])


@given(edited_files(), events(START + timedelta(days=1)))
@settings(max_examples=60 * EFFORT)
def test_splicing_keeps_every_other_byte_of_an_edited_file(text: str, event: Event) -> None:
    before = read_case(text, "acme", "a.md")
    try:
        after = splice(text, event, "acme", "a.md")
    except CannotSpliceError:
        ends_with_a_text = (before.text or before.title) and event.event in ("withdrawn", "removed")
        assert ends_with_a_text or not can_follow(before, event)
        return
    assert read_case(after, "acme", "a.md") == with_event(before, event)
    closing = front.split(text).closing
    assert after.startswith(text[:closing])
    assert after.endswith(text[closing:])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("events: []", "in brackets"),
        (
            "events:\n- at: 2026-01-05T09:00:00Z\n  by: customer\n  event: followup\n  text: x\nauthor: A",
            "the last key",
        ),
        ("colour: red", "has a fault"),
    ],
)
def test_a_file_that_cannot_take_an_event_is_refused_with_the_reason(line: str, complaint: str) -> None:
    text = file_with(line)
    with pytest.raises(CannotSpliceError, match=complaint):
        splice(text, Event(START + timedelta(hours=2), "customer", "followup", text="More"), "acme", "a.md")


def test_an_impossible_event_is_not_spliced() -> None:
    kept = Event(START, "company", "kept", promise="p1")
    with pytest.raises(CannotSpliceError, match="never made"):
        splice(file_with(), kept, "acme", "a.md")


HEAD = """---
case: "7k3m9qxz"
kind: complaint
topic: delivery
received: 2026-01-05T08:00:00Z
reply_by: 2026-01-06T08:00:00Z
"""


def file_with(lines: str = "", body: str = "") -> str:
    return HEAD + (lines + "\n" if lines else "") + "---\n" + body


EVENT = "events:\n- at: 2026-01-05T09:00:00Z\n  by: company\n  event: reply\n  name: Olga\n  text: Hello"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "a.md:1: found no front matter, expected a first line of three dashes: ---"),
        ("---\nkind: idea\n", "a.md:3: found the end of the file, expected a line of three dashes"),
        (file_with("colour: red"), "a.md:7: colour: found an unknown key, expected one of case, kind"),
        (file_with("authr: A"), "did you mean author?"),
        (file_with("kind: idea"), "a.md:7: kind: found the key a second time, expected each key once"),
        (file_with("language: English!"), "a.md:7: language: found 'English!', expected a language tag"),
        (file_with("author: [a, b]"), "a.md:7: author: found a list or keys, expected a single value"),
        (file_with("author: &a x"), "a.md:7: found an anchor or an alias"),
        (file_with("author: !!str x"), "a.md:7: found a tag"),
        (file_with("author: 'x"), "a.md:8: found what YAML cannot read"),
        (file_with("author: a\x07b"), "a.md:7: found the character 7"),
        (
            file_with(EVENT.replace("name", "nmae")),
            "a.md:11: nmae: found an unknown key, expected one of name",
        ),
        (file_with(EVENT.replace("event: reply", "event: replied")), "did you mean reply?"),
        (file_with(EVENT.replace("by: company", "by: boss")), "a.md:9: by: found 'boss'"),
        (
            file_with(EVENT.replace("T09:00:00Z", " 09:00")),
            "expected a time in UTC like 2026-11-02T09:14:05Z",
        ),
        (file_with(EVENT.replace("01-05", "01-04")), "a.md:8: found an event before the receipt"),
        (file_with(EVENT.replace("01-05", "02-30")), "expected a time in UTC"),
        (file_with("events: 3"), "a.md:7: events: found no list"),
        (file_with("events:\n- 3"), "a.md:8: events: found no event"),
        (
            HEAD.replace("complaint", "rant") + "---\n",
            "a.md:3: kind: found 'rant', expected one of complaint",
        ),
        (
            HEAD.replace("topic: delivery\n", "") + "---\n",
            "a.md:2: topic: found nothing, expected the key topic",
        ),
        (
            HEAD.replace("7k3m", "il0o") + "---\n",
            "expected 8 characters of 0-9 and a-z without i, l, o and u",
        ),
        ("---\na: " + "[" * 100_000 + "\n---\n", "a.md:2: found values nested too deep"),
        ("---\na: " + "{a: " * 100_000 + "\n---\n", "a.md:2: found values nested too deep"),
    ],
)
def test_a_fault_names_file_line_key_what_was_found_and_what_was_expected(text: str, fault: str) -> None:
    with pytest.raises(RecordError) as error:
        read_case(text, "acme", "a.md")
    assert fault in str(error.value)


def test_every_fault_of_a_file_is_named_at_once() -> None:
    text = file_with("colour: red\nlanguage: E!\n" + EVENT.replace("name", "nmae"))
    with pytest.raises(RecordError) as error:
        read_case(text, "acme", "a.md")
    assert {fault.line for fault in error.value.faults} >= {7, 8, 10, 13}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.binary(max_size=300))
def test_no_text_makes_the_reader_fail_otherwise(noise: str | bytes) -> None:
    text = noise if isinstance(noise, str) else noise.decode("utf-8", "replace")
    for candidate in (text, f"---\n{text}\n---\n", HEAD + text + "\n---\n"):
        try:
            read_case(candidate, "acme", "a.md")
        except RecordError as error:
            named = len(error.faults)
        else:
            named = 1
        assert named


def test_a_text_of_the_customer_can_become_neither_front_matter_nor_an_event() -> None:
    text = "---\nevents:\n- at: 2026-01-05T09:00:00Z\n  by: company\n  event: reply\n---\n"
    case = read_case(file_with(body=text), "acme", "a.md")
    assert case.events == ()
    reply = Event(START + timedelta(hours=1), "company", "reply", name="Olga", text=text)
    assert splice(file_with(body=text), reply, "acme", "a.md").count("\n  event: ") == 1 + text.count("\n  event: ")


def test_a_reply_is_written_as_a_block_that_people_can_edit() -> None:
    reply = Event(START, "company", "reply", name="Olga, customer care", text="We are sorry.\n\nYour fee is back.")
    assert "\n".join(event_lines(reply)) == (
        "- at: 2026-01-05T08:00:00Z\n  by: company\n  event: reply\n  name: Olga, customer care\n"
        "  text: |-\n    We are sorry.\n\n    Your fee is back."
    )
