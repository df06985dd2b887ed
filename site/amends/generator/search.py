"""Search: an index of the built pages, made by Pagefind and put beside them whole.

A page says what can be found on it (`indexed.html`), and marks with `data-pagefind-body` what a person said there. Only
that is indexed, in the language in which it was said: Pagefind stems and cuts words by the language of a page, and a
page of a company that speaks English may hold a complaint in Russian.

Pagefind's bytes are not reproducible and an index takes longer than a build, so a build keeps the one that there is.
It does not keep one that holds words which the board no longer shows.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any

from amends import clock
from amends.generator.swap import put_in_place, sync
from amends.record import exclusive

FOLDER = "pagefind"
NOTE = "amends.json"
"""What search.js reads first: when the index was made, of how much, in which languages, by which Pagefind."""

_UNIT = re.compile(r"<(section|article)\b[^>]*\sdata-pagefind-meta=[^>]*>")
"""What can be found: a case, or one answer or change of several on a page, which then has an id (`indexed.html`)."""
_PIECE = re.compile(r"<(div|p)\b[^>]*\sdata-pagefind-body>(.*?)</\1>", re.DOTALL)
"""What a person said. The HTML that text.py makes has no `div`."""
_TITLE = re.compile(r'\sdata-kind="([a-z-]+)" data-title="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')
_LANGUAGE = re.compile(r'\sdata-language="([A-Za-z]{2,3})\b')
_TAG = re.compile(r"<[^>]*>")

_HAN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Han characters and kana, which are written without spaces."""
_CHARACTER = re.compile(f"[{_HAN}]")
_BETWEEN = re.compile(rf"(?<=[{_HAN}])(?=[^\s<])|(?<=[^\s>])(?=[{_HAN}])")
_SEGMENTED = ("zh", "ja")
"""The languages that are written so."""


class SearchError(RuntimeError):
    """The index could not be made; the one before it is as it was."""


class NotBuiltError(RuntimeError):
    """A folder holds no built board."""


@dataclass(frozen=True, slots=True)
class Index:
    """What an index is of: how many cases, answers and changes, and the languages of their words."""

    found: int
    languages: tuple[str, ...]


def index(public: Path, cache: Path, now: datetime) -> Index:
    """Make the index of the board that stands in `public`, and put it there.

    NotBuiltError where there is no board; SearchError where Pagefind is missing or fails; OSError where writing does.
    """
    if not (public / "search" / "index.html").is_file():
        raise NotBuiltError(f"{public} has no built board: amends build --out {public}")
    with exclusive(cache, "build"):
        return make(public, now)


def make(public: Path, now: datetime) -> Index:
    """Make the index of the pages in `public` and put it there in one step; fails as `index` does.

    Whoever calls sees to it that nobody else works on `public`.
    """
    work = public.with_name(f".{public.name}.index")
    shutil.rmtree(work, ignore_errors=True)
    try:
        found = _stage(public, work / "pages")
        result = work / FOLDER
        entry = _run(work / "pages", result) if found else {"languages": {}, "version": None}
        made = Index(found, tuple(sorted(entry["languages"])))
        _finish(
            result,
            {"found": found, "languages": made.languages, "made": clock.stamp(now), "pagefind": entry["version"]},
        )
        put_in_place(result, public / FOLDER)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made


def renew(old: Path, fresh: Path, now: datetime, files: Iterable[str] | None = None) -> str | None:
    """Let the board in `fresh` have the index of the one in `old`, if it has one; return what there is to say of it.

    `files` are those in which the two may differ, by their paths; None: all. An index that holds words which `fresh`
    no longer shows (withdrawn, hidden, masked, removed) is made anew, and left out where Pagefind cannot make it: text
    that was taken back must not live on in a file beside the pages.
    """
    if not (old / FOLDER / NOTE).is_file():
        return None
    pages = _pages(old) if files is None else (old / file for file in files if file.endswith("index.html"))
    if not _loses_words(old, fresh, pages):
        if not (fresh / FOLDER).is_dir():
            shutil.copytree(old / FOLDER, fresh / FOLDER, copy_function=_link)
        return None
    try:
        make(fresh, now)
    except SearchError as error:
        shutil.rmtree(fresh / FOLDER, ignore_errors=True)
        return f"search: the index held words that the board no longer shows and was left out. {error}"
    return None


# --- What is indexed ---


