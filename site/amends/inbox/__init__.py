"""The private store: what is not, or not yet, public. Each module has the queries of one table or two."""

from amends.inbox.errors import StoreUnavailableError
from amends.inbox.store import Inbox

__all__ = ["Inbox", "StoreUnavailableError"]
