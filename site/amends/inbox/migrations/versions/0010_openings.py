"""On which sites the widget's form was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "opening",
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("company", "origin", name=op.f("pk_opening")),
    )


def downgrade() -> None:
    """Go back to the revision before; what is lost comes again when a form is opened."""
    op.drop_table("opening")
