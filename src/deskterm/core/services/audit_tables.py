"""What the log folds to against the rows: every ticket, and every purchase of it, is what its facts make it.

Facts are read from their table, which the walk over the log has proved to be what the log says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final

from deskterm.core.domain.chain import Chain, follow
from deskterm.core.domain.facts import CHAINED, Ticket, from_data, reference, submitted
from deskterm.core.domain.past import Past, advance
from deskterm.core.domain.trail import Damage, Found
from deskterm.core.services.audit_facts import UNREADABLE
from deskterm.core.services.audit_rounds import Purchases
from deskterm.core.store import trail
from deskterm.core.store.tables import FACTS, TICKETS
from deskterm.core.store.trail import Reading

MOST: Final = 20
"""How many rows that differ are named one by one."""
_NAMES: Final = tuple(field.name for field in fields(Ticket))
_PROFILE: Final = _NAMES.index("profile_id")
_VALUES: Final = attrgetter(*_NAMES)
_SHOWN: Final = 60

Row = Sequence[Any]
Folded = tuple[Ticket, Chain]


class Tickets:
    """The rows of tickets, and of their purchases, against the fold of their facts."""

    def __init__(self, reading: Reading) -> None:
        self._reading, self._values = reading, reading.values
        self._purchases = Purchases(reading)
        self.count = 0
        self.found: list[Found] = []

    def compare(self) -> None:
        """Compares every ticket; the first differences are in `found`."""
        order = (FACTS.c.ticket_id, FACTS.c.version)
        facts = groupby(self._reading.stream(trail.REPLAY, order), key=itemgetter(0))
        rows = self._reading.stream([TICKETS.c[name] for name in _NAMES], (TICKETS.c.id,))
        try:
            self._merge(facts, rows)
        except TypeError:  # ids that have no order
            said = "the ids of tickets, facts or purchases are no longer numbers"
            self.found.append(Found(Damage.EDITED, None, said))

    def _merge(self, facts: Iterator[tuple[Any, Iterator[Row]]], rows: Iterator[Row]) -> None:
        row = next(rows, None)
        for ticket_id, group in facts:
            while row is not None and row[0] < ticket_id:
                self._strange(f"{TICKETS.name} has a ticket {row[0]!r}, and no entry tells of it")
                row = next(rows, None)
            self.count += 1
            folded = self._folded(ticket_id, group)
            if row is None or row[0] != ticket_id:
                self._say(ticket_id, Damage.DELETED, f"its row in {TICKETS.name} is gone")
            else:
                self._one(ticket_id, folded, row)
                row = next(rows, None)
            for stray in self._purchases.strange(ticket_id):
                self._strange(stray)
            for wrong in self._purchases.compare(ticket_id, folded[1] if folded else None):
                self._say(ticket_id, wrong.kind, wrong.said)
        while row is not None:
            self._strange(f"{TICKETS.name} has a ticket {row[0]!r}, and no entry tells of it")
            row = next(rows, None)
        for stray in self._purchases.strange(None):
            self._strange(stray)

    def _strange(self, said: str) -> None:
        if len(self.found) < MOST:
            self.found.append(Found(Damage.INSERTED, None, said))

    def _say(self, ticket_id: int, kind: Damage, said: str) -> None:
        if len(self.found) < MOST:
            at = trail.last_entry(self._reading.connection, ticket_id)
            self.found.append(Found(kind, at, f"{reference(ticket_id)}: {said}"))

    def _one(self, ticket_id: int, folded: Folded | None, row: Row) -> None:
        if folded is None:
            return
        ticket = folded[0]
        want = self._values.stored(_VALUES(ticket))
        if not ticket.profile_id:  # an older program's facts don't say it
            want = (*want[:_PROFILE], row[_PROFILE], *want[_PROFILE + 1 :])
        if tuple(row) == want and all(type(a) is type(b) for a, b in zip(row, want, strict=True)):
            return
        name, have, said = next(
            (name, a, b) for name, a, b in zip(_NAMES, row, want, strict=True) if a != b or type(a) is not type(b)
        )
        shown = f"its row in {TICKETS.name} has {name} {_shown(have)}, its entries say {_shown(said)}"
        self._say(ticket_id, Damage.EDITED, shown)

    def _folded(self, ticket_id: int, group: Iterator[Row]) -> Folded | None:
        """Gives the ticket that facts make, with its chain; says why where they make none."""
        ticket: Ticket | None = None
        chain: Chain = ()
        past: Past | None = None
        try:
            for _, version, kind, at, actor_id, data in group:
                fact = from_data(kind, self._values.instant(at), actor_id, self._values.data(data))
                if ticket is None:
                    ticket = submitted(fact, ticket_id)
                else:
                    ticket, past = advance(past, ticket, fact)
                if kind in CHAINED:
                    chain = follow(chain, fact)
                if ticket.version != version:
                    self._say(ticket_id, Damage.DELETED, "its versions don't follow one another")
                    return None
        except UNREADABLE:
            self._say(ticket_id, Damage.EDITED, "its facts can't be folded")
            return None
        return None if ticket is None else (ticket, chain)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
