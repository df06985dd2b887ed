"""What a build wrote is checked before it is swapped in: files are pages, links lead somewhere, sizes are sane.

A page is looked at twice at most. At first sight everything that could be a link is found by one pattern, which finds
too much and never too little, and most of it was judged on a page before. Only where something is left that leads
nowhere is the page read as HTML, which takes a hundred times as long, and only that reading finds fault.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

MAX_PAGE_BYTES = 4 * 2**20
"""The largest page. On a board of 2,000 cases the largest has 38 KB. A case of 4,000 characters with 20 replies of
10,000 has 0.4 MB in English and 2.3 MB where every character has to be escaped: what is larger is a list without end.
"""
MAX_SITEMAP_BYTES = 50 * 2**20
"""The largest file of a sitemap (https://www.sitemaps.org/protocol.html)."""
MAX_FILE_BYTES = 100 * 2**20
"""The largest of the other files: GitHub refuses larger ones. It has room for `cases.json` of 100,000 cases."""

ENOUGH = 100
"""With so many problems of the board's own, looking for more only takes time."""

_LINKS = ("href", "src", "action", "srcset")
_PAGES = (".html", ".svg")
"""The files that have places to jump to."""
_REMEMBERED = 2**14
"""So many addresses are remembered: 3 MB, and more than the pages of some hundred cases have in common."""

# `="` is rarer than the space before a name, and the letter before `=` decides for nearly all of them. What is written
# `href = x` is found by its space. What is found too much (`data-href`, words of people) the second reading leaves out.
_CANDIDATE = re.compile(
    rb"=(?<=[fFcCtTnN\s]=)(?:(?<=[hH][rR][eE][fF]=)|(?<=[sS][rR][cC]=)|(?<=[rR][cC][sS][eE][tT]=)|(?<=[cC][tT][iI][oO][nN]=)"
    rb"""|(?<=\s=))\s*("[^"]*"|'[^']*'|[^\s>]*)"""
)
_SEVERAL = re.compile(r"[\s,]")
"""What a `srcset` has between its addresses."""
_IMAGE = re.compile(r"[^\s,](?:\S*[^\s,])?(?=[\s,]|$)[^,]*")
"""One address of a `srcset` with its width or density (HTML Standard, "parse a srcset attribute")."""
_ANCHOR = re.compile(rb'"#[a-zA-Z][a-zA-Z0-9-]*"')
_TAG = re.compile(rb'<[a-zA-Z][a-zA-Z0-9]*(?:\s+[a-zA-Z:-]+(?:="[^"]*")?)*\s*/?>')
_STRIPPED = "".join(map(chr, range(33)))
"""What the URL Standard strips from both ends of an address."""
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str | None, int | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a page or file, in words that go on after its name.

    `given` is true where a person gave the address: their words and the settings of companies are linked with
    `rel="nofollow"`. Such a link is to be told to somebody; it is no reason to keep a board from being swapped in.
    """

    page: str
    what: str
    given: bool = False


class Checker:
    """Checks files in the folder of a new board, which is going to be served at `base_url`, ending in a slash.

    `exists` says of a file by its path in the folder, `acme/index.html` for `/acme/`, whether it is part of the board:
    it is asked for what links lead to, and its answers are remembered. Where another server answers below the same
    address (a service at the board's own root), it says yes to what that one serves, too.

    Every page that links jump into has to be written before the first check. A checker belongs to one process.
    """

    def __init__(self, folder: Path, base_url: str, exists: Callable[[str], bool]) -> None:
        base = urlsplit(base_url)
        self._folder = os.path.realpath(folder)
        self._base_url = base_url
        self._root = base.path
        self._origin = _origin(base)
        self._exists = lru_cache(_REMEMBERED)(exists)
        self._is_folder = lru_cache(_REMEMBERED)(self._is_folder_itself)
        self._other = lru_cache(8)(self._body_of)
        self._fine: set[bytes] = set()
        host, root = re.escape(base.hostname or ""), re.escape(self._root)
        # The addresses that differ from page to page, in their usual form: all others take the way of `_trouble`.
        here = re.escape(f"{base.scheme}://{base.netloc}")
        self._here = re.compile(rf'"(?:{here})?{root}((?:[a-z0-9_-]+/)*)"'.encode())
        self._elsewhere = re.compile(rf'"https?://(?!{host}["/?#])[a-z0-9.-]+[/?#](?:[^\s,&"]|&amp;)*"'.encode())

    def check(self, paths: Iterable[str]) -> list[Problem]:
        """Return what is wrong with the files that should be at these paths; after `ENOUGH` of it look for no more.

        Each has to be a regular file below the folder, not reached by a link, and within its size. Every `href`, `src`,
        `srcset` and `action` of a page that points into the board leads to a file of it, and a fragment to an id there.
        """
        found: list[Problem] = []
        own = 0
        for path in paths:
            more = self._check(path)
            found += more
            own += sum(not problem.given for problem in more)
            if own >= ENOUGH:
                break
        return found

    def strangers(self, paths: Iterable[str]) -> list[Problem]:
        """Return which files lie beside those at these paths and neither are among them nor part of the board.

        To be asked where `check` found no fault with the paths. Folders beside them are not looked into.
        """
        asked = set(paths)
        found = []
        for folder in sorted({path.rpartition("/")[0] for path in asked}):
            with os.scandir(f"{self._folder}/{folder}") as entries:
                names = sorted(entry.name for entry in entries if not entry.is_dir(follow_symlinks=False))
            beside = [f"{folder}/{name}".lstrip("/") for name in names]
            found += [path for path in beside if path not in asked and not self._exists(path)]
        return [Problem(path, "was written, but is no page or file of the board") for path in found]

    # --- One file ---

    def _check(self, path: str) -> list[Problem]:
        if "\0" in path or any(piece in ("", ".", "..") for piece in path.split("/")):
            return [Problem(path, "is no name of a file below the folder")]
        is_page = path.endswith(".html")
        try:
            size, body = _read(f"{self._folder}/{path}", whole=is_page)
        except (FileNotFoundError, NotADirectoryError):
            return [Problem(path, "was not written")]
        except OSError as error:
            return [Problem(path, _refused(f"{self._folder}/{path}", error))]
        if not self._is_folder(path.rpartition("/")[0]):
            return [Problem(path, "lies outside of the folder: a folder on the way to it is a link")]
        limit = _limit(path)
        if size > limit:
            return [Problem(path, f"has {size:,} bytes, more than the {limit:,} that one of its kind may have")]
        return self._links(path, body) if is_page else []

    def _is_folder_itself(self, folder: str) -> bool:
        """Whether a path leads to its folder and through folders only, by no link."""
        if not folder:
            return True
        above = folder.rpartition("/")[0]
        return self._is_folder(above) and stat.S_ISDIR(os.lstat(f"{self._folder}/{folder}").st_mode)

    def _body_of(self, path: str) -> bytes:
        return _read(f"{self._folder}/{path}", whole=True)[1]

    # --- Its links ---

    def _links(self, page: str, body: bytes) -> list[Problem]:
        for value in set(_CANDIDATE.findall(body)) - self._fine:
            if not self._is_fine(page, body, value):
                return self._faults(page, body)
        return []

    def _faults(self, page: str, body: bytes) -> list[Problem]:
        found = []
        for name, address, given in _read_html(body).links:
            trouble = self._trouble(page, body, address)
            if trouble:
                found.append(Problem(page, f'{name}="{address}" {trouble}', given))
        return found

    def _is_fine(self, page: str, body: bytes, value: bytes) -> bool:
        """Whether what may be a link is none that leads nowhere, as it stands in the page with its quotation marks."""
        here = self._here.fullmatch(value)
        if here:
            file = here[1].decode() + "index.html"
            fine = file == page or self._exists(file)
        elif _ANCHOR.fullmatch(value):
            return _has_id(body, value[2:-1].decode())
        elif self._elsewhere.fullmatch(value):
            return True
        else:
            address = unescape((value[1:-1] if value[:1] in (b'"', b"'") else value).decode("utf-8", "replace"))
            fine = not _SEVERAL.search(address) and not self._trouble(page, body, address)
        if fine and value.startswith((b'"/', b'"http://', b'"https://')):  # the same from every page
            if len(self._fine) >= _REMEMBERED:
                self._fine.clear()
            self._fine.add(value)
        return fine

    def _trouble(self, page: str, body: bytes, address: str) -> str | None:
        """Return what is wrong with an address that a page links to, or None."""
        address = re.sub("[\t\r\n]", "", address.strip(_STRIPPED))
        try:
            target = urlsplit(urljoin(self._address(page), address))
            if _origin(target) != self._origin:
                return None
            absolute = bool(urlsplit(address).netloc)
        except ValueError:
            return "is no address"
        path = unquote(target.path)
        if not path.startswith(self._root):
            return None if absolute else f"leads out of the board, which lies below {self._root}"
        file = path[len(self._root) :]
        if not file or file.endswith("/"):
            file += "index.html"
        if file != page and not self._exists(file):
            return "leads to nothing that is on the board"
        return self._astray(page, body, file, unquote(target.fragment.partition(":~:")[0]))

    def _astray(self, page: str, body: bytes, file: str, name: str) -> str | None:
        """Return what is wrong with a fragment; an empty one and `top` always lead to the top (HTML Standard)."""
        if not name or name.lower() == "top" or not file.endswith(_PAGES):
            return None
        try:
            there = body if file == page else self._other(file)
        except OSError:
            return f"leads into {file}, which cannot be read"
        return None if _has_id(there, name) else f"leads to a place that {file} does not have"

    def _address(self, page: str) -> str:
        folder, slash, name = page.rpartition("/")
        return self._base_url + quote(folder + slash + ("" if name == "index.html" else name))


def merging(paths: Collection[str]) -> list[Problem]:
    """Return which of the paths some file systems, or Frozen-Flask, take for one and the same file.

    Frozen-Flask writes names in NFC, macOS compares them without regard to normalisation and, as Windows does, to
    capital letters: two names are alike by canonical caseless matching (The Unicode Standard, 3.13, D145).
    """
    # Nearly all names are their own folded form. Those need no place in memory to find those that meet the others.
    folded = {_folded(path) for path in paths if not _is_folded(path)}
    first: dict[str, str] = {}
    found = []
    for path in paths:
        key = path if _is_folded(path) else _folded(path)
        if key in folded and first.setdefault(key, path) != path:
            found.append(Problem(path, f"is the same file as {first[key]} to some file systems"))
    return found


def _is_folded(path: str) -> bool:
    return path.isascii() and path == path.lower()


def _folded(path: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _limit(path: str) -> int:
    if path.endswith(".html"):
        return MAX_PAGE_BYTES
    return MAX_SITEMAP_BYTES if path.startswith("sitemap") else MAX_FILE_BYTES


def _origin(parts: SplitResult) -> Origin:
    """Return scheme, host and port; ValueError where an address has a port that is none."""
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


# --- Reading ---


def _read(path: str, *, whole: bool) -> tuple[int, bytes]:
    """Return the size of a regular file and, where asked, its bytes; OSError for anything else, a link too."""
    # A pipe would keep whoever opens it waiting.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("no regular file")
        return found.st_size, os.read(handle, found.st_size) if whole else b""
    finally:
        os.close(handle)


def _refused(path: str, error: OSError) -> str:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return f"cannot be read: {error}"
    if stat.S_ISLNK(mode):
        return "is a link, not a file of its own"
    return f"cannot be read: {error}" if stat.S_ISREG(mode) else "is no regular file"


def _has_id(body: bytes, name: str) -> bool:
    """Whether a page has a place of this name: at first sight of a plain tag, else by reading all of the page."""
    # What is in a value or a text cannot pass for a tag: Jinja, bleach and JSON-LD write no `<` there.
    at = body.find(b' id="%s"' % escape(name).encode("utf-8", "replace"))
    if at >= 0 and body.find(b"<!--", 0, at) < 0:
        tag = _TAG.match(body, body.rfind(b"<", 0, at))
        if tag and tag.end() > at:
            return True
    return name in _read_html(body).ids


class _Read(HTMLParser):
    """The links of a page, each with its attribute and whether a person gave it, and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[tuple[str, str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a tag has; of two attributes of one name the first counts."""
        facts = {name: value or "" for name, value in reversed(attrs)}
        self.ids |= {facts[name] for name in ("id", *(["name"] if tag == "a" else [])) if facts.get(name)}
        given = "nofollow" in facts.get("rel", "").split()
        for name in _LINKS:
            if name in facts:
                self.links += [(name, address, given) for address in _addresses(name, facts[name])]


def _addresses(name: str, value: str) -> list[str]:
    return [image[0].split()[0].rstrip(",") for image in _IMAGE.finditer(value)] if name == "srcset" else [value]


def _read_html(body: bytes) -> _Read:
    read = _Read()
    read.feed(body.decode("utf-8", "replace"))
    read.close()
    return read
