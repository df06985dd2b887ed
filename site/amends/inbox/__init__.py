"""The private store: what is not, or not yet, public. Each module has the queries of one table or two."""

from amends.inbox.store import Inbox, StoreUnavailableError

__all__ = ["Inbox", "StoreUnavailableError"]
