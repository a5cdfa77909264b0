"""What rows mean once they are read: lines of lists, clocks, people. It is the same whichever way they were fetched."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

from deskterm.core.domain.clocks import Clock
from deskterm.core.domain.people import Category, Person
from deskterm.core.domain.profile import LEAD
from deskterm.core.domain.words import CategoryKind, Moment, Outcome, Role, Status, WaitReason
from deskterm.core.views import Cursor, Left, QueueRow, Timer

CLOCK_FIELDS: Final = tuple(f.name for f in fields(Clock))


class Told(NamedTuple):
    """What a line says in the words of its ticket's own profile, with the clock that it shows."""

    priority_label: str
    status_label: str
    timer: Timer | None
    left: Left


Tell: TypeAlias = Callable[[Any, tuple[Clock, ...]], Told]
"""Tells of a row of a list and its ticket's clocks what only its profile knows."""


def queue_row(row: Any, told: Told) -> QueueRow:  # noqa: ANN401 - a row of a list
    """Gives the line of a row."""
    return QueueRow(
        id=row.id,
        version=row.version,
        status=Status(row.status),
        reason=WaitReason(row.reason) if row.reason else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
        priority=row.priority,
        title=row.title,
        requester=row.requester,
        assignee=row.assignee,
        assignee_id=row.assignee_id,
        department_id=row.department_id,
        department=row.department,
        category=row.category,
        next_due_at=row.next_due_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        escalating=row.escalating,
        closed_at=row.closed_at,
        **told._asdict(),
    )


def queue_rows(found: Iterable[Any], clocks: dict[int, tuple[Clock, ...]], tell: Tell) -> list[QueueRow]:
    """Gives the lines of rows, with their tickets' clocks."""
    return [queue_row(row, tell(row, clocks.get(row.id, ()))) for row in found]


def place_of(row: Any, names: Sequence[str]) -> Cursor:  # noqa: ANN401 - a row with these columns
    """Gives the place of a row in an order by these columns, the last of them the number."""
    *ranks, at, number = (getattr(row, name) for name in names)
    return Cursor(at, number, *ranks)


def clocks_by_ticket(rows: Iterable[Sequence[Any]]) -> dict[int, tuple[Clock, ...]]:
    """Gives clocks by their ticket, by name and cycle, from rows of the ticket's number and a clock's fields."""
    found: dict[int, list[Clock]] = {}
    for ticket_id, *values in rows:
        clock = dict(zip(CLOCK_FIELDS, values, strict=True))
        clock["stopped_by"] = Moment(clock["stopped_by"]) if clock["stopped_by"] else None
        found.setdefault(ticket_id, []).append(Clock(**clock))
    # not by the database, whose order of names is its locale's
    order = attrgetter("name", "cycle")
    return {ticket_id: tuple(sorted(clocks, key=order)) for ticket_id, clocks in found.items()}


def people_by_id(rows: Iterable[Any], posts: Iterable[Sequence[Any]]) -> dict[int, Person]:
    """Gives people by id with the posts they hold, in the order of their rows."""
    held: dict[int, list[tuple[str, int | None]]] = {}
    for post in posts:
        held.setdefault(post[0], []).append((post[1], post[2]))
    return {row[0]: _person(row, held.get(row[0], ())) for row in rows}


def _person(row: Any, posts: Iterable[tuple[str, int | None]]) -> Person:  # noqa: ANN401 - a row of people
    held = tuple(posts)
    return Person(
        id=row[0],
        name=row[1],
        role=Role(row[2]),
        login=row[3],
        department_id=row[4],
        is_active=row[5],
        leads=frozenset(department for key, department in held if key == LEAD and department is not None),
        posts=tuple(key for key, department in held if department is None or key != LEAD),
        customer=row[6],
    )


def category(row: Sequence[Any]) -> Category:
    """Gives the category of a row."""
    return Category(row[0], row[1], row[2], CategoryKind(row[3]), row[4])
