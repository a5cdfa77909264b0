"""A ticket's timeline, and the notices that facts made: Core columns into frozen views."""

from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.words import CommentKind, FactKind, Status, WaitReason
from deskterm.core.store.approvals import SLOTTED, concerning, open_to
from deskterm.core.store.contents import inside
from deskterm.core.store.tables import COMMENTS, DEPARTMENTS, FACTS, NOTICES, PEOPLE, PROCUREMENTS, TICKETS
from deskterm.core.ticket_views import Entry

_T = TICKETS.c


def timeline(connection: sa.Connection, ticket_id: int, *, internal: bool) -> list[tuple[Entry, dict[str, Any]]]:
    """Gives a ticket's facts with what each says, oldest first; internal comments only where asked for."""
    actor, other, really = PEOPLE.alias("actor"), PEOPLE.alias("other"), PEOPLE.alias("really")
    behalf = FACTS.c.data["on_behalf_of"].as_integer()
    query = (
        sa.select(
            FACTS.c.version,
            FACTS.c.at,
            FACTS.c.kind,
            FACTS.c.actor_id,
            FACTS.c.via,
            FACTS.c.data,
            actor.c.name.label("actor"),
            other.c.name.label("behalf"),
            really.c.name.label("really"),
            COMMENTS.c.body,
            COMMENTS.c.kind.label("comment"),
        )
        .select_from(
            FACTS.outerjoin(actor, actor.c.id == FACTS.c.actor_id)
            .outerjoin(other, other.c.id == behalf)
            .outerjoin(really, really.c.id == FACTS.c.data["by_id"].as_integer())
            .outerjoin(
                COMMENTS,
                sa.and_(COMMENTS.c.ticket_id == FACTS.c.ticket_id, COMMENTS.c.version == FACTS.c.version),
            )
        )
        .where(FACTS.c.ticket_id == ticket_id)
        .order_by(FACTS.c.version)
    )
    if not internal:
        query = query.where(sa.or_(COMMENTS.c.kind.is_(None), COMMENTS.c.kind == CommentKind.REPLY))
    return [(_entry(row), row.data) for row in connection.execute(query)]


def _entry(row: Any) -> Entry:  # noqa: ANN401 - a row of `timeline`
    status, reason = row.data.get("status"), row.data.get("reason")
    return Entry(
        version=row.version,
        at=row.at,
        kind=FactKind(row.kind),
        actor=_actor(row.kind, row.actor),
        actor_id=row.actor_id,
        on_behalf_of=row.behalf,
        status=Status(status) if status else None,
        reason=WaitReason(reason) if reason else None,
        comment=CommentKind(row.comment) if row.comment else None,
        text=row.body if row.body is not None else row.data.get("text", ""),
        detail="",
        via=row.via,
        by=row.really,
    )


def _actor(kind: str, name: str | None) -> str:
    """Gives who did it; what time alone brought about was the program's doing."""
    return name or ("deskterm" if kind in _OF_THE_PROGRAM else "somebody")


_OF_THE_PROGRAM: Final = frozenset({
    FactKind.BREACHED, FactKind.OPENED, FactKind.PASSED, FactKind.AUTHORISED, FactKind.DECLINED,
})  # fmt: skip


class News(NamedTuple):
    """A notice as the store has it: the fact with what it says, and of a purchase its amount.

    `actor` did it, or made the decision that it came of.
    """

    id: int
    at: datetime
    ticket_id: int
    seen: bool
    kind: FactKind
    data: dict[str, Any]
    actor: str
    title: str
    requester: str
    department: str
    profile_id: int
    currency: str
    total_minor: int


