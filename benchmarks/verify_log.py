"""How fast `audit verify` proves a desk's audit trail.

python benchmarks/verify_log.py DATABASE [--runs 3]

The yardstick is the least that a chain of hashes takes: SHA-256 over each body and the hash before it, the bodies read
raw, in the same process and run. The verifier does that, and reads every fact, comment and ticket beside it.
"""

import argparse
import statistics
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa

from deskterm.core.domain.trail import Damage, Verdict
from deskterm.core.services.auditing import verify
from deskterm.core.store import schema
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import AUDIT

BAR = 19_000


def hash_bare(store: Store) -> tuple[float, int]:
    """Gives the seconds that hashing every body behind the one before takes, and how many there are."""
    begun = time.perf_counter()
    count, last = 0, ""
    with store.read() as connection:
        for (body,) in connection.execute(sa.select(AUDIT.c.body).order_by(AUDIT.c.seq)):
            last = sha256(f"{last}{body}".encode()).hexdigest()
            count += 1
    return time.perf_counter() - begun, count


def proved(store: Store) -> tuple[float, Verdict]:
    """Gives the seconds that the verifier takes, and its verdict under no heads."""
    begun = time.perf_counter()
    verdict = verify(store, heads=None, keys=frozenset(), now=datetime.now(UTC), check_head=lambda _: False)
    return time.perf_counter() - begun, verdict


def main() -> int:
    """Measures and prints one line a figure; gives 1 when the trail isn't whole or the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with closing(Store(given.database)) as store:
        schema.check(store)
        bare, ours = [], []
        damage: tuple[Damage, ...] = ()
        for _ in range(given.runs + 1):
            seconds, entries = hash_bare(store)
            bare.append(seconds)
            seconds, verdict = proved(store)
            ours.append(seconds)
            damage = tuple(found.kind for found in verdict.damage)
    taken, yardstick = statistics.median(ours[1:]), statistics.median(bare[1:])
    ratio = statistics.median(a / b for a, b in zip(ours[1:], bare[1:], strict=True))
    print(f"{entries:,} entries, {verdict.tickets:,} tickets: {', '.join(damage) or 'whole'}")
    print(f"verify {taken:.1f} s, {entries / taken:,.0f} entries a second (median of {given.runs}; the bar is {BAR:,})")
    print(f"yardstick (bare SHA-256 over the same bodies): {yardstick:.2f} s; ratio {ratio:.1f}")
    return int(bool(damage) or entries / taken < BAR)


if __name__ == "__main__":
    sys.exit(main())
