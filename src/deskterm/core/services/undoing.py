"""Undo and redo of one's own last action on a ticket, through the same one door, while nobody touched it since."""

from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Final, NamedTuple

from deskterm.core.domain.access import scope_of, sees_internal
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.facts import Fact, reference
from deskterm.core.domain.history import History, fold
from deskterm.core.domain.lifecycle import why_not as forbidden
from deskterm.core.domain.people import Person
from deskterm.core.domain.text import did, some
from deskterm.core.domain.undo import ACTION, Standing, own_breaches, standing, to_redo, told_to, undoing, why_not
from deskterm.core.domain.words import Action, FactKind
from deskterm.core.services.context import Context, limits, seen
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.work import Done, followed, save, surroundings
from deskterm.core.store import deeds, directory, tickets
from deskterm.core.store.engine import Collided, Connection
from deskterm.core.store.tickets import Step

_ATTEMPTS: Final = 5


class Reverted(NamedTuple):
    """What an undo or a redo came to, and which action it was about."""

    done: Done
    action: Action


class _Read(NamedTuple):
    """A ticket with all its facts; `told` are those that stand, of what people did and the actor may know."""

    actor: Person
    facts: list[Fact]
    history: History
    policy: DeskPolicy
    told: list[Standing]


def undo(context: Context, ticket_id: int, *, expected: int | None = None) -> Reverted:
    """Takes back the last thing that was done to a ticket, if the actor did it; nobody may have touched it since.

    `expected` is the version that the thing came to; without it, it is whatever the actor did last.

    Raises:
        NotFound: when the ticket is not the actor's to see, and wasn't before they did it.
        NotAllowed: when the actor did nothing, or what they did can't be taken back.
        ChangedElsewhere: when somebody has done something to it since.
        InvalidInput: when its facts don't make its row, which `doctor` looks into.
    """
    context.store.check_writable()
    for _ in range(_ATTEMPTS):
        with context.store.read() as connection:
            here = _read(context, connection, ticket_id)
            ticket = here.history.ticket
            now = max(context.clock(), ticket.updated_at)
            last = _own_last(context, connection, here, expected)
            expected = expected or last.version  # who took it back meanwhile leaves nothing before it to take back
            action = ACTION.get(last.fact.kind, Action.NOTE)
            steps, gone = _taken_back(context, connection, here, last, now)
            around = surroundings(connection, purchase=False)
        try:
            with context.store.write() as connection:
                if save(connection, here.history, steps, context, around):
                    knew = deeds.take_back_notices(connection, ticket_id, gone) - {here.actor.id}
                    tickets.notify(connection, knew, steps[0])
                    return Reverted(Done.of(steps[-1].after.ticket), action)
        except Collided:
            continue
    raise ChangedElsewhere(f"{reference(ticket_id)} keeps changing: try again")


def _taken_back(
    context: Context, connection: Connection, here: _Read, last: Standing, now: datetime
) -> tuple[list[Step], list[int]]:
    """Gives the steps that take back what was done last, and the versions that are gone by them.

    What one act did to a ticket in several facts, such as a macro, is taken back whole, except what it wrote.

    Raises:
        NotAllowed: as `undo`.
    """
    steps: list[Step] = []
    gone: list[int] = []
    own = [one for one in here.told if one.version <= last.version and _is_own(context, one.fact)]
    act = [one for one in own if one is last or _is_one_act(one.fact, last.fact)]
    one = _as_one(context, len(act))
    for version, fact in reversed(act):
        if steps and fact.comment is not None:
            continue  # what was written has left
        history = steps[-1].after if steps else here.history
        if because := why_not(history, fact, version, here.policy, now):
            what = f"what you did last to {history.ticket.reference} ({fact.kind.replace('_', ' ')})"
            raise NotAllowed(f"{what} can't be taken back: {because}.")
        _check_right(connection, here._replace(history=history), ACTION[fact.kind], now)
        steps += followed(history, one.signed((undoing(version, now, here.actor.id),)), here.policy)
        gone += [version, *own_breaches(here.facts, version)]
    return steps, gone


