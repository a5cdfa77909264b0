"""Purchases as rows: the rounds of a ticket's chain, and who they wait for."""

from collections.abc import Collection
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from deskterm.core.domain.chain import Chain, Round
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.words import FactKind
from deskterm.core.store.tables import FACTS, PROCUREMENTS, SLOTS


def requested(connection: sa.Connection, ticket_ids: Collection[int]) -> dict[tuple[int, int], Purchase]:
    """Gives what the facts of tickets say is to be bought, by ticket and round: rows can be edited, and are a view."""
    query = sa.select(FACTS.c.ticket_id, FACTS.c.data).where(
        FACTS.c.ticket_id.in_(ticket_ids), FACTS.c.kind == FactKind.REQUESTED
    )
    return {(row[0], row[1]["round"]): Purchase.from_data(row[1]["purchase"]) for row in connection.execute(query)}


def round_row(round_: Round) -> dict[str, Any]:
    """Gives a round as its row has it, without its ticket."""
    return {
        "round": round_.number,
        "state": round_.state,
        "asked_by": round_.asked_by,
        "currency": round_.purchase.currency,
        "total_minor": round_.purchase.total_minor,
        "digest": round_.digest,
        "purchase": round_.purchase.as_data(),
        "asked_at": round_.asked_at,
        "decided_at": round_.ended_at,
    }


def slot_rows(chain: Chain) -> list[dict[str, Any]]:
    """Gives the places that a ticket's chain waits for, as their rows have them, without the ticket."""
    if not chain:
        return []
    return [
        {"number": number, "stage": chain[-1].stage, "post": slot.post, "person_id": slot.person_id}
        for number, slot in chain[-1].waiting()
    ]


def write(connection: sa.Connection, ticket_id: int, before: Chain, after: Chain) -> None:
    """Writes the rounds that changed, and who is waited for by now."""
    if before == after:
        return
    mine = PROCUREMENTS.c.ticket_id == ticket_id
    for old, new in zip_longest(before, after):
        if new is None:
            connection.execute(sa.delete(PROCUREMENTS).where(mine, PROCUREMENTS.c.round == old.number))
        elif old is None:
            connection.execute(sa.insert(PROCUREMENTS), [{"ticket_id": ticket_id, **round_row(new)}])
        elif (row := round_row(new)) != round_row(old):
            connection.execute(sa.update(PROCUREMENTS).where(mine, PROCUREMENTS.c.round == new.number).values(row))
    _write_slots(connection, ticket_id, after)


def _write_slots(connection: sa.Connection, ticket_id: int, chain: Chain) -> None:
    connection.execute(sa.delete(SLOTS).where(SLOTS.c.ticket_id == ticket_id))
    rows = [{"ticket_id": ticket_id, **row} for row in slot_rows(chain)]
    if rows:
        connection.execute(sa.insert(SLOTS), rows)


def rewrite(connection: sa.Connection, ticket_id: int, chain: Chain) -> None:
    """Makes a ticket's rows what its chain is, whatever stood there."""
    connection.execute(sa.delete(PROCUREMENTS).where(PROCUREMENTS.c.ticket_id == ticket_id))
    write(connection, ticket_id, (), chain)
    _write_slots(connection, ticket_id, chain)


def stored(connection: sa.Connection, ticket_id: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gives what is stored of a ticket's rounds and of the places that are waited for, as `round_row` has them."""
    found = []
    for table, order in ((PROCUREMENTS, PROCUREMENTS.c.round), (SLOTS, SLOTS.c.number)):
        columns = [column for column in table.c if column.name != "ticket_id"]
        rows = connection.execute(sa.select(*columns).where(table.c.ticket_id == ticket_id).order_by(order))
        found.append([dict(row) for row in rows.mappings()])
    return found[0], found[1]
