"""Blocks of measures in the database: numbered parts of a month's measures of a kind, each column packed by itself.

They are a projection of the facts: `State` says up to where. Whoever changes blocks moves the state on in the same
transaction, from the one they read: two who make the same blocks at once don't both write them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql, sqlite

from deskterm.core.domain.columns import FOREVER, Columns, Ints, constant
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.measures import Measured
from deskterm.core.store import bulk, packing
from deskterm.core.store.tables import AUDIT, BLOCK_STATE, BLOCKS, CLOCKS, RUNS_UNBREACHED, TICKETS

STANDING: Final = 999912
"""The month of what is still open."""
FIELDS: Final = frozenset(Columns._fields)
UNREAD: Final = -1
"""What a field says throughout that its reader didn't ask for."""
_B: Final = BLOCKS.c
_KEY: Final = (_B.month, _B.kind, _B.number)
_TYPES: Final = ("int4", "varchar", "int4")
MOST: Final = 1 << 16
"""Measures of a block at most: what comes to more is kept in several."""
_ID: Final = 1
_AT_ONCE: Final = 300
_STREAMED: Final = {"stream_results": True, "max_row_buffer": 4}
"""Rows are large: the memory of some is that of the next ones."""
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where a block stands: the month as 202609, what it measures, its number among those."""

    month: int
    kind: Measured
    number: int


class Block(NamedTuple):
    """How many measures a block has, and the least and the greatest id of their tickets."""

    place: Place
    n: int
    low: int
    high: int


class State(NamedTuple):
    """How far the blocks are made, and by which rules; `ticket_id` None is: of all tickets.

    `turn` 0 is: there are none yet. `seq` is the place in the audit trail that they are of; clocks that ran out before
    `looked_at` are judged in them.
    """

    turn: int
    definition: int
    seq: int
    ticket_id: int | None
    looked_at: datetime


NOTHING: Final = State(0, 0, 0, 0, _LONG_AGO)


def state(connection: sa.Connection) -> State:
    """Gives how far the blocks are made."""
    row = connection.execute(sa.select(*(BLOCK_STATE.c[name] for name in State._fields))).one_or_none()
    return State._make(row) if row else NOTHING


def write(
    connection: sa.Connection, before: State, after: State, made: Mapping[Place, Columns], *, anew: bool = False
) -> bool:
    """Puts blocks in place of those that stand there, empty ones nowhere, if the state is still `before`.

    Gives whether it was; the state is `after` then, one turn on. With `anew` all that stand are taken out first.
    """
    if not _moved(connection, before, after):
        return False
    if anew:
        connection.execute(sa.delete(BLOCKS))
    elif made:
        here = [getattr(_B, name) == sa.bindparam(f"of_{name}") for name in Place._fields]
        connection.execute(
            sa.delete(BLOCKS).where(*here),
            [{f"of_{name}": value for name, value in place._asdict().items()} for place in made],
        )
    bulk.write(connection, BLOCKS, [_row(place, columns) for place, columns in made.items() if columns.at.size])
    return True


def _moved(connection: sa.Connection, before: State, after: State) -> bool:
    values = {**after._asdict(), "turn": before.turn + 1}
    if before.turn:
        here = (BLOCK_STATE.c.id == _ID, BLOCK_STATE.c.turn == before.turn)
        return connection.execute(sa.update(BLOCK_STATE).where(*here).values(values)).rowcount == 1
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(BLOCK_STATE)
    first = insert.values(id=_ID, **values).on_conflict_do_nothing().returning(BLOCK_STATE.c.id)
    return connection.execute(first).one_or_none() is not None


def _row(place: Place, columns: Columns) -> dict[str, Any]:
    packed = {name: packing.pack(_kept(name, field)) for name, field in columns._asdict().items()}
    low, high = int(columns.ticket.min()), int(columns.ticket.max())
    return {**place._asdict(), "n": columns.at.size, "low": low, "high": high, **packed}


def _kept(name: str, field: Ints) -> Ints:
    """Gives a field as it is kept: that nothing took a measure back is 0, so that one that was costs no more."""
    return np.where(field == FOREVER, 0, field) if name == "gone" else field


def between(first: int = 0, last: int = STANDING, kinds: Iterable[Measured] = Measured) -> sa.ColumnElement[bool]:
    """Gives what tells the blocks of kinds, of the months from `first` to `last`, from all others."""
    return sa.and_(_B.month.between(first, last), _B.kind.in_(sorted(kinds)))


def listed(connection: sa.Connection, where: sa.ColumnElement[bool] | None = None) -> list[Block]:
    """Gives blocks in their order, all of them or those of `between`; raises StoreUnavailable at a damaged one."""
    query = sa.select(_B.month, _B.kind, _B.number, _B.n, _B.low, _B.high)
    found = connection.execute(query.where(between() if where is None else where).order_by(*_KEY))
    rows = [Block(Place(row[0], Measured(row[1]), row[2]), *row[3:]) for row in found]
    for block in rows:
        if not 0 < block.n <= MOST:
            raise damaged(block.place, f"it says that they are {block.n}")
    return rows


def read(
    connection: sa.Connection, where: sa.ColumnElement[bool], fields: Collection[str]
) -> Iterator[tuple[Place, dict[str, bytes]]]:
    """Gives blocks in their order, and of their columns those that are asked for, packed."""
    names = [column.name for column in BLOCKS.c if column.name in fields]
    query = sa.select(*_KEY, *(_B[name] for name in names)).where(where).order_by(*_KEY)
    for month, kind, number, *data in _rows(connection, query, len(names)):
        yield Place(month, Measured(kind), number), dict(zip(names, data, strict=True))


def _rows(connection: sa.Connection, query: sa.Select[Any], columns: int) -> Iterator[Sequence[Any]]:
    """Gives the rows of a query. Postgres copies them, in binary: bytes come several times as fast so."""
    if connection.dialect.name != "postgresql":
        yield from connection.execute(query, execution_options=_STREAMED)
        return
    statement = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor: Any = connection.connection.cursor()  # psycopg's own, which SQLAlchemy types as any driver's
    with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT BINARY)") as copy:
        copy.set_types([*_TYPES, *["bytea"] * columns])
        yield from copy.rows()


def load(connection: sa.Connection, of: Iterable[Block], fields: Collection[str] = FIELDS) -> dict[Place, Columns]:
    """Gives blocks; what of their columns isn't asked for is `UNREAD`.

    Raises:
        StoreUnavailable: when one is damaged.
    """
    found = {}
    sizes = {block.place: block.n for block in of}
    wanted = sorted(sizes)
    for start in range(0, len(wanted), _AT_ONCE):
        here = sa.tuple_(*_KEY).in_(wanted[start : start + _AT_ONCE])
        for place, data in read(connection, here, fields):
            n = sizes[place]
            into = {name: np.empty(n, np.int64) for name in data}
            for name, packed in data.items():
                unpack(place, name, packed, into[name])
            found[place] = Columns(*(into[name] if name in into else constant(UNREAD, n) for name in Columns._fields))
    return found


def unpack(place: Place, name: str, data: bytes, into: Ints) -> None:
    """Puts a column of a block where it is wanted; raises StoreUnavailable when it is damaged."""
    try:
        packing.unpack(data, into)
    except ValueError as error:
        raise damaged(place, f"{name}: {error}") from None
    if name == "gone":
        into[into == 0] = FOREVER


def some(place: Place, name: str, data: bytes, n: int, places: NDArray[np.intp]) -> Ints:
    """Gives what a column of a block of `n` measures says at some places; raises as `unpack`."""
    try:
        found = packing.some(data, n, places)
    except ValueError as error:
        raise damaged(place, f"{name}: {error}") from None
    if name == "gone":
        found[found == 0] = FOREVER
    return found


def constant_of(place: Place, name: str, data: bytes) -> int | None:
    """Gives the number that a column says throughout, None when it says several; raises as `unpack`."""
    try:
        found = packing.constant(data)
    except ValueError as error:
        raise damaged(place, f"{name}: {error}") from None
    return FOREVER if name == "gone" and found == 0 else found


def damaged(place: Place, why: str) -> StoreUnavailable:
    """Gives what is said of a block that can't be read."""
    where = f"the measures {place.kind} of {place.month}, part {place.number}"
    return StoreUnavailable(f"{where}, can't be read ({why}): run `deskterm doctor --repair`, which makes them anew")


