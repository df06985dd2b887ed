"""What the service tells of itself: lines for a person, or one JSON object a line for a machine.

Nobody should write what is private into a log. Where somebody does, it is taken out here, whoever wrote it: private
links, e-mail addresses, what stands in an address after its `?`, and the values that a database names in its errors.
"""

import json
import logging
import re
import sys
import time
import traceback
from typing import TextIO

HIDDEN = "[hidden]"

_WORD = re.compile(r"\S+")
_LINK = re.compile(r"(/(?:c|choose)/|%2f(?:c|choose)%2f)[^\s/<>]+", re.IGNORECASE)
"""The address of a private link, or of one to choose a password. The rules of their routes, `/c/<token>/`, stay."""
_TOKEN = re.compile(r"[0-9a-z]{8}-[A-Za-z0-9_-]{22,}")
"""A token as `links` makes them, wherever it stands."""
_QUOTED = re.compile(r'"[^"\n]*"(?=[@＠﹫])')
"""The part before the @ that may hold spaces (RFC 5321, 4.1.2)."""
_AT = re.compile("[@＠﹫]|%40")
_MARK = re.compile(r"\?|%3f", re.IGNORECASE)
_VALUES = re.compile(r"(DETAIL:|\[parameters:).*?(?=\n\[SQL: |\n\(Background on |\Z)", re.DOTALL)
"""What PostgreSQL and SQLAlchemy add to an error: the row, with the customer's words in it."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def configure(form: str, stream: TextIO | None = None) -> None:
    """Let everything that is told go to the error output in that form, unless something else is set up already."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(Discretion())
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def discreet(text: str) -> str:
    """Return a text without what no log may hold, in a time that grows with its length and no faster.

    It rather takes a whole word too many than half a word too few.
    """
    text = _VALUES.sub(rf"\1 {HIDDEN}", text)
    text = _QUOTED.sub(HIDDEN, text)
    return _WORD.sub(lambda word: _discreet_word(word[0]), text)


def _discreet_word(word: str) -> str:
    if _AT.search(word, 1):
        return HIDDEN
    mark = _MARK.search(word)
    # A question ends with its mark, and so does what stands for a value in SQL.
    if mark and any(character.isalnum() or character in "=&%" for character in word[mark.end() :]):
        word = word[: mark.end()] + HIDDEN
    return _TOKEN.sub(HIDDEN, _LINK.sub(rf"\1{HIDDEN}", word))


class Discretion(logging.Filter):
    """Takes out of a record what no log may hold: of its message, of what was put into it, and of its exception.

    The record is changed itself, so that nothing of it is left for a formatter to find.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the record one that may be written; no record is dropped."""
        try:
            message = record.getMessage()
        except Exception:
            # `logging` would print the arguments themselves to say that they do not fit.
            message = f"{record.msg} (with arguments that do not fit)"
        record.msg, record.args = discreet(message), None
        if record.exc_info:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        record.exc_info = None
        record.exc_text = discreet(record.exc_text) if record.exc_text else None
        record.stack_info = discreet(record.stack_info) if record.stack_info else None
        return True


class Lines(logging.Formatter):
    """One line for each record, and below it, indented, what goes on: nothing in a message can pass for a record."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        text = _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], super().format(record))
        return text.replace("\n", "\n  ")


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`, what else is known, `exception` as text."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; everything outside of ASCII is escaped, so that no reader sees a line end in it."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        told = {
            "time": f"{at}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        exception = "\n".join(filter(None, (record.exc_text, record.stack_info)))
        return json.dumps({**told, "exception": exception} if exception else told)
