"""Frozen read models of lists, people and notices: with `ticket_views`, all that a front end ever sees of the database.

Texts are as stored; edges clean them.
"""

from datetime import datetime
from enum import Flag, StrEnum, auto
from typing import Final, Generic, NamedTuple, TypeVar

from deskterm.core.domain.clocks import Clock
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.text import spoken
from deskterm.core.domain.words import (
    CategoryKind,
    Outcome,
    Role,
    RoundState,
    Status,
    WaitReason,
)

T = TypeVar("T")


class View(StrEnum):
    """The built-in lists, each inside what the actor may see."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    DEPARTMENT = "department"
    ALL = "all"
    CLOSED = "closed"
    REQUESTED = "requested"


class Order(StrEnum):
    """How a list is sorted. What is equal in it is in the order of numbers, so that every ticket has one place."""

    DUE = "due"  # the next due first
    PRIORITY = "priority"  # the most urgent first, of these the next due
    UPDATED = "updated"  # the last changed first
    CREATED = "created"  # the newest first
    CLOSED = "closed"  # the last closed first


_OPEN_ORDERS: Final = (Order.DUE, Order.PRIORITY, Order.UPDATED, Order.CREATED)
_ORDERS: Final = {View.CLOSED: (Order.CLOSED, Order.CREATED), View.REQUESTED: (Order.CREATED, Order.UPDATED)}


def effective(view: View, *, asks_closed: bool) -> View:
    """Gives the view that serves: who filters open work for what is closed means the closed."""
    return View.CLOSED if asks_closed and view is not View.REQUESTED else view


def mixes(view: View, *, asks_both: bool) -> bool:
    """Whether a filter that asks for what is open and what is closed gets both: nobody's are open alone."""
    return asks_both and view not in {View.CLOSED, View.REQUESTED, View.UNASSIGNED}


def orders(view: View, wanted: Filter) -> tuple[Order, ...]:
    """Gives the orders that a filtered view can be read in, the one that it has by itself first.

    What is open and closed in one list has no due times to go by: the newest are first.
    """
    if mixes(view, asks_both=wanted.asks_both):
        return (Order.CREATED,)
    return _ORDERS.get(effective(view, asks_closed=wanted.asks_closed), _OPEN_ORDERS)


class Left(NamedTuple):
    """A clock at an instant. `seconds` of business time are left (negative is late), None without a target.

    `day` is how many seconds a business day has there.
    """

    state: str  # runs, paused, stopped
    seconds: int | None
    used: int
    due_at: datetime | None
    breached: bool
    day: int
    clock: str = MAIN_CLOCK

    @property
    def words(self) -> str:
        """The clock in words: `2h10 left`, `paused 3h left`, `late 1d2h`, `met`, `missed`."""
        return self._said("")

    @property
    def named(self) -> str:
        """The same, where a clock other than the main one says its name: `20m response`, `late 2h ack`."""
        return self._said("" if self.clock == MAIN_CLOCK else f" {self.clock.replace('_', ' ')}")

    def _said(self, name: str) -> str:
        if self.state == "stopped":
            return "" if self.seconds is None else "missed" if self.breached else "met"
        if self.seconds is None:
            return f"{spoken(self.used, self.day)} so far"
        time = spoken(self.seconds, self.day)
        # a target that is used up to the second is late once its due time has passed: at night, say
        late = self.seconds < 0 or (self.seconds == 0 and self.breached)
        words = f"late {time}{name}" if late else f"{time}{name or ' left'}"
        return f"paused {words}" if self.state == "paused" else words


class Timer(NamedTuple):
    """A clock with what it is reckoned by, so that what is left can be told at any later instant without a read."""

    clock: Clock
    profile_id: int
    calendar: str
    day: int


class QueueRow(NamedTuple):
    """One line of a list."""

    id: int
    version: int
    status: Status
    reason: WaitReason | None
    outcome: Outcome | None
    priority: int
    title: str
    requester: str
    assignee: str | None
    assignee_id: int | None
    department_id: int
    department: str
    category: str
    next_due_at: datetime
    created_at: datetime
    updated_at: datetime
    priority_label: str
    status_label: str
    left: Left
    timer: Timer | None
    escalating: bool
    closed_at: datetime | None = None


