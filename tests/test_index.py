"""The search index: what is in it, that it is whole wherever it stands, and that nothing taken back lives on in it."""

import errno
import fcntl
import gzip
import json
import os
import re
import shutil
import sys
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from amends import text
from amends.case import Case
from amends.cli import main
from amends.generator import search
from amends.generator.build import build
from amends.generator.search import FOLDER, NOTE
from tests.boards import EXAMPLE, REPLY, STATIC, a_page, a_record, board_of
from tests.effort import EFFORT
from tests.factories import NUMBER, OTHER_NUMBER, a_case, an_event, make_board, put, put_case

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SHOWN = a_case(REPLY, text="The wheels were bent.")
OTHER = a_case(number=OTHER_NUMBER, text="Nobody rings the bell.")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def an_indexed_board(folder: Path, *cases: Case) -> Path:
    """Build a board of these cases in `folder`/public, with its index."""
    built = build(make_board(folder, *cases), folder / "public", folder / "cache", NOW, with_search=True)
    assert built.warnings == ()
    return folder / "public"


def rebuilt(folder: Path, *cases: Case) -> tuple[str, ...]:
    """Build that board again, of other cases; return what there was to say of it."""
    shutil.rmtree(folder / "content")
    return build(make_board(folder, *cases), folder / "public", folder / "cache", LATER).warnings


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def fragments(public: Path) -> dict[str, dict[str, Any]]:
    """What can be found, by its address: Pagefind's own files, unpacked."""
    unpacked = [gzip.decompress(file.read_bytes()) for file in (public / FOLDER / "fragment").iterdir()]
    return {found["url"]: found for found in (json.loads(data.removeprefix(b"pagefind_dcd")) for data in unpacked)}


