"""The text of a profile before it means anything: TOML or JSON taken whole, and the lines that it is written on."""

import json
import re
import tomllib
from bisect import bisect_left
from collections import Counter
from typing import Final, TypeAlias

from deskterm.core.domain.errors import ProfileError

Place: TypeAlias = tuple[str | int, ...]

_SYNTAX: Final = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)


class Lines:
    """Finds the line a place is written on, which tomllib does not tell.

    The first so many lines of a TOML file are TOML themselves exactly where a statement ends, and a place that is
    there stays there, so the statement that brings it in is found by bisection. A pattern over the lines
    would be fooled by inline tables and by text that looks like a key. JSON has no statements: no place is found.
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


def is_json(text: str) -> bool:
    """Whether `text` is meant as JSON: no TOML begins with a brace."""
    return text.lstrip().startswith("{")


def toml_table(text: str, source: str) -> dict[str, object]:
    """Gives the outermost table of TOML.

    Raises:
        ProfileError: when `text` is no TOML.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise refusal([f"{source}: expected TOML, found lists or tables nested too deep"], source) from None
    except ValueError as error:
        match = _SYNTAX.fullmatch(str(error))
        where, what = (f"{source}:{match[2]}", f"{match[1]}, column {match[3]}") if match else (source, str(error))
        raise refusal([f"{where}: expected TOML: {what}"], source) from None


def json_table(text: str, source: str) -> dict[str, object]:
    """Gives the outermost table of JSON, in which each key stands once and each number is one.

    Raises:
        ProfileError: when `text` is no such JSON.
    """
    try:
        table: dict[str, object] = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise refusal([f"{source}: expected JSON, found lists or tables nested too deep"], source) from None
    except json.JSONDecodeError as error:
        said = f"{source}:{error.lineno}: expected JSON: {error.msg}, column {error.colno}"
        raise refusal([said], source) from None
    except ValueError as error:
        raise refusal([f"{source}: expected JSON: {error}"], source) from None
    return table


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {json.dumps(twice)} stands twice in one table")
    return table


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def refusal(sentences: list[str], source: str) -> ProfileError:
    """Gives the error that says all of `sentences`, and how many they are."""
    count = "1 problem" if len(sentences) == 1 else f"{len(sentences)} problems"
    return ProfileError("\n".join([f"{source} can't be used: {count}", *sentences]))
