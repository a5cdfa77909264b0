"""Entries of the audit trail as rows: as they were hashed, so that whoever has the file can check the chain."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from deskterm.core.domain.audit import Entry, instant, read_entry
from deskterm.core.domain.facts import reference
from deskterm.core.services.export_asked import Asked
from deskterm.core.services.export_names import Names
from deskterm.core.store.streams import Rows, within

_Maker = Callable[[Any, Entry, Names], Any]


def entry_rows(asked: Asked, found: Rows) -> list[Sequence[Any]]:
    """Gives the rows of entries that lie in the period."""
    makers = [_MAKERS[column.name] for column in asked.columns]
    made: list[Sequence[Any]] = []
    for row in found:
        entry = read_entry(row.body)
        if within(asked.period, entry.at_us):
            made.append([make(row, entry, asked.names) for make in makers])
    return made


def _at(_row: Any, entry: Entry, _names: Names) -> str:  # noqa: ANN401 - a row of the trail
    return instant(entry.at_us).isoformat().replace("+00:00", "Z")


_MAKERS: Final[Mapping[str, _Maker]] = {
    "seq": lambda row, _entry, _names: row.seq,
    "at": _at,
    "kind": lambda _row, entry, _names: entry.kind,
    "what": lambda _row, entry, _names: entry.what,
    "ticket": lambda row, _entry, _names: None if row.ticket_id is None else reference(row.ticket_id),
    "version": lambda _row, entry, _names: entry.version,
    "actor": lambda _row, entry, names: names.people.get(entry.actor_id),
    "on_behalf_of": lambda _row, entry, names: names.people.get(entry.on_behalf_of),
    "by": lambda _row, entry, names: names.people.get(entry.by_id),
    "via": lambda _row, entry, _names: entry.via,
    "from_status": lambda _row, entry, _names: entry.from_status,
    "to_status": lambda _row, entry, _names: entry.to_status,
    "body": lambda row, _entry, _names: row.body,
    "texts": lambda row, _entry, _names: row.texts,
    "hash": lambda row, _entry, _names: row.hash,
}
