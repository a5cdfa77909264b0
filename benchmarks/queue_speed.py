"""What the queue costs on a desk of any size: bytes and times of keys in a real terminal, and of pages in the database.

python benchmarks/queue_speed.py DATABASE LOGIN [--runs 9] [--only keys|pages|words]

The terminal is a pty of 120x36; what a key sends is all that comes until the program is silent. Pages are their own
statements sent once more on the bare driver, beside hand-written keyset SQL of the same rows and their clocks, in turn.
LOGIN is somebody who sees every ticket. One ticket's priority is changed and changed back: use a copy of a desk. Times
mean something on a quiet machine only; bytes are exact anywhere.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import pexpect
import pyte
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.errors import NotAllowed, NotFound
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Action, Via
from deskterm.core.named_views import BUILT_IN, NamedView
from deskterm.core.services import setup
from deskterm.core.services.demo import PERSONAS
from deskterm.core.store.engine import Store
from deskterm.core.views import Cursor, Order, Page, QueueRow, View, orders

SILENCE: Final = 0.4
IDLE: Final = 10.0
PAGE: Final = 50
FEW, MANY = 600, 9_000
WATCHED: Final = """
import asyncio.events, sys, time
run, worst = asyncio.events.Handle._run, [0.0, ""]
def timed(handle):
    begun = time.thread_time()
    told = repr(handle._callback)[:200]
    run(handle)
    taken = time.thread_time() - begun
    if taken > worst[0] and time.monotonic() > ready[0]:
        worst[:] = [taken, told]
ready = [time.monotonic() + 4]
asyncio.events.Handle._run = timed
from deskterm.cli import main
try:
    main(sys.argv[2:])
finally:
    open(sys.argv[1], "w").write(f"{worst[0] * 1000:.0f} {worst[1]}")
"""


class Line(NamedTuple):
    """A figure: what, how much in which unit, the bar (0 is none), and whatever else is to be said."""

    what: str
    value: float
    unit: str
    bar: float = 0
    note: str = ""

    def __str__(self) -> str:
        verdict = "" if not self.bar else "PASS" if self.value <= self.bar else "FAIL"
        bar = f"{self.bar:g}" if self.bar else ""
        return f"| {self.what} | {self.value:,.1f} {self.unit} | {bar} | {verdict} | {self.note} |".replace(".0 ", " ")


class Terminal:
    """The program in a pty, and the screen as it stands."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        self.screen = pyte.Screen(120, 36)
        self._stream = pyte.ByteStream(self.screen)
        env = {**os.environ, "TERM": "xterm-256color", **environment}
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable, arguments, dimensions=(36, 120), timeout=60, env=env
        )
        self._child.delaybeforesend = None

    def shows(self, text: str) -> None:
        """Reads until a text is on the screen."""
        while not any(text in line for line in self.screen.display):
            self._stream.feed(self._child.read_nonblocking(65_536, timeout=60))

    def silent(self, seconds: float = SILENCE) -> tuple[int, float]:
        """Reads until nothing comes for so long; gives how many bytes came, and when the last did."""
        count, last = 0, time.perf_counter()
        while True:
            try:
                found = self._child.read_nonblocking(65_536, timeout=seconds)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return count, last
            count, last = count + len(found), time.perf_counter()
            self._stream.feed(found)

    def press(self, key: str) -> tuple[int, float]:
        """Presses a key; gives the bytes that it sends, and the milliseconds until the last of them."""
        begun = time.perf_counter()
        self._child.send(key)
        count, last = self.silent()
        return count, max(0.0, last - begun) * 1_000

    def until_lines_change(self, key: str) -> float:
        """Presses a key; gives the milliseconds until other lines are in the list."""
        before, begun = self._lines(), time.perf_counter()
        self._child.send(key)
        while self._lines() == before and time.perf_counter() - begun < 5:
            try:
                found = self._child.read_nonblocking(65_536, timeout=1)
            except pexpect.TIMEOUT:
                continue
            last = time.perf_counter()
            self._stream.feed(found)
        taken = (last - begun) * 1_000
        self.silent()
        return taken

    def _lines(self) -> list[str]:
        return [line for line in self.screen.display[2:-2] if "HD-" in line]

    def close(self) -> None:
        """Ends the program as its user does."""
        self._child.send("q")
        self.silent(2)
        self._child.close(force=True)