def changed(connection: sa.Connection, since: int, until: int) -> list[int]:
    """Gives the tickets that the trail has entries of after a place in it and up to another, by id."""
    query = sa.select(AUDIT.c.ticket_id).where(AUDIT.c.seq > since, AUDIT.c.seq <= until)
    return list(connection.scalars(query.where(AUDIT.c.ticket_id.is_not(None)).distinct().order_by(AUDIT.c.ticket_id)))


def late(connection: sa.Connection, since: datetime, now: datetime) -> list[tuple[int, datetime]]:
    """Gives the tickets on which a clock ran out from `since` on and before `now`, and when; no fact says so yet."""
    query = sa.select(CLOCKS.c.ticket_id, CLOCKS.c.due_at).where(sa.text(RUNS_UNBREACHED))
    rows = connection.execute(
        query.where(CLOCKS.c.due_at >= since, CLOCKS.c.due_at < now).order_by(CLOCKS.c.ticket_id, CLOCKS.c.due_at)
    )
    return [(row[0], row[1]) for row in rows]


def last_ticket(connection: sa.Connection) -> int:
    """Gives the greatest id that a ticket has, 0 when there are none."""
    return connection.scalar(sa.select(sa.func.max(TICKETS.c.id))) or 0


def tickets_after(connection: sa.Connection, after: int, until: int | None = None) -> list[int]:
    """Gives the tickets with ids beyond one, up to another where that is given."""
    query = sa.select(TICKETS.c.id).where(TICKETS.c.id > after).order_by(TICKETS.c.id)
    return list(connection.scalars(query if until is None else query.where(TICKETS.c.id <= until)))
