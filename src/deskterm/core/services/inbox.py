"""The approval inbox: what waits for somebody's decision, what they decided, all purchases.

What a line says is to be bought comes from the facts: rows can be edited, and are a view.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.chain import chain_of
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.panel import Roster, may_decide
from deskterm.core.domain.profile import APPROVAL
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.words import RoundState
from deskterm.core.services.context import Context
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.telling import measured, timer_of
from deskterm.core.store import approvals, directory, rounds, tickets
from deskterm.core.store.engine import Connection
from deskterm.core.views import Cursor, InboxRow, Left, Page, Tab, Timer

_NO_CLOCK: Final = Left("stopped", None, 0, None, breached=False, day=86_400, clock=APPROVAL)


def inbox(context: Context, tab: Tab, *, limit: int, after: Cursor | None) -> Page[InboxRow]:
    """Gives a page of the approval inbox: what waits, the earliest due first; the rest the latest first.

    Raises:
        NotAllowed: when somebody who doesn't oversee the desk asks for all purchases (000-R12).
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        roster = approvals.roster(connection)
        of = [d.from_id for d in roster.delegations if d.to_id == actor.id and d.covers(now)]
        match tab:
            case Tab.WAITING:
                found = approvals.waiting(connection, actor.id, [actor.id, *of], limit=limit + 1, after=after)
            case Tab.DELEGATED:
                stands = bool(roster.stand_ins(actor.id, now))
                who = [*of, *([actor.id] if stands else [])]
                found = approvals.waiting(connection, actor.id, who, limit=limit + 1, after=after)
            case Tab.DECIDED:
                found = approvals.decided(connection, actor.id, limit=limit + 1, after=after)
            case Tab.ALL:
                if not scope_of(actor).everything:
                    raise NotAllowed("all purchases are an executive's to see: these are yours to decide")
                found = approvals.purchases(connection, limit=limit + 1, after=after)
        shown = found[:limit]
        if tab in {Tab.WAITING, Tab.DELEGATED}:
            shown = _decidable(connection, shown, actor.id, roster, now)
        others = {row.for_id for row in shown if row.for_id is not None and row.for_id != actor.id}
        names = directory.names(connection, others)
        clocks = tickets.clocks_of(connection, [row.id for row in shown])
        bought = rounds.requested(connection, [row.id for row in shown])
        rows = []
        for row in shown:
            policy = context.policy(connection, row.profile_id)
            latest = [clock for clock in clocks.get(row.id, ()) if clock.name == APPROVAL]
            timer, left = None, _NO_CLOCK
            if latest and row.state == RoundState.OPEN:
                timer, calendar = timer_of(latest[-1], row, row.profile_id, policy)
                left = measured(timer, calendar, now)
            rows.append(_line(row, bought[row.id, row.round], policy, names, timer, left))
    last = found[limit - 1].place if len(found) > limit else None
    return Page(tuple(rows), None, last)


def _decidable(
    connection: Connection, found: list[approvals.Waiting], person_id: int, roster: Roster, now: datetime
) -> list[approvals.Waiting]:
    """Gives the lines on one's own places, and of those on others' the ones that the chain itself lets one decide.

    So a page may have fewer lines than were asked for.
    """
    facts = tickets.facts_of(connection, [row.id for row in found if row.for_id != person_id])
    places = {number: may_decide(chain_of(told)[-1], roster, now).get(person_id) for number, told in facts.items()}
    theirs = {number: slot.person_id for number, slot in places.items() if slot is not None}
    return [row for row in found if row.for_id in {person_id, theirs.get(row.id)}]


def _line(
    row: approvals.Waiting,
    bought: Purchase,
    policy: DeskPolicy,
    names: Mapping[int, str],
    timer: Timer | None,
    left: Left,
) -> InboxRow:
    titles = {rule.key: rule.title for rule in policy.profile.chain}
    return InboxRow(
        id=row.id,
        version=row.version,
        round=row.round,
        state=RoundState(row.state),
        title=row.title,
        department=row.department,
        requester=row.requester,
        stage=titles.get(row.stage, row.stage),
        for_name=names.get(row.for_id or 0, ""),
        currency=bought.currency,
        total_minor=bought.total_minor,
        total=bought.total,
        digest=bought.digest,
        asked_at=row.asked_at,
        decision=row.decision,
        decided_at=row.decided_at,
        left=left,
        timer=timer,
    )


def count_waiting(context: Context) -> int:
    """Gives how many purchases wait for the actor, also in somebody's stead; up to a thousand."""
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        roster = approvals.roster(connection)
        if not any(d.to_id == actor.id and d.covers(now) for d in roster.delegations):
            return approvals.count_waiting(connection, actor.id, [actor.id], at_most=1000)
    return len(inbox(context, Tab.WAITING, limit=1000, after=None).rows)
