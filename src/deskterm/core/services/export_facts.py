"""Facts as rows that another desk can take (`importing_facts`): people by login, departments and categories by key."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

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
_COLUMNS: Final = (
    "ticket", "version", "at", "actor", "via", "kind", "from_status", "to_status", "text", "data", "origin", "met",
)  # fmt: skip


def fact_rows(asked: Asked) -> RowsOf:
    """Gives what makes the rows of facts."""
    names, keys = asked.names, _keys(asked.names)
    picked = [column.name for column in asked.columns]
    met = Met(asked) if "met" in picked else None
    pick = [_COLUMNS.index(name) for name in picked]
    is_whole = picked == list(_COLUMNS)

    def rows(slice_: Slice) -> list[Sequence[Any]]:
        made: list[Sequence[Any]] = []
        of = (slice_.ids, asked.ends.facts, asked.period, asked.reader)
        found = streams.facts(slice_.connection, *of, is_raw=True)
        for row in found:
            (number, version, at, actor_id, via, kind, before, after, data, origin, body, whole, *_) = row
            told = by_keys(orjson.loads(data), keys)
            text = told.pop("text", None) if body is None else body
            if not whole:
                told = {name: value for name, value in told.items() if name in _PUBLIC}
                text = text if kind in FOR_REQUESTER else None
            if names.masked:
                told, text = masked_data(told), None
            first = None if met is None else met.first(slice_.connection, row, told)
            actor = keys.people(actor_id)
            values = (reference(number), version, at, actor, via, kind, before, after, text, told, origin, first)
            made.append(values if is_whole else [values[place] for place in pick])
        return made

    return rows


def _keys(names: Names) -> Keys:
    return Keys(
        names.keys.get, names.department_keys.get, names.category_keys.get,
        names.profiles.get,
    )  # fmt: skip