class Cursor(NamedTuple):
    """The place of a row in its list's order; a page begins after (or ends before) it.

    `rank` is its priority where the order goes by that first.
    """

    at: datetime
    id: int
    rank: int = 0


class Page(NamedTuple, Generic[T]):
    """A window of a list. `first` and `last` are where the pages before and after join, None at the list's end."""

    rows: tuple[T, ...]
    first: Cursor | None
    last: Cursor | None


class Start(NamedTuple):
    """Where a page is: after or before a place, at a list's end, or around a ticket; otherwise at its beginning."""

    after: Cursor | None = None
    before: Cursor | None = None
    is_last: bool = False
    around: int | None = None


class Shown(NamedTuple):
    """A list as it stands on a screen: which view of what, which tickets were read, and which are known to be new.

    `since` and `until` are the first and the last place that was read, None where that is the list's beginning or end.
    Without an `order` it is the view's own.
    """

    view: View
    wanted: Filter
    tickets: frozenset[int]
    fresh: frozenset[int]
    since: Cursor | None
    until: Cursor | None
    order: Order | None = None


class Changes(NamedTuple):
    """Which tickets changed since a place in the trail, as far as they are the actor's to see, and where it is by now.

    `others` are those that somebody else changed too: one's own changes are no news. After more changes than can be
    told one by one `is_cut`, and everything may have changed.
    """

    place: int
    tickets: frozenset[int]
    others: frozenset[int]
    is_cut: bool = False


class ListNews(NamedTuple):
    """What changes come to in a list: lines of it as they are now, tickets that it may no longer show, and new ones."""

    changes: Changes
    rows: tuple["QueueRow", ...] = ()
    gone: frozenset[int] = frozenset()
    fresh: frozenset[int] = frozenset()


class AttachmentLine(NamedTuple):
    """A file that came with a comment: its size in bytes, the SHA-256 of its bytes, who attached it and when."""

    name: str
    size: int
    digest: str
    at: datetime
    actor: str
    version: int
    is_internal: bool


class Tab(StrEnum):
    """The lists of the approval inbox."""

    WAITING = "waiting"
    DECIDED = "decided"
    ALL = "all"
    DELEGATED = "delegated"


class InboxRow(NamedTuple):
    """One line of the approval inbox. `for_name` is in whose stead, or by whom instead; "" is one's own place."""

    id: int
    version: int
    round: int
    state: RoundState
    title: str
    department: str
    requester: str
    stage: str
    for_name: str
    currency: str
    total_minor: int
    total: str
    digest: str
    asked_at: datetime
    decision: str
    decided_at: datetime | None
    left: Left
    timer: Timer | None


class DelegationLine(NamedTuple):
    """That somebody may decide for somebody, from an instant until before another; `state` is planned, in force, over
    or revoked.

    `days` are those it is for, with their zone; it `is_idle` while who gave it holds no post of the chain.
    """  # noqa: D205 - one sentence

    id: int
    of: str
    to: str
    since: datetime
    until: datetime
    reason: str
    made_by: str
    state: str
    days: str
    is_idle: bool


class PersonLine(NamedTuple):
    """A person as listed, with the open tickets they hold."""

    id: int
    login: str | None
    name: str
    role: Role
    department: str | None
    posts: tuple[str, ...]
    is_active: bool
    customer: str
    open_load: int
    email: str = ""
    phone: str = ""
    account_type: str = ""


class CategoryLine(NamedTuple):
    """A category as listed."""

    id: int
    key: str
    name: str
    kind: CategoryKind


class DepartmentLine(NamedTuple):
    """A department as listed."""

    id: int
    key: str
    name: str
    lead: str | None
    categories: tuple[CategoryLine, ...]
    open_count: int
    unassigned_count: int


class Noticed(Flag):
    """What somebody may have written: the desk itself, or who has a ticket open."""

    NOTHING = 0
    TRAIL = auto()
    PRESENCE = auto()


class NoticeLine(NamedTuple):
    """Something a person should know of: written with the change that caused it."""

    id: int
    at: datetime
    ticket_id: int
    text: str
    seen: bool
