"""Letters as mails: plain text and HTML, each with the same words, and headers that no word in them can break."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from amends.language import Link
from amends.post.letter import Block, Letter, Quote
from amends.post.trouble import UndeliverableError
from amends.text import clean, markdown, one_line, plain

LONGEST_SUBJECT = 150
"""In characters; mail programs show about half of them."""
_LONGEST_NAME = 80
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),;:\\\[\]\x00-\x1f\x7f]{1,253}")
_SPECIAL = re.compile(r"[\"(),.:;<>@\[\\\]]+")
"""What has a meaning in a list of addresses (RFC 5322, 3.2.3), and so has no place in a name."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter to one address. `id` is the same at every attempt; `stop` is the link that stops such mails."""

    letter: Letter
    to: str
    id: str
    date: datetime
    stop: str | None = None


class _Policy(EmailPolicy):
    """Writes headers that hold one long word of ours as they are: to fold them, they would be encoded."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower().startswith(("list-", "message-id")):
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_ASCII = _Policy(linesep="\r\n", cte_type="7bit")
_UNICODE = _ASCII.clone(utf8=True)


def write(mail: Mail, sender: str, to: str) -> bytes:
    """Return a mail as it is sent, from one address to another; UndeliverableError where that is no address."""
    if not _ADDRESS.fullmatch(to):
        raise UndeliverableError("this is no address of mail")
    letter = mail.letter
    message = EmailMessage(_ASCII if to.isascii() else _UNICODE)
    message["From"] = Address(_name(letter.sender), addr_spec=sender)
    message["To"] = to
    message["Subject"] = _in_header(letter.subject, LONGEST_SUBJECT)
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop:
        message["List-Unsubscribe"] = f"<{mail.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(as_text(letter))
    message.add_alternative(as_html(letter), subtype="html")
    message["Content-Language"] = letter.lang.tag  # set before, it would move into the first part
    return message.as_bytes()


def as_text(letter: Letter) -> str:
    """Return a letter as plain text."""
    parts = [*map(_as_text, letter.body), "--", *map(_as_text, letter.foot)]
    return "\n\n".join(parts) + "\n"


def as_html(letter: Letter) -> str:
    """Return a letter as a page of HTML without scripts, pictures, or anything else from elsewhere."""
    return _template().render(letter=letter, lang=letter.lang, subject=one_line(letter.subject, LONGEST_SUBJECT))


def _as_text(block: Block) -> str:
    if isinstance(block, Quote):
        return "\n".join(f"> {line}".rstrip() for line in clean(block.text).split("\n"))
    if isinstance(block, Link):
        return f"{clean(block.text)}\n{block.url}"
    return clean(block)


def _name(name: str) -> str:
    """Return a name as it can stand before an address."""
    return _in_header(_SPECIAL.sub(" ", _in_header(name, _LONGEST_NAME)), _LONGEST_NAME)


def _in_header(text: str, limit: int) -> str:
    """Return a text as one line in which nothing looks encoded: `email` decodes that, line ends and all."""
    return one_line(text.replace("=?", "= ?"), limit)


def _quoted(quote: Quote) -> str:
    return markdown(quote.text) if quote.formatted else plain(quote.text)


@cache
def _template() -> Template:
    templates = Environment(
        autoescape=True,
        loader=PackageLoader("amends.post"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters |= {"clean": clean, "quoted": _quoted}
    templates.tests |= {
        "link": lambda block: isinstance(block, Link),
        "quote": lambda block: isinstance(block, Quote),
    }
    return templates.get_template("letter.html")
