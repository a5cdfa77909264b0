"""What can be exported (000-R6): every column once, with its name, what kind of value it has, and what it tells.

From here come the headers of files, the types of their cells, what a masked export leaves out, and docs/exports.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput


class Dataset(StrEnum):
    """What is exported: a row a ticket, comment, decision on a purchase, fact or entry of the audit trail."""

    TICKETS = "tickets"
    COMMENTS = "comments"
    APPROVALS = "approvals"
    FACTS = "facts"
    AUDIT = "audit"
    LOG = "troubleshooting-log"  # of tickets, in nine fields


class Kind(StrEnum):
    """What a cell has; it decides a cell's type, and what is left of it when an export is masked."""

    TICKET = "ticket"  # HD-000042
    CODE = "code"  # a word of deskterm or its profile
    COUNT = "count"  # a whole number
    AMOUNT = "amount"  # money in its currency's units
    NUMBER = "number"  # with decimals
    INSTANT = "instant"  # UTC; ISO 8601 where it is text
    FLAG = "flag"
    PERSON = "person"  # masked: person-17
    CUSTOMER = "customer"  # masked: customer-42
    TEXT = "text"  # what somebody wrote; masked: left out
    STORY = "story"  # what several facts come to, in lines; masked: without their texts
    DATA = "data"  # JSON; masked: only codes, numbers and pseudonyms of it
    DIRECTORY = "directory"  # JSON that tells of people in full; masked: left out


PRIVATE: Final = frozenset({Kind.TEXT, Kind.DIRECTORY})
"""What a masked export leaves out whole."""


class Column(NamedTuple):
    """One column; `about` says what it has."""

    name: str
    kind: Kind
    about: str


TICKETS: Final = (
    Column("id", Kind.TICKET, "the ticket"),
    Column("title", Kind.TEXT, ""),
    Column("status", Kind.CODE, "where it stands"),
    Column("reason", Kind.CODE, "what it waits for"),
    Column("outcome", Kind.CODE, "how it ended"),
    Column("priority", Kind.CODE, "in the words of its profile"),
    Column("rank", Kind.COUNT, "of its priority, 1 is the highest"),
    Column("tier", Kind.COUNT, "how far it was escalated; 1 is not at all"),
    Column("department", Kind.CODE, "who serves it"),
    Column("category", Kind.CODE, "what it is about"),
    Column("kind", Kind.CODE, "of its category: standard or procurement"),
    Column("requester", Kind.PERSON, "who asks"),
    Column("customer", Kind.CUSTOMER, "for whom"),
    Column("assignee", Kind.PERSON, "who has it"),
    Column("resolver", Kind.PERSON, "who resolved it"),
    Column("source", Kind.CODE, "the channel it came by"),
    Column("product", Kind.TEXT, "what it is about, as are module and question"),
    Column("module", Kind.TEXT, ""),
    Column("question", Kind.TEXT, ""),
    Column("created_at", Kind.INSTANT, "when it was submitted; the period of tickets goes by it"),
    Column("assigned_at", Kind.INSTANT, "when somebody first had it"),
    Column("updated_at", Kind.INSTANT, "when something last happened"),
    Column("resolved_at", Kind.INSTANT, ""),
    Column("closed_at", Kind.INSTANT, ""),
    Column("reopened", Kind.COUNT, "how many times"),
    Column("stars", Kind.COUNT, "the requester's rating"),
    Column("profile", Kind.CODE, "the version that it is under"),
    Column("version", Kind.COUNT, "how many facts it has"),
    Column("description", Kind.TEXT, ""),
)

OF_CLOCK: Final = (
    Column("target", Kind.COUNT, "seconds of open time that it has; empty: it is only measured"),
    Column("used", Kind.COUNT, "seconds of open time used, pauses out"),
    Column("due_at", Kind.INSTANT, "the deadline; empty while it is paused"),
    Column("stopped_at", Kind.INSTANT, "when it was done"),
    Column("met", Kind.FLAG, "whether it was done in time; false from the moment it is late, empty while undecided"),
    Column("cycle", Kind.COUNT, "how often it began; all its figures are of the last time"),
)
"""The columns that a ticket has of each clock of the profile, as `response_used`."""

COMMENTS: Final = (
    Column("ticket", Kind.TICKET, "the ticket"),
    Column("version", Kind.COUNT, "of the ticket by it"),
    Column("at", Kind.INSTANT, "when it was written; the period goes by it"),
    Column("author", Kind.PERSON, ""),
    Column("kind", Kind.CODE, "reply is public; note, step, test and result are internal"),
    Column("source", Kind.CODE, "the channel it came by"),
    Column("text", Kind.TEXT, ""),
)

APPROVALS: Final = (
    Column("ticket", Kind.TICKET, "the ticket"),
    Column("title", Kind.TEXT, ""),
    Column("department", Kind.CODE, "who serves it"),
    Column("requester", Kind.PERSON, "who asks"),
    Column("round", Kind.COUNT, "of its chain"),
    Column("stage", Kind.CODE, ""),
    Column("decision", Kind.CODE, "approved, refused or returned"),
    Column("approver", Kind.PERSON, "who decided"),
    Column("on_behalf_of", Kind.PERSON, "for whom, by a delegation"),
    Column("at", Kind.INSTANT, "when; the period goes by it"),
    Column("currency", Kind.CODE, "of the total"),
    Column("total", Kind.AMOUNT, "what the round was about"),
    Column("state", Kind.CODE, "of the round by now"),
    Column("asked_at", Kind.INSTANT, "when the round began"),
    Column("signed", Kind.FLAG, "whether the approver's own key signed it"),
    Column("digest", Kind.TEXT, "of the purchase that was decided about"),
    Column("reason", Kind.TEXT, ""),
)

