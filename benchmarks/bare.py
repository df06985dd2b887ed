"""The least that a Flask application can do to keep a complaint: one row, committed, for one request."""

import os
import sqlite3
import threading
import time

from flask import Flask, request

_own = threading.local()


def _connection() -> sqlite3.Connection:
    if not hasattr(_own, "connection"):
        _own.connection = sqlite3.connect(os.environ["BARE_DATABASE"], timeout=60, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            _own.connection.execute(f"PRAGMA {pragma}")
    connection: sqlite3.Connection = _own.connection
    return connection


def application() -> Flask:
    """Make the application; its table is there afterwards."""
    app = Flask(__name__)
    columns = "id INTEGER PRIMARY KEY, at REAL, text TEXT, email TEXT"
    _connection().execute(f"CREATE TABLE IF NOT EXISTS complaint ({columns})")

    @app.post("/<company>/feedback")
    def feedback(company: str) -> tuple[dict[str, str], int]:
        row = (time.time(), request.form["text"], request.form["email"])
        _connection().execute("INSERT INTO complaint (at, text, email) VALUES (?, ?, ?)", row)
        return {"company": company}, 201

    return app
