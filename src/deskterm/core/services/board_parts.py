"""What boards are put together from: tiles, tables and charts of figures that a `Reckoner` reckons."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from deskterm.core.domain import figures
from deskterm.core.domain.arrivals import arrivals
from deskterm.core.domain.drills import PREFIX, Drill
from deskterm.core.domain.figures import Cells
from deskterm.core.domain.kpi import Better, Definition, Reduced
from deskterm.core.domain.kpi_table import AGES
from deskterm.core.kpi_views import Chart, Figure, Kind, Line, Series, Table
from deskterm.core.services.reckoning import Dimension, Frame, Reckoner

MISSED: Final = "missed"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DRILLED: Final = {
    Dimension.DEPARTMENT: "dept",
    Dimension.PERSON: "person",
    Dimension.PRIORITY: "prio",
    Dimension.CATEGORY: "category",
    Dimension.TIER: "tier",
}


class Named(NamedTuple):
    """A group as it is shown: its key for filters, its name, where it stands among the others, and whose it is."""

    key: str
    label: str
    order: tuple[int, str]
    owner: str = ""

    def beside(self, others: Sequence["Named"]) -> str:
        """Gives its name, with whose it is where others have the same: each department has its procurement."""
        is_shared = self.owner and sum(one.label == self.label for one in others) > 1
        return f"{self.label} ({self.owner})" if is_shared else self.label


class _Drilled(NamedTuple):
    """What the drills of all figures of a line have in common: its period, and what it is narrowed to."""

    rest: str

    def of(self, name: str, part: str = "") -> str:
        """Gives the filter of a figure's tickets."""
        return f"{PREFIX}{name}{f'.{part}' if part else ''}{self.rest}"


def _drilled(drill: Drill) -> _Drilled:
    return _Drilled(drill.written.removeprefix(drill.name))


