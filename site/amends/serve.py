"""Running the service for real: granian for requests, one thread for what runs by the clock."""

import multiprocessing
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.common import AbstractServer

from amends import clock
from amends.inbox import Inbox
from amends.record import NotABoardError
from amends.settings import Settings
from amends.work import Worker

THREADS = 32
"""Threads per process: some wait for the disk together, some for slow clients; none of them costs much."""


def serve(
    settings: Settings,
    reserved: socket.socket,
    workers: int,
    *,
    work: bool,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve on a port that was reserved until a signal ends it; accepted requests finish.

    `ready` is called when the server starts. NotABoardError where there is no record to serve.
    """
    if not (settings.content / "board.toml").is_file():
        raise NotABoardError(f"{settings.content} is no board: it has no board.toml (amends init makes one)")
    settings.secret()
    inbox = Inbox(settings.database)
    inbox.migrate()
    worker = Worker(settings, inbox, clock.system)
    worker.copy_settings()
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), name="work")
    host, port = reserved.getsockname()[:2]
    server = _server(settings, host, port, workers)
    server.on_startup(ready or (lambda: None))
    if work:
        server.on_startup(thread.start)
    try:
        server.serve()
    finally:
        stop.set()
        if thread.is_alive():
            thread.join()
        inbox.close()
        reserved.close()


def _server(settings: Settings, host: str, port: int, workers: int) -> AbstractServer[Any]:
    # A forked process would take over the state of the SQLite connections here, and with it a write lock that
    # nobody ever gives back: https://www.sqlite.org/howtocorrupt.html, section 2.6.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ.update(_environment(settings))
    return Granian(
        "amends.service:from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )


def reserve(host: str, port: int) -> socket.socket:
    """Take a port for a server to come; OSError where somebody has it.

    granian shares a port with whoever listens there already, and requests would go to either. The socket that
    is returned, and has to be kept, lets granian in and nobody who asks for the port alone.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
        kept = socket.socket(family)  # without SO_REUSEADDR: two sockets that have it and do not listen yet share
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        kept.bind((host, port))
    except OSError as error:
        raise OSError(f"cannot listen on {host}, port {port}: {error.strerror}. Another one: --port") from error
    return kept


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the server's processes read them."""
    facts = {
        "CONTENT": settings.content,
        "INSTANCE": settings.instance,
        "OUT": settings.out,
        "CACHE": settings.cache,
        "DATABASE": settings.database,
        "URL": settings.url,
        "PROXIES": settings.proxies,
        "UNDO_SECONDS": settings.undo_seconds,
        "HOURLY_NETWORK": settings.hourly_network,
        "HOURLY_COMPANY": settings.hourly_company,
    }
    return {f"AMENDS_{key}": str(value) for key, value in facts.items()}
