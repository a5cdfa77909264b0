"""What a look at the audit trail comes to: the kinds of damage, the alarms about what vouches for it, the verdict."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from deskterm.core.domain.audit import Head
from deskterm.core.domain.stages import Signed


class Damage(StrEnum):
    """What was done to the trail, or to what it tells of."""

    EDITED = "edited"  # it says something else than it did
    DELETED = "deleted"  # it was there
    INSERTED = "inserted"  # it was not
    REORDERED = "reordered"  # it stands in another place
    CUT_OFF = "cut_off"  # the end of the log is gone, and the tables still know of it
    ROLLED_BACK = "rolled_back"  # log and tables are those of an earlier time
    SPLICED = "spliced"  # it is of another desk's log
    REBUILT = "rebuilt"  # the hashes were made anew
    FORGED = "forged"  # a decision that its approver didn't sign


class Alarm(StrEnum):
    """Why less is proved than could be: no damage by itself, and never to be left so."""

    NO_HEADS = "no_heads"
    OTHER_LOG = "other_log"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    SPLIT_VIEW = "split_view"
    RAISED = "raised"  # by the sealer, which saw that the trail doesn't hold
    AHEAD = "ahead"
    BEHIND = "behind"
    UNGUARDED = "unguarded"
    UNCHECKED = "unchecked"


class Found(NamedTuple):
    """Damage: its kind, the first entry that it is in (None where no entry is), and what was found."""

    kind: Damage
    at: int | None
    said: str


class Warned(NamedTuple):
    """An alarm, in a sentence."""

    kind: Alarm
    said: str


class Erased(NamedTuple):
    """An erasure: the entry that tells of it, when and by whom it was, and how many entries gave up their texts."""

    seq: int
    at: datetime
    by: str
    entries: int


class Verdict(NamedTuple):
    """What a look at the whole trail came to. `last_good` is the end of what nothing was found in.

    `damage` has the first bad entry first. `heads` and `signatures` count those that hold, `signed` the decisions that
    carry a signature, of all `decisions`. `erasures` are no damage, and each is to be known of.
    """

    log_id: str
    entries: int
    tickets: int
    heads: int
    signatures: int
    last_good: Head
    damage: tuple[Found, ...]
    alarms: tuple[Warned, ...]
    decisions: int = 0
    signed: int = 0
    erasures: tuple[Erased, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing was found and nothing is missing."""
        return not self.damage and not self.alarms


class Decided(NamedTuple):
    """A decision that carries a signature, as its entry has it. `on_behalf_of` is the login, else the name, or ""."""

    log_id: str
    ticket_id: int
    version: int
    round: int
    stage: str
    digest: str
    decision: str
    login: str
    on_behalf_of: str
    at: datetime
    signed: Signed


SignatureCheck = Callable[[Decided], str]
"""Gives why an approver's signature doesn't hold for a decision, "" when it does."""


def in_order(damage: list[Found]) -> tuple[Found, ...]:
    """Gives damage with the first bad entry first, and what is in no entry last."""
    return tuple(sorted(damage, key=lambda found: (found.at is None, found.at or 0)))
