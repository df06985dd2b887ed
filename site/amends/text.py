"""Words of people, made safe to store and safe to show.

What goes where:

* every text of a person goes through `clean` (or `one_line`) before it is stored;
* a customer's words are plain text and are shown with `plain`, never as Markdown, never as HTML;
* a reply of the staff and a page of `content/` are Markdown and are shown with `markdown`;
* the title of a case is `title_of` the customer's words.

This is the only module that imports bleach, Python-Markdown or `markupsafe.Markup`: whoever wants to know
what can become HTML has this one file to read.

bleach was ended by its upstream on 2026-06-05: 6.4.0 is the last release, without security fixes after it
(https://github.com/mozilla/bleach/issues/698). So it is one of several defences here and never the only one:

1. `&` and `<` are taken out of the text before Markdown reads it, so no HTML of an author is ever parsed;
2. the converter is put together from an allow-list of constructs, without images, HTML or references;
3. bleach lets only `TAGS`, `href`, our own `rel` and `SCHEMES` through;
4. every page is served under a strict Content-Security-Policy without inline script.

The tests hold the result against nh3. To leave bleach for it, make nh3 a dependency in pyproject.toml, replace
the body of `_sanitized` by

    nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=REL)

and delete `_attribute_allowed` and the import of bleach. The pages stay the same but for `&nbsp;`, which nh3
writes for a no-break space.
"""

import re
import unicodedata
from html import escape
from typing import Self
from xml.etree.ElementTree import Element, SubElement

from bleach.sanitizer import Cleaner
from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import (
    BlockQuoteProcessor,
    CodeBlockProcessor,
    EmptyBlockProcessor,
    ListIndentProcessor,
    ParagraphProcessor,
)
from markdown.extensions.sane_lists import SaneOListProcessor, SaneUListProcessor
from markdown.inlinepatterns import (
    ESCAPE_RE,
    EscapeInlineProcessor,
    InlineProcessor,
    SimpleTagInlineProcessor,
    SubstituteTagInlineProcessor,
)
from markdown.treeprocessors import build_treeprocessors
from markdown.util import AtomicString, Registry
from markupsafe import Markup

MAX_CUSTOMER = 4000
"""The longest text of a customer, in characters (code points after `clean`)."""
MAX_STAFF = 10_000
"""The longest text of the staff, in characters (code points after `clean`)."""
MAX_TITLE = 80
"""The longest title of a case, in characters, its ellipsis included."""

