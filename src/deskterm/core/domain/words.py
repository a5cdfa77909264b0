"""The vocabulary: every code that is stored, spelled once. The values are what stands in the database."""

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands. What leads out of each is `lifecycle.RULES`."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    PENDING_APPROVAL = "pending_approval"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed ticket ended."""

    DONE = "done"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"


class WaitReason(StrEnum):
    """What a waiting ticket waits for; the profile says which of these pause the clocks."""

    REQUESTER = "requester"
    VENDOR = "vendor"
    DELIVERY = "delivery"
    MAINTENANCE = "maintenance"
    OTHER = "other"


class PauseReason(StrEnum):
    """Why a clock may stand still: what a waiting ticket waits for, or a purchase that is being decided (000-R25)."""

    REQUESTER = WaitReason.REQUESTER.value
    VENDOR = WaitReason.VENDOR.value
    DELIVERY = WaitReason.DELIVERY.value
    MAINTENANCE = WaitReason.MAINTENANCE.value
    OTHER = WaitReason.OTHER.value
    PROCUREMENT = "procurement"


class Moment(StrEnum):
    """What starts, stops and re-arms a clock: each follows from a fact and the ticket before and after it."""

    SUBMITTED = "submitted"
    ASSIGNED = "assigned"  # somebody has it, or works on it
    STARTED = "started"  # work on it began
    REPLIED = "replied"  # staff wrote what the requester reads
    ANSWERED = "answered"  # the requester wrote
    ESCALATED = "escalated"  # it went to the next tier
    REOPENED = "reopened"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ASKED = "asked"  # a stage of its chain was opened
    DECIDED = "decided"  # and ended, however it ended


class OnReopen(StrEnum):
    """What a reopened ticket does to a clock that had stopped."""

    RESUME = "resume"  # it goes on where the end of the work stopped it; what it was for before that stays done
    RESTART = "restart"  # the same cycle begins anew
    NEW_CYCLE = "new_cycle"  # the old cycle is kept as it ended, and another begins


class OnChange(StrEnum):
    """What another target or calendar does to a clock: priority, department, category or tier changed."""

    CARRY = "carry"  # what was used stays used
    RESTART = "restart"  # it begins anew


class Action(StrEnum):
    """What a person (or the chain, or the worker) does to a ticket."""

    CLAIM = "claim"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    START = "start"
    WAIT = "wait"
    RESUME = "resume"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REJECT = "reject"
    REOPEN = "reopen"
    RATE = "rate"
    CANCEL = "cancel"
    SET_PRIORITY = "set_priority"
    SET_CATEGORY = "set_category"
    MOVE = "move"
    PIVOT = "pivot"
    ESCALATE = "escalate"
    KEEP = "keep"
    APPROVE = "approve"
    REFUSE = "refuse"
    ASK = "ask"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    RECEIVE = "receive"
    AUTO_CLOSE = "auto_close"
    CHAIN_APPROVE = "chain_approve"
    CHAIN_REFUSE = "chain_refuse"


class FactKind(StrEnum):
    """What happened: the past tense of an action, never edited."""

    SUBMITTED = "submitted"
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    REPLIED = "replied"
    NOTED = "noted"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REOPENED = "reopened"
    RATED = "rated"
    CANCELLED = "cancelled"
    PRIORITISED = "prioritised"
    CATEGORISED = "categorised"
    MOVED = "moved"
    PIVOTED = "pivoted"
    ESCALATED = "escalated"
    ESCALATION_ASKED = "escalation_asked"  # where the profile wants its lead's word for it (002-R8)
    ESCALATION_REFUSED = "escalation_refused"
    REQUESTED = "requested"  # a purchase was put before its chain: a round began
    OPENED = "opened"  # a stage waits for its approvers
    PASSED = "passed"  # an approver's place went to somebody else
    APPROVED = "approved"  # one approver's decision, as are the next two
    REFUSED = "refused"
    RETURNED = "returned"  # for information
    ANSWERED = "answered"
    AMENDED = "amended"  # the purchase was changed, which voids the round
    AUTHORISED = "authorised"  # the chain is complete
    DECLINED = "declined"  # the chain ended in a refusal
    ATTEMPTED = "attempted"  # somebody tried what the chain forbids
    WITHDRAWN = "withdrawn"
    RECEIVED = "received"
    CLOSED = "closed"
    BREACHED = "breached"  # a clock used up its target: written once a clock and cycle
    REPAIRED = "repaired"  # the stored row was not what the facts say, and was put right
    UNDONE = "undone"  # who did the last thing took it back
    UPDATED = "updated"  # an imported log says that something was saved, and not what


class RoundState(StrEnum):
    """How far a purchase's round is."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"  # the purchase was changed: another round follows


class Role(StrEnum):
    """What a person is at this desk (000-R34)."""

    REQUESTER = "requester"
    AGENT = "agent"
    LEAD = "lead"
    EXECUTIVE = "executive"
    ADMIN = "admin"


class CategoryKind(StrEnum):
    """Standard work goes to the queue; procurement waits for its chain (000-R16)."""

    STANDARD = "standard"
    PROCUREMENT = "procurement"


class Source(StrEnum):
    """The channel a request or reply came by (000-R1); one ticket takes them all (001-R3)."""

    FORM = "form"
    MAIL = "mail"
    PHONE = "phone"
    CHAT = "chat"
    WALK_IN = "walk_in"
    IMPORT = "import"


class CommentKind(StrEnum):
    """A reply is public; the rest are internal entries of the work log (003-R2)."""

    REPLY = "reply"
    NOTE = "note"
    STEP = "step"
    TEST = "test"
    RESULT = "result"


class Via(StrEnum):
    """The road a change came by; recorded with the fact."""

    CLI = "cli"
    TUI = "tui"
    IMPORT = "import"
    DEMO = "demo"
