"""The second step of signing in: codes that change with the time (RFC 6238), and those that stand in for them once."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from pyotp import TOTP
from sqlalchemy import Connection, delete, func, insert, select, update

from amends.inbox.people import Person
from amends.inbox.signing_tables import recovery, second_step

STEP = 30
"""Seconds for which a code is valid."""
DRIFT = 1
"""By how many steps a clock may be wrong (RFC 6238, 5.2)."""
RECOVERY_CODES = 10
_BYTES = 15
"""Of a recovery code: 120 bits, which need no slow hash (OWASP ASVS 5.0, 6.5.2) and fill six groups of four letters."""


def is_required(person: Person) -> bool:
    """Whether this person may do nothing without a second step: who lets others in, or decides for everybody."""
    return person.leads


def totp(secret: bytes, person: Person, salt: bytes) -> TOTP:
    """Return what makes somebody's codes: HMAC-SHA-1, 30 seconds, 6 digits, as every app knows it.

    Its secret is made of the installation's and a salt: a copy of the database alone makes no code.
    """
    own = hmac.digest(secret, b"second step\n%d\n" % person.id + salt, hashlib.sha256)[:20]
    return TOTP(base64.b32encode(own).decode())


def is_set(connection: Connection, person: Person) -> bool:
    """Whether this person has set up codes."""
    return bool(_column(connection, person, "salt"))


def pending(connection: Connection, person: Person) -> bytes | None:
    """Return the salt of the secret that was shown and not yet confirmed."""
    return _column(connection, person, "pending")


def begin(connection: Connection, person: Person) -> bytes:
    """Make a new secret, to be confirmed by a code; the one before counts until then. Return its salt."""
    salt = secrets.token_bytes(16)
    theirs = second_step.c.staff == person.id
    if not connection.execute(update(second_step).where(theirs).values(pending=salt)).rowcount:
        connection.execute(insert(second_step).values(staff=person.id, pending=salt, last=0))
    return salt


def confirm(connection: Connection, secret: bytes, person: Person, code: str, now: datetime) -> bool:
    """Let the pending secret count from now on, where this is a code of it."""
    salt = pending(connection, person)
    step = salt and _step_of(totp(secret, person, salt), code, now)
    if not step:
        return False
    values = {"salt": salt, "pending": None, "last": step}
    connection.execute(update(second_step).where(second_step.c.staff == person.id).values(**values))
    return True


def check(connection: Connection, secret: bytes, person: Person, code: str, now: datetime) -> bool:
    """Whether this is somebody's code at this time. Each is good once (RFC 6238, 5.2)."""
    salt = _column(connection, person, "salt")
    step = salt and _step_of(totp(secret, person, salt), code, now)
    if not step:
        return False
    # In one statement, so that of two requests with the same code one is refused.
    newer = (second_step.c.staff == person.id, second_step.c.last < step)
    return connection.execute(update(second_step).where(*newer).values(last=step)).rowcount > 0


def use_recovery_code(connection: Connection, person: Person, code: str) -> bool:
    """Whether this is one of somebody's recovery codes, which from then on it is not."""
    own = (recovery.c.staff == person.id, recovery.c.digest == _digest(code))
    return connection.execute(delete(recovery).where(*own)).rowcount > 0


def remove(connection: Connection, person: Person) -> None:
    """Forget somebody's second step."""
    for table in (second_step, recovery):
        connection.execute(delete(table).where(table.c.staff == person.id))


def new_recovery_codes(connection: Connection, person: Person) -> list[str]:
    """Make recovery codes in place of all earlier ones, and return them: they are not to be had again."""
    made = [base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    connection.execute(delete(recovery).where(recovery.c.staff == person.id))
    connection.execute(insert(recovery), [{"digest": _digest(code), "staff": person.id} for code in made])
    return ["-".join(code[place : place + 4] for place in range(0, len(code), 4)) for code in made]


def recovery_codes_left(connection: Connection, person: Person) -> int:
    """Return how many recovery codes somebody has not used."""
    query = select(func.count()).select_from(recovery).where(recovery.c.staff == person.id)
    return connection.execute(query).scalar_one()


def _step_of(codes: TOTP, code: str, now: datetime) -> int | None:
    """Return of which time step a code is, of those that a clock may show that is a little wrong."""
    given, step = "".join(code.split()), int(now.timestamp()) // STEP
    near = range(step - DRIFT, step + DRIFT + 1)
    found = [one for one in near if hmac.compare_digest(codes.generate_otp(one).encode(), given.encode())]
    return found[0] if found else None


def _column(connection: Connection, person: Person, name: str) -> bytes | None:
    query = select(second_step.c[name]).where(second_step.c.staff == person.id)
    found: bytes | None = connection.execute(query).scalar()
    return found


def _digest(code: str) -> bytes:
    """Return what is stored of a recovery code, however it was written down."""
    return hashlib.sha256("".join(filter(str.isalnum, code.lower())).encode()).digest()
