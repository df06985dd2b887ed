"""Changing a company's settings in its file: what is not changed stays as somebody wrote it, with every comment."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

import tomlkit

from amends.record.house import read_company
from amends.record.model import Company, Contact

Value = str | int | bool | tuple[str, ...] | tuple[Contact, ...]

_NEW = Company(slug="", name="", url="")

USUAL: Mapping[str, Value] = MappingProxyType(
    {
        "name": "",
        "url": "",
        "about": "",
        "language": _NEW.language,
        "reply_hours": _NEW.reply_hours,
        "topics": (),
        "origins": (),
        "timezone": "UTC",
        "business_hours": (),
        "holidays": (),
        "contacts": (),
        "accent": _NEW.accent,
        "order_pattern": "",
        "sensitive": False,
    }
)
"""The settings that a company changes itself, each with the value that it has where the file says nothing of it."""

_CONTACTS = "contacts"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class _Statement:
    """Whole lines of the file that say one thing: a key, the head of a table, or only a comment or nothing."""

    text: str
    says: Mapping[str, Any]

    @property
    def begins_contact(self) -> bool:
        return self.says == {_CONTACTS: [{}]} and self.text.lstrip().startswith("[[")


def read_settings(text: str, slug: str) -> dict[str, Value]:
    """Return the values of `USUAL` as company.toml has them; RecordError names every fault of the text."""
    read_company(text, slug, f"{slug}/company.toml")
    found = tomllib.loads(text)
    return {key: _read(key, found[key]) if key in found else usual for key, usual in USUAL.items()}


def settle(text: str, slug: str, wanted: Mapping[str, Value]) -> str:
    """Return the text of company.toml with these values; an empty text stands for the value of `USUAL`.

    A key that has its value already stays as it is, byte for byte, and so do comments on lines of their own and behind
    a value. A comment within a list or a contact that changes goes with it. RecordError names every fault of what is
    there or would be.
    """
    current = read_settings(text, slug)
    filled = {key: USUAL[key] if value == "" else value for key, value in wanted.items()}
    changed = {key: value for key, value in filled.items() if current[key] != value}
    if not changed:
        return text
    statements = list(_statements(text if text.endswith("\n") else text + "\n"))
    first = next((at for at, one in enumerate(statements) if one.begins_contact), len(statements))
    head, tables = statements[:first], statements[first:]
    if tables and _CONTACTS in changed:
        contacts = _with_contacts(tables, current[_CONTACTS], changed.pop(_CONTACTS))
    else:
        contacts = _text(tables)
    new = _with_keys(head, changed) + contacts
    read_company(new, slug, f"{slug}/company.toml")
    return new


def _with_keys(head: Sequence[_Statement], changed: Mapping[str, Value]) -> str:
    """Return the top of the file with these keys; a new one stands behind the last that is there, tables at the end."""
    texts = [_changed(one, changed) for one in head]
    named = {key for one in head for key in one.says}
    new = {key: value for key, value in changed.items() if key not in named and value != ()}
    tables = [f"\n{_written({key: value})}" for key, value in new.items() if key == _CONTACTS]
    keys = [_written({key: value}) for key, value in new.items() if key != _CONTACTS]
    last = max((at for at, one in enumerate(head) if one.says), default=-1) + 1
    return "".join((*texts[:last], *keys, *texts[last:], *tables))


def _changed(statement: _Statement, changed: Mapping[str, Value]) -> str:
    key = next(iter(statement.says), "")
    if key not in changed:
        return statement.text
    if changed[key] in ("", ()):
        return ""
    document = tomlkit.parse(statement.text)
    document[key] = _in_line(changed[key])
    return tomlkit.dumps(document)


def _with_contacts(tables: Sequence[_Statement], before: Value, after: Value) -> str:
    """Return the tables of contacts as they are to be; one that stays keeps its text, and all keep what is between."""
    old, new = _contacts(before), _contacts(after)
    texts = [_parted(section) for section in _sections(tables)]
    written = []
    for same, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for own, contact in zip_longest(texts[first:last], new[begin:end]):
            said, between = own or ("", "")
            fresh = _written({_CONTACTS: (contact,)}) if contact else ""
            written.append((said if same == "equal" else fresh if own else f"\n{fresh}") + between)
    return "".join(written)


def _sections(tables: Sequence[_Statement]) -> list[list[_Statement]]:
    """Return the statements of each table."""
    sections: list[list[_Statement]] = []
    for one in tables:
        if one.begins_contact:
            sections.append([])
        sections[-1].append(one)
    return sections


def _parted(section: Sequence[_Statement]) -> tuple[str, str]:
    """Return the text of a table, and what stands behind its last key."""
    last = max(at for at, one in enumerate(section) if one.says) + 1
    return _text(section[:last]), _text(section[last:])


def _statements(text: str) -> Iterator[_Statement]:
    """Yield the statements of a text that is TOML: in it a statement ends with a line."""
    begun = ""
    for line in _LINE.findall(text):
        begun += line
        try:
            says = tomllib.loads(begun)
        except tomllib.TOMLDecodeError:
            continue
        yield _Statement(begun, says)
        begun = ""


def _text(statements: Iterable[_Statement]) -> str:
    return "".join(one.text for one in statements)


def _read(key: str, value: Any) -> Value:
    if key == _CONTACTS:
        return tuple(Contact(one["kind"], one["value"], str(one.get("note", ""))) for one in value)
    return tuple(value) if isinstance(value, list) else value


def _contacts(value: Value) -> Sequence[Contact]:
    return [one for one in value if isinstance(one, Contact)] if isinstance(value, tuple) else []


def _plain(value: Value) -> Any:
    """Return a value as TOML knows it."""
    if not isinstance(value, tuple):
        return value
    return [_table(one) if isinstance(one, Contact) else one for one in value]


def _table(contact: Contact) -> dict[str, str]:
    facts = {"kind": contact.kind, "value": contact.value, "note": contact.note}
    return {key: value for key, value in facts.items() if value}


def _in_line(value: Value) -> Any:
    """Return a value as it stands behind a key, where tables are in braces."""
    if not _contacts(value):
        return _plain(value)
    found = tomlkit.array()
    for contact in _contacts(value):
        table = tomlkit.inline_table()
        table.update(_table(contact))
        found.append(table)
    return found


def _written(key: Mapping[str, Value]) -> str:
    return tomlkit.dumps({name: _plain(value) for name, value in key.items()})
