"""Reads: lists, one ticket whole, what the actor may do to it. Always inside the actor's scope."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from deskterm.core.domain.access import FOR_REQUESTER, scope_of, sees_internal
from deskterm.core.domain.attachments import Attached
from deskterm.core.domain.decide import refuse
from deskterm.core.domain.facts import CHAINED
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.history import Span
from deskterm.core.domain.lifecycle import allowed
from deskterm.core.domain.people import Category, Contact, Department, Person
from deskterm.core.domain.profile import APPROVAL, PriorityRule
from deskterm.core.domain.text import OUT_OF_TIME, did, tried
from deskterm.core.domain.words import Action, FactKind, Status
from deskterm.core.services.context import Context, limits, seen
from deskterm.core.services.filtering import narrowed, prepare
from deskterm.core.services.measuring import clock_lines, teller
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.purchases import chain_said, notice_said, purchase_view
from deskterm.core.services.telling import priority_label
from deskterm.core.store import directory, lists, tickets, timelines
from deskterm.core.store.engine import Connection
from deskterm.core.ticket_views import Entry, Held, TicketView
from deskterm.core.views import NoticeLine, Order, Page, QueueRow, Start, View, orders


def page(
    context: Context,
    view: View,
    wanted: Filter,
    order: Order | None,
    start: Start,
    *,
    limit: int,
) -> Page[QueueRow]:
    """Gives a page of a view in an order that `ordered` gives; raises FilterError as `filtering.narrowed`."""
    order = ordered(view, wanted, order)
    prepare(context, wanted)
    with context.store.read() as connection:
        actor = context.actor(connection)
        scope, tell = scope_of(actor), teller(context, connection, actor)
        to = narrowed(context, connection, scope, wanted)
        return lists.page(connection, scope, view, to, order, start, limit=limit, tell=tell)


def ordered(view: View, wanted: Filter, order: Order | None) -> Order:
    """Gives the order that a filtered view is read in: the one asked for, its own where it doesn't have that."""
    has = orders(view, wanted)
    return order if order in has else has[0]


def count(context: Context, view: View, wanted: Filter, at_most: int) -> int:
    """Gives how many tickets a view has, up to `at_most`; raises as `page`."""
    prepare(context, wanted)
    with context.store.read() as connection:
        scope = context.scope(connection)
        return lists.count(connection, scope, view, narrowed(context, connection, scope, wanted), at_most=at_most)


def row(context: Context, ticket_id: int) -> QueueRow | None:
    """Gives one ticket's line, None when it is not the actor's to see."""
    return next(iter(rows(context, (ticket_id,))), None)


def rows(context: Context, ticket_ids: Collection[int]) -> tuple[QueueRow, ...]:
    """Gives tickets' lines, of those that are the actor's to see."""
    with context.store.read() as connection:
        actor = context.actor(connection)
        return lists.rows(connection, scope_of(actor), ticket_ids, teller(context, connection, actor))


def notices(context: Context, limit: int) -> list[NoticeLine]:
    """Gives the actor's latest notices."""
    with context.store.read() as connection:
        actor = context.actor(connection)
        found = timelines.notices(connection, scope_of(actor), context.clock(), limit=limit)
        return [
            NoticeLine(news.id, news.at, news.ticket_id, _said_of(context, connection, news, actor), news.seen)
            for news in found
        ]


def _said_of(context: Context, connection: Connection, news: timelines.News, reader: Person) -> str:
    return notice_said(news, context.policy(connection, news.profile_id).profile, reader)


def unseen(context: Context) -> int:
    """Gives how many notices the actor hasn't seen."""
    with context.store.read() as connection:
        return timelines.unseen(connection, context.scope(connection), context.clock())


def mark_seen(context: Context, up_to: int) -> int:
    """Marks the actor's notices up to `up_to` seen, and gives how many that were."""
    with context.store.read() as connection:
        context.actor(connection)
    with context.store.write() as connection:
        return timelines.mark_seen(connection, context.actor_id, up_to, context.clock())


