"""What the customer can do behind the private link."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    with op.batch_alter_table("answer", schema=None) as batch_op:
        # All there were before are the company's.
        batch_op.add_column(sa.Column("by", sa.String(length=8), nullable=False, server_default="company"))
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.alter_column("by", server_default=None)

    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.alter_column("staff", existing_type=sa.Integer(), nullable=True)

    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("recommend", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["case.number"], name=op.f("fk_verdict_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_number"), ["number"], unique=False)

    op.create_table(
        "gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["case.number"], name=op.f("fk_gift_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
    )
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gift_number"), ["number"], unique=False)

    op.create_table(
        "referral",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["case.number"], name=op.f("fk_referral_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_company"), ["company"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasure")),
    )


def downgrade() -> None:
    """Go back to the revision before; what customers did and what they said in private is lost."""
    op.drop_table("erasure")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_company"))

    op.drop_table("referral")
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gift_number"))

    op.drop_table("gift")
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdict_number"))

    op.drop_table("verdict")
    op.execute("DELETE FROM deed WHERE staff IS NULL")
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.alter_column("staff", existing_type=sa.Integer(), nullable=False)

    op.execute("DELETE FROM answer WHERE name = ''")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("by")
