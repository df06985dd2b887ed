"""What the page of a company says."""

import re
from datetime import date, timedelta

from amends.board import words
from amends.board.counts import Counts
from amends.case import Reason
from amends.hours import A_LEAP_YEAR, AT_MOST, Hours, write_span
from amends.language import N_, Language
from amends.record import Company

CONTACTS = {"phone": N_("Telephone"), "email": N_("E-mail"), "address": N_("Address"), "web": N_("Web")}
"""What the ways to reach a company are called, not yet translated."""


def contact(lang: Language, kind: str) -> str:
    """Return what a way to reach a company is called; one of its own as the company wrote it."""
    return lang.gettext(CONTACTS[kind]) if kind in CONTACTS else kind


def contact_href(kind: str, value: str) -> str | None:
    """Return where a contact leads; None where it is only to be read."""
    if kind == "email":
        return f"mailto:{value}"
    if kind == "phone":
        return "tel:" + re.sub(r"[^+0-9]", "", value)
    return value if kind == "web" and value.startswith(("https://", "http://")) else None


def stopped(text: str) -> str:
    """Return words that others follow, with a full stop."""
    if text.endswith((".", "!", "?", "…", "。", "！", "？", "؟")):
        return text
    return f"{text}。" if text[-1:] >= "\u2e80" else f"{text}."


def promised(lang: Language, company: Company) -> str:
    """Say within what time a company promises to answer."""
    hours = company.reply_hours
    if not company.hours.counts(hours):
        return lang.gettext("Promises an answer within {time}.", time=lang.within(timedelta(hours=hours)))
    return lang.ngettext(
        "Promises an answer within {number} business hour, {days} at the latest.",
        "Promises an answer within {number} business hours, {days} at the latest.",
        hours,
        days=lang.days(AT_MOST.days),
    )


def opening_hours(lang: Language, hours: Hours) -> tuple[str, ...]:
    """Write the hours of business by days that have the same: `Mon–Fri 09:00–17:30`."""
    between = lang.pgettext("between two of a list", ", ")
    return tuple(
        f"{_days(lang, first, last)} {between.join(write_span(span, '–') for span in spans)}"
        for first, last, spans in hours.groups()
    )


def _days(lang: Language, first: int, last: int) -> str:
    return lang.weekday(first) if first == last else f"{lang.weekday(first)}–{lang.weekday(last)}"


def holidays(lang: Language, hours: Hours) -> str:
    """Name the days on which a company is closed, those of every year first; nothing where none are."""
    days = [lang.day_of_year(date.fromisoformat(f"{A_LEAP_YEAR}-{day}")) for day in hours.holidays if len(day) == 5]
    days += [lang.day(date.fromisoformat(day)) for day in hours.holidays if len(day) > 5]
    return lang.gettext("Holidays: {days}", days=lang.listed(days)) if days else ""


def received(lang: Language, counts: Counts) -> str:
    """Say in short what a company received and answered."""
    cases = lang.ngettext("{number} case received", "{number} cases received", counts.received)
    return lang.ngettext("{cases}, {number} answered.", "{cases}, {number} answered.", counts.answered, cases=cases)


def adds_up(lang: Language, counts: Counts) -> str:
    """Say where everything received is: on the board, or why it is not; empty where there is nothing to say."""
    said = [_received(lang, counts)] if counts.received else []
    if counts.spam:
        said.append(
            lang.ngettext(
                "{number} more message was spam, in none of these numbers.",
                "{number} more messages were spam, in none of these numbers.",
                counts.spam,
            )
        )
    if counts.imported:
        said.append(
            lang.ngettext(
                "{number} more case came from elsewhere, in none of these numbers.",
                "{number} more cases came from elsewhere, in none of these numbers.",
                counts.imported,
            )
        )
    return words.gap(lang).join(said)


def _received(lang: Language, counts: Counts) -> str:
    parts = [lang.ngettext("{number} has a page here", "{number} have a page here", counts.on_board)]
    parts += [_without_page(lang, outcome, number) for outcome, number in counts.without_page]
    return lang.ngettext(
        "Of {number} case received, {parts}. All of them are counted as received.",
        "Of {number} cases received, {parts}. All of them are counted as received.",
        counts.received,
        parts=lang.listed(parts),
    )


def _without_page(lang: Language, outcome: str, number: int) -> str:
    """Say why cases have no page; of what was withheld, the reason too."""
    name, _, reason = outcome.partition(":")
    said = {
        "waiting": lang.ngettext("{number} has not been read yet", "{number} have not been read yet", number),
        "held": lang.ngettext(
            "{number} looks like spam and waits for the keeper",
            "{number} look like spam and wait for the keeper",
            number,
        ),
        "private": lang.ngettext(
            "{number} is private by the customer’s choice", "{number} are private by the customers’ choice", number
        ),
        "withheld": lang.ngettext("{number} was withheld", "{number} were withheld", number),
        "withdrawn": lang.ngettext("{number} was withdrawn", "{number} were withdrawn", number),
        "erased": lang.ngettext("{number} was erased", "{number} were erased", number),
        "published": lang.ngettext("{number} has no file", "{number} have no file", number),
    }[name]
    if not reason:
        return said
    # Translators: as in "2 were withheld (spam)".
    return lang.gettext("{outcome} ({reason})", outcome=said, reason=words.reason(lang, Reason(reason)))
