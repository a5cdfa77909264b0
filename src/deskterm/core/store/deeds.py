"""What somebody did last, and the notices of what they take back."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.words import FactKind
from deskterm.core.store.tables import FACTS, NOTICES

_SLICE: Final = 500
_MOST: Final = 5_000


class Deed(NamedTuple):
    """A fact as far as it tells what somebody did."""

    id: int
    ticket_id: int
    version: int
    kind: str
    data: dict[str, Any]


def latest(connection: sa.Connection, actor_id: int, by_id: int | None) -> Iterator[Deed]:
    """Gives what somebody did, the latest first, and not what they only tried; `by_id` is who was really there."""
    columns = (FACTS.c.id, FACTS.c.ticket_id, FACTS.c.version, FACTS.c.kind, FACTS.c.data)
    query = sa.select(*columns).where(FACTS.c.actor_id == actor_id).order_by(FACTS.c.id.desc()).limit(_SLICE)
    below: int | None = None
    for _ in range(0, _MOST, _SLICE):
        rows = connection.execute(query if below is None else query.where(FACTS.c.id < below)).all()
        for row in rows:
            if row.data.get("by_id") == by_id and row.kind != FactKind.ATTEMPTED:
                yield Deed._make(row)
        if len(rows) < _SLICE:
            return
        below = rows[-1].id


def take_back_notices(connection: sa.Connection, ticket_id: int, versions: Sequence[int]) -> set[int]:
    """Deletes the notices of versions that nobody has seen yet, and gives who has seen one."""
    theirs = (NOTICES.c.ticket_id == ticket_id, NOTICES.c.version.in_(versions))
    connection.execute(sa.delete(NOTICES).where(*theirs, NOTICES.c.seen_at.is_(None)))
    return set(connection.scalars(sa.select(NOTICES.c.person_id).where(*theirs)))
