"""Twins of files, already compressed: a web server sends `index.html.br` or `index.html.gz` for `index.html`.

How much a level of Brotli costs and saves, in CPU milliseconds and bytes, against gzip 9:

                           gzip 9           5           9           11
    a case of 11.7 KB      0.2   3,222      0.3  2,963   4.9  2,944   10.8  2,621
    a list of 24 KB        0.3   4,626      0.3  4,301   6.0  4,217   26.5  3,759
    cases.json of 193 KB   3.3  18,571      1.4 15,873  12.2 15,490  199.6 13,543

Pages are written often and most are read seldom: 5 has more than half of what can be saved for a fortieth of the time,
and 100,000 cases take 50 s with both. The same bytes give the same twins, as long as Python and Brotli stay the same.
"""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import brotli

KINDS = frozenset({".css", ".csv", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest", ".xml"})
"""What compresses: the endings of files that are text. Pictures and fonts are compressed in themselves."""
MIN_BYTES = 512
"""Smaller files get no twins: with its headers, such an answer fits into one packet either way."""

_GZIP_LEVEL = 9
_BROTLI_LEVEL = 5
_GZIP, _BROTLI = ".gz", ".br"


def names(path: str) -> tuple[str, ...]:
    """Return which twins a file can have, judged by its name alone: whoever removes it removes those that are there."""
    return (path + _GZIP, path + _BROTLI) if os.path.splitext(path)[1] in KINDS else ()


def write_twins(folder: Path, paths: Iterable[str]) -> list[str]:
    """Write the twins of these files, new or changed, in `folder`; return the names of the twins.

    A file that has become smaller than `MIN_BYTES` loses those it had. OSError where a file is missing, or where
    reading or writing fails.
    """
    written = []
    for path in paths:
        twins = names(path)
        if not twins:
            continue
        file = folder / path
        body = file.read_bytes()
        if len(body) < MIN_BYTES:
            _remove(folder, twins)
            continue
        found = file.stat()
        # Without the time of writing and the name: the same bytes for the same file.
        for twin, packed in zip(twins, (gzip.compress(body, _GZIP_LEVEL, mtime=0), _brotli(body)), strict=True):
            (folder / twin).write_bytes(packed)
            # nginx takes the date that it sends from the twin, and asks that both have the same.
            os.utime(folder / twin, ns=(found.st_atime_ns, found.st_mtime_ns))
            written.append(twin)
    return written


def remove_twins(folder: Path, paths: Iterable[str]) -> None:
    """Remove what twins these files have: where they were removed, or changed by a build that writes no twins.

    A twin that outlives its file's change is sent instead of it. OSError where removing fails.
    """
    for path in paths:
        _remove(folder, names(path))


def _remove(folder: Path, twins: Iterable[str]) -> None:
    for twin in twins:
        (folder / twin).unlink(missing_ok=True)


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_LEVEL)
    return packed
