"""The server as a process: what it acknowledged is on disk, whatever happens to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from amends.inbox import Inbox, cases
from amends.serve import _environment
from amends.settings import read_settings
from tests.house import House
from tests.running import free_port

PATIENCE = 60.0


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "amends", "serve", "--workers", "1", "--port", str(port)]


def environment(house: House, port: int) -> dict[str, str]:
    facts = {"CONTENT": house.content, "INSTANCE": house.settings.instance, "OUT": house.public}
    facts["CACHE"] = house.folder / "cache"
    return {
        **os.environ,
        **{f"AMENDS_{key}": str(value) for key, value in facts.items()},
        "AMENDS_URL": f"http://127.0.0.1:{port}",
    }


@contextmanager
def serving(house: House) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the real server, in a process group of its own, until the block ends."""
    port = free_port()
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command(port), env=environment(house, port), stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, process)
            yield process, address
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as response:
                assert response.read() == b"ok\n"
                return
        except (urllib.error.URLError, ConnectionError):
            process_still_there(process)
    raise AssertionError("the server did not answer")


def process_still_there(process: subprocess.Popen[bytes]) -> None:
    """Wait a moment, or less where the process ends."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return


def send(address: str, text: str, key: str) -> str:
    body = urllib.parse.urlencode({"text": text, "key": key}).encode()
    request = urllib.request.Request(f"{address}/acme/feedback", body, {"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status == 201
        return str(json.load(response)["case"])


def test_what_was_acknowledged_survives_a_kill(house: House) -> None:
    with serving(house) as (process, address):
        numbers = [send(address, f"Complaint {index}", f"{index:032d}") for index in range(5)]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
    inbox = Inbox(house.settings.database)
    with inbox.reading() as connection:
        assert all(cases.get(connection, number) for number in numbers)
    inbox.close()


def test_it_ends_by_itself_when_asked_to(house: House) -> None:
    with serving(house) as (process, address):
        send(address, "Complaint", "k" * 32)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_who_is_sending_when_it_is_asked_to_end_gets_a_receipt(house: House) -> None:
    body = b"text=Hello&key=" + b"k" * 32
    head = "POST /acme/feedback HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Length: {}\r\n{}\r\n"
    of_a_form = "Content-Type: application/x-www-form-urlencoded\r\n"
    with serving(house) as (process, address):
        host = address.removeprefix("http://")
        with socket.create_connection(("127.0.0.1", int(host.split(":")[1])), timeout=PATIENCE) as connection:
            connection.sendall(head.format(host, len(body), of_a_form).encode() + body[:-1])
            assert urllib.request.urlopen(f"{address}/healthz").status == 200  # what was sent before has come
            process.send_signal(signal.SIGTERM)
            until_it_listens_no_more(int(host.split(":")[1]))
            connection.sendall(body[-1:])
            assert connection.recv(100).startswith(b"HTTP/1.1 201 ")
        assert process.wait(PATIENCE) == 0


def until_it_listens_no_more(port: int) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except OSError:
            return
        threading.Event().wait(0.05)
    raise AssertionError("it still listens")


def test_a_port_that_is_taken_is_told_with_the_way_out(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            command(port), env=environment(house, port), capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use. Another one: --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_record_there_is_nothing_to_serve(house: House) -> None:
    (house.content / "board.toml").unlink()
    done = subprocess.run(
        command(free_port()),
        env=environment(house, 1),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        cwd=Path(house.folder),
    )
    assert done.returncode == 2
    assert "it has no board.toml" in done.stderr


def test_the_servers_processes_read_the_settings_that_it_was_given(house: House) -> None:
    given = replace(
        house.settings,
        log="json",
        proxies=2,
        undo_seconds=3,
        require_totp=False,
        database=f"sqlite:///{house.folder}/elsewhere.db",
    )
    assert read_settings(_environment(given)) == given


def test_a_first_start_without_work_takes_feedback_in_and_builds_nothing(house: House) -> None:
    house.close()
    for file in house.settings.instance.glob("amends.db*"):
        file.unlink()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [*command(port), "--no-work"], env=environment(house, port), stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            wait_for(address, process)
            assert send(address, "Complaint", "k" * 32)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert not house.public.exists()


def test_what_the_server_and_its_processes_tell_is_json_where_that_is_set_and_has_no_private_link(house: House) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = {**environment(house, port), "AMENDS_LOG": "json"}
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen([*command(port), "--access-log"], env=environ, stderr=log, start_new_session=True) as process,
    ):
        try:
            wait_for(address, process)
            body = urllib.parse.urlencode({"text": "Complaint", "key": "k" * 32}).encode()
            request = urllib.request.Request(f"{address}/acme/feedback", body, {"Accept": "application/json"})
            with urllib.request.urlopen(request, timeout=20) as response:
                link = json.load(response)["link"]
            with urllib.request.urlopen(link, timeout=20) as response:
                length = len(response.read())
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        log.seek(0)
        written = log.read()
    assert "\n\n" not in written, written
    lines = [json.loads(line) for line in written.splitlines()]
    told = {line["rule"]: line for line in lines if line["logger"] == "amends.access"}
    assert set(told) == {"/healthz", "/<company>/feedback", "/c/<token>/"}
    assert (told["/c/<token>/"]["status"], told["/c/<token>/"]["bytes"]) == (200, length)
    assert any(line["logger"] == "amends.work" for line in lines)
    assert link.split("/")[4] not in str(lines)


def test_without_being_asked_the_server_tells_of_no_request(house: House) -> None:
    port = free_port()
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command(port), env=environment(house, port), stderr=log, start_new_session=True) as process,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}", process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        log.seek(0)
        assert "healthz" not in log.read()


def test_work_ends_by_itself_when_asked_to(house: House) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "amends", "work"], env=environment(house, 1), stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until_there(house.public, process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def wait_until_there(path: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(int(PATIENCE / 0.05)):
        if path.exists():
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError("it ended")
    raise AssertionError("nothing was built")
