"""Boards: what a lead's, an executive's and an agent's figures are shown as; for screen, CLI, reports and exports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.periods import Length, Period, buckets, days, months
from deskterm.core.domain.profile import APPROVAL, MAIN_CLOCK
from deskterm.core.domain.words import PauseReason
from deskterm.core.kpi_views import SHEET, Asked, Board, By, Chart, Kind, Table
from deskterm.core.services import gathering
from deskterm.core.services.board_names import Names
from deskterm.core.services.board_parts import Parts
from deskterm.core.services.context import Context
from deskterm.core.services.kpi_ground import Ground, ground
from deskterm.core.services.reckoning import Dimension, Progress, Reckoner

_REASONS: Final = tuple(f"waiting-{reason}" for reason in PauseReason)
_D: Final = Dimension
_VOLUME, _BACKLOG, _COMPLIANCE, _AGES, _ARRIVALS = "volume", "backlog", "compliance", "ages", "arrivals"
_CLOCKS, _TIERS, _STAGES = "sla-*", "tier-time-*", "stage-hours-*"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is on a board: KPIs as tiles, tables by dimension, KPIs a line each by what they are of, charts.

    `sla-*`, `tier-time-*` and `stage-hours-*` stand for those that the profile has. The first table is the one that can
    be broken down otherwise. `for_agents` is a board that makes sense of one's own figures alone.
    """

    title: str
    tiles: tuple[str, ...]
    tables: tuple[tuple[Dimension, tuple[str, ...]], ...]
    families: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    charts: tuple[str, ...] = ()
    for_agents: bool = False


_PLANS: Final = {
    "overview": _Plan(
        title="Overview",
        tiles=(
            "quality", "sla", "csat", "first-contact", "through-chain", "response", "turnaround", "resolution",
            "detection", "reopen-rate", "escalation-rate", "submitted", "volume-change", "resolved", "backlog",
            "backlog-age", "waiting", "days-at-hand",
        ),
        tables=(
            (_D.DEPARTMENT, ("quality", "sla", "csat", "first-contact", "turnaround", "submitted", "resolved",
                "backlog")),
        ),
        charts=(_VOLUME, _COMPLIANCE, _AGES, _ARRIVALS),
    ),
    "service": _Plan(
        title="Service levels",
        tiles=("sla", _CLOCKS, "cadence", "response", "turnaround", "resolution", "detection", "closure", "follow-up"),
        tables=(
            (_D.PRIORITY, ("sla", "response", "turnaround", "resolution", "detection", "closure", "escalation-rate")),
            (_D.TIER, ("sla", "response", "turnaround", "resolution", "detection", "closure", "escalation-rate")),
        ),
        charts=(_COMPLIANCE,),
        for_agents=True,
    ),
    "people": _Plan(
        title="People",
        tiles=(
            "quality", "sla", "csat", "first-contact", "reopen-rate", "complexity", "weighted-volume", "handled",
            "turnaround", "held",
        ),
        tables=(
            (_D.PERSON, ("quality", "sla", "csat", "first-contact", "reopen-rate", "weighted-volume", "handled",
                "turnaround", "held")),
        ),
    ),
    "flow": _Plan(
        title="In and out",
        tiles=(
            "submitted", "resolved", "closed", "net", "backlog", "pending", "backlog-age", "volume-change",
            "self-resolution",
        ),
        tables=(
            (_D.DEPARTMENT, ("submitted", "resolved", "closed", "net", "backlog", "pending", "backlog-age")),
        ),
        charts=(_VOLUME, _BACKLOG, _AGES, _ARRIVALS),
    ),
    "waiting": _Plan(
        title="Bottlenecks",
        tiles=("waiting", "pending", "tier-time", "held", "stage-hours"),
        tables=(
            (_D.DEPARTMENT, ("waiting", "tier-time", "held", "stage-hours", "pending")),
            (_D.PERSON, ("waiting", "tier-time", "held", "pending")),
        ),
        families=(
            ("What was waited for", "reason", _REASONS),
            ("Time in each tier", "tier", (_TIERS,)),
            ("Approval, stage by stage", "stage", (_STAGES,)),
        ),
    ),
    "purchases": _Plan(
        title="Purchases",
        tiles=("through-chain", "stage-hours", f"sla-{APPROVAL}"),
        tables=((_D.DEPARTMENT, ("through-chain", "stage-hours")), (_D.PERSON, ("stage-hours",))),
        families=(("Approval, stage by stage", "stage", (_STAGES,)),),
    ),
    "capacity": _Plan(
        title="Demand and capacity",
        tiles=("demand", "capacity", "days-at-hand", "backlog", "workload", "weighted-workload", "net"),
        tables=(
            (_D.DEPARTMENT, ("demand", "capacity", "days-at-hand", "backlog", "workload", "weighted-workload", "net")),
            (_D.PERSON, ("workload", "weighted-workload", "capacity", "days-at-hand")),
        ),
        charts=(_VOLUME,),
    ),
    "sheet": _Plan(
        title="Review sheet",
        tiles=(
            "quality", "sla", "csat", "first-contact", "reopen-rate", "complexity", "weighted-volume", "handled",
            "resolved", "response", "turnaround", "resolution", "held", "follow-up", "escalation-rate", "workload",
            "weighted-workload",
        ),
        tables=(
            (_D.CATEGORY, ("quality", "sla", "csat", "first-contact", "complexity", "handled", "turnaround")),
            (_D.PRIORITY, ("quality", "sla", "csat", "first-contact", "complexity", "handled", "turnaround")),
        ),
        charts=(_COMPLIANCE,),
        for_agents=True,
    ),
}  # fmt: skip
_OF_AGENTS: Final = tuple(name for name, plan in _PLANS.items() if plan.for_agents)


