"""A company's figures: each with its chart, what it counts, and its table."""

from collections.abc import Sequence

from amends.board import charts, figure_tables, figure_words
from amends.board.edition import Edition
from amends.board.five import NAMES, called, few, five, this_month, title
from amends.board.machines import meta
from amends.board.page import Page, Route, once
from amends.figures import Figures, Month
from amends.language import Language

HEIGHT = 150
"""The height of a plot in pixels, without what stands over and under it."""


def figures(edition: Edition, company: str) -> Page | None:
    """Show every figure of a company with its chart, its definition and its table."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang = edition.lang_of(shelf.company)
    windows = edition.figures_shown(company)
    months = edition.months(company) if len(windows) > 1 else ()
    facts = {
        "called": [called(lang, found.window) for found in windows],
        "company": shelf.company,
        "few": few(lang),
        "fives": [five(lang, found, edition.now) for found in windows],
        "found": windows[0],
        "machine": meta.of_part(edition, shelf.company, "figures", lang.gettext("Figures")),
        "months": months,
        "names": NAMES,
        "referrals": figure_words.referrals(lang, edition.referrals(company)),
        "say": figure_words,
        "so_far": this_month(lang, edition.figures_so_far(company), edition.now),
        "tables": figure_tables,
        "title": title,
        "windows": windows,
    }
    drawn = _drawn(lang, windows, months) if windows[0].received else {}
    return Page("figures.html", lang, facts | drawn)


def _drawn(lang: Language, windows: Sequence[Figures], months: Sequence[Month]) -> dict[str, object]:
    """Return the charts of the first window, and what their tables say of every window."""
    found, mirrored = windows[0], lang.direction == "rtl"
    endings, pledges = figure_tables.endings(lang, windows), figure_tables.pledges(lang, windows)
    pairs = [(month.answered, month.unanswered) for month in months]
    return {
        "columns": charts.columns(pairs, HEIGHT, mirrored=mirrored),
        "curve": charts.curve(found.first_reply, found.promised, HEIGHT, mirrored=mirrored),
        "endings": endings,
        "endings_bar": charts.segments([part.counts[0] for part in endings], mirrored=mirrored),
        "halves": _halves(lang, months),
        "pledges": pledges,
        "pledges_bar": charts.segments([part.counts[0] for part in pledges], mirrored=mirrored),
        "promised": lang.within(found.promised) if found.promised else "",
        "unanswered": [rest for _, rest in pairs],
        "within": figure_tables.within(lang, windows),
    }


def _halves(lang: Language, months: Sequence[Month]) -> tuple[str, ...]:
    """Name the first and the last six of the twelve months."""
    return tuple(
        lang.gettext("{first} to {last}", first=lang.brief_month(half[0].first), last=lang.brief_month(half[-1].first))
        for half in (months[:6], months[6:])
        if half
    )


ROUTES = (Route("/<slug:company>/figures/", "figures", figures, once),)
