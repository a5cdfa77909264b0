"""How fast tickets are explained, and whether every ledger comes to its clock.

python benchmarks/explain_log.py DATABASE-URL LOGIN

LOGIN is somebody who sees every ticket, such as an admin. Each is explained as `sla explain` does, as of the last fact
of the desk; its sums, and the days of its bars, are compared with the stored clocks to the microsecond. The yardstick
is reading the same ticket's facts and folding them, which is what `doctor` does; slices of tickets in turn, in the same
process. Nothing is written.
"""

import argparse
import statistics
import sys
import time
from contextlib import closing
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clocks import consumed_us
from deskterm.core.domain.history import fold
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.services.context import load_policies
from deskterm.core.services.policies import Policies
from deskterm.core.store import tickets
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS, TICKETS
from deskterm.core.ticket_views import Explained

SLICE = 500


class Checked(NamedTuple):
    """How many clocks a ticket has, and what is wrong with its ledger."""

    clocks: int
    wrong: list[str]


def fold_all(store: Store, policies: Policies, numbers: list[int]) -> float:
    """Gives the seconds that the yardstick takes."""
    begun = time.perf_counter()
    for number in numbers:
        with store.read() as connection:
            _, profile_id = tickets.version_of(connection, number)
            facts = tickets.facts(connection, number)
        fold(facts, policies.of(profile_id), number)
    return time.perf_counter() - begun


def checked(store: Store, policies: Policies, found: Explained, now: datetime) -> Checked:
    """Compares an explanation with the stored clocks."""
    with store.read() as connection:
        loaded = tickets.load(connection, found.id)
    if loaded is None:
        return Checked(0, ["it is gone"])
    policy, history = policies.of(loaded.profile_id), loaded.history
    stored = {
        (c.name, c.cycle): consumed_us(c, policy.terms(c.name, history.ticket).calendar, now) for c in history.clocks
    }
    told = {(account.name, account.cycle): account for account in found.clocks}
    wrong = [] if found.agrees else ["the stored clocks are not what the facts say"]
    if told.keys() != stored.keys():
        wrong.append("it has other clocks")
    for place in told.keys() & stored.keys():
        account = told[place]
        counted = sum(stretch.counted_us for stretch in account.ledger)
        if account.used_us != stored[place] or (account.ledger and account.ledger[-1].sum_us != stored[place]):
            wrong.append(f"{place}: the ledger says {account.used_us}, the clock {stored[place]}")
        if counted != stored[place] and not any(stretch.begins_anew for stretch in account.ledger):
            wrong.append(f"{place}: its stretches come to {counted}, the clock to {stored[place]}")
        if counted != sum(day.counted_us for day in account.days):
            wrong.append(f"{place}: its days don't come to what was counted")
    return Checked(len(stored), wrong)


def main() -> int:
    """Measures, compares, and prints one line a figure; gives 1 when a ledger is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("login")
    given = parser.parse_args()
    with closing(Store(given.database)) as store:
        with store.read() as connection:
            now = connection.execute(sa.select(sa.func.max(FACTS.c.at))).scalar_one()
            numbers = list(connection.scalars(sa.select(TICKETS.c.id).order_by(TICKETS.c.id)))
            policies = load_policies(connection)
        desk = Desk(store, setup.identify(store, given.login)[0], lambda: now, Via.CLI)
        right = clocks = 0
        folding, explaining = [], []
        for at in range(0, len(numbers), SLICE):
            some = numbers[at : at + SLICE]
            folding.append(fold_all(store, policies, some))
            begun = time.perf_counter()
            explained = [desk.explain(number) for number in some]
            explaining.append(time.perf_counter() - begun)
            for found in explained:
                result = checked(store, policies, found, now)
                right += not result.wrong
                clocks += result.clocks
                for line in result.wrong:
                    print(f"{found.id}: {line}")
    print(f"{right:,} of {len(numbers):,} tickets, {clocks:,} clocks: every sum is the clock's own to the microsecond")
    ratio = statistics.median(ours / theirs for theirs, ours in zip(folding, explaining, strict=True))
    print(f"{len(numbers) / sum(explaining):,.0f} explained a second, as of {now:%Y-%m-%d %H:%M} UTC")
    print(f"yardstick (reading and folding alone): {len(numbers) / sum(folding):,.0f} a second; ratio {ratio:.1f}")
    return int(right < len(numbers))


if __name__ == "__main__":
    sys.exit(main())
