"""The tables of signing in, beside those of staff and their sessions in `schema`."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from amends.inbox.columns import Instant, metadata, slug

second_step = Table(
    "second_step",
    metadata,
    Column("staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    # Salts. The secret is made of one and the installation's: who reads the table alone can make no code.
    Column("salt", LargeBinary(16)),
    # Of a secret that was shown and not yet confirmed by a code; until then the one before counts.
    Column("pending", LargeBinary(16)),
    # The time step of the last code that was taken: each is good once.
    Column("last", BigInteger, nullable=False, default=0),
)

recovery = Table(
    "recovery",
    metadata,
    # SHA-256 of a code that stands in for the second step, once.
    Column("digest", LargeBinary(32), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
)

ticket = Table(
    "ticket",
    metadata,
    # SHA-256 of what a link holds with which somebody chooses a password, once.
    Column("digest", LargeBinary(32), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ends", Instant, nullable=False),
)

throttle = Table(
    "throttle",
    metadata,
    # A keyed digest of what is tried, or from where: who reads the table learns neither.
    Column("key", LargeBinary(16), primary_key=True),
    # When all tries so far are forgotten.
    Column("until", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # Who did what, in the order in which it was done. A trigger refuses to change or delete a row.
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    # Not a foreign key, and null for what was done on the command line.
    Column("staff", Integer),
    Column("login", String(80), nullable=False),
    Column("company", slug, index=True),
    Column("what", String(40), nullable=False),
    # The number of a case, or another's login. Never anybody's words or address.
    Column("about", String(80), nullable=False, default=""),
)
