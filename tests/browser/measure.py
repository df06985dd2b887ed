"""Score a built board and the desk with Lighthouse and the MDN HTTP Observatory.

    python3 -m tests.browser.measure [PUBLIC]

PUBLIC is a folder that `amends build` wrote; without it the example board is built and measured. Home, a company and a
case must have 100 in Lighthouse's accessibility, best practices and SEO, and the headers of the host and of the service
an A+; else the exit is 1, and every audit that failed is named. Both tools come from npm, pinned in scores/, into
`.venv/browser` (about 250 MB on first use); nothing leaves this machine afterwards.

The folder is served on loopback with the headers of its own `_headers`, and by TLS, since the Observatory judges
Strict-Transport-Security on nothing else. The certificate is made for the occasion: the Observatory is told to trust
it, Chromium to overlook it. Two things are the host's and not measured: the redirect from http to https (there is no
http here, which the Observatory counts neither for nor against a site) and the list of sites preloaded for https (taken
to be empty). Lighthouse sees the pages as on a phone; it does not judge the certificate.
"""

import json
import os
import shlex
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tests.browser import chromium
from tests.browser.built import kind_of, serving, specimens
from tests.browser.example import build_example
from tests.browser.npm import HERE, NODE, NpmError, installed, last_line
from tests.browser.served import serving as served
from tests.house import House

CATEGORIES = ("accessibility", "best-practices", "seo")
KINDS = ("/", "/<company>/", "/<company>/<case>/")
CERTIFICATE = """require("selfsigned").generate([{name: "commonName", value: "localhost"}], {keyType: "ec"})
    .then(pair => console.log(JSON.stringify(pair)))"""


@dataclass(frozen=True, slots=True)
class Score:
    """What one tool gave one page in one category, the mark it must have, and every audit that failed."""

    what: str
    where: str
    mark: str
    wanted: str
    failed: tuple[str, ...]

    @property
    def is_reached(self) -> bool:
        """Whether the mark is the one that it must be; the Observatory gives its points after the grade."""
        return self.mark.split()[0] == self.wanted


class MeasureError(Exception):
    """A tool gave no score; the text says which, and its last words."""


def main(arguments: list[str]) -> int:
    """Measure the folder that is named, or the example; print the scores; return the exit status."""
    if len(arguments) > 1 or (arguments and not Path(arguments[0], "index.html").is_file()):
        click.echo("usage: python3 -m tests.browser.measure [PUBLIC]    (PUBLIC: the folder of a built board)")
        return 2
    try:
        with tempfile.TemporaryDirectory() as scratch:
            public = Path(arguments[0]) if arguments else build_example(Path(scratch))
            if not (public / "_headers").is_file():
                click.echo(
                    "There is no _headers: what a host would send is not known, and only the pages' own policy counts."
                )
            reached = [told(score) for score in scores(public, Path(scratch))]
    except (NpmError, MeasureError, chromium.NoBrowser) as error:
        click.echo(error)
        return 1
    return 0 if all(reached) else 1


def scores(public: Path, scratch: Path) -> Iterator[Score]:
    """Serve a board and score it; `scratch` takes the certificate. Raises what `main` catches."""
    modules = installed(HERE / "scores")
    certificate = make_certificate(modules, scratch)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serving(public, tls) as site:
        yield observatory(modules, site, "/", certificate)
        pages = {kind_of(address): address for address in reversed(specimens(public))}
        for kind in KINDS:
            if kind in pages:
                yield from lighthouse(modules, site + pages[kind], pages[kind])
    house = House(scratch / "house")
    with served(house, tls) as service:
        yield observatory(modules, service, "/desk/sign-in", certificate)
    house.close()


def told(score: Score) -> bool:
    """Print a line of the table, and one for each audit that failed; return whether the mark was reached."""
    click.echo(
        f"{score.what:15} {score.where:28} {score.mark:>9}{'' if score.is_reached else '   wanted: ' + score.wanted}"
    )
    for audit in score.failed:
        click.echo(f"    {audit}")
    return score.is_reached


def make_certificate(modules: Path, folder: Path) -> Path:
    """Write a certificate for localhost with its key into one file, and return that."""
    pair = asked("selfsigned", [NODE, "-e", CERTIFICATE], modules.parent)
    file = folder / "localhost.pem"
    file.write_text(pair["private"] + pair["cert"], "ascii")
    return file


def observatory(modules: Path, site: str, address: str, certificate: Path) -> Score:
    """Have the headers of a page graded."""
    package = modules / "@mdn" / "mdn-http-observatory"
    # Its scripts, which are not run here, would fetch the list of preloaded sites; localhost is on none.
    (package / "conf" / "hsts-preload.json").write_text("{}", "ascii")
    command: list[str | Path] = [NODE, package / "src" / "scan.js", site.partition("//")[2] + address]
    found = asked("The Observatory", command, modules.parent, NODE_EXTRA_CA_CERTS=str(certificate))
    if "scan" not in found:
        raise MeasureError(f"The Observatory: {found.get('error')}")
    failed = (
        f"{name}: {test['result']} ({test['scoreModifier']})"
        for name, test in found["tests"].items()
        if not test["pass"]
    )
    return Score("observatory", address, f"{found['scan']['grade']} {found['scan']['score']}", "A+", tuple(failed))


def lighthouse(modules: Path, url: str, address: str) -> Iterator[Score]:
    """Have one page scored, as a phone shows it."""
    browser = chromium.find()
    flags = shlex.join(["--headless", "--ignore-certificate-errors", *browser.args])
    options = ["--output=json", "--quiet", "--no-enable-error-reporting", f"--chrome-flags={flags}"]
    program = modules / "lighthouse" / "cli" / "index.js"
    command: list[str | Path] = [NODE, program, url, *options, f"--only-categories={','.join(CATEGORIES)}"]
    env = {**browser.env, "CHROME_PATH": str(browser.executable)}
    found = asked("Lighthouse", command, modules.parent, **env)
    if found.get("runtimeError"):
        raise MeasureError(f"Lighthouse: {found['runtimeError']['message']}")
    for name in CATEGORIES:
        category = found["categories"][name]
        counted = (found["audits"][part["id"]] for part in category["auditRefs"] if part["weight"])
        failed = [line for audit in counted if (audit["score"] or 0) < 1 for line in complaints(audit)]
        yield Score(name, address, str(round((category["score"] or 0) * 100)), "100", tuple(failed))


def complaints(audit: dict[str, Any]) -> list[str]:
    """Say what an audit of Lighthouse is, and the elements that it is about; nothing where it does not apply."""
    if audit["scoreDisplayMode"] in ("notApplicable", "manual", "informative"):
        return []
    items = audit.get("details", {}).get("items", [])
    nodes = [item["node"]["selector"] for item in items if "node" in item]
    return [f"{audit['id']}: {audit['title']} {audit.get('explanation', '')} {' | '.join(nodes)}".strip()]


def asked(tool: str, command: list[str | Path], folder: Path, **env: str) -> dict[str, Any]:
    """Run a tool and read the JSON that it prints. Raises MeasureError."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=os.environ | env, capture_output=True, text=True, timeout=300, check=False
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise MeasureError(f"{tool} did not finish within 5 minutes") from None
    except ValueError:
        raise MeasureError(f"{tool}: {last_line(done.stderr, f'exit {done.returncode}')}") from None
    return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
