"""What a mail consists of, before it is written down as one."""

from dataclasses import dataclass

from amends.language import Language, Link


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody, which stand by themselves: Markdown of staff, or plain text."""

    text: str
    formatted: bool = False


Block = str | Quote | Link
"""A paragraph of ours, words of somebody, or a button."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody is told, in one language; `foot` says why they get it, `sender` in whose name."""

    lang: Language
    sender: str
    subject: str
    body: tuple[Block, ...]
    foot: tuple[Block, ...]
