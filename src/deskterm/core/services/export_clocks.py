"""What a ticket's clocks came to, as columns: the figures that leads export for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, Final, NamedTuple

from deskterm.core.domain.clocks import Clock, consumed_us
from deskterm.core.domain.export_columns import OF_CLOCK, Column, of_clocks
from deskterm.core.services.export_asked import Asked, Slice
from deskterm.core.services.policies import Policies
from deskterm.core.store import streams
from deskterm.core.store.engine import Connection

_SECOND_US: Final = 1_000_000
_NONE: Final = (None,) * len(OF_CLOCK)
Cells = tuple[Any, ...]
"""A clock's figures of one ticket, as `OF_CLOCK` has them; the last is the cycle."""


class _Stands(NamedTuple):
    """Where a ticket stands, as far as its clocks' terms go by it."""

    department_id: int
    category_id: int
    priority: int
    tier: int
    customer: str
    product: str
    module: str
    question: str
    stage: str


class ClockColumns:
    """The columns of an export that are a clock's, of the last time that it began."""

    def __init__(self, asked: Asked) -> None:
        """Finds which are asked for."""
        known = {column: (clock, place) for clock in asked.clocks for place, column in enumerate(of_clocks([clock]))}
        self._wanted: Mapping[Column, tuple[str, int]] = {one: known[one] for one in asked.columns if one in known}
        self._policies, self._now = asked.names.policies, asked.now

    def has(self, column: Column) -> bool:
        """Gives whether a column is a clock's."""
        return column in self._wanted

    def of(self, slice_: Slice, ids: Sequence[int]) -> Mapping[Column, Sequence[Any]]:
        """Gives the columns of some tickets, in the order of `ids`."""
        if not self._wanted:
            return {}
        told = self._read(slice_)
        figures = {
            clock: tuple(zip(*map(told.get(clock, {}).get, ids, repeat(_NONE)), strict=True))
            for clock in {clock for clock, _ in self._wanted.values()}
        }
        return {column: figures[clock][place] for column, (clock, place) in self._wanted.items()}

    def _read(self, slice_: Slice) -> Mapping[str, Mapping[int, Cells]]:
        told: dict[str, dict[int, Cells]] = {}
        running: list[tuple[Any, ...]] = []
        for row in streams.clocks(slice_.connection, slice_.ids):
            ticket_id, name, cycle, since, target_us, used_us, due_at, stopped_at, breached = tuple(row)
            mine = told.setdefault(name, {})
            if ticket_id in mine and mine[ticket_id][-1] > cycle:
                continue
            if since is not None:
                running.append(tuple(row))
            mine[ticket_id] = cells(target_us, used_us, due_at, stopped_at, cycle, breached=breached)
        if running:
            self._count_on(slice_, running, told)
        return told

    def _count_on(self, slice_: Slice, running: Sequence[tuple[Any, ...]], told: dict[str, dict[int, Cells]]) -> None:
        now_us = counted_on(slice_.connection, running, slice_.ids, self._policies, self._now)
        for ticket_id, name, cycle, _, target_us, _, due_at, stopped_at, breached in running:
            used_us = now_us[ticket_id, name, cycle]
            told[name][ticket_id] = cells(target_us, used_us, due_at, stopped_at, cycle, breached=breached)


def counted_on(
    connection: Connection, running: Sequence[tuple[Any, ...]], ids: Sequence[int], policies: Policies, now: datetime
) -> dict[tuple[int, str, int], int]:
    """Gives what clocks that run have used by now, in microseconds, by ticket, name and cycle.

    That depends on the hours that their tickets are under.
    """
    stands = {row[0]: tuple(row) for row in streams.rated(connection, ids)} if running else {}
    used: dict[tuple[int, str, int], int] = {}
    for ticket_id, name, cycle, since, _, used_us, *_rest in running:
        _, profile_id, *rest = stands[ticket_id]
        calendar = policies.of(profile_id).terms(name, _Stands(*rest)).calendar
        clock = Clock(name=name, consumed_us=used_us, running_since=datetime.fromisoformat(since))
        used[ticket_id, name, cycle] = consumed_us(clock, calendar, now)
    return used


def cells(
    target_us: int | None, used_us: int, due_at: str | None, stopped_at: str | None, cycle: int, *, breached: bool
) -> Cells:
    """Gives a clock's figures as `OF_CLOCK` has them."""
    if target_us is None:
        return None, used_us // _SECOND_US, due_at, stopped_at, None, cycle
    met = False if breached or used_us > target_us else True if stopped_at is not None else None
    return target_us // _SECOND_US, used_us // _SECOND_US, due_at, stopped_at, met, cycle
