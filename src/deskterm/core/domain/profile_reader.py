"""Reads the tables of a profile strictly, key by key: what is wrong is noted with its place, and reading goes on."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from enum import StrEnum
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from deskterm.core.domain.profile import Budget
from deskterm.core.domain.profile_text import Lines, Place, is_json, json_table, refusal, toml_table

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
_A_KEY: Final = "a key of small letters, digits and _ that starts with a letter"
_A_TEXT: Final = "text on one line, not empty and with no blank at its ends"
A_DURATION: Final = "a duration such as 4bh, 3bd, 30m, 2h or 2d"
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_UNFIT: Final = frozenset({"Cc", "Cs"})  # controls, and halves of a character, which only JSON can spell
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
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:  # Python doesn't spell thousands of digits
        return f"a number of more than {_SHOWN} digits"
    shown = json.dumps(value) if isinstance(value, str | bool) else str(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def _instead(word: object, known: Collection[str]) -> str:
    """Gives the end of a sentence that refuses `word`: the nearest known word, or all of them."""
    near = get_close_matches(word, known, n=1) if isinstance(word, str) else []
    if near:
        return f"; did you mean {near[0]}?"
    return f": expected one of {', '.join(known)}" if known else ""


def spelled(place: Place) -> str:
    """Gives a place as an admin reads it: `departments.it.categories[2].kind`, list entries counted from 1."""
    parts = (
        f"[{part + 1}]" if isinstance(part, int) else f".{part if _BARE.fullmatch(part) else json.dumps(part)}"
        for part in place
    )
    return "".join(parts).removeprefix(".")


def _fits_a_line(text: str) -> bool:
    return bool(text) and text == text.strip() and not any(unicodedata.category(c) in _UNFIT for c in text)


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

    def optional(self, key: str, read: Callable[[str], _T], default: _T) -> _T:
        """Gives what `read` gives of an optional key, or `default` where it is left out."""
        return read(key) if self.has(key) else default

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
        if not _fits_a_line(value):
            self.refuse(f"expected {_A_TEXT}, found {quoted(value)}", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Gives a list of such texts."""
        values = self.array(key, "a list of texts")
        for number, value in enumerate(values):
            if not isinstance(value, str) or not _fits_a_line(value):
                self.refuse(f"expected {_A_TEXT}, found {quoted(value)}", key, number)
        return tuple(value if isinstance(value, str) else "" for value in values)

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

    def some_of(self, key: str, known: Collection[str], *, some: bool = False) -> tuple[str, ...]:
        """Gives a list of `known` words as it is written, each once, with `some` not an empty one."""
        values = self.array(key, f"a list of {', '.join(known)}")
        if some and self._table.get(key) == []:
            self.refuse(f"expected at least one of {', '.join(known)}", key)
        for number, value in enumerate(values):
            if value not in known:
                self.refuse(f"unknown {quoted(value)}{_instead(value, known)}", key, number)
            elif value in values[:number]:
                self.refuse(f"{quoted(value)} stands here twice: expected each once", key, number)
        return tuple(value if isinstance(value, str) else "" for value in values)

    def members(self, key: str, words: type[_E], *, some: bool = False) -> frozenset[_E]:
        """Gives a set of a vocabulary's words, with `some` not an empty one."""
        found = self.some_of(key, [word.value for word in words], some=some)
        return frozenset(word for word in words if word in found)

    def is_whole(self, key: str) -> bool:
        """Whether a whole number stands at an optional key that may be something else."""
        value = self._table.get(key) if self.has(key) else None
        return isinstance(value, int) and not isinstance(value, bool)

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
            return float(low)  # the one found may be too much for Python
        return float(value or 0)

    def share(self, key: str) -> float:
        """Gives a number from 0 to 1."""
        return self.number(key, 0, 1)

    def flag(self, key: str) -> bool:
        """Gives true or false."""
        return bool(self._take(key, bool, _NOUNS[bool]))

    def budget(self, key: str) -> Budget:
        """Gives a duration with its unit."""
        value = self._take(key, str, A_DURATION)
        if value is not None:
            try:
                # Python counts the digits of every script
                budget = Budget.parse(value if value.isascii() else "")
            except ValueError:
                budget = None
            if budget is not None and budget.amount <= _MOST:
                return budget
            self.refuse(f"expected {A_DURATION}, found {quoted(value)}", key)
        return Budget(1, "m")

    def array(self, key: str, expected: str) -> list[object]:
        """Gives a list whose entries the caller checks."""
        return self._take(key, list, expected) or []

    def is_table(self, key: str) -> bool:
        """Whether a table stands at an optional key that may be something else."""
        return self.has(key) and isinstance(self._table[key], dict)

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
        expected = f"one [[{spelled((*self._place, key))}]] or more"
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
        lines = Lines(text)
        placed = sorted(
            ((lines.of(place) or 0, spelled(place), said) for place, said in self._problems), key=itemgetter(0)
        )
        raise refusal(
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
    """Gives a reader of the outermost table of TOML.

    Raises:
        ProfileError: when `text` is no TOML.
    """
    return Reader(toml_table(text, source), (), [])


def read_profile(text: str, source: str) -> Reader:
    """Gives a reader of the outermost table of TOML or JSON.

    Raises:
        ProfileError: when `text` is neither.
    """
    return Reader(json_table(text, source), (), []) if is_json(text) else read_toml(text, source)


def refuse_twins(rows: Sequence[Reader], key: str, values: Sequence[str | int]) -> None:
    """Notes each row whose value at `key` an earlier row has; an empty value was refused before."""
    taken: set[str | int] = set()
    for row, value in zip(rows, values, strict=True):
        if value and value in taken:
            row.refuse(f"{quoted(value)} is taken: expected another {key} for each", key)
        taken.add(value)
