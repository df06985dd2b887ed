"""The Markdown of the staff: what it may become, its patterns, and the short way to its HTML.

Nearly every reply is made of paragraphs, a few marks and a flat list. `quick` writes those in a thirtieth of the
time that `_markdown_full` takes; whatever else a text has is left to that. It adds nothing to the dialect: where it
answers at all, it answers with the same bytes, and a property test holds the two together.

Why its HTML is safe without a sanitizer:

1. `&`, `<` and `>` are taken out of the whole text first and come back last, as entities: any other bracket is ours;
2. tags are constants, all of them in `TAGS`, and each is written with its end tag. An element within a line holds no
   other and no newline, so that no block cuts it;
3. an address is written only as `_HOST`, `_PATH` and `_MAIL` match it: a scheme of `SCHEMES` and no quotation mark.

Only `text` imports this module beside `_markdown_full`: what it returns has to become Markup there.
"""

import re
from itertools import pairwise

TAGS = frozenset({"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "a"})
"""The HTML elements that Markdown can become."""
SCHEMES = frozenset({"http", "https", "mailto"})
"""The schemes of addresses that Markdown can link to."""
REL = "nofollow ugc noopener"
"""The `rel` of every link: search engines give it no weight, the page it opens gets no handle on ours."""
AMP, LT, _GT = "\ufdd0", "\ufdd1", "\ufdd2"
"""Stand for &, < and > while Markdown works. They are noncharacters: `text.clean` has left none in the text."""

# --- Addresses ---

# The host is ASCII (punycode for others): no look-alike letter of another script makes a link, nor a user name.
_HOST = r"(?i:https?://(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?::[0-9]{1,5})?)(?![\w@]|[.:-][\w@])"
# A path ends at white space, at what encloses it in any script, and at what stands for markup by then.
_CHAR = rf"[^\s()\[\]<>\"“”„«»‹›「」『』《》【】（）。，、！？；：\x02\x03{LT}{_GT}]"
_PATH = rf"[/?#](?:{_CHAR}|\({_CHAR}*\))*"
_MAIL = rf"(?i:mailto:)(?:(?!@){_CHAR})+@(?:(?!@){_CHAR})+"
LINK = rf"(?<!!)\[(?P<words>[^\[\]]{{1,300}})\]\((?P<href>{_HOST}(?:{_PATH})?|{_MAIL})\)"
"""`[words](address)`. Like all patterns here it is linear: what it repeats cannot match what follows it."""
# The punctuation that ends its sentence is not part of a bare address.
ADDRESS = rf"(?<![A-Za-z0-9])(?P<address>{_HOST}(?:{_PATH}(?<![.,;:!?…'*_~]))?)"
"""An address alone."""

# --- The short way ---

# No mark stands inside another: then it does not matter that the full converter looks for one kind after the other.
_INSIDE = r"(?!\s)[^*_`\]\\\n]+(?<!\s)"
_MARK = re.compile(
    r"(?=[*_`\[\]\\hH])(?![hH][^tT])(?:"  # a cheap first look
    r"`(?P<code>[^`\n]+)`(?!`)"
    rf"|{LINK}|{ADDRESS}"
    rf"|(?<![\d*])(?P<stars>\*\*?)(?P<starred>{_INSIDE})(?P=stars)"
    rf"|(?<!\w)(?P<lines>__?)(?P<lined>{_INSIDE})(?P=lines)(?!\w)"
    r"|(?P<inert>(?<!\*)\*(?=\s|[^*]*\Z)|(?<=\d)\*|(?<=\w)_|_(?=\s|[^_]*\Z))"  # what cannot begin emphasis
    r"|[*_`\\]|\]\()"  # what might be part of anything
)
_TANGLED = re.compile(r"[*_`\\\n]")
_INDENTED = re.compile(r"\n[^\S\n]")
_BEGIN = re.compile(rf"[*+-] |\d+\. |{_GT} ?")


def quick(text: str) -> str | None:
    """Return cleaned text as the HTML that the full converter makes of it, or None: then that one has to be asked.

    Done here are paragraphs, line breaks, emphasis, code, links and addresses outside of each other, flat lists with
    one line an item, and quotations of one paragraph.
    """
    if _INDENTED.search(text):
        return None
    inline = _inline(text.replace("&", AMP).replace("<", LT).replace(">", _GT))
    if not inline:
        return inline
    blocks = [_block(block) for block in inline.split("\n\n")]
    tags = [tag for tag, _ in blocks]
    if "" in tags or any(tag == after in {"ul", "ol"} for tag, after in pairwise(tags)):  # two lists in a row are one
        return None
    html = "\n".join(html for _, html in blocks).replace("</blockquote>\n<blockquote>\n", "")
    return html.replace(AMP, "&amp;").replace(LT, "&lt;").replace(_GT, "&gt;")


def _inline(text: str) -> str | None:
    """Return the text with the elements that stand in a line, or None where a mark may mean something else."""
    parts, end = [], 0
    for found in _MARK.finditer(text):
        html = _element(found)
        if html is None:
            return None
        parts += [text[end : found.start()], html]
        end = found.end()
    return "".join([*parts, text[end:]])


def _element(found: re.Match[str]) -> str | None:
    """Return the HTML of what `_MARK` found, or None where it may be something else."""
    match found.lastgroup:
        case "code":
            return f"<code>{found['code'].strip()}</code>"
        case "href" if not _TANGLED.search(found["words"]):
            return _link(found["href"], found["words"])
        case "address" if not found.string.startswith(("*", "_"), found.end()):  # as if after no letter
            return _link(found["address"], found["address"])
        case "starred" | "lined" as words if "://" not in found[words]:
            tag = "strong" if found[0].startswith(("**", "__")) else "em"
            return f"<{tag}>{found[words]}</{tag}>"
        case "inert":
            return found[0]
    return None


def _link(address: str, words: str) -> str | None:
    """Return a link, unless its address has a backtick or a backslash, which would be looked at before it."""
    if "`" in address or "\\" in address:
        return None
    return f'<a href="{address}" rel="{REL}">{words}</a>'


def _block(block: str) -> tuple[str, str]:
    """Return the tag and the HTML of lines between empty ones; no tag where they are not so simple."""
    if not _BEGIN.match(block) and "\n" + _GT not in block:
        return "p", "<p>" + block.replace("\n", "<br>\n") + "</p>"
    lines = block.split("\n")
    marks = [mark[0] if mark else "" for mark in map(_BEGIN.match, lines)]
    rest = [line[len(mark) :] for line, mark in zip(lines, marks, strict=True)]
    if any(not words or words[0].isspace() or _BEGIN.match(words) for words in rest):
        return "", ""
    if {"* ", "+ ", "- "}.issuperset(marks):
        return "ul", "<ul>\n<li>" + "</li>\n<li>".join(rest) + "</li>\n</ul>"
    if marks == [f"{number}. " for number in range(1, len(marks) + 1)]:
        return "ol", "<ol>\n<li>" + "</li>\n<li>".join(rest) + "</li>\n</ol>"
    if {f"{_GT} "}.issuperset(marks):
        return "blockquote", "<blockquote>\n<p>" + "<br>\n".join(rest) + "</p>\n</blockquote>"
    return "", ""