def _stage(public: Path, pages: Path) -> int:
    """Write what is to be indexed as pages of its own; return how many there are.

    A case stands at its page's place, an answer or a change in a folder below: search.js makes the address of it.
    """
    pages.mkdir(parents=True)
    count = 0
    for page in _pages(public):
        for name, document in _documents(page.read_text("utf-8")):
            place = pages / page.relative_to(public).parent / name / "index.html"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(document, "utf-8")
            count += 1
    return count


def _pages(public: Path) -> Iterator[Path]:
    return (page for page in public.rglob("index.html") if page.relative_to(public).parts[0] != FOLDER)


def _documents(page: str) -> Iterator[tuple[str, str]]:
    """Yield what can be found on a page: its id, empty where it is the whole page, and a page of nothing but it."""
    units = list(_UNIT.finditer(page))
    for unit, following in zip_longest(units, units[1:]):
        end = following.start() if following else len(page)
        name = _ID.search(unit[0])
        pieces = "".join(piece[0] for piece in _PIECE.finditer(page, unit.end(), end))
        yield name[1] if name else "", _document(f"{unit[0]}</{unit[1]}>", pieces)


def _document(unit: str, pieces: str) -> str:
    language = _language(unit, pieces)
    if language in _SEGMENTED or not pieces:
        # Pagefind leaves out what has no words, but a case that shows none is still to be found by its number.
        pieces = f"<div data-pagefind-body>{_titles(unit)[0][1]}</div>{pieces}"
    if language in _SEGMENTED:
        # Pagefind finds no words where there are no spaces (its 53 MB edition does, but other ones than a browser).
        # A character at a time, a word is found wherever it stands: search.js asks for it as a phrase.
        pieces = _BETWEEN.sub("\u200a", pieces)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head><body>{unit}{pieces}</body></html>'
    )


def _language(unit: str, pieces: str) -> str:
    """Return the language to index words in: what is said of them, but Chinese where most characters are Chinese."""
    found = _LANGUAGE.search(unit)
    said = found[1].lower() if found else "und"
    words = _TAG.sub("", pieces)
    return "zh" if said not in _SEGMENTED and len(_CHARACTER.findall(words)) * 2 > len(words) else said


def _loses_words(old: Path, fresh: Path, pages: Iterable[Path]) -> bool:
    """Whether one of these pages of `old` shows words to the index that `fresh` does not."""
    return any(_said(page) - _said(fresh / page.relative_to(old)) for page in pages if _differs(page, old, fresh))


def _differs(page: Path, old: Path, fresh: Path) -> bool:
    counterpart = fresh / page.relative_to(old)
    if not page.is_file():
        return False
    return not counterpart.is_file() or page.read_bytes() != counterpart.read_bytes()


def _said(page: Path) -> set[str]:
    if not page.is_file():
        return set()
    text = page.read_text("utf-8")
    titles = {title for kind, title in _titles(text) if kind != "stand-in"}
    return titles | {found[2] for found in _PIECE.finditer(text)}


def _titles(text: str) -> list[tuple[str, str]]:
    """Return the kind and the title of everything that can be found; a stand-in is not a person's words."""
    return _TITLE.findall(text)


# --- Pagefind ---


def _run(pages: Path, result: Path) -> dict[str, Any]:
    """Let Pagefind index a folder of pages; return its own account of the index."""
    if find_spec("pagefind") is None:
        raise SearchError('Pagefind is not installed: pip install "amends[search]"')
    # In a folder of its own: Pagefind reads a pagefind.toml where it is started, and Python imports from there.
    done = subprocess.run(  # noqa: S603 - nothing but our own folders is handed over
        [
            *(sys.executable, "-P", "-m", "pagefind", "--quiet", "--exclude-selectors", "del"),
            *("--site", str(pages.resolve()), "--output-path", str(result.resolve())),
        ],
        cwd=pages.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    entry = result / "pagefind-entry.json"
    if done.returncode or not entry.is_file():
        said = " ".join((done.stderr or done.stdout).split())[-300:] or "it said nothing"
        raise SearchError(f"Pagefind ended with status {done.returncode}: {said}")
    account: dict[str, Any] = json.loads(entry.read_text("utf-8"))
    return account


def _finish(result: Path, note: dict[str, object]) -> None:
    """Leave out Pagefind's own user interfaces and its worker, 440 KB that no page asks for; write the note."""
    result.mkdir(exist_ok=True)
    for file in result.glob("pagefind-*"):
        if file.suffix in (".js", ".css"):
            file.unlink()
    (result / NOTE).write_text(json.dumps(note, sort_keys=True) + "\n", "utf-8")
    sync(result)


def _link(source: str, target: str) -> None:
    """Give a file a second name: no byte of an index ever changes. Copy it where the file system cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
