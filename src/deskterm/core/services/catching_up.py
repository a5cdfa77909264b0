"""Making blocks of measures, and keeping them up with the facts.

They are a projection, so it is all the same who makes them, and when: what was changed since is found in the audit
trail. Tickets are measured outside of the write transaction, which takes only what came of it; whoever was overtaken
meanwhile goes on from where the other is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from deskterm.core.domain.clock import Now
from deskterm.core.domain.columns import Columns, Ints
from deskterm.core.domain.errors import SchemaMismatch
from deskterm.core.domain.measured_columns import are_same, by_month, of_tickets, ordered
from deskterm.core.domain.measures import Measured
from deskterm.core.services.folders import Folders
from deskterm.core.services.remeasuring import DEFINITION, Remeasurer
from deskterm.core.store import blocks, watch
from deskterm.core.store.blocks import Block, Place, State
from deskterm.core.store.engine import Connection, Store

Progress = Callable[[int, int], object]
"""Hears how much is done, and of how much. What it raises ends the work; what was done until then stays done."""
Fresh = Mapping[Measured, Columns]
_ENTRIES_AT_ONCE: Final = 20_000
_TICKETS_AT_ONCE: Final = 10_000


def catch_up(
    store: Store,
    clock: Now,
    progress: Progress = lambda _done, _of: None,
    *,
    processes: int = 0,
    at_least: int = 1,
) -> None:
    """Makes blocks say what the facts say now. With less than `at_least` tickets changed that is left for later.

    Blocks that are made for the first time, or anew, are folded by so many other `processes`, by this one with none.

    Raises:
        NotAllowed: when the desk is open read-only.
        SchemaMismatch: when a newer program made them.
        StoreUnavailable: when the database is out of reach.
    """
    store.check_writable()
    while not _made_all(store, clock, progress, processes) or not _followed(store, clock, progress, at_least):
        pass  # somebody else was first: on from there


def make_anew(store: Store, clock: Now, progress: Progress = lambda _done, _of: None, *, processes: int = 0) -> int:
    """Makes all blocks anew from the facts, and gives how many measures they have; raises as `catch_up`."""
    store.check_writable()
    while not _begun(store, clock):
        pass
    catch_up(store, clock, progress, processes=processes)
    with store.read() as connection:
        return sum(block.n for block in blocks.listed(connection))


def usable(state: State) -> bool:
    """Gives whether blocks are such as this program reads.

    Raises:
        SchemaMismatch: when a newer one made them.
    """
    if state.definition > DEFINITION:
        raise SchemaMismatch("the desk's measures were made by a newer program: update deskterm")
    return state.turn > 0 and state.definition == DEFINITION


def _begun(store: Store, clock: Now) -> bool:
    with store.read() as connection:
        before, seq = blocks.state(connection), watch.place(connection)
    after = State(before.turn, DEFINITION, seq, 0, clock())
    with store.write() as connection:
        return blocks.write(connection, before, after, {}, anew=True)


def _made_all(store: Store, clock: Now, progress: Progress, processes: int) -> bool:
    """Makes blocks of all tickets, unless they are; gives whether they are now."""
    with store.read() as connection:
        state, last = blocks.state(connection), blocks.last_ticket(connection)
    if not usable(state):
        return _begun(store, clock) and _made_all(store, clock, progress, processes)
    if state.ticket_id is None:
        return True
    with Folders(store, state.looked_at, processes) as folders:
        folded = _heard(folders.folded(state.ticket_id, last), progress, last)
        for upto, fresh in _together(folded, state.ticket_id):
            with store.read() as connection:
                made = _replacing(connection, np.arange(state.ticket_id + 1, upto + 1), fresh)
            after = state._replace(ticket_id=None if upto == last else upto)
            with store.write() as connection:
                if not blocks.write(connection, state, after, made):
                    return False
            state = after._replace(turn=state.turn + 1)
    return state.ticket_id is None


def _heard(folded: Iterable[tuple[int, Fresh]], progress: Progress, last: int) -> Iterator[tuple[int, Fresh]]:
    """Gives what is folded, and says so once it was taken."""
    for upto, fresh in folded:
        yield upto, fresh
        progress(upto, last)


def _together(folded: Iterable[tuple[int, Fresh]], after: int) -> Iterator[tuple[int, Fresh]]:
    """Gives what is folded in larger parts: each is a commit, and writes the block anew that it goes on from."""
    parts: list[Fresh] = []
    upto = after
    for upto, fresh in folded:
        parts.append(fresh)
        if upto - after >= _TICKETS_AT_ONCE:
            yield upto, _joined(parts)
            parts, after = [], upto
    if parts:
        yield upto, _joined(parts)


def _joined(parts: Sequence[Fresh]) -> Fresh:
    kinds = {kind for part in parts for kind in part}
    return {kind: Columns.joined([part[kind] for part in parts if kind in part]) for kind in kinds}


def _followed(store: Store, clock: Now, progress: Progress, at_least: int) -> bool:
    """Has blocks say what was changed since they were made; gives whether there was nothing, or it is done."""
    begun: int | None = None
    while True:
        with store.read() as connection:
            state, end, now = blocks.state(connection), watch.place(connection), clock()
            if not usable(state) or state.ticket_id is not None:
                return False
            begun = state.seq if begun is None else begun
            until = min(end, state.seq + _ENTRIES_AT_ONCE)
            is_last = until == end
            changed = set(blocks.changed(connection, state.seq, until))
            # who looks at clocks as of before they were looked at finds them judged already
            late = blocks.late(connection, state.looked_at, now) if is_last else []
            ids = sorted(changed | {ticket_id for ticket_id, _ in late})
            if is_last and len(ids) < at_least:
                return True
            fresh = Remeasurer(connection).columns(connection, ids, now)
            made = _replacing(connection, np.array(ids, np.int64), fresh)
        looked_at = max(now, state.looked_at) if is_last else state.looked_at
        with store.write() as connection:
            if not blocks.write(connection, state, state._replace(seq=until, looked_at=looked_at), made):
                return False
        progress(until - begun, end - begun)
        if is_last:
            return True


def _replacing(connection: Connection, tickets: Ints, fresh: Fresh) -> dict[Place, Columns]:
    """Gives what blocks become when tickets have those measures and no others; `tickets` are in order.

    What stays as it is isn't among them; what becomes empty is.
    """
    listed = blocks.listed(connection)
    old = _with(connection, [block for block in listed if spans(block, tickets)], tickets)
    groups = {key: list(found) for key, found in groupby(listed, key=lambda block: block.place[:2])}
    new = {(month, kind): part for kind, columns in fresh.items() for month, part in by_month(columns).items()}
    gone: dict[tuple[int, Measured], list[Place]] = {}
    for place in old:
        gone.setdefault((place.month, place.kind), []).append(place)
    made: dict[Place, Columns] = {}
    added: dict[Place, list[Columns]] = {}
    for key in gone.keys() | new.keys():
        hit = {place: of_tickets(old[place], tickets) for place in gone.get(key, ())}
        before = [old[place].where(mask) for place, mask in hit.items()]
        if key in new and before and are_same(Columns.joined(before), new[key]):
            continue
        made |= {place: old[place].where(~mask) for place, mask in hit.items()}
        if key in new:
            last = groups[key][-1] if key in groups else Block(Place(*key, 0), 0, 0, 0)
            for place, part in _placed(last, made, new[key]):
                added.setdefault(place, []).append(part)
    goes_on = blocks.load(connection, [block for block in listed if block.place in added and block.place not in made])
    for place, parts in added.items():
        standing = made.get(place, goes_on.get(place))
        made[place] = ordered(Columns.joined(parts if standing is None else [standing, *parts]))
    return made


def _with(connection: Connection, among: Sequence[Block], tickets: Ints) -> dict[Place, Columns]:
    """Gives those blocks that have measures of tickets."""
    found = blocks.load(connection, among, {"ticket"})
    return blocks.load(connection, [block for block in among if of_tickets(found[block.place], tickets).any()])


def spans(block: Block, tickets: Ints) -> bool:
    """Gives whether a block can have measures of some of the tickets, which are in order."""
    first, end = np.searchsorted(tickets, [block.low, block.high + 1])
    return bool(first < end)


def _placed(last: Block, made: Mapping[Place, Columns], part: Columns) -> Iterator[tuple[Place, Columns]]:
    """Gives where measures go: behind those of the last block of their kind and month, and into more as it is full."""
    place, n = last.place, made[last.place].at.size if last.place in made else last.n
    done = 0
    while done < part.at.size:
        if n >= blocks.MOST:
            place, n = place._replace(number=place.number + 1), 0
        end = min(part.at.size, done + blocks.MOST - n)
        yield place, part.between(done, end)
        done, n = end, n + end - done
