"""Bringing a desk to this program: its schema, the words it is searched by, and clocks reckoned by other rules."""

from typing import Final

from deskterm.core.domain.clocks import next_due
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.history import fold
from deskterm.core.services.context import load_policies
from deskterm.core.store import lists, schema, tickets, wordings
from deskterm.core.store.engine import Connection, Store

_SLICE: Final = 500
_WORDS_AT_ONCE: Final = 1_000
_RULES_SINCE: Final = "0002"
"""The schema from which on clocks are reckoned as they are now."""


def upgrade(store: Store) -> int:
    """Brings the schema to `HEAD`, and gives how many tickets had their clocks reckoned anew from their facts.

    Clocks and words are a view of facts and texts, so that is no change of the record. A desk of the new schema has all
    its words: stopped before, it is as it was.

    Raises:
        SchemaMismatch: when the schema is newer than this program.
        StoreUnavailable: when the database is out of reach.
    """
    is_new = store.path is not None and not store.path.exists()
    before = (None if is_new else schema.version(store)) or _RULES_SINCE
    schema.upgrade(store, _fill_words)
    with store.read() as connection:
        if before >= _RULES_SINCE and not tickets.any_clock_without_its_stop(connection):
            return 0
        policies = load_policies(connection)
    last = changed = 0
    while True:
        with store.read() as connection:
            ids = lists.ids(connection, after=last, limit=_SLICE)
            facts, clocks = tickets.facts_of(connection, ids), tickets.clocks_of(connection, ids)
            rows = {number: tickets.version_of(connection, number) for number in ids}
        if not ids:
            return changed
        last = ids[-1]
        with store.write() as connection:
            for number in ids:
                version, profile_id = rows[number]
                try:
                    made = fold(facts.get(number, ()), policies.of(profile_id), number).clocks
                except (ValueError, KeyError, TypeError, RuntimeError, DesktermError):
                    continue  # doctor names it: what can't be folded stays as it is
                if made != clocks.get(number, ()):
                    changed += tickets.reset_clocks(connection, number, version, made, next_due(made))


def _fill_words(connection: Connection) -> None:
    last = 0
    while ids := wordings.lacking(connection, after=last, limit=_WORDS_AT_ONCE):
        wordings.fill(connection, ids)
        last = ids[-1]
