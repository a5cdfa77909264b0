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


def _folded(table: sa.Table) -> sa.Table:
    columns: list[sa.Column[Any]] = [sa.Column(column.name, column.type) for column in table.c]
    return sa.Table(f"folded_{table.name}", sa.MetaData(), *columns)


FOLDED: Final[Mapping[sa.Table, sa.Table]] = MappingProxyType({table: _folded(table) for table in _KEYS})
"""Where the rows are that were folded anew, for each table that has some."""


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


def _views(past: Past) -> Iterator[tuple[sa.Table, str]]:
    at = _spelled(past, past.at)
    stood = f"updated_at <= {at}"
    # the open and the closed apart, each as its indexes have it: no list is read through what came later
    parts = (f"closed_at IS NULL AND {stood}", f"closed_at <= {at} AND created_at <= {at} AND {stood}")
    yield TICKETS, _together(*(_select(past, TICKETS, part) for part in parts), _select_folded(past, TICKETS))
    for table in _OF_TICKETS:
        is_same = f"EXISTS ({_select(past, TICKETS, f'id = {table.name}.ticket_id AND {stood}')})"
        yield table, _together(_select(past, table, is_same), _select_folded(past, table))
    for table in (FACTS, COMMENTS, APPROVALS):
        yield table, _select(past, table, f"at <= {at}")
    seen = f"CASE WHEN seen_at <= {at} THEN seen_at END AS seen_at"
    yield NOTICES, _select(past, NOTICES, f"at <= {at}", {"seen_at": seen})
    standing = f"made_at <= {at} AND revoked_at IS NULL AND until > {_spelled(past, past.now)}"
    yield DELEGATIONS, _select(past, DELEGATIONS, standing)
    yield AUDIT, _select(past, AUDIT, f"seq <= {past.place}")


def _select(past: Past, table: sa.Table, where: str, instead: Mapping[str, str] = MappingProxyType({})) -> str:
    listed = ", ".join(instead.get(name, name) for name in _listed(past, table))
    return f"SELECT {listed} FROM {past.schema}.{table.name} WHERE {where}"  # noqa: S608 - our own names and literals


def _select_folded(past: Past, table: sa.Table) -> str:
    name = f"{'temp' if past.is_sqlite else 'pg_temp'}.{FOLDED[table].name}"
    return f"SELECT {', '.join(_listed(past, table))} FROM {name}"  # noqa: S608 - as above


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
