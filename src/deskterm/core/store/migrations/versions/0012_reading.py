"""Reading: notices and decisions of a person from an index of their own; words begin with their department's sign.

The indexes of what somebody had say in which department it was.

What stood there without the sign is taken out: `services/upgrading.py` fills it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_help_desk_notices_person", "help_desk_notices", ["person_id", "id"], unique=False)
    op.create_index("ix_help_desk_approvals_decided", "help_desk_approvals", ["approver_id", "at", "id"], unique=False)
    over = sa.text("closed_at IS NOT NULL")
    for name, column in (("mine_closed", "closed_at"), ("over_mine_created", "created_at")):
        op.drop_index(f"ix_help_desk_tickets_{name}", "help_desk_tickets")
        op.create_index(
            f"ix_help_desk_tickets_{name}",
            "help_desk_tickets",
            ["assignee_id", column, "id", "department_id"],
            unique=False,
            sqlite_where=over,
            postgresql_where=over,
        )
    op.execute("DELETE FROM help_desk_wordings")
