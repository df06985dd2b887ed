"""What can be wrong with the private store as a whole."""


class StoreUnavailableError(RuntimeError):
    """The database cannot be written or read now: a full disk, a lost server. Nothing was stored."""
