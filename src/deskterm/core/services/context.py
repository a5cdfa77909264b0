"""What every use case is handed: the store, who acts, the clock, the road it came by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deskterm.core.domain.access import Scope, scope_of
from deskterm.core.domain.errors import NotAllowed, NotFound
from deskterm.core.domain.facts import Ticket, reference
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Status, Via
from deskterm.core.services.policies import DeskPolicy, Policies
from deskterm.core.store import directory, tickets
from deskterm.core.store.engine import Connection, Store


@dataclass(slots=True)
class Context:
    """One actor at one desk; `by_id` is who is really there, when an admin acts as somebody.

    The actor is read anew with every use case, so that a revoked right ends at once.
    """

    store: Store
    actor_id: int
    clock: Callable[[], datetime]
    via: Via
    by_id: int | None = None
    _policies: Policies | None = field(default=None, repr=False)

    def actor(self, connection: Connection) -> Person:
        """Gives who acts.

        Raises:
            NotAllowed: when they are no longer active here.
        """
        person = directory.person(connection, self.actor_id)
        if person is None or not person.is_active:
            raise NotAllowed("you are no longer active at this desk: ask an admin")
        return person

    def scope(self, connection: Connection) -> Scope:
        """Gives what the actor may know of."""
        return scope_of(self.actor(connection))

    def policies(self, connection: Connection, *, fresh: bool = False) -> Policies:
        """Gives the desk's policies; `fresh` reads departments anew."""
        if self._policies is None or fresh:
            self._policies = Policies(directory.profile_texts(connection), directory.departments(connection))
        return self._policies

    def policy_now(self, connection: Connection) -> tuple[int, DeskPolicy]:
        """Gives the profile that new tickets come under, with its id."""
        meta = directory.meta(connection)
        if meta is None:
            raise NotFound("the desk has no profile yet: run `deskterm init`")
        return meta.profile_id, self.policy(connection, meta.profile_id)

    def policy(self, connection: Connection, profile_id: int) -> DeskPolicy:
        """Gives the policy of a stored profile, also of one that was applied since the desk was opened."""
        policies = self.policies(connection)
        return (policies if policies.knows(profile_id) else self.policies(connection, fresh=True)).of(profile_id)


def seen(connection: Connection, actor: Person, ticket_id: int) -> tickets.Loaded:
    """Gives the ticket, if `actor` may know of it.

    Raises:
        NotFound: when there is no such ticket, or it is not theirs to see: the two read alike on purpose.
    """
    loaded = tickets.load(connection, ticket_id)
    if loaded is None or not scope_of(actor).covers(loaded.history.ticket):
        raise NotFound(f"there is no {reference(ticket_id)} among the tickets you may see")
    return loaded


def reopen_until(ticket: Ticket, policy: DeskPolicy) -> datetime | None:
    """Gives the end of the window in which a closed ticket may be reopened (004-R8), None for an open one."""
    if ticket.status is not Status.CLOSED or ticket.closed_at is None:
        return None
    within = policy.profile.closing.reopen_within
    if not within.is_business:
        return ticket.closed_at + timedelta(seconds=within.seconds(0))
    calendar = policy.calendar(ticket.department_id)
    return calendar.add(ticket.closed_at, within.seconds(policy.business_day(ticket.department_id)))
