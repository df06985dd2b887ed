"""What every test may use."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from amends.inbox import Inbox, passwords, webhooks
from tests import postgres
from tests.effort import EFFORT, is_thorough
from tests.house import House
from tests.postal import HookServer, MailServer, hook_server, mail_server
from tests.routes import make_quick

# Where bytecode is turned off, each of the hundreds of processes here would compile all of the package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

HASHER = passwords._hasher
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""A hash that is made on purpose to take long is made hundreds of times here; one test asks for the real one."""

make_quick()

DATABASES = ("sqlite", "postgresql")
"""What a module runs on whose own fixture `database` has these as its `params` and returns `database_of(request)`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "go through every point of the sweeps of which a usual run takes one of each kind"
    parser.addoption("--thorough", action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--thorough"):
        os.environ["TEST_THOROUGH"] = "yes"
    # What says nothing of its own; with a seed that is another one in each run, runs add up.
    settings.register_profile("tests", max_examples=50 * EFFORT)
    settings.load_profile("tests")
    # Most of what the tests make is gone by its count of references: looking for circles takes a twelfth of all time.
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second database a usual run takes one of the cases of each test; `--thorough` takes all."""
    if is_thorough():
        return
    seen: set[str] = set()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        name = item.nodeid.partition("[")[0]
        if "postgresql" in item.nodeid.partition("[")[2]:
            (left if name in seen else kept).append(item)
            seen.add(name)
        else:
            kept.append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether a sweep is to go through every point."""
    return bool(pytestconfig.getoption("thorough"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the collector of garbage from what is collected here: it stays, and would be gone through all along."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A PostgreSQL server with a database called `migrated`. Where none can be had the tests fail, and say how to."""
    try:
        with postgres.running() as server:
            inbox = Inbox(server.make("migrated"))
            inbox.migrate()
            inbox.close()
            yield server
    except postgres.NoServerError as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None


@pytest.fixture(scope="session")
def stores(postgresql: postgres.Server) -> postgres.Stores:
    """Private stores on that server."""
    return postgres.Stores(postgresql)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a private store that is not there yet."""
    return f"sqlite:///{tmp_path}/instance/amends.db"


def database_of(request: pytest.FixtureRequest) -> str:
    """Return the address of a store of the kind that the fixture's parameter names; the test's end empties it."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path')}/instance/amends.db"
    stores: postgres.Stores = request.getfixturevalue("stores")
    name = stores.lend()
    request.addfinalizer(lambda: stores.take_back(name))
    return stores.server.url(name)


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    """An installation of its own."""
    built = House(tmp_path, database=database)
    yield built
    built.close()


@pytest.fixture
def prompt_house(tmp_path: Path, database: str) -> Iterator[House]:
    """An installation whose board is built by the turn that writes something, and not when a test looks at it."""
    built = House(tmp_path, database=database, builds_at_once=True)
    yield built
    built.close()


@pytest.fixture
def another_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], House]]:
    """More installations, each of its own."""
    houses: list[House] = []

    def build() -> House:
        houses.append(House(tmp_path_factory.mktemp("house")))
        return houses[-1]

    yield build
    for built in houses:
        built.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes mail."""
    with mail_server() as running:
        yield running


@pytest.fixture
def hooked(house: House) -> Iterator[HookServer]:
    """A server that takes acme's calls."""
    with hook_server() as running:
        with house.inbox.writing() as connection:
            webhooks.put(connection, "acme", running.url, webhooks.new_secret(), house.now)
        yield running
