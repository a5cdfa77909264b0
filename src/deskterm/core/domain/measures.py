"""Measures: what KPIs are made of. Each says one thing that happened to a ticket, and what it came to.

A measure is decided at its instant by the facts up to it, and never changes; what is taken back is `gone_at` then.
So the figures of a period are told by the facts until its end, and are the same whenever they are asked for (000-R36).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import IntFlag, StrEnum
from functools import cache
from typing import Final, NamedTuple
from zlib import crc32

from deskterm.core.domain.words import PauseReason


class Measured(StrEnum):
    """What is measured: what its `value` is, what its `code` says, and whose it is."""

    SUBMITTED = "submitted"  # it came in; nobody's
    RESPONSE = "response"  # open seconds from submission to the first assignment or reply of staff; who that was
    JUDGED = "judged"  # a cycle of a clock with a target: 1 met, 0 missed; code: the clock; who has it then
    TURNAROUND = "turnaround"  # seconds of the main clock from assignment to resolution (000-R29); the resolver
    RESOLUTION = "resolution"  # seconds of the main clock from submission to resolution; the resolver
    DETECTION = "detection"  # seconds on the wall from submission to resolution; the resolver
    WEIGHT = "weight"  # complexity of what was resolved: urgency x touches x tier (001-R33); the resolver
    CLOSURE = "closure"  # open seconds from submission to closing (003-R72); code: `Ending` flags; the resolver
    RATED = "rated"  # stars; the resolver (000-R28)
    REOPENED = "reopened"  # it was taken up again; who had resolved it
    ESCALATED = "escalated"  # code: the tier that it went to; who had it
    WAITED = "waited"  # open seconds that it waited; code: the reason; who had it
    HELD = "held"  # seconds of the main clock in one person's hands; that person
    TIER = "tier"  # open seconds in a tier (003-R45); code: the tier
    STAGE = "stage"  # open seconds that a stage of its chain took; code: the stage's number; who ended it
    PURCHASED = "purchased"  # a purchase became workable: 1 its whole chain proved, 0 not; who asked for it
    FOLLOWED = "followed"  # open seconds from a requester's message to the next reply of staff; who replied
    OPEN = "open"  # neither resolved nor closed, with these dimensions, from `value` until `at`; who had it
    PENDING = "pending"  # open and waiting, or its purchase being decided, from `value` until `at`; who had it


STANDING: Final = frozenset({Measured.OPEN, Measured.PENDING})
"""What lasts from `value`, in seconds since 1970, until `at`. Its `code` is when the ticket came in, so likewise."""


class Ending(IntFlag):
    """Flags of a closing, added up."""

    DONE = 1  # with the outcome `done`, and no purchase
    FIRST_CONTACT = 2  # the requester never had to write again, and it was never reopened (001-R40)
    REOPENED = 4  # at least once
    ESCALATED = 8  # at least once
    SELF_SERVED = 16  # the requester ended it before staff took it up (003-R60)


class Measure(NamedTuple):
    """One measure. Durations are whole seconds, rounded down; `at` of what is still open is `clocks.NEVER`."""

    kind: Measured
    at: datetime
    gone_at: datetime | None  # when it was taken back
    ticket_id: int
    version: int  # the fact that made it known
    person_id: int | None
    department_id: int
    category_id: int
    priority: int
    tier: int
    value: int
    code: int


PAUSE_CODE: Final[Mapping[PauseReason, int]] = {
    PauseReason.REQUESTER: 1,
    PauseReason.VENDOR: 2,
    PauseReason.DELIVERY: 3,
    PauseReason.MAINTENANCE: 4,
    PauseReason.OTHER: 5,
    PauseReason.PROCUREMENT: 6,
}
"""The codes of what a ticket waits for, in `WAITED`; they are stored, so they never change."""


@cache
def clock_code(name: str) -> int:
    """Gives the code of a clock in `JUDGED`: a hash of its name in 31 bits, the same on every desk and for good.

    Profiles name their clocks, and a desk has had several: who reads codes knows them from the names of its profiles.
    """
    return crc32(name.encode()) & 0x7FFFFFFF