def boards(context: Context) -> tuple[tuple[str, str], ...]:
    """Gives the boards that the actor can open, by name and title.

    Raises:
        NotAllowed: to who is not of the desk's staff.
    """
    with context.store.read() as connection:
        is_own = ground(context, connection, Asked("today")).sight.is_own
    return tuple((name, plan.title) for name, plan in _PLANS.items() if plan.for_agents or not is_own)


def board(context: Context, name: str, asked: Asked, progress: Progress = lambda _done, _of: None) -> Board:
    """Gives a board, as far as the actor may see what they asked for; what `progress` raises ends the reckoning.

    Raises:
        InvalidInput: when there is no such board or period, or something is named that the desk doesn't have.
        NotAllowed: when it is not the actor's to see.
        StoreUnavailable: when the database is out of reach.
    """
    plan = _plan(name)
    gathering.ready(context, progress)
    with context.store.read() as connection:
        found = ground(context, connection, asked if asked.person or name != SHEET else asked._replace(person="me"))
        if found.sight.is_own and not plan.for_agents:
            raise NotAllowed(f"the board {name} is for leads and executives: yours are {' and '.join(_OF_AGENTS)}")
        tables = _tables(plan, asked, found)
        frames = (*found.trend, found.compared, found.this)
        names = [*plan.tiles, *(one for _, some in tables for one in some), *_charted(plan)]
        names += [one for _, _, some in plan.families for one in some]
        wanted = [found.known[one] for one in dict.fromkeys(_told(names, found)) if one in found.known]
        dimensions = {by for by, _ in tables if by is not None}
        reckoner = found.reckoner(wanted, frames, dimensions, progress=progress)
        parts = Parts(reckoner, found.trend, found.compared, Names(connection, found.policy.profile).of)
        tiles = parts.tiles([one for one in _told(plan.tiles, found) if one in found.known])
        found.refuse_strangers(tiles)
        return Board(
            name=name,
            title=plan.title,
            scope=_scope(found),
            period=found.this.period,
            compared=found.compared.period,
            as_of=context.store.as_of,
            made_at=found.now,
            figures=tiles,
            tables=tuple(_made(parts, plan, tables, found)),
            charts=tuple(_drawn(parts, plan, found)),
        )


def _plan(name: str) -> _Plan:
    if name not in _PLANS:
        close = get_close_matches(name, _PLANS, 1)
        hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(_PLANS)}"
        raise InvalidInput(f"there is no board {name!r}: {hint}")
    return _PLANS[name]


