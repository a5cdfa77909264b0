"""The next ticket to take, chosen by the database in the queue's own order."""

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.store.contents import whole
from deskterm.core.store.narrowing import Narrowing
from deskterm.core.store.tables import TICKETS
from deskterm.core.views import View


def first(
    connection: sa.Connection, scope: Scope, to: Narrowing, departments: frozenset[int] | None, *, hold: bool
) -> int | None:
    """Gives the most urgent ticket in the pool of some departments (None: of all); `hold` keeps its row from others.

    To hold it is for the transaction that writes the ticket: on SQLite no other writes meanwhile. On Postgres what
    somebody else holds is passed over, so that many who ask at once get different tickets without waiting for each
    other. Only when all that is left is held, it waits: not everybody who holds a ticket takes it.
    """
    query = whole(scope, View.UNASSIGNED, to).order_by(TICKETS.c.next_due_at, TICKETS.c.id).limit(1)
    if departments is not None:
        query = query.where(TICKETS.c.department_id.in_(sorted(departments)))
    if not hold:
        return connection.scalar(query)
    for skip_locked in (True, False):
        # the lock that an UPDATE takes: who only writes a notice about the ticket is not in the way
        locked = query.with_for_update(of=TICKETS, key_share=True, skip_locked=skip_locked)
        if (found := connection.scalar(locked)) is not None:
            return found
    return None
