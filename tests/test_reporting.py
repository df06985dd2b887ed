"""What a build tells, for a person and for GitHub."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amends.generator import reporting
from amends.generator.build import build
from amends.generator.order import Instead, Shown
from amends.generator.reporting import Format
from amends.record import Fault, LedgerOutcome
from tests.factories import NUMBER, OTHER_NUMBER, a_case, a_line, after, make_board, put

_COMMAND = re.compile(r"::(?P<level>error|warning)(?: (?P<properties>[^:]*))?::(?P<message>.*)")


def read_annotation(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does: by its first two `::`, then unescaped."""
    assert "\n" not in line
    assert "\r" not in line
    found = _COMMAND.fullmatch(line)
    assert found, line
    properties = dict(pair.split("=", 1) for pair in (found["properties"] or "").split(",") if pair)
    return found["level"], {name: read(value) for name, value in properties.items()}, read(found["message"])


def read(text: str) -> str:
    for escaped, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, meant)
    return text


_HOSTILE = st.text(st.sampled_from("a:%,=\r\n /25A0D3C") | st.characters(exclude_categories=["Cs"]))


@example("100 %\r\n::error::x", "a,b: 5 %\n.md", 3)
@example("%0A%3A", "a:b", None)
@given(_HOSTILE, st.none() | _HOSTILE.filter(bool), st.none() | st.integers(1, 10**6))
def test_an_annotation_is_one_line_and_says_what_it_was_given(message: str, file: str | None, line: int | None) -> None:
    told = reporting.annotation("error", message, file, line)
    level, properties, said = read_annotation(told)
    given_ = {"file": file, "line": None if line is None else str(line)}
    assert (level, said) == ("error", message)
    assert properties == {name: value for name, value in given_.items() if value is not None}


@given(_HOSTILE, _HOSTILE)
def test_a_fault_for_a_person_is_one_line_that_gives_the_terminal_no_orders(key: str, found: str) -> None:
    fault = Fault("a.md", 3, key, found, "x")
    line = reporting.fault_line(fault, Path("/content"), Format.TEXT)
    assert line.isprintable()
    assert line.startswith("/content/a.md:3: ")


def test_a_path_is_told_from_where_the_reader_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault("a.md", 3, "key", "x", "y")
    monkeypatch.chdir(tmp_path)
    assert reporting.fault_line(fault, tmp_path / "content", Format.TEXT) == "content/a.md:3: key: found x, expected y"
    assert reporting.fault_line(fault, tmp_path, Format.TEXT) == "a.md:3: key: found x, expected y"
    assert reporting.fault_line(fault, Path("/content"), Format.TEXT, "warning").startswith("warning: /content/a.md:3")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path.parent))
    _, properties, _ = read_annotation(reporting.fault_line(fault, tmp_path / "content", Format.GITHUB))
    assert properties == {"file": f"{tmp_path.name}/content/a.md", "line": "3"}


def test_the_table_has_its_columns_one_below_the_other() -> None:
    found = [
        Instead("acme/2026/11/7k3m9qxz.md", "acme", NUMBER, Shown.PLACEHOLDER),
        Instead("a-long-company/updates/spring.md", "a-long-company", None, Shown.NOTHING),
        Instead("board.toml", "", None, Shown.LAST_GOOD),
    ]
    assert list(reporting.table(found)) == [
        "  company         case or file       what the board shows",
        "  acme            7k3m9qxz           a placeholder, counted as unanswered",
        "  a-long-company  updates/spring.md  nothing: it is left out",
        "  -               board.toml         as it was before the fault",
    ]


UPDATE = "---\nkind: news\ndate: 2026-11-02\ntitle: T\n---\nWords.\n"
LINES = "case,received,reply_by,outcome,at,first_reply\n"


def test_of_every_faulty_file_is_told_what_the_board_shows_in_its_place(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="x"), lines=[a_line()])
    put(content / "acme" / "updates" / "old.md", UPDATE)
    build(content, tmp_path / "public", tmp_path / "cache", after(1))
    put(content / "board.toml", "title = 3\n")
    put(content / "acme" / "updates" / "old.md", UPDATE.replace("news", "noise"))
    put(content / "acme" / "updates" / "new.md", UPDATE.replace("news", "noise"))
    put(content / "acme" / "updates" / "named.md", UPDATE.replace("title", f'cases:\n- "{OTHER_NUMBER}"\ntitle'))
    put(content / "acme" / "company.toml", "name = 3\n")
    put(content / "bolt" / "company.toml", "name = 3\n")
    put(content / "bolt" / "ledger" / "2026-11.csv", LINES + "no line\n")
    put(content / "bolt" / "2026" / "11" / f"{OTHER_NUMBER}.md", "no front matter")
    (content / "acme" / "2026" / "11" / f"{NUMBER}.md").rename(content / "acme" / "2026" / "11" / "no-number.md")
    built = build(content, tmp_path / "public", tmp_path / "cache", after(2))
    assert {one.path: one.shown for one in built.instead} == {
        "board.toml": Shown.LAST_GOOD,
        "acme/updates/old.md": Shown.LAST_GOOD,
        "acme/updates/new.md": Shown.NOTHING,
        "acme/updates/named.md": Shown.REST,
        "acme/company.toml": Shown.LAST_GOOD,
        "bolt/company.toml": Shown.ADDRESS,
        "bolt/ledger/2026-11.csv": Shown.LINES,
        f"bolt/2026/11/{OTHER_NUMBER}.md": Shown.PLACEHOLDER,
        "acme/2026/11/no-number.md": Shown.NOTHING,
    }
    assert {fault.path for fault in built.faults} == {one.path for one in built.instead}


def test_a_case_that_the_ledger_corrects_or_misses_is_told_so(tmp_path: Path) -> None:
    lost = a_line(OTHER_NUMBER, outcome=LedgerOutcome.PUBLISHED)
    content = make_board(tmp_path, a_case(reply_by=after(90), text="x"), lines=[a_line(), lost])
    built = build(content, tmp_path / "public", tmp_path / "cache", after(1))
    assert {one.number: one.shown for one in built.instead} == {NUMBER: Shown.LEDGER, OTHER_NUMBER: Shown.LOST}
