"""Changing a company's settings in its file, with everything else in it left as it is."""

import string
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.record import USUAL, Contact, RecordError, Value, read_settings, settle

FILE = """# Acme, since 1998
name = "Acme"   # as on the sign
url='https://acme.example'
"accent" = "#0C5A70"

# what they ask about
topics = [ "delivery" ,
  "billing", # since spring
]
status = "active"
# then the telephone

[[contacts]]
kind = "phone" # until six
value = "1"

# the site
[[contacts]]
kind = "web"
value = "https://acme.example/help"
# the end
"""
PHONE, WEB = Contact("phone", "1"), Contact("web", "https://acme.example/help")
MAIL = Contact("email", "care@acme.example", "on working days")

WORDS = st.text(string.ascii_letters + " äß\"'\\#[]=,\t", min_size=1, max_size=20).filter(str.strip)
NAMES = st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True), max_size=4).map(tuple)
CONTACTS = st.lists(
    st.builds(Contact, st.sampled_from(["phone", "email", "address"]), WORDS, WORDS | st.just("")), max_size=4
).map(tuple)
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "name": WORDS,
    "url": st.sampled_from(["https://acme.example/", "http://other.example"]),
    "about": WORDS | st.just(""),
    "language": st.sampled_from(["en", "de", "zh-Hant"]),
    "reply_hours": st.integers(1, 720),
    "topics": NAMES,
    "origins": st.lists(st.sampled_from(["https://a.example", "https://b.example:8443"]), max_size=2).map(tuple),
    "timezone": st.sampled_from(["UTC", "Europe/Berlin"]),
    "business_hours": st.sampled_from([(), ("mon-fri 09:00-17:30",), ("sat 10:00-12:00", "mon 08:00-09:00")]),
    "holidays": st.sampled_from([(), ("12-25",), ("2026-12-24", "12-26")]),
    "contacts": CONTACTS,
    "accent": st.from_regex("#[0-9a-f]{6}", fullmatch=True),
    "order_pattern": st.sampled_from(["", "AA-999999"]),
    "sensitive": st.booleans(),
}
CHANGES = st.lists(st.fixed_dictionaries({}, optional=VALUES), max_size=4)
COMMENTS = st.lists(st.sampled_from(["# a", "  # b = 1", "# [[contacts]]", "", "\t"]), max_size=3)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Files as somebody may write them, with comments between and behind."""
    needed = {key: VALUES[key] for key in ("name", "url")}
    found = draw(
        st.fixed_dictionaries(needed, optional={key: values for key, values in VALUES.items() if key not in needed})
    )
    # What is left empty is not named.
    keys: dict[str, Any] = {key: value for key, value in found.items() if value not in ("", ())}
    contacts = keys.pop("contacts", ())
    lines: list[str] = []
    for key in draw(st.permutations(list(keys))):
        value = keys[key]
        comment, space = draw(st.sampled_from(["", " # kept"])), draw(st.sampled_from(["", " ", "\t "]))
        lines += [*draw(COMMENTS), f"{key}{space}={space}{literal(value)}{comment}"]
    for contact in contacts:
        note = [f"note = {literal(contact.note)}"] if contact.note else []
        facts = [f"kind={literal(contact.kind)}", f"value  = {literal(contact.value)} # kept", *note]
        lines += [*draw(COMMENTS), "[[contacts]]", *facts]
    lines += draw(COMMENTS)
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))


def literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(literal(one) for one in value)}]"
    return str(value) if isinstance(value, int) else '"' + value.translate({34: '\\"', 92: "\\\\", 9: "\\t"}) + '"'


def lines_besides(text: str, keys: set[str]) -> list[str]:
    """Return the lines that stand for none of these keys, told by line alone: no value here is longer than one."""
    lines = [line for line in text.splitlines() if line.strip()]
    first = lines.index("[[contacts]]") if "[[contacts]]" in lines else len(lines)
    kept = [line for line in lines[:first] if line.partition("=")[0].strip() not in keys]
    tables = lines[first:]
    return kept + [line for line in tables if "contacts" not in keys or line.lstrip().startswith("#")]


@given(files(), CHANGES)
def test_whatever_is_changed_reads_back_and_all_else_stays_byte_for_byte(text: str, changes: list[Any]) -> None:
    for wanted in changes:
        before = read_settings(text, "acme")
        new = settle(text, "acme", wanted)
        assert read_settings(new, "acme") == before | wanted
        touched = {key for key in wanted if wanted[key] != before[key]}
        assert touched or new == text
        own = lines_besides(text, touched)
        assert [line for line in lines_besides(new, touched) if line in own] == own
        text = new


@given(files())
def test_the_same_values_change_nothing(text: str) -> None:
    assert settle(text, "acme", read_settings(text, "acme")) == text


def test_a_value_changes_in_its_place_and_a_new_key_stands_behind_the_last() -> None:
    new = settle(
        FILE, "acme", {"name": "Acme Post", "accent": "#112233", "about": "Parcels.", "url": "https://a.example"}
    )
    expected = FILE.replace('"Acme" ', '"Acme Post" ').replace("#0C5A70", "#112233")
    expected = expected.replace("'https://acme.example'", '"https://a.example"')
    assert new == expected.replace('"active"\n', '"active"\nabout = "Parcels."\n')


def test_an_emptied_text_is_left_out_or_has_its_usual_value() -> None:
    text = FILE.replace("status", 'about = "Parcels."\nstatus')
    assert settle(text, "acme", {"about": ""}) == FILE
    assert settle(FILE, "acme", {"accent": ""}) == FILE.replace("#0C5A70", str(USUAL["accent"]))


@pytest.mark.parametrize(
    ("contacts", "gone", "come"),
    [
        ((WEB,), 'kind = "phone" # until six\nvalue = "1"\n', ""),
        ((PHONE,), 'kind = "web"\nvalue = "https://acme.example/help"\n', ""),
        ((PHONE, WEB, MAIL), "", 'kind = "email"\nvalue = "care@acme.example"\nnote = "on working days"\n'),
        ((PHONE, MAIL), 'kind = "web"\nvalue = "https://acme.example/help"\n', 'kind = "email"\n'),
    ],
)
def test_contacts_that_stay_keep_their_text_and_every_comment_between_stays(
    contacts: tuple[Contact, ...], gone: str, come: str
) -> None:
    new = settle(FILE, "acme", {"contacts": contacts})
    assert read_settings(new, "acme")["contacts"] == contacts
    assert come in new
    assert not gone or gone not in new
    comments = [line for line in FILE.splitlines() if line.startswith("#")]
    assert [line for line in new.splitlines() if line.startswith("#")] == comments
    assert ("# until six" in new) == (PHONE in contacts)


def test_contacts_in_braces_stay_so() -> None:
    text = (
        'name = "A"\nurl = "https://a.example"\ncontacts = [{ kind = "phone", value = "1" }] # both\nlanguage = "en"\n'
    )
    new = settle(text, "acme", {"contacts": (PHONE, MAIL)})
    assert tomllib.loads(new)["contacts"][1] == {"kind": "email", "value": MAIL.value, "note": MAIL.note}
    assert " # both\nlanguage" in new
    assert settle(text, "acme", {"contacts": ()}) == text.replace(text.splitlines(keepends=True)[2], "")


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ({"name": ""}, "name"),
        ({"url": "acme"}, "url"),
        ({"reply_hours": "soon"}, "reply_hours"),
        ({"topics": ("A b",)}, "topics"),
    ],
)
def test_a_fault_is_told_at_its_key(wanted: dict[str, Value], key: str) -> None:
    with pytest.raises(RecordError) as raised:
        settle(FILE, "acme", wanted)
    assert [fault.key for fault in raised.value.faults] == [key]


def test_a_file_with_a_fault_is_left_to_whoever_wrote_it() -> None:
    with pytest.raises(RecordError):
        settle(FILE + "nonsense", "acme", {"name": "Other"})
