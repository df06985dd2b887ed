"""Writing pages through Frozen-Flask: each process freezes slices of the addresses that are stale."""

import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from heapq import nlargest
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask_frozen import Freezer, MissingURLGeneratorWarning
from werkzeug.routing import MapAdapter

from amends.board.app import board_of
from amends.board.frame import STATIC
from amends.generator.checking import Checker, Problem
from amends.generator.scene import Scene, Stage
from amends.generator.staleness import exists

SLICE = 200
"""Addresses frozen at a time."""


MOST_TOLD = 10
"""So many of the slowest pages are told of."""


class Press(Stage):
    """Freezes pages of one build into `folder`."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        super().__init__(scene)
        self.folder = folder
        self._urls: Sequence[str] = ()

    def freeze(self, paths: Sequence[str]) -> list[tuple[str, float]]:
        """Write the pages at these paths, which are addresses below the board's root; return the slowest, in seconds.

        What Frozen-Flask warns of is raised: a type that no web server would guess from the file's name. ValueError
        where a page cannot be had, and where a page is written to another file than its own.
        """
        self._urls = [f"/{path}" for path in paths]
        took: list[tuple[str, float]] = []
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # Our generator yields addresses, not endpoints.
            warnings.simplefilter("ignore", MissingURLGeneratorWarning)
            started = time.perf_counter()
            for path, page in zip(paths, self._freezer.freeze_yield(), strict=True):
                if page.path.as_posix() != file_of(path):
                    raise ValueError(f"the page {path} would be written to {page.path}")
                ended = time.perf_counter()
                took.append((path, ended - started))
                started = ended
        return slowest(took)

    def check(self, paths: Sequence[str]) -> list[Problem]:
        """Return what is wrong with the pages at these paths; to be asked once all of the board is written."""
        return self._checker.check([file_of(path) for path in paths])

    @cached_property
    def _freezer(self) -> Any:
        app = board_of(self.edition, self.frame)
        app.test_client_class = partial(Client, app.url_map.bind("localhost"))  # type: ignore[assignment] # all it needs
        app.config.update(
            FREEZER_DESTINATION=str(self.folder),
            FREEZER_BASE_URL=self.scene.house.board.base_url,
            FREEZER_REMOVE_EXTRA_FILES=False,
            FREEZER_IGNORE_MIMETYPE_WARNINGS=False,
        )
        freezer = _Freezer(app, with_no_argument_rules=False, with_static_files=False, log_url_for=False)
        freezer.register_generator(lambda: iter(self._urls))
        return freezer

    @cached_property
    def _checker(self) -> Checker:
        store, static = self.edition.store, frozenset(static_paths())
        base_url = self.scene.house.board.base_url

        def is_there(file: str) -> bool:
            return file in static or exists(store, file.removesuffix("index.html"))

        return Checker(self.folder, base_url, is_there)


def slowest(took: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the pages that took longest, the slowest first."""
    return nlargest(MOST_TOLD, took, key=lambda page: page[1])


class _Freezer(Freezer):  # type: ignore[misc] # Frozen-Flask has no hints
    """Frozen-Flask, which asks where it writes to several times for each page."""

    @cached_property
    def root(self) -> Path:
        """The folder of the board."""
        return Path(self.app.config["FREEZER_DESTINATION"])


class Client:
    """What Frozen-Flask asks for pages: it finds the view by the app's own rules and calls it, and that is all.

    The board has no session and no hook around a request, so that nothing else would happen.
    """

    def __init__(self, addresses: MapAdapter, app: Flask, *_: object, **__: object) -> None:
        self._addresses, self._app = addresses, app

    def get(self, url: str, **_: object) -> Response:
        """Return the response to a request for that page; NotFound where no rule has it."""
        endpoint, place = self._addresses.match(url)
        view: Callable[..., Any] = self._app.view_functions[endpoint]
        response = self._app.make_response(view(**place))
        response.direct_passthrough = False  # a static file is handed over as its bytes, too
        return response


def file_of(path: str) -> str:
    """Return the file in which the page at a path is written, below the folder of the board."""
    return f"{path}index.html" if path.endswith("/") or not path else path


def static_paths() -> list[str]:
    """Return the paths of the files that every board has: styles, scripts, marks."""
    return [f"static/{file.relative_to(STATIC).as_posix()}" for file in sorted(STATIC.rglob("*")) if file.is_file()]
