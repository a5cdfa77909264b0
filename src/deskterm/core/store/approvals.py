"""Who decides, what waits for whom, what was decided: the directory of approvers and the inbox, as Core columns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.panel import Delegation, Roster
from deskterm.core.domain.words import FactKind, RoundState
from deskterm.core.store.tables import (
    APPROVALS,
    DELEGATIONS,
    DEPARTMENTS,
    PEOPLE,
    POSTS,
    PROCUREMENTS,
    SLOTS,
    TICKETS,
)
from deskterm.core.views import Cursor

_T: Final = TICKETS.c
_P: Final = PROCUREMENTS.c


def roster(connection: sa.Connection) -> Roster:
    """Gives who holds which post, and who stands in for whom; only those who are active."""
    held = sa.select(POSTS.c.key, POSTS.c.department_id, PEOPLE.c.id, PEOPLE.c.name)
    held = held.join(PEOPLE, PEOPLE.c.id == POSTS.c.person_id).where(PEOPLE.c.is_active)
    posts = connection.execute(held).all()
    standing = sa.select(
        DELEGATIONS.c.from_id, DELEGATIONS.c.to_id, DELEGATIONS.c.since, DELEGATIONS.c.until, PEOPLE.c.name
    )
    standing = standing.join(PEOPLE, PEOPLE.c.id == DELEGATIONS.c.to_id).where(
        PEOPLE.c.is_active, DELEGATIONS.c.revoked_at.is_(None)
    )
    stand_ins = connection.execute(standing.order_by(DELEGATIONS.c.id)).all()
    return Roster(
        {(row[0], row[1]): row[2] for row in posts},
        {row[2]: row[3] for row in posts} | {row[1]: row[4] for row in stand_ins},
        tuple(Delegation(*row[:4]) for row in stand_ins),
    )


def concerning(person_id: int, now: datetime, ticket_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Gives the clause that a ticket waits for somebody's decision, in another's stead too, or that they made one."""
    principals = sa.select(DELEGATIONS.c.from_id).where(
        DELEGATIONS.c.to_id == person_id,
        DELEGATIONS.c.revoked_at.is_(None),
        DELEGATIONS.c.since <= now,
        DELEGATIONS.c.until > now,
    )
    mine = sa.or_(SLOTS.c.person_id == person_id, SLOTS.c.person_id.in_(principals))
    waits = sa.exists().where(SLOTS.c.ticket_id == ticket_id, mine)
    decided = sa.exists().where(APPROVALS.c.ticket_id == ticket_id, APPROVALS.c.approver_id == person_id)
    return sa.or_(waits, decided)


def concerns(connection: sa.Connection, person_id: int, ticket_id: int, now: datetime) -> bool:
    """Gives whether a ticket waits, or waited, for this person's decision, also in somebody's stead."""
    return bool(connection.scalar(sa.select(concerning(person_id, now, sa.literal(ticket_id)))))


class Waiting(NamedTuple):
    """A line of the inbox as the store has it; `for_id` is whose place it is (None vacant), `decision` what was
    decided, "" while it waits.
    """  # noqa: D205 - one sentence

    id: int
    version: int
    round: int
    state: str
    title: str
    priority: int
    department: str
    department_id: int
    category_id: int
    tier: int
    customer: str
    product: str
    module: str
    question: str
    requester: str
    stage: str
    returned: bool
    currency: str
    total_minor: int
    digest: str
    asked_at: datetime
    next_due_at: datetime
    profile_id: int
    for_id: int | None
    decision: str
    decided_at: datetime | None
    place: Cursor


_REQUESTER: Final = PEOPLE.alias("requester")
_COLUMNS: Final = (
    _T.id, _T.version, _P.round, _P.state, _T.title, _T.priority, DEPARTMENTS.c.name.label("department"),
    _T.department_id, _T.category_id, _T.tier, _T.customer, _T.product, _T.module, _T.question,
    _REQUESTER.c.name.label("requester"), _T.stage, _T.returned, _P.currency, _P.total_minor, _P.digest, _P.asked_at,
    _T.next_due_at, _T.profile_id,
)  # fmt: skip
_JOINED: Final = (
    TICKETS.join(PROCUREMENTS, _P.ticket_id == _T.id)
    .join(DEPARTMENTS, DEPARTMENTS.c.id == _T.department_id)
    .join(_REQUESTER, _REQUESTER.c.id == _T.requester_id)
)


