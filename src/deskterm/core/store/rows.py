"""Whole histories as the rows that keep them: made without a database, so that another process can make them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from deskterm.core.domain.audit import Entry
from deskterm.core.domain.clocks import Clock, next_due
from deskterm.core.domain.facts import DECISIONS, Fact, Ticket, to_data
from deskterm.core.domain.history import History, Span
from deskterm.core.domain.wordings import wording
from deskterm.core.domain.words import Status, Via
from deskterm.core.store import audit, rounds

Row = dict[str, Any]


class Step(NamedTuple):
    """One fact with the ticket's status before it and the history after it."""

    fact: Fact
    before: Status | None
    after: History


class New(NamedTuple):
    """A ticket to be written with its whole history; `origins` name the rows of an imported log.

    `vias` are the roads that its facts came by, where they didn't all come by one.
    """

    steps: Sequence[Step]
    profile_id: int
    origin: str | None = None
    origins: Sequence[str | None] = ()
    vias: Sequence[Via] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of new tickets. Until they are written, `ticket_id` is the ticket's place among them, from 0."""

    tickets: list[Row]
    clocks: list[Row]
    spans: list[Row]
    procurements: list[Row]
    slots: list[Row]
    facts: list[Row]
    comments: list[Row]
    decisions: list[Row]
    entries: list[Entry]
    wordings: list[Row]

    def number(self, ids: Sequence[int]) -> None:
        """Gives every row, and every entry of the audit trail, the id that its ticket has been given."""
        for rows in (
            self.clocks, self.spans, self.procurements, self.slots, self.facts, self.comments, self.decisions,
            self.wordings,
        ):  # fmt: skip
            for row in rows:
                row["ticket_id"] = ids[row["ticket_id"]]
        self.entries[:] = [one._replace(ticket_id=ids[one.ticket_id or 0]) for one in self.entries]


# the fields hold nothing that could be changed: `asdict` would copy each of them deeply, at most of a row's price
_TICKET: Final = tuple(f.name for f in fields(Ticket) if f.name not in {"id", "profile_id"})  # neither ever changes
_CLOCK: Final = tuple(f.name for f in fields(Clock))
_SPAN: Final = tuple(f.name for f in fields(Span))


def rows_of(news: Iterable[New], via: Via) -> Rows:
    """Gives the rows that new tickets make, with the entries of the audit trail."""
    made = Rows([], [], [], [], [], [], [], [], [], [])
    for place, new in enumerate(news):
        after = new.steps[-1].after
        made.tickets.append({**ticket_row(after), "profile_id": new.profile_id, "origin": new.origin})
        made.clocks.extend(clock_row(place, clock) for clock in after.clocks)
        made.spans.extend(span_row(place, span) for span in after.spans)
        made.procurements.extend({"ticket_id": place, **rounds.round_row(one)} for one in after.chain)
        made.slots.extend({"ticket_id": place, **row} for row in rounds.slot_rows(after.chain))
        _add_facts(made, place, new, via)
    return made


def _add_facts(made: Rows, place: int, new: New, via: Via) -> None:
    facts, comments = fact_rows(place, new.steps, via, new.origins), comment_rows(place, new.steps)
    for row, its_own in zip(facts, new.vias, strict=False):
        row["via"] = its_own
    made.facts.extend(facts)
    made.comments.extend(comments)
    made.decisions.extend(decision_rows(place, new.steps))
    made.entries.extend(audit.fact_entries(facts, texts_of(comments)))
    ticket = new.steps[-1].after.ticket
    said = ((row["kind"], row["body"]) for row in comments)
    made.wordings.append({"ticket_id": place, **wording(ticket.title, ticket.description, said)._asdict()})


def ticket_row(history: History) -> Row:
    """Gives the row of a ticket as its facts have made it, without its id and its profile."""
    ticket = history.ticket
    return {**{name: getattr(ticket, name) for name in _TICKET}, "next_due_at": next_due(history.clocks)}


def clock_row(ticket_id: int, clock: Clock) -> Row:
    """Gives the row of one cycle of a clock."""
    return {"ticket_id": ticket_id, **{name: getattr(clock, name) for name in _CLOCK}}


def span_row(ticket_id: int, span: Span) -> Row:
    """Gives the row of a stretch in one status."""
    return {"ticket_id": ticket_id, **{name: getattr(span, name) for name in _SPAN}}


def fact_rows(ticket_id: int, steps: Sequence[Step], via: Via, origins: Sequence[str | None]) -> list[Row]:
    """Gives the rows of a ticket's facts; a comment's text is in its own row."""
    rows = []
    for step, origin in zip_longest(steps, origins):
        data = to_data(step.fact)
        if step.fact.comment is not None:
            data.pop("text", None)  # the comment keeps it
        rows.append(
            {
                "ticket_id": ticket_id,
                "version": step.after.ticket.version,
                "at": step.fact.at,
                "actor_id": step.fact.actor_id,
                "via": via,
                "kind": step.fact.kind,
                "from_status": step.before,
                "to_status": step.after.ticket.status,
                "data": data,
                "origin": origin,
            }
        )
    return rows


def comment_rows(ticket_id: int, steps: Iterable[Step]) -> list[Row]:
    """Gives the rows of the comments among a ticket's facts."""
    return [
        {
            "ticket_id": ticket_id,
            "version": step.after.ticket.version,
            "author_id": step.fact.actor_id,
            "at": step.fact.at,
            "kind": step.fact.comment,
            "source": step.fact.source,
            "body": step.fact.text or "",
        }
        for step in steps
        if step.fact.comment is not None
    ]


def decision_rows(ticket_id: int, steps: Iterable[Step]) -> list[Row]:
    """Gives the rows of the decisions among a ticket's facts."""
    return [
        {
            "ticket_id": ticket_id,
            "version": step.after.ticket.version,
            "round": step.fact.round,
            "stage": step.fact.stage,
            "decision": step.fact.kind,
            "approver_id": step.fact.actor_id,
            "on_behalf_of": step.fact.on_behalf_of,
            "at": step.fact.at,
            "digest": step.fact.digest,
            "reason": step.fact.text or "",
            "is_signed": step.fact.signature is not None,
        }
        for step in steps
        if step.fact.kind in DECISIONS
    ]


def texts_of(comments: Iterable[Row]) -> Mapping[tuple[int, int], str]:
    """Gives the texts of comments by ticket and version."""
    return {(row["ticket_id"], row["version"]): row["body"] for row in comments}
