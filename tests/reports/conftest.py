"""A board as the desk would give it, made of values that the test says."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.periods import before, period
from deskterm.core.kpi_views import Board, Chart, Figure, Kind, Line, Series, Table

_LAGOS = ZoneInfo("Africa/Lagos")
_NOW = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
_MONTH = period("2026-09", date(2026, 10, 5), _LAGOS)
_DAYS = tuple(f"{day:02}" for day in range(1, 31))
_HOURS = tuple(f"{hour:02}" for hour in range(24))
_MONTHS = ("Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep")
_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _figure(
    name: str,
    label: str,
    unit: Unit,
    value: float | None,
    n: int,
    *,
    spread: tuple[float, float] | None = None,
    goal: float | None = None,
    was: float | None = None,
    trend: tuple[float | None, ...] = (),
) -> Figure:
    median, p90 = spread or (None, None)
    met = None if goal is None or value is None else value >= goal
    drill = f"kpi:{name}@2026-09/dept:it"
    return Figure(name, label, unit, value, n, median, p90, goal, met, was, (*trend, value), drill, drill)


@pytest.fixture
def make_board() -> Callable[[str], Board]:
    """Gives the board of a month; the person, the category and the scope are called as is said."""

    def made(name: str) -> Board:
        sla = _figure(
            "sla", "SLA compliance", Unit.SHARE, 0.8642, 346, goal=0.9, was=0.917, trend=(0.9, 0.93, None, 0.91)
        )
        response = _figure(
            "response",
            "Response",
            Unit.SECONDS,
            5_400.0,
            351,
            spread=(3_300.0, 14_400.0),
            was=4_800.0,
            trend=(4e3, 5e3),
        )
        figures = (
            sla,
            _figure("csat", "CSAT", Unit.STARS, 4.21, 97, goal=4.0, was=4.18, trend=(4.1, 4.3, 4.2)),
            response,
            _figure("submitted", "Came in", Unit.COUNT, 362.0, 362, was=341.0, trend=(300.0, 320.0, 341.0)),
            _figure("reopen-rate", "Reopened", Unit.SHARE, None, 0),
            _figure("waiting", "Hours waiting", Unit.SECONDS, 1_234_000.0, 88, spread=(7_200.0, 40_000.0), was=9e5),
            _figure("through-chain", "Through the chain", Unit.SHARE, 1.0, 12, goal=1.0, was=1.0),
        )
        lines = (
            Line("ife", name, (sla, response)),
            Line("ini", "Ini of IT", (sla._replace(value=0.91, n=120), response)),
        )
        volume = Chart(
            "volume", "Volume in and out", Kind.BARS, Unit.COUNT, _DAYS,
            (
                Series("in", tuple(float(10 + (7 * n) % 9) for n in range(30))),
                Series("out", tuple(float(8 + (5 * n) % 11) if n != 4 else None for n in range(30))),
            ),
        )  # fmt: skip
        compliance = Chart(
            "compliance", "SLA compliance", Kind.LINE, Unit.SHARE, _MONTHS,
            (
                Series("response", (0.93, 0.95, None, 0.91, 0.94, 0.92, 0.9, 0.88)),
                Series("resolution", (0.9, 0.91, 0.92, 0.93, 0.9, 0.91, 0.917, 0.8642)),
            ),
        )  # fmt: skip
        ages = Chart(
            "ages", "Age of what is open", Kind.BARS, Unit.COUNT,
            ("under a day", "1 to 3 days", "3 to 7 days", name), (Series("open", (14.0, 22.0, 9.0, 31.0)),),
        )  # fmt: skip
        heat = Chart(
            "arrivals", "Arrivals by hour and weekday", Kind.HEAT, Unit.COUNT, _HOURS,
            tuple(
                Series(day, tuple(float(max(0, 12 - abs(hour - 10) * 2 - 6 * (row > 4))) for hour in range(24)))
                for row, day in enumerate(_WEEK)
            ),
        )  # fmt: skip
        return Board(
            "department", "Department", f"IT of {name}", _MONTH, before(_MONTH), None, _NOW, figures,
            (Table("By person", "person", ("SLA", "RESPONSE"), lines),), (volume, compliance, ages, heat),
        )  # fmt: skip

    return made
