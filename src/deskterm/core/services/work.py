"""The one door: an actor, a ticket, an action. Decide on what was read, then write it all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from deskterm.core.domain.decide import Arguments, decide, refuse
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.facts import Fact, Ticket, reference
from deskterm.core.domain.history import History
from deskterm.core.domain.history import followed as folded
from deskterm.core.domain.lifecycle import DECIDING
from deskterm.core.domain.notices import Circle, concerned
from deskterm.core.domain.panel import Roster, may_decide
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Action, FactKind, Status
from deskterm.core.services.conflicts import conflict, news_of
from deskterm.core.services.context import PUTS, Context, Limits, limits, seen
from deskterm.core.services.mentioning import told_of
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.signatures import Unsigned, signed, to_sign
from deskterm.core.store import approvals, audit, directory, tickets
from deskterm.core.store.engine import Collided, Connection
from deskterm.core.store.tickets import Step

_ATTEMPTS: Final = 5


class Promise(NamedTuple):
    """When a clock is due."""

    clock: str
    label: str
    due_at: datetime


class Done(NamedTuple):
    """What an action came to, and what a submission promises: when its clocks are due, the earliest first (003-R33)."""

    id: int
    version: int
    status: Status
    assignee_id: int | None
    promises: tuple[Promise, ...] = ()

    @classmethod
    def of(cls, after: Ticket) -> "Done":
        """Gives what an action came to from the ticket as it stands after it."""
        return cls(after.id, after.version, after.status, after.assignee_id)


class Surroundings(NamedTuple):
    """Whom changes can concern besides those that a ticket names: leads by department, admins, stand-ins."""

    leads: dict[int, int | None]
    admins: frozenset[int]
    roster: Roster
    mentioned: frozenset[int] = frozenset()

    def circle(self, step: Step) -> Circle:
        """Gives who is around a ticket as a step left it."""
        history, at = step.after, step.fact.at
        waits = [slot.person_id for _, slot in history.chain[-1].waiting()] if history.chain else []
        return Circle(
            self.leads.get(history.ticket.department_id),
            self.admins,
            {person: self.roster.stand_ins(person, at) for person in waits if person is not None},
            tuple(waits),
            self.mentioned,
        )


def act(
    context: Context,
    ticket_id: int,
    action: Action,
    arguments: Arguments,
    *,
    expected: int | None = None,
    beside: Callable[[Connection], None] = lambda _: None,
) -> Done:
    """Does `action` to a ticket in one transaction; `beside` is done in the same, once the facts are written.

    `expected` is the version the actor saw; without it, the action is decided on what stands, and decided again when
    somebody is faster.

    Raises:
        NotFound: when the actor may not know of it.
        NotAllowed: when the lifecycle or access refuses.
        InvalidInput: when an argument can't be used.
        ChangedElsewhere: when the ticket is no longer as `expected`, or somebody was first.
    """
    context.store.check_writable()
    first: int | None = None
    for _ in range(_ATTEMPTS):
        with context.store.read() as connection:
            here = _read(context, connection, ticket_id, action, expected)
        first = first or here.before.ticket.version
        if action in DECIDING:
            expected = expected or first  # a decision is about what was read for it, not about what overtakes it
        refused: NotAllowed | None = None
        try:
            facts = _decided(context, here, action, arguments)
        except NotAllowed as refusal:
            with context.store.read() as connection:
                if news := news_of(connection, here.before.ticket, here.actor, expected or first):
                    raise ChangedElsewhere(news) from refusal
            refused, facts = refusal, _attempt(context, here, action, refusal)
            if not facts:
                raise
        steps = followed(here.before, context.signed(facts), here.policy)
        around = here.around._replace(mentioned=told_of(context, here.before.ticket, facts))
        try:
            with context.store.write() as connection:
                is_saved = save(connection, here.before, steps, context, around)
                if is_saved and refused is None:
                    _complete(connection, here, action, beside)
        except Collided:
            continue  # nothing of it was kept: decided again on what stands by now
        if is_saved and refused is not None:
            raise refused
        if is_saved:
            return Done.of(steps[-1].after.ticket)
    raise ChangedElsewhere(f"{reference(ticket_id)} keeps changing: try again")


class Choose(Protocol):
    """Chooses a ticket, and holds its row until the transaction ends where it is to `hold`; None is none."""

    def __call__(self, connection: Connection, *, hold: bool) -> int | None:
        """Gives its number."""


def act_on_chosen(context: Context, choose: Choose, action: Action, arguments: Arguments) -> Done | None:
    """Does `action` to the ticket that `choose` gives inside the very transaction that writes it, None when to none.

    It is decided before on what would be chosen then. Only when that is another by then, or was changed, it is decided
    again inside, where everybody else waits for it; nobody can be faster then. No refusal is written as attempted.

    Raises:
        NotFound, NotAllowed, InvalidInput: as `act`.
        ChangedElsewhere: when the database undoes it for others' sake time and again.
    """
    context.store.check_writable()
    with context.store.read() as connection:
        if (likely := choose(connection, hold=False)) is None:
            return None
        before = _read(context, connection, likely, action, None)
    made = _steps(context, before, action, arguments)
    for _ in range(_ATTEMPTS):
        try:
            with context.store.write() as connection:
                if (ticket_id := choose(connection, hold=True)) is None:
                    return None
                here, steps = before, made
                if (ticket_id, tickets.version_of(connection, ticket_id)[0]) != here.place:
                    here = _read(context, connection, ticket_id, action, None)
                    steps = _steps(context, here, action, arguments)
                if save(connection, here.before, steps, context, here.around):
                    return Done.of(steps[-1].after.ticket)
        except Collided:
            continue
    raise ChangedElsewhere("too many write at once: try again")


def _steps(context: Context, here: "_Read", action: Action, arguments: Arguments) -> list[Step]:
    facts = _decided(context, here, action, arguments)
    return followed(here.before, context.signed(facts), here.policy)


class _Read(NamedTuple):
    """All that a decision needs, read at one moment."""

    actor: Person
    before: History
    policy: DeskPolicy
    around: Surroundings
    now: datetime
    limits: Limits
    unsigned: Unsigned | None

    @property
    def place(self) -> tuple[int, int]:
        """Gives which ticket it is, at which version."""
        return self.before.ticket.id, self.before.ticket.version


def _read(context: Context, connection: Connection, ticket_id: int, action: Action, expected: int | None) -> _Read:
    actor = context.actor(connection)
    before, profile_id = seen(connection, actor, ticket_id, context.clock())
    if expected is not None and (news := conflict(connection, before, actor, action, expected)):
        raise ChangedElsewhere(news)
    policy = context.policy(connection, profile_id)
    now = max(context.clock(), before.ticket.updated_at)
    set_ = limits(connection, before, policy, action)
    unsigned = None
    if action in DECIDING:
        unsigned = to_sign(context, connection, before, policy, set_["panel"], action, actor, now)
    around = surroundings(connection, purchase=bool(before.chain) or action in PUTS)
    return _Read(actor, before, policy, around, now, set_, unsigned)


def _decided(context: Context, here: _Read, action: Action, arguments: Arguments) -> tuple[Fact, ...]:
    if action in DECIDING:
        if context.by_id is not None:
            raise NotAllowed("a decision is made in person: who can't be there delegates, and --as is refused")
        refuse(here.before.ticket, action, here.actor, now=here.now, **here.limits)
        if here.unsigned is not None:
            arguments = replace(arguments, signature=signed(context, here.unsigned))
    return decide(here.before.ticket, action, arguments, here.actor, now=here.now, by_id=context.by_id, **here.limits)


def _complete(connection: Connection, here: _Read, action: Action, beside: Callable[[Connection], None]) -> None:
    """Does what belongs to an action besides its facts; raises Collided as `_check_right`."""
    if action in DECIDING:
        _check_right(connection, here)
    beside(connection)


def _check_right(connection: Connection, here: _Read) -> None:
    """Passes when the actor may decide the same place now that it is written: a key may have waited to be touched.

    Raises:
        Collided: when the right was changed meanwhile; nothing is kept of the decision.
    """
    # what changes the right later stands later in the trail too; and not before the ticket's row is held, because who
    # has that one may wait for this lock
    audit.lock(connection)
    person = directory.person(connection, here.actor.id)
    round_ = here.limits["panel"].round
    if person is not None and person.is_active and round_ is not None:
        then = may_decide(round_, here.limits["panel"].roster, here.now).get(person.id)
        if may_decide(round_, approvals.roster(connection), here.now).get(person.id) == then:
            return
    raise Collided("who may decide was changed meanwhile: look again, then repeat")


def _attempt(context: Context, here: _Read, action: Action, refusal: NotAllowed) -> tuple[Fact, ...]:
    """Gives the fact that somebody tried to work on a purchase, or to decide it, when they may not (000-R19).

    The same attempt is not told again while nothing else happened: a key held down fills no trail.
    """
    ticket = here.before.ticket
    if ticket.status is not Status.PENDING_APPROVAL or action in _TALK:
        return ()
    why = str(refusal).partition(": ")[2] or str(refusal)
    fact = Fact(kind=FactKind.ATTEMPTED, at=here.now, actor_id=here.actor.id, attempted=action.value, text=why)
    with context.store.read() as connection:
        last = tickets.latest_fact(connection, ticket.id)
    again = last is not None and (last.kind, last.actor_id, last.attempted) == (fact.kind, fact.actor_id, action.value)
    return () if again else (fact,)


_TALK: Final = frozenset({Action.REPLY, Action.NOTE, Action.WITHDRAW, Action.AMEND})


def check(context: Context, ticket_id: int, action: Action) -> None:
    """Passes when the actor may do `action` now, so that nobody is asked for what will be refused.

    Raises:
        NotFound, NotAllowed: as `act`; what a chain forbids is written down as attempted here too.
    """
    context.store.check_writable()
    with context.store.read() as connection:
        here = _read(context, connection, ticket_id, action, None)
    try:
        refuse(here.before.ticket, action, here.actor, now=here.now, **here.limits)
    except NotAllowed as refusal:
        facts = _attempt(context, here, action, refusal)
        steps = followed(here.before, context.signed(facts), here.policy)
        if steps:
            with context.store.write() as connection:
                save(connection, here.before, steps, context, here.around)
        raise


def followed(before: History, facts: tuple[Fact, ...], policy: DeskPolicy) -> list[Step]:
    """Gives the steps that `facts` make from `before`, breaches that came to light among them."""
    steps = []
    status = before.ticket.status
    for fact, after in folded(before, facts, policy):
        steps.append(Step(fact, status, after))
        status = after.ticket.status
    return steps


def save(
    connection: Connection,
    before: History,
    steps: list[Step],
    context: Context,
    around: Surroundings,
) -> bool:
    """Writes facts, row, clocks, spans and notices if the ticket is still as before; gives whether it was."""
    if not tickets.update(connection, before, steps[-1].after):
        return False
    tickets.append(connection, before.ticket.id, steps, context.via)
    for step in steps:
        told = concerned(step.fact, step.after.ticket, around.circle(step))
        tickets.notify(connection, told, step, context.leaves_at(step.fact))
    return True


def surroundings(connection: Connection, *, purchase: bool) -> Surroundings:
    """Gives whom changes can concern; admins and stand-ins only where a `purchase` is decided."""
    leads = {d.id: d.lead_id for d in directory.departments(connection).values()}
    if not purchase:
        return Surroundings(leads, frozenset(), Roster({}, {}))
    return Surroundings(leads, directory.admins(connection), approvals.roster(connection))
