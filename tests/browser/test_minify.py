"""What is made of the widget's sources, and what becomes of a launcher when there is a newer one."""

import json
import shutil
from pathlib import Path

import pytest

from amends.intake.widget import MANIFEST, integrity, newest, read_widget, widget_dir
from tests.browser.minify import LAUNCHER, following, make, minify
from tests.browser.npm import HERE, NpmError, installed


@pytest.fixture(scope="module")
def modules() -> Path:
    """The node_modules with esbuild, fetched on first use."""
    try:
        return installed(HERE / "minifier")
    except NpmError as error:
        raise pytest.fail.Exception(f"esbuild cannot be fetched: {error}", pytrace=False) from None


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the widget's files."""
    return Path(shutil.copytree(widget_dir(), tmp_path / "widget"))


def change(sources: Path) -> None:
    path = sources / LAUNCHER
    path.write_text(path.read_text() + "console.log('changed');\n")


def numbers(sources: Path) -> set[str]:
    return set(json.loads((sources / MANIFEST).read_text())["launchers"])


def test_what_is_in_git_is_made_of_the_sources_as_they_are(sources: Path, modules: Path) -> None:
    stale = [path.name for path in make(sources, modules)]
    assert stale == [], "python3 -m tests.browser.minify makes them anew"


def test_everything_is_made_where_nothing_was(sources: Path, modules: Path) -> None:
    shutil.rmtree(sources / "made")
    (sources / "form.css").write_text("dialog > b { color: #ffffff }\n")
    made = {path.name for path in make(sources, modules)}
    assert {"1.0.0.js", "made.json", "form.js", "form.css"} <= made
    widget = read_widget(sources)
    assert widget.styles["form"] == "dialog>b{color:#fff}"
    assert widget.launcher == widget.launchers["1.0.0"]


def test_a_changed_launcher_comes_out_under_the_next_number_and_the_last_one_stays(
    sources: Path, modules: Path
) -> None:
    before = read_widget(sources)
    change(sources)
    make(sources, modules)
    after = read_widget(sources)
    assert set(after.launchers) - set(before.launchers) == {following(before.launchers)}
    assert after.launcher == after.launchers[newest(after.launchers)] != before.launcher
    assert {number: after.launchers[number] for number in before.launchers} == before.launchers
    assert make(sources, modules) == []


def test_a_launcher_whose_file_is_deleted_before_anybody_has_it_gives_its_number_away(
    sources: Path, modules: Path
) -> None:
    before, last = numbers(sources), newest(numbers(sources))
    change(sources)
    (sources / "made" / f"{last}.js").unlink()
    make(sources, modules)
    assert numbers(sources) == before
    widget = read_widget(sources)
    assert "changed" in widget.launchers[last]
    assert json.loads((sources / MANIFEST).read_text())["launchers"][last] == integrity(widget.launcher.encode())


def test_a_launcher_that_was_changed_after_it_came_out_does_not_get_another_pin(sources: Path, modules: Path) -> None:
    told = json.loads((sources / MANIFEST).read_text())["launchers"]
    last = newest(told)
    with (sources / "made" / f"{last}.js").open("a") as file:
        file.write(" ")
    make(sources, modules)
    assert json.loads((sources / MANIFEST).read_text())["launchers"][last] == told[last]


def test_numbers_follow_as_numbers_do() -> None:
    assert following([]) == "1.0.0"
    assert following(["1.0.9", "1.0.10", "1.0.2"]) == "1.0.11"


def test_a_module_keeps_the_names_that_it_exports_and_a_script_those_that_are_global(modules: Path) -> None:
    source = b"const inside = Date.now(); export const outside = [inside, inside, 'na\xc3\xafve'];"
    small = minify("form.js", source, modules)
    assert b"inside" not in small
    assert b"outside" in small
    assert "naïve".encode() in small
    assert b"everywhere" in minify(LAUNCHER, b"function everywhere() {}", modules)
