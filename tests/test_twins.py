"""Files that lie beside others, already compressed for the web server."""

import gzip
import os
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.generator.twins import KINDS, MIN_BYTES, names, remove_twins, write_twins

PAGE = b"<!doctype html><p>My parcel is three weeks late and nobody answers.</p>\n" * 20
UNPACK = {".gz": gzip.decompress, ".br": brotli.decompress}


def board(folder: Path, **files: bytes) -> Path:
    """A folder with these files; of their names, `__` is a slash and `_` a dot."""
    for name, body in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@given(
    body=st.binary(min_size=MIN_BYTES, max_size=3 * MIN_BYTES) | st.text(min_size=MIN_BYTES).map(str.encode),
    kind=st.sampled_from(sorted(KINDS)),
)
@settings(max_examples=40, deadline=None)
def test_a_twin_unpacks_to_the_bytes_of_its_file(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, kind: str
) -> None:
    folder = tmp_path_factory.mktemp("board")
    (folder / f"file{kind}").write_bytes(body)
    written = write_twins(folder, [f"file{kind}"])
    assert written == [f"file{kind}.gz", f"file{kind}.br"]
    packed = files_in(folder)
    assert [UNPACK[name[-3:]](packed[name]) for name in written] == [body, body]


def test_twins_are_smaller_than_their_file_and_of_its_time(tmp_path: Path) -> None:
    folder = board(tmp_path, acme__index_html=PAGE)
    os.utime(folder / "acme" / "index.html", (1_700_000_000, 1_700_000_000))
    for name in write_twins(folder, ["acme/index.html"]):
        assert (folder / name).stat().st_size < len(PAGE) / 5
        assert (folder / name).stat().st_mtime == 1_700_000_000


def test_the_same_file_has_the_same_twins_whatever_its_name_and_time(tmp_path: Path) -> None:
    one, other = board(tmp_path / "one", a_html=PAGE), board(tmp_path / "other", b_html=PAGE)
    os.utime(other / "b.html", (1_700_000_000, 1_700_000_000))
    packed = [(folder / name).read_bytes() for folder in (one, other) for name in sorted(names_of_only_file(folder))]
    assert packed[:2] == packed[2:]
    assert packed[1].startswith(b"\x1f\x8b\x08" + bytes(5))  # RFC 1952: no name, no time


def names_of_only_file(folder: Path) -> list[str]:
    (path,) = files_in(folder)
    return write_twins(folder, [path])


@pytest.mark.parametrize(
    "name", ["mark.png", "font.woff2", "page.html.gz", "page.html.br", "_headers", "Caddyfile", "pagefind/x.pf_meta"]
)
def test_what_is_no_text_or_is_compressed_gets_no_twins(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(PAGE)
    assert names(name) == ()
    assert write_twins(tmp_path, [name]) == []
    assert files_in(tmp_path) == {name: PAGE}


def test_a_small_file_gets_no_twins_and_one_that_became_small_loses_them(tmp_path: Path) -> None:
    folder = board(tmp_path, a_css=PAGE[:MIN_BYTES], b_css=PAGE[: MIN_BYTES - 1])
    assert write_twins(folder, ["a.css", "b.css"]) == ["a.css.gz", "a.css.br"]
    (folder / "a.css").write_bytes(b"p{}")
    assert write_twins(folder, ["a.css", "b.css"]) == []
    assert files_in(folder).keys() == {"a.css", "b.css"}


def test_a_changed_file_gets_new_twins_and_the_others_keep_theirs(tmp_path: Path) -> None:
    folder = board(tmp_path, a_html=PAGE, b_html=PAGE)
    write_twins(folder, ["a.html", "b.html"])
    before = files_in(folder)
    (folder / "a.html").write_bytes(PAGE + b"More.")
    assert write_twins(folder, ["a.html"]) == ["a.html.gz", "a.html.br"]
    after = files_in(folder)
    assert {name for name in after if after[name] != before[name]} == {"a.html", "a.html.gz", "a.html.br"}
    assert brotli.decompress(after["a.html.br"]) == PAGE + b"More."


def test_whatever_was_written_is_found_again_by_the_names_alone(tmp_path: Path) -> None:
    folder = board(tmp_path, a_html=PAGE, b_json=b"{}", c_png=PAGE)
    write_twins(folder, ["a.html", "b.json", "c.png"])
    remove_twins(folder, ["a.html", "b.json", "c.png", "never/there.html"])
    assert files_in(folder) == {"a.html": PAGE, "b.json": b"{}", "c.png": PAGE}
