"""Erasure: the texts of an entry of the audit trail stand beside it from now on, so that they can be erased.

Entries that were written before keep theirs in their bodies, for good.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("help_desk_audit", sa.Column("texts", sa.Text(), nullable=True))
