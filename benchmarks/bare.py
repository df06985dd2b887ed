"""The least that a Flask application can do to keep a complaint: one row, committed, for one request."""

import sqlite3
import threading
import time

from flask import Flask, request

_own = threading.local()


DATABASE = "bare.db"
"""In the working folder, with its table and its log: `intake.py` makes it."""


def _connection() -> sqlite3.Connection:
    if not hasattr(_own, "connection"):
        _own.connection = sqlite3.connect(DATABASE, timeout=60, isolation_level=None)
        _own.connection.execute("PRAGMA synchronous = FULL")
    connection: sqlite3.Connection = _own.connection
    return connection


def application() -> Flask:
    """Make the application; its store is in the working folder."""
    app = Flask(__name__)

    @app.post("/<company>/feedback")
    def feedback(company: str) -> tuple[dict[str, str], int]:
        row = (time.time(), request.form["text"], request.form["email"])
        _connection().execute("INSERT INTO complaint (at, text, email) VALUES (?, ?, ?)", row)
        return {"company": company}, 201

    return app
