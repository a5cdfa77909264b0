"""Rounds of purchases, and the places that are waited for, against what a ticket's facts fold to."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.audit import written
from deskterm.core.domain.chain import Chain
from deskterm.core.domain.text import many
from deskterm.core.domain.trail import Damage
from deskterm.core.services.audit_facts import UNREADABLE
from deskterm.core.store import rounds
from deskterm.core.store.tables import PROCUREMENTS, SLOTS
from deskterm.core.store.trail import Reading

_ROUNDS: Final = (
    "round", "state", "asked_by", "currency", "total_minor", "digest", "purchase", "asked_at", "decided_at",
)  # fmt: skip
_PLACES: Final = ("number", "stage", "post", "person_id")
_PURCHASE: Final = _ROUNDS.index("purchase")
_SHOWN: Final = 60
_NOTHING: Final[tuple[()]] = ()

Row = Sequence[Any]


class Wrong(NamedTuple):
    """What is wrong with a ticket's rows."""

    kind: Damage
    said: str


class _Rows:
    """The rows of a table that have a ticket, to be taken ticket by ticket in the order of their numbers."""

    def __init__(self, reading: Reading, table: sa.Table, names: Sequence[str]) -> None:
        self.name = table.name
        columns = [table.c.ticket_id, *(table.c[name] for name in names)]
        self._groups = groupby(reading.stream(columns, columns[:2]), key=itemgetter(0))
        self._next: tuple[Any, Iterator[Row]] | None = None
        self._advance()

    def _advance(self) -> None:
        found = next(self._groups, None)
        self._next = None if found is None else (found[0], iter(list(found[1])))

    def before(self, ticket_id: int | None) -> Iterator[Any]:
        """Takes the rows of tickets before one (None for all that are left), and gives those tickets."""
        while self._next is not None and (ticket_id is None or self._next[0] < ticket_id):
            yield self._next[0]
            self._advance()

    def of(self, ticket_id: int) -> Sequence[Row]:
        """Takes the rows of a ticket, each without its number."""
        if self._next is None or self._next[0] != ticket_id:
            return _NOTHING
        found = [tuple(row)[1:] for row in self._next[1]]
        self._advance()
        return found


class Purchases:
    """The views of purchases beside a walk over tickets in the order of their numbers."""

    def __init__(self, reading: Reading) -> None:
        self._values = reading.values
        self._rounds = _Rows(reading, PROCUREMENTS, _ROUNDS)
        self._places = _Rows(reading, SLOTS, _PLACES)

    def strange(self, before: int | None) -> Iterator[str]:
        """Gives the rows whose ticket was passed over, up to the next one; None is for all that are left."""
        for rows in (self._rounds, self._places):
            for ticket_id in rows.before(before):
                yield f"{rows.name} has rows of a ticket {ticket_id!r}, and no entry tells of it"

    def compare(self, ticket_id: int, chain: Chain | None) -> Iterator[Wrong]:
        """Takes a ticket's rows and gives how they differ from its chain; None stands for one that can't be told."""
        have, waits = self._rounds.of(ticket_id), self._places.of(ticket_id)
        if chain is None or not (chain or have or waits):
            return
        want = [self._stored(rounds.round_row(one), _ROUNDS) for one in chain]
        try:
            have = [self._spelled(row) for row in have]
        except UNREADABLE:
            yield Wrong(Damage.EDITED, f"its purchase in {self._rounds.name} can't be read")
        else:
            if said := _difference(_ROUNDS, have, want):
                yield Wrong(Damage.EDITED, f"{self._rounds.name} {said}")
        places = [self._stored(row, _PLACES) for row in rounds.slot_rows(chain)]
        if said := _difference(_PLACES, waits, places):
            yield Wrong(Damage.EDITED, f"{self._places.name} {said}")

    def _stored(self, row: dict[str, Any], names: Sequence[str]) -> Row:
        said = {**row, "purchase": written(row["purchase"]), "state": str(row["state"])} if "purchase" in row else row
        return self._values.stored([said[name] for name in names])

    def _spelled(self, row: Row) -> Row:
        purchase = written(self._values.data(row[_PURCHASE]))
        return (*row[:_PURCHASE], purchase, *row[_PURCHASE + 1 :])


def _difference(names: Sequence[str], have: Sequence[Row], want: Sequence[Row]) -> str:
    """Gives the first difference of rows, "" where there is none; to Python 1, 1.0 and True are equal."""
    if len(have) != len(want):
        return f"has {many(len(have), 'row')} of it, its entries make {len(want)}"
    for number, (one, other) in enumerate(zip(have, want, strict=True), 1):
        for name, a, b in zip(names, one, other, strict=True):
            if a != b or type(a) is not type(b):
                return f"has {name} {_shown(a)} in row {number} of it, its entries say {_shown(b)}"
    return ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