def ticket(context: Context, ticket_id: int) -> TicketView:
    """Gives a ticket whole, as the actor may see it.

    Raises:
        NotFound: when it is not theirs to see.
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        loaded = seen(connection, actor, ticket_id, context.clock())
        policy = context.policy(connection, loaded.profile_id)
        policies = context.policies(connection)
        found = loaded.history.ticket
        internal = sees_internal(actor, found)
        told = timelines.timeline(connection, ticket_id, internal=internal)
        if not internal:
            told = [(entry, data) for entry, data in told if entry.kind is not FactKind.ATTEMPTED]
        spans = tickets.spans(connection, ticket_id)
        met = {found.requester_id, found.assignee_id, *(span.assignee_id for span in spans)}
        met |= {data.get("assignee_id") for _, data in told}
        met |= {slot[1] for _, data in told for slot in data.get("slots", ())}
        names = _Names.load(connection, {person for person in met if person is not None})
        theirs = actor.is_staff or actor.id == found.requester_id
        contact = directory.contact(connection, found.requester_id) if theirs else Contact()
        set_ = limits(connection, loaded.history, policy)
        inside = internal or actor.id != found.requester_id  # a stand-in from elsewhere decides with all before them
        whys = {data["round"]: entry.text for entry, data in told if entry.kind is FactKind.AMENDED}
        bought = purchase_view(
            connection, loaded, policy, set_["panel"], now, reader_id=actor.id, inside=inside, whys=whys
        )
    label = policy.profile.labels[found.status]
    return TicketView(
        id=found.id,
        version=found.version,
        title=found.title,
        description=found.description,
        status=found.status,
        reason=found.reason,
        outcome=found.outcome,
        status_label=label.staff if internal else label.requester,
        priority=found.priority,
        priority_label=priority_label(policy, found.priority),
        department=names.department(found.department_id),
        department_id=found.department_id,
        category=names.category(found.category_id),
        category_kind=found.category_kind,
        requester=names.person(found.requester_id),
        requester_id=found.requester_id,
        assignee=names.person(found.assignee_id) if found.assignee_id else None,
        assignee_id=found.assignee_id,
        source=found.source,
        created_at=found.created_at,
        updated_at=found.updated_at,
        resolved_at=found.resolved_at,
        closed_at=found.closed_at,
        reopen_count=found.reopen_count,
        stars=found.stars,
        tier=found.tier,
        tier_label=policy.profile.tiers[found.tier - 1] if found.tier <= len(policy.profile.tiers) else "",
        customer=found.customer,
        about=" / ".join(part for part in (found.product, found.module, found.question) if part),
        clocks=clock_lines(loaded, policy, now),
        timeline=_with_undone([(_told(entry, data, names, policy, internal=internal), data) for entry, data in told]),
        owners=_owners(spans, names, policy, now),
        actions=allowed(found, actor, now=now, **set_),
        profile=policies.name(loaded.profile_id),
        purchase=bought,
        escalating=found.escalating,
        contact=contact,
    )


def _owners(spans: tuple[Span, ...], names: "_Names", policy: DeskPolicy, now: datetime) -> tuple[Held, ...]:
    held: list[Held] = []
    for span in spans:
        if span.status in {Status.RESOLVED, Status.CLOSED}:
            continue
        until = span.left_at or now
        seconds = max(0, policy.calendar(span.department_id).elapsed(span.entered_at, until))
        owner = names.person(span.assignee_id) if span.assignee_id else None
        if held and held[-1].owner == owner and held[-1].until == span.entered_at:
            last = held.pop()
            held.append(Held(owner, last.since, span.left_at, last.seconds + seconds))
        else:
            held.append(Held(owner, span.entered_at, span.left_at, seconds))
    return tuple(held)


class _Names(NamedTuple):
    """The names behind a ticket's ids."""

    people: Mapping[int, str]
    departments: Mapping[int, Department]
    categories: Mapping[int, Category]

    @classmethod
    def load(cls, connection: Connection, met: set[int]) -> "_Names":
        departments, categories = directory.departments(connection), directory.categories(connection)
        return cls(directory.names(connection, met), departments, categories)

    def person(self, person_id: int) -> str:
        return self.people.get(person_id, "somebody")

    def department(self, department_id: int) -> str:
        return self.departments[department_id].name

    def category(self, category_id: int) -> str:
        return self.categories[category_id].name


