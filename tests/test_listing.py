"""What stands where in the folder of a record: every file is read, named as misplaced, or nobody's business."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amends.record import Fault
from amends.record.listing import Listing, Role, inner, list_folder, misplaced, roles
from tests.effort import EFFORT
from tests.factories import company_toml, put


def walk(content: Path, path: str = "") -> Iterator[Listing]:
    listing = list_folder(content, path)
    yield listing
    for folder in inner(listing):
        yield from walk(content, folder)


def read_of(content: Path) -> dict[str, Role]:
    """All files that belong to the record, by their paths."""
    return {listing.below(name): role for listing in walk(content) for name, role in roles(listing)}


def faults_of(content: Path) -> list[Fault]:
    return [fault for listing in walk(content) for fault in misplaced(listing)]


def a_folder(content: Path, *paths: str) -> Path:
    """A folder with these files in it, and acme's settings."""
    for path in ("acme/company.toml", *paths):
        put(content / path, company_toml())
    return content


READ = {
    "board.toml": Role.BOARD,
    "about.md": Role.PAGE,
    "rules.md": Role.PAGE,
    "privacy.md": Role.PAGE,
    "acme/company.toml": Role.COMPANY,
    "acme/ledger/2026-11.csv": Role.LEDGER,
    "acme/ledger/older.csv": Role.LEDGER,
    "acme/updates/new-carrier.md": Role.UPDATE,
    "acme/answers/where-is-it.md": Role.ANSWER,
    "acme/2026/11/7k3m9qxz.md": Role.CASE,
    "acme/2026/11/notes.md": Role.CASE,
    "acme/2026/drafts/7k3m9qxz.md": Role.CASE,
    "acme/0000/99/7k3m9qxz.md": Role.CASE,
    "acme/2026/11/A name with spaces.md": Role.CASE,
}

MISPLACED = {
    "acme/7k3m9qxz.md": "acme/7k3m9qxz.md",
    "acme/2026/7k3m9qxz.md": "acme/2026/7k3m9qxz.md",
    "acme/2026/11/old/7k3m9qxz.md": "acme/2026/11/old/7k3m9qxz.md",
    "acme/2026/11/a\nb.md": "acme/2026/11",
    "acme/updates/New Carrier.md": "acme/updates/New Carrier.md",
    "acme/updates/photo.jpg": "acme/updates/photo.jpg",
    "acme/answers/\u00fc.md": "acme/answers/\\xfc.md",
    "acme/updates": "acme/updates",
    "acme/answers": "acme/answers",
    "bolt/2026/11/7k3m9qxz.md": "bolt/company.toml",
    "desk/company.toml": "desk/company.toml",
    "Acme/company.toml": "Acme/company.toml",
}
"""Files in the wrong place, each with the path that is named."""

NOBODYS = [
    "README.md",
    "company.toml",
    ".git/config",
    ".git/2026/11/7k3m9qxz.md",
    "images/logo.md",
    "acme/logo.svg",
    "acme/images/7k3m9qxz.md",
    "acme/20261/11/7k3m9qxz.md",
    "acme/ledger/notes.md",
    "acme/ledger/2026/2026-11.csv",
    "acme/updates/2026/new-carrier.md",
    "acme/2026/notes.txt",
    "acme/2026/11/photo.jpg",
    "acme/2026/11/.7k3m9qxz.md",
    "acme/2026/.trash/7k3m9qxz.md",
    "acme/2026/11/old/older/7k3m9qxz.md",
]


@pytest.mark.parametrize(("path", "role"), READ.items())
def test_a_file_in_its_place_is_what_its_place_says(tmp_path: Path, path: str, role: Role) -> None:
    content = a_folder(tmp_path, path)
    assert read_of(content) == {"acme/company.toml": Role.COMPANY, path: role}
    assert faults_of(content) == []


@pytest.mark.parametrize(("path", "named"), MISPLACED.items())
def test_a_file_in_the_wrong_place_is_named_and_not_read(tmp_path: Path, path: str, named: str) -> None:
    content = a_folder(tmp_path, path)
    assert read_of(content) == {"acme/company.toml": Role.COMPANY}
    (fault,) = faults_of(content)
    assert fault.path == named


@pytest.mark.parametrize("path", NOBODYS)
def test_what_is_nobodys_business_is_neither_read_nor_named(tmp_path: Path, path: str) -> None:
    content = a_folder(tmp_path, path)
    assert read_of(content) == {"acme/company.toml": Role.COMPANY}
    assert faults_of(content) == []


@pytest.mark.parametrize("path", ["bolt", "acme/2026", "acme/ledger", "acme/2026/11", "acme/2026/11/old"])
def test_a_link_to_a_folder_is_named_and_nothing_behind_it_is_read(tmp_path: Path, path: str) -> None:
    content, elsewhere = a_folder(tmp_path / "content"), a_folder(tmp_path / "elsewhere", "2026/11/7k3m9qxz.md")
    (content / path).parent.mkdir(parents=True, exist_ok=True)
    (content / path).symlink_to(elsewhere)
    assert read_of(content) == {"acme/company.toml": Role.COMPANY}
    assert [(fault.path, fault.found) for fault in faults_of(content)] == [(path, "a symbolic link")]


