"""What is told to customers and staff, by mail and to webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("once", sa.String(length=160), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("dropped", sa.BigInteger(), nullable=True),
        sa.Column("dead", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("once", name=op.f("uq_message_once")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_due", ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_number"), ["number"], unique=False)

    op.create_table(
        "correspondent",
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("stopped", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_correspondent")),
    )
    op.create_table(
        "webhook",
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("stopped", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("company", name=op.f("pk_webhook")),
    )
    # Added in place: a batch would copy the tables, and deleting the old ones takes along what refers to them.
    op.add_column("contact", sa.Column("confirmed", sa.BigInteger(), nullable=True))
    op.add_column("contact", sa.Column("notice", sa.Integer(), nullable=True))
    op.add_column("staff", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("case", sa.Column("post_due", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_case_post_due", "case", ["post_due"])


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_case_post_due", "case")
    op.drop_column("case", "post_due")
    op.drop_column("staff", "email")
    op.drop_column("contact", "notice")
    op.drop_column("contact", "confirmed")
    op.drop_table("webhook")
    op.drop_table("correspondent")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_number"))
        batch_op.drop_index("ix_message_due")

    op.drop_table("message")
