"""What KPI boards cost on a desk of any size, beside one statement over the tickets of the same period.

python benchmarks/kpi_boards.py DATABASE LOGIN [--runs 7] [--periods quarter last-quarter all] [--boards NAME ...]

LOGIN is somebody who sees all. Reading and reckoning are both in; the measures must be in their blocks (the worker does
that). The yardstick is `SELECT department_id, count(*), avg(...) FROM help_desk_tickets WHERE created_at ... GROUP BY`,
in turn with each board. Times mean something on a quiet machine only: the processor's own are beside them.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.drills import read
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Via
from deskterm.core.kpi_views import Asked, Board
from deskterm.core.store import directory
from deskterm.core.store.engine import Store
from deskterm.core.views import View

BARS: Final = {"all": 1_000.0}
BAR: Final = 100.0
_YARDSTICK: Final = {
    True: "SELECT department_id, count(*), avg(julianday(resolved_at) - julianday(created_at)) FROM help_desk_tickets "
    "WHERE created_at >= :since AND created_at < :until GROUP BY department_id",
    False: "SELECT department_id, count(*), avg(extract(epoch FROM resolved_at - created_at)) FROM help_desk_tickets "
    "WHERE created_at >= :since AND created_at < :until GROUP BY department_id",
}


class Took(NamedTuple):
    """Milliseconds on the wall and of the processor, and what was made."""

    wall: float
    cpu: float
    made: Any


def took(work: Callable[[], object]) -> Took:
    """Gives how long something takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return Took(1_000 * (time.perf_counter() - wall), 1_000 * (time.process_time() - cpu), made)


def yardstick(store: Store, since: datetime, until: datetime) -> object:
    """Counts and averages the tickets of a period by department."""
    times = sa.bindparam("since", since, sa.DateTime), sa.bindparam("until", until, sa.DateTime)
    with store.read() as connection:
        return connection.execute(sa.text(_YARDSTICK[store.is_sqlite]).bindparams(*times)).all()


def line(store: Store, desk: Desk, name: str, asked: Asked, runs: int) -> bool:
    """Prints what a board costs, and gives whether it is within its bar."""
    board: Board = desk.board(name, asked)
    pairs = [
        (took(lambda: desk.board(name, asked)), took(lambda: yardstick(store, board.period.since, board.period.until)))
        for _ in range(runs)
    ]
    wall, cpu = (statistics.median(getattr(ours, of) for ours, _ in pairs) for of in ("wall", "cpu"))
    beside = statistics.median(other.wall for _, other in pairs)
    counted = max((one.n for one in board.figures), default=0)
    bar = BARS.get(asked.period, BAR)
    verdict = "PASS" if wall <= bar else "FAIL"
    print(
        f"| {name} | {asked.period} | {wall:,.0f} ms | {cpu:,.0f} ms | {beside:,.0f} ms | {wall / beside:.2f} x "
        f"| {counted:,} | {bar:,.0f} ms | {verdict} |",
        flush=True,
    )
    return bool(wall <= bar)


def drilled(desk: Desk, asked: Asked) -> None:
    """Prints what an explanation, the tickets behind a figure, and the pages of their list cost."""
    explained = took(lambda: desk.explain_kpi("sla", asked))
    if not explained.made.figure.n:
        return
    drill = explained.made.figure.drill.removeprefix("kpi:")
    behind = took(lambda: desk.kpi_tickets(read(drill)))
    wanted = parse_filter(explained.made.figure.drill)
    page = took(lambda: desk.page(View.ALL, wanted))
    more = took(lambda: desk.page(View.ALL, wanted, after=page.made.last))
    print(
        f"explained {asked.period}: {explained.wall:,.0f} ms; its {len(behind.made):,} tickets: {behind.wall:,.0f} ms; "
        f"the first page of their list: {page.wall:,.0f} ms, the next: {more.wall:,.0f} ms"
    )


def main() -> int:
    """Measures each board and period; gives 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("login")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--periods", nargs="+", default=["last-quarter", "quarter", "all"])
    parser.add_argument("--boards", nargs="+", default=[])
    given = parser.parse_args()
    with closing(Store(given.database)) as store:
        with store.read() as connection:
            (actor,) = directory.by_login(connection, [given.login]).values()
            staff = directory.staff(connection)
        desk = Desk(store, actor, system_clock, Via.CLI)
        agent = next(one.login for one in staff.values() if one.role == "agent" and one.is_active and one.login)
        for row in (" board | period | wall | processor | one statement | ratio | n | bar | ", "|".join(["---"] * 9)):
            print(f"|{row}|")
        within = [
            line(store, desk, name, Asked(period, person=agent or "" if name == "sheet" else ""), given.runs)
            for period in given.periods
            for name in given.boards or [name for name, _ in desk.boards()]
        ]
        for period in given.periods:
            drilled(desk, Asked(period))
    return int(not all(within))


if __name__ == "__main__":
    sys.exit(main())
