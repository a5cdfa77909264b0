"""Orders: an index for each order that a list of tickets can be read in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TABLE = "help_desk_tickets"
_OPEN = "closed_at IS NULL"
_POOL = "closed_at IS NULL AND assignee_id IS NULL"
_OVER = "closed_at IS NOT NULL"
_PRIORITY = ["priority", "next_due_at"]
_INDEXES = (
    ("priority", _PRIORITY, _OPEN),
    ("updated", ["updated_at"], _OPEN),
    ("created", ["created_at"], _OPEN),
    ("over_created", ["created_at"], _OVER),
    ("dept_priority", ["department_id", *_PRIORITY], _OPEN),
    ("dept_updated", ["department_id", "updated_at"], _OPEN),
    ("dept_created", ["department_id", "created_at"], _OPEN),
    ("over_dept_created", ["department_id", "created_at"], _OVER),
    ("mine_priority", ["assignee_id", *_PRIORITY], _OPEN),
    ("mine_updated", ["assignee_id", "updated_at"], _OPEN),
    ("mine_created", ["assignee_id", "created_at"], _OPEN),
    ("mine_closed", ["assignee_id", "closed_at"], _OVER),
    ("over_mine_created", ["assignee_id", "created_at"], _OVER),
    ("asked_due", ["requester_id", "next_due_at"], _OPEN),
    ("asked_priority", ["requester_id", *_PRIORITY], _OPEN),
    ("asked_updated", ["requester_id", "updated_at"], _OPEN),
    ("asked_created", ["requester_id", "created_at"], _OPEN),
    ("asked_closed", ["requester_id", "closed_at"], _OVER),
    ("requester_updated", ["requester_id", "updated_at"], None),
    ("pool_due", ["next_due_at"], _POOL),
    ("pool_priority", _PRIORITY, _POOL),
    ("pool_updated", ["updated_at"], _POOL),
    ("pool_created", ["created_at"], _POOL),
    ("pool_dept_due", ["department_id", "next_due_at"], _POOL),
    ("pool_dept_priority", ["department_id", *_PRIORITY], _POOL),
    ("pool_dept_updated", ["department_id", "updated_at"], _POOL),
    ("pool_dept_created", ["department_id", "created_at"], _POOL),
)


def upgrade() -> None:
    for name, columns, where in _INDEXES:
        some = sa.text(where) if where else None
        op.create_index(
            f"ix_{_TABLE}_{name}", _TABLE, [*columns, "id"], unique=False, sqlite_where=some, postgresql_where=some
        )
