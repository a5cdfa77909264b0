"""Keeping stages with those who have the posts, and letting others stand in: what goes on around decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound, ProfileError
from deskterm.core.domain.history import History
from deskterm.core.domain.panel import Roster, passed_on
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import DEPUTY, LEAD, REQUESTER_LEAD, StageRule
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context, panel
from deskterm.core.services.finding import the_person
from deskterm.core.services.work import followed, save, surroundings
from deskterm.core.store import approvals, directory, tickets, timelines
from deskterm.core.store.approvals import Delegated
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import Step
from deskterm.core.views import DelegationLine

_LONGEST: Final = timedelta(days=366)
_ATTEMPTS: Final = 5
_LEADS: Final = frozenset({LEAD, REQUESTER_LEAD})


def pass_on(context: Context) -> int:
    """Gives places of open stages to who has their posts by now, and gives on how many tickets; others are told.

    It follows every change of people and posts, and every pass of the worker: a stage never waits for somebody who
    left, and one that was vacant goes on once somebody has the post. A ticket that can't be read stops no other's:
    doctor names it.
    """
    with context.store.read() as connection:
        waiting = approvals.open_rounds(connection)
    return sum(_passed(context, ticket_id) for ticket_id in waiting)


def _passed(context: Context, ticket_id: int) -> bool:
    for _ in range(_ATTEMPTS):
        try:
            with context.store.read() as connection:
                before, steps = _given_on(context, connection, ticket_id)
                around = surroundings(connection, purchase=True)
        except (ValueError, KeyError, TypeError, ProfileError):
            return False
        if not steps:
            return False
        with context.store.write() as connection:
            if save(connection, before, steps, context, around):
                return True
    return False


def _given_on(context: Context, connection: Connection, ticket_id: int) -> tuple[History, list[Step]]:
    """Gives the ticket, and the steps in which its places go to others; none where all stays."""
    loaded = tickets.load(connection, ticket_id)
    if loaded is None:
        raise ValueError("it is gone")
    before = loaded.history
    policy = context.policy(connection, loaded.profile_id)
    now = max(context.clock(), before.ticket.updated_at)
    board = panel(connection, before, policy)
    fact = passed_on(board.round, board.place, board.roster, now) if board.round else None
    return before, followed(before, (replace(fact, by_id=context.by_id),), policy) if fact else []


def delegate(context: Context, to: str, since: date, until: date, reason: str, *, of: str = "") -> int:
    """Lets `to` decide for the actor from a day through another, and gives the delegation's id.

    An admin may write it for somebody else, `of`. Days are those of the desk's default calendar. When it is in force
    now, a notice tells the stand-in of everything that waits already.

    Raises:
        NotAllowed: when it is for somebody else and the actor is no admin.
        InvalidInput: when the days are no stretch to come, the people are the same, it would close a loop, or the
            stand-in has a place in the same chain that nobody else could take.
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        principal = _principal(connection, context, actor, of)
        stand_in = the_person(connection, to)
        begins, ends = _stretch(context, connection, since, until, now)
        _check(principal, stand_in, reason)
        others = [d for d in approvals.delegations(connection) if d.revoked_at is None]
        if loop := _loop(principal.id, stand_in.id, begins, ends, others):
            names = " -> ".join(directory.names(connection, loop).get(person, "somebody") for person in loop)
            raise InvalidInput(f"that would be a loop: {names}")
        _check_places(connection, context, principal, stand_in)
    with context.store.write() as connection:
        made = approvals.delegate(
            connection, principal.id, stand_in.id, begins, ends, reason.strip(), context.by_id or actor.id, now
        )
        _record(connection, context, "delegated", made)
        if begins <= now < ends:
            timelines.tell_what_waits(connection, principal.id, stand_in.id, now)
    return made.id


def _principal(connection: Connection, context: Context, actor: Person, of: str) -> Person:
    if not of or of in {actor.login, actor.name}:
        if context.by_id is not None:
            raise NotAllowed("a delegation is given in person: an admin writes it as an admin, with --of")
        return actor
    if actor.role is not Role.ADMIN:
        raise NotAllowed("you may only delegate what is yours to decide: an admin can write it for others")
    return the_person(connection, of)


def _stretch(
    context: Context, connection: Connection, since: date, until: date, now: datetime
) -> tuple[datetime, datetime]:
    zone = context.policy_now(connection)[1].default_zone()
    try:
        begins = datetime.combine(since, time(), zone).astimezone(UTC)
        ends = datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"from {since} through {until} is beyond the calendar: name days near today") from None
    if ends <= begins:
        raise InvalidInput(f"it ends on {until}, before it begins on {since}")
    if ends <= now:
        raise InvalidInput(f"it ends on {until}, which is over: say a day to come")
    if ends - begins > _LONGEST:
        raise InvalidInput("a delegation is for a year at most: give the post to somebody else instead")
    return begins, ends