def _as_one(context: Context, many: int) -> Context:
    """Gives the context in which several facts of a ticket are one act."""
    return replace(context, deed=context.deed or token_hex(4)) if many > 1 else context


def _is_one_act(fact: Fact, last: Fact) -> bool:
    return fact.deed is not None and fact.deed == last.deed


def redo(context: Context, ticket_id: int) -> Reverted:
    """Does again, now, what the actor took back last: all that one undo took back. Nobody may have touched it since.

    Raises:
        NotFound, InvalidInput: as `undo`.
        NotAllowed: when nothing was taken back, or it may no longer be done.
        ChangedElsewhere: when somebody has done something to it since.
    """
    context.store.check_writable()
    for _ in range(_ATTEMPTS):
        with context.store.read() as connection:
            here = _read(context, connection, ticket_id)
            since = _last_undo(context, here)
            if since:
                _refuse_others(context, connection, here, since, "done again")
            taken = [here.facts[version - 1] for version in to_redo(here.facts)]
            if not since or not taken or not _is_own(context, taken[-1]):  # whoever took it back had done it
                raise NotAllowed(f"{reference(ticket_id)}: you took nothing back that could be done again.")
            steps = _done_again(context, connection, here, taken)
            around = surroundings(connection, purchase=False)
        try:
            with context.store.write() as connection:
                if save(connection, here.history, steps, context, around):
                    return Reverted(Done.of(steps[-1].after.ticket), ACTION[taken[-1].kind])
        except Collided:
            continue
    raise ChangedElsewhere(f"{reference(ticket_id)} keeps changing: try again")


def _done_again(context: Context, connection: Connection, here: _Read, taken: list[Fact]) -> list[Step]:
    """Gives the steps that do again what was taken back; raises NotAllowed and InvalidInput as `decide`."""
    one = _as_one(context, len(taken))
    now, history, steps = max(context.clock(), here.history.ticket.updated_at), here.history, list[Step]()
    for fact in taken:
        action = ACTION[fact.kind]
        set_ = limits(connection, history, here.policy, action)
        given = _arguments(connection, fact)
        made = decide(history.ticket, action, given, here.actor, now=now, by_id=context.by_id, **set_)
        steps += followed(history, one.signed(made), here.policy)
        history = steps[-1].after
    return steps


def last_deed(context: Context) -> list[int]:
    """Gives the tickets of the last thing that the actor did and didn't take back: several when it was one deed.

    Raises:
        NotAllowed: when there is none.
    """
    with context.store.read() as connection:
        context.actor(connection)
        gone: set[tuple[int, int]] = set()
        found: list[int] = []
        deed: str | None = None
        for one in deeds.latest(connection, context.actor_id, context.by_id):
            if one.kind == FactKind.UNDONE:
                gone.add((one.ticket_id, one.data["undoes"]))
            elif (one.ticket_id, one.version) not in gone:
                if found and (deed is None or one.data.get("deed") != deed):
                    break
                deed = one.data.get("deed")
                found.append(one.ticket_id)
    if not found:
        raise NotAllowed("you have done nothing that could be taken back")
    return list(dict.fromkeys(reversed(found)))


def last_undone(context: Context) -> list[int]:
    """Gives the tickets of which the actor took something back last: several when it was one deed.

    Raises:
        NotAllowed: when the actor took nothing back, or did something else since.
    """
    with context.store.read() as connection:
        context.actor(connection)
        found: list[int] = []
        deed: str | None = None
        for one in deeds.latest(connection, context.actor_id, context.by_id):
            if one.kind != FactKind.UNDONE or (found and (deed is None or one.data.get("deed") != deed)):
                break
            deed = one.data.get("deed")
            found.append(one.ticket_id)
    if not found:
        raise NotAllowed("you took nothing back, or did something else since: name the tickets")
    return list(dict.fromkeys(reversed(found)))


