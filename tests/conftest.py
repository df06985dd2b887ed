"""What every test may use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation of its own."""
    built = House(tmp_path)
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
