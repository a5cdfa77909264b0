"""From what the store reads to the cells of an export: each column's value as its kind is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from deskterm.core.domain.export_columns import Column, Dataset, Kind
from deskterm.core.domain.facts import reference
from deskterm.core.domain.purchase import digits
from deskterm.core.domain.words import FactKind
from deskterm.core.services.export_asked import Asked, RowsOf, Slice
from deskterm.core.services.export_clocks import ClockColumns
from deskterm.core.services.export_facts import fact_rows
from deskterm.core.services.export_log import log_rows
from deskterm.core.services.export_names import Names
from deskterm.core.store import streams

Cell = Callable[[Any], Any]
_ANSWERS: Final = frozenset({FactKind.REFUSED, FactKind.RETURNED})
"""The decisions whose reason is for the requester too."""


def ticket_rows(asked: Asked) -> RowsOf:
    """Gives what makes the rows of tickets, with what their clocks came to.

    A column at a time: that is several times as fast as a row at a time.
    """
    clocks = ClockColumns(asked)
    plain = [column for column in asked.columns if not clocks.has(column)]
    selected = [streams.TICKET_COLUMNS[column.name] for column in plain]
    tells = _cells(plain, asked.names)

    def rows(slice_: Slice) -> Sequence[Sequence[Any]]:
        found = streams.tickets(slice_.connection, slice_.ids, selected)
        if not found:
            return ()
        *cells, profiles, ids = zip(*found, strict=True)
        told: dict[Column, Iterable[Any]] = dict(zip(plain, cells, strict=True))
        for column, cell in tells.items():
            told[column] = map(cell, told[column])
        for column in plain:
            if column.name == "priority":
                told[column] = map(asked.names.priority, profiles, told[column])
        told |= clocks.of(slice_, ids)
        return list(zip(*(told[column] for column in asked.columns), strict=True))

    return rows


def comment_rows(asked: Asked) -> RowsOf:
    """Gives what makes the rows of comments."""
    selected = [streams.COMMENT_COLUMNS[column.name] for column in asked.columns]
    tells = _cells(asked.columns, asked.names)

    def rows(slice_: Slice) -> Sequence[Sequence[Any]]:
        found = streams.comments(
            slice_.connection, slice_.ids, selected, asked.ends.comments, asked.period, asked.reader
        )
        return _told(found, asked.columns, tells)

    return rows


def approval_rows(asked: Asked) -> RowsOf:
    """Gives what makes the rows of decisions; why somebody approved is for staff."""
    named = streams.APPROVAL_COLUMNS
    selected = [*(named[column.name] for column in asked.columns), named["currency"], named["decision"]]
    tells = _cells(asked.columns, asked.names)

    def rows(slice_: Slice) -> Sequence[Sequence[Any]]:
        found = streams.approvals(slice_.connection, slice_.ids, selected, asked.ends.approvals, asked.period)
        told = [_decided(row, asked) for row in found]
        return _told(told, asked.columns, tells)

    return rows


def _decided(row: Sequence[Any], asked: Asked) -> Sequence[Any]:
    *values, currency, decision = row
    for place, column in enumerate(asked.columns):
        if column.kind is Kind.AMOUNT and values[place] is not None:
            values[place] /= 10 ** digits(currency)
        elif column.name == "reason" and asked.reader is None and decision not in _ANSWERS:
            values[place] = ""
    return values


def _told(
    found: Sequence[Sequence[Any]], columns: Sequence[Column], tells: Mapping[Column, Cell]
) -> Sequence[Sequence[Any]]:
    """Gives rows with the cells of some columns told in other words."""
    if not found:
        return ()
    told = [
        map(tells[column], cells) if column in tells else cells
        for column, cells in zip(columns, zip(*found, strict=True), strict=True)
    ]
    return list(zip(*told, strict=True))


def _cells(columns: Iterable[Column], names: Names) -> dict[Column, Cell]:
    """Gives which columns are told in other words than they are stored in, and how."""
    by_name: Mapping[str, Cell] = {
        "department": names.departments.get,
        "category": names.categories.get,
        "profile": names.profiles.get,
    }
    by_kind: dict[Kind, Cell] = {Kind.TICKET: reference, Kind.PERSON: names.people.get}
    if names.masked:
        by_kind[Kind.CUSTOMER] = names.customer
    tells = ((column, by_name.get(column.name) or by_kind.get(column.kind)) for column in columns)
    return {column: cell for column, cell in tells if cell is not None}


READERS: Final[Mapping[Dataset, Callable[[Asked], RowsOf]]] = MappingProxyType(
    {
        Dataset.TICKETS: ticket_rows,
        Dataset.COMMENTS: comment_rows,
        Dataset.APPROVALS: approval_rows,
        Dataset.FACTS: fact_rows,
        Dataset.LOG: log_rows,
    }
)
