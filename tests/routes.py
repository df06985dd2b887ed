"""The addresses of a service, read and compiled once for all the services that the tests make.

Nearly all of what making a service takes is werkzeug's reading of how its hundred addresses are written, and most
tests ask for few of them.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

_PARSE = Rule._parse_rule
_BUILD = Rule._compile_builder


class _Parsed(NamedTuple):
    parts: tuple[RulePart, ...]
    trace: tuple[tuple[bool, str], ...]
    converters: dict[str, BaseConverter]


_parsed: dict[tuple[Any, ...], _Parsed] = {}


def make_quick() -> None:
    """Let rules be read once for each way that they are written, and be compiled when one builds their address."""
    Rule._parse_rule = _parse_once  # type: ignore[method-assign]
    Rule._compile_builder = _compile_when_asked  # type: ignore[method-assign]


def _parse_once(rule: Rule, text: str) -> Iterable[RulePart]:
    """Do what werkzeug does to the rule: note its trace, its converters and the names of its arguments."""
    key = (text, *rule.map.converters.items())
    if key not in _parsed:
        _parsed[key] = _parsed_afresh(rule, text)
    found = _parsed[key]
    rule._trace.extend(found.trace)
    rule._converters.update(found.converters)
    rule.arguments.update(found.converters)
    return found.parts


def _parsed_afresh(rule: Rule, text: str) -> _Parsed:
    one = Rule("/")
    one.map, one._trace, one._converters = rule.map, [], {}
    parts: Iterator[RulePart] = iter(_PARSE(one, text))
    return _Parsed(tuple(parts), tuple(one._trace), one._converters)


def _compile_when_asked(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    @cache
    def compiled() -> Callable[..., tuple[str, str]]:
        return _BUILD(rule, append_unknown)

    return lambda _, **values: compiled()(rule, **values)
