"""Tickets in and out: load what a decision needs, write what it made. Nothing here commits."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.chain import chain_of
from deskterm.core.domain.clocks import Clock
from deskterm.core.domain.facts import CHAINED, Fact, Ticket, from_data
from deskterm.core.domain.history import History, Span
from deskterm.core.domain.words import CategoryKind, Outcome, Source, Status, Via, WaitReason
from deskterm.core.store import audit, bulk, rounds, wordings
from deskterm.core.store.lines import CLOCK_FIELDS, clocks_by_ticket
from deskterm.core.store.rows import (
    New,
    Row,
    Rows,
    Step,
    clock_row,
    comment_rows,
    decision_rows,
    fact_rows,
    rows_of,
    span_row,
    texts_of,
    ticket_row,
)
from deskterm.core.store.tables import (
    APPROVALS,
    CLOCKS,
    COMMENTS,
    FACTS,
    NOTICES,
    PROCUREMENTS,
    SLOTS,
    SPANS,
    TICKETS,
)

__all__ = ["New", "Step"]  # besides what is defined here

_TICKET_FIELDS = tuple(f.name for f in fields(Ticket))
_TICKET_COLUMNS = [TICKETS.c[name] for name in _TICKET_FIELDS]
_CLOCK_COLUMNS = [CLOCKS.c[name] for name in CLOCK_FIELDS]
_SPAN_COLUMNS = [SPANS.c[f.name] for f in fields(Span)]


class Loaded(NamedTuple):
    """A ticket as a decision needs it: with its clocks, its open span, and the profile it is under."""

    history: History
    profile_id: int


def load(connection: sa.Connection, ticket_id: int) -> Loaded | None:
    """Gives the ticket, None when there is no such."""
    row = connection.execute(sa.select(*_TICKET_COLUMNS).where(TICKETS.c.id == ticket_id)).one_or_none()
    if row is None:
        return None
    clocks = clocks_of(connection, [ticket_id]).get(ticket_id, ())
    spans = connection.execute(
        sa.select(*_SPAN_COLUMNS).where(SPANS.c.ticket_id == ticket_id, SPANS.c.left_at.is_(None))
    ).mappings()
    ticket = _ticket(row)
    chain = chain_of(_chain_facts(connection, ticket_id)) if ticket.round else ()
    return Loaded(History(ticket, clocks, tuple(_span(row) for row in spans), chain), ticket.profile_id)


def _chain_facts(connection: sa.Connection, ticket_id: int) -> list[Fact]:
    query = sa.select(FACTS.c.kind, FACTS.c.at, FACTS.c.actor_id, FACTS.c.data)
    mine = query.where(FACTS.c.ticket_id == ticket_id, FACTS.c.kind.in_(CHAINED)).order_by(FACTS.c.version)
    return [from_data(*row) for row in connection.execute(mine)]


def clocks_of(connection: sa.Connection, ticket_ids: Sequence[int]) -> dict[int, tuple[Clock, ...]]:
    """Gives the clocks of tickets, every cycle, by name and cycle."""
    query = sa.select(CLOCKS.c.ticket_id, *_CLOCK_COLUMNS).where(CLOCKS.c.ticket_id.in_(ticket_ids))
    return clocks_by_ticket(tuple(row) for row in connection.execute(query))


def _ticket(values: Sequence[Any]) -> Ticket:
    found = dict(zip(_TICKET_FIELDS, values, strict=True))
    found["status"] = Status(found["status"])
    found["reason"] = WaitReason(found["reason"]) if found["reason"] else None
    found["outcome"] = Outcome(found["outcome"]) if found["outcome"] else None
    found["category_kind"] = CategoryKind(found["category_kind"])
    found["source"] = Source(found["source"])
    return Ticket(**found)


def _span(row: sa.RowMapping) -> Span:
    reason = WaitReason(row["reason"]) if row["reason"] else None
    return Span(**{**row, "status": Status(row["status"]), "reason": reason})


def facts(connection: sa.Connection, ticket_id: int) -> list[Fact]:
    """Gives a ticket's facts in their order, without the comments' texts."""
    return facts_of(connection, [ticket_id]).get(ticket_id, [])


def latest_fact(connection: sa.Connection, ticket_id: int) -> Fact | None:
    """Gives a ticket's last fact, None of no ticket."""
    query = sa.select(FACTS.c.kind, FACTS.c.at, FACTS.c.actor_id, FACTS.c.data).where(FACTS.c.ticket_id == ticket_id)
    row = connection.execute(query.order_by(FACTS.c.version.desc()).limit(1)).one_or_none()
    return from_data(*row) if row else None


