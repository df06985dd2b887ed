"""Words of people, made safe to store and safe to show.

What goes where:

* every text of a person goes through `clean` (or `one_line`) before it is stored;
* a customer's words are plain text and are shown with `plain`, never as Markdown, never as HTML;
* a reply of the staff and a page of `content/` are Markdown and are shown with `markdown`;
* the title of a case is `title_of` the customer's words.

Markdown has two back rooms that only this module imports: `_markdown`, which makes HTML of what nearly everybody
writes, and `_markdown_full`, which reads the rest with Python-Markdown and bleach and is loaded when it is needed.
They return strings. This is the only module that makes `markupsafe.Markup` of anything: whoever wants to know what
can become HTML has these three files to read.
"""

import re
import unicodedata
from html import escape

from markupsafe import Markup

from amends import _markdown

MAX_CUSTOMER = 4000
"""The longest text of a customer, in characters (code points after `clean`)."""
MAX_STAFF = 10_000
"""The longest text of the staff, in characters (code points after `clean`)."""
MAX_TITLE = 80
"""The longest title of a case, in characters, its ellipsis included."""

TAGS = _markdown.TAGS
"""The HTML elements that Markdown can become."""


# --- What is stored ---

# The tallest stack in use is Tibetan HAKSHMALAWARAYAM, U+0F67 with eight marks. Vietnamese needs two, pointed and
# accented Hebrew four, the flag of Scotland six. "Zalgo" text has dozens and runs over its neighbours.
_MAX_STACK = 8

_LAST_OF_PLANES = [plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)]
# Most texts are made of these alone. They stay as they are in any order: printable or white space, no mark, no joiner,
# nothing that NFC writes otherwise or joins to what stands before it.
_TAME = re.compile(
    "[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0386\u0388-\u0482\u048a-\u0556\u0561-\u0587\u05d0-\u05ea"
    "\u0621-\u064a\u0660-\u066f\u0e01-\u0e30\u2010-\u2027\u202f-\u205e\u20a0-\u20bf\u2190-\u21ff\u3000-\u3029"
    "\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff9d\U0001f300-\U0001f3fa\U0001f400-\U0001faff]*"
)
_NEWLINE = re.compile("\r\n|[\r\x85\u2028\u2029]")
_UNWANTED = re.compile(
    # Kept, as group 1: the flag of a region (UTS #51, emoji tag sequence).
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)"
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and newline
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides, isolates (UAX #9): they reorder what follows
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f"  # byte order mark, lone surrogates, tags
    + "".join(map(chr, [*range(0xFDD0, 0xFDF0), *_LAST_OF_PLANES]))  # noncharacters (Unicode 23.7)
    + "]"
)
_STACK = re.compile(rf"[^\w\s]{{{_MAX_STACK + 1},}}")  # no mark and no joiner is \w: a cheap first look
_GAP = re.compile(r"\n{3,}")
# Nothing but these is nothing said: soft hyphen, fillers, joiners, direction marks, blank Braille.
_INVISIBLE = (
    " \n\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\u2800\u3164\uffa0"
)


def clean(text: str) -> str:
    """Return the text as it is stored: in NFC (UAX #15), without what cannot be seen but can do harm.

    Line ends become newlines and tabs spaces; at most one empty line stands between two lines; white space at
    the ends of lines and of the text goes. Control characters, noncharacters and the marks that reorder a line
    go; LRM, RLM, ALM, ZWJ and ZWNJ stay, because Arabic, Hebrew, Persian, the scripts of India and emoji need
    them. At most eight combining marks stay on one letter. A text in which nothing can be seen is empty. Idempotent.
    """
    if not _TAME.fullmatch(text):
        if not text.replace("\n", "").isprintable():  # a cheap first look: nothing that goes here is printable
            text = _UNWANTED.sub(r"\1", _NEWLINE.sub("\n", text)).replace("\t", " ")
        text = _STACK.sub(_lowered, unicodedata.normalize("NFC", text))
    text = "\n".join(map(str.rstrip, text.split("\n"))).strip()
    if "\n\n\n" in text:
        text = _GAP.sub("\n\n", text)
    return text if text.strip(_INVISIBLE) else ""


def _lowered(stack: re.Match[str]) -> str:
    """Keep the first eight of the marks and joiners that follow a base character."""
    low, height = [], 0
    for char in stack[0]:
        height = height + 1 if _extends(char) else 0
        if height <= _MAX_STACK:
            low.append(char)
    return "".join(low)


