"""Whether blocks of measures are what the facts say: all of them, ticket by ticket, in the room of a number a ticket.

Of each ticket a sum is kept over what its measures come to, mixed so that no other measures have the same but by a
chance of one in 2^64. What was changed while the facts were folded is left out: blocks needn't have it yet.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from deskterm.core.domain.clock import Now
from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.columns import Columns, Ints
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import History
from deskterm.core.domain.measured_columns import columns_of, months
from deskterm.core.domain.measures import Measure, Measured
from deskterm.core.domain.measuring import measured
from deskterm.core.domain.proof import Delegated
from deskterm.core.services.catching_up import usable
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.remeasuring import UNREADABLE
from deskterm.core.store import blocks, watch
from deskterm.core.store.engine import Connection

_Sums = NDArray[np.uint64]
_ODD: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_HALF: Final = np.uint64(32)


class MeasureCheck:
    """What the facts come to, ticket by ticket, beside what blocks say."""

    def __init__(self, connection: Connection, clock: Now) -> None:
        """Begins to look, unless there are no blocks; tickets are folded as of now."""
        self._is_wanted = usable(blocks.state(connection))
        self._clock, self._place = clock, watch.place(connection)
        self._now = clock() if self._is_wanted else NEVER
        last = blocks.last_ticket(connection) if self._is_wanted else 0
        self._folded, self._stored = np.zeros(last + 1, np.uint64), np.zeros(last + 1, np.uint64)
        self._measures: list[Measure] = []

    def take(self, told: Sequence[tuple[Fact, History]], policy: DeskPolicy, could: Delegated) -> None:
        """Takes a ticket's facts in, each with the history after it; what can't be measured has no measures."""
        with suppress(*UNREADABLE):
            self._measures += measured(told, policy, self._now, could) if self._is_wanted else ()

    def reckon(self) -> None:
        """Sums up what was taken in."""
        for kind, columns in columns_of(self._measures).items():
            self._add(self._folded, columns, _sums(kind, months(columns.at), columns))
        self._measures.clear()

    def damaged(self, connection: Connection) -> tuple[list[int], list[str]]:
        """Gives the tickets of which blocks say something else, and what is said of blocks that can't be read."""
        if not self._is_wanted:
            return [], []
        strange: set[int] = set()
        unreadable: list[str] = []
        try:
            listed = blocks.listed(connection)
        except StoreUnavailable as error:
            return [], [str(error)]
        for block in listed:
            try:
                columns = blocks.load(connection, [block])[block.place]
            except StoreUnavailable as error:
                unreadable.append(str(error))
                continue
            month = np.full(block.n, block.place.month, np.int64)
            strange |= self._add(self._stored, columns, _sums(block.place.kind, month, columns))
        differ = {*np.flatnonzero(self._folded != self._stored).tolist(), *strange}
        return ([] if unreadable else sorted(differ - self._changed(connection))), unreadable

    def _changed(self, connection: Connection) -> set[int]:
        """Gives the tickets that blocks need not have yet as they were folded, or may have as they became since."""
        state, end = blocks.state(connection), watch.place(connection)
        found = set(blocks.changed(connection, min(self._place, state.seq), end))
        late = blocks.late(connection, min(self._now, state.looked_at), self._clock())
        found.update(ticket_id for ticket_id, _ in late)
        if state.ticket_id is not None:
            found.update(blocks.tickets_after(connection, state.ticket_id))
        return found

    def _add(self, sums: _Sums, columns: Columns, of: _Sums) -> set[int]:
        """Adds to the sums of tickets, and gives those that are none."""
        known = (columns.ticket > 0) & (columns.ticket < sums.size)
        np.add.at(sums, columns.ticket[known], of[known])
        return set(columns.ticket[~known].tolist())


def _sums(kind: Measured, month: Ints, columns: Columns) -> _Sums:
    """Gives for each measure a number that says all of it."""
    found = np.full(month.size, crc32(kind.encode()), np.uint64)
    for field in (month, *columns):
        found = (found ^ field.view(np.uint64)) * _ODD[0]
        found = (found ^ (found >> _HALF)) * _ODD[1]
        found ^= found >> _HALF
    return found
