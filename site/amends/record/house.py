"""The files in TOML, read by a closed schema: the settings that are public, and the referrals."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.hours import Hours, read_holidays, read_week
from amends.record.model import Board, Company, Contact, Fault, RecordError, Referrals
from amends.record.schema import LANGUAGE, SLUG
from amends.record.values import meant

RESERVED = frozenset(
    (
        "404 about accent answers badge c cases changes desk feed feedback figures healthz lost new preview"
        " pagefind privacy proof r report rules search sitemap static updates w"
    ).split()
)
"""First segments of the board's and the service's addresses: no company may be called so."""

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?")
_BASE = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+)*/?"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,500}")
_MAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,254}")
_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LINE = re.compile(r"at line (\d+)")

_Reader = Callable[[Any], object]


class _UnfitError(ValueError):
    """A value that its key cannot hold; the text says what was expected."""


def read_board(text: str, path: str) -> Board:
    """Read board.toml; RecordError names every fault."""
    facts = _read(text, path, _BOARD, ())
    return Board(**facts)


def read_company(text: str, slug: str, path: str) -> Company:
    """Read company.toml of the company with this slug; RecordError names every fault."""
    facts = _read(text, path, _COMPANY, ("name", "url"))
    if "timezone" in facts:
        facts["zone"] = facts.pop("timezone")
    early = [key for key in ("left", "joined") if key in facts and facts.get("status") != "left"]
    if early:
        expected = 'status = "left" beside it'
        raise RecordError(Fault(path, _line_of(text, key), key, str(facts[key]), expected) for key in early)
    hours = Hours(facts.pop("business_hours", ()), facts.pop("holidays", ()))
    # Its own name is there while it is being renamed.
    facts["aliases"] = tuple(alias for alias in facts.pop("aliases", ()) if alias != slug)
    return Company(slug=slug, hours=hours, **facts)


def clashes(companies: Iterable[Company]) -> Iterator[Fault]:
    """Yield where a company claims an old address that is another's, now or before, or joined one that is not there."""
    companies = tuple(companies)
    owners = {company.slug: company.slug for company in companies}
    for company in companies:
        for alias in dict.fromkeys(company.aliases):
            owner = owners.setdefault(alias, company.slug)
            if owner != company.slug:
                found, path = f"{alias}, an address of {owner}", f"{company.slug}/company.toml"
                yield Fault(path, None, "aliases", found, "addresses that no other company has or had")
    for company in companies:
        if company.joined and owners.get(company.joined, company.slug) == company.slug:
            yield Fault(f"{company.slug}/company.toml", None, "joined", company.joined, "another company of this board")


def read_referrals(text: str, path: str) -> Referrals:
    """Read referrals.toml; RecordError names every fault."""
    found = Referrals(**_read(text, path, _REFERRALS, tuple(_REFERRALS)))
    if found.visited > found.made:
        fault = Fault(path, _line_of(text, "visited"), "visited", str(found.visited), f"at most made, {found.made}")
        raise RecordError([fault])
    return found


def write_referrals(found: Referrals) -> str:
    """Return referrals.toml, which reads as this."""
    return f"made = {found.made}\nvisited = {found.visited}\n"


def read_base_url(text: str) -> str:
    """Read where a board or a service is reached, ending in a slash; ValueError says what was expected.

    Pages, feeds and servers' files write the address as it stands: it holds nothing that one of them would quote.
    """
    return _base(text)


def is_slug(text: str) -> bool:
    """Whether a company may be called so in addresses and folders."""
    return bool(SLUG.fullmatch(text)) and text not in RESERVED


def _read(text: str, path: str, readers: Mapping[str, _Reader], required: tuple[str, ...]) -> dict[str, Any]:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = _LINE.search(str(error))
        fault = Fault(path, int(line[1]) if line else None, None, f"what TOML cannot read ({error})", "key = value")
        raise RecordError([fault]) from error
    faults = [Fault(path, None, key, "nothing", f"the key {key}") for key in required if key not in table]
    facts: dict[str, Any] = {}
    for key, value in table.items():
        if key not in readers:
            expected = f"one of {', '.join(readers)}{meant(key, readers)}"
            faults.append(Fault(path, _line_of(text, key), key, "an unknown key", expected))
            continue
        try:
            facts[key] = readers[key](value)
        except _UnfitError as error:
            faults.append(Fault(path, _line_of(text, key), key, repr(value)[:60], str(error)))
    if faults:
        raise RecordError(faults)
    return facts