TAGS = frozenset({"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "a"})
"""The HTML elements that Markdown can become."""
SCHEMES = frozenset({"http", "https", "mailto"})
"""The schemes of addresses that Markdown can link to."""
REL = "nofollow ugc noopener"
"""The `rel` of every link: search engines give it no weight, the page it opens gets no handle on ours."""


# --- What is stored ---

# The tallest stack in use is Tibetan HAKSHMALAWARAYAM, U+0F67 with eight marks. Vietnamese needs two, pointed and
# accented Hebrew four, the flag of Scotland six. "Zalgo" text has dozens and runs over its neighbours.
_MAX_STACK = 8

_LAST_OF_PLANES = [plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)]
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
    if not text.replace("\n", "").isprintable():  # a cheap first look: nothing that goes here is printable
        text = _UNWANTED.sub(r"\1", _NEWLINE.sub("\n", text)).replace("\t", " ")
    text = _STACK.sub(_lowered, unicodedata.normalize("NFC", text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    text = _GAP.sub("\n\n", text).strip()
    return text if text.strip(_INVISIBLE) else ""


def _lowered(stack: re.Match[str]) -> str:
    """Keep the first eight of the marks and joiners that follow a base character."""
    kept, height = [], 0
    for char in stack[0]:
        height = height + 1 if _extends(char) else 0
        if height <= _MAX_STACK:
            kept.append(char)
    return "".join(kept)


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


# What makes Markdown of a text. It may find too much (that only costs time), never too little.
_MARKUP = re.compile(r"[*_`\\]|\]\(|(?i:https?://)|^ *(?:>|[+-] |\d+\. )|^ {4}", re.MULTILINE)
# The marks that are counted: what costs bleach an element (up to 45 us), an entity (11 us) or, twice, a link (75 us).
_COSTLY = re.compile(r"\n+|\*\*?|__?|`+|[\\<>&]|\]\(|https?:|//|[+-] |\d\. ", re.IGNORECASE)


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
    budget = max(len(text), MAX_STAFF) // 10
    if _MARKUP.search(text) and len(_COSTLY.findall(text)) <= budget:
        return _full(text)
    return Markup(_paragraphs(text))  # noqa: S704 - escaped


def _paragraphs(text: str) -> str:
    """Return cleaned text as escaped paragraphs with line breaks, letter for letter as `_full` would."""
    parts = escape(text, quote=False).split("\n\n") if text else []
    return "\n".join("<p>" + part.lstrip().replace("\n", "<br>\n") + "</p>" for part in parts)


# Stand for & and < while Markdown works. They are noncharacters: `clean` has left none in the text.
_AMP, _LT = "\ufdd0", "\ufdd1"


def _full(text: str) -> Markup:
    """Return cleaned text as Markdown."""
    # A converter and a cleaner for each text: threads may not share them, a converter would keep its state after
    # an error, and making both costs less than a tenth of using them.
    html = _Converter().convert(text.replace("&", _AMP).replace("<", _LT))
    return Markup(_sanitized(html.replace(_AMP, "&amp;").replace(_LT, "&lt;")))  # noqa: S704 - sanitized


def _sanitized(html: str) -> str:
    return Cleaner(tags=TAGS, attributes=_attribute_allowed, protocols=SCHEMES).clean(html)


def _attribute_allowed(tag: str, name: str, value: str) -> bool:
    return tag == "a" and (name == "href" or (name, value) == ("rel", REL))


# --- The Markdown we speak ---

# All these patterns are linear: what they repeat cannot match what follows it. Python-Markdown's own takes 13 s for
# links in 10,000 times "[", its code spans look through the rest of the text for each backtick, and its emphasis
# nests without end.
_CODE = r"(?<![\\`])(`{1,3})(?!`)(.+?)(?<!`)\1(?!`)"
_EMPHASIS = (
    ("strong", r"(\*\*)(?=\S)((?:(?!\*\*(?!\*)).)+)(?<=\S)\*\*(?!\*)"),
    ("strong", r"(?<!\w)(__)(?=\S)((?:(?!__(?!_)).)+)(?<=\S)__(?!\w)"),
    ("em", r"(?<![\d*])(\*)(?=[^\s*])([^*]+)(?<!\s)\*(?!\*)"),  # "30*40*50 cm" is a size
    ("em", r"(?<!\w)(_)(?=[^\s_])([^_]+)(?<!\s)_(?!\w)"),
)
# The host is ASCII (punycode for others): no look-alike letter of another script makes a link, nor a user name.
_HOST = r"(?i:https?://(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?::[0-9]{1,5})?)(?![\w@]|[.:-][\w@])"
# A path ends at white space, at what encloses it in any script, and at what stands for markup by then.
_CHAR = rf"[^\s()\[\]<>\"“”„«»‹›「」『』《》【】（）。，、！？；：\x02\x03{_LT}]"
_PATH = rf"[/?#](?:{_CHAR}|\({_CHAR}*\))*"
_MAIL = rf"(?i:mailto:)(?:(?!@){_CHAR})+@(?:(?!@){_CHAR})+"
_LINK = rf"(?<!!)\[(?P<words>[^\[\]]{{1,300}})\]\((?P<address>{_HOST}(?:{_PATH})?|{_MAIL})\)"
# The punctuation that ends its sentence is not part of a bare address.
_ADDRESS = rf"(?<![A-Za-z0-9])(?P<address>{_HOST}(?:{_PATH}(?<![.,;:!?…'*_~]))?)"


class _Code(InlineProcessor):
    """Words in one to three backticks."""

    # The stub of the base class still has the call of Python-Markdown 2.
    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        """Return the element and where it stands in the text."""
        code = Element("code")
        code.text = AtomicString(m[2].strip())
        return code, m.start(), m.end()


class _Link(InlineProcessor):
    """`[words](address)`, or an address alone, which is its own words."""

    ANCESTOR_EXCLUDES = ("a",)

    # The stub of the base class still has the call of Python-Markdown 2.
    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        """Return the element and where it stands in the text."""
        link = Element("a", href=m["address"], rel=REL)
        link.text = m.groupdict().get("words") or AtomicString(m["address"])
        return link, m.start(), m.end()


class _Numbered(SaneOListProcessor):
    """A list numbered 1, 2, 3: any other numbers would be lost, since HTML counts for itself."""

    NUMBER = re.compile(r"^ {0,3}(\d+)\. ", re.MULTILINE)

    def test(self, parent: Element, block: str) -> bool:
        """Say whether the block begins such a list, or goes on with the one before it."""
        before = self.lastChild(parent)
        first = 1 + (len(before) if before is not None and before.tag == "ol" else 0)
        numbers = self.NUMBER.findall(block)
        return super().test(parent, block) and numbers == [str(first + i) for i in range(len(numbers))]


class _Blocks(BlockParser):
    """Parses lists and quotations in each other to a limited depth; what lies deeper shows as typed."""

    MAX_DEPTH = 8  # calls; without it 5,000 times "- " is a RecursionError
    depth = 0

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - Python-Markdown's name
        """Parse the blocks into the parent and leave the list empty."""
        self.depth += 1
        if self.depth <= self.MAX_DEPTH:
            super().parseBlocks(parent, blocks)
        else:
            SubElement(parent, "p").text = "\n".join(blocks)
            blocks.clear()
        self.depth -= 1


class _Converter(Markdown):
    """Markdown put together from what we allow: nothing here reads HTML, images, references or headings."""

    def build_parser(self) -> Self:
        """Register the allowed processors."""
        self.preprocessors = Registry()
        self.parser = _Blocks(self)
        blocks = (
            EmptyBlockProcessor,
            ListIndentProcessor,
            CodeBlockProcessor,
            _Numbered,
            SaneUListProcessor,
            BlockQuoteProcessor,
            ParagraphProcessor,
        )
        for priority, block in enumerate(reversed(blocks)):
            self.parser.blockprocessors.register(block(self.parser), block.__name__, priority)
        self.inlinePatterns = Registry()
        inlines = (
            _Code(_CODE, self),
            EscapeInlineProcessor(ESCAPE_RE, self),
            _Link(_LINK, self),
            _Link(_ADDRESS, self),
            *(SimpleTagInlineProcessor(pattern, tag) for tag, pattern in _EMPHASIS),
            SubstituteTagInlineProcessor(r"\n", "br"),
        )
        for priority, inline in enumerate(reversed(inlines)):
            self.inlinePatterns.register(inline, str(priority), priority)
        self.treeprocessors = build_treeprocessors(self)
        self.postprocessors = Registry()
        return self
