"""The trail of a desk that is older than it: begun at the step to schema 0003, in the format that was the first.

Frozen: it reads the tables as 0003 has them and spells entries as version 1 does, whatever came later. Nothing of the
program is imported here, so that no later change of it can change or break a step that desks have yet to take.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

_TAG: Final = "deskterm-audit-v1"
_START: Final = "0" * 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SLICE: Final = 5_000
_FACTS: Final = """
    SELECT f.id, f.ticket_id, f.version, f.at, f.actor_id, f.via, f.kind, f.from_status, f.to_status, f.data, f.origin,
        c.body
    FROM help_desk_facts f LEFT JOIN help_desk_comments c ON c.ticket_id = f.ticket_id AND c.version = f.version
    WHERE f.id > :last ORDER BY f.id LIMIT :slice"""
_STANDING: Final = (
    (
        "profile",
        "applied",
        "SELECT id, key, version, text, effective_at, applied_at FROM help_desk_profiles ORDER BY id",
    ),
    ("department", "added", "SELECT id, key, name, calendar FROM help_desk_departments ORDER BY id"),
    ("category", "added", "SELECT id, key, name, kind, department_id FROM help_desk_categories ORDER BY id"),
    (
        "person",
        "added",
        "SELECT id, login, name, role, department_id, is_active, customer FROM help_desk_people ORDER BY id",
    ),
    ("post", "given", "SELECT key, department_id, person_id FROM help_desk_posts ORDER BY id"),
)
_INSERT: Final = "INSERT INTO help_desk_audit (seq, ticket_id, body, hash) VALUES (:seq, :ticket_id, :body, :hash)"


class _Entry(NamedTuple):
    """The fields of an entry behind its log and number, in the format's order."""

    at_us: int
    kind: str
    ticket_id: int | None = None
    version: int | None = None
    actor_id: int | None = None
    on_behalf_of: int | None = None
    by_id: int | None = None
    via: str = "cli"
    what: str = ""
    from_status: str | None = None
    to_status: str | None = None
    data: str = ""
    origin: str | None = None


def begin(connection: sa.Connection) -> None:
    """Writes an entry for every fact, then for all that stands in the directory, then that the desk was upgraded.

    Facts come in the order in which they were written. What stands has the time of the latest thing that the desk
    knows of, not the clock's: two upgrades of one desk make one trail.
    """
    desk = connection.execute(sa.text("SELECT log_id, purpose, created_at FROM help_desk_meta")).one_or_none()
    if desk is None:  # a new desk: it begins its own trail
        return
    trail = _Trail(connection, desk[0])
    latest = _instant(desk[2])
    for slice_ in _facts(connection):
        latest = max(latest, *(_instant(row["at"]) for row in slice_))
        trail.write(_of_fact(row) for row in slice_)
    standing: list[tuple[str, str, dict[str, Any]]] = []
    for kind, what, query in _STANDING:
        for row in connection.execute(sa.text(query)).mappings():
            data = dict(row)
            if kind == "profile":
                latest = max(latest, _instant(data.pop("applied_at")))
            standing.append((kind, what, data))
    trail.write(_of_row(kind, what, data, latest) for kind, what, data in standing)
    trail.write([_of_row("desk", "upgraded", {"purpose": desk[1]}, latest)])


class _Trail:
    """The log as it grows: each entry's hash covers the one before."""

    def __init__(self, connection: sa.Connection, log_id: str) -> None:
        self._connection, self._log_id = connection, log_id
        self._numbers, self._last = count(1), _START

    def write(self, entries: Iterable[_Entry]) -> None:
        """Writes entries behind the last one; all in one go."""
        rows = []
        for entry in entries:
            seq = next(self._numbers)
            body = _packed((self._log_id[:8], seq, *entry))
            self._last = _hash(_packed((_TAG, self._log_id, self._last, _hash(body))))
            rows.append({"seq": seq, "ticket_id": entry.ticket_id, "body": body, "hash": self._last})
        if rows:
            self._connection.execute(sa.text(_INSERT), rows)


def _facts(connection: sa.Connection) -> Iterator[list[Mapping[str, Any]]]:
    last = 0
    while True:
        rows = connection.execute(sa.text(_FACTS), {"last": last, "slice": _SLICE}).mappings().all()
        if not rows:
            return
        yield [dict(row) for row in rows]
        last = rows[-1]["id"]


def _of_fact(row: Mapping[str, Any]) -> _Entry:
    # as the driver has it: SQLite's gives JSON as a text
    data = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
    return _Entry(
        at_us=_micros(_instant(row["at"])),
        kind="fact",
        ticket_id=row["ticket_id"],
        version=row["version"],
        actor_id=row["actor_id"],
        on_behalf_of=data.get("on_behalf_of"),
        by_id=data.get("by_id"),
        via=row["via"],
        what=row["kind"],
        from_status=row["from_status"],
        to_status=row["to_status"],
        data=_spelled(data if row["body"] is None else {**data, "text": row["body"]}),
        origin=row["origin"],
    )


def _of_row(kind: str, what: str, data: dict[str, Any], at: datetime) -> _Entry:
    if kind == "profile":
        data["sha256"] = _hash(data.pop("text"))
        data["effective_at"] = str(_instant(data["effective_at"]))
    if kind == "person":
        data["is_active"] = bool(data["is_active"])
    return _Entry(_micros(at), kind, what=what, data=_spelled(data))


def _spelled(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _instant(value: datetime | str) -> datetime:
    """Gives an instant as the driver has it: SQLite keeps UTC as a text that doesn't say so."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _packed(fields: Iterable[str | int | None]) -> str:
    parts = []
    for field in fields:
        text = "" if field is None else str(field)
        kind = "n" if field is None else "t" if isinstance(field, str) else "i"
        parts.append(f"{kind}{len(text.encode())}:{text}")
    return "".join(parts)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