def main() -> int:
    """Measures, prints a table, and gives 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("login")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--only", choices=["keys", "pages", "words"])
    given = parser.parse_args()
    parts: dict[str, Callable[[argparse.Namespace], Iterable[Line]]] = {"keys": keys, "pages": pages, "words": words}
    print("| what | measured | bar | | |\n|---|---|---|---|---|")
    missed = False
    for name, measure in parts.items():
        if given.only in {None, name}:
            for line in measure(given):
                print(line, flush=True)
                missed |= bool(line.bar) and line.value > line.bar
    return int(missed)


def keys(given: argparse.Namespace) -> Iterator[Line]:
    """Gives the figures of keys: without the preview, which is a read of its own, and what that adds."""
    arguments = ["--database", given.database, "--as", given.login]
    with tempfile.TemporaryDirectory() as folder:
        worst = Path(folder) / "worst"
        terminal = Terminal(["-c", WATCHED, str(worst), *arguments], DESKTERM_PREVIEW_COLUMNS="1000")
        terminal.shows("HD-")
        terminal.silent(3)
        terminal.press("9")
        yield from _moves(terminal, given.runs)
        yield from _views(terminal)
        yield from _letters(terminal)
        terminal.press("2")
        yield _changed(terminal, given)
        terminal.press("8")
        terminal.silent(2)
        yield Line(f"idle for {IDLE:g} s", terminal.silent(IDLE)[0], "bytes", 0.5)
        terminal.close()
        taken, _, who = worst.read_text().partition(" ")
        yield Line("longest UI handler", float(taken), "ms", 50, who.replace("|", "/")[:80])
    beside = Terminal(["-m", "deskterm", *arguments])
    beside.shows("HD-")
    beside.silent(3)
    beside.press("9")
    found = [beside.press("j") for _ in range(given.runs)]
    yield Line("cursor key with the preview beside it", statistics.median(count for count, _ in found), "bytes")
    beside.close()


def _moves(terminal: Terminal, runs: int) -> Iterator[Line]:
    moved = [terminal.press("j") for _ in range(runs)]
    yield _bytes("cursor key", moved, FEW)
    yield Line("cursor key", statistics.median(taken for _, taken in moved), "ms", 15)
    turned = [terminal.press("\x1b[6~") for _ in range(runs)]
    yield _bytes("next page", turned, MANY)
    yield Line("next page", statistics.median(taken for _, taken in turned), "ms", 60)
    terminal.press("g")


def _bytes(what: str, found: list[tuple[int, float]], bar: int) -> Line:
    """Gives the bytes of most presses: into some of them falls a clock that goes on, or a count that came."""
    counts = [count for count, _ in found]
    return Line(what, statistics.median(counts), "bytes", bar, f"{min(counts)} to {max(counts)}")


def _views(terminal: Terminal) -> Iterator[Line]:
    for key in "8920":
        view = next(one for one in BUILT_IN if one.key == key)
        yield Line(f"switching to {view.name}", terminal.until_lines_change(key), "ms", 100)
    terminal.press("9")


def _letters(terminal: Terminal) -> Iterator[Line]:
    terminal.press("/")
    for typed in ("p", "pr", "pri", "prin"):
        count, taken = terminal.press(typed[-1])
        yield Line(f"filter letter, {typed}", taken, "ms", 100, f"{count:,} bytes")
    for _ in range(2):
        terminal.press("\x1b")


def _changed(terminal: Terminal, given: argparse.Namespace) -> Line:
    with ExitStack() as opened:
        desks = [opened.enter_context(_desk(given.database, login)) for login in (given.login, *PERSONAS)]
        rows = desks[0].page(View.UNASSIGNED, limit=25).rows[1:]
        desk, row = next((desk, row) for row in rows for desk in desks if _may_change(desk, row.id))
        rules = {rule.rank: rule.key for rule in desk.priorities(row.id)}
        before, other = rules[row.priority], next(key for rank, key in rules.items() if rank != row.priority)
        terminal.silent(2)
        desk.act(row.id, Action.SET_PRIORITY, priority=other)
        count, _ = terminal.silent(2)
        desk.act(row.id, Action.SET_PRIORITY, priority=before)
        terminal.silent(2)
    return Line("one changed row", count, "bytes", FEW)


def _may_change(desk: Desk, ticket_id: int) -> bool:
    try:
        desk.check(ticket_id, Action.SET_PRIORITY)
    except (NotAllowed, NotFound):
        return False
    return True


@contextmanager
def _desk(database: str, login: str) -> Iterator[Desk]:
    with closing(Store(database)) as store:
        yield _as(store, login)


def _as(store: Store, login: str) -> Desk:
    return Desk(store, setup.identify(store, setup.os_login(), acting_as=login)[0], system_clock, Via.CLI)


COLUMNS: Final = """
SELECT t.id, t.version, t.status, t.reason, t.outcome, t.priority, t.title, t.assignee_id, t.department_id,
    t.next_due_at, t.created_at, t.updated_at, t.closed_at, t.profile_id, r.name, a.name, d.name, c.name