def facts_of(connection: sa.Connection, ticket_ids: Sequence[int]) -> dict[int, list[Fact]]:
    """Gives the facts of tickets, each ticket's in their order, without the comments' texts."""
    found: dict[int, list[Fact]] = {}
    for ticket_id, *values in connection.execute(
        sa.select(FACTS.c.ticket_id, FACTS.c.kind, FACTS.c.at, FACTS.c.actor_id, FACTS.c.data)
        .where(FACTS.c.ticket_id.in_(ticket_ids))
        .order_by(FACTS.c.ticket_id, FACTS.c.version)
    ):
        found.setdefault(ticket_id, []).append(from_data(*values))
    return found


def profiles_of(connection: sa.Connection, ticket_ids: Sequence[int]) -> dict[int, int]:
    """Gives the profile that each ticket is under."""
    rows = connection.execute(sa.select(TICKETS.c.id, TICKETS.c.profile_id).where(TICKETS.c.id.in_(ticket_ids)))
    return {row[0]: row[1] for row in rows}


def spans(connection: sa.Connection, ticket_id: int) -> tuple[Span, ...]:
    """Gives a ticket's spans in their order."""
    rows = connection.execute(sa.select(*_SPAN_COLUMNS).where(SPANS.c.ticket_id == ticket_id).order_by(SPANS.c.id))
    return tuple(_span(row) for row in rows.mappings())


def insert(connection: sa.Connection, news: Sequence[New], via: Via, numbers: Sequence[int] = ()) -> list[int]:
    """Writes tickets with all that their facts made, and gives their ids in order: `numbers` where there are any."""
    return insert_rows(connection, rows_of(news, via), numbers)


def insert_rows(connection: sa.Connection, made: Rows, numbers: Sequence[int] = ()) -> list[int]:
    """Writes the rows of new tickets, each one's entries of the audit trail too, and gives their ids in order."""
    if not made.tickets:
        return []
    ids = bulk.taken(connection, TICKETS, numbers) if numbers else bulk.ids(connection, TICKETS, len(made.tickets))
    bulk.write(connection, TICKETS, [{"id": number, **row} for number, row in zip(ids, made.tickets, strict=True)])
    made.number(ids)
    for table, rows in (
        (CLOCKS, made.clocks),
        (SPANS, made.spans),
        (PROCUREMENTS, made.procurements),
        (SLOTS, made.slots),
    ):
        bulk.write(connection, table, rows)
    wordings.write(connection, made.tickets, made.wordings)
    _write_facts(connection, made.facts, made.comments, made.decisions)
    audit.append(connection, made.entries)
    return ids


def update(connection: sa.Connection, before: History, after: History) -> bool:
    """Writes what `after` changed if the ticket is still at `before`'s version; gives whether it was."""
    ticket = before.ticket
    result = connection.execute(
        sa.update(TICKETS)
        .where(TICKETS.c.id == ticket.id, TICKETS.c.version == ticket.version)
        .values(ticket_row(after))
    )
    if result.rowcount != 1:
        return False
    cycles = {(clock.name, clock.cycle): clock for clock in before.clocks}
    fresh = [clock for clock in after.clocks if (clock.name, clock.cycle) not in cycles]
    for clock in after.clocks:
        if clock not in fresh and clock != cycles[clock.name, clock.cycle]:
            connection.execute(
                sa.update(CLOCKS)
                .where(CLOCKS.c.ticket_id == ticket.id, CLOCKS.c.name == clock.name, CLOCKS.c.cycle == clock.cycle)
                .values(clock_row(ticket.id, clock))
            )
    bulk.write(connection, CLOCKS, [clock_row(ticket.id, clock) for clock in fresh])
    for name, cycle in {*cycles} - {(clock.name, clock.cycle) for clock in after.clocks}:  # what began it was undone
        gone = (CLOCKS.c.ticket_id == ticket.id, CLOCKS.c.name == name, CLOCKS.c.cycle == cycle)
        connection.execute(sa.delete(CLOCKS).where(*gone))
    known = len(before.spans)
    if after.spans[:known] != before.spans:
        connection.execute(
            sa.update(SPANS)
            .where(SPANS.c.ticket_id == ticket.id, SPANS.c.left_at.is_(None))
            .values(left_at=after.spans[known - 1].left_at)
        )
    bulk.write(connection, SPANS, [span_row(ticket.id, span) for span in after.spans[known:]])
    rounds.write(connection, ticket.id, before.chain, after.chain)
    if after.ticket.department_id != ticket.department_id:
        wordings.refresh(connection, [ticket.id])  # they begin with its sign
    return True


def version_of(connection: sa.Connection, ticket_id: int) -> tuple[int, int]:
    """Gives a row's version and profile without reading the rest of it, which may be unreadable; zeros of none."""
    query = sa.select(TICKETS.c.version, TICKETS.c.profile_id).where(TICKETS.c.id == ticket_id)
    found = connection.execute(query).one_or_none()
    return (found[0], found[1]) if found else (0, 0)


