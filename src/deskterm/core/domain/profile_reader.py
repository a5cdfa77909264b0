"""Reads parsed TOML strictly, key by key: what is wrong is noted with its place, and the reading goes on."""

import json
import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Collection
from difflib import get_close_matches
from enum import StrEnum
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias, TypeVar

from deskterm.core.domain.errors import ProfileError
from deskterm.core.domain.profile import Budget

Place: TypeAlias = tuple[str | int, ...]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
_A_KEY: Final = "a key of small letters, digits and _ that starts with a letter"
_A_TEXT: Final = "text on one line, not empty and with no blank at its ends"
_A_DURATION: Final = "a duration such as 4bh, 3bd, 30m, 2h or 2d"
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SYNTAX: Final = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)
_NOUNS: Final = {dict: "a table", list: "a list", bool: "true or false"}
_MOST: Final = 999_999  # of any unit: beyond it lie centuries, and dates that Python has not
_SHOWN: Final = 40  # characters of a wrong value worth repeating


class _Problem(NamedTuple):
    place: Place
    text: str


def quoted(value: object) -> str:
    """Gives what the file has, as short and as close to how it is written as a message needs."""
    if isinstance(value, dict | list):
        return _NOUNS[type(value)]
    shown = json.dumps(value) if isinstance(value, str | bool) else str(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def _instead(word: object, known: Collection[str]) -> str:
    """Gives the end of a sentence that refuses `word`: the nearest known word, or all of them."""
    near = get_close_matches(word, known, n=1) if isinstance(word, str) else []
    if near:
        return f"; did you mean {near[0]}?"
    return f": expected one of {', '.join(known)}" if known else ""


def _spelled(place: Place) -> str:
    """Gives a place as an admin reads it: `departments.it.categories[2].kind`, list entries counted from 1."""
    parts = (
        f"[{part + 1}]" if isinstance(part, int) else f".{part if _BARE.fullmatch(part) else json.dumps(part)}"
        for part in place
    )
    return "".join(parts).removeprefix(".")


class _Lines:
    """Finds the line a place is written on, which tomllib does not tell.

    The first so many lines of a TOML file are TOML themselves exactly where a statement ends, and a place that is
    there stays there, so the statement that brings it in is found by bisection. A pattern over the lines
    would be fooled by inline tables and by text that looks like a key.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._read: dict[int, dict[str, object] | None] = {0: {}}

    def of(self, place: Place) -> int | None:
        """Gives the first line of the statement that brings in `place`, or what there is of it; counted from 1."""
        whole = self._parsed(len(self._lines))
        while place and not _has(whole, place):
            place = place[:-1]
        if not place:
            return None
        end = bisect_left(range(len(self._lines)), x=True, key=lambda n: _has(self._parsed(self._whole(n)), place))
        return self._whole(end - 1) + 1

    def _whole(self, count: int) -> int:
        """Gives the greatest number of lines up to `count` at which no statement is cut."""
        while self._parsed(count) is None:
            count -= 1
        return count

    def _parsed(self, count: int) -> dict[str, object] | None:
        if count not in self._read:
            try:
                self._read[count] = tomllib.loads("\n".join(self._lines[:count]))
            except ValueError:
                self._read[count] = None
        return self._read[count]


def _has(value: object, place: Place) -> bool:
    if not place:
        return True
    part, rest = place[0], place[1:]
    if isinstance(value, dict):
        return part in value and _has(value[part], rest)
    return isinstance(value, list) and isinstance(part, int) and part < len(value) and _has(value[part], rest)


class Reader:
    """One table of the file. A value that can't be used is noted and stands in as an empty one until `finish`."""

    def __init__(self, table: dict[str, object], place: Place, problems: list[_Problem]) -> None:
        self._table = table
        self._place = place
        self._problems = problems
        self._known: dict[str, None] = {}  # a set in the order asked for
        self._children: list[Reader] = []

    def has(self, key: str) -> bool:
        """Whether an optional key is there."""
        self._known[key] = None
        return key in self._table

    def names(self) -> list[str]:
        """Gives the keys as written, for a table whose keys are the admin's; each must then be read."""
        return list(self._table)

    def refuse(self, text: str, *below: str | int) -> None:
        """Notes what is wrong with this table, or with what lies `below` it."""
        self._problems.append(_Problem((*self._place, *below), text))

    def text(self, key: str) -> str:
        """Gives a text that fits on one line of a screen."""
        value = self._take(key, str, _A_TEXT)
        if value is None:
            return ""
        controls = any(unicodedata.category(character) == "Cc" for character in value)
        if not value or value != value.strip() or controls:
            self.refuse(f"expected {_A_TEXT}, found {quoted(value)}", key)
        return value

    def pattern(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        """Gives a text of one form; `expected` is that form in words."""
        value = self._take(key, str, expected)
        if value is not None and not pattern.fullmatch(value):
            self.refuse(f"expected {expected}, found {quoted(value)}", key)
        return value or ""

    def key(self, key: str) -> str:
        """Gives the key by which the rest of the file and the database name this table."""
        return self.pattern(key, KEY, _A_KEY)

    def one_of(self, key: str, known: Collection[str]) -> str:
        """Gives one of the `known` words. Nothing known means that their own table was refused: said once."""
        value = self._take(key, str, f"one of {', '.join(known)}")
        if value is not None and known and value not in known:
            self.refuse(f"unknown {quoted(value)}{_instead(value, known)}", key)
        return value or ""

    def member(self, key: str, words: type[_E]) -> _E:
        """Gives one of a vocabulary's words."""
        value = self.one_of(key, [word.value for word in words])
        return next((word for word in words if word == value), next(iter(words)))

    def members(self, key: str, words: type[_E]) -> frozenset[_E]:
        """Gives a set of a vocabulary's words."""
        known = [word.value for word in words]
        values = self.array(key, f"a list of {', '.join(known)}")
        for number, value in enumerate(values):
            if value not in known:
                self.refuse(f"unknown {quoted(value)}{_instead(value, known)}", key, number)
            elif value in values[:number]:
                self.refuse(f"{quoted(value)} stands here twice: expected each once", key, number)
        return frozenset(word for word in words if word in values)

    def whole(self, key: str, low: int, high: int) -> int:
        """Gives a whole number from `low` to `high`."""
        expected = f"a whole number from {low} to {high}"
        value = self._take(key, int, expected)
        if value is not None and not low <= value <= high:
            self.refuse(f"expected {expected}, found {quoted(value)}", key)
        return value or 0

    def number(self, key: str, low: float, high: float) -> float:
        """Gives a number from `low` to `high`."""
        expected = f"a number from {low:g} to {high:g}"
        whole = isinstance(self._table.get(key), int)  # 4 is as good a number as 4.0
        value = self._take(key, int, expected) if whole else self._take(key, float, expected)
        if value is not None and not low <= value <= high:
            self.refuse(f"expected {expected}, found {quoted(value)}", key)
        return float(value or 0)

    def flag(self, key: str) -> bool:
        """Gives true or false."""
        return bool(self._take(key, bool, _NOUNS[bool]))

    def budget(self, key: str) -> Budget:
        """Gives a duration with its unit."""
        value = self._take(key, str, _A_DURATION)
        if value is not None:
            try:
                budget = Budget.parse(value)
            except ValueError:
                budget = None
            if budget is not None and budget.amount <= _MOST:
                return budget
            self.refuse(f"expected {_A_DURATION}, found {quoted(value)}", key)
        return Budget(1, "m")

    def array(self, key: str, expected: str) -> list[object]:
        """Gives a list whose entries the caller checks."""
        return self._take(key, list, expected) or []

    def table(self, key: str) -> "Reader":
        """Gives a table under this one."""
        value = self._take(key, dict, _NOUNS[dict])
        # a table that was refused has no keys to miss: what its stand-in notes goes nowhere
        return Reader({}, (), []) if value is None else self._child(value, key)

    def tables(self, key: str) -> dict[str, "Reader"]:
        """Gives a table of one table or more, each under a key of the admin's choice."""
        named = self.table(key)
        if self._table.get(key) == {}:
            self.refuse("expected at least one table", key)
        for name in named.names():
            if not KEY.fullmatch(name):
                named.refuse(f"expected {_A_KEY}", name)
        return {name: named.table(name) for name in named.names()}

    def rows(self, key: str) -> list["Reader"]:
        """Gives a list of one table or more, written as [[key]]."""
        expected = f"one [[{_spelled((*self._place, key))}]] or more"
        values: list[object] = self._take(key, list, expected) or []
        if self._table.get(key) == []:
            self.refuse(f"expected {expected}", key)
        readers = []
        for number, value in enumerate(values):
            if isinstance(value, dict):
                readers.append(self._child(value, key, number))
            else:
                self.refuse(f"expected a table, found {quoted(value)}", key, number)
        return readers

    def finish(self, text: str, source: str) -> None:
        """Says everything that was noted, and every key that nobody asked for.

        Raises:
            ProfileError: when there is anything to say.
        """
        self._refuse_unknown()
        if not self._problems:
            return
        lines = _Lines(text)
        placed = sorted(
            ((lines.of(place) or 0, _spelled(place), said) for place, said in self._problems), key=itemgetter(0)
        )
        raise _refusal(
            [f"{source}:{line}: {at}: {said}" if line else f"{source}: {at}: {said}" for line, at, said in placed],
            source,
        )

    def _take(self, key: str, kind: type[_T], expected: str) -> _T | None:
        if not self.has(key):
            self.refuse(f"missing: expected {expected}", key)
            return None
        value = self._table[key]
        # Python counts true as a number; an admin does not
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self.refuse(f"expected {expected}, found {quoted(value)}", key)
        return None

    def _child(self, table: dict[str, object], *below: str | int) -> "Reader":
        child = Reader(table, (*self._place, *below), self._problems)
        self._children.append(child)
        return child

    def _refuse_unknown(self) -> None:
        for key in self._table:
            if key not in self._known:
                self.refuse(f"unknown key{_instead(key, self._known)}", key)
        for child in self._children:
            child._refuse_unknown()  # noqa: SLF001 - of the same class


def read_toml(text: str, source: str) -> Reader:
    """Gives a reader of the file's outermost table.

    Raises:
        ProfileError: when `text` is no TOML.
    """
    try:
        return Reader(tomllib.loads(text), (), [])
    except RecursionError:
        raise _refusal([f"{source}: expected TOML, found lists or tables nested too deep"], source) from None
    except ValueError as error:
        match = _SYNTAX.fullmatch(str(error))
        where, what = (f"{source}:{match[2]}", f"{match[1]}, column {match[3]}") if match else (source, str(error))
        raise _refusal([f"{where}: expected TOML: {what}"], source) from None


def _refusal(sentences: list[str], source: str) -> ProfileError:
    count = "1 problem" if len(sentences) == 1 else f"{len(sentences)} problems"
    return ProfileError("\n".join([f"{source} can't be used: {count}", *sentences]))
