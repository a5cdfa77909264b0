"""How many rows a second an export writes as JSON lines, and in how much memory, beside the least that it could be.

python benchmarks/export_rows.py DATABASE LOGIN [--what tickets,comments,facts] [--filter TEXT] [--runs 3]

DATABASE is an SQLite URL; nothing is written to it, and what is exported is thrown away. LOGIN is somebody who sees
every ticket. The yardstick runs in turn with it in the same process: the bare driver's rows of the same table, each
through json.dumps. An export tells more than that: names for numbers, times in ISO 8601, what each clock came to. Times
are the processor's, the least of all runs; on a busy machine both are longer, and what counts is the ratio.
"""

import argparse
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted
from deskterm.core.store.engine import Store

BAR: Final = 50_000
"""Rows a second that are asked for."""
_TABLES: Final = {
    Dataset.TICKETS: "help_desk_tickets",
    Dataset.COMMENTS: "help_desk_comments",
    Dataset.APPROVALS: "help_desk_approvals",
    Dataset.FACTS: "help_desk_facts",
    Dataset.AUDIT: "help_desk_audit",
}


def taken(work: Callable[[], int]) -> tuple[int, float, float]:
    """Gives how many rows something wrote, the processor's seconds a row, and those that went by."""
    begun, clock = time.process_time(), time.perf_counter()
    rows = work()
    return rows, (time.process_time() - begun) / max(rows, 1), time.perf_counter() - clock


def exported(desk: Desk, dataset: Dataset, wanted: str) -> int:
    """Writes an export to nowhere; gives how many rows."""
    asked = Wanted(dataset, parse_filter(wanted), internal=True)
    with Path("/dev/null").open("wb") as out:
        return write(desk.export(asked), Shape(Format.JSONL), out).rows


def bare(path: Path, table: str, most: int) -> int:
    """Writes so many rows of a table to nowhere, as the driver gives them; gives how many."""
    count = 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection, Path("/dev/null").open("w") as out:
        connection.row_factory = sqlite3.Row
        for row in connection.execute(f"SELECT * FROM {table} LIMIT ?", (most,)):  # noqa: S608 - one of our own
            out.write(json.dumps(dict(row)) + "\n")
            count += 1
    return count


def main() -> int:
    """Measures in turn and prints the best of each; gives 1 when tickets miss the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("login")
    parser.add_argument("--what", default="tickets,comments,facts")
    parser.add_argument("--filter", default="")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    missed = 0
    with closing(Store(given.database, read_only=True)) as store:
        if store.path is None:
            parser.error("the yardstick is SQLite's own driver")
        path = store.path
        desk = Desk(store, setup.identify(store, setup.os_login(), acting_as=given.login)[0], system_clock, Via.CLI)
        for dataset in map(Dataset, given.what.split(",")):
            pairs = []
            for _ in range(given.runs):
                ours = taken(partial(exported, desk, dataset, given.filter))
                least = taken(partial(bare, path, _TABLES[dataset], ours[0]))
                pairs.append((ours, least))
            rate, floor = (1 / min(pair[side][1] for pair in pairs) for side in (0, 1))
            wall = max(pair[0][0] / pair[0][2] for pair in pairs)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            missed += dataset is Dataset.TICKETS and rate < BAR
            said = f"{dataset}: {pairs[0][0][0]:,} rows, {rate:,.0f} a second ({wall:,.0f} by the wall clock)"
            print(f"{said}, the bare driver and json.dumps {floor:,.0f}, ratio {floor / rate:.2f}, {memory} MB at most")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
