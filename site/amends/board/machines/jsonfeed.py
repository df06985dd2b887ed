"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), and how JSON is written on the board."""

import json

from amends import clock
from amends.board.machines.entries import Feed, Item

VERSION = "https://jsonfeed.org/version/1.1"


def write(feed: Feed) -> str:
    """Write a feed: the same entries as the Atom feed beside it."""
    return dump(
        {
            "version": VERSION,
            "title": feed.title,
            "home_page_url": feed.page,
            "feed_url": feed.url,
            "language": feed.language,
            "authors": [{"name": feed.author}],
            "items": [_item(item) for item in feed.items],
        }
    )


def dump(value: object) -> str:
    """Write JSON (RFC 8259): letters as they are, one space of indent, so that a change is a line."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _item(item: Item) -> dict[str, object]:
    found: dict[str, object] = {
        "id": item.url,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "date_published": clock.stamp(item.received),
        "date_modified": clock.stamp(item.changed),
        "authors": [{"name": item.author}],
        "language": item.language or item.frame,
    }
    return {**found, "tags": list(item.tags)} if item.tags else found
