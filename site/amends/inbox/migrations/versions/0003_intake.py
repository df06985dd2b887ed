"""How much was taken in from whom, and what looks like spam."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "rate",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "slot", "shard", name=op.f("pk_rate")),
    )
    # Added in place: a batch would copy the table, and deleting the old one takes along what refers to it.
    op.add_column("case", sa.Column("suspicion", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("case", "suspicion")
    op.drop_table("rate")
