"""The badge: one sentence about how fast a company answers, as a picture for its own site.

It stands on pages that are not ours, so that it needs no font, no script and no style: the width of its words is
measured here and fixed in the picture. Light and dark are two files, and the page that shows it chooses.
"""

import unicodedata
from datetime import timedelta
from math import ceil
from xml.etree.ElementTree import Element, tostring

from amends import text
from amends.board import accent
from amends.board.edition import Edition
from amends.board.machines import address, entries, xml
from amends.figures import Figures, Share
from amends.figures.company import DAY
from amends.language import Language
from amends.record import Company

HEIGHT = 28
"""In pixels, as all lengths here."""
SIZE = 13
_PAD = 10
_MARK = 9
_NAME = 40
"""The longest name in the picture, in characters."""

LIGHT = ("#ffffff", "#d5d9de", "#15191e")
DARK = ("#121518", "#3a424b", "#e8ebee")
"""The page, its rules and its ink in each theme, as in board.css."""

_EMS = {**dict.fromkeys("iljtfr.,:;!|'’()[] ", 0.34), **dict.fromkeys("mwMW%@—…", 0.92)}
"""Widths that are far from the mean, in em, of the sans serif faces that systems bring."""
_CAPITAL, _LETTER, _WIDE = 0.70, 0.57, 1.0


def figures_of(year: Figures, all_time: Figures) -> Figures | None:
    """Return the figures that the badge and the page speak of: all time only where the closed year had nothing."""
    shown = year if year.received else all_time
    return None if shown.within_day.too_few else shown


def words(lang: Language, company: Company, share: Share | None) -> str:
    """Say what the badge says; None: too few cases to say anything."""
    name = text.one_line(company.name, _NAME)
    if share is None or share.percent is None:
        return lang.gettext("{company}: too few cases yet", company=name)
    percent, time = lang.percent(share.percent), lang.within(DAY)
    return lang.gettext("{company} answers {share} within {time}", company=name, share=percent, time=time)


def details(lang: Language, company: Company, figures: Figures | None) -> str:
    """Say on what the badge rests, for those who point at it or have it read to them."""
    said = words(lang, company, figures.within_day if figures else None)
    if figures is None:
        return said
    share, window = figures.within_day, figures.window
    part, whole = share.part, share.whole
    if window.first is None or window.end is None:
        return lang.ngettext(
            "{sentence}: {part} of {number} case, all time",
            "{sentence}: {part} of {number} cases, all time",
            whole,
            sentence=said,
            part=part,
        )
    return lang.ngettext(
        "{sentence}: {part} of {number} case, {first} to {last}",
        "{sentence}: {part} of {number} cases, {first} to {last}",
        whole,
        sentence=said,
        part=part,
        first=lang.month(window.first),
        last=lang.month(window.end - timedelta(days=1)),
    )


def draw(lang: Language, company: Company, figures: Figures | None, *, dark: bool) -> str:
    """Draw the badge for a light or a dark page."""
    said = words(lang, company, figures.within_day if figures else None)
    page, rule, ink = DARK if dark else LIGHT
    colours = accent.fitting(company.accent)
    wide, long = width(lang, company), measured(said)
    mirrored = lang.direction == "rtl"
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "xml:lang": lang.tag,
            "role": "img",
            "width": str(wide),
            "height": str(HEIGHT),
            "viewBox": f"0 0 {wide} {HEIGHT}",
        },
    )
    xml.add(root, "title", details(lang, company, figures))
    frame = {"width": str(wide - 1), "height": str(HEIGHT - 1), "fill": page, "stroke": rule}
    xml.add(root, "rect", x="0.5", y="0.5", **frame)
    at = wide - _PAD - _MARK if mirrored else _PAD
    middle = str((HEIGHT - _MARK) / 2)
    xml.add(root, "rect", x=str(at), y=middle, width=str(_MARK), height=str(_MARK), fill=colours[dark])
    line = {"font-family": "system-ui, sans-serif", "font-size": str(SIZE), "direction": lang.direction}
    start = at - _PAD + 2 if mirrored else at + _MARK + _PAD - 2
    place = {"x": str(start), "y": "18.5", "textLength": str(long), "lengthAdjust": "spacingAndGlyphs", "fill": ink}
    xml.add(root, "text", said, **line, **place)
    return tostring(root, encoding="unicode") + "\n"


def embed(edition: Edition, slug: str) -> str:
    """Return the HTML that shows a company's badge on its own site; KeyError where there is no such company."""
    board, company = edition.record.board, edition.record.company(slug)
    lang = edition.lang_of(company)
    link = Element("a", href=address.at(board, slug, ""))
    picture = xml.add(link, "picture")
    dark, light = address.at(board, slug, "badge-dark.svg"), address.at(board, slug, "badge.svg")
    xml.add(picture, "source", srcset=dark, media="(prefers-color-scheme: dark)")
    alternative = lang.gettext("How fast {company} answers", company=entries.name(company.name))
    xml.add(picture, "img", src=light, alt=alternative, width=str(width(lang, company)), height=str(HEIGHT))
    return tostring(link, encoding="unicode", method="html")


def width(lang: Language, company: Company) -> int:
    """Return how wide a company's badge is: the same whatever it says, since pages give it its place beforehand."""
    longest = max(measured(words(lang, company, share)) for share in (None, Share.of(1, 1)))
    return longest + 3 * _PAD + _MARK - 2


def measured(line: str) -> int:
    """Return about how wide a line is; the picture then gives it that width exactly."""
    return ceil(SIZE * sum(map(_ems, line)))


def _ems(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return _WIDE
    return _EMS.get(letter) or (_CAPITAL if letter.isupper() else _LETTER)
