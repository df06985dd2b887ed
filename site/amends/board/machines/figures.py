"""The public figures of a company as plain values, each with what it is made of."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from amends import clock
from amends.board.edition import Edition
from amends.board.machines import address, definitions, entries
from amends.figures import Figures, Mean, Month, Nps, Share, Topic, Wait
from amends.hours import write_week
from amends.record import Company

VERSION = 1
"""Of the format. Names may be added to it; none changes its meaning without another number here."""

Plain = dict[str, object]

_Name = TypeVar("_Name", bound=StrEnum)

_DIGITS = 6
"""How many decimal places of a share are written."""


def company(edition: Edition, company: Company) -> Plain:
    """Return all figures of a company over both windows and month by month, and how each is counted."""
    lang = edition.lang_of(company)
    return {
        "version": VERSION,
        "language": lang.tag,
        "company": _company(edition, company),
        "definitions": definitions.every(lang),
        "windows": _windows(edition, company, whole=True),
        "referrals": _share(edition.referrals(company.slug)),
        "months": [_month(month) for month in edition.months(company.slug)],
    }


def board(edition: Edition) -> Plain:
    """Return the figures of all companies over both windows, without topics and months."""
    record = edition.record
    return {
        "version": VERSION,
        "language": edition.lang.tag,
        "board": {"title": entries.name(record.board.title), "url": record.board.base_url},
        "definitions": definitions.every(edition.lang),
        "companies": [
            {
                "company": _company(edition, company),
                "windows": _windows(edition, company, whole=False),
                "referrals": _share(edition.referrals(company.slug)),
            }
            for company in record.companies
        ],
    }


def _company(edition: Edition, company: Company) -> Plain:
    board, hours = edition.record.board, company.hours
    opening = {"business_hours": write_week(hours), "holidays": hours.holidays, "timezone": str(company.zone)}
    return {
        "slug": company.slug,
        "name": entries.name(company.name),
        "url": address.at(board, company.slug, ""),
        "site": company.url,
        "reply_hours": company.reply_hours,
        "status": company.status,
        **({"left": company.left.isoformat()} if company.left else {}),
        **(opening if hours.week else {}),
    }


def _windows(edition: Edition, company: Company, *, whole: bool) -> Plain:
    found = {"closed_year": edition.figures(company.slug), "all_time": edition.figures_all(company.slug)}
    return {name: _window(figures, whole=whole) for name, figures in found.items()}


def _window(figures: Figures, *, whole: bool) -> Plain:
    window = figures.window
    found: Plain = {
        "first": window.first.isoformat() if window.first else None,
        "end": window.end.isoformat() if window.end else None,
        "received": figures.received,
        "answered": _share(figures.answered),
        "first_reply": _wait(figures.first_reply),
        "within_day": _share(figures.within_day),
        "within_promise": _share(figures.within_promise),
        "solved": _share(figures.solved),
        "endings": _counts(figures.endings),
        "first_measure": _wait(figures.first_measure),
        "promises_kept": _share(figures.promises_kept),
        "promises": _counts(figures.promises),
        "again": _share(figures.again),
        "score": _mean(figures.score),
        "recommend": _nps(figures.recommend),
        "longest_wait": _seconds(figures.longest_wait),
        "waiting_since": clock.stamp(figures.waiting_since) if figures.waiting_since else None,
        "places": _counts(figures.places),
        "withheld": _counts(figures.withheld),
        "spam": _share(figures.spam),
        "imported": figures.imported,
    }
    return {**found, "topics": _topics(figures.topics)} if whole else found


def _share(share: Share) -> Plain:
    interval = share.interval
    return {
        "part": share.part,
        "whole": share.whole,
        "value": _rounded(share.value),
        "percent": share.percent,
        "interval": [_rounded(bound) for bound in interval] if interval else None,
        "too_few": share.too_few,
    }


def _wait(wait: Wait) -> Plain:
    """Return a wait; a percentile is None where fewer than that share have it."""
    return {
        "had": len(wait.lengths),
        "waiting": wait.waiting,
        "whole": wait.whole,
        "median": _seconds(wait.percentile(50)),
        "percentile_90": _seconds(wait.percentile(90)),
        "too_few": wait.too_few,
    }


def _mean(mean: Mean) -> Plain:
    return {"total": mean.total, "whole": mean.whole, "value": _rounded(mean.value), "too_few": mean.too_few}


def _nps(nps: Nps) -> Plain:
    return {
        "promoters": nps.promoters,
        "detractors": nps.detractors,
        "whole": nps.whole,
        "value": _rounded(nps.value),
        "too_few": nps.too_few,
    }


def _month(month: Month) -> Plain:
    return {
        "first": month.first.isoformat(),
        "received": month.received,
        "answered": month.answered,
        "unanswered": month.unanswered,
        "first_reply": _wait(month.first_reply),
        "within_day": _share(month.within_day),
        "open_at_end": month.open_at_end,
    }


def _topics(topics: Iterable[Topic]) -> list[Plain]:
    return [
        {
            "topic": topic.topic,
            "received": topic.received,
            "months": {f"{first:%Y-%m}": number for first, number in topic.months},
        }
        for topic in topics
    ]


def _counts(counts: Mapping[_Name, int]) -> dict[str, int]:
    return {str(name): number for name, number in counts.items()}


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(seconds=1)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
