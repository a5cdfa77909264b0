"""The rows of the star's tables."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.facts import reference
from deskterm.core.domain.people import Contact
from deskterm.core.domain.purchase import digits
from deskterm.core.domain.star import priority_key
from deskterm.core.services.export_clocks import cells, counted_on
from deskterm.core.services.export_names import Names
from deskterm.core.store import directory, streams
from deskterm.core.store.engine import Connection
from deskterm.core.store.streams import Ends, Period

Rows = Sequence[Sequence[Any]]
_EVER: Final = Period(None, None)
_TICKET: Final = (
    "id", "department", "category", "requester", "assignee", "resolver", "customer", "status", "reason", "outcome",
    "source", "tier", "reopened", "stars", "version", "created_at", "assigned_at", "resolved_at", "closed_at", "rank",
)  # fmt: skip


class Source(NamedTuple):
    """What all tables are made by: names, the desk's zone, now, and where what only grows was."""

    names: Names
    zone: ZoneInfo
    now: datetime
    ends: Ends

    def day(self, instant: str | None) -> int | None:
        """Gives the day of an instant as `20260131`."""
        return None if instant is None else _day(instant[:16], self.zone)


@lru_cache(maxsize=100_000)
def _day(minute: str, zone: ZoneInfo) -> int:
    at = datetime.fromisoformat(f"{minute}:00Z").astimezone(zone)
    return at.year * 10_000 + at.month * 100 + at.day


def _tickets(connection: Connection, ids: Sequence[int], source: Source) -> Rows:
    names, day = source.names, source.day
    found = streams.tickets(connection, ids, [streams.TICKET_COLUMNS[name].label(name) for name in _TICKET])
    return [
        (
            row.id, reference(row.id), row.department, row.category, priority_key(row.profile_id, row.rank),
            row.requester, row.assignee, row.resolver, names.customer(row.customer), row.status, row.reason,
            row.outcome, row.source, row.tier, row.reopened, row.stars, row.version, row.created_at, row.assigned_at,
            row.resolved_at, row.closed_at, day(row.created_at), day(row.resolved_at), day(row.closed_at),
        )
        for row in found
    ]  # fmt: skip


def _clocks(connection: Connection, ids: Sequence[int], source: Source) -> Rows:
    found = [tuple(row) for row in streams.clocks(connection, ids)]
    running = [row for row in found if row[3] is not None]
    now_us = counted_on(connection, running, ids, source.names.policies, source.now)
    made = []
    for ticket_id, name, cycle, _, target_us, used_us, due_at, stopped_at, breached in sorted(
        found, key=lambda row: row[:3]
    ):
        used = now_us.get((ticket_id, name, cycle), used_us)
        target, used_s, due, stopped, met, _ = cells(target_us, used, due_at, stopped_at, cycle, breached=breached)
        made.append((ticket_id, name, cycle, target, used_s, due, stopped, met))
    return made


def _spans(connection: Connection, ids: Sequence[int], source: Source) -> Rows:
    return [
        (*row[:7], _seconds(row.entered_at, row.left_at, source.now)) for row in streams.spans(connection, ids)
    ]  # fmt: skip


def _seconds(entered_at: str, left_at: str | None, now: datetime) -> int:
    until = datetime.fromisoformat(left_at) if left_at else now
    return int((until - datetime.fromisoformat(entered_at)).total_seconds())


def _events(connection: Connection, ids: Sequence[int], source: Source) -> Rows:
    return [
        (row.ticket_id, row.version, row.at, source.day(row.at), *row[3:])
        for row in streams.events(connection, ids, source.ends.facts)
    ]


def _decisions(connection: Connection, ids: Sequence[int], source: Source) -> Rows:
    named = streams.APPROVAL_COLUMNS
    asked = ("ticket", "round", "stage", "decision", "approver", "on_behalf_of", "at", "currency", "total", "state")
    columns = [named[name] for name in (*asked, "asked_at")]
    return [
        (*row[:7], source.day(row[6]), row[7], _total(row[8], row[7]), *row[9:])
        for row in map(tuple, streams.approvals(connection, ids, columns, source.ends.approvals, _EVER))
    ]


def _total(minor: int | None, currency: str) -> float | None:
    return None if minor is None else minor / 10 ** digits(currency)


def _people(connection: Connection, source: Source) -> Rows:
    contacts, names = directory.contacts(connection), source.names
    return [
        (
            one.id, names.people[one.id], one.role.value, one.department_id, names.customer(one.customer),
            "" if names.masked else contacts.get(one.id, Contact()).account_type, one.is_active,
        )
        for one in sorted(directory.people(connection).values(), key=lambda one: one.id)
    ]  # fmt: skip


def _departments(connection: Connection, _source: Source) -> Rows:
    return [(one.id, one.key, one.name) for one in directory.departments(connection).values()]


def _categories(connection: Connection, _source: Source) -> Rows:
    found = directory.categories(connection).values()
    return [(one.id, one.key, one.name, one.kind.value, one.department_id) for one in found]


def _priorities(_connection: Connection, source: Source) -> Rows:
    names = source.names
    return [
        (priority_key(number, rule.rank), name, rule.rank, rule.label)
        for number, name in names.profiles.items()
        for rule in names.policies.of(number).profile.priorities.values()
    ]


def _dates(connection: Connection, source: Source) -> Rows:
    """Gives every day on which something that is exported can have happened."""
    first, last = streams.first_instant(connection) or source.now, source.now
    begin, end = (instant.astimezone(source.zone).date() for instant in (first, last))
    return [_date(begin + timedelta(days=number)) for number in range((end - begin).days + 1)]


def _date(day: date) -> Sequence[Any]:
    key = day.year * 10_000 + day.month * 100 + day.day
    return (
        key, day.isoformat(), day.year, (day.month + 2) // 3, day.month, day.day, day.isocalendar().week,
        day.isoweekday(),
    )  # fmt: skip


FACTS: Final[Mapping[str, Callable[[Connection, Sequence[int], Source], Rows]]] = {
    "fact_tickets": _tickets,
    "fact_clocks": _clocks,
    "fact_spans": _spans,
    "fact_events": _events,
    "fact_decisions": _decisions,
}
DIMENSIONS: Final[Mapping[str, Callable[[Connection, Source], Rows]]] = {
    "dim_people": _people,
    "dim_departments": _departments,
    "dim_categories": _categories,
    "dim_priorities": _priorities,
    "dim_dates": _dates,
}
