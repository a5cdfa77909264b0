"""Frozen read models of one ticket: whole, what it buys, and where the time of its clocks went."""

from datetime import datetime
from typing import NamedTuple

from deskterm.core.domain.people import Contact
from deskterm.core.domain.purchase import Line, Purchase, Quote
from deskterm.core.domain.words import (
    Action,
    CategoryKind,
    CommentKind,
    FactKind,
    Moment,
    Outcome,
    PauseReason,
    RoundState,
    Source,
    Status,
    WaitReason,
)
from deskterm.core.views import Left, Timer


class Entry(NamedTuple):
    """One line of a ticket's timeline: a fact, with the comment it brought; `by` is who acted as the actor."""

    version: int
    at: datetime
    kind: FactKind
    actor: str
    actor_id: int | None
    on_behalf_of: str | None
    status: Status | None
    reason: WaitReason | None
    comment: CommentKind | None
    text: str
    detail: str
    via: str
    by: str | None

    @property
    def is_internal(self) -> bool:
        """Whether a requester must never see it."""
        return self.comment is not None and self.comment is not CommentKind.REPLY


class ClockLine(NamedTuple):
    """A clock as shown: its label, target as written in the profile, and where its latest cycle stands."""

    name: str
    label: str
    target: str
    left: Left
    timer: Timer


class Held(NamedTuple):
    """Who had a ticket (None is the pool), and for how many seconds of open time (000-R3)."""

    owner: str | None
    since: datetime
    until: datetime | None
    seconds: int


class TicketView(NamedTuple):
    """A ticket whole, as one actor may see it. `actions` are those the actor may do now.

    `contact` is how the requester is reached, for staff and for themselves.
    """

    id: int
    version: int
    title: str
    description: str
    status: Status
    reason: WaitReason | None
    outcome: Outcome | None
    status_label: str
    priority: int
    priority_label: str
    department: str
    department_id: int
    category: str
    category_kind: CategoryKind
    requester: str
    requester_id: int
    assignee: str | None
    assignee_id: int | None
    source: Source
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    stars: int | None
    tier: int
    tier_label: str
    customer: str
    about: str
    clocks: tuple[ClockLine, ...]
    timeline: tuple[Entry, ...]
    owners: tuple[Held, ...]
    actions: tuple[Action, ...]
    profile: str
    purchase: "PurchaseView | None"
    escalating: bool
    contact: Contact = Contact()


class SlotLine(NamedTuple):
    """A place among a stage's approvers: whose it is ("" nobody's), by which post, why not another's, the decision.

    `by` made it, in whose stead `name` then tells; `at` is None while it waits.
    """

    name: str
    post: str
    because: str
    decision: FactKind | None
    by: str
    at: datetime | None
    text: str
    is_signed: bool


class StageLine(NamedTuple):
    """A stage of a round: `state` is `approved`, `refused`, `open`, `returned`, or `later`."""

    key: str
    title: str
    verifies: str
    state: str
    slots: tuple[SlotLine, ...]


class VoidedRound(NamedTuple):
    """A round that a change made void: what it was about, who changed it and why, and who had approved it.

    `approvers` are the others; `is_yours` when its reader approved it.
    """

    number: int
    purchase: Purchase
    by: str
    why: str
    approvers: tuple[str, ...]
    is_yours: bool


class PurchaseView(NamedTuple):
    """What is to be bought, how far its chain is, and what its department had approved this month, by currency.

    `voided` are the rounds before it, in their order.
    """

    round: int
    state: RoundState
    lines: tuple[Line, ...]
    currency: str
    total_minor: int
    total: str
    vendor: str
    justification: str
    cost_centre: str
    quotes: tuple[Quote, ...]
    digest: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None
    stages: tuple[StageLine, ...]
    spent: tuple[tuple[str, int], ...]
    voided: tuple[VoidedRound, ...]


class StretchLine(NamedTuple):
    """A time through which a clock did one thing; counted, closed and the running sum are microseconds.

    `taken_back` is what made the clock do something else then, before it was taken back; "" when nothing did.
    """

    since: datetime
    until: datetime
    state: str  # runs, paused
    reason: PauseReason | None
    by: str
    target: str
    calendar: str
    counted_us: int
    sum_us: int
    begins_anew: bool
    closed: dict[str, int]
    taken_back: str = ""


class DayLine(NamedTuple):
    """A day of a clock: `cells` has a letter for each half hour, as in `ledger`; `closed` says why all of it is."""

    day: str
    counted_us: int
    cells: str
    closed: str


class ClockAccount(NamedTuple):
    """One cycle of a clock explained: its target and why that, and the ledger that adds up to `used_us`."""

    name: str
    label: str
    cycle: int
    target: str
    target_us: int | None
    because: str
    row: str
    calendar: str
    zone: str
    used_us: int
    left: Left
    stopped_at: datetime | None
    stopped_by: Moment | None
    breached_at: datetime | None
    ledger: tuple[StretchLine, ...]
    days: tuple[DayLine, ...]


class Explained(NamedTuple):
    """A ticket's clocks at an instant, from its facts; `agrees` when the stored clocks say the same."""

    id: int
    title: str
    profile: str
    at: datetime
    agrees: bool
    clocks: tuple[ClockAccount, ...]