def note(public: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((public / FOLDER / NOTE).read_text())
    return found


def a_pagefind(folder: Path, script: str) -> str:
    """Write a program to run in Pagefind's place."""
    program = put(folder / "a-pagefind", f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_what_people_said_is_in_the_index_and_what_the_board_says_is_not(tmp_path: Path) -> None:
    corrected = an_event("correction", 3, of=REPLY.at, text="Dear Anna, I am sad.")
    promise = an_event("promise", 3, what="A new wheel")
    public = an_indexed_board(tmp_path, a_case(REPLY, corrected, promise, text="The wheels were bent."))
    (found,) = fragments(public).values()
    assert found["url"] == f"/acme/{NUMBER}/"
    assert found["content"] == "The wheels were bent. Dear Anna, I am sad. A new wheel."
    assert found["meta"] == {"title": "The wheels were bent.", "date": "2026-11-02", "number": NUMBER}
    assert found["filters"] == {
        "company": ["acme"],
        "kind": ["case"],
        "language": ["en"],
        "state": ["promise-overdue"],
        "topic": ["delivery"],
    }


def test_every_case_answer_and_change_of_the_example_board_can_be_found(tmp_path: Path) -> None:
    build(EXAMPLE, tmp_path / "public", tmp_path / "cache", NOW, with_search=True)
    told = {
        f"/{file.parts[0]}/{ {'answers': 'answers', 'updates': 'changes'}[file.parts[1]] }/{file.stem}/"
        for file in (path.relative_to(EXAMPLE) for path in EXAMPLE.glob("*/*/*.md"))
    }
    cases = {f"/{path.relative_to(EXAMPLE).parts[0]}/{path.stem}/" for path in EXAMPLE.glob("*/*/*/*.md")}
    assert told
    assert set(fragments(tmp_path / "public")) == told | cases
    assert note(tmp_path / "public")["found"] == len(told | cases)


def test_a_case_without_words_is_found_by_its_number(tmp_path: Path) -> None:
    withdrawn = a_case(REPLY, an_event("withdrawn", 5))
    (found,) = fragments(an_indexed_board(tmp_path, withdrawn)).values()
    assert found["content"] == found["meta"]["title"] + "."
    assert (found["meta"]["number"], found["filters"]["kind"]) == (NUMBER, ["stand-in"])


@pytest.mark.parametrize(
    ("language", "words", "index"),
    [
        ("de-AT", "Das Vorderrad war verbogen.", "de"),
        ("ru", "Колесо погнуто.", "ru"),
        ("zh-Hant", "前輪壞了。", "zh"),
        ("en", "前輪壞了。", "zh"),
        ("ja", "前輪が壊れた。", "ja"),
        (None, "The wheel is bent.", "en"),
    ],
)
def test_words_are_indexed_in_the_language_in_which_they_were_said(
    tmp_path: Path, language: str | None, words: str, index: str
) -> None:
    public = an_indexed_board(tmp_path, a_case(text=words, language=language))
    assert note(public)["languages"] == [index]


@settings(max_examples=30 * EFFORT, deadline=None)  # the first example compiles the templates
@given(st.text(min_size=1, max_size=300))
def test_all_words_of_a_case_reach_the_index_whatever_they_are(message: str) -> None:
    message = text.clean(message) or "x"
    ((name, document),) = search._documents(a_page(a_case(text=message)))
    assert name == ""
    seen = unescape(re.sub(r"<br>|</?p>|\u200a", " ", document))
    for word in message.replace("\u200a", " ").split():
        assert word in seen


def test_the_command_says_what_it_indexed(tmp_path: Path) -> None:
    build(make_board(tmp_path, SHOWN), tmp_path / "public", tmp_path / "cache", NOW)
    result = run("index", tmp_path / "public", "--cache", tmp_path / "cache")
    assert result.exit_code == 0
    assert result.output == f"{tmp_path}/public/pagefind: 1 found on the pages, in en\n"


def test_a_board_without_cases_has_an_index_that_is_empty(tmp_path: Path) -> None:
    public = an_indexed_board(tmp_path)
    assert (note(public)["found"], note(public)["languages"]) == (0, [])


# --- Whole, or as it was ---


def beside(public: Path) -> set[str]:
    """What stands beside a board and its second generation."""
    return {folder.name for folder in public.parent.iterdir()} - {"public", ".public.next"}


def test_the_index_is_put_in_place_whole_and_leaves_nothing_beside_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = an_indexed_board(tmp_path, SHOWN)
    before, exchanged, real = files_of(public / FOLDER), [], search.put_in_place

    def spy(new: Path, place: Path) -> None:
        assert files_of(place) == before
        assert {NOTE, "pagefind.js", "pagefind-entry.json"} <= set(files_of(new))
        with (tmp_path / "cache" / "build.lock").open("w") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        exchanged.append(place)
        real(new, place)

    monkeypatch.setattr(search, "put_in_place", spy)
    search.index(public, tmp_path / "cache", LATER)
    assert exchanged == [public / FOLDER]
    assert note(public)["made"] == "2026-11-23T12:00:00Z"
    assert beside(public) == {"cache", "content"}


@pytest.mark.parametrize("script", ["echo no space left >&2; exit 1", "exit 0", "kill -9 $$"])
def test_a_pagefind_that_fails_leaves_the_old_index_and_says_why(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = an_indexed_board(tmp_path, SHOWN)
    before = files_of(public)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", a_pagefind(tmp_path / "cache", script))
    result = run("index", public, "--cache", tmp_path / "cache")
    assert result.exit_code == 1
    assert "Error: Pagefind ended with status" in result.output
    assert ("no space left" in result.output) is ("no space left" in script)
    assert files_of(public) == before
    assert beside(public) == {"cache", "content"}


def test_a_build_whose_index_fails_leaves_the_old_board_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = an_indexed_board(tmp_path, SHOWN)
    before = files_of(public)
    put_case(tmp_path / "content", OTHER)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", a_pagefind(tmp_path / "cache", "exit 1"))
    result = run("build", tmp_path / "content", "--out", public, "--cache", tmp_path / "cache", "--search")
    assert result.exit_code == 1
    assert files_of(public) == before


def test_without_pagefind_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(make_board(tmp_path, SHOWN), tmp_path / "public", tmp_path / "cache", NOW)
    monkeypatch.setitem(sys.modules, "pagefind", None)
    result = run("index", tmp_path / "public", "--cache", tmp_path / "cache")
    assert result.exit_code == 1
    assert 'pip install "amends[search]"' in result.output


def test_a_folder_without_a_board_is_wrong_usage_and_the_command_that_builds_one_is_named(tmp_path: Path) -> None:
    result = run("index", tmp_path / "nothing", "--cache", tmp_path / "cache")
    assert result.exit_code == 2
    assert f"amends build --out {tmp_path}/nothing" in result.output


def test_no_file_of_pagefind_that_no_page_asks_for_is_published(tmp_path: Path) -> None:
    public = an_indexed_board(tmp_path, SHOWN)
    assert {file.name for file in (public / FOLDER).glob("*.js")} == {"pagefind.js"}
    assert not list((public / FOLDER).glob("*.css"))


# --- From build to build ---


def test_a_board_never_indexed_gets_no_index(tmp_path: Path) -> None:
    build(make_board(tmp_path, SHOWN), tmp_path / "public", tmp_path / "cache", NOW)
    assert rebuilt(tmp_path, SHOWN) == ()
    assert not (tmp_path / "public" / FOLDER).exists()


def refuse(*_: object) -> None:
    """Answer as a file system does on which a file has one name only."""
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_build_keeps_the_index_while_words_are_only_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    public = an_indexed_board(tmp_path, SHOWN)
    before = files_of(public / FOLDER)
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    assert rebuilt(tmp_path, a_case(*SHOWN.events, an_event("followup", 9), text=SHOWN.text), OTHER) == ()
    assert files_of(public / FOLDER) == before


TAKEN_BACK = {
    "hidden": a_case(*SHOWN.events, an_event("hidden", 5), text=SHOWN.text),
    "removed": a_case(*SHOWN.events, an_event("removed", 5)),
    "withdrawn": a_case(*SHOWN.events, an_event("withdrawn", 5)),
    "masked": a_case(*SHOWN.events, an_event("masked", 5, what="phone"), text="The [hidden: phone] were bent."),
    "corrected": a_case(REPLY, an_event("correction", 5, of=REPLY.at, text="Other."), text=SHOWN.text),
}


@pytest.mark.parametrize("now", TAKEN_BACK.values(), ids=TAKEN_BACK.keys())
def test_words_that_were_taken_back_are_in_no_index_after_the_next_build(tmp_path: Path, now: Case) -> None:
    public = an_indexed_board(tmp_path, SHOWN, OTHER)
    assert rebuilt(tmp_path, now, OTHER) == ()
    assert note(public)["made"] == "2026-11-23T12:00:00Z"
    gone = "sorry" if now is TAKEN_BACK["corrected"] else "wheels"
    assert len(fragments(public)) == 2
    for generation in (public, tmp_path / ".public.next"):
        assert not [found for found in fragments(generation).values() if gone in json.dumps(found)]


def test_a_case_whose_file_is_gone_is_in_no_index_after_the_next_build(tmp_path: Path) -> None:
    public = an_indexed_board(tmp_path, SHOWN, OTHER)
    rebuilt(tmp_path, OTHER)
    assert list(fragments(public)) == [f"/acme/{OTHER_NUMBER}/"]


@pytest.mark.parametrize("script", [None, "exit 1"])
def test_an_index_that_cannot_be_made_anew_is_left_out_rather_than_hold_what_was_taken_back(
    tmp_path: Path, script: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_indexed_board(tmp_path, SHOWN)
    if script is None:
        monkeypatch.setitem(sys.modules, "pagefind", None)
    else:
        monkeypatch.setenv("PAGEFIND_BINARY_PATH", a_pagefind(tmp_path / "cache", script))
    (told,) = rebuilt(tmp_path, TAKEN_BACK["withdrawn"])
    assert "was left out" in told
    assert not list(tmp_path.glob(f"*/{FOLDER}"))
    assert not list(tmp_path.glob(".public.index"))


# --- The page ---


def test_only_the_search_page_may_compile_web_assembly() -> None:
    for url, page in board_of(a_record(SHOWN), LATER).items():
        if url.endswith("/"):
            assert ("'wasm-unsafe-eval'" in unescape(page.decode())) is (url == "/search/"), url


def test_the_search_page_leads_to_every_list_and_knows_every_state_without_a_script() -> None:
    page = board_of(a_record(SHOWN), LATER)["/search/"].decode()
    for name in ("all", "open", "overdue", "solved", "disputed"):
        assert f'href="/acme/{name}/"' in page
    assert "<noscript>" in page
    keys = set(re.findall(r'data-key="([^"]+)"', page))
    for case in TAKEN_BACK.values():
        (state,) = re.findall(r'data-state="([^"]+)"', a_page(case, LATER))
        assert state in keys


def test_the_script_and_the_style_of_the_search_stay_small() -> None:
    assert len((STATIC / "search.js").read_bytes()) <= 6 * 1024
    assert len((STATIC / "search.css").read_bytes()) <= 2 * 1024
