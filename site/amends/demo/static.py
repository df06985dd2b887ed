"""A small file server for the demo's shop and board."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


class FileServer(ThreadingHTTPServer):
    """Serves one folder, which may come later or be replaced at any time, under a Content-Security-Policy."""

    allow_reuse_port = False

    def __init__(self, port: int, folder: Path) -> None:
        """Take the port; OSError where somebody has it."""
        super().__init__((HOST, port), partial(_Handler, folder))
        self.policy: str | None = None


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, folder: Path, *args: Any) -> None:
        self._folder = folder
        super().__init__(*args, directory=str(folder))

    def end_headers(self) -> None:
        """Add what a real host would be told to send."""
        if isinstance(self.server, FileServer) and self.server.policy:
            self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the folder's own page for what is not there."""
        page = self._folder / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def list_directory(self, path: object) -> None:
        """Show no folder's names: a page that is not there is not there."""
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, RUF100 - the base class calls it so
        """Say nothing: the terminal belongs to the lines that the demo prints."""
