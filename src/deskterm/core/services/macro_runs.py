"""Running a macro: all is decided first, each step on the ticket as those before leave it, then written at once."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import ChangedElsewhere, DesktermError, InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.facts import reference
from deskterm.core.domain.history import History
from deskterm.core.domain.macros import ME, NOBODY, Macro
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.template import filled
from deskterm.core.domain.text import did
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services import work
from deskterm.core.services.conflicts import conflict
from deskterm.core.services.context import Context, limits, seen
from deskterm.core.services.finding import the_category, the_priority
from deskterm.core.services.mentioning import told_of
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.work import Done, followed, save, surroundings
from deskterm.core.store import directory, macros
from deskterm.core.store.engine import Collided, Connection
from deskterm.core.store.macros import Kept
from deskterm.core.store.tickets import Step

_ATTEMPTS: Final = 5
_NO_DATE: Final = "no date yet"


class Canned(NamedTuple):
    """A macro as it would be on a ticket: its text with the values of its variables."""

    macro: Macro
    text: str


class Plan(NamedTuple):
    """What a macro would do to a ticket: what happens, in order, and its text as it would be."""

    id: int
    steps: tuple[str, ...]
    text: str


class _Read(NamedTuple):
    """A ticket with all that is needed to decide about it, read at one moment."""

    actor: Person
    before: History
    policy: DeskPolicy
    macros: tuple[Kept, ...]
    now: datetime


def on(context: Context, ticket_id: int) -> list[Canned]:
    """Gives the macros for a ticket with their texts as they would be.

    Raises:
        NotFound: when it is not the actor's to see.
        NotAllowed: when they don't work on it.
    """
    with context.store.read() as connection:
        here = _read(context, connection, ticket_id, None)
        values = _values(connection, here)
    return [Canned(kept.macro, filled(kept.macro.text, values)) for kept in here.macros]


def rehearse(context: Context, ticket_id: int, name: str) -> Plan:
    """Gives what a macro would do to a ticket; it writes nothing, and raises as `run`."""
    context.store.check_writable()
    with context.store.read() as connection:
        here = _read(context, connection, ticket_id, None)
        macro = _the(here, name)
        try:
            steps = _steps(context, connection, here, macro)
        except _Stopped as stopped:
            raise stopped.told(macro) from None
        text = filled(macro.text, _values(connection, here))
    return Plan(ticket_id, tuple(did(step.fact.kind) for step in steps), text)


def run(context: Context, ticket_id: int, name: str, *, expected: int | None = None) -> Done:
    """Does what a macro says to a ticket, in one transaction: all of it, or nothing. It is one deed to take back.

    What stands already as the macro wants it, such as the priority, is passed over.

    Raises:
        NotFound: when the ticket is not the actor's to see, or there is no such macro for it.
        NotAllowed, InvalidInput: when a step is refused, which the message names, or nothing is left to do.
        ChangedElsewhere: when the ticket is no longer as `expected`, or somebody was first.
    """
    context.store.check_writable()
    one = replace(context, deed=context.deed or token_hex(4))
    for _ in range(_ATTEMPTS):
        with context.store.read() as connection:
            here = _read(one, connection, ticket_id, expected)
            macro = _the(here, name)
            around = surroundings(connection, purchase=bool(here.before.chain))
            try:
                steps, stopped = _steps(one, connection, here, macro), None
            except _Stopped as refusal:
                steps, stopped = [], refusal
        if stopped is not None:
            with suppress(NotAllowed):
                work.check(one, ticket_id, stopped.action)  # what a chain forbids is written down as attempted
            raise stopped.told(macro)
        if not steps:
            raise InvalidInput(f"{reference(ticket_id)}: {macro.key} would change nothing, all of it stands already")
        around = around._replace(mentioned=told_of(one, here.before.ticket, [step.fact for step in steps]))
        try:
            with context.store.write() as connection:
                if save(connection, here.before, steps, one, around):
                    return Done.of(steps[-1].after.ticket)
        except Collided:
            continue
    raise ChangedElsewhere(f"{reference(ticket_id)} keeps changing: try again")


def _read(context: Context, connection: Connection, ticket_id: int, expected: int | None) -> _Read:
    actor = context.actor(connection)
    before, profile_id = seen(connection, actor, ticket_id, context.clock())
    if not sees_internal(actor, before.ticket):
        raise NotAllowed(f"macros are for who works on {before.ticket.reference}")
    if expected is not None and (news := conflict(connection, before, actor, Action.WAIT, expected)):
        raise ChangedElsewhere(news)
    here = {None, before.ticket.department_id}
    kept = tuple(one for one in macros.every(connection) if one.department_id in here)
    policy = context.policy(connection, profile_id)
    return _Read(actor, before, policy, kept, max(context.clock(), before.ticket.updated_at))


def _the(here: _Read, name: str) -> Macro:
    """Gives the macro of this key, else of this name, of those for the ticket; raises NotFound."""
    for said in ({kept.macro.key: kept.macro for kept in here.macros}, _by_name(here)):
        if (found := said.get(name.lower())) is not None:
            return found
    raise NotFound(f"there is no macro {name!r} for {here.before.ticket.reference}: `deskterm macros` lists them")


def _by_name(here: _Read) -> dict[str, Macro]:
    """Gives the macros for the ticket by their names, the first in the order of keys where two have one."""
    return {kept.macro.name.lower(): kept.macro for kept in reversed(here.macros)}


class _Stopped(Exception):
    """A step was refused."""

    def __init__(self, action: Action, error: DesktermError) -> None:
        super().__init__(str(error))
        self.action = action
        self.error = error

    def told(self, macro: Macro) -> DesktermError:
        """Gives the refusal with the step that it is about."""
        said = f"{macro.key} does nothing, its step {self.action.replace('_', ' ')} is refused: {self.error}"
        return type(self.error)(said)


def _steps(context: Context, connection: Connection, here: _Read, macro: Macro) -> list[Step]:
    """Gives the steps of a macro, each decided on the ticket as those before leave it; raises _Stopped."""
    history, made = here.before, list[Step]()
    for action, given in _acts(connection, here, macro):
        set_ = limits(connection, history, here.policy, action)
        try:
            facts = decide(history.ticket, action, given, here.actor, now=here.now, by_id=context.by_id, **set_)
        except DesktermError as error:
            raise _Stopped(action, error) from error
        made += followed(history, context.signed(facts), here.policy)
        history = made[-1].after
    return made


def _acts(connection: Connection, here: _Read, macro: Macro) -> Iterator[tuple[Action, Arguments]]:
    """Gives what a macro does to a ticket; what stands already is passed over."""
    ticket = here.before.ticket
    if macro.text:
        text = filled(macro.text, _values(connection, here))
        yield Action.NOTE if macro.note else Action.REPLY, Arguments(text=text)
    if macro.assign == ME and ticket.assignee_id != here.actor.id:
        yield Action.ASSIGN if ticket.assignee_id else Action.CLAIM, Arguments(person=here.actor)
    if macro.assign == NOBODY and ticket.assignee_id is not None:
        yield Action.UNASSIGN, Arguments()
    if macro.priority:
        rank = the_priority(list(here.policy.profile.priorities.values()), macro.priority)
        if rank != ticket.priority:
            yield Action.SET_PRIORITY, Arguments(priority=rank)
    if macro.category:
        category = the_category(directory.categories(connection).values(), macro.category, None)
        if category.id != ticket.category_id:
            yield Action.SET_CATEGORY, Arguments(category=category)
    if macro.wait and ticket.reason != macro.wait:
        yield Action.WAIT, Arguments(reason=WaitReason(macro.wait), text=macro.why)
    if macro.fix:
        yield Action.RESOLVE, Arguments(cause=macro.cause, fix=macro.fix)


def _values(connection: Connection, here: _Read) -> dict[str, str]:
    """Gives what the variables of a text stand for: nothing that the ticket's requester may not know."""
    ticket = here.before.ticket
    name = directory.names(connection, {ticket.requester_id}).get(ticket.requester_id, "")
    due = next((c.due_at for c in here.before.clocks if c.name == MAIN_CLOCK and c.running_since is not None), None)
    rule = here.policy.rule(here.policy.calendar_key(ticket.department_id))
    zone = here.policy.default_zone() if rule is None else ZoneInfo(rule.zone)
    return {
        "requester": name,
        "requester_first": name.partition(" ")[0],
        "agent": here.actor.name,
        "ticket": ticket.reference,
        "title": ticket.title,
        "department": directory.departments(connection)[ticket.department_id].name,
        "due": _spelled(due.astimezone(zone)) if due else _NO_DATE,
    }


def _spelled(due: datetime) -> str:
    return f"{due:%A}, {due.day} {due:%B %Y, %H:%M %Z}"
