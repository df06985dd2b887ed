"""The code holds its own rules."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 420
LONGEST_FUNCTION = 45


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_the_linters_find_nothing(command: tuple[str, ...]) -> None:
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def sources() -> list[Path]:
    return [ROOT / "build.py", *(ROOT / "site").rglob("*.py"), *(ROOT / "widget").glob("*.js")]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {str(file): count for file in sources() if (count := len(file.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for file in sources():
        if file.suffix != ".py" or "migrations" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION:
                long.append(f"{file.name}:{node.lineno} {node.name}")
    assert long == []


def test_the_top_level_holds_what_convention_puts_there_and_nothing_else() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    asked = {"pyproject.toml", "README.md", "site", "widget", "content", "build.py", "tests"}
    convention = {"LICENSE", "CHANGELOG.md", ".gitignore", ".ci", "docs", "uv.lock"}
    convention |= {"requirements.txt", "requirements-test.txt", "benchmarks"}
    assert asked <= top <= asked | convention
