"""The measures that figures are made of, as the facts have them now: from blocks, and what changed since folded anew.

Blocks need not be up to date, so a desk can be read that takes no changes. It is a few tickets as a rule; where it is
more, who may write makes the blocks first.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from deskterm.core.domain.columns import FOREVER, Bools, Columns, Ints
from deskterm.core.domain.errors import NotAllowed, SchemaMismatch, StoreUnavailable
from deskterm.core.domain.measured_columns import by_month, months, of_tickets, seconds
from deskterm.core.domain.measures import STANDING, Measured
from deskterm.core.services.catching_up import Fresh, Progress, catch_up, spans, usable
from deskterm.core.services.context import Context
from deskterm.core.services.filling import Filling, Wanted
from deskterm.core.services.remeasuring import Remeasurer
from deskterm.core.store import blocks, watch
from deskterm.core.store.blocks import Block, Place
from deskterm.core.store.engine import Connection, Store

_MANY: Final = 100
"""Tickets to be folded for which it is worth to make blocks first."""
_AT_ONCE: Final = 500


def ready(context: Context, progress: Progress = lambda _done, _of: None) -> None:
    """Makes blocks first where too much isn't in them yet and the desk may be written to; call it before reading.

    What `progress` raises ends it, and what was made until then stays made.

    Raises:
        SchemaMismatch: when a newer program made them.
        StoreUnavailable: when the database is out of reach.
    """
    if context.store.is_read_only:
        return
    with context.store.read() as connection:
        few = len(_wanting(connection, context.clock()).tickets) <= _MANY
    if not few:
        try:
            catch_up(context.store, context.clock, progress)
        except SchemaMismatch:
            raise
        except (NotAllowed, StoreUnavailable):
            return  # a standby, or a file of somebody else's: it is read as it is


def columns(
    context: Context,
    connection: Connection,
    kinds: Collection[Measured],
    since: datetime | None,
    until: datetime | None,
    *,
    known: datetime | None = None,
    fields: Collection[str] = blocks.FIELDS,
    progress: Progress = lambda _done, _of: None,
) -> Mapping[Measured, Columns]:
    """Gives the measures of each kind that came to be known from `since` on and before `until`, in order of `at`.

    Of what lasts (`STANDING`) it is what stood at any time of that, its end included. None is no bound. It is what was
    known at `known`, the desk's now unless it is given: what came later isn't there, what was taken back or ended later
    was not yet. Of the `fields` besides `at`, those that aren't asked for say `blocks.UNREAD`: each costs its time.

    Raises:
        SchemaMismatch: when a newer program made the blocks.
        StoreUnavailable: when the database is out of reach, or a block is damaged.
    """
    return Gathering(context, connection, progress).columns(kinds, since, until, known=known, fields=fields)


class Gathering:
    """One look at a desk's measures: what changed since the blocks were made is folded once for all that it is asked.

    Making it raises as `columns`.
    """

    def __init__(self, context: Context, connection: Connection, progress: Progress = lambda _done, _of: None) -> None:
        """Folds what is not in blocks, as `connection` has it."""
        self._context, self._connection = context, connection
        self._over = _overlay(context, connection, progress)

    def columns(
        self,
        kinds: Collection[Measured],
        since: datetime | None,
        until: datetime | None,
        *,
        known: datetime | None = None,
        fields: Collection[str] = blocks.FIELDS,
        only: Mapping[str, frozenset[int]] = MappingProxyType({}),
    ) -> Mapping[Measured, Columns]:
        """Gives measures by kind; what, and what it raises, is as `columns`.

        It is only those of which each field in `only` says one of its numbers.
        """
        wanted = Wanted(
            since=-FOREVER if since is None else seconds(since),
            until=FOREVER if until is None else seconds(until),
            known=seconds(known or self._context.clock()),
            fields=frozenset(fields) | {"at", *only},
            only=tuple(only.items()),
        )
        lasting, passing = STANDING & set(kinds), set(kinds) - STANDING
        first, last = _month(wanted.since), _month(wanted.until)
        found: dict[Measured, Columns] = {}
        for some, end in ((passing, last), (lasting, blocks.STANDING)):
            if some:
                found |= _gathered(self._connection, frozenset(some), first, end, wanted, self._over)
        return found


class _Wanting(NamedTuple):
    """What blocks don't say yet: tickets by id, and whether there are no blocks at all that could say anything.

    `key` is another when the tickets' measures can be.
    """

    tickets: list[int]
    has_blocks: bool
    key: tuple[object, ...]


class _Overlay(NamedTuple):
    """Tickets, in order, whose measures are `fresh`, whatever blocks say."""

    key: tuple[object, ...]
    has_blocks: bool
    tickets: Ints
    fresh: Fresh


_OVERLAYS: Final[WeakKeyDictionary[Store, _Overlay]] = WeakKeyDictionary()
"""The last one of each store: who asks for several boards doesn't fold the same tickets for each."""


