"""The registry of what a filter can ask for. The parser, completion, `--help` and the docs' table are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from deskterm.core.domain.words import Outcome, Status, WaitReason


class Kind(StrEnum):
    """What the values of a key are."""

    CHOICE = "choice"  # one of the words of the key
    RANK = "rank"  # a number with an order, or the profile's word for it
    DATE = "date"
    NAME = "name"  # what the desk has: by its key or name
    PERSON = "person"  # me, a login, part of a name
    TEXT = "text"  # part of what stands there
    DRILL = "drill"  # a figure: `drills`


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it asks for, how it is written, and the words it takes with what each means.

    `highest` is the last rank there is; what is `ahead` counts on from now, the other dates are of the past.
    """

    name: str
    kind: Kind
    help: str
    examples: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    highest: int = 0
    ahead: bool = False


OPEN: Final = "open"
ME: Final = "me"
NOBODY: Final = "nobody"

FLAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "late": "its clock ran past its due time, or was paused past it: where the list says late",
        "paused": "no clock runs, and one with a target is not stopped",
        "mine": "you have it",
        "unassigned": "nobody has it",
        "escalated": "it is above the first tier",
        "escalating": "its lead is asked to let it go to the next tier",
        "reopened": "it was taken up again at least once",
        "purchase": "it is a purchase, or needed one",
        "closed": "it is closed",
        "rated": "its requester rated how it was solved",
    }
)
"""The words of `is:`, each with what it means."""

_STATUSES: Final = {OPEN: "all but closed", **{status.value: "" for status in Status}}

KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {
        key.name: key
        for key in (
            Key("status", Kind.CHOICE, "where it stands", ("status:open", "status:new,assigned"), _STATUSES),
            Key("prio", Kind.RANK, "its priority; 1 is the most urgent", ("prio:<=2", "prio:urgent"), highest=5),
            Key("dept", Kind.NAME, "the department that serves it", ("dept:it,operations",)),
            Key("category", Kind.NAME, "what it is about", ("category:it_design",)),
            Key("from", Kind.PERSON, "its requester", ("from:me", "from:remi"), {ME: "you"}),
            Key("to", Kind.PERSON, "who has it, also written `@`", ("@me", "@ife,ini", "@nobody"),
                {ME: "you", NOBODY: "nobody has it"}),
            Key("is", Kind.CHOICE, "what is the matter with it", ("is:late", "-is:paused"), FLAGS),
            Key("reason", Kind.CHOICE, "what it waits for", ("reason:vendor,delivery",),
                {reason.value: "" for reason in WaitReason}),
            Key("outcome", Kind.CHOICE, "how it ended", ("outcome:duplicate",),
                {outcome.value: "" for outcome in Outcome}),
            Key("tier", Kind.RANK, "the tier it is in", ("tier:>=2",), highest=99),
            Key("customer", Kind.TEXT, "whose it is", ("customer:acme",)),
            Key("product", Kind.TEXT, "the product it is about", ("product:payroll",)),
            Key("module", Kind.TEXT, "the product's module", ("module:leave",)),
            Key("due", Kind.DATE, "when the clock that runs is due", ("due:<4h", "due:today"), ahead=True),
            Key("created", Kind.DATE, "when it was submitted", ("created:>=-7d", "created:2026-03")),
            Key("updated", Kind.DATE, "when something last happened to it", ("updated:>2026-03-01", "updated:<-2w")),
            Key("resolved", Kind.DATE, "when it was resolved", ("resolved:yesterday",)),
            Key("closed", Kind.DATE, "when it was closed", ("closed:2026-01..2026-03",)),
            Key("kpi", Kind.DRILL, "whether a figure counts it", ("kpi:sla.missed@2026-09/dept:it",)),
        )
    }
)  # fmt: skip
"""Every key, in the order in which it is told of."""
