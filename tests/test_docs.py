"""Whoever reads the documents finds every command, setting, key and event there."""

import json
import re
import shlex
import textwrap
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from amends import settings
from amends.case import SHAPES, Kind, Reason
from amends.cli import main
from amends.imports import read_line
from amends.record import Company, UpdateKind, house, read_case
from amends.record.schema import CASE_KEYS, EVENT_KEYS
from amends.record.told import ANSWER_KEYS, MAX_CHARACTERS, UPDATE_KEYS, sift_answer, sift_update

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
GUIDE = (ROOT / "docs" / "guide.md").read_text()


def commands(group: click.Group, prefix: str = "amends") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found.update(commands(command, f"{prefix} {name}"))
        else:
            found[f"{prefix} {name}"] = command
    return found


@pytest.mark.parametrize("name", sorted(commands(main)))
def test_every_command_and_option_stands_in_the_guide_and_has_help(name: str) -> None:
    (line,) = [line for line in GUIDE.splitlines() if re.match(rf"\| `{name}[ `]", line)]
    for parameter in commands(main)[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in line, parameter.opts
            assert parameter.help or parameter.name in ("name", "slug", "port")
    result = CliRunner().invoke(main, [*name.split()[1:], "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")


def test_every_setting_stands_in_the_guide() -> None:
    for key in (*settings._KEYS, "instance"):
        assert f"`AMENDS_{key.upper()}`" in GUIDE


def test_every_key_of_the_record_stands_in_the_guide() -> None:
    for key in (*house._BOARD, *house._COMPANY, *house._REFERRALS, *CASE_KEYS, *EVENT_KEYS):
        assert f"`{key}`" in GUIDE, key


@pytest.mark.parametrize(("section", "keys"), [("An update", UPDATE_KEYS), ("A written answer", ANSWER_KEYS)])
def test_every_key_of_an_update_and_an_answer_stands_in_its_section(section: str, keys: dict[str, object]) -> None:
    prose = GUIDE.split(f"### {section}\n", 1)[1].split("\n### ", 1)[0]
    assert [key for key in keys if f"`{key}`" not in prose] == []
    assert f"{MAX_CHARACTERS:,} characters" in GUIDE


def test_the_guides_table_of_events_is_the_schema() -> None:
    lines = [
        line.split(" |") for line in GUIDE.splitlines() if re.match(r"\| (customer|company|keeper|system) \|", line)
    ]
    table = {
        (by.strip("| "), *keys(event)): (keys(required), keys(optional)) for by, event, required, optional, _ in lines
    }
    assert table == {key: (set(shape.required), set(shape.optional)) for key, shape in SHAPES.items()}


def keys(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", cell)))


def test_every_kind_and_reason_stands_in_the_guide() -> None:
    for word in (*Kind, *Reason, *UpdateKind):
        assert word in GUIDE


@pytest.mark.parametrize("document", ["README.md", "docs/guide.md", "widget/README.md", "CHANGELOG.md"])
def test_every_link_to_a_file_leads_to_one(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_the_readmes_commands_for_a_board_of_ones_own_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = README.split("## Start your own board", 1)[1].split("\n\n", 2)[1]
    runner = CliRunner()
    monkeypatch.chdir(tmp_path)
    ran = []
    for line in section.splitlines():
        words = shlex.split(line.strip())
        if words[:1] == ["amends"] and words[1] != "serve":
            result = runner.invoke(main, words[1:])
            assert result.exit_code == 0, (line, result.output)
            ran.append(words[1])
    assert ran == ["init", "company", "staff", "staff", "snippet"]
    assert runner.invoke(main, ["build"]).exit_code == 0
    assert Path("public/acme/index.html").is_file()


def test_the_guides_examples_of_files_are_read_and_one_of_an_import_too() -> None:
    blocks = [textwrap.dedent(block) for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", GUIDE, re.MULTILINE)]
    case, update, answer = [block.strip() + "\n" for block in blocks if block.lstrip().startswith("---")]
    assert read_case(case, "acme", "a.md").first_reply
    read_update, faults = sift_update(update, "frame", "u.md", {"7k3m9qxz"})
    assert (read_update.cases, faults) == (("7k3m9qxz",), ())
    read_answer, faults = sift_answer(answer, "damaged", "a.md", {"7k3m9qxz"}, ("delivery",))
    assert (read_answer.cases, faults) == (("7k3m9qxz",), ())
    (conversation,) = [block for block in blocks if block.lstrip().startswith('{"turns"')]
    line = json.dumps(json.loads(conversation)).encode()
    assert read_line(line, Company("acme", "Acme", "https://acme.example/"), "x").first_reply
