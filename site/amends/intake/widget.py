"""The widget's files: in the wheel they are inside the package, in a checkout at its top.

What is handed out was made small when its source was written, and stands under `made/`: neither a server nor whoever
installs one needs what makes it, and every installation has the same bytes, which pages pin. A source that was changed
since is handed out itself, as it can be read: who works on the widget sees the change, and nobody an older one.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from amends.language import nearest
from amends.record import Board, Company
from amends.text import MAX_CUSTOMER

VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
"""The number of a launcher. It is not the package's: only a launcher that was changed has a new one."""

MANIFEST = Path("made", "made.json")
"""Of which sources the made files are (`digest`), and what each launcher's bytes have to be (`integrity`)."""


@dataclass(frozen=True, slots=True)
class Widget:
    """What there is to hand out: the newest launcher and, by their numbers, all that ever came out; modules by name."""

    launcher: str
    launchers: Mapping[str, str]
    modules: Mapping[str, str]
    styles: Mapping[str, str]
    strings: Mapping[str, Any]

    def form(self, company: Company, board: Board, privacy: str, language: str) -> str:
        """Return the form's module: with a company's public facts, the nearest language's sentences and the style."""
        said = self.strings[nearest(language)]
        strings = {"lang": said["lang"], "dir": said["dir"], **said["form"]}
        return self._module("form", company={**_facts(company, board), "privacy": privacy}, strings=strings)

    def more(self, language: str) -> str:
        """Return the module of what is needed after the visitor began to write, in the nearest language."""
        return self._module("more", strings=self.strings[nearest(language)]["more"])

    def _module(self, name: str, **values: object) -> str:
        return with_exports(self.modules[name], **values, css=self.styles[name])


@cache
def own_widget() -> Widget:
    """Return the widget that this package has."""
    return read_widget(widget_dir())


def widget_dir() -> Path:
    """Return the folder with widget.js and form.js."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_widget"
    return inside if inside.is_dir() else package.parents[1] / "widget"


def read_widget(folder: Path) -> Widget:
    """Read the widget of a folder; OSError where a file of it is missing."""
    facts = json.loads((folder / MANIFEST).read_text("utf-8"))
    made = folder / MANIFEST.parent
    launchers = {number: _read(made / f"{number}.js") for number in facts["launchers"]}

    def code(path: Path, small: str) -> str:
        is_made = facts["sources"].get(path.name) == digest(path.read_bytes())
        return _read(made / small if is_made else path)

    return Widget(
        launcher=code(folder / "widget.js", f"{newest(launchers)}.js"),
        launchers=launchers,
        modules={path.stem: code(path, path.name) for path in folder.glob("*.js") if path.name != "widget.js"},
        styles={path.stem: code(path, path.name).strip() for path in folder.glob("*.css")},
        strings={path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("strings/*.json")},
    )


def with_exports(module: str, **values: object) -> str:
    """Return a module that exports these values, too: JSON, without what could end a script element."""
    lines = (f"\nexport const {name} = {_js(value)};" for name, value in values.items())
    return module + "".join(lines) + "\n"


def newest(numbers: Iterable[str]) -> str:
    """Return the launcher's number that is the highest."""
    return max(numbers, key=lambda number: [int(part) for part in number.split(".")])


def integrity(code: bytes) -> str:
    """Return the metadata by which a page pins these bytes (W3C Subresource Integrity, 3.1)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(code).digest()).decode()


def digest(source: bytes) -> str:
    """Return by what a source is known."""
    return hashlib.sha256(source).hexdigest()


def _read(path: Path) -> str:
    """Read a file as it is: what Python takes for the end of a line is a byte that was pinned."""
    return path.read_bytes().decode()


def _facts(company: Company, board: Board) -> dict[str, Any]:
    return {
        "slug": company.slug,
        "name": company.name,
        "reply_hours": company.reply_hours,
        "accent": company.accent,
        "sensitive": company.sensitive,
        "left": company.has_left,
        "most": MAX_CUSTOMER,
        "board": f"{board.base_url}{company.slug}/",
        "contacts": [{"kind": item.kind, "value": item.value, "note": item.note} for item in company.contacts],
    }


def _js(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
