"""A profile: one organisation's policy as plain values. `profile_file` reads them from TOML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from deskterm.core.domain.words import CategoryKind, Moment, OnChange, OnReopen, PauseReason, Status

ALWAYS: Final = "always"
"""The calendar that is open at every instant."""
OF_DEPARTMENT: Final = "department"
"""The calendar of the department that serves the ticket."""
MAIN_CLOCK: Final = "resolution"
"""The clock that every profile has, and that a row of the wide table is for when it names none."""

APPROVAL: Final = "approval"
"""The clock of approval stages, a cycle a stage: every profile with a chain has it, and none writes it itself."""
LEAD: Final = "lead"
"""The post that every department has: as an approver, the lead of the department that serves the ticket."""
REQUESTER_LEAD: Final = "requester_lead"
"""As an approver, the lead of the department that the requester works for."""
DEPUTY: Final = ".deputy"
"""What follows a post's key to name its deputy: `lead.deputy`."""

_BUDGET: Final = re.compile(r"(\d+)(bh|bd|m|h|d)")
_WALL_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400}


class Budget(NamedTuple):
    """An amount of time with its unit: `4bh` open hours, `3bd` nominal business days, `30m` `2h` `2d` wall-clock.

    The units are the contract's (business hours and business days): one `bd` is the calendar's nominal day.
    """

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Budget":
        """Gives the budget that `text` spells.

        Raises:
            ValueError: when it is not a whole number above zero and one of the units.
        """
        match = _BUDGET.fullmatch(text)
        if match is None or int(match[1]) == 0:
            raise ValueError(f"{text!r} is no duration: write 4bh, 3bd, 30m, 2h or 2d")
        return cls(int(match[1]), match[2])

    @property
    def is_business(self) -> bool:
        """Whether it is counted in open time rather than on the wall."""
        return self.unit in {"bh", "bd"}

    def seconds(self, business_day: int) -> int:
        """Gives its length in seconds, where a nominal business day is `business_day` seconds long."""
        if self.unit == "bd":
            return self.amount * business_day
        if self.unit == "bh":
            return self.amount * 3_600
        return self.amount * _WALL_SECONDS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """Open hours as written: `week` maps mon..sun to (open, close) pairs such as ("08:00", "17:00")."""

    key: str
    zone: str
    week: Mapping[str, tuple[tuple[str, str], ...]]
    country: str
    subdivision: str
    own_holidays: Mapping[date, str]
    business_day: int  # seconds in a nominal business day


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """One priority: `rank` 1 is the most urgent; the label is the organisation's word."""

    rank: int
    key: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """A category of a department; its kind decides the lifecycle (000-R16)."""

    key: str
    name: str
    kind: CategoryKind


@dataclass(frozen=True, slots=True)
class DepartmentRule:
    """A service provider: its calendar and its categories (000-R14)."""

    key: str
    name: str
    calendar: str
    categories: tuple[CategoryRule, ...]


@dataclass(frozen=True, slots=True)
class PostRule:
    """A position that a person holds, such as managing director."""

    key: str
    title: str


