"""From what a visitor sent to its receipt or to the reason why there is none, by whichever way it came."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from amends import gate
from amends.clock import Clock, stamp
from amends.inbox import StoreUnavailableError
from amends.intake.receive import KeyReusedError, Receipt, Reception, TooManyError
from amends.intake.suspicion import suspicion
from amends.language import language
from amends.links import token
from amends.record import Board, Company
from amends.submission import Problem, RefusedError, Submission, validate

_log = logging.getLogger("amends.intake")

_ENGLISH = language("en")
_MARKED = "Please look at the marked places."
_REUSED = "This was sent before with other words. The first words were kept; reload the page to send more."
_LOST_DISK = (
    "This could not be saved just now. Nothing was sent; your text is still here. Please try again in some minutes."
)


class NotTakenError(ValueError):
    """Nothing was stored: the status to answer with, a code for programs, a sentence for people.

    `problems` are by field; `seconds` is how long to wait before trying again, None where waiting does not help.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        problems: Mapping[str, Problem] | None = None,
        seconds: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.problems = dict(problems or {})
        self.code = next((problem.code for problem in self.problems.values()), code)
        self.seconds = seconds

    def facts(self) -> dict[str, Any]:
        """Return what a program is told."""
        fields = {name: problem.message for name, problem in self.problems.items()}
        codes = {name: problem.code for name, problem in self.problems.items()}
        return {"error": {"code": self.code, "message": self.message, "fields": fields, "codes": codes}}

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that only this answer has."""
        return [] if self.seconds is None else [("Retry-After", str(self.seconds))]


class Taking:
    """Takes submissions in. `url` is the service's own address, `secret` what private links are made with."""

    def __init__(self, reception: Reception, clock: Clock, url: str, secret: bytes) -> None:
        self._reception, self._clock, self._url, self._secret = reception, clock, url, secret

    def check_origin(self, company: Company, origin: str | None) -> None:
        """NotTakenError where a browser says that the page it shows may not send to that company."""
        if origin is None or origin == self._url or origin in company.origins:
            return
        _log.warning("%s is not among the origins of %s", origin[:200], company.slug)
        message = f"The page at {origin} may not send feedback to {company.name}. Please use the form on this site."
        raise NotTakenError(403, "foreign_origin", message)

    def read(self, company: Company, fields: Mapping[str, str]) -> Submission:
        """Return what stood in the fields of the form; NotTakenError where it does not do, or the company has left."""
        check_takes_part(company)
        try:
            return validate(fields, company)
        except RefusedError as refused:
            raise NotTakenError(422, "refused", _MARKED, problems=refused.problems) from refused

    def take(self, company: Company, fields: Mapping[str, str], address: str | None) -> Receipt:
        """Take in what stood in the fields of the form and came from that address; NotTakenError where it is not."""
        sent = self._sent(company, fields, address)
        with _told_why(company):
            return self._reception.receive(*sent)

    async def take_soon(self, company: Company, fields: Mapping[str, str], address: str | None) -> Receipt:
        """Do what `take` does and hold no thread meanwhile."""
        sent = self._sent(company, fields, address)
        with _told_why(company):
            return await self._reception.receive_soon(*sent)

    def _sent(
        self, company: Company, fields: Mapping[str, str], address: str | None
    ) -> tuple[Company, Submission, str | None, str, datetime]:
        submission, now = self.read(company, fields), self._clock()
        looks_like = suspicion(submission, _shown(fields), now)
        return company, submission, gate.network_of(self._secret, address), looks_like, now

    def facts(self, company: Company, board: Board, receipt: Receipt) -> dict[str, str]:
        """Return what stands on a receipt."""
        return {
            "case": receipt.number,
            "link": f"{self._url}/c/{token(self._secret, receipt.number, receipt.generation)}/",
            "reply_by": stamp(receipt.reply_by),
            "publicity": "private" if receipt.is_private else "public",
            "board": f"{board.base_url}{company.slug}/",
            "company": company.name,
        }


def check_takes_part(company: Company) -> None:
    """NotTakenError where a company takes nothing any more, with where else one can write to it."""
    if not company.has_left:
        return
    day = f" on {_ENGLISH.day(company.left)}" if company.left else ""
    ways = "; ".join(contact.value for contact in company.contacts) or company.url
    raise NotTakenError(
        410,
        "left",
        f"{company.name} left this board{day} and takes nothing here any more. Nothing was saved. You can still reach "
        f"them directly: {ways}.",
    )


@contextmanager
def _told_why(company: Company) -> Iterator[None]:
    """Say as NotTakenError why something was not stored."""
    try:
        yield
    except KeyReusedError as error:
        raise NotTakenError(409, "key_reused", _REUSED) from error
    except TooManyError as error:
        message = _too_many(company, error.seconds)
        raise NotTakenError(429, "too_many", message, seconds=error.seconds) from error
    except StoreUnavailableError as error:
        _log.error("nothing can be stored: %s", error)
        raise NotTakenError(503, "unavailable", _LOST_DISK, seconds=60) from error


def as_json(facts: Mapping[str, Any]) -> bytes:
    """Return what a program is told, as it is sent."""
    return json.dumps(facts, ensure_ascii=False).encode()


def readers(company: Company, origin: str | None) -> list[tuple[str, str]]:
    """Return the headers that let the company's own pages read an answer (Fetch standard, CORS protocol)."""
    allowed = [("Access-Control-Allow-Origin", origin)] if origin is not None and origin in company.origins else []
    return [*allowed, ("Vary", "Origin")]


def _shown(fields: Mapping[str, str]) -> datetime | None:
    """Return when the form was shown that was sent; None where it does not say."""
    told = fields.get("shown", "")
    return datetime.fromtimestamp(int(told), UTC) if re.fullmatch("[0-9]{1,10}", told) else None


def _too_many(company: Company, seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return (
        f"So much was sent to {company.name} within the last hour that nothing more is taken in just now. Nothing was "
        f"saved; your text is still here. Please try again in {wait}."
    )
