"""Blocks put one after the other into the columns that a reader wants, in one pass over their bytes.

A field that says the same throughout takes no room, and what nobody asked for isn't read.
"""

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np

from deskterm.core.domain.columns import FOREVER, Bools, Columns, Ints, constant
from deskterm.core.domain.measures import STANDING, Measured
from deskterm.core.store import blocks
from deskterm.core.store.blocks import Place


class Wanted(NamedTuple):
    """From and until when measures are wanted, as they were known at an instant; seconds since 1970. Which fields.

    `only` is what fields must say, each one of some numbers: of all else nothing is unpacked.
    """

    since: int
    until: int
    known: int
    fields: frozenset[str]
    only: tuple[tuple[str, frozenset[int]], ...] = ()


class Filling:
    """The columns of one kind while they are filled, a month after the other, each in the order of `at`."""

    def __init__(self, kind: Measured, wanted: Wanted, laid: Mapping[int, Columns], most: int) -> None:
        """Takes `laid` in too, by month, which no block has; there are `most` measures at most."""
        self._lasts, self._wanted = kind in STANDING, wanted
        self._laid = sorted(laid.items(), reverse=True)
        asked = wanted.fields | {"value"} if self._lasts else wanted.fields
        names = [name for name in Columns._fields if name in asked]
        rooms = np.empty((len(names), most), np.int64)  # at one time: the system gives large rooms in large pages
        self._fields = {name: _Field(room) for name, room in zip(names, rooms, strict=True)}
        self._month = self._begun = self._n = 0

    def add(self, place: Place, n: int, data: Mapping[str, bytes], covered: Bools | None) -> None:
        """Puts the next block in but for what is `covered`; raises StoreUnavailable when it is damaged."""
        self._reach(place.month)
        same = {name: blocks.constant_of(place, name, data[name]) for name in self._fields}
        chosen = self._chosen(place, n, data, same)
        if chosen is not None and not chosen.any():
            return
        at = self._unpacked(place, "at", data["at"], n)
        value = self._unpacked(place, "value", data["value"], n) if self._lasts else at
        kept = self._kept(at, value, covered, chosen)
        places = None if kept is None else np.flatnonzero(kept)
        count = n if places is None else places.size
        for name, field in self._fields.items():
            one = same[name]
            if one is not None:
                field.fill(self._n, FOREVER if self._is_later(name) and one > self._wanted.known else one, count)
                continue
            room = field.room(self._n, n)
            is_read = name == "at" or (name == "value" and self._lasts)
            if places is not None:
                room[:count] = room[places] if is_read else blocks.some(place, name, data[name], n, places)
            elif not is_read:
                blocks.unpack(place, name, data[name], room)
            self._see(name, room[:count])
        self._n += count

    def filled(self) -> Columns:
        """Gives the columns."""
        self._reach(blocks.STANDING + 1)
        asked = self._wanted.fields
        fields = (self._fields[name].cut(self._n) if name in asked else None for name in Columns._fields)
        return Columns(*(constant(blocks.UNREAD, self._n) if field is None else field for field in fields))

    def _reach(self, month: int) -> None:
        """Goes on to a month: what is laid into those before it is put there."""
        if month == self._month:
            return
        while self._laid and self._laid[-1][0] < month:
            earlier, part = self._laid.pop()
            if earlier != self._month:
                self._close()
                self._month = earlier
            self._lay(part)
        self._close()
        self._month = month

    def _lay(self, part: Columns) -> None:
        chosen = [_among(getattr(part, name), wanted) for name, wanted in self._wanted.only]
        kept = self._kept(part.at, part.value, None, reduce(np.logical_and, chosen) if chosen else None)
        part = part if kept is None else part.where(kept)
        for name, field in self._fields.items():
            if part.at.size:
                room = field.room(self._n, part.at.size)
                room[:] = getattr(part, name)
                self._see(name, room)
        self._n += part.at.size

    def _close(self) -> None:
        """Puts the measures of a month in order."""
        at = self._fields["at"].since(self._begun, self._n)
        if at is not None and not bool((at[1:] >= at[:-1]).all()):
            order = np.argsort(at, kind="stable")
            for field in self._fields.values():
                part = field.since(self._begun, self._n)
                if part is not None:
                    part[:] = part[order]
        self._begun = self._n

    def _unpacked(self, place: Place, name: str, data: bytes, n: int) -> Ints:
        """Gives a column of a block, where it is to stand unless some of it isn't wanted."""
        into = self._fields[name].room(self._n, n)
        blocks.unpack(place, name, data, into)
        return into

    def _chosen(self, place: Place, n: int, data: Mapping[str, bytes], same: Mapping[str, int | None]) -> Bools | None:
        """Gives which measures of a block say what they must, None where all do."""
        found: Bools | None = None
        for name, wanted in self._wanted.only:
            one = same[name]
            if one is not None and one in wanted:
                continue
            mask = _among(self._unpacked(place, name, data[name], n), wanted) if one is None else np.zeros(n, np.bool_)
            found = mask if found is None else found & mask
        return found

    def _kept(self, at: Ints, value: Ints, covered: Bools | None, chosen: Bools | None) -> Bools | None:
        """Gives which measures are wanted, None where all are."""
        if covered is None and chosen is None and self._is_whole(at, value):
            return None
        since, until, known, *_ = self._wanted
        if self._lasts:
            mask = (value <= min(until, known)) & (at > since)
        else:
            mask = (at >= since) & (at < until) & (at <= known)
        if covered is not None:
            mask &= ~covered
        if chosen is not None:
            mask &= chosen
        return None if bool(mask.all()) else mask

    def _is_whole(self, at: Ints, value: Ints) -> bool:
        """Gives whether all of some measures are wanted."""
        since, until, known, *_ = self._wanted
        if not at.size:
            return True
        first, last = int(at.min()), int(at.max())
        if self._lasts:
            return first > since and int(value.max()) <= min(until, known)
        return since <= first and last < until and last <= known

    def _see(self, name: str, field: Ints) -> None:
        """Makes a field what was known: what was taken back later, or stood longer, was not over yet."""
        if self._is_later(name):
            field[field > self._wanted.known] = FOREVER

    def _is_later(self, name: str) -> bool:
        """Gives whether a field says an end, which can have come later."""
        return name == "gone" or (name == "at" and self._lasts)


def _among(field: Ints, wanted: frozenset[int]) -> Bools:
    found: Bools = np.equal(field, next(iter(wanted))) if len(wanted) == 1 else np.isin(field, list(wanted))
    return found


class _Field:
    """A field being filled; as long as it says one number throughout it takes no room."""

    def __init__(self, room: Ints) -> None:
        """Has room for all that may come; memory that nothing is written to costs nothing."""
        self._room, self._is_used = room, False
        self._one = 0

    def fill(self, start: int, value: int, n: int) -> None:
        """Says the same `n` times from a place on."""
        if not n:
            return
        if not self._is_used and (start == 0 or self._one == value):
            self._one = value
        else:
            self.room(start, n).fill(value)

    def room(self, start: int, n: int) -> Ints:
        """Gives the room for `n` numbers from a place on."""
        if not self._is_used:
            self._is_used = True
            self._room[:start] = self._one
        return self._room[start : start + n]

    def since(self, start: int, end: int) -> Ints | None:
        """Gives what stands there, None where it is the same throughout."""
        return self._room[start:end] if self._is_used else None

    def cut(self, n: int) -> Ints:
        """Gives the field, `n` long."""
        return self._room[:n] if self._is_used else constant(self._one, n)
