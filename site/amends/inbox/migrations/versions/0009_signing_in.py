"""What signing in needs: a second step, recovery codes, links to choose a password, throttling, and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_REFUSED = "the audit trail is never changed"
_OF_A_FILE = [
    f"CREATE TRIGGER audit_{verb.lower()} BEFORE {verb} ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    for verb in ("UPDATE", "DELETE")
]
# A restore removes the tables, and with them the triggers, but not the function.
_OF_A_SERVER = [
    "CREATE OR REPLACE FUNCTION refuse_audit() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
    "CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit()",
]


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.add_column("staff", sa.Column("removed", sa.BigInteger(), nullable=True))
    op.add_column("session", sa.Column("browser", sa.Text(), server_default="", nullable=False))
    op.add_column("session", sa.Column("complete", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "second_step",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("pending", sa.LargeBinary(length=16), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_second_step_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_recovery_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery")),
    )
    op.create_index(op.f("ix_recovery_staff"), "recovery", ["staff"])
    op.create_table(
        "ticket",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_ticket_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_staff"), "ticket", ["staff"])
    op.create_table(
        "throttle",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    _audit()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("company", sa.String(length=40), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_company"), "audit", ["company"])
    for statement in _OF_A_FILE if op.get_bind().dialect.name == "sqlite" else _OF_A_SERVER:
        op.execute(statement)


def downgrade() -> None:
    """Go back to the revision before; second steps and the audit trail are lost."""
    for table in ("audit", "throttle", "ticket", "recovery", "second_step"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit()")
    op.drop_column("session", "complete")
    op.drop_column("session", "browser")
    op.drop_column("staff", "removed")
