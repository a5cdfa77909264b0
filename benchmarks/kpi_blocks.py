"""How long the measures of a quarter, and of all time, take to be read, beside the same count asked of tickets in SQL.

python benchmarks/kpi_blocks.py DATABASE [--runs 7]

The yardstick is one aggregate over the tickets that were submitted in the same span, by department and priority: what
a single tile would cost without measures. Reading them gives what every tile, table and chart of a board is made of.
On a busy machine only the processor's own time says something.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.measures import Measured
from deskterm.core.domain.words import Via
from deskterm.core.services import gathering
from deskterm.core.services.context import Context
from deskterm.core.store import blocks
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import BLOCKS, TICKETS

FIELDS = frozenset({"at", "gone", "value", "code", "department"})
BARS = {"a quarter": 50, "all time": 600}


def read(context: Context, since: datetime | None, until: datetime | None, fields: frozenset[str]) -> int:
    """Gives how many measures there are in a span."""
    with context.store.read() as connection:
        found = gathering.columns(context, connection, tuple(Measured), since, until, fields=fields)
    return sum(part.at.size for part in found.values())


def aggregate(context: Context, since: datetime, until: datetime) -> int:
    """Gives how many tickets there are in a span, asked for as one tile would be."""
    spent = sa.func.count(TICKETS.c.resolved_at), sa.func.avg(TICKETS.c.stars), sa.func.count()
    query = sa.select(TICKETS.c.department_id, TICKETS.c.priority, *spent)
    query = query.where(TICKETS.c.created_at >= since, TICKETS.c.created_at < until)
    with context.store.read() as connection:
        rows = connection.execute(query.group_by(TICKETS.c.department_id, TICKETS.c.priority)).all()
    return sum(row[-1] for row in rows)


class Took(NamedTuple):
    """Milliseconds on the wall and of this process's processor, and what the work came to."""

    wall: float
    processor: float
    found: int


def took(work: Callable[[], int], runs: int) -> Took:
    """Gives the medians of some runs after a first one."""
    times = []
    for _ in range(runs + 1):
        begun, used = time.perf_counter(), time.process_time()
        found = work()
        times.append((1e3 * (time.perf_counter() - begun), 1e3 * (time.process_time() - used)))
    wall, processor = (statistics.median(some) for some in zip(*times[1:], strict=True))
    return Took(wall, processor, found)


def size(connection: Connection) -> str:
    """Gives how many blocks and measures there are, and how many bytes they take."""
    data = sum(
        (sa.func.length(column) for column in BLOCKS.c if isinstance(column.type, sa.LargeBinary)), sa.literal(0)
    )
    count, n, taken = connection.execute(sa.select(sa.func.count(), sa.func.sum(BLOCKS.c.n), sa.func.sum(data))).one()
    return f"{n:,} measures in {count:,} blocks, {taken / 1e6:,.0f} MB" if n else "no measures"


def main() -> int:
    """Measures in turn and prints medians; gives 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    store = Store(given.database, read_only=True)
    missed = False
    with store.read() as connection:
        latest = connection.scalar(sa.select(sa.func.max(TICKETS.c.created_at))) or datetime.now(UTC)
        print(size(connection), f"; made: {blocks.state(connection).ticket_id is None}")
    context = Context(store, 0, lambda: latest, Via.CLI)
    month = latest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    since = until.replace(year=until.year - (until.month == 1), month=(until.month - 4) % 12 + 1)
    begun = datetime(1970, 1, 1, tzinfo=UTC)
    for span, first, last in (("a quarter", since, until), ("all time", begun, latest)):
        yardstick = took(partial(aggregate, context, first, last), given.runs)
        for what, fields in (("every column", blocks.FIELDS), (", ".join(sorted(FIELDS)), FIELDS)):
            one = took(partial(read, context, first, last, fields), given.runs)
            verdict = "PASS" if one.wall <= BARS[span] else "FAIL" if fields is FIELDS or span == "a quarter" else "-"
            missed |= verdict == "FAIL"
            print(
                f"{span}: {one.found:,} measures, {what}: {one.wall:.0f} ms, {one.processor:.0f} of the processor "
                f"({verdict}, {BARS[span]:.0f} ms); {yardstick.found:,} tickets in SQL: {yardstick.wall:.0f} ms, "
                f"{yardstick.processor:.0f} of the processor, ratio {one.wall / yardstick.wall:.2f}"
            )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
