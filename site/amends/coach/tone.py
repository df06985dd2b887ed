"""Whether a reply regrets, defends itself, and is written by somebody to somebody."""

import re
from collections.abc import Iterator

from amends.coach.model import Finding, Rule
from amends.coach.reading import Read, Span
from amends.language import N_

_NO_APOLOGY = N_("No regret is said: name what went wrong, as in “I am sorry that your parcel came three weeks late”.")
_DEFENSIVE = {
    "blame": N_("This blames the customer or somebody else: say what you do now, whoever was wrong."),
    "denial": N_("This denies what the customer lived through: say what you looked into and what you found."),
    "terms": N_("This hides behind a rule: say what you can do, and why the rule helps, in your own words."),
    "feelings": N_("This regrets what the customer feels, not what happened: “I am sorry that we were late”."),
    "mockery": N_("This can be read as mockery: ask what you need to know, or leave it out."),
}
_BUT = N_("What follows takes the apology back: end the sentence before it, and say next what you do.")
_CAUSES = N_("The causes come before any measure: say first what was done, and the cause in one sentence.")
_BOILERPLATE = N_("This could stand in any letter: leave it out, or say what is true of this case alone.")
_NO_NAME = N_("The customer gave a name: use it, as in “Dear {name}”.")
_NOBODY = N_("Nobody speaks here: write “I” or “we”, as in “I refunded you” in place of “a refund was made”.")
_MANY_CAUSES = 3
# How soon after an apology a "but" takes it back, in characters.
_NEAR, _NEAR_HAN = 60, 16
_LEAST_OF_A_NAME = 2
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NAME = re.compile(r"[^\W\d_]{2,}")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]\.")
_WORD = re.compile(r"[^\W_]+")


def apology(read: Read) -> Iterator[Finding]:
    """Miss regret in the answer to a complaint; regret of what the customer feels is `defensive`, and not missed."""
    said = read.words["apology.said"].search(read.text) or read.words["defensive.feelings"].search(read.text)
    if read.is_complaint and not said:
        yield Finding(Rule.APOLOGY, 0, 0, _NO_APOLOGY)


def defensive(read: Read) -> Iterator[Finding]:
    """Find blame, denial, terms, regret of feelings, mockery, a "but" after an apology, and causes before measures."""
    found = [
        Finding(Rule.DEFENSIVE, *match.span(), message)
        for name, message in _DEFENSIVE.items()
        for match in read.words[f"defensive.{name}"].finditer(read.text)
    ]
    if read.is_complaint:
        found += (Finding(Rule.DEFENSIVE, *span, _BUT) for span in _taken_back(read))
        found += (Finding(Rule.DEFENSIVE, *span, _CAUSES) for span in _causes(read))
    end = 0
    for one in sorted(found):
        if one.start >= end:
            yield one
            end = one.end


def _taken_back(read: Read) -> Iterator[Span]:
    """Yield what a "but" begins soon after an apology, to the end of its sentence, unless it comes to a deed."""
    near, seen = (_NEAR if read.words.spaced else _NEAR_HAN), 0
    for sorry in read.words["apology.said"].finditer(read.text):
        found = read.words["apology.but"].search(read.text, sorry.end(), min(len(read.text), sorry.end() + near))
        if not found or found.start() < seen:
            continue
        seen = end = next((end for start, end in read.sentences if start <= found.start() < end), len(read.text))
        if not _comes_to_something(read, found.end(), end):
            yield found.start(), end


def _comes_to_something(read: Read, start: int, end: int) -> bool:
    blamed = any(read.words[f"defensive.{name}"].search(read.text, start, end) for name in ("blame", "mockery"))
    deed = any(start < deed_end <= end for _, deed_end in read.deeds)
    return not blamed and (deed or read.words["apology.said"].search(read.text, start, end) is not None)


def _causes(read: Read) -> Iterator[Span]:
    """Yield the sentences that explain, where several do so before the first deed."""
    first = min((start for start, _ in read.deeds), default=len(read.text))
    why = [
        (start, end)
        for start, end in read.sentences
        if end <= first and read.words["defensive.causes"].search(read.text, start, end)
    ]
    if len(why) >= _MANY_CAUSES:
        yield why[0][0], why[-1][1]


def impersonal(read: Read) -> Iterator[Finding]:
    """Find boilerplate, and miss the customer's name and a first person."""
    for match in read.words["impersonal.boilerplate"].finditer(read.text):
        yield Finding(Rule.IMPERSONAL, *match.span(), _BOILERPLATE)
    author = read.reply.author
    if author and not _is_named(author, read):
        yield Finding(Rule.IMPERSONAL, 0, 0, _NO_NAME, (("name", author),))
    if not read.words["impersonal.first_person"].search(read.text):
        yield Finding(Rule.IMPERSONAL, 0, 0, _NOBODY)


def _is_named(author: str, read: Read) -> bool:
    """Whether a word of the author's name stands in the reply, in another case too; one that has none is named."""
    text = read.text.casefold()
    names = [name.casefold() for name in _NAME.findall(author)]
    if any(_HAN.match(name) for name in names):
        return any(name in text or _by_half(name, read) for name in names)
    words = _WORD.findall(text)
    if any(re.search(rf"(?<!\w){re.escape(one)}", text) for one in _INITIAL.findall(author.casefold())):
        return True
    return not names or any(_is_form(word, name) for name in names for word in words)


def _by_half(name: str, read: Read) -> bool:
    """Whether a Chinese name is said without its surname, or as a surname with a title."""
    by_title = any(name[0] + title in read.text for title in read.words.titles)
    return by_title or (len(name) > _LEAST_OF_A_NAME and name[1:] in read.text)


def _is_form(word: str, name: str) -> bool:
    """Whether a word is a name or one of its cases: of a name of four letters the last may be another."""
    if word == name:
        return True
    stem = name[:-1] if len(name) > 3 else name
    return len(stem) > _LEAST_OF_A_NAME and word.startswith(stem) and len(word) <= len(name) + 2