def _line_of(text: str, key: str) -> int | None:
    """Return the line of a top-level key: tomllib keeps none."""
    found = re.search(rf"^[ \t]*(?:\[\[?[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _UnfitError("some text in quotes")
    return value


def _matching(pattern: re.Pattern[str], expected: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _UnfitError(expected)
        return value

    return read


def _list_of(read: Callable[[object], str], expected: str) -> _Reader:
    def read_all(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise _UnfitError(expected)
        return tuple(read(item) for item in value)

    return read_all


def _hours(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 720:
        raise _UnfitError("a whole number of hours from 1 to 720")
    return value


def _lines_of(read: Callable[[list[str]], object], expected: str) -> _Reader:
    def read_all(value: object) -> object:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _UnfitError(expected)
        try:
            return read(value)
        except ValueError as error:
            raise _UnfitError(str(error)) from None

    return read_all


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise _UnfitError("a whole number from 0")
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise _UnfitError("true or false")
    return value


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (OSError, ValueError, KeyError):
        raise _UnfitError("a time zone like Europe/Berlin") from None


def _order_pattern(value: object) -> str:
    from amends.personal import read_order_pattern  # noqa: PLC0415 - most records have none

    try:
        return read_order_pattern(_text(value))
    except ValueError as error:
        raise _UnfitError(str(error)) from None


def _status(value: object) -> str:
    if value not in ("active", "left"):
        raise _UnfitError("active or left")
    return str(value)


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _UnfitError("a day like 2026-11-23, without quotes")
    return value


def _slug(value: object) -> str:
    if not isinstance(value, str) or not is_slug(value):
        raise _UnfitError("slugs: small letters, digits and dashes, at most 40 of them, no reserved word")
    return value


def _contacts(value: object) -> tuple[Contact, ...]:
    expected = "tables [[contacts]] with kind (phone, email, address or web), value and, if you wish, note"
    if not isinstance(value, list):
        raise _UnfitError(expected)
    return tuple(_contact(item, expected) for item in value)


def _contact(item: object, expected: str) -> Contact:
    if not isinstance(item, dict) or not {"kind", "value"} <= item.keys() <= {"kind", "value", "note"}:
        raise _UnfitError(expected)
    if item["kind"] not in ("phone", "email", "address", "web"):
        raise _UnfitError(expected)
    if item["kind"] == "web" and not _ADDRESS.fullmatch(str(item["value"])):
        raise _UnfitError("an http or https address as the value of a web contact")
    return Contact(item["kind"], _text(item["value"]), str(item.get("note", "")))


def _base(value: object) -> str:
    found = _BASE.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 0 < int(found["port"] or 80) < 65536:
        raise _UnfitError(
            "an http or https address: a host, a port if need be, and a path of letters, digits and ._~- between"
            " slashes, with nothing behind it"
        )
    return found[0].rstrip("/") + "/"


def _reach(value: object) -> str:
    if not isinstance(value, str) or not (_MAIL.fullmatch(value) or _ADDRESS.fullmatch(value)):
        raise _UnfitError("an e-mail address, or an http or https address")
    return value


_language = _matching(LANGUAGE, "a language tag like en or zh-Hant")

_BOARD: Mapping[str, _Reader] = {
    "title": _text,
    "base_url": _base,
    "language": _language,
    "service_url": _base,
    "keeper": _text,
    "contact": _reach,
}
_COMPANY: Mapping[str, _Reader] = {
    "name": _text,
    "url": _matching(_ADDRESS, "an http or https address"),
    "language": _language,
    "about": _text,
    "reply_hours": _hours,
    "business_hours": _lines_of(read_week, "a list of hours like mon-fri 09:00-17:30"),
    "holidays": _lines_of(read_holidays, "a list of days like 2026-12-25, or 12-25 for every year"),
    "topics": _list_of(_matching(_TOPIC, "names of small letters, digits and dashes"), "a list of names"),
    "origins": _list_of(_matching(_ORIGIN, "origins like https://acme.example"), "a list of origins"),
    "timezone": _zone,
    "contacts": _contacts,
    "accent": _matching(_ACCENT, "a colour like #0C5A70"),
    "sensitive": _yes_or_no,
    "status": _status,
    "left": _day,
    "joined": _slug,
    "aliases": _list_of(_slug, "a list of slugs that the company had before"),
    "service_url": _base,
    "order_pattern": _order_pattern,
}
_REFERRALS: Mapping[str, _Reader] = {"made": _count, "visited": _count}