class Quorum(NamedTuple):
    """How many of a stage's approvers must approve: `all`, `any`, a number such as `2`, or a share such as `50%`."""

    kind: str  # all, any, count, percent
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> "Quorum":
        """Gives the quorum that `text` spells.

        Raises:
            ValueError: when it is none of these, or a number or share that can't be.
        """
        if text in {"all", "any"}:
            return cls(text)
        match = re.fullmatch(r"(\d{1,3})(%?)", text, re.ASCII)
        if match is None or not 1 <= int(match[1]) <= 100:
            raise ValueError(f"{text!r} is no quorum: write all, any, a number such as 2, or a share such as 50%")
        return cls("percent" if match[2] else "count", int(match[1]))

    def needed(self, of: int) -> int:
        """Gives how many of `of` approvers must approve; a share is rounded up, and it is always one at least."""
        counts = {"all": of, "any": 1, "count": self.number, "percent": -(-of * self.number // 100)}
        return max(1, counts[self.kind])

    def __str__(self) -> str:
        return {"count": str(self.number), "percent": f"{self.number}%"}.get(self.kind, self.kind)


ALL: Final = Quorum("all")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRule:
    """One stage of the approval chain (000-R32). An approver is `LEAD`, `REQUESTER_LEAD` or a post's key.

    A purchase that comes to less than `from_minor` (of the profile's currency) doesn't pass it. `within` is the time
    that its approvers have, None is measured only. `signed` wants every decision signed with the approver's own key.
    """

    key: str
    title: str
    approvers: tuple[str, ...]
    verifies: str
    quorum: Quorum = ALL
    from_minor: int = 0
    within: Budget | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """A named clock: what starts, stops, pauses and re-arms it, in which calendar, and its targets.

    The end of the work (resolved, closed) stops every clock. With neither targets nor a default it is measured and
    never late. `calendars` maps a priority's rank to a calendar's key, `ALWAYS` or `OF_DEPARTMENT`; `tiers` maps a
    tier to its targets by rank, and a clock that has them begins a new cycle in every tier.
    """

    name: str
    label: str
    start: frozenset[Moment]
    stop: frozenset[Moment]
    rearm: frozenset[Moment]
    pauses: frozenset[PauseReason]
    calendars: Mapping[int, str]
    targets: Mapping[int, Budget]
    tiers: Mapping[int, Mapping[int, Budget]]
    default: Budget | None
    on_reopen: OnReopen
    on_change: OnChange


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """One row of the wide SLA table (004-R3): what must fit ("" and None fit all), and the target it gives a clock.

    `priority` is a rank; `template` names what the organisation uses for such a request.
    """

    key: str
    clock: str
    customer: str
    product: str
    module: str
    question: str
    category: str
    department: str
    priority: int | None
    target: Budget
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenTicket:
    """A submission with the due times that the organisation expects: the profile's own test.

    `submitted` and `due` are wall times in the zone of the department's calendar, or of the default one.
    """

    name: str
    submitted: datetime
    priority: int
    tier: int
    customer: str
    product: str
    module: str
    question: str
    category: str
    department: str
    due: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """What ends a resolved ticket when the requester stays silent, and how long a closed one may be reopened."""

    auto_close_after: Budget
    reopen_within: Budget


@dataclass(frozen=True, slots=True)
class StatusLabel:
    """A status in the organisation's words: for staff, and in plain words for the requester (003-R57)."""

    staff: str
    requester: str


@dataclass(frozen=True, slots=True)
class Goals:
    """What the organisation wants to reach (000-R35): shares are 0..1, `csat` is on a scale of `csat_scale`.

    None is a goal that it doesn't have.
    """

    sla_compliance: float
    csat: float
    csat_scale: int
    procurement_through_chain: float | None
    first_contact_resolution: float | None
    resolution_time: Budget | None


@dataclass(frozen=True, slots=True)
class Profile:
    """One organisation's policy, whole. Mappings are keyed by the rules' own keys, in the order written."""

    key: str
    name: str
    version: int
    currency: str
    default_calendar: str
    default_priority: int
    calendars: Mapping[str, CalendarRule]
    priorities: Mapping[int, PriorityRule]
    departments: Mapping[str, DepartmentRule]
    posts: Mapping[str, PostRule]
    chain: tuple[StageRule, ...]
    tiers: tuple[str, ...]  # labels, tier 1 first; none is one tier without a name
    gated: bool  # an escalation wants the lead's word (002-R8)
    clocks: Mapping[str, ClockRule]
    targets: tuple[TargetRow, ...]
    tests: tuple[GoldenTicket, ...]
    closing: ClosingRule
    labels: Mapping[Status, StatusLabel]
    goals: Goals
