"""The whole product on this machine, for a look: nothing of it is kept, nothing of it is reached from outside.

The shop is on `localhost` and the service on `127.0.0.1`: to a browser these are two sites, as the shop of a
company and the service would be.
"""

import os
import secrets
import shutil
import socket
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import click
import tomlkit

from amends import clock
from amends.demo.static import Handler
from amends.inbox import Inbox, people
from amends.serve import serve
from amends.settings import Settings, read_settings

HOST = "127.0.0.1"
SHOP_COMPANY = "radlager"
_TRIES = 200


def run(first_port: int) -> None:
    """Start shop, service and board; print where they are once they answer; return when a signal ends it."""
    shop_port, service_port, board_port = _free_ports(first_port, 3)
    with tempfile.TemporaryDirectory(prefix="amends-demo-") as folder:
        here = Path(folder)
        service = f"http://{HOST}:{service_port}"
        board = f"http://{HOST}:{board_port}/"
        shop = f"http://localhost:{shop_port}"
        shutil.copytree(example_dir(), here / "content")
        _point_at(here / "content", shop, service, board)
        settings = read_settings(
            os.environ,
            content=str(here / "content"),
            instance=str(here / "instance"),
            out=str(here / "public"),
            cache=str(here / "cache"),
            database=f"sqlite:///{here / 'instance' / 'amends.db'}",
            url=service,
        )
        password = _add_staff(settings)
        _serve_files(shop_port, _shop(here / "shop", service), _shop_policy(service))
        _serve_files(board_port, here / "public", None)
        lines = (
            f"shop: {shop}/",
            f"desk: {service}/desk/",
            f"board: {board}",
            "login: olga",
            f"password: {password}",
            "The login `keeper` has the same password. Ctrl-C ends the demo; nothing of it is kept.",
        )
        serve(
            settings, HOST, service_port, 1, work=True, ready=partial(_announce, lines, (service + "/healthz", board))
        )


def example_dir() -> Path:
    """Return the example record: in the wheel it is inside the package, in a checkout at its top."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_example"
    return inside if inside.is_dir() else package.parents[1] / "content"


def _free_ports(first: int, count: int) -> list[int]:
    found: list[int] = []
    for port in range(first, first + _TRIES):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"no {count} free ports from {first} on; give another with --port")


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


def _shop(folder: Path, service: str) -> Path:
    source = Path(__file__).parent / "shop"
    folder.mkdir()
    for file in source.iterdir():
        text = file.read_text("utf-8").replace("https://feedback.example", service)
        (folder / file.name).write_text(text, "utf-8")
    return folder


def _shop_policy(service: str) -> str:
    """Return a strict policy, to show that the widget needs no more than a script and a connection."""
    return (
        f"default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _serve_files(port: int, folder: Path, policy: str | None) -> None:
    server = ThreadingHTTPServer((HOST, port), partial(Handler, folder, policy))
    threading.Thread(target=server.serve_forever, name=f"files {port}", daemon=True).start()


def _announce(lines: tuple[str, ...], addresses: tuple[str, ...]) -> None:
    threading.Thread(target=_print_when_ready, args=(lines, addresses, click.echo), daemon=True).start()


def _print_when_ready(lines: tuple[str, ...], addresses: tuple[str, ...], say: Callable[[str], None]) -> None:
    waiting = threading.Event()
    for address in addresses:
        while not _answers(address):
            waiting.wait(0.05)
    for line in lines:
        say(line)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
