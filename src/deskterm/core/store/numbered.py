"""Tickets that are known by their numbers, up to a million of them, as one value of a query."""

from collections.abc import Callable, Collection
from typing import Any, Final

import sqlalchemy as sa

from deskterm.core.store.tables import TICKETS

MANY: Final = 100_000
"""So many tickets are taken out by number and sorted; beyond, they are met soon on a walk through all tickets."""


class _Numbers(sa.types.UserDefinedType[Collection[int]]):
    """Numbers as an array that Postgres knows when it plans: as a parameter it would plan for ten of them."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
        return "BIGINT[]"

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[Collection[int]], str]:  # noqa: ARG002 - as above
        return lambda numbers: f"'{{{','.join(map(str, numbers))}}}'::BIGINT[]"


def these(connection: sa.Connection, numbers: Collection[int]) -> sa.ColumnElement[bool]:
    """Gives the clause that a ticket is one of these."""
    if connection.dialect.name == "postgresql":
        return TICKETS.c.id == sa.any_(sa.bindparam("numbers", numbers, _Numbers(), unique=True, literal_execute=True))
    # as a sum it is looked up for each ticket that the walk comes to, and doesn't lead the walk
    number = TICKETS.c.id if len(numbers) <= MANY else TICKETS.c.id + 0
    said = sa.literal(f"[{','.join(map(str, numbers))}]", sa.Text)
    return number.in_(sa.select(sa.func.json_each(said).table_valued("value").c.value))
