"""Named clocks: what stopped each, the target table's columns on tickets, tiers, profiles effective from a date."""

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
    # until now response stopped at assignment and everything at the end of the work
    op.execute(
        """
        UPDATE help_desk_clocks SET stopped_by = (
            SELECT CASE
                WHEN help_desk_clocks.name = 'response' AND t.assigned_at <= help_desk_clocks.stopped_at THEN 'assigned'
                WHEN t.resolved_at IS NOT NULL THEN 'resolved'
                WHEN t.status = 'closed' THEN 'closed'
                ELSE 'assigned'
            END FROM help_desk_tickets AS t WHERE t.id = help_desk_clocks.ticket_id
        ) WHERE stopped_at IS NOT NULL
        """
    )
