"""What every use case is handed: the store, who acts, the clock, the road it came by."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypedDict

from deskterm.core.domain.access import Scope, scope_of
from deskterm.core.domain.attachments import LIMIT
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.errors import NotAllowed, NotFound
from deskterm.core.domain.facts import Fact, Ticket, reference
from deskterm.core.domain.history import History
from deskterm.core.domain.panel import Panel, Place, Roster
from deskterm.core.domain.past import UNDOABLE
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Action, Status, Via
from deskterm.core.services.policies import DeskPolicy, Policies, Stored
from deskterm.core.store import approvals, audit, directory, tickets
from deskterm.core.store.engine import Connection, Store


class Keys(NamedTuple):
    """Where keys are: the actor's own public key, whose keys count, and which no longer do; None is not configured."""

    signing_key: Path | None = None
    allowed_signers: Path | None = None
    revoked: Path | None = None


NO_KEYS: Final = Keys()


@dataclass(slots=True)
class Context:
    """One actor at one desk; `by_id` is who is really there, when an admin acts as somebody.

    The actor is read anew with every use case, so that a revoked right ends at once. `deed` is what all facts have in
    common that one command or key makes on several tickets. `hold` is how long a notice of what can be taken back waits
    before it leaves, `attachment_limit` how many bytes a file may have to be attached.
    """

    store: Store
    actor_id: int
    clock: Callable[[], datetime]
    via: Via
    by_id: int | None = None
    keys: Keys = NO_KEYS
    deed: str | None = None
    hold: timedelta = timedelta()
    attachment_limit: int = LIMIT
    _policies: Policies | None = field(default=None, repr=False)

    @property
    def there_id(self) -> int:
        """Who is really there: what is theirs alone is so for them, also while they act as somebody."""
        return self.by_id or self.actor_id

    def actor(self, connection: Connection) -> Person:
        """Gives who acts.

        Raises:
            NotAllowed: when they are no longer active here.
        """
        person = directory.person(connection, self.actor_id)
        if person is None or not person.is_active:
            raise NotAllowed("you are no longer active at this desk: ask an admin")
        return person

    def signed(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """Gives facts as this actor makes them: with who is really there, and the deed that they are part of."""
        return tuple(replace(fact, by_id=self.by_id, deed=self.deed) for fact in facts)

    def leaves_at(self, fact: Fact) -> datetime | None:
        """Gives when notices of a fact leave; None is at once, for nobody takes it back."""
        return self.clock() + self.hold if self.hold and fact.kind in UNDOABLE else None

    def record(self, connection: Connection, kind: str, what: str, *data: Mapping[str, object]) -> None:
        """Writes into the audit trail what was changed besides tickets, an entry for each `data`."""
        now = self.clock()
        said = (
            audit.change(kind, what, one, at=now, actor_id=self.actor_id, via=self.via, by_id=self.by_id)
            for one in data
        )
        audit.append(connection, list(said))

    def scope(self, connection: Connection) -> Scope:
        """Gives what the actor may know of."""
        return scope_of(self.actor(connection))

    def policies(self, connection: Connection, *, fresh: bool = False) -> Policies:
        """Gives the desk's policies; `fresh` reads departments and categories anew."""
        if self._policies is None or fresh:
            self._policies = load_policies(connection)
        return self._policies

    def calendar_known(self, profile_id: int, key: str) -> Calendar | None:
        """Gives a calendar of a profile that was read before, without reading anything; None when it wasn't."""
        policies = self._policies
        return policies.of(profile_id).compiled(key) if policies and policies.knows(profile_id) else None

    def policy_now(self, connection: Connection) -> tuple[int, DeskPolicy]:
        """Gives the profile that new tickets come under, with its id; raises as `policy_at`."""
        return self.policy_at(connection, self.clock())

    def policy_at(self, connection: Connection, now: datetime) -> tuple[int, DeskPolicy]:
        """Gives the profile that tickets submitted at `now` come under, with its id.

        Raises:
            NotFound: when the desk has none.
        """
        profile_id = directory.profile_at(connection, now)
        if profile_id is None:
            raise NotFound("the desk has no profile yet: run `deskterm init`")
        return profile_id, self.policy(connection, profile_id)

    def policy(self, connection: Connection, profile_id: int) -> DeskPolicy:
        """Gives the policy of a stored profile, also of one that was applied since the desk was opened."""
        policies = self.policies(connection)
        return (policies if policies.knows(profile_id) else self.policies(connection, fresh=True)).of(profile_id)


def load_policies(connection: Connection) -> Policies:
    """Gives every profile of the desk over its departments and categories as they are now."""
    stored = {number: Stored(*values) for number, values in directory.profiles(connection).items()}
    return Policies(stored, directory.departments(connection), directory.categories(connection))


def seen(connection: Connection, actor: Person, ticket_id: int, now: datetime) -> tickets.Loaded:
    """Gives the ticket, if `actor` may know of it: by who they are to it, or because it waits for their decision.

    Raises:
        NotFound: when there is no such ticket, or it is not theirs to see: the two read alike on purpose.
    """
    loaded = tickets.load(connection, ticket_id)
    mine = loaded is not None and (
        scope_of(actor).covers(loaded.history.ticket) or approvals.concerns(connection, actor.id, ticket_id, now)
    )
    if loaded is None or not mine:
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


class Limits(TypedDict):
    """What the profile sets to actions on a ticket, and who decides about its purchase."""

    reopen_until: datetime | None
    tiers: int
    gated: bool
    panel: Panel


def limits(connection: Connection, history: History, policy: DeskPolicy, action: Action | None = None) -> Limits:
    """Gives what is set to actions on a ticket, as `decide` wants it; `action` is the only one that is asked about."""
    ticket = history.ticket
    return Limits(
        reopen_until=reopen_until(ticket, policy),
        tiers=max(1, len(policy.profile.tiers)),
        gated=policy.profile.gated,
        panel=panel(connection, history, policy, named=ticket.status is Status.PENDING_APPROVAL or action in PUTS),
    )


PUTS: Final = frozenset({Action.PIVOT, Action.AMEND})
"""What puts a purchase before its chain."""


def panel(connection: Connection, history: History, policy: DeskPolicy, *, named: bool = True) -> Panel:
    """Gives who decides about a ticket's purchase; unless `named`, only by which stages."""
    ticket, profile = history.ticket, policy.profile
    roster = approvals.roster(connection) if named else Roster({}, {})
    requester = directory.person(connection, ticket.requester_id) if named else None
    place = Place(ticket.department_id, requester.department_id if requester else None)
    return Panel(history.chain, profile.chain, profile.currency, roster, place)
