"""Personal data in what people write: found by rules that anybody can read, and masked where it stands.

Nothing here knows who wrote a text or keeps any of it. What is found depends on the text, the country whose national
phone numbers are understood, and the company's own order numbers; a name or a street is found by nobody but people.
"""

import re
from collections.abc import Iterable

from amends.personal.card import find_cards
from amends.personal.choice import BY_HAND, Choice, key, occurs, pattern_of
from amends.personal.fold import fold, without
from amends.personal.iban import find_ibans
from amends.personal.mail import find_mails
from amends.personal.model import Found, Kind, Span
from amends.personal.order import find_orders, read_order_pattern
from amends.personal.phone import find_phones, known_countries

__all__ = ["Choice", "Found", "Kind", "find", "key", "known_countries", "mask", "occurs", "read_order_pattern"]

_NOTHING_DECIDED = Choice()
_MASKED = re.compile(r"\[hidden: [a-z][a-z -]{0,39}\]")
# No personal data is without a digit, an @ or one of the ways around it.
_WORTH_A_LOOK = re.compile(r"[\d@＠]|[(\[{<] ?\w[\w-]{0,14} ?[)\]}>]| (?:at|собака|arroba|chiocciola) ", re.IGNORECASE)


def find(text: str, country: str | None = None, order_pattern: str | None = None) -> tuple[Found, ...]:
    """Find e-mail addresses, phone numbers, IBANs, card numbers and order numbers, in the order of the text.

    `country` is a code of ISO 3166-1 like DE, whose national phone numbers are understood; without it those are tried
    that the script of the text suggests. `order_pattern` is the mask of a company's order numbers. No two of what is
    found overlap. ValueError says what is wrong with a country or a mask.
    """
    if country is not None and country not in known_countries():
        raise ValueError("the code of a country, in two capital letters like DE")
    if order_pattern is not None:
        read_order_pattern(order_pattern)
    if not _WORTH_A_LOOK.search(text):
        return ()
    found: list[Found] = []
    start = 0
    for masked in _MASKED.finditer(text):
        found += _within(text, start, masked.start(), country, order_pattern)
        start = masked.end()
    return (*found, *_within(text, start, len(text), country, order_pattern))


def mask(
    text: str, country: str | None = None, order_pattern: str | None = None, choice: Choice = _NOTHING_DECIDED
) -> str:
    """Return the text with `[hidden: phone]` and the like in the place of what `find` finds, as `choice` has it.

    A text that was masked without a choice has nothing to mask.
    """
    pieces: list[str] = []
    done = 0
    for start, end, kind in _hidden(text, find(text, country, order_pattern), choice):
        if start >= done:
            pieces += (text[done:start], f"[hidden: {kind}]")
        done = max(done, end)
    return "".join((*pieces, text[done:]))


def _hidden(text: str, found: Iterable[Found], choice: Choice) -> list[tuple[int, int, str]]:
    """Return from where to where which mask goes; where two overlap the second only makes the first longer."""
    spans: list[tuple[int, int, str]] = [
        (one.start, one.end, one.kind) for one in found if choice.hides(text[one.start : one.end])
    ]
    every = sorted({pattern_of(one) for one in choice.hidden if one.split()}, key=len, reverse=True)
    if every:
        # Nothing in a mask that is there already.
        pattern = "|".join((f"(?P<mask>{_MASKED.pattern})", *every))
        spans += [(*match.span(), BY_HAND) for match in re.finditer(pattern, text) if not match["mask"]]
    return sorted(spans)


def _within(text: str, start: int, end: int, country: str | None, order_pattern: str | None) -> list[Found]:
    """Find what is in a piece of the text, and then in what is left of it, as it would be if that was masked."""
    pieces = [(start, end)]
    found: list[Found] = []
    while pieces:
        start, end = pieces.pop()
        if not _WORTH_A_LOOK.search(text, start, end):
            continue
        new = [Found(start + a, start + b, kind) for a, b, kind in _scan(text[start:end], country, order_pattern)]
        if new:
            edges = [start, *(edge for item in new for edge in (item.start, item.end)), end]
            pieces += zip(edges[::2], edges[1::2], strict=True)
            found += new
    return sorted(found)


def _scan(text: str, country: str | None, order_pattern: str | None) -> list[tuple[int, int, Kind]]:
    """Find in one pass, the surest first; a phone number wins over an order number that is a part of it."""
    folded = fold(text)
    rest = folded.text
    found: list[tuple[Span, Kind]] = []
    for kind, finder in ((Kind.EMAIL, find_mails), (Kind.IBAN, find_ibans), (Kind.CARD, find_cards)):
        spans = list(finder(rest))
        found += ((span, kind) for span in spans)
        rest = without(rest, spans)
    orders = set(find_orders(rest, order_pattern)) if order_pattern else set()
    for phone in find_phones(rest, country):
        within = {order for order in orders if order[0] < phone[1] and phone[0] < order[1]}
        if not within or max(end - start for start, end in within) < phone[1] - phone[0]:
            orders -= within
            found.append((phone, Kind.PHONE))
    found += ((order, Kind.ORDER) for order in orders)
    return sorted((*folded.span(*span), kind) for span, kind in found)
