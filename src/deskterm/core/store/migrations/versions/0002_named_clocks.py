"""Named clocks: what stopped each, the target table's columns on tickets, tiers, profiles effective from a date.

The clocks themselves are a view of the facts: `services/upgrading.py` reckons them anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)
_ABOUT = ("customer", "product", "module", "question")
_RUNS = sa.text("running_since IS NOT NULL AND breached_at IS NULL")


def upgrade() -> None:
    for name in _ABOUT:
        op.add_column("help_desk_tickets", sa.Column(name, sa.String(length=200), nullable=False, server_default=""))
    op.add_column("help_desk_tickets", sa.Column("tier", sa.SmallInteger(), nullable=False, server_default="1"))
    op.add_column("help_desk_people", sa.Column("customer", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("help_desk_clocks", sa.Column("stopped_by", sa.String(length=24), nullable=True))
    op.create_index(
        "ix_help_desk_clocks_due", "help_desk_clocks", ["due_at"], sqlite_where=_RUNS, postgresql_where=_RUNS
    )
    op.add_column(
        "help_desk_profiles",
        sa.Column("effective_at", _INSTANT, nullable=False, server_default="1970-01-01 00:00:00"),
    )
    op.execute("UPDATE help_desk_profiles SET effective_at = applied_at")
