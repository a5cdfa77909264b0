"""Import of an event log: another desk's history, folded by the same rules as live work.

Every event becomes a fact with its own time. Real desks go from New to Resolved, back to the queue and from Closed
to Reopened; a fact says what came to be, so all of that is taken as it was.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import UNCHANGED, Fact, Ticket
from deskterm.core.domain.history import History, begin, followed
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.words import CategoryKind, FactKind, Outcome, Role, Source, Status, Via, WaitReason
from deskterm.core.services.context import Context
from deskterm.core.services.event_log import EventLog, LogEvent, Rejected
from deskterm.core.services.import_names import NO_CATEGORY, NO_GROUP, NO_REQUESTER, Ids, make_met
from deskterm.core.services.policies import DeskPolicy, Policies
from deskterm.core.store import tickets
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import New, Step

_CASES_AT_ONCE: Final = 500
_WAITS: Final = {"awaiting user info": WaitReason.REQUESTER, "awaiting vendor": WaitReason.VENDOR}


class Imported(NamedTuple):
    """What an import came to."""

    tickets: int
    facts: int
    known: int
    people: int
    departments: int
    categories: int
    later: int
    rejected: tuple[Rejected, ...]


def import_log(context: Context, log: EventLog, progress: Callable[[int], None] = lambda _: None) -> Imported:
    """Takes a log in; people, groups as departments and categories are made as met. A second run adds nothing.

    `progress` hears how many events are done. What can't be taken is in the result, row by row.

    Raises:
        NotAllowed: for anybody but an admin.
    """
    with context.store.read() as connection:
        if context.actor(connection).role is not Role.ADMIN:
            raise NotAllowed("importing is an admin's")
        known_facts = tickets.fact_origins(connection)
        known_tickets = tickets.by_origin(connection)
        profile_id, policy = context.policy_now(connection)
    fresh = [event for event in log.events if event.origin not in known_facts]
    rejected = list(log.rejected)
    with context.store.write() as connection:
        ids, made = make_met(context, connection, fresh, policy)
    with context.store.read() as connection:
        policies = context.policies(connection, fresh=True)
    policy = policies.of(profile_id)
    done = len(log.events) - len(fresh)
    added = facts = 0
    for cases in _batches(fresh):
        new_cases = [events for events in cases if events[0].case_id not in known_tickets]
        made_now = (_new(events, ids, policy, profile_id, rejected) for events in new_cases)
        news = [new for new in made_now if new is not None]
        with context.store.write() as connection:
            tickets.insert(connection, news, Via.IMPORT)
            added += len(news)
            facts += sum(len(new.steps) for new in news)
            for events in cases:
                if events[0].case_id in known_tickets:
                    facts += _continued(connection, known_tickets[events[0].case_id], events, ids, policies, rejected)
        done += sum(map(len, cases))
        progress(done)
    known = sum(event.origin in known_facts for event in log.events)
    return Imported(added, facts, known, *made, log.later, tuple(sorted(rejected)))


def _batches(events: Iterable[LogEvent]) -> Iterator[list[list[LogEvent]]]:
    batch: list[list[LogEvent]] = []
    for _, case in groupby(events, key=attrgetter("case_id")):
        batch.append(list(case))
        if len(batch) == _CASES_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _new(events: list[LogEvent], ids: Ids, policy: DeskPolicy, profile_id: int, rejected: list[Rejected]) -> New | None:
    events = _ranked(events, policy, rejected)
    if not events:
        return None
    first = events[0]
    fact = _submission(first, ids, profile_id)
    try:
        history = begin(fact, policy)
    except InvalidInput as error:
        rejected += [Rejected(event.line, event.case_id, str(error)) for event in events]
        return None
    steps: list[Step] = [Step(fact, None, history)]
    origins: list[str | None] = [first.origin]
    change = _fact(first, history.ticket, ids)
    if change.kind is not FactKind.UPDATED:  # the log begins in mid-work
        for step, after in followed(history, [change], policy):
            steps.append(Step(step, steps[-1].after.ticket.status, after))
            origins.append(f"{first.origin}+" if step is change else None)
            history = after
    more, named = _followed(history, events[1:], ids, policy, rejected)
    return New([*steps, *more], profile_id, first.case_id, [*origins, *named])


def _ranked(events: list[LogEvent], policy: DeskPolicy, rejected: list[Rejected]) -> list[LogEvent]:
    """Gives the events whose priority the ticket's profile has."""
    unknown = [event for event in events if event.rank not in policy.profile.priorities]
    rejected += [Rejected(e.line, e.case_id, f"the profile has no priority P{e.rank}") for e in unknown]
    return [event for event in events if event not in unknown] if unknown else events


