"""Reading: notices and decisions of a person from an index of their own; words begin with their department's sign.

What stood there without the sign is taken out: `services/upgrading.py` fills it again.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_help_desk_notices_person", "help_desk_notices", ["person_id", "id"], unique=False)
    op.create_index("ix_help_desk_approvals_decided", "help_desk_approvals", ["approver_id", "at", "id"], unique=False)
    op.execute("DELETE FROM help_desk_wordings")
