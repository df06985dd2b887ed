"""A template is compiled once: not again for the next app, nor by the next process, and never from another source."""

from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from amends import compiled
from amends.bytecode import Compiled
from tests.house import House

SOURCES = {"a.html": "a {{ b }}", "b.html": "a {{ b }}"}


class Counting(Environment):
    """An environment that counts what it compiles."""

    compiled = 0

    def _compile(self, source: str, filename: str) -> object:
        self.compiled += 1
        return super()._compile(source, filename)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process keeps what it has compiled."""
    monkeypatch.setattr(compiled, "_FOLDER", tmp_path / "kept")
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    return tmp_path / "kept"


def made_by(cache: Compiled, sources: dict[str, str] = SOURCES) -> int:
    """Render all templates in a new environment; return how many it had to compile."""
    environment = Counting(loader=DictLoader(sources), bytecode_cache=cache)
    for name, source in sources.items():
        assert environment.get_template(name).render(b="c") == source.replace("{{ b }}", "c")
        assert environment.get_template(name).module.__name__ == name
    return environment.compiled


def test_the_next_environment_of_a_process_compiles_nothing(folder: Path) -> None:
    cache = Compiled("test", b"code")
    assert made_by(cache) == 2
    for file in folder.iterdir():
        file.unlink()
    assert made_by(cache) == 0


def test_the_next_process_compiles_nothing() -> None:
    assert made_by(Compiled("test", b"code")) == 2
    assert made_by(Compiled("test", b"code")) == 0


@pytest.mark.parametrize("other", [("test", b"other code"), ("other", b"code")])
def test_what_was_made_in_another_way_is_not_used(other: tuple[str, bytes]) -> None:
    assert made_by(Compiled("test", b"code")) == 2
    assert made_by(Compiled(*other)) == 2


def test_a_template_that_is_changed_is_compiled_anew() -> None:
    cache = Compiled("test", b"code")
    assert made_by(cache) == 2
    assert made_by(cache, {**SOURCES, "a.html": "another {{ b }}"}) == 1


def test_a_file_that_is_damaged_is_made_again(folder: Path) -> None:
    assert made_by(Compiled("test", b"code")) == 2
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[:-9])
    assert made_by(Compiled("test", b"code")) == 2
    assert made_by(Compiled("test", b"code")) == 0


def test_a_service_compiles_no_page_that_another_has_compiled(
    another_house: Callable[[], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert another_house().at_the_desk().get("/desk/").status_code == 200
        monkeypatch.setattr(Environment, "_compile", _refuse)


def _refuse(*_: object) -> None:
    raise AssertionError("compiled again")
