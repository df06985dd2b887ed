"""Handing out the widget's files: in the wheel they are inside the package, in a checkout at its top."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from amends.language import nearest
from amends.record import Board, Company
from amends.text import MAX_CUSTOMER

@cache
def widget_dir() -> Path:
    """Return the folder with widget.js and form.js."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_widget"
    return inside if inside.is_dir() else package.parents[1] / "widget"


@cache
def launcher() -> str:
    """Return the script that a company embeds."""
    return (widget_dir() / "widget.js").read_text("utf-8")


def form(company: Company, board: Board, privacy: str, language: str) -> str:
    """Return the form's module with this company's public facts and one language's strings."""
    spoken = _spoken(language)
    strings = {"lang": spoken["lang"], "dir": spoken["dir"], **spoken["form"]}
    return _module("form", company={**_facts(company, board), "privacy": privacy}, strings=strings)


def more(language: str) -> str:
    """Return the module of what is needed after the visitor began to write, in one language."""
    return _module("more", strings=_spoken(language)["more"])


def _module(name: str, **facts: object) -> str:
    """Return a module and what is appended to it: facts and its style sheet, as constants."""
    folder = widget_dir()
    given = {**facts, "css": (folder / f"{name}.css").read_text("utf-8")}
    constants = "".join(f"export const {name} = {_js(value)};\n" for name, value in given.items())
    return f"{(folder / f'{name}.js').read_text('utf-8')}\n{constants}"


def _facts(company: Company, board: Board) -> dict[str, Any]:
    return {
        "slug": company.slug,
        "name": company.name,
        "reply_hours": company.reply_hours,
        "accent": company.accent,
        "sensitive": company.sensitive,
        "most": MAX_CUSTOMER,
        "board": f"{board.base_url}{company.slug}/",
        "contacts": [{"kind": item.kind, "value": item.value, "note": item.note} for item in company.contacts],
    }


def _spoken(language: str) -> dict[str, Any]:
    """Return what is said in the language that a BCP 47 tag asks for, or in the nearest that there is."""
    spoken: dict[str, Any] = json.loads((widget_dir() / "strings" / f"{nearest(language)}.json").read_text("utf-8"))
    return spoken


def _js(value: object) -> str:
    """Write a value as JavaScript: JSON, without what could end a script element."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
