"""What a check finds."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from amends.logs import discreet
from amends.settings import Settings


class State(StrEnum):
    """How bad a finding is. Only a fault keeps something from working, or what is private from being so."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, in a sentence, and the one step that mends it; neither says what no log may hold."""

    check: str
    state: State
    found: str
    remedy: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", discreet(self.found))
        object.__setattr__(self, "remedy", discreet(self.remedy))


@dataclass(frozen=True, slots=True)
class Visit:
    """What the checks look at: an installation, at an instant."""

    settings: Settings
    now: datetime
