"""The whole product on this machine, for a look: nothing of it is kept, nothing of it is reached from outside.

The shop is on `localhost` and the service on `127.0.0.1`: to a browser these are two sites, as the shop of a
company and the service would be.
"""

import os
import secrets
import shutil
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
import tomlkit

from amends import clock
from amends.demo.static import HOST, FileServer
from amends.generator import search
from amends.inbox import Inbox, people
from amends.serve import reserve, serve
from amends.settings import Settings, read_settings

SHOP_COMPANY = "radlager"
_TRIES = 200
_Taken = TypeVar("_Taken")


def run(first_port: int) -> None:
    """Start shop, service and board; print where they are once they answer; return when a signal ends it."""
    ports = iter(range(first_port, first_port + _TRIES))
    with tempfile.TemporaryDirectory(prefix="amends-demo-") as folder:
        here = Path(folder)
        shop_files = _on_a_free_port(ports, lambda port: FileServer(port, here / "shop"))
        reserved = _on_a_free_port(ports, lambda port: reserve(HOST, port))
        board_files = _on_a_free_port(ports, lambda port: FileServer(port, here / "public"))
        shop = f"http://localhost:{shop_files.server_port}"
        service = f"http://{HOST}:{reserved.getsockname()[1]}"
        board = f"http://{HOST}:{board_files.server_port}/"
        settings = _settings(here, service)
        shutil.copytree(example_dir(), settings.content)
        _point_at(settings.content, shop, service, board)
        _write_shop(here / "shop", service)
        shop_files.policy = _shop_policy(service)
        lines = (
            f"shop: {shop}/",
            f"desk: {service}/desk/",
            f"board: {board}",
            "login: olga",
            f"password: {_add_staff(settings)}",
            "The login `keeper` has the same password. Ctrl-C ends the demo; nothing of it is kept.",
        )
        for files in (shop_files, board_files):
            threading.Thread(target=files.serve_forever, daemon=True).start()
        announce = partial(_announce, lines, (f"{service}/healthz", board), settings)
        serve(settings, reserved, 1, work=True, ready=announce)


def _settings(here: Path, service: str) -> Settings:
    facts = {name: str(here / name) for name in ("content", "instance", "cache")}
    database = f"sqlite:///{here / 'instance' / 'amends.db'}"
    # Nobody sets up an app for what is thrown away, and nobody but this machine reaches it.
    return read_settings(
        os.environ, **facts, out=str(here / "public"), database=database, url=service, require_totp="off"
    )


def example_dir() -> Path:
    """Return the example record: in the wheel it is inside the package, in a checkout at its top."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_example"
    return inside if inside.is_dir() else package.parents[1] / "content"


def _on_a_free_port(ports: Iterator[int], take: Callable[[int], _Taken]) -> _Taken:
    """Take the next port that is free."""
    for port in ports:
        with suppress(OSError):
            return take(port)
    raise OSError("no free port from there on; give another with --port")


def _point_at(content: Path, shop: str, service: str, board: str) -> None:
    """Let the copied record know where the demo's service and board are, and the shop embed the widget."""
    _edit(content / "board.toml", base_url=board, service_url=service + "/")
    for path in content.glob("*/company.toml"):
        _edit(path, origins=[shop] if path.parent.name == SHOP_COMPANY else [])


def _edit(path: Path, **facts: str | list[str]) -> None:
    document = tomlkit.parse(path.read_text("utf-8"))
    document.update(facts)
    path.write_text(tomlkit.dumps(document), "utf-8")


def _add_staff(settings: Settings) -> str:
    password = secrets.token_urlsafe(9)
    inbox = Inbox(settings.database)
    inbox.migrate()
    with inbox.writing() as connection:
        now = clock.system()
        people.add(connection, "olga", "Olga, customer care", "admin", SHOP_COMPANY, password, now)
        people.add(connection, "keeper", "The keeper", "keeper", None, password, now)
    inbox.close()
    return password


def _write_shop(folder: Path, service: str) -> None:
    folder.mkdir()
    for file in (Path(__file__).parent / "shop").iterdir():
        text = file.read_text("utf-8").replace("https://feedback.example", service)
        (folder / file.name).write_text(text, "utf-8")


def _shop_policy(service: str) -> str:
    """Return a strict policy, to show that the widget needs no more than a script and a connection."""
    return (
        f"default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _announce(lines: tuple[str, ...], addresses: tuple[str, ...], settings: Settings) -> None:
    threading.Thread(target=_print_when_ready, args=(lines, addresses, settings, click.echo), daemon=True).start()


def _print_when_ready(
    lines: tuple[str, ...], addresses: tuple[str, ...], settings: Settings, say: Callable[[str], None]
) -> None:
    waiting = threading.Event()
    for address in addresses:
        while not _answers(address):
            waiting.wait(0.05)
    # Without Pagefind the demo's search says that it has no index, as that of any board would.
    with suppress(search.SearchError):
        search.index(settings.out, settings.cache, clock.system())
    for line in lines:
        say(line)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
