"""Many rows at once: as the statement that every insert is, without what SQLAlchemy does for each row of it.

On Postgres they come by COPY. Triggers and constraints hold for both, and it is the same transaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

_FEW: Final = 50
"""So many are written as any statement is: for one ticket nothing is to be gained."""


def write(connection: sa.Connection, into: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows that all have the same columns; those they lack have a default in the database."""
    if len(rows) <= _FEW:
        if rows:
            connection.execute(sa.insert(into), list(rows))
    elif connection.dialect.name == "postgresql":
        _copy(connection, into, rows)
    else:
        columns = [into.c[name] for name in rows[0]]
        names = ", ".join(column.name for column in columns)
        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {into.name} ({names}) VALUES ({places})"  # noqa: S608 - names of our own tables
        connection.exec_driver_sql(statement, list(_bound(connection, columns, rows)))


def ids(connection: sa.Connection, table: sa.Table, count: int) -> list[int]:
    """Gives the ids that so many new rows of a table are to have, in order; nobody else is given them.

    Asking for them beforehand is several times as fast as having many rows tell which ids they were given.
    """
    if connection.dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        given = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
        return sorted(connection.scalars(given))
    last = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0  # no other writes meanwhile
    return list(range(last + 1, last + 1 + count))


def taken(connection: sa.Connection, table: sa.Table, numbers: Sequence[int]) -> list[int]:
    """Gives ids that rows of a table have already elsewhere; whoever asks for new ones is given others from now on."""
    if connection.dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sequence, sa.func.greatest(max(numbers), last))))
    return list(numbers)


def _copy(connection: sa.Connection, into: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = [into.c[name] for name in rows[0]]
    names = ", ".join(f'"{column.name}"' for column in columns)
    statement = f"COPY {into.name} ({names}) FROM STDIN"
    errors = connection.dialect.loaded_dbapi.Error
    try:
        cursor: Any = connection.connection.cursor()  # psycopg's own, which SQLAlchemy types as any driver's
        with cursor.copy(statement) as copy:
            for row in _bound(connection, columns, rows):
                copy.write_row(row)
    except errors as error:  # as SQLAlchemy tells what any other statement comes to
        raise DBAPIError.instance(statement, None, error, errors, dialect=connection.dialect) from error


def _bound(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """Gives each row's values as the driver takes them, by their columns' own types."""
    named = [(column.name, _processor(connection, column)) for column in columns]
    for row in rows:
        yield tuple(row[name] if process is None else process(row[name]) for name, process in named)


def _processor(connection: sa.Connection, column: sa.Column[Any]) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
