"""The widget's files, read as text: what strict pages forbid, what the README must name."""

import re
from pathlib import Path

import pytest

WIDGET = Path(__file__).parent.parent / "widget"
SCRIPTS = sorted(WIDGET.glob("*.js"))

# Each is refused by `style-src 'self'`, by `script-src` without unsafe-eval or by Trusted Types, or stores a cookie.
FORBIDDEN = [
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseFromString|createContextualFragment",
    r"document\s*\.\s*write",
    r"\beval\b|new\s+Function\b|set(Timeout|Interval)\(\s*['\"`]",
    r"<style|\bstyle\s*=|(?<!-)\bstyle\s*:|['\"]style['\"]|\.style\b",
    r"cookie",
    r"\bon[a-z]+\s*:|['\"]on(?!line['\"])[a-z]+['\"]",
]


def source(name: str) -> str:
    return (WIDGET / name).read_text("utf-8")


def options_of_the_launcher() -> set[str]:
    allowed = re.search(r"/\^\(([\w|]+)\)\$/\.test\(name\)", source("widget.js"))
    assert allowed
    return set(allowed[1].split("|"))


def of_all_scripts(pattern: str) -> set[str]:
    return {found for script in SCRIPTS for found in re.findall(pattern, script.read_text("utf-8"))}


@pytest.mark.parametrize("pattern", FORBIDDEN)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_nothing_in_the_widget_needs_an_exception_from_a_strict_page(script: Path, pattern: str) -> None:
    assert re.findall(pattern, script.read_text("utf-8")) == []


def test_every_option_the_scripts_read_is_on_the_list_or_belongs_to_the_link() -> None:
    elsewhere = {"amends", "same", "strings"}  # on the link, or by a call
    assert of_all_scripts(r"\bdataset\.(\w+)") | of_all_scripts(r"\boptions\.(\w+)") == (
        options_of_the_launcher() | elsewhere
    )


def test_the_readme_names_every_option_and_no_other() -> None:
    named = set(re.findall(r"^\| `data-(\w+)` \|", source("README.md"), re.MULTILINE))
    assert named == of_all_scripts(r"\bdataset\.(\w+)") | options_of_the_launcher()


def test_the_readme_names_every_event_and_no_other() -> None:
    named = set(re.findall(r"^\| `amends:(\w+)` \|", source("README.md"), re.MULTILINE))
    assert named == of_all_scripts(r"\btell\('(\w+)'")


def test_the_readme_names_every_call_and_no_other() -> None:
    commands = re.search(r"commands = \{\n(.+?)\n  \};", source("widget.js"), re.DOTALL)
    assert commands
    named = set(re.findall(r"^\| `amends\('(\w+)'.*?\)` \|", source("README.md"), re.MULTILINE))
    assert named == set(re.findall(r"^    (\w+)[:,]", commands[1], re.MULTILINE))
