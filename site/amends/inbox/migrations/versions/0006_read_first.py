"""What the customer adds to a public case waits until a person has read it; masks are decided by staff."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "addition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("masks", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["case.number"], name=op.f("fk_addition_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addition")),
    )
    op.create_index("ix_addition_number", "addition", ["number"])
    op.create_index("ix_addition_outcome", "addition", ["outcome"])
    # Added in place: a batch would copy the table, and deleting the old one takes along what refers to it.
    op.add_column("case", sa.Column("masks", sa.Text(), nullable=False, server_default=""))
    _let_wait()


def downgrade() -> None:
    """Go back to the revision before; what nobody has read yet is lost."""
    op.drop_column("case", "masks")
    op.execute("DELETE FROM answer WHERE by = 'original'")
    op.drop_table("addition")


def _let_wait() -> None:
    """Let the words wait that are on their way to the record; a verdict goes on without them."""
    deed = sa.table("deed", *map(sa.column, ("id", "number", "kind", "facts", "staff", "made", "done", "undone")))
    case = sa.table("case", *map(sa.column, ("number", "received", "reply_by")))
    addition = sa.table("addition", *map(sa.column, ("number", "at", "due", "kind", "text", "masks", "outcome")))
    leaving = (deed.c.staff.is_(None), deed.c.done.is_(None), deed.c.undone.is_(None))
    query = (
        sa.select(deed.c.id, deed.c.number, deed.c.kind, deed.c.facts, deed.c.made, case.c.received, case.c.reply_by)
        .join(case, case.c.number == deed.c.number)
        .where(*leaving, deed.c.kind.in_(("followup", "verdict")))
    )
    connection = op.get_bind()
    for row in connection.execute(query.order_by(deed.c.id)).all():
        facts = json.loads(row.facts)
        text = facts.pop("text", "")
        kind, due = "detail" if row.kind == "followup" else "verdict", row.made + row.reply_by - row.received
        if text:
            values = {"number": row.number, "at": row.made, "due": due, "kind": kind, "text": text}
            connection.execute(sa.insert(addition).values(masks="", outcome="waiting", **values))
        undone = row.made if row.kind == "followup" else None
        its_own = sa.update(deed).where(deed.c.id == row.id)
        connection.execute(its_own.values(facts=json.dumps(facts), undone=undone))
