"""Running the service for real: granian for requests, one thread for what runs by the clock."""

import asyncio
import logging
import multiprocessing
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server.common import AbstractServer

from amends import access, clock, logs
from amends.gateway import Gateway
from amends.inbox import Inbox
from amends.post import Postman
from amends.record import NotABoardError
from amends.settings import Settings, read_settings
from amends.work import Worker

if TYPE_CHECKING:
    from flask import Flask

MOST_WORKERS = 4
"""Processes where nobody says how many: what they store goes to one database in the end."""

CONNECTIONS = 4096
"""Requests per process that may be on their way at once: slow ones cost memory, and no thread."""

FILES = 2 * CONNECTIONS
"""Open files that a process is allowed, where the system lets it."""

ENDING = 30
"""Seconds that requests have to finish after the server was asked to end."""

_GRANIANS_LOG: dict[str, Any] = {"loggers": {"_granian": {"propagate": True}}, "handlers": {}, "formatters": {}}
"""What granian tells goes where everything goes, through the same filter, instead of to its own handler."""


def serve(
    settings: Settings,
    reserved: socket.socket,
    workers: int,
    *,
    work: bool,
    access_log: bool = False,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve on a port that was reserved until a signal ends it; accepted requests finish.

    With an `access_log` each request is told in a line: see `access`. `ready` is called when the server starts.
    NotABoardError where there is no record to serve.
    """
    if not (settings.content / "board.toml").is_file():
        raise NotABoardError(f"{settings.content} is no board: it has no board.toml (amends init makes one)")
    settings.secret()
    inbox = Inbox(settings.database)
    inbox.migrate()
    worker = Worker(settings, inbox, clock.system)
    worker.copy_settings()
    inbox.close()  # the processes have connections of their own, and without work this one needs none any more
    stop = threading.Event()
    by_the_clock = [
        threading.Thread(target=worker.run, args=(stop,), name="work"),
        threading.Thread(target=Postman(settings, inbox, clock.system).run, args=(stop,), name="post"),
    ]
    _allow_connections()
    host, port = reserved.getsockname()[:2]
    server = _server(settings, host, port, workers, "logged_gateway" if access_log else "gateway")
    server.on_startup(ready or (lambda: None))
    if work:
        for thread in by_the_clock:
            server.on_startup(thread.start)
    try:
        server.serve()
    finally:
        stop.set()
        for thread in by_the_clock:
            if thread.is_alive():
                thread.join()
        inbox.close()
        reserved.close()


class _InItsProcess(Gateway):
    """The gateway in a process of the server's own, which ends with it."""

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the process, when all that was accepted is answered.

        Not by taking the interpreter down: threads of the server's may ask for it meanwhile, and it then aborts.
        """
        super().__rsgi_del__(loop)
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def gateway() -> Gateway:
    """Make the service as the server's processes run it: what granian calls in each of them."""
    return _gateway(log=False)


def logged_gateway() -> Gateway:
    """Make the service, which tells each request in a line."""
    return _gateway(log=True)


def application() -> "Flask":
    """Make the service for other servers, which speak WSGI."""
    from amends.service import from_environment  # noqa: PLC0415 - the process that starts them has no need of it

    logs.configure(read_settings(os.environ).log)
    return from_environment()


def _gateway(*, log: bool) -> Gateway:
    from amends.service import EXPRESS, MAX_BODY  # noqa: PLC0415 - as above

    app = application()
    if log:
        access.log_requests(app)
    proxies = read_settings(os.environ).proxies
    return _InItsProcess(app, app.extensions[EXPRESS].soon, longest=MAX_BODY, proxies=proxies, log=log)


def _allow_connections() -> None:
    """Allow this process and those it starts as many open files as it may: a connection is one, and 1,024 are usual."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _server(settings: Settings, host: str, port: int, workers: int, factory: str) -> AbstractServer[Any]:
    # A forked process would take over the state of the SQLite connections here, and with it a write lock that
    # nobody ever gives back: https://www.sqlite.org/howtocorrupt.html, section 2.6.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ.update(_environment(settings))
    return Granian(
        f"amends.serve:{factory}",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,  # with HTTP/2 one connection could send what a thousand may, and no proxy needs it
        workers=workers,
        loop=Loops.asyncio,
        backpressure=CONNECTIONS,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_GRANIANS_LOG,
        respawn_failed_workers=True,
        workers_kill_timeout=ENDING,
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
        "LOG": settings.log,
        "REQUIRE_TOTP": "on" if settings.require_totp else "off",
    }
    return {f"AMENDS_{key}": str(value) for key, value in facts.items()}