FACTS: Final = (
    Column("ticket", Kind.TICKET, "the ticket"),
    Column("version", Kind.COUNT, "of the ticket by it"),
    Column("at", Kind.INSTANT, "when; the period goes by it"),
    Column("actor", Kind.PERSON, "who did it, by login; empty: deskterm itself"),
    Column("via", Kind.CODE, "the road it came by"),
    Column("kind", Kind.CODE, "what happened"),
    Column("from_status", Kind.CODE, ""),
    Column("to_status", Kind.CODE, ""),
    Column("text", Kind.TEXT, "what was written"),
    Column("data", Kind.DATA, "all else it says, with people, departments and categories by their keys"),
    Column("origin", Kind.TEXT, "its row in an imported log"),
    Column("met", Kind.DIRECTORY, "who and what it is the first to name here, for `deskterm import`"),
)

FIGURES: Final = (
    Column("board", Kind.CODE, "which board it is on"),
    Column("scope", Kind.TEXT, "of whom it is"),
    Column("first", Kind.CODE, "the first day of its period"),
    Column("last", Kind.CODE, "the last day"),
    Column("table", Kind.TEXT, "which table it is in; empty: it is of all of the scope"),
    Column("by", Kind.CODE, "what that is broken down by"),
    Column("key", Kind.TEXT, "what the figure is of there, as filters name it"),
    Column("line", Kind.TEXT, "its name"),
    Column("figure", Kind.CODE, "which figure: docs/kpi.md has them all"),
    Column("label", Kind.TEXT, "its name"),
    Column("unit", Kind.CODE, "of value, median, p90, goal and before"),
    Column("value", Kind.NUMBER, "a share is 0 to 1, a time in seconds; empty: n is 0"),
    Column("n", Kind.COUNT, "of how many it is"),
    Column("median", Kind.NUMBER, ""),
    Column("p90", Kind.NUMBER, "the 90th percentile"),
    Column("goal", Kind.NUMBER, "the profile's"),
    Column("met", Kind.FLAG, "whether it is reached"),
    Column("before", Kind.NUMBER, "the same figure of the compared period"),
    Column("drill", Kind.TEXT, "the filter of the tickets behind it"),
)

AUDIT: Final = (
    Column("seq", Kind.COUNT, "its number"),
    Column("at", Kind.INSTANT, "when; the period goes by it"),
    Column("kind", Kind.CODE, "fact, person, post, profile and so on"),
    Column("what", Kind.CODE, "what was done"),
    Column("ticket", Kind.TICKET, "the ticket"),
    Column("version", Kind.COUNT, "of the ticket by it"),
    Column("actor", Kind.PERSON, "who did it"),
    Column("on_behalf_of", Kind.PERSON, "for whom"),
    Column("by", Kind.PERSON, "who was really there"),
    Column("via", Kind.CODE, "the road it came by"),
    Column("from_status", Kind.CODE, ""),
    Column("to_status", Kind.CODE, ""),
    Column("body", Kind.TEXT, "the entry as it was hashed"),
    Column("texts", Kind.TEXT, "its texts, which can be erased"),
    Column("hash", Kind.TEXT, "over it and the one before"),
)

LOG: Final = (
    Column("Date", Kind.INSTANT, "when it was reported; the period goes by it"),
    Column("User Name", Kind.STORY, "who reported it, for whom, how they are reached, what account they have"),
    Column("Issue Description", Kind.STORY, "title and description"),
    Column("Severity Level", Kind.CODE, "its priority"),
    Column("Actions Taken", Kind.STORY, "who did what; with --internal, what staff wrote of it"),
    Column("Resolution and Fix", Kind.STORY, "cause and fix"),
    Column("User Communication", Kind.STORY, "replies, and what the requester made of it"),
    Column("Outcome", Kind.STORY, "where it stands, and how it ended"),
    Column("Time Taken for Resolution", Kind.CODE, "hours:minutes from when it was reported to when it was resolved"),
)
"""The nine fields of the log that document 003 describes, under its own names."""

COLUMNS: Final[Mapping[Dataset, tuple[Column, ...]]] = MappingProxyType(
    {
        Dataset.TICKETS: TICKETS,
        Dataset.COMMENTS: COMMENTS,
        Dataset.APPROVALS: APPROVALS,
        Dataset.FACTS: FACTS,
        Dataset.AUDIT: AUDIT,
        Dataset.LOG: LOG,
    }
)


def of_clocks(clocks: Iterable[str]) -> tuple[Column, ...]:
    """Gives the columns that tickets have of these clocks."""
    return tuple(Column(f"{clock}_{one.name}", one.kind, one.about) for clock in clocks for one in OF_CLOCK)


def chosen(known: Sequence[Column], names: Sequence[str], *, masked: bool) -> tuple[Column, ...]:
    """Gives the columns of these names in their order, all of them where none is named; masked, without the private.

    Raises:
        InvalidInput: when there is no such column, one is named twice, or a masked export has it not.
    """
    there = {column.name: column for column in known if not (masked and column.kind in PRIVATE)}
    for place, name in enumerate(names):
        if name not in there:
            raise InvalidInput(_lacking(name, known, there))
        if name in names[:place]:
            raise InvalidInput(f"the column {name!r} is named twice: once is enough")
    return tuple(there[name] for name in names) if names else tuple(there.values())


def _lacking(name: str, known: Sequence[Column], there: Mapping[str, Column]) -> str:
    if any(column.name == name for column in known):
        return f"a masked export has no column {name!r}: it holds what people wrote"
    close = get_close_matches(name, there, 1)
    hint = f"did you mean {close[0]}? There" if close else "there"
    return f"there is no column {name!r}: {hint} are {', '.join(there)}"
