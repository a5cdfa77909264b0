"""People, posts, profiles and all else but tickets: the latest entry of each is what its row says."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import UTCDateTime

from deskterm.core.domain.audit import Entry
from deskterm.core.domain.trail import Damage, Found
from deskterm.core.services.audit_facts import UNREADABLE
from deskterm.core.store import trail
from deskterm.core.store.tables import (
    CATEGORIES,
    DELEGATIONS,
    DEPARTMENTS,
    MACROS,
    META,
    PEOPLE,
    POSTS,
    PROFILES,
    VIEWS,
)  # fmt: skip
from deskterm.core.store.trail import Reading

REMOVED: Final = frozenset({"removed", "withdrawn"})
"""What an entry says was done when the row is gone by it."""
BEGUN: Final = frozenset({"founded", "upgraded"})
"""What an entry of the desk says where its directory is in the log from: every row has its own by then."""
_TABLES: Final[Mapping[str, sa.Table]] = {
    "person": PEOPLE,
    "delegation": DELEGATIONS,
    "profile": PROFILES,
    "department": DEPARTMENTS,
    "category": CATEGORIES,
    "view": VIEWS,
    "macro": MACROS,
    "desk": META,
}
_HASHED: Final[Mapping[sa.Table, str]] = {PROFILES: "text", VIEWS: "wanted"}
"""The columns of which entries keep the SHA-256."""
_COMPLETE: Final = ("person", "delegation", "profile", "department", "category", "macro")
"""Of these every row has an entry, from the founding of a desk on, or its upgrade."""


class Directory:
    """What the log says of everything but tickets, as a walk over it goes on."""

    def __init__(self, reading: Reading) -> None:
        self._connection, self._values = reading.connection, reading.values
        self._latest: dict[str, dict[Any, tuple[int, str, Mapping[str, Any]]]] = {}
        self._people: dict[int, dict[str, Any]] | None = None
        self._is_complete = False
        self.found: list[Found] = []

    def tell(self, entry: Entry) -> None:
        """Goes on with an entry that is of no ticket."""
        try:
            data = json.loads(entry.data)
            key = (data["key"], data["department_id"]) if entry.kind == "post" else data.get("id")
            self._is_complete |= entry.kind == "desk" and entry.what in BEGUN
            self._latest.setdefault(entry.kind, {})[key] = (entry.seq, entry.what, data)
        except UNREADABLE:
            said = f"entry {entry.seq} of {entry.kind} can't be read"
            self.found.append(Found(Damage.EDITED, entry.seq, said))

    def login(self, person_id: int) -> str:
        """Gives somebody's login as the log has it by now, else as the table has it."""
        return self._of(person_id, "login")

    def name(self, person_id: int) -> str:
        """Gives somebody's name in the same way."""
        return self._of(person_id, "name")

    def _of(self, person_id: int, what: str) -> str:
        told = self._latest.get("person", {}).get(person_id)
        if told is not None and what in told[2]:
            return str(told[2][what] or "")
        if self._people is None:
            self._people = {row["id"]: row for row in trail.every(self._connection, PEOPLE)}
        return str(self._people.get(person_id, {}).get(what) or "")

    def compare(self) -> None:
        """Compares the rows with their latest entries; what differs is in `found`."""
        for kind, table in _TABLES.items():
            told = self._latest.get(kind, {})
            if not told and not (self._is_complete and kind in _COMPLETE):
                continue
            rows = {row["id"]: row for row in trail.every(self._connection, table)}
            for key, (seq, what, data) in told.items():
                row = rows.pop(key, None) if kind != "desk" else next(iter(rows.values()), None)
                self._row(f"{kind} {key}" if key is not None else f"the {kind}", table, row, seq, what, data)
            if self._is_complete and kind in _COMPLETE:
                self._strange(kind, list(rows))
        self._posts()

    def _strange(self, kind: str, keys: list[Any]) -> None:
        if keys:
            more = f", and {len(keys) - 1} more" if len(keys) > 1 else ""
            said = f"{kind} {keys[0]!r}{more}: no entry tells of it"
            self.found.append(Found(Damage.INSERTED, None, said))

    def _row(
        self, name: str, table: sa.Table, row: Mapping[str, Any] | None, seq: int, what: str, data: Mapping[str, Any]
    ) -> None:
        if what in REMOVED:
            if row is not None:
                self.found.append(Found(Damage.INSERTED, seq, f"{name} is there, though entry {seq} says it went"))
            return
        if row is None:
            self.found.append(Found(Damage.DELETED, seq, f"{name}, which entry {seq} tells of, is gone"))
            return
        try:
            wrong = [column for column, said in data.items() if self._differs(table, row, column, said)]
        except UNREADABLE:
            wrong = ["what it says"]
        if wrong:
            self.found.append(Found(Damage.EDITED, seq, f"{name}: {', '.join(wrong)} is not as entry {seq} has it"))

    def _differs(self, table: sa.Table, row: Mapping[str, Any], column: str, said: Any) -> bool:  # noqa: ANN401 - JSON
        if table in _HASHED and column == "sha256":
            return bool(sha256(row[_HASHED[table]].encode()).hexdigest() != said)
        if column not in table.c:
            return False
        have = row[column]
        if said is not None and isinstance(table.c[column].type, UTCDateTime):
            return have is None or self._values.instant(have) != datetime.fromisoformat(said)
        (want,) = self._values.stored([said])
        return bool(have != want) or type(have) is not type(want)

    def _posts(self) -> None:
        told = self._latest.get("post", {})
        if not told and not self._is_complete:
            return
        rows = {(row["key"], row["department_id"]): row["person_id"] for row in trail.every(self._connection, POSTS)}
        for key, (seq, _, data) in told.items():
            have, want = rows.pop(key, None), data.get("person_id")
            if have != want or type(have) is not type(want):
                kind = Damage.DELETED if have is None else Damage.INSERTED if want is None else Damage.EDITED
                self.found.append(Found(kind, seq, f"the post {key[0]} is not held as entry {seq} has it"))
        if self._is_complete:
            self._strange("post", list(rows))
