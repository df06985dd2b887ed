"""The command `amends`. Exit 0: done; 1: the work failed; 2: wrong usage."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

_ROOMS = {
    "coaching": ("coach",),
    "building": ("build", "check", "clean", "index", "preview"),
    "embedding": ("snippet",),
    "operating": ("backup", "doctor", "restore"),
    "erasing": ("erase",),
    "keeping": ("company", "import", "init"),
    "masking": ("mask",),
    "serving": ("demo", "migrate", "serve", "work"),
    "staffing": ("staff",),
    "telling": ("post", "webhook"),
}
"""In which module of `amends.commands` each command is, there called like it with `_command` at the end."""


class _Commands(MutableMapping[str, click.Command]):
    """The commands by their names, each imported when it is asked for."""

    def __init__(self) -> None:
        self._rooms = {name: room for room, names in _ROOMS.items() for name in names}
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            room = import_module(f"amends.commands.{self._rooms[name]}")
            self._found[name] = getattr(room, f"{name}_command")
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        del self._rooms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)


@click.group(commands=_Commands(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="amends")
def main() -> None:
    """Feedback in, a public board out: each complaint stands next to the company's reply."""