def test_a_folder_that_is_called_like_a_case_counts_as_its_file(tmp_path: Path) -> None:
    content = a_folder(tmp_path, "acme/2026/11/7k3m9qxz.md/notes.md")
    assert read_of(content)["acme/2026/11/7k3m9qxz.md"] is Role.CASE


def test_a_name_that_is_not_utf_8_is_told_in_letters_that_can_be_printed(tmp_path: Path) -> None:
    content = a_folder(tmp_path)
    (content / "acme/2026/11").mkdir(parents=True)
    (content / "acme/2026/11" / os.fsdecode(b"J\xfcrgen.md")).touch()
    (fault,) = faults_of(content)
    assert str(fault) == r"acme/2026/11: found a file with the name 'J\udcfcrgen.md', expected <number>.md"


def test_a_folder_is_as_young_as_its_youngest_file(tmp_path: Path) -> None:
    a_folder(tmp_path, "board.toml", "about.md", ".hidden.md")
    os.utime(tmp_path / "about.md", ns=(0, 2**62))
    os.utime(tmp_path / ".hidden.md", ns=(0, 2**62 + 1))
    assert list_folder(tmp_path, "").youngest == 2**62


@pytest.mark.parametrize("folder", ["nowhere", "board.toml"])
def test_a_folder_that_is_not_there_cannot_be_listed(tmp_path: Path, folder: str) -> None:
    with pytest.raises((FileNotFoundError, NotADirectoryError)):
        list_folder(a_folder(tmp_path, "board.toml"), folder)


# --- Whatever files there are ---

_RULES: list[tuple[str, Role | str]] = [
    (r"(?:.*/)?\..*", "nobody's"),
    (r"board\.toml", Role.BOARD),
    (r"(?:about|rules|privacy)\.md", Role.PAGE),
    (r"COMPANY/company\.toml", Role.COMPANY),
    (r"[^/]+/company\.toml", "misplaced"),
    (r"COMPANY/ledger/[^/]+\.csv", Role.LEDGER),
    (r"COMPANY/updates/[a-z0-9-]+\.md", Role.UPDATE),
    (r"COMPANY/answers/[a-z0-9-]+\.md", Role.ANSWER),
    (r"COMPANY/(?:updates|answers)(?:/[^/]+)?", "misplaced"),
    (r"COMPANY/[0-9]{4}/[^/]+/[^/]+\.md", Role.CASE),
    (r"COMPANY(?:/[0-9]{4}(?:/[^/]+/[^/]+)?)?/[^/]+\.md", "misplaced"),
    (r".*", "nobody's"),
]
"""What a file is, by its path: the first rule that fits. COMPANY is a slug, and has settings."""

_FOLDERS = st.sampled_from(["acme", "bolt", "desk", "2026", "0000", "20261", "11", "ledger", "updates", ".git", "old"])
_FILES = st.sampled_from(
    ["board.toml", "about.md", "company.toml", "7k3m9qxz.md", "A b.md", ".x.md", "2026-11.csv", "x.txt", "answers"]
)
_PATHS = st.tuples(st.lists(_FOLDERS, max_size=5), _FILES).map(lambda parts: "/".join([*parts[0], parts[1]]))
_LIKELY = st.builds("{}/{}/{}".format, st.just("acme"), st.sampled_from(["2026/11", "2026", "ledger"]), _FILES)


def what(path: str, companies: set[str]) -> Role | str:
    slugs = "|".join(sorted(companies)) or "(?!)"
    return next(is_ for rule, is_ in _RULES if re.fullmatch(rule.replace("COMPANY", f"(?:{slugs})"), path))


@given(st.lists(_PATHS | _LIKELY, max_size=12, unique=True), st.sets(st.sampled_from(["acme", "bolt"])))
@settings(max_examples=75 * EFFORT, deadline=None)
@example(["bolt/2026/11/7k3m9qxz.md", "acme/2026/11/old/7k3m9qxz.md"], {"acme"})
def test_every_file_is_read_or_named_or_nobodys_business(paths: list[str], companies: set[str]) -> None:
    with TemporaryDirectory() as folder:
        content = Path(folder)
        for path in [*(f"{slug}/company.toml" for slug in companies), *paths]:
            if not (content / path).exists() and not any((content / above).is_file() for above in Path(path).parents):
                put(content / path, "")
        files = [path.relative_to(content).as_posix() for path in content.rglob("*") if path.is_file()]
        with_settings = {path.parent.name for path in content.glob("*/company.toml")} - {"desk", "updates", ".git"}
        as_they_are = {path: what(path, with_settings) for path in files}
        without = {
            f"{path.parent.name}/company.toml"
            for path in content.glob("[!.]*/[0-9][0-9][0-9][0-9]")
            if path.is_dir() and not (path.parent / "company.toml").exists()
        }
        assert read_of(content) == {path: is_ for path, is_ in as_they_are.items() if isinstance(is_, Role)}
        named = [fault.path for fault in faults_of(content)]
        assert sorted(named) == sorted({path for path, is_ in as_they_are.items() if is_ == "misplaced"} | without)
