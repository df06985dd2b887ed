"""Addresses of e-mail: as they are, with letters of any script, and as people write them to hide them from machines."""

import re
from collections.abc import Iterator

from amends.personal.fold import script
from amends.personal.model import Span
from amends.personal.words import is_mail

_MOST_LOCAL, _MOST_DOMAIN, _MOST_LABEL = 64, 254, 63  # RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4
_MARKS = "\u0300-\u036f\u0900-\u0903\u093a-\u094f"
_ATOM = rf"[\w.%+'{_MARKS}-]"
_LETTER = rf"(?:[^\W_]|[{_MARKS}])"

_AT_WORD = "at|ät|a|@|arroba|arobase|собака|собачка|chiocciola|małpa|zavináč|apenstaartje|snabel-a|klammeraffe"
_DOT_WORD = "dot|punkt|point|punto|ponto|punt|punct|точка|крапка|kropka|tečka|nokta|piste|点|點|\\."
_BRACKETED = "[(\\[{{<] ?(?:{}) ?[)\\]}}>]"
_AT = re.compile(
    rf"(?P<plain>@|%40)|(?P<bracketed> ?{_BRACKETED.format(_AT_WORD)} ?)|(?P<bare> (?:at|собака|arroba|chiocciola) )",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"{_LETTER}+(?:-+{_LETTER}+)*")
_DOT = re.compile(r"\.")
_DOT_OF_ANY_KIND = re.compile(
    rf"\.| ?{_BRACKETED.format(_DOT_WORD)} ?| (?:{_DOT_WORD.removesuffix('|' + chr(92) + '.')}) ", re.IGNORECASE
)
# Between words without brackets: a point may be any point.
_BARE_DOT = re.compile(r" (?:dot|punto|ponto|точка|крапка) ", re.IGNORECASE)
_DOT_WITH_SPACES = re.compile(r" ?\. ?")
_DOT_BEFORE = re.compile(rf"{_ATOM}+(?: ?{_BRACKETED.format(_DOT_WORD)} ?| (?:dot|точка|punkt|punto) )$", re.IGNORECASE)
# What may stand behind a dot with spaces: words of a sentence do too.
_FREQUENT = frozenset("com net org edu info de ru fr uk ch nl pl ua eu jp cn tw kr br tr cz gr".split())
_FILES = frozenset("png jpg jpeg gif webp svg pdf".split())


def find_mails(text: str) -> Iterator[Span]:
    """Yield the addresses of a folded text."""
    done = 0
    for at in _AT.finditer(text):
        found = _around(text, at)
        if found is not None and found[0] >= done:
            done = found[1]
            yield found


def _around(text: str, at: re.Match[str]) -> Span | None:
    if at["plain"]:
        return _plain(text, at.start(), at.end()) or _with_spaces(text, at.start())
    end = _domain_end(text, at.end(), _BARE_DOT if at["bare"] else _DOT_OF_ANY_KIND)
    if end is None:
        return None
    start = _local_start(text, at.start())
    while start is not None and (before := _DOT_BEFORE.search(text, max(0, start - _MOST_LOCAL), start)):
        start = before.start()
    return None if start is None else (start, end)


def _plain(text: str, at: int, behind: int) -> Span | None:
    end = _domain_end(text, behind, _DOT)
    dots = _DOT
    if end is None:
        end = _domain_end(text, behind, _DOT_OF_ANY_KIND)
        dots = _DOT_OF_ANY_KIND
    start = _local_start(text, at)
    if start is None or end is None:
        return None
    return (start, end) if dots is _DOT or not text[behind:end].isdecimal() else None


def _with_spaces(text: str, at: int) -> Span | None:
    """Look for `anna @ example.org` and `anna@example . org`, where a word says that it is an address."""
    end = _domain_end(text, at + 1 + (text[at + 1 : at + 2] == " "), _DOT_WITH_SPACES)
    start = _local_start(text, at - (text[at - 1 : at] == " "))
    if start is None or end is None or not is_mail(text, start):
        return None
    return (start, end) if re.split(r"[. ]", text[:end][-8:])[-1].lower() in _FREQUENT else None


def _local_start(text: str, end: int) -> int | None:
    """Return where the local part begins that ends at `end`: it is of one script, besides digits and marks."""
    start, mine = end, ""
    while start > max(0, end - _MOST_LOCAL) and re.match(_ATOM, text[start - 1]):
        its = script(text[start - 1])
        if its and mine and its != mine:
            break
        mine = mine or its
        start -= 1
    if start > 0 and re.match(_ATOM, text[start - 1]) and start == end - _MOST_LOCAL:
        return None
    while start < end and not (text[start].isalnum()):
        start += 1
    return start if start < end and text[end - 1] != "." else None


def _domain_end(text: str, start: int, dot: re.Pattern[str]) -> int | None:
    """Return where the domain ends that begins at `start`: with the last label that can be a top one."""
    labels: list[Span] = []
    while (label := _LABEL.match(text, start, start + _MOST_LABEL + 1)) and label.end() - start <= _MOST_LABEL:
        end = _end_of_script(text, start, label.end())
        labels.append((start, end))
        between = dot.match(text, end)
        if end < label.end() or between is None or end - labels[0][0] > _MOST_DOMAIN:
            break
        start = between.end()
    while len(labels) > 1:
        if _is_top(text[slice(*labels[-1])], text[slice(*labels[-2])]):
            return labels[-1][1]
        labels.pop()
    return None


def _end_of_script(text: str, start: int, end: int) -> int:
    """Return where a label changes its script: what touches an address there is no part of it."""
    mine = ""
    for place in range(start, end):
        its = script(text[place])
        if its and mine and its != mine:
            return place
        mine = mine or its
    return end


def _is_top(label: str, before: str) -> bool:
    if label.lower().startswith("xn--"):
        return True
    if not (2 <= len(label) <= 24 and not re.search(r"[\d-]", label)) or label.lower() in _FILES:
        return False
    # `anna@example.org.The parcel` lacks a space.
    return not (label[0].isupper() and before.islower())