def _scope(ground: Ground) -> str:
    """Says whose figures a board has: all that is seen, unless they are a department's or somebody's."""
    sight = ground.sight
    is_somebodys = sight.person is not None or sight.is_nobody or sight.department is not None
    return ", ".join(part for part in ("" if is_somebodys else _everybody(ground), sight.words()) if part)


def _everybody(ground: Ground) -> str:
    led = ground.sight.departments
    if led is None:
        return "the whole desk"
    return ", ".join(one.name for number, one in ground.departments.items() if number in led)


_Tables = Sequence[tuple[Dimension | None, tuple[str, ...]]]


def _tables(plan: _Plan, asked: Asked, ground: Ground) -> _Tables:
    """Gives a board's tables, the first broken down as was asked: None is by month.

    What is one department's is broken down by its people, what is one person's by what it was about.
    """
    (first, names), *rest = plan.tables
    if asked.by is not None:
        by = None if asked.by is By.MONTH else Dimension(asked.by.value)
        return [(by, names), *(table for table in rest if table[0] is not by)]
    led = ground.sight.departments
    is_one = ground.sight.department is not None or (led is not None and len(led) == 1)
    if first is Dimension.DEPARTMENT and ground.sight.person is not None:
        first = Dimension.CATEGORY
    elif first is Dimension.DEPARTMENT and is_one:
        first = Dimension.CATEGORY if any(by is Dimension.PERSON for by, _ in rest) else Dimension.PERSON
    return [(first, names), *rest]


def _charted(plan: _Plan) -> list[str]:
    kpis = {
        _VOLUME: ("submitted", "resolved"),
        _BACKLOG: ("backlog", "pending"),
        _COMPLIANCE: ("sla", _CLOCKS),
        _AGES: ("backlog-age-1",),
        _ARRIVALS: ("submitted",),
    }
    return [name for chart in plan.charts for name in kpis[chart]]


def _told(names: Sequence[str], ground: Ground) -> Iterator[str]:
    """Gives names with those that stand for what the profile has told one by one; the main clock is `sla` itself."""
    for name in names:
        if not name.endswith("*"):
            yield name
        elif name == _CLOCKS:
            yield from (f"sla-{clock}" for clock, rule in ground.policy.profile.clocks.items() if clock != MAIN_CLOCK)
        else:
            stem = name.removesuffix("*")
            yield from (one for one in ground.known if one.startswith(stem))


def _made(parts: Parts, plan: _Plan, tables: _Tables, ground: Ground) -> Iterator[Table]:
    for by, names in tables:
        if by is None:
            frames = ground.frames(months(_since(parts.reckoner, ground.this.period)))
            yield parts.months("By month", frames, names)
        else:
            yield parts.table(f"By {by}", by, names)
    for title, by_what, names in plan.families:
        yield parts.family(title, by_what, list(_told(names, ground)))


def _drawn(parts: Parts, plan: _Plan, ground: Ground) -> Iterator[Chart]:
    frames = ground.frames(buckets(_since(parts.reckoner, ground.this.period)))
    for chart in plan.charts:
        match chart:
            case "volume":
                yield parts.over_time(chart, "In and out", ("submitted", "resolved"), frames, Kind.BARS)
            case "backlog":
                yield parts.over_time(chart, "Open and pending", ("backlog", "pending"), frames, Kind.LINE)
            case "compliance":
                clocks = [one for one in _told(("sla", _CLOCKS), ground) if one in ground.known]
                yield parts.over_time(chart, "SLA compliance", clocks, frames, Kind.LINE)
            case "ages":
                yield parts.ages()
            case _:
                yield parts.arrivals()


def _since(reckoner: Reckoner, period: Period) -> Period:
    """Gives all time from the day that the desk has anything of; another period as it is."""
    if period.length is not Length.ALL:
        return period
    begins = reckoner.begins()
    first = begins.astimezone(period.zone).date() if begins else period.last
    return days(min(first, period.last), period.last, period.zone)
