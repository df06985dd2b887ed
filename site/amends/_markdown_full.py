"""The Markdown of the staff, whole: Python-Markdown and bleach, put together from what we allow.

Only `amends.text` may import this module, and only when it has a text for it: a build without such a text need not
load these libraries. It is the only place that imports them.

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

from amends._markdown import ADDRESS, AMP, LINK, LT, REL, SCHEMES, TAGS


def full(text: str) -> str:
    """Return cleaned text as HTML made of `TAGS` only."""
    # A converter and a cleaner for each text: threads may not share them, a converter would keep its state after
    # an error, and making both costs less than a tenth of using them.
    html = _Converter().convert(text.replace("&", AMP).replace("<", LT))
    return _sanitized(html.replace(AMP, "&amp;").replace(LT, "&lt;"))


def _sanitized(html: str) -> str:
    return Cleaner(tags=TAGS, attributes=_attribute_allowed, protocols=SCHEMES).clean(html)


def _attribute_allowed(tag: str, name: str, value: str) -> bool:
    return tag == "a" and (name == "href" or (name, value) == ("rel", REL))


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
        *words, address = m.groups()
        link = Element("a", href=address, rel=REL)
        link.text = words[0] if words else AtomicString(address)
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
            _Link(LINK, self),
            _Link(ADDRESS, self),
            *(SimpleTagInlineProcessor(pattern, tag) for tag, pattern in _EMPHASIS),
            SubstituteTagInlineProcessor(r"\n", "br"),
        )
        for priority, inline in enumerate(reversed(inlines)):
            self.inlinePatterns.register(inline, str(priority), priority)
        self.treeprocessors = build_treeprocessors(self)
        self.postprocessors = Registry()
        return self
