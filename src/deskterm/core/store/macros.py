"""Macros in and out."""

from typing import NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.macros import Macro, from_json, to_json
from deskterm.core.store.tables import MACROS


class Kept(NamedTuple):
    """A macro as it stands in the desk."""

    id: int
    department_id: int | None
    macro: Macro


def every(connection: sa.Connection) -> list[Kept]:
    """Gives every macro, in the order of their keys."""
    rows = connection.execute(sa.select(MACROS.c.id, MACROS.c.department_id, MACROS.c.body).order_by(MACROS.c.key))
    return [Kept(row[0], row[1], from_json(row[2])) for row in rows]


def add(connection: sa.Connection, macro: Macro, department_id: int | None) -> dict[str, object]:
    """Writes a macro that is not there yet, and gives its row."""
    row = {"key": macro.key, "department_id": department_id, "body": to_json(macro)}
    number = connection.scalars(sa.insert(MACROS).values(row).returning(MACROS.c.id)).one()
    return {"id": number, **row}


def change(connection: sa.Connection, number: int, macro: Macro, department_id: int | None) -> dict[str, object]:
    """Writes a macro in place of the one with this id, and gives its row."""
    row = {"key": macro.key, "department_id": department_id, "body": to_json(macro)}
    connection.execute(sa.update(MACROS).where(MACROS.c.id == number).values(row))
    return {"id": number, **row}


def remove(connection: sa.Connection, number: int) -> None:
    """Takes a macro out."""
    connection.execute(sa.delete(MACROS).where(MACROS.c.id == number))
