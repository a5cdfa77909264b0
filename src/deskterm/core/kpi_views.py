"""Frozen read models of KPI boards: what a screen, a command, a report or an export sees of the figures."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from deskterm.core.domain.figure_words import Change, Judged, changed, judged, said
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.periods import Period


class By(StrEnum):
    """What a board's table is broken down by."""

    DEPARTMENT = "department"
    PERSON = "person"
    PRIORITY = "priority"
    CATEGORY = "category"
    MONTH = "month"


class Compare(StrEnum):
    """What a period is compared with."""

    BEFORE = "before"  # the period of the same length right before it
    YEAR = "year"  # the same period a year ago


class Asked(NamedTuple):
    """What somebody wants to see of a board. Keys and logins as in filters, "" is all that they may see."""

    period: str = (
        "month"  # today, week, month, quarter, year, all, last-month, 2026-09, 2026-Q3, 2026-09-01..2026-09-30
    )
    department: str = ""
    person: str = ""
    priority: str = ""
    category: str = ""
    by: By | None = None  # None is what the board has by itself
    compare: Compare = Compare.BEFORE


class Figure(NamedTuple):
    """One figure with where it comes from. Nothing is said of n = 0: `value` is None then.

    `value` is in the unit's own (seconds, a share of 0..1, stars, a count); for durations it is the mean, or the sum
    where the KPI is of hours lost; then `median` and `p90` are of one. `n` is how many events it is reckoned from, of
    which a ticket can have several (it was resolved twice). `goal` is the profile's, `is_met` whether it is reached,
    `before` the same figure of the compared period. `trend` has the figure of the last eight periods like this one,
    oldest first, this one last. `drill` is the filter of its tickets, `drill_missed` of those that fell short, ""
    where that makes no sense.
    """

    name: str
    label: str
    unit: Unit
    value: float | None
    n: int
    median: float | None
    p90: float | None
    goal: float | None
    is_met: bool | None
    before: float | None
    trend: tuple[float | None, ...]
    drill: str
    drill_missed: str = ""

    @property
    def words(self) -> str:
        """The value in words, `-` where there is nothing to say."""
        return said(self.value, self.unit, self.goal)

    @property
    def change(self) -> Change | None:
        """How it moved against the compared period, None where one of the two has nothing to say."""
        return changed(self.value, self.before, self.unit)

    @property
    def judged(self) -> Judged | None:
        """Its goal and whether that is reached, None where it has none."""
        return judged(self.goal, self.is_met, self.unit)

    def said(self, number: float | None) -> str:
        """Gives another number in its unit, such as its median."""
        return said(number, self.unit)


class Line(NamedTuple):
    """A line of a table: what it is of (its key for filters, its name), and a figure a column."""

    key: str
    label: str
    figures: tuple[Figure, ...]


class Table(NamedTuple):
    """Figures broken down; `labels` are the columns' headings."""

    title: str
    by: str
    labels: tuple[str, ...]
    lines: tuple[Line, ...]


class Kind(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"  # a bar a label and series
    LINE = "line"  # a point a label and series
    HEAT = "heat"  # a row a series, a cell a label


class Series(NamedTuple):
    """A named row of values of a chart, one a label; None is nothing to say."""

    name: str
    values: tuple[float | None, ...]


class Chart(NamedTuple):
    """A chart: what is along it and its series. `drills` has a filter a label (and, for a heat map, "" throughout)."""

    name: str
    title: str
    kind: Kind
    unit: Unit
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    drills: tuple[str, ...] = ()


SHEET: Final = "sheet"
"""The board that is of who looks, unless it is narrowed to somebody."""


class Board(NamedTuple):
    """A board as somebody may see it. `scope` says of whom it is, `as_of` when the desk is shown as it stood then."""

    name: str
    title: str
    scope: str
    period: Period
    compared: Period
    as_of: datetime | None
    made_at: datetime
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]

    @property
    def why_blank(self) -> str:
        """Why no figure says anything, as a sentence; empty where one does."""
        if any(figure.n for figure in self.figures):
            return ""
        if self.name == SHEET:
            return f"Nothing of {self.scope} is counted in this period. Who leads names one of their people."
        return "Nothing is counted in this period."


class Counted(NamedTuple):
    """A ticket that a figure counts: what it came to, and what was made of that (`met`, `missed`, `counted`)."""

    ticket_id: int
    title: str
    at: datetime
    value: int
    verdict: str


class LeftOut(NamedTuple):
    """Tickets that a figure doesn't count, and why."""

    why: str
    n: int
    tickets: tuple[int, ...]  # the first of them


class Explanation(NamedTuple):
    """Where a figure comes from (000-R36): its definition in words, the tickets it counts, those left out and why."""

    figure: Figure
    formula: str
    excludes: str
    answers: tuple[str, ...]
    period: Period
    counted: tuple[Counted, ...]
    more: int  # counted besides those that are listed
    tickets: int  # how many different ones are counted
    left_out: tuple[LeftOut, ...]


LEAST_PEERS: Final = 3
"""People who must have a figure before their median is told: of fewer, it is as good as somebody's own."""


class Peer(NamedTuple):
    """A figure of the people of a department: the median of theirs, and of how many people; nobody is named."""

    median: float
    people: int
