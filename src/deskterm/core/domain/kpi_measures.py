"""What each kind of measure is, in words exact enough to make it anew from a ticket's facts: for docs/kpi.md."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from deskterm.core.domain.measures import Measured


class Said(NamedTuple):
    """When a measure comes to be known, what its value is, and whose it is."""

    when: str
    value: str
    whose: str


_RESOLVER: Final = "who resolved it"
_HOLDER: Final = "who had it"

SAID: Final[Mapping[Measured, Said]] = {
    Measured.SUBMITTED: Said("a ticket is submitted", "1", "nobody"),
    Measured.RESPONSE: Said(
        "the first assignment, or reply of staff, after work could begin (a purchase: after its chain ended)",
        "open time since then; once a ticket",
        "who replied, else who got it, else who acted",
    ),
    Measured.JUDGED: Said(
        "a cycle of a clock with a target stops in time (met), or its deadline passes, or a change makes it late at "
        "once (missed); once a cycle. What ends without the outcome done, stages that nobody decided, and cycles that "
        "begin and stop with the same fact are not credited. A cycle that was met and goes on (the ticket was "
        "reopened) is taken back then; one that is missed counts where the ticket stands as it becomes late, so after "
        "a change that makes it late; one that was missed stays so, also when what was done before is undone and it "
        "is late without that too",
        "1 met, 0 missed",
        "met: who had it, else who gets it, else who acted unless that was the requester; missed: who had it then, "
        "without what was undone; of an approval who decided, or whom it waited for",
    ),
    Measured.TURNAROUND: Said(
        "a ticket is resolved",
        "what the main clock ran since it was first in somebody's hands after the submission or the last reopening, or "
        "since that where it wasn't",
        _RESOLVER,
    ),
    Measured.RESOLUTION: Said("a ticket is resolved", "what the main clock ran since the submission", _RESOLVER),
    Measured.DETECTION: Said("a ticket is resolved", "time on the wall since the submission", _RESOLVER),
    Measured.WEIGHT: Said(
        "a ticket is resolved",
        "urgency (1 for the least urgent priority of its profile, one more for each above it) times touches (what "
        "staff did to it until then; the same thing by the same person straight away again is one; at least 1) times "
        "tier",
        _RESOLVER,
    ),
    Measured.CLOSURE: Said(
        "a ticket is closed, with whatever outcome",
        "open time since the submission; and whether it was done (outcome done, and no purchase), at first contact "
        "(done, the requester never wrote after the submission, never reopened), reopened before, escalated before, or "
        "ended by its requester before staff did anything",
        _RESOLVER,
    ),
    Measured.RATED: Said("a rating; a later one of the same closing takes it back", "1 to 5 stars", _RESOLVER),
    Measured.REOPENED: Said("a resolved or closed ticket is taken up again", "1", _RESOLVER),
    Measured.ESCALATED: Said("a ticket goes to a higher tier", "1; the tier", _HOLDER),
    Measured.WAITED: Said(
        "a ticket stops waiting, or waits for something else; a purchase that is being decided waits for `procurement`",
        "open time that it waited; the reason",
        _HOLDER,
    ),
    Measured.HELD: Said(
        "a ticket leaves somebody's hands: given on, given back, resolved or closed",
        "what the main clock ran while they had it",
        "that person",
    ),
    Measured.TIER: Said(
        "a ticket leaves a tier: to another, resolved or closed", "open time that it was in the tier; the tier", _HOLDER
    ),
    Measured.STAGE: Said(
        "a stage of an approval chain ends: decided, or with its round",
        "open time of the department's calendar since it opened; the stage's number in its round",
        "who decided, else nobody",
    ),
    Measured.PURCHASED: Said(
        "a purchase can be worked on: its chain is complete, or it came by another road",
        "1 when its facts until then prove a complete, valid chain, else 0",
        "who asked for the purchase; of a repair that turned out to need one, who said so",
    ),
    Measured.FOLLOWED: Said(
        "staff replies, for each message of the requester since the last reply of staff",
        "open time since that message",
        "who replied",
    ),
    Measured.OPEN: Said(
        "lasts: a stretch in which a ticket is neither resolved nor closed and has the same department, category, "
        "priority, tier and assignee",
        "from when; when the ticket was submitted",
        _HOLDER,
    ),
    Measured.PENDING: Said(
        "lasts: as `open`, while the ticket waits or its purchase is being decided",
        "from when; when the ticket was submitted",
        _HOLDER,
    ),
}