def _continued(
    connection: Connection,
    ticket_id: int,
    events: list[LogEvent],
    ids: Ids,
    policies: Policies,
    rejected: list[Rejected],
) -> int:
    loaded = tickets.load(connection, ticket_id)
    if loaded is None:
        return 0
    if loaded.history.ticket.status is Status.PENDING_APPROVAL:
        why = "its purchase is being decided here, and nothing but its chain makes it workable"
        rejected += [Rejected(e.line, e.case_id, why) for e in events]
        return 0
    policy = policies.of(loaded.profile_id)
    steps, origins = _followed(loaded.history, _ranked(events, policy, rejected), ids, policy, rejected)
    if not steps:
        return 0
    if not tickets.update(connection, loaded.history, steps[-1].after):
        rejected += [Rejected(e.line, e.case_id, "somebody changed its ticket meanwhile: import again") for e in events]
        return 0
    tickets.append(connection, ticket_id, steps, Via.IMPORT, origins)
    return len(steps)


def _followed(
    history: History, events: list[LogEvent], ids: Ids, policy: DeskPolicy, rejected: list[Rejected]
) -> tuple[list[Step], list[str | None]]:
    """Gives the steps of events, with each one's origin; a breach that came to light among them has none."""
    steps: list[Step] = []
    origins: list[str | None] = []
    for event in events:
        fact = _fact(event, history.ticket, ids)
        try:
            made = followed(history, [fact], policy)
        except (ValueError, InvalidInput) as error:
            rejected.append(Rejected(event.line, event.case_id, str(error)))
            continue
        for step, after in made:
            steps.append(Step(step, history.ticket.status, after))
            origins.append(event.origin if step is fact else None)
            history = after
    return steps, origins


def _submission(event: LogEvent, ids: Ids, profile_id: int) -> Fact:
    return Fact(
        kind=FactKind.SUBMITTED,
        at=event.at,
        actor_id=ids.people.get(event.actor),
        status=Status.NEW,
        requester_id=ids.people[event.requester or NO_REQUESTER],
        department_id=ids.departments[event.group or NO_GROUP],
        category_id=ids.categories[event.category or NO_CATEGORY],
        category_kind=CategoryKind.STANDARD,
        priority=event.rank,
        title=f"{event.case_id}: {event.category or NO_CATEGORY}"[:200],
        description="",
        source=Source.IMPORT,
        profile_id=profile_id,
    )


def _fact(event: LogEvent, ticket: Ticket, ids: Ids) -> Fact:
    """Gives the fact of a row: only what it changed, named by the weightiest change."""
    owner = ids.people.get(event.assignee)
    status, reason = _status(event)
    said: dict[str, Any] = {}
    if owner != ticket.assignee_id:
        said["assignee_id"] = owner
    named = {
        "requester_id": ids.people[event.requester or NO_REQUESTER],
        "department_id": ids.departments[event.group or NO_GROUP],
        "category_id": ids.categories[event.category or NO_CATEGORY],
        "priority": event.rank,
    }
    said |= {field: value for field, value in named.items() if value != getattr(ticket, field)}
    if (status, reason) != (ticket.status, ticket.reason):
        said |= {"status": status, "reason": reason}
    if status is Status.CLOSED and ticket.status is not Status.CLOSED:
        said["outcome"] = Outcome.DONE if ticket.resolved_at else Outcome.CANCELLED
    kind = _kind(ticket, status, said)
    if kind is FactKind.RESOLVED:
        said["resolver_id"] = owner or ids.people.get(event.actor)
    return Fact(kind=kind, at=event.at, actor_id=ids.people.get(event.actor), **said)


def _status(event: LogEvent) -> tuple[Status, WaitReason | None]:
    """Gives our status: what somebody has is `assigned`, what only a group has is in the pool."""
    match event.state:
        case "in progress":
            return Status.IN_PROGRESS, None
        case "pending":
            return Status.WAITING, _WAITS.get(event.raw_state.lower(), WaitReason.OTHER)
        case "resolved":
            return Status.RESOLVED, None
        case "closed":
            return Status.CLOSED, None
        case _:
            return (Status.ASSIGNED if event.assignee else Status.NEW), None


def _kind(ticket: Ticket, status: Status, said: dict[str, Any]) -> FactKind:
    if status is Status.RESOLVED:
        return FactKind.RESOLVED  # a row written while resolved amends the resolution, as its source counts it
    if ticket.status in OVER and status not in OVER:
        return FactKind.REOPENED
    by_status = {Status.CLOSED: FactKind.CLOSED, Status.WAITING: FactKind.PAUSED, Status.IN_PROGRESS: FactKind.STARTED}
    if "status" in said and ticket.status is Status.WAITING and status is not Status.CLOSED:
        return FactKind.PAUSED if status is Status.WAITING else FactKind.RESUMED
    if "status" in said and status in by_status:
        return by_status[status]
    if said.get("assignee_id", UNCHANGED) is not UNCHANGED:
        return FactKind.ASSIGNED if said["assignee_id"] else FactKind.UNASSIGNED
    by_field = {
        "department_id": FactKind.MOVED,
        "priority": FactKind.PRIORITISED,
        "category_id": FactKind.CATEGORISED,
        "status": FactKind.UNASSIGNED,
    }
    return next((kind for field, kind in by_field.items() if field in said), FactKind.UPDATED)
