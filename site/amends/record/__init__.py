"""The record: the public files in `content/`, read, written and linted. What is public lives there only."""

from amends.record.current import Current, case_file, find_case, once_called
from amends.record.emit import CannotSpliceError, splice, write_case, write_told
from amends.record.files import exclusive, move, remove, write_whole
from amends.record.house import is_slug, read_board, read_company, read_referrals, write_referrals
from amends.record.ledger import month_of, read_ledger, write_ledger
from amends.record.model import (
    Answer,
    Board,
    Company,
    Contact,
    Entry,
    Fault,
    House,
    LedgerLine,
    LedgerOutcome,
    Record,
    RecordError,
    Referrals,
    Standing,
    Update,
    UpdateKind,
)
from amends.record.resolve import case_path, read_text
from amends.record.schema import NUMBER, SLUG, read_case
from amends.record.settle import USUAL, Value, read_settings, settle
from amends.record.told import Told, sift_answer, sift_update
from amends.record.walk import Memory, NoMemory, NotABoardError, load

__all__ = [
    "NUMBER",
    "SLUG",
    "USUAL",
    "Answer",
    "Board",
    "CannotSpliceError",
    "Company",
    "Contact",
    "Current",
    "Entry",
    "Fault",
    "House",
    "LedgerLine",
    "LedgerOutcome",
    "Memory",
    "NoMemory",
    "NotABoardError",
    "Record",
    "RecordError",
    "Referrals",
    "Standing",
    "Told",
    "Update",
    "UpdateKind",
    "Value",
    "case_file",
    "case_path",
    "exclusive",
    "find_case",
    "is_slug",
    "load",
    "month_of",
    "move",
    "once_called",
    "read_board",
    "read_case",
    "read_company",
    "read_ledger",
    "read_referrals",
    "read_settings",
    "read_text",
    "remove",
    "settle",
    "sift_answer",
    "sift_update",
    "splice",
    "write_case",
    "write_ledger",
    "write_referrals",
    "write_told",
    "write_whole",
]
