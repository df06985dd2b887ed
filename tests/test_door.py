"""build.py: the door of a checkout, on machines that lack one thing or another."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.factories import put

ROOT = Path(__file__).parents[1]
CHECKOUT = ("build.py", "pyproject.toml", "requirements.txt", "requirements-test.txt", "README.md", "LICENSE")

TO_SAY_ITS_VERSION = frozenset("click editables hatchling packaging pathspec pluggy tomlkit trove-classifiers".split())
"""The fewest of the locked packages with which the package can be installed and run."""

TO_BUILD = TO_SAY_ITS_VERSION | frozenset(
    "babel blinker brotli flask frozen-flask itsdangerous jinja2 markupsafe pyyaml werkzeug".split()
)
"""The fewest with which it can build the example."""

VENV = """import runpy, sys
if "--without-pip" not in sys.argv:
    sys.exit("The virtual environment was not created successfully because ensurepip is not available.")
sys.path.remove({folder!r})
runpy.run_module("venv", run_name="__main__")
"""


def a_checkout(folder: Path) -> Path:
    """Copy what build.py and the package's build need; the source is not copied but linked."""
    folder.mkdir()
    for name in CHECKOUT:
        (folder / name).write_bytes((ROOT / name).read_bytes())
    for name in ("site", "widget", "content"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **environ}
    return subprocess.run(
        [sys.executable, "build.py", *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_an_old_python_is_told_that_it_is_too_old() -> None:
    program = "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path('build.py')"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "Amends needs Python 3.11 or newer; this is 3.9."


def test_build_py_uses_no_syntax_that_an_old_python_cannot_read() -> None:
    assert ast.parse((ROOT / "build.py").read_text(), feature_version=(3, 6))


def without_ensurepip(folder: Path) -> dict[str, str]:
    """Return what lets Python be as Debian and Ubuntu have it: it makes environments without pip only."""
    put(folder / "venv.py", VENV.format(folder=str(folder)))
    return {"PYTHONPATH": str(folder)}


def test_without_network_a_sentence_says_so_and_the_next_try_is_not_spoilt(tmp_path: Path) -> None:
    folder = a_checkout(tmp_path / "checkout")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    done = run(folder, "build", **nowhere, **without_ensurepip(tmp_path / "hidden"))
    assert done.returncode == 1
    assert "could not be installed. Is the network there" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((folder / ".venv").glob("amends-*"))


def lock_only(folder: Path, names: frozenset[str]) -> None:
    """Let a checkout need no packages but those: each that is installed takes its time."""
    lock = folder / "requirements.txt"
    locked = re.split(r"^(?=[a-z])", lock.read_text(), flags=re.MULTILINE)
    lock.write_text("".join(one for one in locked if one.partition("==")[0] in names))


def test_a_first_start_makes_the_environment_and_the_second_one_uses_it(tmp_path: Path, *, thorough: bool) -> None:
    folder = a_checkout(tmp_path / "checkout")
    if not thorough:
        lock_only(folder, TO_BUILD)
    first = run(folder, "--out", "board", **reached())
    assert first.returncode == 0, first.stderr
    assert "Installing what Amends needs" in first.stderr
    assert (folder / "board" / "index.html").is_file()
    second = run(folder, "--out", "board", **reached())
    assert second.returncode == 0, second.stderr
    assert "Installing" not in second.stderr
    assert re.search(r"board: \d+ pages of \d+ cases", second.stdout)


def test_a_python_without_ensurepip_installs_what_is_locked_all_the_same(tmp_path: Path) -> None:
    folder = a_checkout(tmp_path / "checkout")
    lock_only(folder, TO_SAY_ITS_VERSION)
    for said in ("Installing what Amends needs", ""):
        done = run(folder, "--version", **reached(), **without_ensurepip(tmp_path / "hidden"))
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("amends, version ")
        assert done.stderr.startswith(said) if said else done.stderr == ""
    assert not list((folder / ".venv").glob("lib/python*/site-packages/pip"))


def reached() -> dict[str, str]:
    """Return what tells pip how this machine reaches its index, and where it keeps what it once fetched."""
    known = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))}
    kept = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {"PIP_CACHE_DIR": f"{kept}/pip", "PIP_NO_COMPILE": "1", **known}


def test_the_exported_locks_pin_what_the_lock_pins() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    versions = {(package["name"], package["version"]) for package in locked}
    hashes = {
        item["hash"] for package in locked for item in [*package.get("wheels", []), package.get("sdist", {})] if item
    }
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text()
        pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==([^ ;]+)", text, re.MULTILINE))
        assert len(pinned) > 20
        assert pinned <= versions
        assert set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", text)) <= hashes


