"""What stands out at a desk: gathers what the rules of `domain.insights` judge, by the road that boards go too."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import isnan, sqrt
from typing import Final

from deskterm.core.domain.figures import Cells
from deskterm.core.domain.filter_dates import midnights
from deskterm.core.domain.filter_quotes import quoted
from deskterm.core.domain.insight_words import of_bottleneck, of_change, of_forecast
from deskterm.core.domain.insights import Insight, Place, Queue, Track, bottlenecks, changes, forecast
from deskterm.core.domain.kpi import Definition, Unit
from deskterm.core.domain.periods import Period, period, trend
from deskterm.core.domain.unusual import PERIODS, Point
from deskterm.core.domain.words import PauseReason
from deskterm.core.kpi_views import Asked
from deskterm.core.services import gathering
from deskterm.core.services.board_names import Names
from deskterm.core.services.context import Context
from deskterm.core.services.kpi_ground import Ground, ground
from deskterm.core.services.reckoning import Dimension, Frame, Progress, Reckoner
from deskterm.core.store import directory, queues
from deskterm.core.store.queues import Narrowed

_WATCHED: Final = (
    "submitted", "resolved", "sla", "csat", "first-contact", "reopen-rate", "escalation-rate", "response", "turnaround",
    "resolution", "follow-up",
)  # fmt: skip
_OF_DEPARTMENTS: Final = ("submitted", "sla", "turnaround")
_PLACES: Final = ("waiting-", "stage-hours-", "tier-time-", "held")
_TWICE: Final = f"waiting-{PauseReason.PROCUREMENT}"
"""The time of approval as a whole, which its stages tell one by one."""
_WORK: Final = "work"
_TIERS: Final = "tiers"
_P90: Final = 1.2816
"""Standard deviations from the median to the 90th percentile of what is spread normally."""
_MEDIAN: Final = 1.2533
"""The standard error of a median, for that of a mean."""
_STARS: Final = 5
_DAY: Final = timedelta(days=1)


def insights(context: Context, asked: Asked, progress: Progress = lambda _done, _of: None) -> tuple[Insight, ...]:
    """Gives what stands out of what the actor asked for and may see, what concerns most tickets first.

    Changes are those of the period asked for, of one that runs of its days that are over. Forecasts are of what is
    open now. What `progress` raises ends it.

    Raises:
        InvalidInput: when there is no such period, or something is named that the desk doesn't have.
        NotAllowed: when it is not the actor's to see.
        StoreUnavailable: when the database is out of reach.
    """
    gathering.ready(context, progress)
    with context.store.read() as connection:
        found = ground(context, connection, asked)
        today = found.now.astimezone(found.this.period.zone).date()
        whole = _over(found.this.period, found.now)
        frames = found.frames(trend(whole, PERIODS + 1)) if whole else ()
        weeks = found.frames(trend(period("last-week", today, found.this.period.zone), PERIODS))
        wanted = [one for name, one in found.known.items() if name in _WATCHED or name.startswith(_PLACES)]
        reckoner = found.reckoner(
            wanted, (*frames, *weeks, found.this), {Dimension.CATEGORY, Dimension.DEPARTMENT}, progress=progress
        )
        names = Names(connection, found.policy.profile)
        tracks = list(_tracks(found, reckoner, names, frames)) if len(frames) > PERIODS else []
        made = [of_change(one, found.this.period.words) for one in changes(tracks)]
        made += [of_bottleneck(one) for one in bottlenecks(_places(found, reckoner))]
        made += [of_forecast(one) for one in map(forecast, _queues(found, reckoner, names, weeks)) if one]
    return tuple(sorted(made, key=lambda one: (-one.weight, one.words)))


def _over(this: Period, now: datetime) -> Period | None:
    """Gives a period as far as its days are over; None when none is."""
    today = now.astimezone(this.zone).date()
    if this.last < today:
        return this
    if this.first >= today:
        return None
    return this._replace(last=today - _DAY, until=midnights(this.first, today, this.zone)[1])


def _tracks(found: Ground, reckoner: Reckoner, names: Names, frames: Sequence[Frame]) -> Iterator[Track]:
    when = frames[-1].period.written
    begins = reckoner.begins()
    unbegun = sum(begins is not None and frame.period.until <= begins for frame in frames)
    owners = {} if found.sight.department else _owners(found)
    for name in _WATCHED:
        one = found.known[name]
        drill = found.sight.drill(name, when)
        yield _track(one, _points(one, reckoner.cells(one, frames), 0, 1, unbegun), drill.filter)
    for by, key, some in (
        (Dimension.CATEGORY, "category", ("submitted",)),
        (Dimension.DEPARTMENT, "dept", () if _is_of_one_department(found) else _OF_DEPARTMENTS),
    ):
        wanted = [found.known[name] for name in some]
        groups = reckoner.groups(by, frames, wanted)
        for one in wanted:
            cells = reckoner.cells(one, frames, groups)
            for place, number in enumerate(groups.keys.tolist()):
                called = names.of(by, number)
                drill = found.sight.drill(one.name, when)._replace(**{key: called.key})
                points = _points(one, cells, place, groups.keys.size, unbegun)
                label = called.label + (owners.get(number, "") if by is Dimension.CATEGORY else "")
                yield _track(one, points, drill.filter, label, is_category=by is Dimension.CATEGORY)


def _is_of_one_department(found: Ground) -> bool:
    """Says whether the whole is one department, so that nothing more is to be said of that."""
    sight = found.sight
    return sight.department is not None or (sight.departments is not None and len(sight.departments) == 1)


def _owners(found: Ground) -> dict[int, str]:
    """Gives whose each category is, to follow its name: several departments have one of the same."""
    every = directory.categories(found.connection)
    return {
        number: f" of {found.departments[one.department_id].name}" for number, one in every.items() if one.department_id
    }


def _track(one: Definition, points: Sequence[Point], drill: str, of: str = "", *, is_category: bool = False) -> Track:
    return Track(one.name, one.label, of, one.unit, tuple(points[:-1]), points[-1], drill, is_category)


def _points(one: Definition, cells: Cells, place: int, step: int, unbegun: int) -> list[Point]:
    """Gives what a KPI came to in each period. Durations are judged by their median: a few slow ones move a mean.

    The first ones, in which nothing had begun yet, say nothing: a desk that is new had no quiet months before.
    """
    rows = zip(*(column[place::step].tolist()[unbegun:] for column in cells), strict=True)
    return [*[Point(None, 0)] * unbegun, *(_point(one, *row) for row in rows)]


def _point(one: Definition, n: int, value: float, median: float, p90: float) -> Point:
    if one.unit is Unit.COUNT:
        return Point(float(n), n)
    if n == 0 or isnan(value):
        return Point(None, n)
    if one.unit is Unit.STARS:
        return Point(value, n, value / _STARS / sqrt(n))
    if isnan(median):
        return Point(value, n)
    return Point(median, n, _MEDIAN * (p90 - median) / _P90 / sqrt(n))


def _places(found: Ground, reckoner: Reckoner) -> Iterator[Place]:
    """Gives where the open time of the period went: in hand, waiting, approval; and tier by tier."""
    when = found.this.period.written
    for name, one in found.known.items():
        if not name.startswith(_PLACES) or name == _TWICE:
            continue
        cells = reckoner.cells(one, (found.this,))
        n, value = int(cells.n[0]), float(cells.value[0])
        if n:
            seconds = value if name.startswith(("waiting-", "stage-hours-")) else value * n
            group = _TIERS if name.startswith("tier-time-") else _WORK
            is_loss = name not in {"held", "tier-time-1"}
            yield Place(group, one.label, round(seconds), n, found.sight.drill(name, when).filter, is_loss)


def _queues(found: Ground, reckoner: Reckoner, names: Names, weeks: Sequence[Frame]) -> Iterator[Queue]:
    """Gives the open queue of each department with what was resolved there in each of the last weeks."""
    one = found.known["resolved"]
    groups = reckoner.groups(Dimension.DEPARTMENT, weeks, [one])
    resolved = reckoner.cells(one, weeks, groups).n
    begins, ends = weeks[0].period.since, weeks[-1].period.until
    for place, number in enumerate(groups.keys.tolist()):
        calendar, called = found.policy.calendar(number), names.of(Dimension.DEPARTMENT, number)
        week = calendar.elapsed(begins, ends) // len(weeks)
        until = calendar.add(found.now, week)
        left = partial(calendar.elapsed, found.now)
        dues = queues.due(found.connection, until, _narrowed(found, number))
        last = until.astimezone(found.this.period.zone).date()
        yield Queue(
            called.label,
            tuple(left(at) if at > found.now else 0 for at in dues),
            tuple(resolved[place :: groups.keys.size].tolist()),
            week,
            found.policy.business_day(number),
            _due_drill(found, called.key, last),
        )


def _due_drill(found: Ground, department: str, last: date) -> str:
    """Gives the filter of what is due in a department through a day, narrowed as what was asked for."""
    sight = found.sight
    by = {
        "dept": department,
        "to": (sight.person.login or sight.person.name) if sight.person else "",
        "prio": str(sight.priority or ""),
        "category": sight.category.key if sight.category else "",
        "tier": str(sight.tier or ""),
    }
    return " ".join([*(f"{key}:{quoted(value, ' ')}" for key, value in by.items() if value), f"due:<={last}"])


def _narrowed(found: Ground, department_id: int) -> Narrowed:
    sight = found.sight
    return Narrowed(
        department_id,
        sight.person.id if sight.person else None,
        sight.priority,
        sight.category.id if sight.category else None,
        sight.tier,
    )
