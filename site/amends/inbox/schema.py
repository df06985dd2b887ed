"""The tables of the private store. Times are whole seconds since 1970 in UTC, on every database alike."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, false, true

from amends.inbox import columns, signing_tables  # noqa: F401 -- whoever has these has all tables
from amends.inbox.columns import Instant
from amends.inbox.columns import number as _number
from amends.inbox.columns import slug as _slug

metadata = columns.metadata

company = Table(
    "company",
    metadata,
    Column("slug", _slug, primary_key=True),
    # company.toml as it was when it last had no fault: intake never reads the record.
    Column("settings", Text, nullable=False),
    Column("board", Text, nullable=False),
)

similar_text = Table(
    "similar_text",
    metadata,
    # What the board's similar.json said when it was last built; the mark tells whether it is another one now.
    Column("company", _slug, primary_key=True),
    Column("mark", LargeBinary(16), nullable=False),
    Column("text", Text, nullable=False),
)

opening = Table(
    "opening",
    metadata,
    # The sites on whose pages a company's form was opened last: no word of who opened it.
    Column("company", _slug, primary_key=True),
    Column("origin", String(200), primary_key=True),
    Column("seen", Instant, nullable=False),
)

case = Table(
    "case",
    metadata,
    Column("number", _number, primary_key=True),
    Column("company", _slug, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic", _slug, nullable=False),
    Column("received", Instant, nullable=False),
    Column("reply_by", Instant, nullable=False),
    Column("publicity", String(8), nullable=False),
    Column("language", String(35), nullable=False),
    # Emptied at publication: from then on the record is the one place where they stand.
    Column("author", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("page", Text, nullable=False, default=""),
    # What staff decided about the personal data in it: see `amends.personal.Choice`.
    Column("masks", Text, nullable=False, default="", server_default=""),
    Column("same", _number),
    # For the transparency log: what was received is committed to with a salt, byte for byte.
    Column("salt", LargeBinary(32), nullable=False),
    Column("committed", LargeBinary, nullable=False),
    # Counts up when the private link is to be replaced.
    Column("generation", Integer, nullable=False, default=0),
    Column("outcome", String(16), nullable=False),
    # Why it was held back until the keeper decides; empty where it was not.
    Column("suspicion", String(16), nullable=False, server_default=""),
    Column("reason", String(32)),
    Column("outcome_at", Instant),
    Column("first_reply", Instant),
    # Whether the line in the public ledger is still to be written.
    Column("ledger_due", Boolean, nullable=False, default=True),
    # Whether it is still to be told that the case came in: the row of a case is its own first message.
    Column("post_due", Boolean, nullable=False, default=True, server_default=false()),
    Index("ix_case_company_outcome", "company", "outcome"),
    Index("ix_case_ledger_due", "ledger_due"),
    Index("ix_case_post_due", "post_due"),
)

contact = Table(
    "contact",
    metadata,
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), primary_key=True),
    Column("email", Text, nullable=False, default=""),
    Column("reference", Text, nullable=False, default=""),
    # When whoever reads mail at this address said that it is theirs.
    Column("confirmed", Instant),
    # The one message besides the receipt that goes to an address that is not confirmed.
    Column("notice", Integer),
)

submission_key = Table(
    "submission_key",
    metadata,
    Column("company", _slug, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False),
    Column("created", Instant, nullable=False),
    Index("ix_submission_key_created", "created"),
)

rate = Table(
    "rate",
    metadata,
    # How much was taken in from whom, hour by hour; a network stands here as a keyed digest.
    Column("scope", String(64), primary_key=True),
    # The hour, counted since 1970.
    Column("slot", Integer, primary_key=True, autoincrement=False),
    # On a server each process counts in a row of its own: one row for all would make them take turns.
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    # What company and customer said to each other alone: also about a public case, such as an order number.
    Column("id", Integer, primary_key=True),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by", String(8), nullable=False),
    # Empty where the customer speaks.
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    # What the customer says of a case that only the company sees. That of a public case stands in the record.
    Column("id", Integer, primary_key=True),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("again", Boolean),
    Column("score", Integer),
    Column("recommend", Integer),
    Column("text", Text, nullable=False, default=""),
)

addition = Table(
    "addition",
    metadata,
    # What the customer added to a public case for everyone to read, until a person has read it.
    Column("id", Integer, primary_key=True),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    # By when a person is to have read it.
    Column("due", Instant, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("masks", Text, nullable=False, default=""),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32)),
    # When the board was told that nobody had read it in time.
    Column("told", Instant),
    Index("ix_addition_outcome", "outcome"),
)

gift = Table(
    "gift",
    metadata,
    # What the company gives the customer as goodwill; the code is for nobody else.
    Column("id", Integer, primary_key=True),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("made", Instant, nullable=False),
    Column("what", Text, nullable=False),
    Column("value", Text, nullable=False, default=""),
    Column("code", Text, nullable=False, default=""),
    Column("conditions", Text, nullable=False, default=""),
    # As ISO 8601 has it: not every database knows days.
    Column("last_day", String(10)),
)

referral = Table(
    "referral",
    metadata,
    # A link with which a customer recommends the company. Of who follows it nothing is kept but their number.
    Column("code", String(16), primary_key=True),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False, unique=True),
    Column("company", _slug, nullable=False, index=True),
    Column("made", Instant, nullable=False),
    Column("visits", Integer, nullable=False, default=0),
)

erasure = Table(
    "erasure",
    metadata,
    # The erasure list: what has to be emptied again wherever an old copy of it comes back.
    # Not a foreign key: it outlives the case.
    Column("number", _number, primary_key=True),
    Column("company", _slug, nullable=False),
    Column("at", Instant, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    # Null for a keeper, who belongs to no company.
    Column("company", _slug),
    # Empty until somebody who was invited has chosen one, and when they are removed.
    Column("password", Text, nullable=False),
    Column("email", Text),
    Column("created", Instant, nullable=False),
    # The row stays, so that what they decided and noted keeps its author.
    Column("removed", Instant),
)

session = Table(
    "session",
    metadata,
    # SHA-256 of what the cookie holds: who reads the table cannot sign in with it.
    Column("id", LargeBinary(32), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("created", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    # In words, such as "Firefox on Linux".
    Column("browser", Text, nullable=False, server_default=""),
    # False while a password was given and the code is still to come.
    Column("complete", Boolean, nullable=False, server_default=true()),
)

deed = Table(
    "deed",
    metadata,
    # What staff decided or the customer asked for, left or not: the outbox towards the record.
    Column("id", Integer, primary_key=True),
    # Not a foreign key: a case of the record may never have been in this inbox. Empty where it is about no case.
    Column("company", _slug, nullable=False),
    Column("number", _number, nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("facts", Text, nullable=False),
    # Null for what the customer did.
    Column("staff", Integer, ForeignKey("staff.id")),
    Column("made", Instant, nullable=False),
    Column("leaves", Instant, nullable=False),
    # Fixed before the first attempt, so that a repeated one writes the same event.
    Column("at", Instant),
    Column("done", Instant),
    Column("undone", Instant),
    Column("failed", Text),
    Index("ix_deed_leaves", "leaves"),
)

request = Table(
    "request",
    metadata,
    # What a company asks of the keeper.
    Column("id", Integer, primary_key=True),
    Column("number", _number, ForeignKey("case.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("why", Text, nullable=False),
    # Where it is about a duplicate: the number of the case that stays.
    Column("of", _number),
    Column("made", Instant, nullable=False),
    Column("decided", Instant),
    # Why nothing is done about it; empty where something is.
    Column("answer", Text, nullable=False, server_default=""),
)

report = Table(
    "report",
    metadata,
    # What readers of the board report to the keeper. Words and address are for nobody else.
    Column("id", Integer, primary_key=True),
    # Not a foreign key: a case of the record may never have been in this inbox.
    Column("company", _slug, nullable=False),
    Column("number", _number, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("words", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("made", Instant, nullable=False),
    # SHA-256 of what the form carries: the same form sent twice is one report.
    Column("key", LargeBinary(32), nullable=False, unique=True),
    # Open until here stands when a keeper closed it, who, and why.
    Column("closed", Instant),
    Column("closed_by", Integer, ForeignKey("staff.id")),
    Column("answer", Text, nullable=False, default=""),
    Index("ix_report_closed", "closed"),
)

message = Table(
    "message",
    metadata,
    # What is to be told to somebody, by mail or to a webhook: stored with what it tells of.
    Column("id", Integer, primary_key=True),
    Column("company", _slug, nullable=False),
    # Not a foreign key: a case of the record may never have been in this inbox.
    Column("number", _number, index=True),
    Column("channel", String(8), nullable=False),
    Column("kind", String(16), nullable=False),
    # Emptied when there is nothing left to send.
    Column("recipient", Text, nullable=False),
    Column("facts", Text, nullable=False),
    # What one server takes: a lane whose server is down does not hold up the others.
    Column("lane", Text, nullable=False),
    # The same thing is told once: the number of a case, what happened, when, and to whom, without an address.
    Column("once", String(160), nullable=False, unique=True),
    Column("made", Instant, nullable=False),
    # Null when there is nothing left to send: so the index below holds what waits on top.
    Column("due", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    # Until then it is in the hands of one process, on whichever machine.
    Column("taken_until", Instant),
    # The day (of 1970's count) on which it was counted among the mails to its address.
    Column("counted", Integer),
    Column("sent", Instant),
    Column("dropped", Instant),
    Column("dead", Instant),
    Column("error", Text, nullable=False, default=""),
    Index("ix_message_due", "due"),
)

correspondent = Table(
    "correspondent",
    metadata,
    # An address to which mail goes, as a keyed digest: who reads the table learns no address.
    Column("digest", LargeBinary(16), primary_key=True),
    Column("stopped", Instant),
    # How many mails went there on that day, counted from 1970.
    Column("day", Integer, nullable=False, default=0),
    Column("count", Integer, nullable=False, default=0),
)

webhook = Table(
    "webhook",
    metadata,
    Column("company", _slug, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created", Instant, nullable=False),
    # When the other side said that it is gone for good.
    Column("stopped", Instant),
)

# What staff need to work together. None of it ever leaves the store; none of these tables has a foreign key to a case,
# because a case of the record may never have been in this inbox.

assignment = Table(
    "assignment",
    metadata,
    Column("company", _slug, primary_key=True),
    Column("number", _number, primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("made", Instant, nullable=False),
)

note = Table(
    "note",
    metadata,
    # What staff tell each other about a case.
    Column("id", Integer, primary_key=True),
    Column("company", _slug, nullable=False),
    Column("number", _number, nullable=False, index=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("made", Instant, nullable=False),
    Column("text", Text, nullable=False),
)

customer = Table(
    "customer",
    metadata,
    # What staff know of somebody who writes again, by an address that was confirmed.
    Column("company", _slug, primary_key=True),
    Column("email", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    # A reply that somebody is writing.
    Column("company", _slug, primary_key=True),
    Column("number", _number, primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("facts", Text, nullable=False),
    Column("saved", Instant, nullable=False),
)

template = Table(
    "template",
    metadata,
    # Where a reply begins, with fields for what differs.
    Column("id", Integer, primary_key=True),
    Column("company", _slug, nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("language", String(35), nullable=False),
    Column("text", Text, nullable=False),
)
