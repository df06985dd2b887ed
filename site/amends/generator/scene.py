"""What a build is about, and what each of its processes makes of that for itself."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from amends.board.app import RULES
from amends.board.edition import Edition
from amends.board.frame import Frame
from amends.board.machines import address
from amends.record import House
from amends.shelves.store import Store


@dataclass(frozen=True, slots=True)
class Scene:
    """One build: the record without its cases, the instant, and the store in which the cases stand."""

    house: House
    now: datetime
    store: Path
    version: str

    @property
    def root(self) -> str:
        """The path below which the board is served, without a slash at its end."""
        return address.root(self.house.board)


class Stage:
    """What one process needs for it, made when it is first asked for."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @cached_property
    def edition(self) -> Edition:
        """The edition, drawn from the store."""
        return Edition(self.scene.house, self.scene.now, Store(self.scene.store, self.scene.version))

    @cached_property
    def frame(self) -> Frame:
        """What writes pages and fragments."""
        return Frame(self.scene.house.board, RULES, self.scene.root)
