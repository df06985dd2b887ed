"""From the text of front matter to its tree.

PyYAML's own tree builders are not used: the C one recurses without a bound (100,000 opening brackets end
the process with a segmentation fault) and follows aliases. Its event parser does neither, and a case is
never deeper than a mapping in a list in a mapping.
"""

from collections.abc import Iterator

import yaml

from amends.record.front import FrontError, Mapping, Node, Scalar, Sequence

_MAX_DEPTH = 3


def grow(front: str) -> Mapping:
    """Return the tree of front matter; FrontError where it is no mapping of what a case has use for."""
    try:
        return _Builder(front).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 2
        raise FrontError(line, f"what YAML cannot read ({error.problem})", "keys and values") from error
    except yaml.reader.ReaderError as error:
        line = front.count("\n", 0, error.position) + 2
        raise FrontError(line, f"the character {error.character!r}", "printable characters") from error


class _Builder:
    """Builds the tree from the parser's events, refusing whatever a case file has no use for."""

    def __init__(self, front: str) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(front, Loader=yaml.CBaseLoader))

    def document(self) -> Mapping:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise FrontError(2, "empty front matter", "keys and values")
        root = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise FrontError(_line(after), "a second document", "one front matter")
        if not isinstance(root, Mapping):
            raise FrontError(root.line, "no keys", "keys and values")
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontError(_line(event), "an anchor or an alias", "each value written out")
        if getattr(event, "tag", None):
            raise FrontError(_line(event), "a tag", "values without tags")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(_line(event), event.value, event.style is None)
        if depth == _MAX_DEPTH:
            raise FrontError(_line(event), "values nested too deep", "a list of events and nothing deeper")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _sequence(self, start: yaml.SequenceStartEvent, depth: int) -> Sequence:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        mark = start.start_mark
        column = None if start.flow_style or mark is None else mark.column
        return Sequence(_line(start), column, tuple(items))

    def _mapping(self, start: yaml.Event, depth: int) -> Mapping:
        items: dict[str, tuple[int, Node]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, _MAX_DEPTH)
            if not isinstance(key, Scalar):
                raise FrontError(key.line, "a list or keys", "a key")
            if key.value in items:
                raise FrontError(key.line, "the key a second time", "each key once", key.value)
            items[key.value] = (key.line, self._node(next(self._events), depth + 1))
        return Mapping(_line(start), items)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 2 if event.start_mark else 2
