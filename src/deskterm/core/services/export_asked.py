"""What an export is of, as everything that makes its rows is handed it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from deskterm.core.domain.access import Scope
from deskterm.core.domain.export_columns import Column, Dataset
from deskterm.core.services.export_names import Names
from deskterm.core.store.engine import Connection
from deskterm.core.store.streams import Ends, Period


class Asked(NamedTuple):
    """What an export is of, at `now`; `reader` is whose internal texts are in it, None for nobody's.

    `clocks` are those of the profile in force.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    period: Period
    ends: Ends
    reader: Scope | None
    names: Names
    now: datetime
    clocks: tuple[str, ...]


class Slice(NamedTuple):
    """Some tickets, and the read that they are taken from."""

    connection: Connection
    ids: Sequence[int]


RowsOf = Callable[[Slice], Sequence[Sequence[Any]]]
"""Gives the rows of some tickets, their cells in the order of the columns."""
