"""Exports (000-R6): what a list, or the desk, holds as rows of a file. Always inside the actor's scope."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.access import Scope, scope_of
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.export_columns import COLUMNS, Column, Dataset, Kind, chosen, of_clocks
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.people import Person
from deskterm.core.services.context import Context
from deskterm.core.services.export_asked import Asked, RowsOf, Slice
from deskterm.core.services.export_entries import entry_rows
from deskterm.core.services.export_names import Names
from deskterm.core.services.export_rows import READERS
from deskterm.core.services.filtering import narrowed, prepare
from deskterm.core.store import streams
from deskterm.core.store.streams import Period, Read
from deskterm.core.views import View

_TICKETS_AT_ONCE: Final = 500


class Wanted(NamedTuple):
    """What is to be exported.

    `view` is the list that it is of, None everything that may be seen. `since` and `until` are the first and the last
    day, in the desk's default zone; no `columns` are all there are.
    `internal` asks for what staff write for each other, `masked` for pseudonyms, and for no text.
    """

    dataset: Dataset
    filter: Filter = Filter()
    since: date | None = None
    until: date | None = None
    columns: tuple[str, ...] = ()
    internal: bool = False
    masked: bool = False
    view: View | None = None


class Batch(NamedTuple):
    """Some rows, in the order of the columns; `done` is how much of the export's `size` has been gone through."""

    rows: Sequence[Sequence[Any]]
    done: int


class Export(NamedTuple):
    """An export: its columns, and its rows as they are read; `size` is how many tickets or entries are looked at."""

    dataset: str
    columns: tuple[Column, ...]
    size: int
    batches: Iterator[Batch]


def export(context: Context, wanted: Wanted) -> Export:
    """Gives an export; its rows are read when they are asked for.

    What grows meanwhile is in it as far as it was when this was called.

    Raises:
        NotAllowed: when internal texts or the audit trail are asked for by somebody who may not read them.
        InvalidInput: when there is no such column, the period ends before it begins, or the audit trail is asked for of
            a desk of the past.
        FilterError: when the filter names what the desk doesn't have.
    """
    if wanted.dataset is Dataset.AUDIT:
        context.store.check_now()  # no entry says when it was written
    prepare(context, wanted.filter)
    stack = ExitStack()
    with stack:
        read = stack.enter_context(streams.moment(context.store))
        with read() as connection:
            actor = context.actor(connection)
            scope = _allowed(actor, wanted)
            period = period_of(wanted, context.policy_now(connection)[1].default_zone())
            clocks = tuple(context.policy_now(connection)[1].profile.clocks)
            columns = _columns(wanted, clocks, whole=wanted.internal and scope.everything)
            names = Names.load(context, connection, actor, masked=wanted.masked)
            ends = streams.ends(connection)
            reader = scope if wanted.internal else None
            asked = Asked(wanted.dataset, columns, period, ends, reader, names, context.clock(), clocks)
            if wanted.dataset is Dataset.AUDIT:
                size, batches = ends.entries, _entries(read, asked)
            else:
                to = narrowed(context, connection, scope, wanted.filter)
                ids = streams.ticket_ids(connection, scope, wanted.view, to, _submitted(wanted.dataset, period))
                size, batches = len(ids), _of_tickets(read, asked, ids)
        kept = stack.pop_all()
    held = _closing(kept, batches)
    next(held)
    return Export(wanted.dataset, columns, size, held)


def _closing(stack: ExitStack, batches: Iterator[Batch]) -> Iterator[Batch]:
    """Gives batches, the first one empty: once begun, what it holds is let go with it, read to its end or not."""
    with stack:
        yield Batch((), 0)
        yield from batches


def _allowed(actor: Person, wanted: Wanted) -> Scope:
    scope = scope_of(actor)
    if wanted.internal and not (actor.is_staff or scope.departments):
        raise NotAllowed("what staff write for each other is not yours to export: leave --internal out")
    if wanted.dataset is Dataset.AUDIT and not scope.everything:
        raise NotAllowed("the audit trail tells of every ticket: its export is for admins and executives")
    return scope


def period_of(wanted: Wanted, zone: ZoneInfo) -> Period:
    """Gives the instants of a period in a zone.

    Raises:
        InvalidInput: when it ends before it begins, or is beyond the calendar.
    """
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise InvalidInput(f"--to {wanted.until} is before --from {wanted.since}: turn them round")

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    try:
        return Period(
            midnight(wanted.since) if wanted.since else None,
            midnight(wanted.until + timedelta(days=1)) if wanted.until else None,
        )
    except OverflowError:
        raise InvalidInput("the period is beyond the calendar: name days near today, or leave them out") from None


def _submitted(dataset: Dataset, period: Period) -> Period:
    """Gives when tickets were submitted that can have rows in a period: for what came of them, before it ends."""
    return period if dataset in {Dataset.TICKETS, Dataset.LOG} else Period(None, period.until)


def _columns(wanted: Wanted, clocks: Sequence[str], *, whole: bool) -> tuple[Column, ...]:
    """Gives the columns asked for; who is given everything is also told of the people whom facts name."""
    known = tuple(column for column in COLUMNS[wanted.dataset] if whole or column.kind is not Kind.DIRECTORY)
    if wanted.dataset is Dataset.TICKETS:
        known = (*known, *of_clocks(clocks))
    return chosen(known, wanted.columns, masked=wanted.masked)


def _of_tickets(read: Read, asked: Asked, ids: Sequence[int]) -> Iterator[Batch]:
    rows_of: RowsOf = READERS[asked.dataset](asked)
    left = iter(ids)
    done = 0
    while some := list(islice(left, _TICKETS_AT_ONCE)):
        with read() as connection:
            rows = rows_of(Slice(connection, some))
        done += len(some)
        yield Batch(rows, done)


def _entries(read: Read, asked: Asked) -> Iterator[Batch]:
    after = 0
    while True:
        with read() as connection:
            found = streams.entries(connection, after, asked.ends.entries)
        if not found:
            return
        after = found[-1].seq
        yield Batch(entry_rows(asked, found), after)