def _with_undone(told: Sequence[tuple[Entry, Mapping[str, Any]]]) -> tuple[Entry, ...]:
    """Gives entries, those that took something back with what that was."""
    kinds = {entry.version: entry.kind for entry, _ in told}
    return tuple(
        entry._replace(detail=did(kinds[data["undoes"]])) if data.get("undoes") in kinds else entry
        for entry, data in told
    )


def _told(entry: Entry, data: Mapping[str, Any], names: _Names, policy: DeskPolicy, *, internal: bool) -> Entry:
    said_before = entry.kind in {FactKind.ATTEMPTED, FactKind.DECLINED}  # in the detail; with the last refusal
    text = entry.text if (internal or entry.kind in FOR_REQUESTER) and not said_before else ""
    if entry.kind is FactKind.REPAIRED and not internal:
        return entry._replace(text=text)
    return entry._replace(text=text, detail=_detail(entry, data, names, policy))


def _detail(entry: Entry, data: Mapping[str, Any], names: _Names, policy: DeskPolicy) -> str:
    match entry.kind:
        case FactKind.RESOLVED if "cause" in data:
            return f"cause: {data['cause']}\nfix: {data['fix']}"
        case FactKind.RATED:
            stars = int(data["stars"])
            return "★" * stars + "☆" * (5 - stars)
        case FactKind.PAUSED:
            return f"waiting for {entry.reason}" if entry.reason else ""
        case FactKind.BREACHED:
            return _ran_out(data["clock"], policy)
        case FactKind.ATTEMPTED:
            return tried(data["attempted"], data.get("text", ""))
        case kind if kind in CHAINED:
            return ", ".join([*chain_said(data, names.people, policy.profile), *_said(data, names, policy)])
        case FactKind.REPAIRED:
            return "\n".join(f"{field}: {before} -> {after}" for field, before, after in data["repaired"])
        case _:
            return ", ".join(_said(data, names, policy))


def _ran_out(clock: str, policy: DeskPolicy) -> str:
    rule = policy.profile.clocks.get(clock)
    return OUT_OF_TIME if clock == APPROVAL else f"{rule.label if rule else clock} ran out"


def _said(data: Mapping[str, Any], names: _Names, policy: DeskPolicy) -> list[str]:
    told = []
    if data.get("department_id"):
        told.append(f"to {names.department(data['department_id'])}")
    if data.get("category_id"):
        told.append(f"category {names.category(data['category_id'])}")
    if data.get("priority"):
        told.append(f"priority {priority_label(policy, data['priority'])}")
    if data.get("tier"):
        tiers = policy.profile.tiers
        told.append(tiers[data["tier"] - 1] if data["tier"] <= len(tiers) else f"tier {data['tier']}")
    if "assignee_id" in data:
        told.append(f"assignee {names.person(data['assignee_id']) if data['assignee_id'] else 'nobody'}")
    if data.get("files"):
        told.append(f"attached {', '.join(Attached(*file).words for file in data['files'])}")
    return told


def priorities(context: Context, ticket_id: int) -> list[PriorityRule]:
    """Gives the priorities that a ticket can be given: those of the profile it is under.

    Raises:
        NotFound: when the ticket is not the actor's to see.
    """
    with context.store.read() as connection:
        loaded = seen(connection, context.actor(connection), ticket_id, context.clock())
        return list(context.policy(connection, loaded.profile_id).profile.priorities.values())


def candidates(context: Context, ticket_id: int) -> list[tuple[Person, int]]:
    """Gives the people who can be given a ticket, the least loaded first, each with their open tickets (000-R17).

    Raises:
        NotFound: when the ticket is not the actor's to see.
        NotAllowed: when it is not theirs to assign.
    """
    with context.store.read() as connection:
        actor = context.actor(connection)
        loaded = seen(connection, actor, ticket_id, context.clock())
        found = loaded.history.ticket
        policy = context.policy(connection, loaded.profile_id)
        refuse(found, Action.ASSIGN, actor, now=context.clock(), **limits(connection, loaded.history, policy))
        load = directory.open_load(connection)
        able = [p for p in directory.staff(connection).values() if p.serves(found.department_id)]
    return sorted(((p, load.get(p.id, 0)) for p in able), key=lambda pair: (pair[1], pair[0].name))
