"""A ticket's timeline, and the notices that facts made: Core columns into frozen views."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.text import did
from deskterm.core.domain.words import CommentKind, FactKind, Status, WaitReason
from deskterm.core.store.approvals import concerning
from deskterm.core.store.lists import inside
from deskterm.core.store.tables import COMMENTS, FACTS, NOTICES, PEOPLE, TICKETS
from deskterm.core.views import Entry, NoticeLine

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


def notices(connection: sa.Connection, scope: Scope, now: datetime, *, limit: int) -> list[NoticeLine]:
    """Gives a person's latest notices about tickets they may still see, newest first."""
    actor = PEOPLE.alias("actor")
    query = (
        sa.select(
            NOTICES.c.id,
            NOTICES.c.at,
            NOTICES.c.ticket_id,
            NOTICES.c.seen_at,
            FACTS.c.kind,
            _T.title,
            actor.c.name.label("actor"),
        )
        .select_from(
            NOTICES.join(TICKETS, _T.id == NOTICES.c.ticket_id)
            .join(FACTS, sa.and_(FACTS.c.ticket_id == NOTICES.c.ticket_id, FACTS.c.version == NOTICES.c.version))
            .outerjoin(actor, actor.c.id == FACTS.c.actor_id)
        )
        .where(NOTICES.c.person_id == scope.person_id, sa.or_(inside(scope), concerning(scope.person_id, now, _T.id)))
        .order_by(NOTICES.c.id.desc())
        .limit(limit)
    )
    return [
        NoticeLine(
            n.id,
            n.at,
            n.ticket_id,
            f"{_actor(n.kind, n.actor)} {did(FactKind(n.kind))}: {n.title}",
            n.seen_at is not None,
        )
        for n in connection.execute(query)
    ]


def unseen(connection: sa.Connection, scope: Scope, now: datetime) -> int:
    """Gives how many notices a person hasn't seen."""
    theirs = sa.or_(inside(scope), concerning(scope.person_id, now, _T.id))
    query = (
        sa.select(sa.func.count())
        .select_from(NOTICES.join(TICKETS, _T.id == NOTICES.c.ticket_id))
        .where(NOTICES.c.person_id == scope.person_id, NOTICES.c.seen_at.is_(None), theirs)
    )
    return int(connection.scalar(query) or 0)


def mark_seen(connection: sa.Connection, person_id: int, up_to: int, now: datetime) -> int:
    """Marks a person's notices seen, up to the latest that was read, and gives how many that were."""
    read = (NOTICES.c.person_id == person_id, NOTICES.c.seen_at.is_(None), NOTICES.c.id <= up_to)
    unread = sa.update(NOTICES).where(*read)
    return int(connection.execute(unread.values(seen_at=now)).rowcount)
