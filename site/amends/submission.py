"""What a visitor may send: one validator for the first text, every edit and every import."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from amends.case import ALPHABET, NUMBER_LENGTH, Kind
from amends.record import NUMBER, Company
from amends.record.schema import LANGUAGE
from amends.text import MAX_CUSTOMER, clean, one_line

UNSORTED = "other"
"""The topic of a case until a person has sorted it into one of the company's own."""

MAX_AUTHOR = 80
MAX_REFERENCE = 64
MAX_EMAIL = 254
"""The longest address that mail can be sent to (RFC 5321, 4.5.3.1.3, less its angle brackets)."""

_KINDS = frozenset(Kind)
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode

_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]]+\.[^\s@<>\"(),;:\\\[\].]+")
_PAGE = re.compile(r"/[!\"$->@-~]{0,500}")  # as browsers write a path: printable ASCII, percent-encoded
_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


@dataclass(frozen=True, slots=True)
class Submission:
    """Something a visitor sent, emptied of everything that is not asked for and filled with clean text."""

    kind: Kind
    topic: str
    text: str
    author: str
    email: str
    reference: str
    publicity: str
    page: str
    language: str
    same: str | None
    key: str

    def digest(self) -> bytes:
        """Return what a repeated submission under the same key has to have in common with this one."""
        facts = [self.kind, self.topic, self.text, self.author, self.email, self.reference, self.publicity]
        return hashlib.sha256(json.dumps(facts).encode()).digest()

    def committed(self, company: str) -> bytes:
        """Return the bytes that the transparency log commits to: canonical JSON of company, kind and text."""
        facts = {"company": company, "kind": self.kind, "text": self.text}
        return _canonical(facts).encode()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field: a code for programs and a sentence for people."""

    code: str
    message: str


class RefusedError(ValueError):
    """A submission cannot be taken; `problems` says why, by field. Nothing was stored."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field}: {problem.message}" for field, problem in problems.items()))


def validate(fields: Mapping[str, str | None], company: Company) -> Submission:
    """Read a submission to that company; RefusedError with a sentence for every field that does not do.

    Fields that people do not fill in (page, language, same, key) are dropped where they are malformed.
    """
    given = {name: value or "" for name, value in fields.items()}
    submission = Submission(
        kind=_kind(given.get("kind", "")),
        topic=_topic(given.get("topic", ""), company),
        text=clean(given.get("text", "")),
        author=one_line(given.get("author", ""), MAX_AUTHOR),
        email=given.get("email", "").strip(),
        reference=one_line(given.get("reference", ""), MAX_REFERENCE),
        publicity=_publicity(given.get("publicity", ""), company),
        page=_fitting(_PAGE, given.get("page", "")),
        language=_fitting(LANGUAGE, given.get("language", "")) or company.language,
        same=_fitting(NUMBER, given.get("same", "")) or None,
        key=_fitting(_KEY, given.get("key", "")) or secrets.token_urlsafe(16),
    )
    problems = {field: problem for field, problem in _problems(submission, given) if problem}
    if problems:
        raise RefusedError(problems)
    return submission


def wrong_words(text: str, empty: str = "") -> Problem | None:
    """Say what is wrong with a customer's words as `clean` left them; `empty` is the sentence where some are needed."""
    if not text and empty:
        return Problem("empty", empty)
    if len(text) > MAX_CUSTOMER:
        over = len(text) - MAX_CUSTOMER
        amount = "1 character" if over == 1 else f"{over} characters"
        message = f"This is {amount} too long: at most {MAX_CUSTOMER} can be sent. Nothing of it was lost."
        return Problem("too_long", message)
    return None


def wrong_address(email: str) -> Problem | None:
    """Say what is wrong with an e-mail address; nothing where there is none."""
    if email and (one_line(email, MAX_EMAIL) != email or not _EMAIL.fullmatch(email)):
        return Problem("not_an_address", "This is no e-mail address. Correct it, or leave it empty.")
    return None


def new_number() -> str:
    """Make up a case's number: 40 random bits. The store refuses one that is taken."""
    drawn = int.from_bytes(secrets.token_bytes(NUMBER_LENGTH * 5 // 8))
    return "".join([ALPHABET[drawn >> 5 * place & 31] for place in range(NUMBER_LENGTH)])


def _problems(submission: Submission, given: Mapping[str, str]) -> list[tuple[str, Problem | None]]:
    return [
        ("text", wrong_words(submission.text, "Please write what happened; a few words are enough.")),
        ("email", wrong_address(submission.email)),
        ("website", _trapped(given.get("website", ""))),
    ]


def _trapped(website: str) -> Problem | None:
    if website:
        return Problem("trap", "The field “website” is there for robots; please leave it empty.")
    return None


def _kind(text: str) -> Kind:
    return Kind(text) if text in _KINDS else Kind.COMPLAINT


def _topic(text: str, company: Company) -> str:
    return text if text in company.topics else UNSORTED


def _publicity(text: str, company: Company) -> str:
    if text in ("public", "private"):
        return text
    return "private" if company.sensitive else "public"


def _fitting(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""
