"""Edits the wide SLA table in a profile's text and leaves the rest of it as it is: comments, order and blanks."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, Protocol

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.profile_edit_json import JsonText
from deskterm.core.domain.profile_edit_toml import TomlText
from deskterm.core.domain.profile_text import is_json, json_table, toml_table

COLUMNS: Final = (
    "key",
    "clock",
    "customer",
    "product",
    "module",
    "question",
    "category",
    "department",
    "priority",
    "target",
    "template",
)
"""A row's keys in the order that they are written."""

_MARK: Final = "\ufeff"  # some editors put it before the text
_SOURCE: Final = "the profile"


class _Text(Protocol):
    """A profile's text in one of its forms, and what can be done to it. Rows are counted from 0."""

    def versioned(self, version: int) -> str: ...

    def added(self, row: Mapping[str, str]) -> str: ...

    def changed(self, number: int, row: Mapping[str, str]) -> str: ...

    def retired(self, number: int) -> str: ...


def add_target(text: str, row: Mapping[str, str], *, version: int) -> str:
    """Gives the text with another row, the last one of the table; an empty string is a key that is left out.

    Raises:
        InvalidInput: when another row has its key, or `text` is no profile.
    """
    keys = _keys(text)
    _refuse_taken(row.get("key", ""), keys)
    given = {column: row[column] for column in (*COLUMNS, *row) if row.get(column)}
    return _edited(text, lambda whole: whole.added(given), version)


def change_target(text: str, key: str, row: Mapping[str, str], *, version: int) -> str:
    """Gives the text with one row changed: the keys given are replaced, and those given empty are taken away.

    Raises:
        InvalidInput: when no row has this key, another row has the new one, or `text` is no profile.
    """
    keys = _keys(text)
    number = _number(key, keys)
    if row.get("key", key) != key:
        _refuse_taken(row["key"], keys)
    return _edited(text, lambda whole: whole.changed(number, row), version)


def retire_target(text: str, key: str, *, version: int) -> str:
    """Gives the text without one row; the comments around it stay.

    Raises:
        InvalidInput: when no row has this key, or `text` is no profile.
    """
    number = _number(key, _keys(text))
    return _edited(text, lambda whole: whole.retired(number), version)


def _edited(text: str, edit: Callable[[_Text], str], version: int) -> str:
    body = text.removeprefix(_MARK)
    form: Callable[[str], _Text] = JsonText if is_json(body) else TomlText
    return text[: len(text) - len(body)] + form(edit(form(body))).versioned(version)


def _keys(text: str) -> list[object]:
    """Gives the keys of the rows, in their order."""
    body = text.removeprefix(_MARK)
    table = json_table(body, _SOURCE) if is_json(body) else toml_table(body, _SOURCE)
    head, rows = table.get("profile"), table.get("targets", [])
    if not isinstance(head, dict) or "version" not in head or not isinstance(rows, list):
        raise InvalidInput("expected a profile with a version, and with a list of targets where it has any")
    return [row.get("key") if isinstance(row, dict) else None for row in rows]


def _number(key: str, keys: Sequence[object]) -> int:
    if key in keys:
        return keys.index(key)
    near = get_close_matches(key, [known for known in keys if isinstance(known, str)], n=1)
    raise InvalidInput(f"the SLA table has no row {key}" + (f"; did you mean {near[0]}?" if near else ""))


def _refuse_taken(key: str, keys: Sequence[object]) -> None:
    if key in keys:
        raise InvalidInput(f"the SLA table has a row {key} already: expected another key")