@pytest.mark.parametrize(("name", "group"), [("requirements.txt", "build"), ("requirements-test.txt", "test")])
def test_the_exported_locks_have_all_that_is_needed(name: str, group: str) -> None:
    locked = {item["name"]: item for item in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    own = locked["amends"]
    needed, wanted = set(), [*own["dependencies"], *own["dev-dependencies"][group]]
    while wanted:
        one = wanted.pop()
        if one["name"] not in needed:
            needed.add(one["name"])
            item = locked[one["name"]]
            extras = [more for extra in one.get("extra", ()) for more in item["optional-dependencies"][extra]]
            wanted += [*item.get("dependencies", ()), *extras]
    assert needed == set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==", (ROOT / name).read_text(), re.MULTILINE))


def test_the_lock_holds_every_dependency_at_its_floor_or_above() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    for dependency in project["dependencies"]:
        name, floor = dependency.split(">=")
        assert numbers(pins[name]) >= numbers(floor), dependency


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def test_ci_runs_exactly_what_the_readme_says() -> None:
    command = "python3 build.py test"
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith(command)
    assert command in (ROOT / "README.md").read_text()


def test_the_lock_was_made_for_these_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (own,) = [item for item in tomllib.loads((ROOT / "uv.lock").read_text())["package"] if item["name"] == "amends"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    wanted = {*project["dependencies"], *extras}
    locked = {item["name"] + item["specifier"] for item in own["metadata"]["requires-dist"]}
    assert locked == {re.sub(r"\[.*?\]", "", one) for one in wanted}


def a_door(folder: Path) -> ModuleType:
    """Load the build.py of a checkout without running it."""
    spec = importlib.util.spec_from_file_location("door", a_checkout(folder) / "build.py")
    assert spec is not None
    assert spec.loader is not None
    door = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(door)
    return door


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ([], ["build"]),
        (["--out", "x"], ["build", "--out", "x"]),
        (["build", "x"], ["build", "x"]),
        (["demo"], ["demo"]),
        (["--help"], ["--help"]),
        (["-h"], ["-h"]),
        (["--version"], ["--version"]),
    ],
)
def test_without_a_command_the_board_is_built(
    tmp_path: Path, given: list[str], command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"AMENDS_OUT": "elsewhere"})
    folder = tmp_path / "checkout"
    assert a_door(folder).product_command(given) == ["-m", "amends", *command]
    assert os.environ["AMENDS_CONTENT"] == str(folder.resolve() / "content")
    assert os.environ["AMENDS_OUT"] == "elsewhere"


@pytest.mark.parametrize(
    ("room", "named", "folder"),
    [
        ({}, {}, "/dev/shm"),
        ({}, {"TMPDIR": "/elsewhere"}, "/elsewhere"),
        ({"f_bavail": 1000}, {}, None),
        ({"f_flag": os.ST_NOEXEC}, {}, None),
    ],
)
def test_the_tests_write_into_memory_where_it_has_room_and_programs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: dict[str, int], named: dict[str, str], folder: str | None
) -> None:
    asked: list[str] = []

    def statvfs(path: str) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(**{"f_bavail": 2**21, "f_frsize": 4096, "f_flag": 0, **room})

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", dict(named))
    monkeypatch.setattr(os, "statvfs", statvfs)
    a_door(tmp_path / "checkout").test_command([])
    assert os.environ.get("TMPDIR") == folder
    assert asked == ["/dev/shm"]


def test_a_machine_without_such_a_folder_has_no_room_in_it(tmp_path: Path) -> None:
    assert not a_door(tmp_path / "checkout").is_roomy(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_an_environment_made_for_other_packages_is_made_anew(tmp_path: Path, name: str) -> None:
    door = a_door(tmp_path / "checkout")
    before = door.fingerprint("run")
    with (tmp_path / "checkout" / name).open("a") as file:
        file.write("# newer\n")
    assert door.fingerprint("run") != before


def test_nothing_is_installed_whose_hash_is_not_in_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = a_door(tmp_path / "checkout")
    ran: list[list[str]] = []
    door.ENVIRONMENT.mkdir()
    monkeypatch.setattr(door, "make_environment", lambda: ["pip"])
    monkeypatch.setattr(door, "run", ran.append)
    door.ensure_environment("run")
    locked, own = ran
    assert "--require-hashes" in locked
    assert "--no-deps" in own
