"""Make what is handed out of the widget's sources: python3 -m tests.browser.minify

esbuild, pinned in minifier/, shortens names and leaves out space and comments; it bundles nothing. What it makes is
kept in git under `widget/made`, so that neither a server nor whoever installs one needs it, and everybody hands out
the same bytes.

A launcher has a number of its own, since pages pin it: one that has come out stays as it is, and a changed widget.js
makes the next number. While nobody has been given the last one, delete its file first, and it is made anew.
"""

import json
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import click

from amends.intake.widget import MANIFEST, VERSION, digest, integrity, newest, widget_dir
from tests.browser.npm import HERE, NODE, NpmError, installed

FIRST = "1.0.0"
LAUNCHER = "widget.js"


def main() -> int:
    """Make the files; return the exit status."""
    try:
        written = make(widget_dir(), installed(HERE / "minifier"))
    except NpmError as error:
        click.echo(f"esbuild cannot be fetched: {error}", err=True)
        return 1
    click.echo("\n".join(str(path) for path in written) or "Everything is made of the sources as they are.")
    return 0


def make(widget: Path, modules: Path) -> list[Path]:
    """Write under `widget/made` what the sources make; return the files that are new or changed."""
    made = widget / MANIFEST.parent
    made.mkdir(exist_ok=True)
    sources = {path.name: path.read_bytes() for path in widget.iterdir() if path.suffix in (".js", ".css")}
    minified = {name: minify(name, source, modules) for name, source in sources.items()}
    launchers = {path.stem: path.read_bytes() for path in made.glob("*.js") if VERSION.fullmatch(path.stem)}
    pins = {number: integrity(code) for number, code in launchers.items()} | _pinned(widget, launchers)
    launcher = minified.pop(LAUNCHER)
    if not launchers or launchers[newest(launchers)] != launcher:
        number = following(launchers)
        minified[f"{number}.js"], pins[number] = launcher, integrity(launcher)
    facts = {"launchers": pins, "sources": {name: digest(source) for name, source in sources.items()}}
    minified[MANIFEST.name] = (json.dumps(facts, indent=2, sort_keys=True) + "\n").encode()
    return [made / name for name, content in minified.items() if _put(made / name, content)]


def minify(name: str, source: bytes, modules: Path) -> bytes:
    """Return what esbuild makes of a source; CalledProcessError where it cannot be read."""
    of_module = "--loader=css" if name.endswith(".css") else "--format=esm"
    kind = "--loader=js" if name == LAUNCHER else of_module  # a module's own names are shortened, a script's are global
    command = [NODE, modules / "esbuild" / "bin" / "esbuild", "--minify", "--charset=utf8", "--legal-comments=none"]
    return subprocess.run([*command, kind], input=source, stdout=subprocess.PIPE, check=True).stdout


def following(launchers: Collection[str]) -> str:
    """Return the number of the launcher after these."""
    if not launchers:
        return FIRST
    head, _, last = newest(launchers).rpartition(".")
    return f"{head}.{int(last) + 1}"


def _pinned(widget: Path, launchers: Iterable[str]) -> dict[str, str]:
    """Return what was told of these launchers when they came out: one that was changed since has to be noticed."""
    if not (widget / MANIFEST).is_file():
        return {}
    told = json.loads((widget / MANIFEST).read_text("utf-8"))["launchers"]
    return {number: told[number] for number in launchers if number in told}


def _put(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True


if __name__ == "__main__":
    sys.exit(main())