def waiting(
    connection: sa.Connection, person_id: int, people: Sequence[int], *, limit: int, after: Cursor | None = None
) -> list[Waiting]:
    """Gives what somebody may decide on the places of some people, the earliest due first.

    On another's place they decide nothing that they asked for, and nothing that they signed already.
    """
    query = (
        sa.select(*_COLUMNS, SLOTS.c.person_id)
        .select_from(_JOINED.join(SLOTS, SLOTS.c.ticket_id == _T.id))
        .where(*open_to(person_id, people))
        .distinct()  # somebody may have two places of a stage
        .order_by(_T.next_due_at, _T.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(_after((_T.next_due_at, _T.id), after))
    found = connection.execute(query)
    return [_made(row, row.person_id, "", None, Cursor(row.next_due_at, row.id)) for row in found]


SLOTTED: Final = SLOTS.join(TICKETS, _T.id == SLOTS.c.ticket_id).join(PROCUREMENTS, _P.ticket_id == _T.id)


def count_waiting(connection: sa.Connection, person_id: int, people: Sequence[int], *, at_most: int) -> int:
    """Gives how many purchases `waiting` has, up to `at_most`."""
    some = sa.select(_T.id).select_from(SLOTTED).where(*open_to(person_id, people)).distinct().limit(at_most)
    return int(connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0)


def open_to(person_id: int, people: Sequence[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Gives the clauses that a place in `SLOTTED` is one of `people`'s and this person may decide it."""
    signed = sa.exists().where(
        APPROVALS.c.ticket_id == _P.ticket_id,
        APPROVALS.c.round == _P.round,
        APPROVALS.c.decision.in_([FactKind.APPROVED, FactKind.REFUSED]),
        sa.or_(APPROVALS.c.approver_id == person_id, APPROVALS.c.on_behalf_of == person_id),
    )
    asked = sa.or_(_P.asked_by == person_id, _T.requester_id == person_id)
    own = SLOTS.c.person_id == person_id
    return (
        _P.state == RoundState.OPEN,
        SLOTS.c.person_id.in_(people),
        _T.returned.is_(False),
        sa.or_(own, sa.not_(sa.or_(signed, asked))),
    )


def _made(row: Any, for_id: int | None, decision: str, at: datetime | None, place: Cursor) -> Waiting:  # noqa: ANN401
    return Waiting._make((*row[: len(_COLUMNS)], for_id, decision, at, place))


def decided(connection: sa.Connection, person_id: int, *, limit: int, after: Cursor | None = None) -> list[Waiting]:
    """Gives what somebody decided, also in another's stead, the latest first."""
    round_ = sa.and_(APPROVALS.c.ticket_id == _P.ticket_id, APPROVALS.c.round == _P.round)
    query = (
        sa.select(
            *_COLUMNS,
            APPROVALS.c.on_behalf_of,
            APPROVALS.c.decision,
            APPROVALS.c.at.label("decided_at"),
            APPROVALS.c.stage.label("decided_stage"),
            APPROVALS.c.id.label("of"),
        )
        .select_from(_JOINED.join(APPROVALS, round_))
        .where(APPROVALS.c.approver_id == person_id)
        .order_by(APPROVALS.c.at.desc(), APPROVALS.c.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(_before((APPROVALS.c.at, APPROVALS.c.id), after))
    found = connection.execute(query)
    return [
        _made(row, row.on_behalf_of, row.decision, row.decided_at, Cursor(row.decided_at, row.of))._replace(
            stage=row.decided_stage
        )
        for row in found
    ]


def purchases(connection: sa.Connection, *, limit: int, after: Cursor | None = None) -> list[Waiting]:
    """Gives every round of every purchase, the latest first."""
    query = sa.select(*_COLUMNS).select_from(_JOINED).order_by(_P.asked_at.desc(), _P.ticket_id.desc()).limit(limit)
    if after is not None:
        query = query.where(_before((_P.asked_at, _P.ticket_id), after))
    rows = connection.execute(query)
    return [_made(row, None, "", None, Cursor(row.asked_at, row.id)) for row in rows]


def _after(key: tuple[sa.ColumnElement[Any], ...], place: Cursor) -> sa.ColumnElement[bool]:
    return sa.tuple_(*key) > sa.tuple_(sa.literal(place.at, key[0].type), sa.literal(place.id, key[1].type))


def _before(key: tuple[sa.ColumnElement[Any], ...], place: Cursor) -> sa.ColumnElement[bool]:
    return sa.tuple_(*key) < sa.tuple_(sa.literal(place.at, key[0].type), sa.literal(place.id, key[1].type))


def approved_between(
    connection: sa.Connection, department_id: int, since: datetime, until: datetime
) -> list[tuple[str, int]]:
    """Gives, by currency, what was approved for a department from `since` on and before `until`, in minor units."""
    query = (
        sa.select(_P.currency, sa.func.sum(_P.total_minor))
        .select_from(PROCUREMENTS.join(TICKETS, _T.id == _P.ticket_id))
        .where(_P.state == RoundState.APPROVED, _P.decided_at >= since, _P.decided_at < until)
        .where(_T.department_id == department_id)
        .group_by(_P.currency)
        .order_by(_P.currency)
    )
    return [(row[0], int(row[1])) for row in connection.execute(query)]


def open_rounds(connection: sa.Connection) -> list[int]:
    """Gives the tickets whose purchase is being decided."""
    return list(connection.scalars(sa.select(_P.ticket_id).where(_P.state == RoundState.OPEN).order_by(_P.ticket_id)))


def vacant_places(connection: sa.Connection) -> list[tuple[str, int]]:
    """Gives the places of open stages that nobody can decide: the post, and the department that serves the ticket."""
    open_ = sa.select(SLOTS.c.post, _T.department_id).join(TICKETS, _T.id == SLOTS.c.ticket_id)
    return [(row[0], row[1]) for row in connection.execute(open_.where(SLOTS.c.person_id.is_(None)))]


def bought(connection: sa.Connection, since: datetime | None, until: datetime | None) -> list[int]:
    """Gives the tickets that have had a purchase before a chain, begun from `since` on and before `until`, by id."""
    query = sa.select(_P.ticket_id).distinct().order_by(_P.ticket_id)
    if since is not None:
        query = query.where(_P.asked_at >= since)
    if until is not None:
        query = query.where(_P.asked_at < until)
    return list(connection.scalars(query))


class Delegated(NamedTuple):
    """A delegation as it is kept."""

    id: int
    from_id: int
    to_id: int
    since: datetime
    until: datetime
    reason: str
    made_by: int
    made_at: datetime
    revoked_at: datetime | None


def delegations(connection: sa.Connection, *, person_id: int | None = None) -> list[Delegated]:
    """Gives the delegations from or to somebody, or all, the latest first."""
    query = sa.select(*(DELEGATIONS.c[name] for name in Delegated._fields)).order_by(DELEGATIONS.c.id.desc())
    if person_id is not None:
        query = query.where(sa.or_(DELEGATIONS.c.from_id == person_id, DELEGATIONS.c.to_id == person_id))
    return [Delegated(*row) for row in connection.execute(query)]


def delegate(
    connection: sa.Connection, from_id: int, to_id: int, since: datetime, until: datetime, reason: str, made_by: int,
    made_at: datetime,
) -> Delegated:  # fmt: skip
    """Writes a delegation, and gives it."""
    values = {
        "from_id": from_id, "to_id": to_id, "since": since, "until": until, "reason": reason, "made_by": made_by,
        "made_at": made_at,
    }  # fmt: skip
    number = connection.scalars(sa.insert(DELEGATIONS).values(values).returning(DELEGATIONS.c.id)).one()
    return Delegated(int(number), from_id, to_id, since, until, reason, made_by, made_at, None)


def revoke(connection: sa.Connection, delegation_id: int, now: datetime) -> bool:
    """Takes a delegation back; gives whether it still stood."""
    standing = (DELEGATIONS.c.id == delegation_id, DELEGATIONS.c.revoked_at.is_(None))
    return connection.execute(sa.update(DELEGATIONS).where(*standing).values(revoked_at=now)).rowcount == 1
