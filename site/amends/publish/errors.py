"""Why something cannot go into the record."""

from amends.case import Event


class CannotPublishError(ValueError):
    """Something cannot go into the record as it is; the text says why. Nothing was changed."""


class DivergedError(CannotPublishError):
    """An imported case is there already, and goes on otherwise from `turn` on."""

    def __init__(self, turn: Event) -> None:
        super().__init__("this conversation goes on otherwise than the one that is there")
        self.turn = turn