def _wanting(connection: Connection, now: datetime) -> _Wanting:
    state, end = blocks.state(connection), watch.place(connection)
    if not usable(state):
        return _Wanting(blocks.tickets_after(connection, 0), has_blocks=False, key=(end, now))
    late = blocks.late(connection, state.looked_at, now)
    found = {*blocks.changed(connection, state.seq, end), *(ticket_id for ticket_id, _ in late)}
    if state.ticket_id is not None:
        found.update(blocks.tickets_after(connection, state.ticket_id))
    return _Wanting(sorted(found), has_blocks=True, key=(state.turn, end, *late))


def _overlay(context: Context, connection: Connection, progress: Progress) -> _Overlay:
    now = context.clock()
    wanting = _wanting(connection, now)
    known = _OVERLAYS.get(context.store)
    if known is not None and known.key == wanting.key:
        return known
    remeasurer = Remeasurer(connection)
    parts: list[Fresh] = []
    count = len(wanting.tickets)
    for start in range(0, count, _AT_ONCE):
        parts.append(remeasurer.columns(connection, wanting.tickets[start : start + _AT_ONCE], now))
        if count > _MANY:
            progress(min(start + _AT_ONCE, count), count)
    kinds = {kind for part in parts for kind in part}
    fresh = {kind: Columns.joined([part[kind] for part in parts if kind in part]) for kind in kinds}
    made = _Overlay(wanting.key, wanting.has_blocks, np.array(wanting.tickets, np.int64), fresh)
    _OVERLAYS[context.store] = made
    return made


def _month(at: int) -> int:
    """Gives the month that an instant is in, as blocks have it: of what is beyond all times, the first or the last."""
    if at <= 0:
        return 0
    return blocks.STANDING if at >= FOREVER else int(months(np.array([at], np.int64))[0])


def _gathered(
    connection: Connection, kinds: frozenset[Measured], first: int, last: int, wanted: Wanted, over: _Overlay
) -> dict[Measured, Columns]:
    where = blocks.between(first, last, kinds)
    listed = blocks.listed(connection, where) if over.has_blocks else []
    covered = _covered(connection, listed, over.tickets)
    sizes = {block.place: block.n for block in listed}
    fillings = {}
    for kind in kinds:
        mine = by_month(over.fresh[kind]) if kind in over.fresh else {}
        laid = {month: part for month, part in mine.items() if first <= month <= last}
        n = sum(block.n for block in listed if block.place.kind is kind)
        fillings[kind] = Filling(kind, wanted, laid, n + sum(part.at.size for part in laid.values()))
    if listed:
        fields = wanted.fields | {"value"} if kinds & STANDING else wanted.fields
        for place, data in blocks.read(connection, where, fields):
            fillings[place.kind].add(place, sizes[place], data, covered.get(place))
    return {kind: filling.filled() for kind, filling in fillings.items()}


def _covered(connection: Connection, listed: Collection[Block], tickets: Ints) -> dict[Place, Bools]:
    """Gives for blocks that have measures of tickets laid over which these are, as a mask."""
    among = [block for block in listed if spans(block, tickets)]
    found = blocks.load(connection, among, {"ticket"})
    masks = {place: of_tickets(part, tickets) for place, part in found.items()}
    return {place: mask for place, mask in masks.items() if mask.any()}
