"""Whether every figure of every board is what another road comes to: from exported facts, with nothing of the program.

python benchmarks/kpi_two_roads.py DATABASE [--login LOGIN] [--periods all last-month ...] [--people N]

Each period is asked for whole, by each breakdown, of each of the busiest departments and people; by month only where a
period is a year or less. The other road is that of the tests (tests/domain/kpi_road.py). It prints how many figures
agree, by name, and ends with 1 when one doesn't, with its tickets.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.append(str(Path(__file__).parents[1] / "tests" / "domain"))
from kpi_road import KpiRoad
from roads_compared import Compared, compare, exported

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.words import Via
from deskterm.core.kpi_views import Asked, By
from deskterm.core.services import setup
from deskterm.core.services.setup import os_login
from deskterm.core.store.engine import Store

_WHOLE = (None, By.DEPARTMENT, By.PERSON, By.PRIORITY, By.CATEGORY)


def askings(road: KpiRoad, period: str, people: int) -> Sequence[Asked]:
    """What is asked for of a period: all, by each breakdown, and of those who have most to do."""
    facts = [fact for told in road.tickets.values() for fact in told]
    busy = Counter(fact["assignee"] for fact in facts if fact.get("assignee")).most_common(people)
    departments = Counter(told[0]["department"] for told in road.tickets.values()).most_common(2)
    ways = _WHOLE if period == "all" else (*_WHOLE, By.MONTH)
    return [
        *(Asked(period, by=by) for by in ways),
        *(Asked(period, department=key, by=by) for key, _ in departments for by in (None, By.PERSON, By.PRIORITY)),
        *(Asked(period, person=key) for key, _ in busy),
    ]


def main() -> int:
    """Compares each period; gives 1 when a figure differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--login", default="", help="somebody who sees all; without it you")
    parser.add_argument("--periods", nargs="+", default=["all", "last-month", "month"])
    parser.add_argument("--people", type=int, default=3)
    given = parser.parse_args()
    now, compared, begun = system_clock().replace(microsecond=0), Compared(), time.perf_counter()
    with closing(Store(given.database, read_only=True)) as store:
        actor, _ = setup.identify(store, os_login(), acting_as=given.login)
        desk = Desk(store, actor, lambda: now, Via.CLI)
        road = KpiRoad.read(exported(desk), desk.profile_text()[0])
        zone = ZoneInfo(road.rules[""].told["calendars"][desk.profile().default_calendar]["zone"])
        boards = [name for name, _ in desk.boards()]
        for period in given.periods:
            compare(desk, road, now, askings(road, period, given.people), boards, compared, zone)
    print("| figure | compared | n > 0 | differ |\n|---|---|---|---|")
    wrong = Counter(figure.name for _, figure, _ in compared.differ)
    for name, number in sorted(compared.figures.items()):
        print(f"| {name} | {number:,} | {compared.told[name]:,} | {wrong[name]} |")
    print(f"| all | {compared.figures.total():,} | {compared.told.total():,} | {wrong.total()} |")
    print(f"{len(road.tickets):,} tickets, {time.perf_counter() - begun:,.0f} s")
    for where, figure, said in compared.differ[:50]:
        print(f"{where}: {figure.name} is {(figure.n, figure.value, figure.median, figure.p90)} on the board,")
        print(f"  {said[:4]} by the other road, of {sorted(said.tickets)[:20]}")
    return int(bool(compared.differ))


if __name__ == "__main__":
    sys.exit(main())
