"""Why a message was not delivered, and with that what becomes of it. The text is for the operator."""

from datetime import datetime


class NoLongerError(Exception):
    """Nobody is to be told this any more."""


class NotNowError(Exception):
    """It is to be told, `until` then not."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until}")
        self.until = until


class UndeliverableError(Exception):
    """It cannot be delivered, however often one tries."""


class FailedError(Exception):
    """It was not delivered, and may be at another time. `is_down` says that nothing can be that takes this lane."""

    def __init__(self, why: str, *, is_down: bool) -> None:
        super().__init__(why)
        self.is_down = is_down
