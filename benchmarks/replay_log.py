"""How long a replay of the whole desk under another profile takes, beside reading the same facts and no more.

python benchmarks/replay_log.py DATABASE-URL LOGIN PROFILE [--runs N]

LOGIN is somebody who sees every ticket, such as an admin; PROFILE is a file or a shipped profile's name. The yardstick
reads every fact of the same tickets in the same slices, as plain rows; the two in turn, in the same process, after one
of each that is not counted. Nothing is written. Where the desk has one profile, its tickets are then replayed under
that: nothing may flip.
"""

import argparse
import statistics
import sys
import time
from contextlib import closing

import sqlalchemy as sa

from deskterm.bootstrap import profile_text
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.store import directory
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS, TICKETS

SLICE = 500


def read_raw(store: Store) -> tuple[float, int]:
    """Gives the seconds that the yardstick takes, and how many facts it read."""
    begun, facts = time.perf_counter(), 0
    with store.read() as connection:
        numbers = list(connection.scalars(sa.select(TICKETS.c.id).order_by(TICKETS.c.id)))
    columns = (FACTS.c.ticket_id, FACTS.c.kind, FACTS.c.at, FACTS.c.actor_id, FACTS.c.data)
    for at in range(0, len(numbers), SLICE):
        some = sa.select(*columns).where(FACTS.c.ticket_id.in_(numbers[at : at + SLICE]))
        with store.read() as connection:
            facts += len(connection.execute(some.order_by(FACTS.c.ticket_id, FACTS.c.version)).all())
    return time.perf_counter() - begun, facts


def main() -> int:
    """Measures and prints one line a figure; gives 1 when something flips under its own profile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("login")
    parser.add_argument("profile")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    text, source = profile_text(given.profile)
    with closing(Store(given.database)) as store:
        with store.read() as connection:
            now = connection.execute(sa.select(sa.func.max(FACTS.c.at))).scalar_one()
            profiles = directory.profiles(connection)
        desk = Desk(store, setup.identify(store, given.login)[0], lambda: now, Via.CLI)
        raw, ours = [], []
        for _ in range(given.runs + 1):
            seconds, facts = read_raw(store)
            raw.append(seconds)
            begun = time.perf_counter()
            found = desk.replay(text, source)
            ours.append(time.perf_counter() - begun)
        own = [desk.replay(stored[2], "its own") for stored in profiles.values()] if len(profiles) == 1 else []
    taken, ratio = (
        statistics.median(ours[1:]),
        statistics.median(a / b for a, b in zip(ours[1:], raw[1:], strict=True)),
    )
    worse = sum(flip.after == "missed" for flip in found.flips)
    print(f"{found.tickets:,} tickets, {facts:,} facts, {' and '.join(found.before)} against {found.after}")
    print(f"{worse:,} become missed, {len(found.flips) - worse:,} become met, {len(found.left_out)} left out")
    print(f"replay {taken:.1f} s, {found.tickets / taken:,.0f} tickets a second (median of {given.runs})")
    print(f"yardstick (reading the same facts raw): {statistics.median(raw[1:]):.1f} s; ratio {ratio:.1f}")
    flips = sum(len(replayed.flips) for replayed in own)
    if own:
        print(f"under their own profile {flips} flip")
    return int(flips > 0)


if __name__ == "__main__":
    sys.exit(main())
