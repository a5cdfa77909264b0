"""From measures to figures: reads what a board needs once, and reckons its KPIs over periods and groups.

It is the one road to a figure: tiles, tables, charts, explanations and drills all go through `Reckoner`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, TypeAlias

import numpy as np

from deskterm.core.domain import figures
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.columns import Bools, Columns, Ints
from deskterm.core.domain.figures import Cells
from deskterm.core.domain.filter_dates import midnights
from deskterm.core.domain.kpi import WEEKS, Definition, Goal, Reduced, Unit
from deskterm.core.domain.measured_cells import Celled, Placed, Span
from deskterm.core.domain.measures import STANDING, Measured
from deskterm.core.domain.periods import Period
from deskterm.core.domain.profile import Profile
from deskterm.core.services.kpi_sight import Sight


class Read(Protocol):
    """Gives measures by kind, in order of `at`: what became known from one instant until before another, or stood then.

    Of their fields it gives those that are named, and `at`.
    """

    def __call__(
        self, kinds: Collection[Measured], since: datetime, until: datetime, *, fields: Collection[str]
    ) -> Mapping[Measured, Columns]:
        """Reads them."""


Progress: TypeAlias = Callable[[int, int], object]
"""Is told how many of how many parts are done; what it raises ends the reckoning."""

_DAY: Final = timedelta(days=1)
_WINDOW: Final = WEEKS * 7
_ALWAYS: Final = frozenset({"at", "gone"})


class Dimension(StrEnum):
    """What figures are grouped by: a column of the measures."""

    DEPARTMENT = "department"
    PERSON = "person"
    PRIORITY = "priority"
    CATEGORY = "category"
    TIER = "tier"


class Frame(NamedTuple):
    """A period as it is counted: until its end, or until now while it runs."""

    period: Period
    span: Span
    window: tuple[datetime, datetime]  # the 8 weeks up to its last day, or to today


class Groups(NamedTuple):
    """The groups of a table, by number: a value of the dimension each."""

    by: Dimension
    keys: Ints  # in order
    place: Ints  # of each value up to the last key its place among the keys, -1 of what is none


class Parts(NamedTuple):
    """What a KPI counts, of one kind of measure, and which speak against."""

    kind: Measured
    placed: Placed


def frame(period: Period, now: datetime) -> Frame:
    """Gives a period as it is counted at an instant; seconds are whole, and what happens in this one is in."""
    since, until, at = (int(instant.timestamp()) for instant in (period.since, period.until, now))
    last = min(period.last, now.astimezone(period.zone).date())
    return Frame(
        period,
        Span(since, min(until, at + 1), min(until, at)),
        midnights(last - (_WINDOW - 1) * _DAY, last + _DAY, period.zone),
    )


@dataclass(slots=True)
class Reckoner:
    """What a board is reckoned with. `wanted` are the KPIs, `frames` all periods, `dimensions` the groups it asks for.

    `extra` are columns that are looked at besides, `beside` kinds of measures.
    """

    read: Read
    sight: Sight
    known: Mapping[str, Definition]
    profile: Profile
    calendar: Callable[[int | None], Calendar]
    wanted: Collection[Definition]
    frames: Sequence[Frame]
    dimensions: Collection[Dimension] = ()
    extra: frozenset[str] = frozenset()
    progress: Progress = lambda _done, _of: None
    beside: frozenset[Measured] = frozenset()
    _whole: dict[Measured, Columns] = field(default_factory=dict)
    _loaded: dict[Measured, Columns] = field(default_factory=dict)
    _spans: dict[tuple[Measured, tuple[Span, ...]], Placed] = field(default_factory=dict)
    _fitting: dict[tuple[str, Measured, tuple[Span, ...]], Placed] = field(default_factory=dict)

    def preload(self) -> None:
        """Reads all that is needed, each kind once: after it nothing is read."""
        kinds = {kind for one in self._basic() for kind in one.measures} | self.beside
        ways: dict[tuple[tuple[int, int], frozenset[str]], list[Measured]] = {}
        for kind in sorted(kinds):
            ways.setdefault((self._stretch(kind), self._columns(kind)), []).append(kind)
        for number, ((stretch, fields), some) in enumerate(ways.items()):
            self.progress(number, len(ways))
            since, until = (datetime.fromtimestamp(second, UTC) for second in stretch)
            self._whole |= self.read(some, since, until, fields=fields)
        self.progress(len(ways), len(ways))

    def load(self, kind: Measured) -> Columns:
        """Gives the measures of a kind that are in sight, by `at`."""
        if kind not in self._loaded:
            self._loaded[kind] = self.sight.of(self._whole[kind])
        return self._loaded[kind]

    def begins(self) -> datetime | None:
        """Gives when the first came to be known of what is in sight and was read; None when there is nothing."""
        passing = [self.load(kind).at for kind in self._whole if kind not in STANDING]
        return min((datetime.fromtimestamp(int(at[0]), UTC) for at in passing if at.size), default=None)

    def whole(self, kind: Measured) -> Columns:
        """Gives the measures of a kind, whoever may see them."""
        return self._whole[kind]

    def _columns(self, kind: Measured) -> frozenset[str]:
        grouped = {one.value for one in self.dimensions}
        return _ALWAYS | self.sight.fields | self.extra | grouped | self._fields(kind)

    def _basic(self) -> Iterable[Definition]:
        """Gives the KPIs that are made of measures, of those that are wanted and of their parts."""
        for one in self.wanted:
            if not one.parts:
                yield one
            for name in one.parts:
                yield self.known[name]
                yield from (self.known[part] for part in self.known[name].parts)

    def _fields(self, kind: Measured) -> frozenset[str]:
        """Gives the columns that the KPIs look at."""
        found: set[str] = {"value"} if kind in STANDING else set()
        for one in (one for one in self._basic() if kind in one.measures):
            is_of_values = one.is_ranked or one.reduced is Reduced.RATING
            is_coded = one.clocks or one.among or one.flag or one.code is not None or one.ages is not None
            found |= {"value"} if is_of_values or (one.reduced is Reduced.SHARE and not one.flag) else set()
            found |= {"code"} if is_coded or one.reduced is Reduced.AGE else set()
            found |= {"person"} if one.held else set()
            found |= {"ticket"} if one.reduced is Reduced.TICKETS else set()
            found |= {"priority", "tier"} if one.reduced is Reduced.WEIGHED else set()
        return frozenset(found)

    def _stretch(self, kind: Measured) -> tuple[int, int]:
        spans = [frame.span for frame in self.frames]
        if kind in STANDING:
            return min(span.until for span in spans) - 1, max(span.until for span in spans)
        since = min(span.since for span in spans)
        if any(one.reduced is Reduced.RATE and kind in one.measures for one in self._basic()):
            since = min(since, *(int(frame.window[0].timestamp()) for frame in self.frames))
        return since, max(span.until for span in spans)

    def parts(self, one: Definition, frames: Sequence[Frame]) -> list[Parts]:
        """Gives the measures that a KPI counts in periods, by kind."""
        return [Parts(kind, self._placed(one, kind, frames)) for kind in one.measures]

    def _placed(self, one: Definition, kind: Measured, frames: Sequence[Frame]) -> Placed:
        spans = tuple(_window(frame) if one.reduced is Reduced.RATE else frame.span for frame in frames)
        if (kind, spans) not in self._spans:
            place = figures.standing if kind in STANDING else figures.counted
            self._spans[kind, spans] = place(self.load(kind), spans)
        if (one.name, kind, spans) not in self._fitting:
            ends = np.array([span.end for span in spans], np.int64)
            self._fitting[one.name, kind, spans] = figures.fitting(one, self._spans[kind, spans], ends)
        return self._fitting[one.name, kind, spans]

    def groups(self, by: Dimension, frames: Sequence[Frame], of: Iterable[Definition]) -> Groups:
        """Gives the groups that any of the KPIs has something of in a period."""
        parts = [part for one in of for basic in self._made_of(one) for part in self.parts(basic, frames)]
        found = [np.flatnonzero(np.bincount(part.placed.field(by))) for part in parts]
        keys = np.unique(np.concatenate([np.empty(0, np.int64), *found]))
        place = np.full(int(keys.max(initial=0)) + 1, -1, np.int64)
        place[keys] = np.arange(keys.size)
        return Groups(by, keys, place)

    def _made_of(self, one: Definition) -> list[Definition]:
        return [basic for name in one.parts for basic in self._made_of(self.known[name])] if one.parts else [one]

    def cells(
        self, one: Definition, frames: Sequence[Frame], groups: Groups | None = None, *, ranked: int = 1
    ) -> Cells:
        """Gives a KPI of periods, and of the groups of each where there are some: group by group of the first period.

        Of what is a change, it is against the second of the periods; of `ranked` periods, the first ones, there are
        median and 90th percentile.
        """
        size = 1 if groups is None else groups.keys.size
        if one.parts:
            return self._combined(one, frames, groups, size)
        of = [_celled(part.placed, groups) for part in self.parts(one, frames)]
        ends = np.array([frame.span.end for frame in frames], np.int64)
        scale = self.profile.goals.csat_scale if one.unit is Unit.STARS else 1
        priorities = len(self.profile.priorities)
        found = figures.reckoned(one, of, ends, scale=scale, priorities=priorities, ranked=ranked)
        if one.reduced is Reduced.RATE:
            return figures.per_day(found, np.concatenate([self._days(frame, groups) for frame in frames]))
        return found

    def _combined(self, one: Definition, frames: Sequence[Frame], groups: Groups | None, size: int) -> Cells:
        made = [(self.known[name], self.cells(self.known[name], frames, groups)) for name in one.parts]
        found = [cells for _, cells in made]
        match one.reduced:
            case Reduced.QUALITY:
                return figures.quality(made)
            case Reduced.NET:
                return figures.net(found[0], found[1], self._persons(frames, groups, size))
            case Reduced.AT_HAND:
                return figures.at_hand(*found)
            case _:
                return figures.change(found[0], size)

    def _persons(self, frames: Sequence[Frame], groups: Groups | None, size: int) -> Bools:
        """Gives which cells are a person's: nothing comes in for them before they have it."""
        if groups is not None and groups.by is Dimension.PERSON:
            return np.tile(groups.keys > 0, len(frames))
        return np.full(size * len(frames), self.sight.person is not None)

    def _days(self, frame: Frame, groups: Groups | None) -> Ints:
        """Gives how many days of the window before a period's end have open hours, for each group."""
        if groups is None or groups.by is not Dimension.DEPARTMENT:
            department = self.sight.department.id if self.sight.department else None
            return np.full(1 if groups is None else groups.keys.size, _open_days(frame, self.calendar(department)))
        return np.array([_open_days(frame, self.calendar(int(key))) for key in groups.keys], np.int64)

    def goal(self, one: Definition) -> float | None:
        """Gives what the profile wants of a KPI, None where it has no such goal."""
        goals = self.profile.goals
        match one.goal:
            case Goal.COMPLIANCE:
                return goals.sla_compliance
            case Goal.CSAT:
                return goals.csat
            case Goal.THROUGH_CHAIN:
                return goals.procurement_through_chain
            case Goal.FIRST_CONTACT:
                return goals.first_contact_resolution
            case Goal.RESOLUTION if (budget := goals.resolution_time) and budget.is_business is (
                one.unit is Unit.SECONDS
            ):
                return budget.seconds(self.profile.calendars[self.profile.default_calendar].business_day)
            case _:
                return None


def _window(frame: Frame) -> Span:
    return Span(int(frame.window[0].timestamp()), frame.span.until, frame.span.end)


def _open_days(frame: Frame, calendar: Calendar) -> int:
    zone = frame.period.zone
    return len({opens.astimezone(zone).date() for opens, _ in calendar.windows(*frame.window)})


def _celled(placed: Placed, groups: Groups | None) -> Celled:
    """Gives measures in their cells, without those that are in no group."""
    if groups is None:
        return Celled(placed)
    values = placed.field(groups.by)
    group = np.where(values < groups.place.size, groups.place[np.minimum(values, groups.place.size - 1)], -1)
    if bool((group < 0).any()):
        placed, group = placed.where(group >= 0), group[group >= 0]
    return Celled(placed, groups.keys.size, group)
