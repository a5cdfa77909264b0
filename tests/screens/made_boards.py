"""Boards made by hand, for tests of how they are drawn."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.periods import before, period
from deskterm.core.kpi_views import Board, Chart, Figure, Kind, Line, Series, Table

MONTH = period("2026-09", date(2026, 10, 5), ZoneInfo("Africa/Lagos"))


def figure(name: str, unit: Unit = Unit.SHARE, value: float | None = 0.947, n: int = 1204, **more: Any) -> Figure:
    """Gives a figure of September, its drill that of the whole desk."""
    rest: dict[str, Any] = dict.fromkeys(("median", "p90", "goal", "is_met", "before"))
    rest |= {"trend": (), "drill": f"kpi:{name}@2026-09", "label": name.upper(), **more}
    return Figure(name=name, unit=unit, value=value, n=n, **rest)


SLA = figure(
    "sla", goal=0.9, is_met=True, before=0.931, trend=(0.8, 0.9, None, 0.947), drill_missed="kpi:sla.missed@2026-09"
)
CSAT = figure("csat", Unit.STARS, 3.8, 88, goal=4.0, is_met=False, before=4.1)
RESPONSE = figure("response", Unit.SECONDS, 7800, 1250, median=5400, p90=21600, before=9000)
RATED = figure("cadence", value=None, n=0)
FIGURES = (SLA, CSAT, RESPONSE, RATED)
VOLUME = Chart(
    "volume", "In and out", Kind.BARS, Unit.COUNT, ("Mon", "Tue"),
    (Series("in", (3.0, 4.0)), Series("out", (2.0, 5.0))), ("kpi:submitted@2026-09-07", ""),
)  # fmt: skip


def table(labels: Sequence[str], *, by: str = "department", figures: Sequence[Figure] = FIGURES) -> Table:
    """Gives a table with the same figures in each line."""
    lines = tuple(Line(label.lower(), label, tuple(figures)) for label in labels)
    return Table(f"By {by}", by, tuple(one.label for one in figures), lines)


def board(*, tables: Sequence[Table] = (), charts: Sequence[Chart] = (VOLUME,)) -> Board:
    """Gives a board of September."""
    made = datetime(2026, 10, 5, 9, tzinfo=UTC)
    return Board(
        "overview",
        "Overview",
        "the whole desk",
        MONTH,
        before(MONTH),
        None,
        made,
        FIGURES,
        tuple(tables),
        tuple(charts),
    )
