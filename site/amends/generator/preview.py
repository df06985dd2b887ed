"""The board of a record on this machine, drawn anew with every change of a file, and shown anew in the browser.

Nothing is frozen: a page is made when it is asked for, of what the store of the preview holds. What has changed is
taken into that as a build does it, so that it costs what changed.
"""

import fcntl
import re
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from heapq import nlargest
from html import escape
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.sansio.utils import get_host
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from amends import clock
from amends.board.app import RULES, board_of
from amends.board.edition import Edition
from amends.board.frame import Frame
from amends.generator.house import read_house, with_told
from amends.generator.making import Taking, renew
from amends.generator.order import Order, Watch, unwatched
from amends.generator.scene import Scene
from amends.generator.staleness import next_due
from amends.generator.versions import reading, rendering
from amends.record import Fault, NotABoardError, RecordError
from amends.record.listing import Listing, list_folder
from amends.shelves.scan import Look, scan
from amends.shelves.store import Store

HOST = "127.0.0.1"
PORTS = 20
"""How many ports are tried, from the first on."""
OFTEN = 0.2
"""Seconds between two looks: at a small record, or at the folders of a large one in which something changed last."""
SHARE = 10
"""Looking at all of the record takes at most one part in so many of the processor's time."""
RECENT = 8
"""So many folders are looked at more often than the others: who edits a file saves it again."""
ALIVE = 15.0
"""Seconds after which a browser that listens is told that it still may."""

_FILES = Path(__file__).parent / "static"
_OWN = {"/-/preview.js": "text/javascript", "/-/preview.css": "text/css"}
_CHANGED = "/-/changed"
"""Where a page hears of changes. No company can be called `-`."""

Say = Callable[[str], None]


class InUseError(RuntimeError):
    """The store of the preview is another preview's."""


def preview(content: Path, cache: Path, first_port: int, say: Say, watch: Watch = unwatched) -> None:
    """Show the board of `content` on this machine until Ctrl-C, and `say` where, and what is wrong with the record.

    For the main thread, which hears of signals. `cache` keeps what the next preview would have to find out again.
    NotABoardError and RecordError where there is
    nothing to show, InUseError where another preview uses the same `cache`, OSError where no port is free.
    """
    folder = cache / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "preview.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError(f"another preview is running with {cache}; --cache names another folder") from error
        live = Live(content, folder, clock.system, watch)
        server = serve(live, first_port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"preview: http://{HOST}:{server.port}{live.root}/")
        # An exception is lost where a signal raises it in code whose exceptions Python passes over; an event is not.
        end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: end.set())
        say("Ctrl-C ends it.")
        try:
            follow(live, say, end.wait)
        finally:
            server.shutdown()
            server.server_close()


def follow(live: "Live", say: Say, ends: Callable[[float], bool]) -> None:
    """Look for changes again and again, and `say` what is wrong with the record whenever that has changed.

    `ends` waits for some seconds and returns whether it is over.
    """
    told: tuple[str, ...] = ()
    is_over = False
    while not is_over:
        if live.wrong != told:
            told = live.wrong
            for line in told or ("No fault any more.",):
                say(line)
        rest = (SHARE - 1) * live.look()
        is_over = ends(OFTEN)
        while not is_over and (rest := rest - OFTEN) > 0 and not live.stirs():
            is_over = ends(OFTEN)


# --- What is shown ---


