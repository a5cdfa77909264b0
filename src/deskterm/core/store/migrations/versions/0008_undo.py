"""Undo: what somebody did last is found by an index; a notice leaves some seconds after it was written.

A notice that was written before has left.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_help_desk_facts_actor", "help_desk_facts", ["actor_id", "id"])
    op.add_column("help_desk_notices", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