def any_clock_without_its_stop(connection: sa.Connection) -> bool:
    """Gives whether a clock is stopped and doesn't say by what: an older program wrote it."""
    some = sa.select(CLOCKS.c.ticket_id).where(CLOCKS.c.stopped_at.is_not(None), CLOCKS.c.stopped_by.is_(None))
    return connection.scalar(some.limit(1)) is not None


def reset_clocks(
    connection: sa.Connection, ticket_id: int, version: int, clocks: Sequence[Clock], due_at: datetime
) -> bool:
    """Writes a ticket's clocks in place of those it has, if it is still at `version`; gives whether it was."""
    here = (TICKETS.c.id == ticket_id, TICKETS.c.version == version)
    if connection.execute(sa.update(TICKETS).where(*here).values(next_due_at=due_at)).rowcount != 1:
        return False
    connection.execute(sa.delete(CLOCKS).where(CLOCKS.c.ticket_id == ticket_id))
    bulk.write(connection, CLOCKS, [clock_row(ticket_id, clock) for clock in clocks])
    return True


def rewrite(connection: sa.Connection, version: int, step: Step, via: Via) -> bool:
    """Makes a ticket's row, clocks and spans what `step` came to, and writes its fact, if the row is at `version`.

    Gives whether it did. What is in the way is taken out, not compared: this is for rows that can't be trusted.
    """
    ticket = step.after.ticket
    latest = sa.select(sa.func.max(FACTS.c.version)).where(FACTS.c.ticket_id == ticket.id).scalar_subquery()
    here = (TICKETS.c.id == ticket.id, TICKETS.c.version == version, latest == ticket.version - 1)
    row = ticket_row(step.after) | ({"profile_id": ticket.profile_id} if ticket.profile_id else {})
    if connection.execute(sa.update(TICKETS).where(*here).values(row)).rowcount != 1:
        return False
    clocks = [clock_row(ticket.id, clock) for clock in step.after.clocks]
    for table, rows in ((CLOCKS, clocks), (SPANS, [span_row(ticket.id, span) for span in step.after.spans])):
        connection.execute(sa.delete(table).where(table.c.ticket_id == ticket.id))
        bulk.write(connection, table, rows)
    rounds.rewrite(connection, ticket.id, step.after.chain)
    append(connection, ticket.id, [step], via)
    wordings.refresh(connection, [ticket.id])
    return True


def append(
    connection: sa.Connection, ticket_id: int, steps: Sequence[Step], via: Via, origins: Sequence[str | None] = ()
) -> None:
    """Writes facts, and the comments and decisions among them; `origins` name their rows in an imported log."""
    facts, comments = fact_rows(ticket_id, steps, via, origins), comment_rows(ticket_id, steps)
    _write_facts(connection, facts, comments, decision_rows(ticket_id, steps))
    if comments:
        wordings.refresh(connection, [ticket_id])
    audit.append(connection, audit.fact_entries(facts, texts_of(comments)))


def _write_facts(connection: sa.Connection, facts: list[Row], comments: list[Row], decisions: list[Row]) -> None:
    """Writes facts with what hangs on them; whoever calls it writes their entries of the audit trail."""
    bulk.write(connection, FACTS, facts)
    bulk.write(connection, COMMENTS, comments)
    bulk.write(connection, APPROVALS, decisions)


def notify(connection: sa.Connection, people: Iterable[int], step: Step, leaves_at: datetime | None = None) -> None:
    """Writes that `people` should know of a step, from an instant on; None is at once."""
    ticket = step.after.ticket
    said = {"ticket_id": ticket.id, "version": ticket.version, "at": step.fact.at, "leaves_at": leaves_at}
    rows = [{"person_id": person, **said} for person in people]
    if rows:
        connection.execute(sa.insert(NOTICES), rows)


def next_due_at(connection: sa.Connection, ticket_id: int) -> datetime | None:
    """Gives the stored `next_due_at`, None when there is no such ticket."""
    return connection.scalar(sa.select(TICKETS.c.next_due_at).where(TICKETS.c.id == ticket_id))


def are_none(connection: sa.Connection) -> bool:
    """Gives whether the desk has no ticket at all."""
    return connection.scalar(sa.select(TICKETS.c.id).limit(1)) is None


def by_origin(connection: sa.Connection) -> dict[str, int]:
    """Gives the ids of imported tickets by their id in the log."""
    rows = connection.execute(sa.select(TICKETS.c.origin, TICKETS.c.id).where(TICKETS.c.origin.is_not(None)))
    return {row[0]: row[1] for row in rows}


def fact_origins(connection: sa.Connection) -> set[str]:
    """Gives the names of the log rows that are facts already."""
    return set(connection.scalars(sa.select(FACTS.c.origin).where(FACTS.c.origin.is_not(None))))