def _extends(char: str) -> bool:
    """Say whether the character has no place of its own: a combining mark, a joiner, a skin tone."""
    return unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff"


def one_line(text: str, limit: int) -> str:
    """Return the cleaned text as one line of at most `limit` characters, for names and other short fields."""
    return _cut(" ".join(clean(text).split()), limit)


def _cut(line: str, limit: int) -> str:
    """Return at most `limit` characters, not ending inside a letter with its marks or a joined emoji."""
    if len(line) <= limit:
        return line
    for end in range(limit, max(limit - 4 * _MAX_STACK, 0), -1):
        if not _extends(line[end]) and line[end - 1] != "\u200d":
            return clean(line[:end])  # of what is left perhaps nothing can be seen
    return clean(line[:limit].rstrip("\u200c\u200d"))


# A line that ends in a comma is a salutation or goes on: "Dear all," alone says nothing.
_FIRST_LINE = re.compile(r"(?:[^\n]*[,،、，]\n+)*[^\n]*")


def title_of(text: str) -> str:
    """Return the first line of the text as a title of at most 80 characters, with an ellipsis where it is cut.

    It is cut between words. Where it has none to cut between, as in Chinese, Japanese or Thai, it is cut
    anywhere.
    """
    first = _FIRST_LINE.match(clean(text))
    line = clean(" ".join(first[0].split())) if first else ""
    if len(line) <= MAX_TITLE:
        return line
    space = line.rfind(" ", MAX_TITLE // 2, MAX_TITLE)
    return _cut(line, space if space > 0 else MAX_TITLE - 1).rstrip(" .,;:،。、，") + "…"


# --- What is shown ---

_HIDDEN = re.compile(r"\[hidden: [a-z][a-z -]{0,39}\]")


def plain(text: str) -> Markup:
    """Return a customer's words as HTML: `p`, `br`, and `span.hidden` where personal data was masked."""
    return Markup(_HIDDEN.sub(r'<span class="hidden">\g<0></span>', _paragraphs(clean(text))))  # noqa: S704 - escaped


def kept(html: str) -> Markup:
    """Return HTML that a template of ours wrote earlier and that was kept between builds.

    Nothing is looked at here: the caller vouches that it comes from a cache that this version wrote.
    """
    return Markup(html)  # noqa: S704 - escaped when it was written


# What makes Markdown of a text. It may find too much (that only costs time), never too little.
_MARKUP = re.compile(r"[*_`\\]|\]\(|(?i:https?://)|^ *(?:>|[+-] |\d+\. )|^ {4}", re.MULTILINE)
# The marks that are counted: what costs bleach an element (up to 45 us), an entity (11 us) or, twice, a link (75 us).
_COSTLY = re.compile(r"\n+|\*\*?|__?|`+|[\\<>&]|\]\(|https?:|//|[+-] |\d\. ", re.IGNORECASE)
_IN_COSTLY = "\n*_`\\<>&]:/+-."  # each of them has one of these


def markdown(text: str) -> Markup:
    """Return Markdown of the staff as HTML made of `TAGS` only.

    Understood are emphasis, lists, quotations, code, `[words](https://...)` and bare addresses. A newline is a
    line break, as people who write mails expect. HTML, images, reference links, headings and rules show as
    typed; headings because `#1234` is an order number. A numbered list has to count from 1, because
    `3. November` is a date.

    No text of `MAX_STAFF` characters takes more than 0.1 s: one with more than 1,000 marks shows as typed. A
    longer page of `content/` may have one mark in ten characters.
    """
    text = clean(text.expandtabs(4))
    html = _paragraphs(text) if _is_too_costly(text) else _markdown.quick(text)
    if html is None:
        html = _full(text) if _MARKUP.search(text) else _paragraphs(text)
    return Markup(html)  # noqa: S704 - escaped or sanitized


def _is_too_costly(text: str) -> bool:
    budget = max(len(text), MAX_STAFF) // 10
    return (
        len(text) > budget  # two cheap first looks
        and sum(map(text.count, _IN_COSTLY)) > budget
        and len(_COSTLY.findall(text)) > budget
    )


def _paragraphs(text: str) -> str:
    """Return cleaned text as escaped paragraphs with line breaks, letter for letter as `_full` would."""
    parts = escape(text, quote=False).split("\n\n") if text else []
    return "\n".join("<p>" + part.lstrip().replace("\n", "<br>\n") + "</p>" for part in parts)


def _full(text: str) -> str:
    from amends._markdown_full import full  # noqa: PLC0415 - 70 ms and 14 MB; few builds need them

    return full(text)
