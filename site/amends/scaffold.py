"""Starting a record: a new board, a new company."""

from collections.abc import Sequence
from pathlib import Path

import tomlkit

from amends.record import RecordError, exclusive, is_slug, once_called, read_board, read_company, write_whole


class ScaffoldError(ValueError):
    """A board or a company cannot be started so; the text says why, `key` of which setting. Nothing was written."""

    def __init__(self, text: str, key: str = "") -> None:
        super().__init__(text)
        self.key = key


def new_board(folder: Path, title: str, base_url: str, service_url: str | None) -> None:
    """Make `folder` a board without companies."""
    path = folder / "board.toml"
    if path.exists():
        raise ScaffoldError(f"{folder} is a board already")
    document = tomlkit.document()
    document.update({"title": title, "base_url": base_url, "language": "en"})
    if service_url:
        document["service_url"] = service_url
    text = tomlkit.dumps(document)
    try:
        read_board(text, "board.toml")
    except RecordError as error:
        raise ScaffoldError(str(error)) from error
    write_whole(path, text.encode())


def add_company(
    content: Path, locks: Path, slug: str, name: str, url: str, origins: Sequence[str], reply_hours: int = 24
) -> Path:
    """Write the company.toml of a new company; return its path."""
    if not (content / "board.toml").is_file():
        raise ScaffoldError(f"{content} is no board: it has no board.toml (amends init makes one)")
    if not is_slug(slug):
        raise ScaffoldError(
            f"{slug!r} cannot be a company's address: small letters, digits and dashes, at most 40, no reserved word",
            "slug",
        )
    owner = once_called(content, slug)
    if owner:
        raise ScaffoldError(f"{owner.slug} was called {slug} before, and its old addresses lead to it", "slug")
    document = tomlkit.document()
    document.update({"name": name, "url": url, "language": "en", "reply_hours": reply_hours})
    document["origins"] = list(origins)
    text = tomlkit.dumps(document)
    try:
        read_company(text, slug, f"{slug}/company.toml")
    except RecordError as error:
        raise ScaffoldError(str(error), error.faults[0].key or "") from error
    path = content / slug / "company.toml"
    with exclusive(locks, "record"):
        if path.exists():
            raise ScaffoldError(f"there is a company {slug} already", "slug")
        write_whole(path, text.encode())
    return path
