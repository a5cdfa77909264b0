"""Tickets folded anew into their measures, as columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from deskterm.core.domain.columns import Columns
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.history import steps
from deskterm.core.domain.measured_columns import columns_of
from deskterm.core.domain.measures import Measure, Measured
from deskterm.core.domain.measuring import measured
from deskterm.core.services.audit_delegations import delegated
from deskterm.core.services.context import load_policies
from deskterm.core.store import tickets
from deskterm.core.store.engine import Connection

DEFINITION: Final = 1
"""The rules that tickets are measured by: one more when they change, and blocks made by others are made anew."""
_SLICE: Final = 500
UNREADABLE: Final = (ValueError, KeyError, TypeError, RuntimeError, DesktermError)
"""What folding facts raises that were written past the program; doctor names their tickets."""


class Remeasurer:
    """Measures tickets from their facts, by the profiles and delegations that the desk has when it is made."""

    def __init__(self, connection: Connection) -> None:
        self._policies = load_policies(connection)
        self._delegated = delegated(connection)

    def columns(self, connection: Connection, ticket_ids: Sequence[int], now: datetime) -> Mapping[Measured, Columns]:
        """Gives what tickets come to `now`, by kind; one whose facts can't be folded has no measures."""
        return columns_of(measure for of_one in self._each(connection, ticket_ids, now) for measure in of_one)

    def _each(self, connection: Connection, ticket_ids: Sequence[int], now: datetime) -> Iterator[tuple[Measure, ...]]:
        for start in range(0, len(ticket_ids), _SLICE):
            some = ticket_ids[start : start + _SLICE]
            facts, profiles = tickets.facts_of(connection, some), tickets.profiles_of(connection, some)
            for number in some:
                try:
                    mine = facts[number]
                    policy = self._policies.of(mine[0].profile_id or profiles[number])
                    yield measured(steps(mine, policy, number), policy, now, self._delegated)
                except UNREADABLE:
                    continue
