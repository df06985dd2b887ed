"""What the widget offers to read before somebody asks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "similar_text",
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", name=op.f("pk_similar_text")),
    )


def downgrade() -> None:
    """Go back to the revision before; the next build makes anew what is lost."""
    op.drop_table("similar_text")
