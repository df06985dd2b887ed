"""What every page of intake asks first: whose it is, and whether what was sent can be read."""

from urllib.parse import unquote_to_bytes

from flask import request

from amends.inbox import Inbox, companies
from amends.record import Board, Company, read_board, read_company


def house(inbox: Inbox, slug: str) -> tuple[Company, Board] | None:
    """Return a company and the board on which it is, as intake knows them; None where there is no such company."""
    with inbox.reading() as connection:
        texts = companies.get(connection, slug)
    if texts is None:
        return None
    return read_company(texts[0], slug, "company.toml"), read_board(texts[1], "board.toml")


def no_company(slug: str) -> str:
    """Say that there is no such company."""
    return f"There is no company “{slug[:40]}” here. Nothing was saved; please check the address."


def is_utf8() -> bool:
    """Whether the body of the request is UTF-8: what is not would be stored with holes.

    RequestEntityTooLarge where the body is longer than the service takes.
    """
    sent = request.get_data(cache=True, parse_form_data=False)
    if request.mimetype == "application/x-www-form-urlencoded":
        sent = unquote_to_bytes(sent.replace(b"+", b" "))
    try:
        sent.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
