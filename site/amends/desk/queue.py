"""The list of cases that stands on every page of the desk: filtered, searched, and cut into pages."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from amends.desk.inbox_list import STEPS, Line, List
from amends.desk.search import LONGEST
from amends.desk.shelf import Item
from amends.text import one_line

PAGE = 50
"""Lines of a page."""

WHO = ("me", "nobody")
"""Whose cases can be asked for."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the list somebody wants to see, as the address says it; empty where it does not matter."""

    step: str = ""
    kind: str = ""
    topic: str = ""
    language: str = ""
    late: str = ""
    who: str = ""
    q: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filters":
        """Read them from the arguments of an address; what is none of them is left out."""
        given = {name: one_line(asked.get(name, ""), LONGEST) for name in cls.__slots__}
        who = given["who"] if given["who"] in WHO else ""
        return cls(**{**given, "late": "yes" if given["late"] else "", "who": who})

    @property
    def chosen(self) -> dict[str, Any]:
        """Those that are not empty: the arguments of an address."""
        return {name: value for name, value in asdict(self).items() if value}

    def without(self, name: str) -> dict[str, Any]:
        """Return the arguments of the address where this one does not matter."""
        return replace(self, **{name: ""}).chosen

    def let_pass(self, item: Item, now: datetime) -> bool:
        """Whether a case is one of those. One that does not wait has no step, and is not late."""
        if not item.waits and (self.step or self.late):
            return False
        if self.late and item.at > now.timestamp():
            return False
        wanted = ((self.step, item.step.replace(" ", "-")), (self.kind, item.kind), (self.topic, item.topic))
        return all(value in ("", has) for value, has in (*wanted, (self.language, item.language)))


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the list. `total` wait in all; of the `count` that the filters let pass, `waiting` do;
    about `deciding` of all a keeper decides.

    `line` is that of the case that is shown beside the list, where it waits. `choices` are what can be asked of each
    filter.
    """

    filters: Filters
    lines: Sequence[Line]
    total: int
    count: int
    waiting: int
    page: int
    choices: Mapping[str, Sequence[str]]
    deciding: int
    line: Line | None
    last_answer: datetime | None

    @property
    def pages(self) -> int:
        """How many pages the list has, one at the least."""
        return max(-(-self.count // PAGE), 1)

    @property
    def first(self) -> int:
        """The place of the page's first line, from 1."""
        return (self.page - 1) * PAGE + 1


def queue(found: List, asked: Mapping[str, str], now: datetime, here: str = "") -> Queue:
    """Return the page that an address asks for; where it asks for none, the one on which the case `here` stands."""
    filters, waiting = Filters.of(asked), found.waiting()
    items = found.find(filters.q, waiting) if filters.q else waiting
    if filters.chosen.keys() - {"q"}:
        items = [item for item in items if filters.let_pass(item, now)]
    if filters.who:
        holders, me = found.holders(), found.person.id
        wanted = me if filters.who == "me" else None
        items = [item for item in items if holders.get(item.number) == wanted]
    last = max(-(-len(items) // PAGE), 1)
    page = min(_number(asked.get("page", "")) or _page_of(here, items), last)
    of_page = items[(page - 1) * PAGE : page * PAGE]
    own = next((item for item in waiting if item.number == here), None)
    lines = found.shown([*of_page, *([own] if own else [])])
    return Queue(
        filters,
        lines[: len(of_page)],
        len(waiting),
        len(items),
        sum(item.waits for item in items),
        page,
        _choices(waiting, filters),
        sum(item.step == "decide" for item in waiting),
        lines[-1] if own else None,
        None if waiting else found.last_answer(),
    )


def _number(text: str) -> int:
    """Return the number of a page; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST else 0


def _page_of(number: str, items: Sequence[Item]) -> int:
    return next((place // PAGE + 1 for place, item in enumerate(items) if item.number == number), 1)


def _choices(waiting: Sequence[Item], filters: Filters) -> dict[str, list[str]]:
    """Return what occurs in the list, and what is asked for though it does not."""
    occurring = {
        "step": {step.replace(" ", "-") for step in {item.step for item in waiting}},
        "kind": {item.kind for item in waiting},
        "topic": {item.topic for item in waiting},
        "language": {item.language for item in waiting},
    }
    order = {step.replace(" ", "-"): place for place, step in enumerate(STEPS)}
    return {
        name: sorted((found | {getattr(filters, name)}) - {""}, key=lambda value: (order.get(value, 0), value))
        for name, found in occurring.items()
    }
