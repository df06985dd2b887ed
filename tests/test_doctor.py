"""A look at an installation tells what is wrong and what mends it, changes nothing and gives nothing away."""

import ctypes
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from amends import doctor
from amends.cli import main
from amends.doctor import CHECKS, Finding, State, examine, machine, parts, store
from amends.inbox import Inbox
from amends.settings import Settings
from tests.archives import files_in, rows_of
from tests.factories import put
from tests.house import SENDER, House
from tests.postal import MailServer
from tests.postgres import Server
from tests.postroom import deliver
from tests.test_serve import environment, wait_until_there


@pytest.fixture
def sound(house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation with nothing wrong, on a machine with nothing wrong."""
    house.receive(text="canary words", email="canary@x.example", reference="canary-order")
    house.work()
    assert house.public.is_dir()
    house.smtp = server.settings()
    deliver(house, server)
    house.now = datetime.now(UTC)
    monkeypatch.setattr(machine, "_is_unsynchronised", lambda: False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Room(10**12, 0, 10**12))
    monkeypatch.setattr(parts, "is_held", lambda _: True)
    return house


class Room(NamedTuple):
    total: int
    used: int
    free: int


def behind_a_proxy(settings: Settings) -> Settings:
    return replace(settings, proxies=1)


def look(house: House, **changes: Any) -> list[Finding]:
    return examine(replace(behind_a_proxy(house.settings), **changes), house.now)


def wrong(found: list[Finding]) -> list[tuple[str, str, str]]:
    """What is not as it should be: each with the step that mends it, as every such finding has one."""
    assert all(finding.found for finding in found)
    assert all(bool(finding.remedy) is (finding.state is not State.OK) for finding in found)
    return [(finding.check, finding.state, finding.remedy) for finding in found if finding.state is not State.OK]


def test_a_sound_installation_gets_one_good_word_from_each_check(sound: House) -> None:
    found = look(sound)
    assert [(finding.check, finding.state) for finding in found] == [(name, State.OK) for name in CHECKS]


def test_a_look_changes_nothing(sound: House) -> None:
    def everything() -> tuple[object, ...]:
        return rows_of(sound.inbox), files_in(sound.content), sorted(os.listdir(sound.settings.instance))

    before = everything()
    look(sound)
    assert everything() == before
    assert not [name for folder in (sound.content, sound.folder) for name in os.listdir(folder) if "test" in name]


def damage(path: Path) -> None:
    """Let a database lose a page in its middle."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)


def set_revision(house: House, revision: str) -> None:
    with house.inbox.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def drop_tables(house: House) -> None:
    house.inbox.close()
    for file in house.settings.instance.glob("amends.db*"):
        file.unlink()


DAMAGES: dict[str, tuple[Callable[[House], object], tuple[str, State, str]]] = {
    "older schema": (lambda house: set_revision(house, "0001"), ("database", State.FAULT, "amends migrate")),
    "newer schema": (lambda house: set_revision(house, "9999"), ("database", State.FAULT, "update Amends")),
    "no database": (drop_tables, ("database", State.FAULT, "amends migrate")),
    "open secret": (
        lambda house: (house.settings.instance / "secret.key").chmod(0o644),
        ("secret", State.FAULT, "chmod 600 INSTANCE/secret.key"),
    ),
    "damaged secret": (
        lambda house: (house.settings.instance / "secret.key").write_text("canary"),
        ("secret", State.FAULT, "put INSTANCE/secret.key back as it was"),
    ),
    "no secret": (
        lambda house: (house.settings.instance / "secret.key").unlink(),
        ("secret", State.WARNING, "start the service, or put the old one there after a restore"),
    ),
    "open instance": (
        lambda house: house.settings.instance.chmod(0o755),
        ("permissions", State.FAULT, "chmod 700 INSTANCE"),
    ),
    "faulty file": (
        lambda house: put(house.content / "acme" / "company.toml", "name = 'canary"),
        ("record", State.WARNING, "amends check"),
    ),
    "faulty board": (lambda house: put(house.content / "board.toml", "x = 1"), ("record", State.FAULT, "amends check")),
    "no board.toml": (
        lambda house: (house.content / "board.toml").unlink(),
        ("record", State.FAULT, "amends init, or restore it"),
    ),
    "no board": (lambda house: shutil.rmtree(house.public), ("work", State.WARNING, "amends build")),
}


@pytest.mark.parametrize(("harm", "expected"), DAMAGES.values(), ids=DAMAGES.keys())
def test_each_thing_that_is_wrong_is_told_with_the_step_that_mends_it(
    sound: House, harm: Callable[[House], object], expected: tuple[str, State, str]
) -> None:
    harm(sound)
    found = look(sound)
    check, state, remedy = expected
    assert wrong(found) == [(check, state, remedy.replace("INSTANCE", str(sound.settings.instance)))]
    assert "canary" not in str(found)


def test_a_damaged_database_is_told(sound: House) -> None:
    sound.close()
    assert sound.inbox.file
    damage(sound.inbox.file)
    assert [(check, state) for check, state, _ in wrong(look(sound))] == [("database", State.FAULT)]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"url": "http://127.0.0.1:8000"}, State.WARNING),
        ({"url": "http://[::1]"}, State.WARNING),
        ({"url": "http://localhost"}, State.WARNING),
        ({"url": "http://feedback.example"}, State.FAULT),
        ({"proxies": 0}, State.WARNING),
    ],
)
def test_how_the_service_is_reached_is_looked_at(sound: House, changes: dict[str, Any], state: State) -> None:
    assert [found[:2] for found in wrong(look(sound, **changes))] == [("settings", state)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://amends:canary@127.0.0.1:1/amends", "it cannot be used: "),
        ("postgresql+nothing://amends:canary@db/amends", "AMENDS_DATABASE is no database"),
        ("canary", "AMENDS_DATABASE is no database"),
        ("mysql+pymysql://amends:canary@db/amends", "the driver pymysql is not installed"),
        ("sqlite:////proc/canary/amends.db", "cannot be looked at"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(sound: House, url: str, said: str) -> None:
    found = look(sound, database=url)
    assert [one.check for one in found if one.state is State.FAULT] == ["database"]
    assert said in str(found)
    assert ":canary" not in str(found)


def test_a_database_that_can_be_read_but_not_written_is_told(sound: House) -> None:
    with sound.inbox.writing() as connection:
        full = "CREATE TRIGGER full BEFORE INSERT ON company BEGIN SELECT RAISE(ABORT, 'canary'); END"
        connection.exec_driver_sql(full)
    assert [found[:2] for found in wrong(look(sound))] == [("database", State.FAULT)]


def test_a_file_system_without_locks_or_of_several_machines_is_told(
    sound: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.locks_hold(tmp_path)
    mounts = put(
        tmp_path / "mounts", f"/dev/x / ext4 rw\nhost:/x {sound.folder} nfs4 rw\nhost:/y {sound.folder}x cifs rw\n"
    )
    assert store.file_system_of(sound.settings.instance, mounts) == "nfs4"
    assert store.file_system_of(Path("/usr"), mounts) == "ext4"
    assert store.file_system_of(Path("/usr"), tmp_path / "none") == ""
    monkeypatch.setattr(store, "file_system_of", lambda _: "nfs4")
    assert [found[:2] for found in wrong(look(sound))] == [("database", State.WARNING)]
    monkeypatch.undo()

    def no_locks(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", no_locks)
    assert not store.locks_hold(tmp_path)
    monkeypatch.setattr(fcntl, "lockf", lambda *_: None)
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    assert not store.locks_hold(tmp_path)


@pytest.mark.parametrize("room", [Room(10**12, 0, 10**12 // 20 - 1), Room(10**10, 0, 10**9 - 1)])
def test_a_disk_that_is_nearly_full_is_told_once(sound: House, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    assert wrong(look(sound)) == [("disk", State.WARNING, "make room on the disk of the record")]


def test_a_clock_that_files_do_not_share_is_told(sound: House) -> None:
    sound.now += timedelta(seconds=90)
    assert wrong(look(sound)) == [("clock", State.WARNING, "set the clocks of both machines")]


def test_a_clock_that_is_not_synchronised_is_told(sound: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    class Library:
        said = 5

        def __init__(self, _: None) -> None:
            self.adjtimex = lambda _: self.said

    monkeypatch.setattr(ctypes, "CDLL", Library)
    assert [found[:2] for found in wrong(list(machine.check_clock(visit_of(sound))))] == [("clock", State.WARNING)]
    monkeypatch.setattr(Library, "said", 0)
    assert wrong(list(machine.check_clock(visit_of(sound)))) == []
    monkeypatch.setattr(ctypes, "CDLL", lambda _: None)
    assert wrong(list(machine.check_clock(visit_of(sound)))) == []


def visit_of(house: House) -> doctor.Visit:
    return doctor.Visit(house.settings, house.now)


def test_a_record_that_cannot_be_written_is_told(sound: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not even who may do everything can make a file there.
    assert not machine.is_writable(Path("/proc/self"))
    monkeypatch.setattr(machine, "is_writable", lambda folder: folder != sound.content)
    remedy = f"chown -R {os.geteuid()} {sound.content}"
    assert wrong(look(sound)) == [("permissions", State.FAULT, remedy)]


def test_a_database_elsewhere_that_others_may_read_is_told(sound: House, tmp_path: Path) -> None:
    database = tmp_path / "elsewhere.db"
    sound.close()
    shutil.copy(sound.settings.instance / "amends.db", database)
    database.chmod(0o640)
    found = wrong(look(sound, database=f"sqlite:///{database}"))
    assert found == [("permissions", State.FAULT, f"chmod 600 {database}")]


def test_nobody_at_work_is_told_and_an_old_board(sound: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    lock = sound.settings.locks / "work.lock"
    assert not parts.is_held(lock)
    assert not lock.exists()
    with lock.open("w") as held:
        assert not parts.is_held(lock)
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        assert parts.is_held(lock)
    long_ago = (sound.now - timedelta(hours=27)).timestamp()
    for file in (sound.public / "index.html", sound.folder / "cache" / "generations.json"):
        os.utime(file, (long_ago, long_ago))
    found = wrong(list(parts.check_work(visit_of(sound))))
    assert found == [("work", State.WARNING, "amends work"), ("work", State.WARNING, "amends build")]


def test_the_worker_of_the_service_is_seen_at_work(sound: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    lock = sound.settings.locks / "work.lock"
    shutil.rmtree(sound.public)
    with subprocess.Popen(
        [sys.executable, "-m", "amends", "work"], env=environment(sound, 1), stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until_there(sound.public, process)
            assert parts.is_held(lock)
        finally:
            process.kill()
    assert not parts.is_held(lock)


def test_a_check_that_fails_itself_is_a_finding(sound: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: object) -> Iterator[Finding]:
        raise PermissionError(13, "Permission denied", "/srv")
        yield

    monkeypatch.setitem(CHECKS, "record", check)
    assert [found[:2] for found in wrong(look(sound))] == [("record", State.FAULT)]


def test_a_finding_never_says_what_no_log_may_hold() -> None:
    finding = Finding("x", State.FAULT, "postgresql://a:canary@db said canary@x.example", "try /x?canary")
    assert (finding.found, finding.remedy) == ("[hidden] said [hidden]", "try /x?[hidden]")


def test_postgresql_is_looked_at_for_what_could_lose_what_was_acknowledged(sound: House, postgresql: Server) -> None:
    postgresql.drop("doctor")
    url = postgresql.make("doctor")
    assert wrong(look(sound, database=url)) == [("database", State.FAULT, "amends migrate")]
    inbox = Inbox(url)
    inbox.migrate()
    inbox.close()
    # The server of the tests does not wait for the disk.
    assert wrong(look(sound, database=url)) == [("database", State.FAULT, "ALTER SYSTEM SET fsync = on")]


# --- The command ---


def run(house: House, *arguments: str, **environ: str) -> Any:
    places = {"INSTANCE": house.settings.instance, "CONTENT": house.content, "OUT": house.public}
    places["CACHE"] = house.folder / "cache"
    given = {f"AMENDS_{name}": str(path) for name, path in places.items()}
    given |= {"AMENDS_URL": "https://feedback.example", "AMENDS_PROXIES": "1", "AMENDS_MAIL_FROM": SENDER}
    given |= {"AMENDS_SMTP": f"smtp://127.0.0.1:{house.smtp.port}"} if house.smtp else {}
    return CliRunner().invoke(main, ["doctor", *arguments], env={**given, **environ})


def test_the_command_prints_a_line_for_each_finding_and_ends_well_without_a_fault(sound: House) -> None:
    done = run(sound, AMENDS_PROXIES="0")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines if not line.startswith(" ")] == [
        ["warning" if name == "settings" else "ok", name] for name in CHECKS
    ]
    assert lines[1].strip() == "-> AMENDS_PROXIES=1, or as many as stand in front"


def test_the_command_prints_json_and_fails_where_there_is_a_fault(sound: House) -> None:
    sound.settings.instance.chmod(0o755)
    done = run(sound, "--json")
    assert done.exit_code == 1
    findings = json.loads(done.stdout)["findings"]
    assert [set(finding) for finding in findings] == [{"check", "state", "found", "remedy"}] * len(findings)
    assert [finding["check"] for finding in findings if finding["state"] == "fault"] == ["permissions"]


def test_settings_that_cannot_be_read_are_a_fault_and_not_given_away(sound: House) -> None:
    done = run(sound, AMENDS_URL="https://olga:canary@feedback.example")
    assert done.exit_code == 1
    assert done.stdout.startswith("fault    settings     AMENDS_URL is [hidden] it should be")
    assert "canary" not in done.output
