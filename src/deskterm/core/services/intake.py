"""Submission: a request becomes a ticket in its department's pool, or waits for its chain."""

from dataclasses import dataclass, replace
from datetime import datetime

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.decide import TITLE_LIMIT
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import begin
from deskterm.core.domain.notices import concerned
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.purchase import NOTHING, Wanted
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import CategoryKind, FactKind, Role, Source, Status
from deskterm.core.services.context import Context, panel
from deskterm.core.services.finding import the_category, the_department, the_person, the_priority, the_subject
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.work import Done, Promise, followed, surroundings
from deskterm.core.store import directory, tickets
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import New, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request as it comes in. Category, department, requester and priority are named by key, name or number.

    `requester` empty is the actor; the department follows from the category (003-R56) unless that serves all.
    `about` is a product, module and question of the SLA table, `Billing / Invoices / Wrong amount` (004-R3).
    A category of procurement wants a `purchase`; its justification may stand in the description.
    """

    title: str
    category: str
    description: str = ""
    department: str = ""
    priority: str = ""
    requester: str = ""
    about: str = ""
    source: Source = Source.FORM
    purchase: Wanted = NOTHING


def submit(context: Context, given: Submission) -> Done:
    """Makes a ticket: standard work is `new` in the pool (000-R20), procurement waits for its chain (000-R18).

    Raises:
        InvalidInput: when something is missing or names what doesn't exist.
        NotAllowed: when a requester submits for somebody else.
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        profile_id, policy = context.policy_at(connection, now)
        fact = _decided(connection, actor, given, profile_id, policy, context, now)
        history = begin(fact, policy)
        steps = [Step(fact, None, history)]
        if fact.category_kind is CategoryKind.PROCUREMENT:
            wanted = given.purchase.read(policy.profile.currency, why=given.description)
            board = panel(connection, history, policy)
            facts = put_before(history.ticket, board, wanted, actor.id, now, by_id=context.by_id)
            steps += followed(history, tuple(facts), policy)
        elif given.purchase != NOTHING:
            raise InvalidInput("this category buys nothing: choose one of procurement, or leave the purchase out")
        around = surroundings(connection, purchase=len(steps) > 1)
    with context.store.write() as connection:
        (ticket_id,) = tickets.insert(connection, [New(steps, profile_id)], context.via)
        for step in steps:
            made = step._replace(after=replace(step.after, ticket=replace(step.after.ticket, id=ticket_id)))
            told = concerned(step.fact, made.after.ticket, around.circle(made))
            tickets.notify(connection, told, made)
    after = steps[-1].after
    due = sorted((clock.due_at, clock.name) for clock in after.clocks if clock.due_at)
    promises = (Promise(name, policy.profile.clocks[name].label, at) for at, name in due)
    return Done(ticket_id, after.ticket.version, after.ticket.status, None, tuple(promises))


def _decided(
    connection: Connection,
    actor: Person,
    given: Submission,
    profile_id: int,
    policy: DeskPolicy,
    context: Context,
    now: datetime,
) -> Fact:
    title = " ".join(given.title.split())
    if not title:
        raise InvalidInput("a ticket needs a title: what is the matter, in one line?")
    if len(title) > TITLE_LIMIT:
        raise InvalidInput(f"a title may have {TITLE_LIMIT} characters, this has {len(title)}: the rest is description")
    for text in (title, given.description):
        check_text(text)
    departments = directory.departments(connection)
    home = the_department(departments.values(), given.department) if given.department else None
    category = the_category(directory.categories(connection).values(), given.category, home)
    department = _serving(category, home, departments)
    if actor.role is Role.REQUESTER and given.requester not in {"", actor.login, actor.name}:
        raise NotAllowed("only staff may submit for somebody else: leave the requester out")
    requester = the_person(connection, given.requester) if given.requester else actor
    if not requester.is_active:
        raise InvalidInput(f"{requester.name} is no longer active here")
    standard = category.kind is CategoryKind.STANDARD
    product, module, question = the_subject(policy.profile, given.about, requester.customer)
    rank = (
        the_priority(policy.profile.priorities.values(), given.priority)
        if given.priority
        else policy.profile.default_priority
    )
    return Fact(
        kind=FactKind.SUBMITTED,
        at=now,
        actor_id=actor.id,
        status=Status.NEW if standard else Status.PENDING_APPROVAL,
        requester_id=requester.id,
        department_id=department.id,
        category_id=category.id,
        category_kind=category.kind,
        priority=rank,
        title=title,
        description=given.description.strip(),
        source=given.source,
        on_behalf_of=None if requester.id == actor.id else requester.id,
        by_id=context.by_id,
        customer=requester.customer or None,
        product=product or None,
        module=module or None,
        question=question or None,
        profile_id=profile_id,
    )


def _serving(category: Category, home: Department | None, departments: dict[int, Department]) -> Department:
    if category.department_id is not None:
        return departments[category.department_id]
    if home is None:
        raise InvalidInput(f"{category.name} serves every department: say which one is to have it")
    return home