@dataclass(slots=True)
class Parts:
    """Tiles, tables and charts of one period beside the one it is compared with; `trend` ends with this one."""

    reckoner: Reckoner
    trend: Sequence[Frame]
    compared: Frame
    name: Callable[[Dimension, int], Named]

    @property
    def this(self) -> Frame:
        """The period of the board."""
        return self.trend[-1]

    def tiles(self, names: Sequence[str]) -> tuple[Figure, ...]:
        """Gives figures with their trends."""
        frames = (self.this, self.compared, *self.trend[-2::-1])
        found = []
        for name in names:
            one = self.reckoner.known[name]
            cells = self.reckoner.cells(one, frames)
            trend = figures.changes(cells.n) if one.reduced is Reduced.CHANGE else figures.trend(cells.value)
            shown = tuple(map(_number, trend.tolist()))
            found.append(self._figure(one, cells, 0, 1, self._drill(self.this), shown))
        return tuple(found)

    def table(self, title: str, by: Dimension, names: Sequence[str]) -> Table:
        """Gives figures by the values of a dimension."""
        wanted = [self.reckoner.known[name] for name in names]
        frames = (self.this, self.compared)
        groups = self.reckoner.groups(by, frames[:1], wanted)
        cells = [self.reckoner.cells(one, frames, groups) for one in wanted]
        named = [self.name(by, int(key)) for key in groups.keys]
        lines = []
        for place in sorted(range(len(named)), key=lambda number: named[number].order):
            key = named[place].key
            drill = self._of(by, key)
            made = (
                self._figure(one, found, place, groups.keys.size + place, drill, ())
                for one, found in zip(wanted, cells, strict=True)
            )
            line = Line(key, named[place].beside(named), tuple(made))
            lines += [line] if any(figure.n for figure in line.figures) else []
        return Table(title, by.value, tuple(one.heading for one in wanted), tuple(lines))

    def months(self, title: str, frames: Sequence[Frame], names: Sequence[str]) -> Table:
        """Gives figures by the months of the period."""
        wanted = [self.reckoner.known[name] for name in names]
        cells = [self.reckoner.cells(one, frames, ranked=len(frames)) for one in wanted]
        lines = []
        for place, frame in enumerate(frames):
            drill = self._drill(frame)
            made = (
                self._figure(one, found, place, place - 1 if place else None, drill, ())
                for one, found in zip(wanted, cells, strict=True)
            )
            lines.append(Line(frame.period.written, frame.period.words, tuple(made)))
        return Table(title, "month", tuple(one.heading for one in wanted), tuple(lines))

    def family(self, title: str, by: str, names: Sequence[str]) -> Table:
        """Gives KPIs of one kind a line each, headed as that which they are the parts of."""
        frames = (self.this, self.compared)
        lines = []
        for name in names:
            one = self.reckoner.known[name]
            figure = self._figure(one, self.reckoner.cells(one, frames), 0, 1, self._drill(self.this), ())
            if figure.n:
                lines.append(Line(name, one.label, (figure,)))
        known = self.reckoner.known
        whole = next((known[one].heading for one in known if names and names[0].startswith(f"{one}-")), "VALUE")
        return Table(title, by, (whole,) if names else (), tuple(lines))

    def over_time(self, name: str, title: str, names: Sequence[str], frames: Sequence[Frame], kind: Kind) -> Chart:
        """Gives KPIs along the parts of the period; a place leads to the tickets of the first."""
        wanted = [self.reckoner.known[one] for one in names]
        series = [
            Series(one.label, tuple(_number(value) for value in self.reckoner.cells(one, frames).value.tolist()))
            for one in wanted
        ]
        series = [one for one in series if any(value is not None for value in one.values)] or series[:1]
        drills = tuple(self._drill(frame).of(names[0]) for frame in frames)
        labels = tuple(frame.period.words for frame in frames)
        return Chart(name, title, kind, wanted[0].unit, labels, tuple(series), drills)

    def ages(self) -> Chart:
        """Gives the backlog by age."""
        names = [f"backlog-age-{number}" for number in range(1, len(AGES) + 1)]
        wanted = [self.reckoner.known[name] for name in names]
        values = tuple(_number(float(self.reckoner.cells(one, (self.this,)).value[0])) for one in wanted)
        labels = tuple(one.label.removeprefix("Open ") for one in wanted)
        drills = tuple(map(self._drill(self.this).of, names))
        return Chart(
            "ages", "Age of what is open", Kind.BARS, wanted[0].unit, labels, (Series("open", values),), drills
        )

    def arrivals(self) -> Chart:
        """Gives when tickets came in, by hour and weekday of the desk's own zone."""
        one = self.reckoner.known["submitted"]
        (part,) = self.reckoner.parts(one, (self.this,))
        counts = arrivals(part.placed.field("at"), self.this.period.zone)
        series = tuple(
            Series(day, tuple(float(count) for count in row)) for day, row in zip(_DAYS, counts.tolist(), strict=True)
        )
        labels = tuple(f"{hour:02}" for hour in range(24))
        return Chart("arrivals", "When tickets come in", Kind.HEAT, one.unit, labels, series, ("",) * len(labels))

    def _drill(self, frame: Frame) -> _Drilled:
        return _drilled(self.reckoner.sight.drill("", frame.period.written))

    def _of(self, by: Dimension, key: str) -> _Drilled:
        drill = self.reckoner.sight.drill("", self.this.period.written)
        return _drilled(drill._replace(**{_DRILLED[by]: key}))

    def _figure(
        self,
        one: Definition,
        cells: Cells,
        here: int,
        before: int | None,
        drill: _Drilled,
        trend: tuple[float | None, ...],
    ) -> Figure:
        n, value, goal = int(cells.n[here]), _number(float(cells.value[here])), self.reckoner.goal(one)
        return Figure(
            name=one.name,
            label=one.label,
            unit=one.unit,
            value=value,
            n=n,
            median=_number(float(cells.median[here])),
            p90=_number(float(cells.p90[here])),
            goal=goal,
            is_met=_is_met(one, value, goal),
            before=None if before is None else _number(float(cells.value[before])),
            trend=trend,
            drill=drill.of(one.name) if n else "",
            drill_missed=drill.of(one.name, MISSED) if one.is_judged and n else "",
        )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _is_met(one: Definition, value: float | None, goal: float | None) -> bool | None:
    if value is None or goal is None:
        return None
    return value <= goal if one.better is Better.LESS else value >= goal
