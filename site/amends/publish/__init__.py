"""The only door from the inbox to the record.

Everything here can be done twice: what is in the record already is not written again. The record is written
first and durably, then the inbox forgets what the record now holds, so that a crash between the two loses
nothing and publishes nothing twice.
"""

from amends.publish.customers import as_given, verdict_of
from amends.publish.errors import CannotPublishError, DivergedError
from amends.publish.promising import is_promised
from amends.publish.publisher import Publisher, Put
from amends.publish.settings import put_settings, settings_file
from amends.publish.telling import ANSWERS, UPDATES, in_words, mark_of, name_for, read_told, told_file, told_of
from amends.publish.wording import Piece, Wording, in_public, masked, own, pieces, wording
from amends.publish.writer import basis_of

__all__ = [
    "ANSWERS",
    "UPDATES",
    "CannotPublishError",
    "DivergedError",
    "Piece",
    "Publisher",
    "Put",
    "Wording",
    "as_given",
    "basis_of",
    "in_public",
    "in_words",
    "is_promised",
    "mark_of",
    "masked",
    "name_for",
    "own",
    "pieces",
    "put_settings",
    "read_told",
    "settings_file",
    "told_file",
    "told_of",
    "verdict_of",
    "wording",
]