class Live:
    """The board of the record in `content` as it stood at the last look. Threads may share it.

    `edition_number` changes with everything that a page could show; `wrong` are the faults, in lines.
    """

    def __init__(self, content: Path, folder: Path, clock: Callable[[], datetime], watch: Watch = unwatched) -> None:
        self._content, self._folder, self._clock = content, folder, clock
        self._version = f"{reading()} {content.resolve()}"
        self._rendering = rendering()
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self._run, self._count = secrets.token_hex(4), 0
        self._shown: tuple[str, tuple[Fault, ...]] = ("", ())
        self._trouble = ""
        self._undone = True
        self._young: dict[str, bytes] = {}
        self._recent: dict[str, Listing] = {}
        self._edition: Edition | None = None
        self._app: Any = None
        self.root = ""
        folder.mkdir(parents=True, exist_ok=True)
        # Later there are threads, and a process with threads is not forked.
        taking = Taking(self._order(watch=watch), self._version)
        self._take(taking, self._scanned(taking))

    @property
    def edition_number(self) -> str:
        """What no other edition of this or another preview is called."""
        return f"{self._run}-{self._count}"

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong with the record, in lines."""
        return (*([self._trouble] if self._trouble else []), *map(str, self._shown[1]))

    def look(self) -> float:
        """Look at the record, and take in what has changed; return how many seconds of the processor the looking took.

        What cannot be taken in is told in `wrong`.
        """
        started = time.thread_time()
        took, trouble = 0.0, ""
        try:
            taking = Taking(self._order(jobs=1), self._version)
            look = self._scanned(taking)
            took = time.thread_time() - started
            self._take(taking, look)
        except (NotABoardError, RecordError, OSError) as error:
            trouble = str(error)
        if trouble != self._trouble:
            self._trouble = trouble
            self._announce()
        return took

    def stirs(self) -> bool:
        """Whether something has changed in one of the folders in which something did last."""
        try:
            return any(list_folder(self._content, path) != known for path, known in self._recent.items())
        except OSError:
            return True

    def wait(self, known: str, seconds: float) -> str:
        """Return the number of the edition as soon as it is another than the one `known`, or after so long."""
        with self._changed:
            self._changed.wait_for(lambda: self.edition_number != known, seconds)
            return self.edition_number

    def answer(self, environ: dict[str, Any]) -> Response:
        """Return what the board answers to a request."""
        with self._lock:
            return Response.from_app(self._app, environ, buffered=True)

    def _order(self, **facts: Any) -> Order:
        return Order(self._content, self._folder, self._folder, self._clock(), **facts)

    def _scanned(self, taking: Taking) -> Look:
        """Find what has changed. What is too young to be sure of is read once now, and once more when it is old."""
        with taking.store() as store:
            look = scan(store, self._content)
        known = {path: one for path, one in self._recent.items() if path not in look.gone}
        for path in look.folders:
            with suppress(FileNotFoundError, NotADirectoryError):  # it vanished meanwhile
                known[path] = list_folder(self._content, path)
        self._recent = dict(nlargest(RECENT, known.items(), key=lambda item: item[1].youngest))
        if look.folders == self._young and look.young and not look.gone:
            return Look()
        self._young = look.folders
        return look

    def _take(self, taking: Taking, look: Look) -> None:
        is_due = self._undone or taking.order.now >= self._due
        if look or is_due:
            self._undone = True
            with self._lock:
                is_other = self._read(taking, look, is_due=is_due)
            self._undone = False
            if is_other:
                self._announce()

    def _read(self, taking: Taking, look: Look, *, is_due: bool) -> bool:
        """Take in what has changed; draw a new edition and return true where anything could look different by it."""
        order = taking.order
        taking.read(look)
        with taking.store() as store:
            house = read_house(store, order.content, order.cache, None)
            renew(store, house, clock.stamp(order.now), self._rendering, anew=False)
            is_other = bool(store.value("SELECT EXISTS (SELECT 1 FROM item WHERE fresh)"))
        scene = taking.derive(house, whole=True)
        with taking.store() as store:
            slugs = [company.slug for company in house.companies]
            scene = replace(scene, house=with_told(house, store, order.content, order.cache, slugs))
            shown = (repr(scene.house), store.faults())
            self._due = next_due(store, order.now)
        if not is_due and not is_other and shown == self._shown:
            return False
        self._shown = shown
        self._draw(scene, taking.store())
        return True

    def _draw(self, scene: Scene, store: Store) -> None:
        if self._edition is not None:
            self._edition.store.connection.close()
        self._edition = Edition(scene.house, scene.now, store)
        self.root = scene.root
        app = board_of(self._edition, Frame(scene.house.board, RULES, scene.root))
        self._app = DispatcherMiddleware(NotFound(), {scene.root: app}) if scene.root else app

    def _announce(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()


# --- How it is served ---


def serve(live: Live, first_port: int) -> BaseWSGIServer:
    """Return a server of the preview on the first free port from there on; OSError where there is none."""
    for port in range(first_port, min(first_port + PORTS, 2**16)):
        try:
            taken = socket.create_server((HOST, port))
        except OSError:
            continue
        with taken:
            return make_server(HOST, port, Application(live), threaded=True, request_handler=_Quiet, fd=taken.fileno())
    raise OSError(f"no free port from {first_port} on; give another with --port")


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the terminal belongs to what is wrong with the record."""


class Application:
    """Adds to the pages of a preview what reloads them, and a bar with what is wrong with the record."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it (PEP 3333)."""
        try:
            response = self._respond(Request(environ))
        except HTTPException as error:
            return error(environ, start_response)
        response.headers["Cache-Control"] = "no-store"
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        # Another site that lets its own name lead here could read what is not published yet: this raises then.
        get_host("http", request.headers.get("Host"), trusted_hosts=(HOST, "localhost"))
        if request.path == _CHANGED:
            return Response(self._events(), mimetype="text/event-stream")
        if request.path in _OWN:
            return Response((_FILES / request.path.rpartition("/")[2]).read_bytes(), mimetype=_OWN[request.path])
        if self._live.root and request.path in ("/", self._live.root):
            return redirect(f"{self._live.root}/")
        number = self._live.edition_number
        response = self._live.answer(request.environ)
        if response.mimetype == "text/html":
            response.set_data(self._page(response.get_data(as_text=True), number))
        return response

    def _events(self) -> Iterator[bytes]:
        known = ""
        while True:
            known = self._live.wait(known, ALIVE)
            yield f"data: {known}\n\n".encode()

    def _page(self, html: str, number: str) -> str:
        head = (
            '<link rel="stylesheet" href="/-/preview.css">'
            f'<script src="/-/preview.js" data-edition="{number}" data-changed="{_CHANGED}" defer></script></head>'
        )
        html = html.replace("</head>", head, 1)
        wrong = self._live.wrong
        if not wrong:
            return html
        count = "1 fault" if len(wrong) == 1 else f"{len(wrong)} faults"
        lines = "".join(f"<li>{escape(line)}</li>" for line in wrong)
        bar = (
            f'<details class="preview-faults" lang="en" dir="ltr"><summary>{count} in the record</summary>'
            f"<ul>{lines}</ul></details>"
        )
        return re.sub(r"(<body[^>]*>)", lambda found: found[1] + bar, html, count=1)
