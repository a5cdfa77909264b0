"""The desk's tables as they stood at an instant: views, on one connection, that bear the tables' own names.

A ticket that nothing happened to since is today what it was then, so its rows serve as they are. What others were is
folded anew and kept in temporary tables; the views put both together. Whatever asks for a table by its name on that
connection is given the view, so that no list, filter or screen knows of the past.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from deskterm.core.domain.history import History
from deskterm.core.store import bulk, rounds, wordings
from deskterm.core.store.rows import Row, clock_row, span_row, ticket_row
from deskterm.core.store.tables import (
    APPROVALS,
    AUDIT,
    CLOCKS,
    COMMENTS,
    DELEGATIONS,
    FACTS,
    NOTICES,
    PROCUREMENTS,
    SLOTS,
    SPANS,
    TICKETS,
    WORDINGS,
)

_OF_TICKETS: Final = (CLOCKS, SPANS, PROCUREMENTS, SLOTS, WORDINGS)
_KEYS: Final[Mapping[sa.Table, str]] = MappingProxyType({TICKETS: "id", **dict.fromkeys(_OF_TICKETS, "ticket_id")})
_WORDS: Final = "words"
"""The column of `help_desk_wordings` that Postgres makes by itself, and finds words by."""


def _like(table: sa.Table, name: str) -> sa.Table:
    columns: list[sa.Column[Any]] = [sa.Column(column.name, column.type) for column in table.c]
    return sa.Table(name, sa.MetaData(), *columns)


FOLDED: Final[Mapping[sa.Table, sa.Table]] = MappingProxyType(
    {table: _like(table, f"folded_{table.name}") for table in _KEYS}
)
"""Where the rows are that were folded anew, for each table that has some."""


_BY_ID: Final = _like(TICKETS, "help_desk_tickets_by_id")
"""Tickets once more, for SQLite, which reads all of a UNION before it joins it: here a join asks for one by its id."""


def joined_by_id(_: sa.Connection, statement: Any, *rest: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as the event has it
    """Gives a statement as SQLite is to have it: one that joins tickets to something asks for them by their ids."""
    if isinstance(statement, sa.Select) and any(
        isinstance(part, sa.Join) and TICKETS in {part.left, part.right} for part in iterate(statement)
    ):
        return replacement_traverse(statement, {}, _instead), *rest[:2]
    return statement, *rest[:2]


def _instead(element: Any, **_: Any) -> Any:  # noqa: ANN401 - any part of a statement
    if element is TICKETS:
        return _BY_ID
    return _BY_ID.c[element.name] if isinstance(element, sa.Column) and element.table is TICKETS else None


class Folded(NamedTuple):
    """A ticket as its facts up to the instant have made it, with what no fact says."""

    history: History
    profile_id: int
    origin: str | None


class Past(NamedTuple):
    """An instant of a desk whose tables are in `schema`; `place` is where its audit trail was when it was opened.

    Who may decide in another's stead is as it is `now`: what somebody may see no longer they may not see as of then.
    """

    at: datetime
    now: datetime
    schema: str
    place: int
    is_sqlite: bool


def made(past: Past) -> Iterator[str]:
    """Gives the statements that make the temporary tables and the views."""
    for table, key in _KEYS.items():
        name = FOLDED[table].name
        if past.is_sqlite:
            yield f"CREATE TEMP TABLE {name} AS {_select(past, table, '0')}"
            yield f"CREATE INDEX temp.by_{name} ON {name} ({key})"
        else:
            yield f"CREATE TEMP TABLE {name} (LIKE {past.schema}.{table.name} INCLUDING GENERATED INCLUDING INDEXES)"
    for table, body in _views(past):
        yield f"CREATE TEMP VIEW {table.name} AS {body}"
    if past.is_sqlite:
        yield f"CREATE TEMP VIEW {_BY_ID.name} AS {_by_id(past)}"


def _views(past: Past) -> Iterator[tuple[sa.Table, str]]:
    at = _spelled(past, past.at)
    stood = f"updated_at <= {at}"
    yield from (_united(past, stood) if past.is_sqlite else _appended(past, stood))
    for table in (FACTS, COMMENTS, APPROVALS):
        yield table, _select(past, table, f"at <= {at}")
    seen = f"CASE WHEN seen_at <= {at} THEN seen_at END AS seen_at"
    yield NOTICES, _select(past, NOTICES, f"at <= {at}", {"seen_at": seen})
    standing = f"made_at <= {at} AND revoked_at IS NULL AND until > {_spelled(past, past.now)}"
    yield DELEGATIONS, _select(past, DELEGATIONS, standing)
    yield AUDIT, _select(past, AUDIT, f"seq <= {past.place}")


def _united(past: Past, stood: str) -> Iterator[tuple[sa.Table, str]]:
    """Gives the views of what has folded rows, as SQLite reads them by indexes: what narrows them in each part."""
    at = _spelled(past, past.at)
    # the open and the closed apart, each as its indexes have it: no list is read through what came later
    parts = (f"closed_at IS NULL AND {stood}", f"closed_at <= {at} AND created_at <= {at} AND {stood}")
    yield TICKETS, _together(*(_select(past, TICKETS, part) for part in parts), _select_folded(past, TICKETS))
    for table in _OF_TICKETS:
        is_same = f"EXISTS ({_select(past, TICKETS, f'id = {table.name}.ticket_id AND {stood}')})"
        yield table, _together(_select(past, table, is_same), _select_folded(past, table))


def _appended(past: Past, stood: str) -> Iterator[tuple[sa.Table, str]]:
    """Gives the same views as Postgres reads them by indexes: what narrows them stands outside, the parts are bare."""
    at = _spelled(past, past.at)
    both = _together(_select(past, TICKETS), _select_folded(past, TICKETS))
    yield TICKETS, _of(past, TICKETS, both, f"created_at <= {at} AND {stood}")  # so does all that was folded
    for table in _OF_TICKETS:
        parts = _together(_select(past, table, more=", true AS stands"), _select_folded(past, table, ", false"))
        is_same = f"EXISTS ({_select(past, TICKETS, f'id = parts.ticket_id AND {stood}')})"
        yield table, _of(past, table, parts, f"NOT stands OR {is_same}")


def _of(past: Past, table: sa.Table, parts: str, where: str) -> str:
    return f"SELECT {', '.join(_listed(past, table))} FROM ({parts}) AS parts WHERE {where}"  # noqa: S608 - as below


def _select(
    past: Past, table: sa.Table, where: str = "", instead: Mapping[str, str] = MappingProxyType({}), more: str = ""
) -> str:
    listed = ", ".join(instead.get(name, name) for name in _listed(past, table)) + more
    query = f"SELECT {listed} FROM {past.schema}.{table.name}"  # noqa: S608 - our own names and literals
    return f"{query} WHERE {where}" if where else query


def _select_folded(past: Past, table: sa.Table, more: str = "") -> str:
    name = f"{'temp' if past.is_sqlite else 'pg_temp'}.{FOLDED[table].name}"
    return f"SELECT {', '.join(_listed(past, table))}{more} FROM {name}"  # noqa: S608 - as above


def _by_id(past: Past) -> str:
    at, names = _spelled(past, past.at), _listed(past, TICKETS)
    listed = ", ".join(
        ["t.id", *(f"iif(f.id IS NULL, t.{name}, f.{name}) AS {name}" for name in names if name != "id")]
    )
    both = f"{past.schema}.{TICKETS.name} AS t LEFT JOIN temp.{FOLDED[TICKETS].name} AS f ON f.id = t.id"
    return f"SELECT {listed} FROM {both} WHERE f.id IS NOT NULL OR t.updated_at <= {at}"  # noqa: S608 - as above


def _together(*selects: str) -> str:
    return " UNION ALL ".join(selects)


def _listed(past: Past, table: sa.Table) -> list[str]:
    more = [_WORDS] if table is WORDINGS and not past.is_sqlite else []
    return [*(column.name for column in table.c), *more]


def _spelled(past: Past, instant: datetime) -> str:
    """Gives an instant as the database keeps it, as a literal: a view takes no values."""
    if past.is_sqlite:
        return f"'{instant.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'microseconds')}'"
    return f"TIMESTAMPTZ '{instant.astimezone(UTC).isoformat()}'"


def put(connection: sa.Connection, tickets: Sequence[Folded], ids: Sequence[int], *, spans: int) -> int:
    """Makes `tickets` what is told of those among `ids`, which had other rows or none; the rest of them is not there.

    `spans` is the last number that a span was given; the last one is given back.
    """
    for table, key in _KEYS.items():
        connection.execute(sa.delete(FOLDED[table]).where(FOLDED[table].c[key].in_(ids)))
    rows: dict[sa.Table, list[Row]] = {table: [] for table in _KEYS}
    for history, profile_id, origin in tickets:
        here = {"ticket_id": history.ticket.id}
        said = {"id": history.ticket.id, "profile_id": profile_id, "origin": origin}
        rows[TICKETS].append({**ticket_row(history), **said})
        rows[CLOCKS] += [clock_row(history.ticket.id, clock) for clock in history.clocks]
        numbered = enumerate(history.spans, spans + 1)
        rows[SPANS] += [{"id": number, **span_row(history.ticket.id, span)} for number, span in numbered]
        spans += len(history.spans)
        rows[PROCUREMENTS] += [{**here, **rounds.round_row(one)} for one in history.chain]
        rows[SLOTS] += [{**here, **row} for row in rounds.slot_rows(history.chain)]
    for table, made_ in rows.items():
        bulk.write(connection, FOLDED[table], made_)
    texts = wordings.told(connection, [one.history.ticket.id for one in tickets])
    bulk.write(
        connection, FOLDED[WORDINGS], [{"ticket_id": number, **says._asdict()} for number, says in texts.items()]
    )
    return spans
