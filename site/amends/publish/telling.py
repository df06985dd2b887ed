"""What a company tells besides replies: updates and written answers, written into the record for everyone.

Each is written once, also where the process ends between the record and the inbox: the same again changes nothing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from amends.inbox import Inbox, notices
from amends.inbox.deeds import Deed
from amends.personal import Choice
from amends.publish.errors import CannotPublishError
from amends.publish.wording import masked, own
from amends.publish.writer import Writer
from amends.record import (
    Answer,
    Company,
    Fault,
    Told,
    Update,
    UpdateKind,
    case_file,
    read_text,
    sift_answer,
    sift_update,
    write_told,
)
from amends.record.told import LONGEST_NAME, NAME

UPDATES, ANSWERS = "updates", "answers"
"""The folders of a company in which these stand."""

CHANGED = (
    "after you had looked at it somebody else changed this file. Nothing was overwritten: read what stands there now, "
    "then send yours again or put it aside"
)


def name_for(day: date, title: str, taken: Container[str]) -> str:
    """Return a name for a new file that is none of those `taken`: its day and what of its title is ASCII."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = f"{day}-{re.sub('[^a-z0-9]+', '-', plain)}"
    endings = ("", *(f"-{number}" for number in range(2, 1000)))
    names = (f"{words[: LONGEST_NAME - len(ending)].rstrip('-')}{ending}" for ending in endings)
    return next(name for name in names if name not in taken)


def told_of(facts: Mapping[str, str]) -> Told:
    """Return what a decision says; KeyError or ValueError where it lacks something."""
    shared: dict[str, Any] = {name: facts[name] for name in ("name", "title", "text", "language")}
    shared |= {"day": date.fromisoformat(facts["day"]), "cases": tuple(facts["cases"].split())}
    if facts["folder"] == ANSWERS:
        return Answer(topic=facts.get("topic") or None, **shared)
    starts = date.fromisoformat(facts["starts"]) if facts.get("starts") else None
    return Update(kind=UpdateKind(facts["kind"]), said=facts.get("said") or None, starts=starts, **shared)


def in_words(company: Company, told: Told, choice: Choice) -> Told:
    """Return it as everyone will read it: without personal data but the company's own and what a person chose."""
    decided = choice | own(company)
    title, text = masked(company, told.title, decided), masked(company, told.text, decided)
    if isinstance(told, Update) and told.said:
        told = replace(told, said=masked(company, told.said, decided))
    return replace(told, title=title, text=text)


def told_file(content: Path, company: str, folder: str, name: str) -> Path:
    """Return where an update or an answer stands; CannotPublishError where that is no name of one."""
    if folder not in (UPDATES, ANSWERS) or not NAME.fullmatch(name):
        raise CannotPublishError("that is no name of an update or an answer")
    return content / company / folder / f"{name}.md"


def read_told(company: Company, text: str, shown: str, numbers: Container[str]) -> tuple[Told, tuple[Fault, ...]]:
    """Read the file `shown` of the company that has these cases as `sift_update` and `sift_answer` do."""
    _, folder, file = shown.split("/")
    name = file.removesuffix(".md")
    if folder == UPDATES:
        return sift_update(text, name, shown, numbers)
    return sift_answer(text, name, shown, numbers, company.topics)


def mark_of(text: str) -> str:
    """Return a mark of what a file says: another one once somebody has changed it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Telling:
    """Carries out what staff decided about updates and written answers."""

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox

    def tell(self, deed: Deed, at: datetime) -> None:
        """Write an update or an answer, and let customers hear of an update from whose cases it newly came.

        CannotPublishError where one of its cases is none of the company's, or where the file, with `basis` among the
        facts, is not what it was when somebody looked at it, or without, stands there already.
        """
        facts = deed.facts
        told = in_words(self._writer.house(deed.company), told_of(facts), Choice.load(facts.get("masks", "")))
        self._write(deed, told)
        if isinstance(told, Update):
            with self._inbox.writing() as connection:
                for number in facts["new"].split():
                    notices.tell_of_update(connection, deed.company, number, told.name, at)

    def _write(self, deed: Deed, told: Told) -> None:
        path = told_file(self._writer.content, deed.company, deed.facts["folder"], told.name)
        shown, text = path.relative_to(self._writer.content).as_posix(), write_told(told)
        with self._writer.alone():
            before = read_text(path, shown) if path.exists() else None
            if before == text:
                return
            if (before and mark_of(before)) != deed.facts.get("basis"):
                raise CannotPublishError(CHANGED)
            self._check(deed.company, told, text, shown)
            self._writer.put(path, text.encode())

    def _check(self, company: str, told: Told, text: str, shown: str) -> None:
        content = self._writer.content
        strange = next((number for number in told.cases if case_file(content, company, number) is None), None)
        if strange is not None:
            raise CannotPublishError(f"there is no case {strange} of this company on the board")
        if read_told(self._writer.house(company), text, shown, told.cases) != (told, ()):
            raise CannotPublishError(f"{shown} would not read as it should")
