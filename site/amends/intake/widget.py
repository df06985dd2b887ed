"""Handing out the widget's files: in the wheel they are inside the package, in a checkout at its top."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from amends.record import Board, Company

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


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
    facts = _js({**_facts(company, board), "privacy": privacy})
    strings = _js(json.loads(_strings(language).read_text("utf-8")))
    source = (widget_dir() / "form.js").read_text("utf-8")
    return f"{source}\nexport const company = {facts};\nexport const strings = {strings};\n"


def _facts(company: Company, board: Board) -> dict[str, Any]:
    return {
        "slug": company.slug,
        "name": company.name,
        "reply_hours": company.reply_hours,
        "accent": company.accent,
        "sensitive": company.sensitive,
        "board": f"{board.base_url}{company.slug}/",
        "contacts": [{"kind": item.kind, "value": item.value, "note": item.note} for item in company.contacts],
    }


def _strings(language: str) -> Path:
    """Return the file of the nearest language there is: zh-Hant-TW, zh-Hant, zh, en."""
    parts = language.split("-") if _LANGUAGE.fullmatch(language) else []
    for length in range(len(parts), 0, -1):
        file = widget_dir() / "strings" / f"{'-'.join(parts[:length])}.json"
        if file.is_file():
            return file
    return widget_dir() / "strings" / "en.json"


def _js(value: object) -> str:
    """Write a value as JavaScript: JSON, without what could end a script element."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
