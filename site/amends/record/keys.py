"""The closed schema of a case file: which keys there are, and what each may hold."""

import re
from collections.abc import Mapping
from datetime import datetime

from amends.case import ALPHABET, NUMBER_LENGTH, Kind, Outcome, Reason
from amends.record.values import Reader, UnfitError, day, instant, matching, one_of, words

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
NUMBER = re.compile(f"[{ALPHABET}]{{{NUMBER_LENGTH}}}")


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise UnfitError("true or false")
    return text == "true"


def _out_of_ten(text: str) -> int:
    if not re.fullmatch("10|[0-9]", text):
        raise UnfitError("a whole number from 0 to 10")
    return int(text)


def _reference(text: str) -> datetime | str:
    return text if NUMBER.fullmatch(text) else instant(text)


_number = matching(NUMBER.pattern, "8 characters of 0-9 and a-z without i, l, o and u")
_name = matching("[a-z0-9][a-z0-9-]{0,39}", "small letters, digits and dashes")

CASE_KEYS: Mapping[str, Reader] = {
    "case": _number,
    "kind": one_of(Kind),
    "topic": _name,
    "received": instant,
    "reply_by": instant,
    "author": words,
    "language": matching(LANGUAGE.pattern, "a language tag like en or zh-Hant"),
    "title": words,
    "page": matching(r"/[^\s?#]{0,500}", "the path of a page, like /bikes/city"),
    "same": _number,
    "source": words,
    "url": matching(r"https?://[^\s<>\"]{1,2000}", "an http or https address"),
}
"""The keys of a case besides `events`, in the order in which they are written."""

REQUIRED = ("case", "kind", "topic", "received", "reply_by")

EVENT_KEYS: Mapping[str, Reader] = {
    "name": words,
    "promise": _name,
    "what": words,
    "due": day,
    "measure": words,
    "outcome": one_of(Outcome),
    "again": _yes_or_no,
    "score": _out_of_ten,
    "recommend": _out_of_ten,
    "reason": one_of(Reason),
    "of": _reference,
    "why": words,
    "received": instant,
    "reply_by": instant,
    "text": words,
}
"""The facts of an event besides `at`, `by` and `event`, in the order in which they are written."""

EVENT_HEAD: Mapping[str, Reader] = {
    "at": instant,
    "by": matching("customer|company|keeper|system", "customer, company, keeper or system"),
    "event": words,
}
"""The facts that every event has, in the order in which they are written."""
