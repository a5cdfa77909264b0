"""Every figure of every board is what another road comes to: from exported facts, with nothing of the program."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from kpi_road import KpiRoad
from roads_compared import Compared, compare, exported

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Via
from deskterm.core.kpi_views import Asked, Board, By
from deskterm.core.services import as_of, demo, demo_decade, setup
from deskterm.core.services.context import Context
from deskterm.core.services.demo_plot import EXECUTIVE
from deskterm.core.store.engine import Store

DATA: Final = Path(__file__).parents[2] / "data"
PROFILE: Final = (DATA / "profiles" / "acob.toml").read_text("utf-8")
SCRIPT: Final = (DATA / "demo" / "acob.toml").read_text("utf-8")
LAGOS: Final = ZoneInfo("Africa/Lagos")
NOW: Final = datetime(2026, 10, 6, 9, 5, tzinfo=LAGOS).astimezone(UTC)
SMALL: Final = (
    *(Asked("2026-09", by=by) for by in (None, By.PERSON, By.CATEGORY, By.MONTH)),
    *(Asked("month", by=by) for by in (None, By.PRIORITY)),
    Asked("all", by=By.PERSON),
    Asked("2026-09-29..2026-10-02", department="it", by=By.PERSON),  # with a holiday in it
    Asked("2026-09", department="operations", priority="2"),
    Asked("2026-09", person="ada"),
    Asked("month", person="ada", category="it_design"),
)
OLD: Final = (
    Asked("2025", by=By.CATEGORY),
    Asked("all", by=By.PRIORITY),
    Asked("year", department="accounts", by=By.PERSON),
    Asked("2025-Q3", department="it", by=By.PERSON),
)
SAID: Final = 15
"""So many figures at least have something to say somewhere: else little would be compared."""


def looked_at(store: Store, now: datetime) -> Desk:
    return Desk(store, setup.identify(store, EXECUTIVE)[0], lambda: now, Via.CLI)


def disagree(desk: Desk, askings: tuple[Asked, ...]) -> list[str]:
    compared, road = Compared(), KpiRoad.read(exported(desk), PROFILE)
    compare(desk, road, NOW, askings, [name for name, _ in desk.boards()], compared, LAGOS)
    assert sum(n > 0 for n in compared.told.values()) >= SAID
    return [f"{where}: {figure[:8]} is {said}" for where, figure, said in compared.differ]


@pytest.fixture
def store(empty_url: str) -> Iterator[Store]:
    with closing(Store(empty_url)) as opened:
        yield opened


def test_two_roads_come_to_the_same_figures_of_the_demo(store: Store) -> None:
    setup.make_desk(store, PROFILE, source="acob", login="tour", name="Demo admin", now=NOW, purpose=setup.DEMO)
    demo.fill(store, SCRIPT, NOW)
    assert disagree(looked_at(store, NOW), SMALL) == []


def past(board: Board) -> object:
    """What a board of a past period says, without when it was made."""
    return board._replace(as_of=None, made_at=NOW)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_two_roads_come_to_the_same_figures_of_ten_years_and_a_past_month_stays_as_it_was(store: Store) -> None:
    setup.make_desk(
        store, PROFILE, source="acob", login="root", name="Demo admin", now=demo_decade.beginning(NOW),
        purpose=setup.UNFINISHED,
    )  # fmt: skip
    demo_decade.fill(store, SCRIPT, NOW, count=300, processes=0)
    desk = looked_at(store, NOW)
    assert disagree(desk, OLD) == []
    actor, _ = setup.identify(store, EXECUTIVE)
    with closing(as_of.opened(Context(store, actor.id, lambda: NOW, Via.CLI), "2026-10-02", lambda *_: None)) as then:
        seen = Desk(then, actor, lambda: then.as_of, Via.CLI)
        for name in (name for name, _ in desk.boards() if name != "sheet"):
            for period in ("2026-08", "2026-Q3"):
                assert past(seen.board(name, Asked(period))) == past(desk.board(name, Asked(period)))
