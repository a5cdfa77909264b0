"""Whether the figures of a desk are what another road comes to: from its exported facts, with nothing of the program.

python benchmarks/two_roads.py DATABASE LOGIN [--periods all last-month]

LOGIN is somebody who sees all. All tickets must have come under one profile whose main clock has targets by priority
alone, as acob and servicepro. The other road is that of the tests (tests/domain/figures_road.py). It prints what
differs, and ends with 1 when anything does.
"""

import argparse
import io
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.words import Via
from deskterm.core.kpi_views import Asked
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted
from deskterm.core.store import directory
from deskterm.core.store.engine import Store

sys.path.append(str(Path(__file__).parents[1] / "tests" / "domain"))
from figures_road import Told, figures, read


def compared(desk: Desk, told: Told, period: str, now: datetime) -> bool:
    """Prints how the figures of a period agree, and gives whether all do."""
    boards = [desk.board(name, Asked(period)) for name, _ in desk.boards() if name != "sheet"]
    shown = {figure.name: figure for board in boards for figure in board.figures}
    begun = time.perf_counter()
    found = figures(told, boards[0].period.since, boards[0].period.until, now)
    took = time.perf_counter() - begun
    differ = [
        f"  {name}: the board has {figure.n}, {figure.value}, {figure.median}, {figure.p90}; the other road {said}"
        for name, said in found.items()
        if not said.is_as((figure := shown[name]).n, figure.value, figure.median, figure.p90)
    ]
    events = max(said.n for said in found.values())
    print(f"| {period} | {len(found) - len(differ)} of {len(found)} agree | n up to {events:,} | {took:,.1f} s |")
    print("\n".join(differ), end="\n" if differ else "", flush=True)
    return not differ


def main() -> int:
    """Compares each period; gives 1 when a figure differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("login")
    parser.add_argument("--periods", nargs="+", default=["all", "last-month"])
    given = parser.parse_args()
    now = system_clock()  # one for both roads: an age is as of it
    with closing(Store(given.database)) as store:
        with store.read() as connection:
            (actor,) = directory.by_login(connection, [given.login]).values()
        desk = Desk(store, actor, lambda: now, Via.CLI)
        out = io.BytesIO()
        write(desk.export(Wanted(Dataset.FACTS, internal=True)), Shape(Format.JSONL), out)
        told = read(out.getvalue().splitlines())
        agreed = [compared(desk, told, period, now) for period in given.periods]
    return int(not all(agreed))


if __name__ == "__main__":
    sys.exit(main())
