"""KPIs of the demo desk agree with another road: from its exported facts, slowly, with nothing of the program."""

import io
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from figures_road import figures, read

from deskterm.core.desk import Desk
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.words import Via
from deskterm.core.kpi_views import Asked, Figure
from deskterm.core.services import demo, setup
from deskterm.core.services.demo_plot import EXECUTIVE
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted
from deskterm.core.store.engine import Store

DATA: Final = Path(__file__).parents[2] / "data"
NOW: Final = datetime(2026, 10, 6, 9, 5, tzinfo=ZoneInfo("Africa/Lagos")).astimezone(UTC)
PERIODS: Final = ("2026-09", "month", "2026-09-29..2026-10-02")  # the last with a holiday in it
LEAST: Final = 20
"""So many KPIs at least have something to say of each period: else nothing would be compared."""


def test_two_roads_from_the_facts_come_to_the_same_figures(empty_url: str) -> None:
    profile, script = ((DATA / folder / "acob.toml").read_text("utf-8") for folder in ("profiles", "demo"))
    with closing(Store(empty_url)) as store:
        setup.make_desk(store, profile, source="acob", login="tour", name="Demo admin", now=NOW, purpose=setup.DEMO)
        demo.fill(store, script, NOW)
        desk = Desk(store, setup.identify(store, EXECUTIVE)[0], lambda: NOW, Via.CLI)
        out = io.BytesIO()
        write(desk.export(Wanted(Dataset.FACTS, internal=True)), Shape(Format.JSONL), out)
        told = read(out.getvalue().splitlines())
        for period in PERIODS:
            boards = [desk.board(name, Asked(period)) for name, _ in desk.boards() if name != "sheet"]
            shown: dict[str, Figure] = {figure.name: figure for board in boards for figure in board.figures}
            since, until = boards[0].period.since, boards[0].period.until
            found = figures(told, since, until, NOW)
            differ = {
                name: (said, shown[name])
                for name, said in found.items()
                if not said.is_as(shown[name].n, shown[name].value, shown[name].median, shown[name].p90)
            }
            assert differ == {}
            assert sum(said.n > 0 for said in found.values()) >= LEAST
