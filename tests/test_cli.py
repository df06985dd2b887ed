"""The command, and starting a record with it."""

import gzip
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import brotli
import pytest
from click.testing import CliRunner, Result

from amends.cli import main
from amends.commands.bar import Bar
from amends.generator.generations import Generations
from amends.inbox import Inbox, people, sessions
from amends.record import exclusive, write_case
from amends.shelves import scan
from tests.factories import NUMBER, OTHER_NUMBER, a_case, after, an_event, make_board, put
from tests.house import House

ADD = ("--name", "Acme", "--url", "https://acme.example/")


def run(house: House, *arguments: object) -> Result:
    environ = {"AMENDS_INSTANCE": str(house.settings.instance), "AMENDS_CONTENT": str(house.content)}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environ)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("init", "CONTENT"), "is a board already"),
        (("company", "add", "acme", *ADD), "there is a company acme already"),
        (("company", "add", "desk", *ADD), "'desk' cannot be a company's address"),
        (("company", "add", "../away", *ADD), "'../away' cannot be a company's address"),
        (("company", "add", "new-one", "--name", "N", "--url", "no address"), "new-one/company.toml:"),
        (("company", "add", "new-one", *ADD, "--content", "NOWHERE"), "is no board"),
        (("staff", "add", "olga", "--company", "../away"), "no company ../away in"),
        (("snippet", "nobody"), "no company nobody: there are acme, bolt"),
    ],
)
def test_what_cannot_be_is_wrong_usage_and_nothing_is_written(
    house: House, arguments: tuple[str, ...], why: str
) -> None:
    before = files_of(house.content)
    places = {"CONTENT": str(house.content), "NOWHERE": str(house.folder / "nowhere")}
    result = run(house, *(places.get(argument, argument) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert why in " ".join(re.sub("[│╭╰─]", " ", result.output).split())
    assert files_of(house.content) == before
    assert not (house.folder / "nowhere").exists()


def test_a_password_is_printed_only_where_it_was_made_up(house: House) -> None:
    given = run(house, "staff", "add", "olga", "--company", "acme", "--password", "chosen by herself")
    made = run(house, "staff", "add", "bo", "--company", "acme")
    assert given.exit_code == made.exit_code == 0
    assert "chosen by herself" not in given.output
    password = re.search(r"^password: (\S{12,})$", made.output, re.MULTILINE)
    assert password
    with house.inbox.reading() as connection:
        assert people.sign_in(connection, "bo", password[1])
        assert people.sign_in(connection, "olga", "chosen by herself")


def test_migrate_makes_the_tables(tmp_path: Path) -> None:
    environ = {"AMENDS_INSTANCE": str(tmp_path / "instance")}
    result = CliRunner().invoke(main, ["migrate"], env=environ)
    assert result.exit_code == 0
    inbox = Inbox(f"sqlite:///{tmp_path / 'instance' / 'amends.db'}")
    with inbox.reading() as connection:
        assert sessions.get(connection, "", House.now) is None
    inbox.close()


# --- Building ---

NOW = "2026-11-02T12:00:00Z"


def amends(*arguments: object) -> Result:
    """Run a command on a record that has no service."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"SOURCE_DATE_EPOCH": None})


def build_of(folder: Path, *arguments: object) -> Result:
    places = ("--out", folder / "public", "--cache", folder / "cache")
    return amends("build", folder / "content", *places, "--now", NOW, *arguments)


def a_fault(folder: Path) -> Path:
    """Make a case file faulty; return it."""
    (path,) = (folder / "content").rglob(f"{NUMBER}.md")
    path.write_text(path.read_text().replace("kind: complaint", "kind: rant"))
    return path


def test_a_build_tells_in_one_line_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "YOUNG", 0)
    make_board(tmp_path, a_case(text="x"), a_case(number=OTHER_NUMBER, text="y"))
    first, second = build_of(tmp_path), build_of(tmp_path)
    form = r"%s/public: (\d+) pages of 2 cases, (\d+) changed, 0 removed, in \d+\.\d s\n"
    (pages, changed), (same, none) = (
        re.fullmatch(form % re.escape(str(tmp_path)), run.stdout).groups()  # type: ignore[union-attr]
        for run in (first, second)
    )
    assert pages == changed == same
    assert none == "0"
    assert first.stderr == second.stderr == ""


def test_every_fault_is_told_with_its_place_and_what_stands_there_instead(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="x"), a_case(number=OTHER_NUMBER, text="y"))
    build_of(tmp_path)
    path = a_fault(tmp_path)
    new = put(path.with_name("9zzz9zzz.md"), "no front matter")
    (content / "acme" / "2026" / "lost.md").write_text("x")
    result = build_of(tmp_path)
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert f"{path}:3: kind: found 'rant', expected one of complaint, question, idea, praise" in lines
    assert any(line.startswith(f"{new}:1: ") for line in lines)
    table = [re.split("  +", line.strip()) for line in lines[lines.index("In place of files with faults:") + 1 :]]
    assert sorted(table[1:]) == [
        ["acme", "2026/lost.md", "nothing: it is left out"],
        ["acme", NUMBER, "as it was before the fault"],
        ["acme", "9zzz9zzz", "a placeholder, counted as unanswered"],
    ]
    assert result.stdout.endswith("; 3 faults\n")


def test_a_strict_build_with_a_fault_fails_and_swaps_nothing_in_each_time_it_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "YOUNG", 0)
    make_board(tmp_path, a_case(text="x"))
    build_of(tmp_path)
    before = files_of(tmp_path / "public")
    path = a_fault(tmp_path)
    for arguments in (("--strict",), ("--strict",), ("--strict", "--quiet")):
        result = build_of(tmp_path, *arguments)
        assert result.exit_code == 1
        assert f"{path}:3: kind: found" in result.stderr
        assert result.stdout == ""
        assert files_of(tmp_path / "public") == before
    assert build_of(tmp_path).exit_code == 0
    assert build_of(tmp_path, "--strict").exit_code == 1


def test_a_quiet_build_says_nothing_but_faults_and_failures(tmp_path: Path) -> None:
    make_board(tmp_path, a_case(an_event("reply", 100), text="x"))
    assert "does not count yet" in build_of(tmp_path).stderr
    assert build_of(tmp_path, "--quiet").output == ""
    path = a_fault(tmp_path)
    assert build_of(tmp_path, "--quiet").output.splitlines() == [
        f"{path}:3: kind: found 'rant', expected one of complaint, question, idea, praise"
    ]


def test_a_verbose_build_tells_where_the_time_went_and_when_the_board_changes_by_itself(tmp_path: Path) -> None:
    make_board(tmp_path, a_case(text="x"))
    told = build_of(tmp_path, "--verbose").stdout.splitlines()
    assert len([line for line in told if " ms  /" in line]) == 10
    assert [line.split()[2] for line in told if " s   " in line][:5] == [
        *("Looking", "Reading", "Deriving", "Writing", "Checking")
    ]
    assert "next due 2026-11-03T00:00:00Z" in told


def test_on_github_a_fault_is_an_annotation_beside_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_board(tmp_path, a_case(an_event("reply", 100), topic="delivry", text="x"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    file = f"content/acme/2026/11/{NUMBER}.md"
    later = f"::warning::acme/2026/11/{NUMBER}.md: what it says of later than {NOW} does not count yet\n"
    assert later in build_of(tmp_path, "--format", "github").stdout
    warned = amends("check", tmp_path / "content", "--format", "github", "--now", NOW).stdout
    assert f"::warning file={file}::topic: found 'delivry', expected one of" in warned
    a_fault(tmp_path)
    for result in (
        build_of(tmp_path, "--format", "github"),
        build_of(tmp_path, "--format", "github", "--strict"),
        amends("check", tmp_path / "content", "--format", "github"),
    ):
        assert f"::error file={file},line=3::kind: found 'rant', expected one of" in result.stdout


def test_a_build_of_named_files_looks_at_no_others(tmp_path: Path) -> None:
    make_board(tmp_path, a_case(text="x"), a_case(number=OTHER_NUMBER, text="y"))
    build_of(tmp_path)
    first, second = sorted((tmp_path / "content").rglob("????????.md"))
    for path in (first, second):
        path.write_text(f"{path.read_text()}\nMore of {path.stem}.\n")
    # Whoever names one file of a month has both looked at: they stand in one folder.
    moved = second.parent.parent / "12" / second.name
    assert build_of(tmp_path, "--changed", first).exit_code == 0
    page = tmp_path / "public" / "acme" / first.stem / "index.html"
    assert f"More of {first.stem}." in page.read_text()
    put(moved.with_name("1abc1def.md"), "no front matter")
    assert "1abc1def" not in build_of(tmp_path, "--changed", first).output
    assert "1abc1def" in build_of(tmp_path, "--changed", moved.with_name("1abc1def.md")).output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--quiet", "--verbose"), "exclude each other"),
        (("--changed", "/etc/hostname"), "should be a file in"),
        (("--jobs", "0"), "0 is not in the range"),
        (("--format", "xml"), "'xml' is not one of"),
        (("--base-url", "board"), "--base-url is 'board'; it should be"),
        (("--now", "now"), "--now is 'now'; it should be a time like"),
    ],
)
def test_bad_arguments_of_a_build_are_wrong_usage_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    make_board(tmp_path)
    result = build_of(tmp_path, *arguments)
    assert result.exit_code == 2
    assert why in " ".join(re.sub("[│╭╰─]", " ", result.stderr).split())
    assert not (tmp_path / "public").exists()


def test_twins_are_of_what_stands_there_and_a_build_without_them_leaves_none(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="x"), a_case(number=OTHER_NUMBER, text="y"))
    public = tmp_path / "public"
    assert build_of(tmp_path, "--compress").exit_code == 0
    assert twins_are_true(public) > 20
    (path,) = content.rglob(f"{NUMBER}.md")
    path.write_text(path.read_text() + "\nMore.\n")
    told = build_of(tmp_path, "--compress").stdout
    assert f" {len(list(public.rglob('*.html')))} changed" not in told
    twins_are_true(public)
    path.unlink()
    assert " 0 removed" not in build_of(tmp_path, "--compress").stdout
    assert not list((public / "acme").glob(f"{NUMBER}/*"))
    twins_are_true(public)
    assert build_of(tmp_path).exit_code == 0
    assert not [*public.rglob("*.gz"), *public.rglob("*.br")]
    build_of(tmp_path, "--compress")
    assert twins_are_true(public) > 20


def test_a_twin_is_on_disk_before_the_board_is_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_board(tmp_path, a_case(text="x"))
    build_of(tmp_path, "--compress")
    next((tmp_path / "content").rglob(f"{NUMBER}.md")).write_text(write_case(a_case(text="y")))
    synced: set[str] = set()
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.add(os.readlink(f"/proc/self/fd/{handle}").rpartition("/.public.next/")[2])
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    build_of(tmp_path, "--compress")
    page = f"acme/{NUMBER}/index.html"
    assert {page, f"{page}.gz", f"{page}.br"} <= synced


def test_what_a_build_that_failed_left_undone_the_next_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "YOUNG", 0)
    make_board(tmp_path, a_case(text="x"))
    build_of(tmp_path)
    next((tmp_path / "content").rglob(f"{NUMBER}.md")).write_text(write_case(a_case(text="Another text.")))

    def fail(_: Generations) -> str:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Generations, "finish", fail)
        result = build_of(tmp_path)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert build_of(tmp_path).exit_code == 0
    assert "Another text." in (tmp_path / "public" / "acme" / NUMBER / "index.html").read_text()


def twins_are_true(public: Path) -> int:
    """Compare every twin with its file; return how many there are. Every page of some size has both."""
    found = [*public.rglob("*.gz"), *public.rglob("*.br")]
    for twin in found:
        unpack = gzip.decompress if twin.suffix == ".gz" else brotli.decompress
        assert unpack(twin.read_bytes()) == twin.with_suffix("").read_bytes(), twin
    pages = [page for page in public.rglob("*.html") if page.stat().st_size >= 512]
    assert {f"{page}{suffix}" for page in pages for suffix in (".gz", ".br")} <= set(map(str, found))
    return len(found)


def test_a_build_in_which_nothing_has_changed_needs_nothing_that_writes_pages(tmp_path: Path) -> None:
    make_board(tmp_path, a_case(text="x"))
    arguments = ["build", "content", "--out", "public", "--cache", "cache", "--now", NOW]
    program = (
        "import sys; from amends.cli import main; from amends.shelves import scan; scan.YOUNG = 0\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "heavy = {'flask', 'jinja2', 'babel', 'sqlalchemy', 'alembic', 'werkzeug', 'bleach', 'markdown'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    for told, heavy in ((" changed", True), (" 0 changed", False)):
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert told in done.stdout
        assert ("flask" in done.stdout) == heavy
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", main.commands)
def test_every_command_is_found_under_its_name(name: str) -> None:
    assert main.commands[name].name == name
    assert amends(name, "--help").exit_code == 0


def test_a_bar_shows_how_far_long_work_is_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def followed(*, terminal: bool, seconds: float) -> str:
        instants = iter([0.0, *[seconds] * 9])
        error = io.StringIO()
        error.isatty = lambda: terminal  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stderr", error)
        portions = [[1, 2], [3], [4, 5]]
        assert list(Bar(lambda: next(instants))("Writing", 5, portions, len)) == portions
        return error.getvalue()

    assert followed(terminal=False, seconds=2.0) == followed(terminal=True, seconds=0.5) == ""
    shown = followed(terminal=True, seconds=2.0)
    assert re.search(r"Writing.* 2/5 .* 3/5 .* 5/5", shown.replace("\r", " ").replace("\n", " "))


# --- Looking for faults ---


def test_a_check_tells_all_that_is_wrong_at_once_even_where_the_settings_are(tmp_path: Path) -> None:
    content = make_board(
        tmp_path, a_case(topic="service", text="x"), a_case(number=OTHER_NUMBER, topic="other", text="y")
    )
    fine = amends("check", content, "--now", NOW)
    assert fine.exit_code == 0
    assert re.fullmatch(r".*content: 2 cases of 1 company, no fault, in \d+\.\d s\n", fine.output)
    path = a_fault(tmp_path)
    (content / "board.toml").write_text('titel = "x"\n')
    (content / "acme" / "company.toml").write_text('name = "Acme"\nurl = 3\n')
    result = amends("check", content, "--now", NOW)
    assert result.exit_code == 1
    told = result.stderr.splitlines()
    assert any(line.startswith(f"{content}/board.toml:1: titel: ") and "did you mean title?" in line for line in told)
    assert any(line.startswith(f"{content}/acme/company.toml:2: url: ") for line in told)
    assert any(line.startswith(f"{path}:3: kind: found 'rant'") for line in told)
    assert "2 cases of 1 company, 3 faults, in" in result.stdout
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        (f"acme/2026/11/{NUMBER}.md.md", "x", "found "),
        (f"acme/2026/11/{NUMBER}.markdown", "x", "found a file that is no case, expected <number>.md: it is not read"),
        ("acme/2026/13/x.txt", "x", "found a name that is no month, expected 01 to 12"),
        ("acme/ledger/2026-13.csv", "case,received,reply_by,outcome,at,first_reply\n", "<year>-<month>.csv"),
        ("acme/update/x.md", "x", "(did you mean updates?)"),
        ("abuot.md", "x", "(did you mean about.md?)"),
        ("Desk/company.toml", 'name = "D"\nurl = "https://d.example/"\n', "found the folder name 'Desk'"),
    ],
)
def test_a_name_by_which_nothing_would_be_read_is_told(tmp_path: Path, place: str, text: str, told: str) -> None:
    content = make_board(tmp_path, a_case(text="x"))
    put(content / place, text)
    result = amends("check", content, "--now", NOW)
    assert any(told in line for line in result.stderr.splitlines()), result.output


def test_a_check_warns_of_topics_and_numbers_that_there_are_none_of(tmp_path: Path) -> None:
    swapped = OTHER_NUMBER[1] + OTHER_NUMBER[0] + OTHER_NUMBER[2:]
    content = make_board(
        tmp_path,
        a_case(an_event("duplicate", 1, of=swapped), topic="servise", same="00000000", text="x"),
        a_case(number=OTHER_NUMBER, topic="service", text="y", received=after(1)),
    )
    result = amends("check", content, "--now", NOW)
    assert result.exit_code == 0
    told = " ".join(result.stderr.split())
    assert "warning: " in told
    assert "topic: found 'servise', expected one of the company's" in told
    assert "(did you mean service?)" in told
    assert "same: found '00000000', expected the number of a case on the board" in told
    assert f"(did you mean {OTHER_NUMBER}?)" in told
    assert "no fault, 3 warnings, in" in result.stdout


# --- Removing ---


def test_clean_removes_what_builds_keep_and_the_board_only_where_it_is_named(tmp_path: Path) -> None:
    make_board(tmp_path, a_case(text="x"))
    build_of(tmp_path)
    result = amends("clean", "--cache", tmp_path / "cache")
    assert result.output == f"{tmp_path}/cache is removed\n"
    assert not (tmp_path / "cache").exists()
    assert (tmp_path / "public" / "index.html").is_file()
    assert amends("clean", "--cache", tmp_path / "cache").output == "There is nothing to remove.\n"
    build_of(tmp_path)
    assert amends("clean", "--cache", tmp_path / "cache", "--out", tmp_path / "public").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["content"]


@pytest.mark.parametrize("place", ["content", "empty", "content/board.toml"])
def test_clean_refuses_what_no_build_made_and_removes_nothing(tmp_path: Path, place: str) -> None:
    make_board(tmp_path, a_case(text="x"))
    build_of(tmp_path)
    (tmp_path / "empty").mkdir()
    before = files_of(tmp_path)
    for arguments in (("--cache", tmp_path / place), ("--cache", tmp_path / "cache", "--out", tmp_path / place)):
        result = amends("clean", *arguments)
        assert result.exit_code == 2
        assert "nothing was removed" in " ".join(re.sub("[│╭╰─]", " ", result.stderr).split())
        assert files_of(tmp_path) == before


@pytest.mark.parametrize(("folder", "who"), [("cache", "build"), ("cache/preview", "preview")])
def test_clean_waits_for_no_build_and_no_preview_that_is_running(tmp_path: Path, folder: str, who: str) -> None:
    make_board(tmp_path)
    build_of(tmp_path)
    with exclusive(tmp_path / folder, who):
        result = amends("clean", "--cache", tmp_path / "cache")
    assert result.exit_code == 1
    assert (tmp_path / "cache" / "board.db").is_file()