def _check(principal: Person, stand_in: Person, reason: str) -> None:
    check_text(reason)
    if principal.id == stand_in.id:
        raise InvalidInput(f"{principal.name} can't stand in for themselves: name somebody else")
    for person in (principal, stand_in):
        if not person.is_active:
            raise InvalidInput(f"{person.name} is no longer active here")


def _check_places(connection: Connection, context: Context, principal: Person, stand_in: Person) -> None:
    """Refuses who signs in the principal's chain already: nobody signs twice, so the chain would stand still there.

    Where their own place comes after the principal's, its deputy takes it; where they have signed before, nobody does.
    """
    stages = context.policy_now(connection)[1].profile.chain
    roster = approvals.roster(connection)
    for mine, post, place in _places(stages, roster, principal.id):
        for theirs, other, seat in _places(stages, roster, stand_in.id):
            apart = post == other and place != seat  # leads of two departments never meet in one stage
            if apart or (mine == theirs and _spares_one(stages[mine])):
                continue
            deputy = roster.holders.get((seat[0] + DEPUTY, seat[1]))
            later = theirs > mine
            if later and deputy not in {None, principal.id, stand_in.id}:
                continue
            where = directory.departments(connection)[seat[1]].name if seat[1] is not None else ""
            held = f"{seat[0]} of {where}" if where else other
            advice = ", or give that post a deputy" if later and deputy is None else ""
            raise InvalidInput(f"{stand_in.name} holds {held} and signs there in person: name somebody else{advice}")


def _spares_one(stage: StageRule) -> bool:
    return stage.quorum.needed(len(stage.approvers)) < len(stage.approvers)


def _places(
    stages: Iterable[StageRule], roster: Roster, person_id: int
) -> Iterator[tuple[int, str, tuple[str, int | None]]]:
    """Gives the places of the chain that are somebody's: the stage's number, its approver, and the post held."""
    for number, stage in enumerate(stages):
        for post in stage.approvers:
            key = LEAD if post in _LEADS else post
            for seat, holder in roster.holders.items():
                if seat[0] == key and holder == person_id:
                    yield number, post, seat


def _loop(of: int, to: int, since: datetime, until: datetime, others: Iterable[Delegated]) -> list[int]:
    """Gives the people of a loop that a delegation would close in a time when all of it is in force, none if none."""
    paths = [([of, to], since, until)]
    standing = list(others)
    while paths:
        path, begins, ends = paths.pop()
        for one in standing:
            start, end = max(begins, one.since), min(ends, one.until)
            if one.from_id != path[-1] or start >= end:
                continue
            if one.to_id == of:
                return [*path, of]
            if one.to_id not in path:
                paths.append(([*path, one.to_id], start, end))
    return []


def revoke(context: Context, delegation_id: int) -> None:
    """Takes a delegation back, from now on.

    Raises:
        NotFound: when there is none of the actor's with this number, or it was taken back already.
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        found = next((d for d in approvals.delegations(connection) if d.id == delegation_id), None)
        mine = found is not None and (actor.role is Role.ADMIN or actor.id in {found.from_id, found.made_by})
        if found is None or not mine or found.revoked_at is not None:
            raise NotFound(f"there is no delegation {delegation_id} for you to take back")
    with context.store.write() as connection:
        if not approvals.revoke(connection, delegation_id, now):
            raise NotFound(f"delegation {delegation_id} was taken back already")
        _record(connection, context, "revoked", found._replace(revoked_at=now))


def _record(connection: Connection, context: Context, what: str, made: Delegated) -> None:
    data = {key: value for key, value in made._asdict().items() if key != "made_at"}
    context.record(connection, "delegation", what, data)


def delegations(context: Context) -> list[DelegationLine]:
    """Gives the delegations from and to the actor; all of them to who oversees the desk."""
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        mine = None if context.scope(connection).everything else actor.id
        found = approvals.delegations(connection, person_id=mine)
        names = directory.names(connection, {p for d in found for p in (d.from_id, d.to_id, d.made_by)})
        policy = context.policy_now(connection)[1]
        zone = policy.default_zone()
        posts = {post for stage in policy.profile.chain for post in stage.approvers}
        posts = {LEAD if post in _LEADS else post for post in posts}
        holders = approvals.roster(connection).holders
    wanted = {person for (key, _), person in holders.items() if key.removesuffix(DEPUTY) in posts}
    return [
        DelegationLine(
            d.id,
            names[d.from_id],
            names[d.to_id],
            d.since,
            d.until,
            d.reason,
            names[d.made_by],
            _state(d, now),
            days=_days(d, zone),
            is_idle=d.from_id not in wanted,
        )
        for d in found
    ]


def _days(found: Delegated, zone: ZoneInfo) -> str:
    """Gives the days as they were typed: it ends before the midnight that follows the last one."""
    last = (found.until.astimezone(zone) - timedelta(microseconds=1)).date()
    return f"{found.since.astimezone(zone).date()} through {last} ({zone.key})"


def _state(found: Delegated, now: datetime) -> str:
    if found.revoked_at is not None:
        return "revoked"
    return "planned" if now < found.since else "in force" if now < found.until else "over"
