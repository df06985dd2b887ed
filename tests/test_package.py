"""The package as others install it."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("amends-*.whl")
    return found


def test_the_wheel_holds_templates_static_files_migrations_the_widget_and_the_example(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for file in (ROOT / "site" / "amends").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert f"amends/{file.relative_to(ROOT / 'site' / 'amends').as_posix()}" in names
    for file in (ROOT / "widget").rglob("*"):
        assert file.is_dir() or f"amends/_widget/{file.relative_to(ROOT / 'widget').as_posix()}" in names
    assert "amends/_example/board.toml" in names
    assert not any("test" in Path(name).name or "__pycache__" in name for name in names)


def test_the_installed_wheel_builds_the_example_and_serves_the_widget(wheel: Path, tmp_path: Path) -> None:
    """Its own copy, not the checkout's: the environment sees the dependencies and nothing of the source."""
    home = tmp_path / "installed"
    venv.create(home, with_pip=False)
    (packages,) = home.glob("lib/python*/site-packages")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--no-index",
            "--target",
            str(packages),
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    dependencies = next(path for path in map(Path, sys.path) if (path / "flask").is_dir())
    for entry in dependencies.iterdir():
        if (
            not entry.name.startswith(("amends", "_amends", "_editable", "__pycache__"))
            and not (packages / entry.name).exists()
        ):
            (packages / entry.name).symlink_to(entry)
    program = (
        "import amends, pathlib, sys; from amends.demo import example_dir; from amends.intake import own_widget\n"
        "from amends.cli import main; here = str(pathlib.Path(sys.prefix).resolve())\n"
        "assert str(pathlib.Path(amends.__file__).resolve()).startswith(here), amends.__file__\n"
        "assert str(example_dir().resolve()).startswith(here)\n"
        "assert own_widget().launcher in own_widget().launchers.values()\n"
        "main(['build', str(example_dir()), '--out', sys.argv[1], '--cache', sys.argv[2]], prog_name='amends')\n"
    )
    done = subprocess.run(
        [str(home / "bin" / "python"), "-c", program, str(tmp_path / "board"), str(tmp_path / "cache")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "board" / "index.html").is_file()
