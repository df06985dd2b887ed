"""The closed schema of a case file: which keys there are, what each may hold, and reading by it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from amends import clock
from amends.case import ALPHABET, NUMBER_LENGTH, SHAPES, Case, Event, Kind, Outcome, Reason, impossible_moves
from amends.record import front
from amends.record.model import Fault, LedgerLine, RecordError
from amends.record.values import Reader, Reading, UnfitError, day, instant, matching, meant, one_of, open_file, words

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
NUMBER = re.compile(f"[{ALPHABET}]{{{NUMBER_LENGTH}}}")


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise UnfitError("true or false")
    return text == "true"


def _out_of_ten(text: str) -> int:
    if not re.fullmatch("10|[0-9]", text):
        raise UnfitError("a whole number from 0 to 10")
    return int(text)


def _reference(text: str) -> datetime | str:
    return text if NUMBER.fullmatch(text) else instant(text)


_number = matching(NUMBER.pattern, "8 characters of 0-9 and a-z without i, l, o and u")
_name = matching("[a-z0-9][a-z0-9-]{0,39}", "small letters, digits and dashes")

CASE_KEYS: Mapping[str, Reader] = {
    "case": _number,
    "kind": one_of(Kind),
    "topic": _name,
    "received": instant,
    "reply_by": instant,
    "author": words,
    "language": matching(LANGUAGE.pattern, "a language tag like en or zh-Hant"),
    "title": words,
    "page": matching(r"/[^\s?#]{0,500}", "the path of a page, like /bikes/city"),
    "same": _number,
    "source": words,
    "url": matching(r"https?://[^\s<>\"]{1,2000}", "an http or https address"),
}
"""The keys of a case besides `events`, in the order in which they are written."""

REQUIRED = ("case", "kind", "topic", "received", "reply_by")

EVENT_KEYS: Mapping[str, Reader] = {
    "name": words,
    "promise": _name,
    "what": words,
    "due": day,
    "measure": words,
    "outcome": one_of(Outcome),
    "again": _yes_or_no,
    "score": _out_of_ten,
    "recommend": _out_of_ten,
    "reason": one_of(Reason),
    "of": _reference,
    "why": words,
    "text": words,
}
"""The facts of an event besides `at`, `by` and `event`, in the order in which they are written."""

_EVENT_HEAD: Mapping[str, Reader] = {
    "at": instant,
    "by": matching("customer|company|keeper|system", "customer, company, keeper or system"),
    "event": words,
}


def read_case(text: str, company: str, path: str) -> Case:
    """Read a case file of that company; RecordError names every fault with the file's `path` and the line."""
    reading = _Reading(path)
    parts, tree = open_file(text, path)
    case = reading.case(tree, company, parts.body.removesuffix("\n"))
    if case is None or reading.faults:
        raise RecordError(reading.faults)
    return case


def received_here(case: Case, line: LedgerLine, path: str) -> tuple[Case, tuple[Fault, ...]]:
    """Return a case as its line of the ledger has it, and as faults what its file says against that.

    The ledger fixed both times at the receipt, and a case that has a line came from no other channel. RecordError
    where the case cannot be so: an event before the receipt, or a reply that nobody signed.
    """
    here = replace(case, received=line.received, reply_by=line.reply_by, source=None, url=None)
    if here == case:
        return case, ()
    faults = [
        Fault(path, None, key, clock.stamp(said), f"{clock.stamp(at)}, as the ledger says")
        for key, said, at in (("received", case.received, here.received), ("reply_by", case.reply_by, here.reply_by))
        if said != at
    ]
    elsewhere = (("source", case.source), ("url", case.url))
    expected = "nothing: the case has a line in the ledger, so it was received here"
    faults += [Fault(path, None, key, repr(said)[:60], expected) for key, said in elsewhere if said is not None]
    impossible = [Fault(path, None, None, move.found, move.expected) for move in impossible_moves(here)]
    impossible += [
        Fault(path, None, "name", f"nothing at the {event.event} of {clock.stamp(event.at)}", "the key name")
        for event in here.events
        if event.name is None and "name" in SHAPES[event.by, event.event].required
    ]
    if impossible:
        raise RecordError([*faults, *impossible])
    return here, tuple(faults)


class _Reading(Reading):
    """One pass over one case file."""

    def case(self, tree: front.Mapping, company: str, body: str) -> Case | None:
        keys = {key: item for key, item in tree.items.items() if key != "events"}
        facts = self.facts(keys, CASE_KEYS, REQUIRED, tree.line)
        lines, events = self.events(tree.items.get("events"), imported="source" in facts)
        if any(key not in facts for key in REQUIRED):
            return None
        facts["number"] = facts.pop("case")
        case = Case(company=company, text=body, events=events, **facts)
        for move in impossible_moves(case):
            line = tree.line if move.index is None else lines[move.index]
            self.fault(line, None, move.found, move.expected)
        return case

    def events(self, item: tuple[int, front.Node] | None, *, imported: bool) -> tuple[list[int], tuple[Event, ...]]:
        if item is None:
            return [], ()
        line, node = item
        if not isinstance(node, front.Sequence):
            self.fault(line, "events", "no list", "a list of events, each with a dash")
            return [], ()
        found = [(child.line, self.event(child, imported=imported)) for child in node.items]
        return [at for at, event in found if event], tuple(event for _, event in found if event)

    def event(self, node: front.Node, *, imported: bool) -> Event | None:
        if not isinstance(node, front.Mapping):
            self.fault(node.line, "events", "no event", "at, by and event")
            return None
        head = self.facts(
            {key: item for key, item in node.items.items() if key in _EVENT_HEAD},
            _EVENT_HEAD,
            tuple(_EVENT_HEAD),
            node.line,
        )
        if len(head) < len(_EVENT_HEAD):
            return None
        shape = SHAPES.get((head["by"], head["event"]))
        if shape is None:
            self.fault(node.items["event"][0], "event", *_no_such_event(head["by"], head["event"]))
            return None
        rest = {key: item for key, item in node.items.items() if key not in _EVENT_HEAD}
        known = {key: EVENT_KEYS[key] for key in (*shape.required, *shape.optional)}
        required = tuple(key for key in shape.required if not (imported and key == "name"))
        before = len(self.faults)
        facts = self.facts(rest, known, required, node.line)
        return Event(**head, **facts) if len(self.faults) == before else None


def _no_such_event(by: str, event: str) -> tuple[str, str]:
    known = [name for actor, name in SHAPES if actor == by]
    return f"{event!r} by {by}", f"one of {', '.join(known)}{meant(event, known)}"
