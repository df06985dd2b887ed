"""Running the service for real: granian for requests, one thread for what runs by the clock."""

import os
import threading
from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from amends import clock
from amends.inbox import Inbox
from amends.settings import Settings
from amends.work import Worker

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Threads per process: enough for the writers that wait for the disk together."""


def serve(
    settings: Settings,
    host: str,
    port: int,
    workers: int,
    *,
    work: bool,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve until a signal ends it; accepted requests finish. `ready` is called when the port answers."""
    settings.secret()
    inbox = Inbox(settings.database)
    inbox.migrate()
    worker = Worker(settings, inbox, clock.system)
    worker.copy_settings()
    os.environ.update(_environment(settings))
    server = Granian(
        "amends.service:from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), name="work")
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
    }
    return {f"AMENDS_{key}": str(value) for key, value in facts.items()}
