"""Facts as rows that another desk can take (`importing_facts`): people by login, departments and categories by key."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from deskterm.core.domain.access import FOR_REQUESTER
from deskterm.core.domain.fact_keys import Keys, by_keys
from deskterm.core.domain.facts import reference
from deskterm.core.domain.masking import masked_data
from deskterm.core.services.export_asked import Asked, RowsOf, Slice
from deskterm.core.services.export_met import Met
from deskterm.core.services.export_names import Names
from deskterm.core.store import streams

_PUBLIC: Final = frozenset({
    "status", "reason", "outcome", "category_kind", "priority", "source", "comment", "stars", "tier", "clock", "cycle",
    "round", "ends", "undoes", "department", "category", "assignee", "requester", "resolver", "title", "description",
    "cause", "fix", "customer", "product", "module", "question", "files",
})  # fmt: skip
"""What a fact says besides its text that whoever sees the ticket may know."""


def fact_rows(asked: Asked) -> RowsOf:
    """Gives what makes the rows of facts."""
    names = asked.names
    met = Met(asked) if any(column.name == "met" for column in asked.columns) else None
    keys = _keys(names)
    makers = [_MAKERS[column.name] for column in asked.columns if column.name != "met"]
    place = next((place for place, column in enumerate(asked.columns) if column.name == "met"), None)

    def rows(slice_: Slice) -> list[Sequence[Any]]:
        made: list[Sequence[Any]] = []
        found = streams.facts(slice_.connection, slice_.ids, asked.ends.facts, asked.period, asked.reader)
        for row in found:
            told = by_keys(row.data, keys)
            text = told.pop("text", None) if row.body is None else row.body
            if not row.whole:
                told = {name: value for name, value in told.items() if name in _PUBLIC}
                text = text if row.kind in FOR_REQUESTER else None
            if names.masked:
                told, text = masked_data(told), None
            values = [make(row, told, text, keys) for make in makers]
            if place is not None and met is not None:
                values.insert(place, met.first(slice_.connection, row, told))
            made.append(values)
        return made

    return rows


def _keys(names: Names) -> Keys:
    return Keys(
        names.keys.get, names.department_keys.get, names.category_keys.get,
        names.profiles.get,
    )  # fmt: skip


_Maker = Callable[[Any, dict[str, Any], str | None, Keys], Any]
_MAKERS: Final[dict[str, _Maker]] = {
    "ticket": lambda row, _told, _text, _keys: reference(row.ticket_id),
    "version": lambda row, _told, _text, _keys: row.version,
    "at": lambda row, _told, _text, _keys: row.at,
    "actor": lambda row, _told, _text, keys: keys.people(row.actor_id),
    "via": lambda row, _told, _text, _keys: row.via,
    "kind": lambda row, _told, _text, _keys: row.kind,
    "from_status": lambda row, _told, _text, _keys: row.from_status,
    "to_status": lambda row, _told, _text, _keys: row.to_status,
    "text": lambda _row, _told, text, _keys: text,
    "data": lambda _row, told, _text, _keys: told,
    "origin": lambda row, _told, _text, _keys: row.origin,
}
