"""Drafts in and out. They are no facts: no entry of the audit trail tells of them, and they are overwritten."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from deskterm.core.domain.drafts import Draft, Place, Values
from deskterm.core.store.tables import DRAFTS

_KEY: Final = ("person_id", "ticket_id", "command")


def write(connection: sa.Connection, person_id: int, place: Place, values: Values, now: datetime) -> None:
    """Writes somebody's draft in place of the one that was there."""
    row = {"person_id": person_id, **place._asdict(), "values": dict(values), "saved_at": now}
    # two terminals of one person may write the first draft of a place at once
    insert = sqlite.insert(DRAFTS) if connection.dialect.name == "sqlite" else postgresql.insert(DRAFTS)
    news = {"values": row["values"], "saved_at": now}
    connection.execute(insert.values(row).on_conflict_do_update(index_elements=_KEY, set_=news))


def remove(connection: sa.Connection, person_id: int, place: Place) -> bool:
    """Takes somebody's draft out; gives whether there was one."""
    mine = (DRAFTS.c.person_id == person_id, DRAFTS.c.ticket_id == place.ticket_id, DRAFTS.c.command == place.command)
    return connection.execute(sa.delete(DRAFTS).where(*mine)).rowcount == 1


def of_person(connection: sa.Connection, person_id: int, place: Place | None = None) -> list[Draft]:
    """Gives somebody's drafts, the latest first; only the one of `place` where that is given."""
    query = sa.select(DRAFTS.c.ticket_id, DRAFTS.c.command, DRAFTS.c["values"], DRAFTS.c.saved_at)
    query = query.where(DRAFTS.c.person_id == person_id)
    if place is not None:
        query = query.where(DRAFTS.c.ticket_id == place.ticket_id, DRAFTS.c.command == place.command)
    rows = connection.execute(query.order_by(DRAFTS.c.saved_at.desc(), DRAFTS.c.ticket_id, DRAFTS.c.command))
    return [Draft(Place(row[0], row[1]), row[2], row[3]) for row in rows]


def erase_of(connection: sa.Connection, person_id: int) -> None:
    """Takes out all that somebody hasn't sent."""
    connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.person_id == person_id))


def erase_on(connection: sa.Connection, ticket_id: int) -> None:
    """Takes out all that anybody hasn't sent on a ticket."""
    connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.ticket_id == ticket_id))
