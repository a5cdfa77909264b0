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
        self._lasts, self._wanted, self._most = kind in STANDING, wanted, most
        self._laid = sorted(laid.items(), reverse=True)
        asked = wanted.fields | {"value"} if self._lasts else wanted.fields
        self._fields = {name: _Field(most) for name in Columns._fields if name in asked}
        self._month = self._begun = self._n = 0

    def add(self, place: Place, n: int, data: Mapping[str, bytes], covered: Bools | None) -> None:
        """Puts the next block in but for what is `covered`; raises StoreUnavailable when it is damaged."""
        self._reach(place.month)
        same = {name: blocks.constant_of(place, name, data[name]) for name in self._fields}
        chosen = self._chosen(place, n, data, same)
        if chosen is not None and not chosen.any():
            return
        at = _unpacked(place, "at", data["at"], n)
        value = _unpacked(place, "value", data["value"], n) if self._lasts else at
        kept = self._kept(at, value, covered, chosen)
        places = None if kept is None else np.flatnonzero(kept)
        size = n if places is None else places.size
        for name, field in self._fields.items():
            one = same[name]
            if one is not None:
                one = FOREVER if self._is_later(name) and one > self._wanted.known else one
                field.fill(self._n, one, size)
            elif places is None and name not in {"at", "gone"}:
                blocks.unpack(place, name, data[name], field.room(self._n, n))
            elif name == "at" or (name == "value" and self._lasts):
                found = at if name == "at" else value
                field.put(self._n, self._seen(name, found if places is None else found[places]))
            elif places is None:
                field.put(self._n, self._seen(name, _unpacked(place, name, data[name], n)))
            else:
                field.put(self._n, self._seen(name, blocks.some(place, name, data[name], n, places)))
        self._n += size

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
            field.put(self._n, self._seen(name, getattr(part, name)))
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

    def _chosen(self, place: Place, n: int, data: Mapping[str, bytes], same: Mapping[str, int | None]) -> Bools | None:
        """Gives which measures of a block say what they must, None where all do."""
        found: Bools | None = None
        for name, wanted in self._wanted.only:
            one = same[name]
            if one is not None and one in wanted:
                continue
            mask = _among(_unpacked(place, name, data[name], n), wanted) if one is None else np.zeros(n, np.bool_)
            found = mask if found is None else found & mask
        return found

    def _kept(self, at: Ints, value: Ints, covered: Bools | None, chosen: Bools | None) -> Bools | None:
        """Gives which measures are wanted, None where all are."""
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

    def _seen(self, name: str, field: Ints) -> Ints:
        """Gives a field as it was known: what was taken back later, or stood longer, was not over yet."""
        return np.where(field > self._wanted.known, FOREVER, field) if self._is_later(name) else field

    def _is_later(self, name: str) -> bool:
        """Gives whether a field says an end, which can have come later."""
        return name == "gone" or (name == "at" and self._lasts)


def _unpacked(place: Place, name: str, data: bytes, n: int) -> Ints:
    into = np.empty(n, np.int64)
    blocks.unpack(place, name, data, into)
    return into


def _among(field: Ints, wanted: frozenset[int]) -> Bools:
    found: Bools = np.equal(field, next(iter(wanted))) if len(wanted) == 1 else np.isin(field, list(wanted))
    return found


class _Field:
    """A field being filled; as long as it says one number throughout it takes no room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._one: int | None = None
        self._array: Ints | None = None

    def fill(self, start: int, value: int, n: int) -> None:
        """Says the same `n` times from a place on."""
        if not n:
            return
        if self._array is None and (start == 0 or self._one == value):
            self._one = value
        else:
            self.room(start, n).fill(value)

    def put(self, start: int, values: Ints) -> None:
        """Puts numbers at a place and behind it."""
        if values.size:
            self.room(start, values.size)[:] = values

    def room(self, start: int, n: int) -> Ints:
        """Gives the room for `n` numbers from a place on."""
        if self._array is None:
            self._array = np.empty(self._most, np.int64)
            if start and self._one is not None:
                self._array[:start] = self._one
        return self._array[start : start + n]

    def since(self, start: int, end: int) -> Ints | None:
        """Gives what stands there, None where it is the same throughout."""
        return None if self._array is None else self._array[start:end]

    def cut(self, n: int) -> Ints:
        """Gives the field, `n` long."""
        if self._array is not None:
            return self._array[:n]
        return constant(self._one or 0, n)
