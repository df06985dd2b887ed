"""Atom feeds (RFC 4287)."""

from xml.etree.ElementTree import Element

from amends import clock
from amends.board.machines import xml
from amends.board.machines.entries import Feed, Item

NAMESPACE = "http://www.w3.org/2005/Atom"


def write(feed: Feed) -> str:
    """Write a feed; `updated` is when something last happened to a case in it, never the instant of a build."""
    # The namespace as a plain attribute: ElementTree's register_namespace would change it for the whole process.
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": feed.language})
    xml.add(root, "id", feed.url)
    xml.add(root, "title", feed.title)
    xml.add(root, "updated", clock.stamp(feed.changed))
    xml.add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    xml.add(root, "link", rel="alternate", type="text/html", href=feed.page)
    xml.add(xml.add(root, "author"), "name", feed.author)
    for item in feed.items:
        _entry(root, item)
    return xml.document(root)


def _entry(root: Element, item: Item) -> None:
    entry = xml.add(root, "entry", xml_lang=item.frame)
    xml.add(entry, "id", item.url)
    xml.add(entry, "title", item.title, xml_lang=item.language)
    xml.add(entry, "published", clock.stamp(item.received))
    xml.add(entry, "updated", clock.stamp(item.changed))
    xml.add(entry, "link", rel="alternate", type="text/html", href=item.url)
    xml.add(xml.add(entry, "author"), "name", item.author)
    for tag in item.tags:
        xml.add(entry, "category", term=tag)
    xml.add(entry, "content", item.html, type="html")
