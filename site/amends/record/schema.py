"""Reading a case file by the closed schema, with every fault of it named."""

from dataclasses import replace

from amends import clock
from amends.case import SHAPES, Case, Event
from amends.moves import impossible_moves
from amends.record import front
from amends.record.keys import CASE_KEYS, EVENT_HEAD, EVENT_KEYS, LANGUAGE, NUMBER, REQUIRED, SLUG
from amends.record.model import Fault, LedgerLine, RecordError
from amends.record.quick import quick_case
from amends.record.values import Reading, meant, open_file

__all__ = [
    "CASE_KEYS",
    "EVENT_KEYS",
    "LANGUAGE",
    "NUMBER",
    "REQUIRED",
    "SLUG",
    "read_case",
    "read_in_full",
    "received_here",
]


def read_case(text: str, company: str, path: str) -> Case:
    """Read a case file of that company; RecordError names every fault with the file's `path` and the line."""
    return quick_case(text, company) or read_in_full(text, company, path)


def read_in_full(text: str, company: str, path: str) -> Case:
    """Read a case file as `read_case` does, however it is written, with a reader of YAML."""
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
    if (case.received, case.reply_by, case.source, case.url) == (line.received, line.reply_by, None, None):
        return case, ()
    here = replace(case, received=line.received, reply_by=line.reply_by, source=None, url=None)
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
            {key: item for key, item in node.items.items() if key in EVENT_HEAD},
            EVENT_HEAD,
            tuple(EVENT_HEAD),
            node.line,
        )
        if len(head) < len(EVENT_HEAD):
            return None
        shape = SHAPES.get((head["by"], head["event"]))
        if shape is None:
            self.fault(node.items["event"][0], "event", *_no_such_event(head["by"], head["event"]))
            return None
        rest = {key: item for key, item in node.items.items() if key not in EVENT_HEAD}
        known = {key: EVENT_KEYS[key] for key in (*shape.required, *shape.optional)}
        required = tuple(key for key in shape.required if not (imported and key == "name"))
        before = len(self.faults)
        facts = self.facts(rest, known, required, node.line)
        return Event(**head, **facts) if len(self.faults) == before else None


def _no_such_event(by: str, event: str) -> tuple[str, str]:
    known = [name for actor, name in SHAPES if actor == by]
    return f"{event!r} by {by}", f"one of {', '.join(known)}{meant(event, known)}"
