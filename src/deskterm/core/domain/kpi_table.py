"""The table of all KPIs, with those that are made of what a desk's profiles have: clocks, tiers, stages."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from deskterm.core.domain.kpi import Better, Definition, Goal, Reduced, Unit
from deskterm.core.domain.kpi_quality import QUALITY
from deskterm.core.domain.kpi_times import TIMES
from deskterm.core.domain.kpi_volumes import VOLUMES
from deskterm.core.domain.measures import PAUSE_CODE, Measured
from deskterm.core.domain.profile import APPROVAL, Profile
from deskterm.core.domain.words import PauseReason

AGES: Final = ((0, 1), (1, 3), (3, 7), (7, 30), (30, 100_000))
"""The bands of a backlog's age, in days of 24 hours from the first until before the second."""

FIXED: Final = (*QUALITY, *TIMES, *VOLUMES)
"""Those that every desk has, in the order in which they are told of."""


class Terms(NamedTuple):
    """What of a desk's profiles makes KPIs: clocks and re-arming ones by name, tiers and stages by number; labels."""

    clocks: Mapping[str, str]
    rearming: tuple[str, ...]
    tiers: tuple[str, ...]
    stages: tuple[str, ...]


def terms(profile: Profile) -> Terms:
    """Gives what of a profile makes KPIs."""
    clocks = profile.clocks
    return Terms(
        clocks={name: rule.label for name, rule in clocks.items()},
        rearming=tuple(name for name, rule in clocks.items() if rule.rearm and name != APPROVAL),
        tiers=profile.tiers,
        stages=tuple(stage.title for stage in profile.chain),
    )


def known(terms: Terms) -> dict[str, Definition]:
    """Gives every KPI of a desk by its name."""
    return {one.name: one for one in (*FIXED, *_of(terms))}


def _of(terms: Terms) -> Iterator[Definition]:
    yield cadence(terms.rearming)
    for name, label in terms.clocks.items():
        yield clock(name, label)
    for reason in PauseReason:
        yield waiting(reason)
    for number, label in enumerate(terms.tiers or ("tier 1",), 1):
        yield tier(number, label)
    for number, title in enumerate(terms.stages, 1):
        yield stage(number, title)
    for number, ages in enumerate(AGES, 1):
        yield aged(number, ages)


def cadence(clocks: tuple[str, ...]) -> Definition:
    """Gives how often updates came when they should, by the clocks that re-arm (003-R25)."""
    return Definition(
        name="cadence",
        label="Updates in time",
        heading="CADENCE",
        unit=Unit.SHARE,
        formula="As `sla`, of the cycles of all clocks that begin anew after each reply or update.",
        excludes="Cycles that still run and are in time; profiles without such a clock.",
        answers=("003-R25",),
        measures=(Measured.JUDGED,),
        reduced=Reduced.SHARE,
        better=Better.MORE,
        clocks=clocks or ("",),
    )


def clock(name: str, label: str) -> Definition:
    """Gives the compliance of one clock."""
    return Definition(
        name=f"sla-{name}",
        label=f"{label} met",
        heading=label.upper()[:8],
        unit=Unit.SHARE,
        formula=f"As `sla`, of the cycles of the clock `{name}`.",
        excludes="Tickets for which this clock has no target; cycles that still run and are in time.",
        answers=("000-R30", "004-R27"),
        measures=(Measured.JUDGED,),
        reduced=Reduced.SHARE,
        better=Better.MORE,
        goal=Goal.COMPLIANCE,
        clocks=(name,),
    )


def waiting(reason: PauseReason) -> Definition:
    """Gives the hours that tickets waited for one thing."""
    return Definition(
        name=f"waiting-{reason}",
        label=f"Waiting: {reason}",
        heading=reason.upper()[:8],
        unit=Unit.SECONDS,
        formula=f"As `waiting`, of the waits for `{reason}`.",
        excludes="Waits that go on: `pending`.",
        answers=("003-R30",),
        measures=(Measured.WAITED,),
        reduced=Reduced.SUM,
        better=Better.LESS,
        code=PAUSE_CODE[reason],
    )


def tier(number: int, label: str) -> Definition:
    """Gives the time that tickets spent in one tier."""
    return Definition(
        name=f"tier-time-{number}",
        label=f"Time in {label}",
        heading=f"TIER {number}",
        unit=Unit.SECONDS,
        formula=f"As `tier-time`, of tier {number}.",
        excludes="Tickets that are in it still.",
        answers=("003-R45", "003-R30"),
        measures=(Measured.TIER,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
        code=number,
    )


def stage(number: int, title: str) -> Definition:
    """Gives the hours that one stage of the chain took."""
    return Definition(
        name=f"stage-hours-{number}",
        label=f"Hours: {title}",
        heading=f"STAGE {number}",
        unit=Unit.SECONDS,
        formula=f"As `stage-hours`, of stage {number} of the chain.",
        excludes="Stages that are open.",
        answers=("003-R30",),
        measures=(Measured.STAGE,),
        reduced=Reduced.SUM,
        better=Better.LESS,
        code=number,
    )


def aged(number: int, ages: tuple[int, int]) -> Definition:
    """Gives how much of a backlog has an age."""
    first, end = ages
    said = "under 1 day" if not first else f"{first} to {end} days" if number < len(AGES) else f"over {first} days"
    return Definition(
        name=f"backlog-age-{number}",
        label=f"Open {said}",
        heading=said.upper()[:8],
        unit=Unit.COUNT,
        formula=f"Of `backlog`, the tickets whose age is {said} of 24 hours; the end of a band is the next one's.",
        excludes="What is resolved and waits for its requester's word.",
        answers=("003-R28",),
        measures=(Measured.OPEN,),
        ages=ages,
    )


FAMILIES: Final = (
    replace(cadence(()), label="Updates in time"),
    clock("CLOCK", "Each clock"),
    replace(waiting(PauseReason.OTHER), name="waiting-REASON", label="Waiting for each reason",
        formula=f"As `waiting`, of the waits for one thing: {', '.join(f'`{reason}`' for reason in PauseReason)}."),
    replace(tier(1, "each tier"), name="tier-time-N", formula="As `tier-time`, of tier N."),
    replace(stage(1, "each stage"), name="stage-hours-N", formula="As `stage-hours`, of stage N of the chain."),
    replace(aged(2, AGES[1]), name="backlog-age-N", label="Open by age",
        formula="Of `backlog`, the tickets of an age, in days of 24 hours: 1 is under 1 day, 2 from 1 to under 3, 3 "
        "from 3 to under 7, 4 from 7 to under 30, 5 of 30 and more."),
)  # fmt: skip
"""One of each kind that a desk's profile makes, as docs tell of it."""
