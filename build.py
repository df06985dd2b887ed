#!/usr/bin/env python3
"""The door of a checkout: python3 build.py [COMMAND].

Makes `.venv` with everything the command needs, then hands over to `amends COMMAND`; without a command it
builds `content/` into `public/`. `python3 build.py test` runs all tests. Only the standard library is used
here, and only syntax that an old Python can read, so that it can say that it is too old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Amends needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCKS = {"run": "requirements.txt", "test": "requirements-test.txt"}
MEMORY = "/dev/shm"  # noqa: S108 - those who write there make folders of names that nobody knows
"""Where Linux keeps files in memory: the tests write thousands of them, and wait for each to be on the disk."""
ROOM = 4 << 30
"""Bytes, more than the files of all tests at a time."""
NO_PACKAGES = """{failure}
The packages that Amends needs could not be installed. Is the network there, and does pip reach its index
(pip config list)? Nothing else was changed; the same command tries again."""
NO_PIP = """This Python can neither make an environment with pip nor has pip itself.
On Debian and Ubuntu: apt-get install -y python3-venv"""


class InstallError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def main(arguments: "list[str]") -> None:
    """Become the command, run in the environment; exit 1 where there can be none."""
    testing = arguments[:1] == ["test"]
    try:
        ensure_environment("test" if testing else "run")
    except InstallError as error:
        sys.exit(str(error))
    command = test_command(arguments[1:]) if testing else product_command(arguments)
    os.execv(str(PYTHON), [str(PYTHON), *command])


def test_command(options: "list[str]") -> "list[str]":
    """Return what runs all tests, from the top of the checkout, with their files in memory where there is room."""
    os.chdir(str(ROOT))
    if is_roomy(MEMORY):
        os.environ.setdefault("TMPDIR", MEMORY)
    return ["-m", "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", *options]


def is_roomy(folder: str) -> bool:
    """Whether many files can be written there, and programs among them be run."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize > ROOM and not found.f_flag & os.ST_NOEXEC


def product_command(arguments: "list[str]") -> "list[str]":
    """Return what runs `amends`, on the checkout's own folders unless the environment names others."""
    for name, folder in (("CONTENT", "content"), ("OUT", "public"), ("CACHE", ".amends"), ("INSTANCE", "instance")):
        os.environ.setdefault("AMENDS_" + name, str(ROOT / folder))
    names_none = not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version"))
    return ["-m", "amends", *(["build"] if names_none else []), *arguments]


def ensure_environment(group: str) -> None:
    """Make `.venv` hold what the lock of that group names, unless it does already."""
    stamp = ENVIRONMENT / ("amends-" + group)
    wanted = fingerprint(group)
    if stamp.is_file() and stamp.read_text() == wanted and PYTHON.exists():
        return
    say("Installing what Amends needs into .venv (the first time only) ...")
    pip = make_environment()
    run([*pip, "--require-hashes", "-r", str(ROOT / LOCKS[group])])
    run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    stamp.write_text(wanted)


def fingerprint(group: str) -> str:
    """Return what the environment depends on, as a digest."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", LOCKS[group]):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment() -> "list[str]":
    """Make `.venv` if it is not there; return the command that installs packages into it."""
    uv = shutil.which("uv")
    if uv:
        if not PYTHON.exists():
            run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(ENVIRONMENT)])
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    if not PYTHON.exists() and not succeeds([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]):
        # Debian leaves ensurepip out of its Python; pip itself can install into another environment.
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(ENVIRONMENT)])
    options = ["install", "--quiet", "--disable-pip-version-check"]
    if succeeds([str(PYTHON), "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip", *options]
    if succeeds([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *options]
    raise InstallError(NO_PIP)


def run(command: "list[str]") -> None:
    """Run a command of the installation; InstallError with its last words where it fails."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InstallError(NO_PACKAGES.format(failure="\n".join(words[-3:])))


def succeeds(command: "list[str]") -> bool:
    """Whether a command can be run with success."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def say(line: str) -> None:
    """Tell the person at the terminal what takes so long."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
