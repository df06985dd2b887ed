"""The catalogues of the product's words: `python -m tests.catalogues [TAG ...]` brings them up to date.

A catalogue stands in `site/amends/locales/<language>.po` in the order of the sources. It names the files a message is
in, not the lines, and has no dates, so that a change of the sources changes only what it has to.
"""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from io import BytesIO
from pathlib import Path

import click
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from amends.language import LANGUAGES

PACKAGE = Path(__file__).parents[1] / "site" / "amends"
LOCALES = PACKAGE / "locales"
KEYWORDS = {
    "_": (1,),
    "N_": (1,),
    "gettext": (1,),
    "sentence": (1,),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
"""Each function that takes a message, and which of its arguments the message is; `c` marks a context."""

TRANSLATED = tuple(tag for tag in LANGUAGES if tag != "en")

_COMMENTS = ("Translators:",)
_JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
"""As in frame.py; a template that cannot be read is an error."""


def sources() -> list[Path]:
    """Every file of the package that may hold messages."""
    return sorted(file for file in PACKAGE.rglob("*") if file.suffix in (".py", ".html"))


def template() -> Catalog:
    """All messages of the package, not translated, in the order of the sources."""
    return deepcopy(_extracted())


@cache
def _extracted() -> Catalog:
    catalog = Catalog()
    for file in sources():
        name = file.relative_to(PACKAGE).as_posix()
        for line, message, comments, context in _messages_of(file):
            catalog.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def _messages_of(file: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    method, options = (extract_python, {}) if file.suffix == ".py" else (babel_extract, _JINJA)
    source = BytesIO(file.read_bytes())
    yield from extract(method, source, KEYWORDS, _COMMENTS, {"encoding": "utf-8", **options}, strip_comment_tags=True)


def path_of(tag: str) -> Path:
    return LOCALES / f"{tag.replace('-', '_')}.po"


def stored(tag: str) -> Catalog:
    """The catalogue of a language as it is; an empty one where there is no file yet."""
    locale, path = tag.replace("-", "_"), path_of(tag)
    return read_po(BytesIO(path.read_bytes()), locale=locale) if path.is_file() else Catalog(locale)


def updated(tag: str) -> Catalog:
    """The catalogue of a language with exactly the messages of the sources."""
    catalog = stored(tag)
    catalog.update(template(), no_fuzzy_matching=True)
    return catalog


def written(catalog: Catalog, tag: str) -> bytes:
    """A catalogue as its file: only what is needed to read it stands in its head."""
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {tag}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    body = BytesIO()
    write_po(body, catalog, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return head.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def messages_of(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms_of(message: Message) -> tuple[str, ...]:
    """The translations of a message, one for each plural form."""
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string or "",)


def missing(catalog: Catalog) -> list[Message]:
    """Those messages of which a form is not translated."""
    return [message for message in messages_of(catalog) if not all(forms_of(message))]


@click.command()
@click.argument("tags", nargs=-1, type=click.Choice(TRANSLATED))
def main(tags: tuple[str, ...]) -> None:
    """Create or update the catalogues of these languages, or of all, and say what is missing."""
    LOCALES.mkdir(exist_ok=True)
    for tag in tags or TRANSLATED:
        catalog = updated(tag)
        path_of(tag).write_bytes(written(catalog, tag))
        click.echo(f"{tag}: {len(missing(catalog))} of {len(messages_of(catalog))} messages missing")


if __name__ == "__main__":
    main()