def notices(connection: sa.Connection, scope: Scope, now: datetime, *, limit: int) -> list[News]:
    """Gives a person's latest notices about tickets they may still see, newest first; those that have left."""
    actor, requester, decider = (PEOPLE.alias(name) for name in ("actor", "requester", "decider"))
    before, bought = FACTS.alias("before"), PROCUREMENTS.c
    query = (
        sa.select(
            NOTICES.c.id,
            NOTICES.c.at,
            NOTICES.c.ticket_id,
            NOTICES.c.seen_at.is_not(None),
            FACTS.c.kind,
            FACTS.c.data,
            sa.func.coalesce(actor.c.name, decider.c.name),
            _T.title,
            requester.c.name,
            DEPARTMENTS.c.name,
            _T.profile_id,
            sa.func.coalesce(bought.currency, ""),
            sa.func.coalesce(bought.total_minor, 0),
        )
        .select_from(
            NOTICES.join(TICKETS, _T.id == NOTICES.c.ticket_id)
            .join(FACTS, sa.and_(FACTS.c.ticket_id == NOTICES.c.ticket_id, FACTS.c.version == NOTICES.c.version))
            .join(requester, requester.c.id == _T.requester_id)
            .join(DEPARTMENTS, DEPARTMENTS.c.id == _T.department_id)
            .outerjoin(actor, actor.c.id == FACTS.c.actor_id)
            .outerjoin(
                before,  # the decision that ended a chain stands before its end
                sa.and_(
                    FACTS.c.kind == FactKind.DECLINED,
                    before.c.ticket_id == FACTS.c.ticket_id,
                    before.c.version == FACTS.c.version - 1,
                ),
            )
            .outerjoin(decider, decider.c.id == before.c.actor_id)
            .outerjoin(
                PROCUREMENTS,
                sa.and_(bought.ticket_id == _T.id, bought.round == FACTS.c.data["round"].as_integer()),
            )
        )
        .where(
            NOTICES.c.person_id == scope.person_id,
            _has_left(now),
            sa.or_(inside(scope), concerning(scope.person_id, now, _T.id)),
        )
        .order_by(NOTICES.c.id.desc())
        .limit(limit)
    )
    found = (News._make(row) for row in connection.execute(query))
    return [news._replace(kind=FactKind(news.kind), actor=_actor(news.kind, news.actor)) for news in found]


def _has_left(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(NOTICES.c.leaves_at.is_(None), NOTICES.c.leaves_at <= now)


def unseen(connection: sa.Connection, scope: Scope, now: datetime) -> int:
    """Gives how many notices a person hasn't seen."""
    theirs = sa.or_(inside(scope), concerning(scope.person_id, now, _T.id))
    query = (
        sa.select(sa.func.count())
        .select_from(NOTICES.join(TICKETS, _T.id == NOTICES.c.ticket_id))
        .where(NOTICES.c.person_id == scope.person_id, NOTICES.c.seen_at.is_(None), _has_left(now), theirs)
    )
    return int(connection.scalar(query) or 0)


def tell_what_waits(connection: sa.Connection, principal_id: int, to: int, now: datetime) -> None:
    """Writes that `to` should know of every stage that waits for `principal_id` and that they may decide for them."""
    asked = sa.select(FACTS.c.ticket_id, sa.func.max(FACTS.c.version)).group_by(FACTS.c.ticket_id)
    asked = asked.where(
        FACTS.c.kind.in_([FactKind.OPENED, FactKind.PASSED, FactKind.ANSWERED]),
        FACTS.c.ticket_id.in_(sa.select(_T.id).select_from(SLOTTED).where(*open_to(to, [principal_id]))),
    )
    rows = [{"person_id": to, "ticket_id": row[0], "version": row[1], "at": now} for row in connection.execute(asked)]
    if rows:
        connection.execute(sa.insert(NOTICES), rows)


def mark_seen(connection: sa.Connection, person_id: int, up_to: int, now: datetime) -> int:
    """Marks a person's notices seen, up to the latest that was read, and gives how many that were."""
    read = (NOTICES.c.person_id == person_id, NOTICES.c.seen_at.is_(None), NOTICES.c.id <= up_to, _has_left(now))
    unread = sa.update(NOTICES).where(*read)
    return int(connection.execute(unread.values(seen_at=now)).rowcount)