FROM help_desk_tickets t JOIN help_desk_people r ON r.id = t.requester_id
    JOIN help_desk_departments d ON d.id = t.department_id JOIN help_desk_categories c ON c.id = t.category_id
    LEFT JOIN help_desk_people a ON a.id = t.assignee_id
"""
BY: Final = {
    Order.DUE: ("t.next_due_at, t.id", ">"),
    Order.PRIORITY: ("t.priority, t.next_due_at, t.id", ">"),
    Order.UPDATED: ("t.updated_at, t.id", "<"),
    Order.CREATED: ("t.created_at, t.id", "<"),
    Order.CLOSED: ("t.closed_at, t.id", "<"),
}
OPEN: Final = "t.closed_at IS NULL"
PAUSED_LATE: Final = """EXISTS (SELECT 1 FROM help_desk_clocks k WHERE k.ticket_id = t.id AND k.stopped_at IS NULL
    AND k.target_us IS NOT NULL AND (k.target_us < k.consumed_us
        OR k.target_us - k.consumed_us < 1000000 AND k.breached_at IS NOT NULL))"""
WHERE: Final = {
    "mine": f"{OPEN} AND t.assignee_id = {{me}}",
    "unassigned": f"{OPEN} AND t.assignee_id IS NULL AND t.status IN ('new', 'in_progress', 'waiting')",
    "late": f"{OPEN} AND (t.next_due_at < '{{now}}' OR t.next_due_at = '{{never}}' AND {PAUSED_LATE})",
    "waiting": f"{OPEN} AND t.status = 'waiting'",
    "approvals": f"{OPEN} AND t.status = 'pending_approval'",
    "closed": "t.closed_at IS NOT NULL",
    "all": OPEN,
    "requested": "t.requester_id = {me}",
}


Run: TypeAlias = Callable[[Any, Any], list[Any]]


class Sent:
    """The statements that a store sends to read tickets, to be sent again on the bare driver."""

    def __init__(self, store: Store) -> None:
        self._kept: list[tuple[str, Any]] = []
        sa.event.listen(store.reader, "before_cursor_execute", self._sent)

    def _sent(self, *given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy gives them
        if "help_desk_tickets" in given[2] or "help_desk_clocks" in given[2]:
            self._kept.append((given[2], given[3]))

    def of(self, call: Callable[[], Page[QueueRow]]) -> tuple[Page[QueueRow], float, list[tuple[str, Any]]]:
        """Gives what a call gives, its milliseconds, and what it sent."""
        self._kept = []
        begun = time.perf_counter()
        found = call()
        return found, (time.perf_counter() - begun) * 1_000, self._kept


def _taken(run: Run, statements: Iterable[tuple[Any, Any]]) -> tuple[float, list[Any]]:
    begun = time.perf_counter()
    found = [run(statement, values) for statement, values in statements]
    return (time.perf_counter() - begun) * 1_000, found[0]


def pages(given: argparse.Namespace) -> Iterator[Line]:
    """Gives a page of each view and order, the first and the twentieth, beside hand-written SQL of the same rows."""
    with closing(Store(given.database)) as store, _driver(given.database) as run:
        desk, sent = _as(store, given.login), Sent(store)
        for view in BUILT_IN:
            if view.name not in WHERE:
                continue
            for order in orders(view.base, view.wanted):
                yield from _page(desk, sent, run, view, order, given.runs)


def _page(desk: Desk, sent: Sent, run: Run, view: NamedView, order: Order, runs: int) -> Iterator[Line]:
    after = None
    for number in range(1, 21):
        call = partial(desk.page, view.base, view.wanted, order=order, limit=PAGE, after=after)
        page, whole, statements = sent.of(call)
        if number in {1, 20} or page.last is None:
            hand = [(_by_hand(desk, view, order, after), ()), (_clocks_by_hand(page), ())]
            pairs = [(_taken(run, statements), _taken(run, hand)) for _ in range(runs)]
            same = [row[0] for row in pairs[0][1][1]][:PAGE] == [row.id for row in page.rows]
            ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
            ours, theirs = (statistics.median(one[0] for one in found) for found in zip(*pairs, strict=True))
            note = f"{ours:.2f} to {theirs:.2f} ms, {len(page.rows)} rows, {whole:.0f} ms in all"
            bar = 3 if page.rows else 0
            yield Line(
                f"{view.name} by {order}, page {number}", ratio, "x", bar, note + ("" if same else ", OTHER ROWS")
            )
        after = page.last
        if after is None:
            return


def _by_hand(desk: Desk, view: NamedView, order: Order, after: Cursor | None) -> str:
    now = system_clock()
    where = WHERE[view.name].format(me=desk.actor.id, now=_text(now), never=_text(NEVER))
    columns, sign = BY[order]
    if after is not None:
        ranks = f"{after.rank}, " if order is Order.PRIORITY else ""
        where += f" AND ({columns}) {sign} ({ranks}'{_text(after.at)}', {after.id})"
    way = "ASC" if sign == ">" else "DESC"
    return f"{COLUMNS} WHERE {where} ORDER BY {columns.replace(',', f' {way},')} {way} LIMIT {PAGE + 1}"


def _clocks_by_hand(page: Page[QueueRow]) -> str:
    numbers = ", ".join(str(row.id) for row in page.rows) or "NULL"
    return f"SELECT * FROM help_desk_clocks WHERE ticket_id IN ({numbers}) ORDER BY ticket_id, name, cycle"  # noqa: S608 - numbers


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def _driver(url: str) -> Iterator[Run]:
    """Gives what runs SQL on the bare driver; instants are UTC in both databases' own spelling."""
    if url.startswith("sqlite"):
        import sqlite3  # noqa: PLC0415 - one of two

        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as lite:
            yield lambda statement, values: lite.execute(statement, values).fetchall()
    else:
        import psycopg  # noqa: PLC0415 - one of two

        with psycopg.connect(url, options="-c timezone=UTC", autocommit=True) as server:
            yield lambda statement, values: server.execute(statement, values or None).fetchall()


def words(given: argparse.Namespace) -> Iterator[Line]:
    """Gives what looking for words takes in the database, all statements of a page together."""
    with closing(Store(given.database)) as store, _driver(given.database) as run:
        desk, sent = _as(store, given.login), Sent(store)
        for text in ("printer", "toner", "NB-04242", "printer toner", '"room 17"', "status:closed password"):
            page, whole, statements = sent.of(partial(desk.page, View.ALL, parse_filter(text), limit=PAGE))
            found = [_taken(run, statements)[0] for _ in range(given.runs)]
            note = f"{len(page.rows)} rows, {whole:.0f} ms in all"
            yield Line(f"words: {text}", statistics.median(found), "ms", 50, note)


if __name__ == "__main__":
    sys.exit(main())
