"""What staff need to work together: who has a case, notes, drafts, templates, and duplicates to be marked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SLUG, _NUMBER = sa.String(length=40), sa.String(length=8)


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.add_column("request", sa.Column("of", _NUMBER, nullable=True))
    op.add_column("request", sa.Column("answer", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "assignment",
        sa.Column("company", _SLUG, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_assignment_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company", "number", name=op.f("pk_assignment")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company", _SLUG, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_note_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_number"), "note", ["number"])
    op.create_table(
        "customer",
        sa.Column("company", _SLUG, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", "email", name=op.f("pk_customer")),
    )
    op.create_table(
        "draft",
        sa.Column("company", _SLUG, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("saved", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_draft_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company", "number", "staff", name=op.f("pk_draft")),
    )
    op.create_table(
        "template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company", _SLUG, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
    )
    op.create_index(op.f("ix_template_company"), "template", ["company"])


def downgrade() -> None:
    """Go back to the revision before; what staff noted for each other is lost."""
    for table in ("template", "draft", "customer", "note", "assignment"):
        op.drop_table(table)
    op.drop_column("request", "answer")
    op.drop_column("request", "of")
