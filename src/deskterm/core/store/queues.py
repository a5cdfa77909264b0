"""What is open and due soon, department by department."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from deskterm.core.store.tables import TICKETS


class Narrowed(NamedTuple):
    """Which open tickets are looked at: of a department, and where not None of a person, a priority ..."""

    department_id: int
    assignee_id: int | None = None
    priority: int | None = None
    category_id: int | None = None
    tier: int | None = None


def due(connection: sa.Connection, until: datetime, to: Narrowed) -> Sequence[datetime]:
    """Gives when open tickets are due whose clock runs, until an instant; out of time already are among them."""
    t = TICKETS.c
    query = sa.select(t.next_due_at).where(
        t.department_id == to.department_id, t.closed_at.is_(None), t.next_due_at <= until
    )
    pairs = (
        (t.assignee_id, to.assignee_id),
        (t.priority, to.priority),
        (t.category_id, to.category_id),
        (t.tier, to.tier),
    )
    for column, wanted in pairs:
        if wanted is not None:
            query = query.where(column == wanted)
    return connection.scalars(query.order_by(t.next_due_at)).all()
