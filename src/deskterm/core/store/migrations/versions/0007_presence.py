"""Presence: who has a ticket open. On SQLite that stands in a file beside the desk (`store/presence.py`)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "help_desk_presence",
            sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, primary_key=True),
            sa.Column("person_id", sa.BigInteger(), autoincrement=False, primary_key=True),
            sa.Column("since", _INSTANT, nullable=False),
            sa.Column("seen_at", _INSTANT, nullable=False),
            sa.Column("is_replying", sa.Boolean(), nullable=False),
            prefixes=["UNLOGGED"],
        )