def _read(context: Context, connection: Connection, ticket_id: int) -> _Read:
    """Gives a ticket that the actor may see, or could before what they did to it themselves.

    Raises:
        NotFound: when there is no such ticket, or it is not theirs to see.
        InvalidInput: when its row isn't what its facts make.
    """
    actor = context.actor(connection)
    loaded = tickets.load(connection, ticket_id)
    if loaded is None:
        seen(connection, actor, ticket_id, context.clock())
        raise NotFound(f"there is no {reference(ticket_id)} among the tickets you may see")
    policy = context.policy(connection, loaded.profile_id)
    facts = tickets.facts(connection, ticket_id)
    try:
        history = fold(facts, policy, ticket_id)
    except (ValueError, TypeError):
        seen(connection, actor, ticket_id, context.clock())
        raise InvalidInput(f"the facts of {reference(ticket_id)} don't fit: run `deskterm doctor`") from None
    told = told_to(standing(facts), internal=sees_internal(actor, history.ticket))
    did_it = bool(told) and _is_own(context, told[-1].fact) and history.past is not None
    if not (did_it and history.past is not None and scope_of(actor).covers(history.past.ticket)):
        seen(connection, actor, ticket_id, context.clock())
    row = replace(loaded.history.ticket, profile_id=history.ticket.profile_id)  # an older program's facts don't say it
    if (history.ticket, history.clocks) != (row, loaded.history.clocks):
        raise InvalidInput(f"the row of {reference(ticket_id)} isn't what its facts make: run `deskterm doctor`")
    return _Read(actor, facts, history, policy, told)


def _own_last(context: Context, connection: Connection, here: _Read, expected: int | None) -> Standing:
    """Gives the last thing that was done, which must be the actor's own; raises as `undo`."""
    ticket = here.history.ticket
    own = [one for one in here.told if _is_own(context, one.fact)]
    if not own:
        raise NotAllowed(f"you have done nothing to {ticket.reference} that could be taken back.")
    _refuse_others(context, connection, here, own[-1].version, "taken back")
    last = own[-1]
    if expected is not None and last.version > expected:
        raise ChangedElsewhere(f"{ticket.reference} can't be taken back: you have done something else to it since.")
    if expected is not None and any(last.version < (fact.undoes or 0) <= expected for fact in here.facts[expected:]):
        raise ChangedElsewhere(f"{ticket.reference} can't be taken back: it was taken back already.")
    return last


def _refuse_others(context: Context, connection: Connection, here: _Read, since: int, what: str) -> None:
    """Passes when nobody else has done anything since a version; raises ChangedElsewhere with who did what."""
    later = [one.fact for one in here.told if one.version > since and not _is_own(context, one.fact)]
    if later:
        by = [fact.by_id or fact.actor_id for fact in later]
        names = directory.names(connection, {person for person in by if person is not None})
        news = [f"{names.get(who or 0, 'deskterm')} {did(fact.kind)}" for who, fact in zip(by, later, strict=True)]
        raise ChangedElsewhere(f"{here.history.ticket.reference} can't be {what}: since then {some(news)}.")


def _last_undo(context: Context, here: _Read) -> int:
    own = (v for v, f in enumerate(here.facts, 1) if f.kind is FactKind.UNDONE and _is_own(context, f))
    return max(own, default=0)


def _is_own(context: Context, fact: Fact) -> bool:
    """Whether the very person did it, also where an admin acts as somebody."""
    return (fact.actor_id, fact.by_id) == (context.actor_id, context.by_id)


def _check_right(connection: Connection, here: _Read, action: Action, now: datetime) -> None:
    """Passes when the actor may still do what they take back; raises NotAllowed when not."""
    past = here.history.past
    if past is not None:
        set_ = limits(connection, here.history, here.policy, action)
        if because := forbidden(past.ticket, action, here.actor, now=now, **set_):
            raise NotAllowed(f"{past.ticket.reference}: what you may no longer do you can't take back: {because}.")


def _arguments(connection: Connection, fact: Fact) -> Arguments:
    """Gives the arguments with which a fact was made."""
    to = fact.assignee_id if fact.kind is FactKind.ASSIGNED and isinstance(fact.assignee_id, int) else None
    category = directory.categories(connection).get(fact.category_id) if fact.category_id is not None else None
    return Arguments(
        text=fact.text or "",
        reason=fact.reason,
        person=directory.person(connection, to) if to is not None else None,
        priority=fact.priority,
        category=category,
        cause=fact.cause or "",
        fix=fact.fix or "",
    )
