"""Drafts: what somebody wrote and hasn't sent. They are theirs alone, and no entry of the audit trail tells of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = "help_desk_drafts"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["help_desk_people.id"], name=op.f(f"fk_{_NAME}_person_id")),
        sa.PrimaryKeyConstraint("person_id", "ticket_id", "command", name=op.f(f"pk_{_NAME}")),
    )
    op.create_index(f"ix_{_NAME}_ticket_id", _NAME, ["ticket_id"])
