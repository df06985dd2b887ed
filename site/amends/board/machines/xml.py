"""XML that is well-formed whatever somebody has written in it."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold, not even escaped (XML 1.0, production 2)."""


def fit(text: str) -> str:
    """Return the text without the characters that no XML document can hold."""
    return _UNFIT.sub("", text)


def add(parent: Element, tag: str, text: str | None = None, **attributes: str | None) -> Element:
    """Append an element; an attribute that is None is left out, and `xml_lang` is `xml:lang`."""
    given = {key.replace("_", ":"): fit(value) for key, value in attributes.items() if value is not None}
    element = SubElement(parent, tag, given)
    element.text = None if text is None else fit(text)
    return element


def document(root: Element) -> str:
    """Write a whole document, its elements indented."""
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'
