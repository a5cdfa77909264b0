"""KPIs of how long it took; every one of them has a median and a 90th percentile beside it."""

from typing import Final

from deskterm.core.domain.kpi import Better, Definition, Goal, Reduced, Unit
from deskterm.core.domain.measures import Measured

_M: Final = Measured
_UNRESOLVED: Final = (_M.CLOSURE, "closed, and not resolved in the period")

TIMES: Final = (
    Definition(
        name="response",
        label="Response",
        heading="RESPONSE",
        unit=Unit.SECONDS,
        formula="Open time from the submission (of a purchase, from the end of its chain) to the first assignment or "
        "reply of staff, of the tickets that got it in the period.",
        excludes="Tickets that nobody took up yet, or that were over before: a resolution alone is no response.",
        answers=("000-R2", "000-R8", "003-R47"),
        measures=(_M.RESPONSE,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
        beside=((_M.SUBMITTED, "came in and not taken up in the period"),),
    ),
    Definition(
        name="turnaround",
        label="Turnaround",
        heading="TURNAR.",
        unit=Unit.SECONDS,
        formula="Time of the main clock from the assignment to the resolution, of what was resolved in the period: "
        "closed hours and pauses are out. From the submission, or the last reopening, of what nobody had before.",
        excludes="What was closed without a resolution: cancelled, duplicate, rejected.",
        answers=("000-R29", "000-R8", "000-R9"),
        measures=(_M.TURNAROUND,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
        beside=(_UNRESOLVED,),
    ),
    Definition(
        name="resolution",
        label="Resolution",
        heading="RESOLVE",
        unit=Unit.SECONDS,
        formula="Time of the main clock from the submission to the resolution, of what was resolved in the period: "
        "closed hours and pauses are out.",
        excludes="What was closed without a resolution: cancelled, duplicate, rejected.",
        answers=("002-R6", "003-R28", "003-R47", "003-R60"),
        measures=(_M.RESOLUTION,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
        goal=Goal.RESOLUTION,
        beside=(_UNRESOLVED,),
    ),
    Definition(
        name="detection",
        label="Detection to fix",
        heading="DETECT.",
        unit=Unit.WALL,
        formula="Time on the wall from when the desk knew of it (the submission) to the resolution, of what was "
        "resolved in the period: nights, weekends and pauses are in.",
        excludes="What was closed without a resolution: cancelled, duplicate, rejected.",
        answers=("003-R5", "001-R40"),
        measures=(_M.DETECTION,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
        goal=Goal.RESOLUTION,
        beside=(_UNRESOLVED,),
    ),
    Definition(
        name="closure",
        label="Closure",
        heading="CLOSURE",
        unit=Unit.SECONDS,
        formula="Open time from the submission to the closing, pauses included, of all tickets closed in the period.",
        excludes="Nothing that was closed.",
        answers=("003-R72",),
        measures=(_M.CLOSURE,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
    ),
    Definition(
        name="follow-up",
        label="Follow-up",
        heading="FOLLOW",
        unit=Unit.SECONDS,
        formula="Open time from a requester's message to the next reply of staff, of the replies of the period.",
        excludes="Messages that nobody has replied to.",
        answers=("003-R72",),
        measures=(_M.FOLLOWED,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
    ),
    Definition(
        name="held",
        label="Time in hand",
        heading="HELD",
        unit=Unit.SECONDS,
        formula="Time of the main clock that a ticket was in one person's hands, for each time that it left them in "
        "the period.",
        excludes="What they have in hand still.",
        answers=("000-R29", "003-R85"),
        measures=(_M.HELD,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
    ),
    Definition(
        name="tier-time",
        label="Time in a tier",
        heading="TIER",
        unit=Unit.SECONDS,
        formula="Open time that a ticket spent in a tier, for each time that it left one in the period.",
        excludes="Tickets that are in their tier still.",
        answers=("003-R45", "003-R30", "003-R47"),
        measures=(_M.TIER,),
        reduced=Reduced.MEAN,
        better=Better.LESS,
    ),
    Definition(
        name="waiting",
        label="Hours waiting",
        heading="WAITED",
        unit=Unit.SECONDS,
        formula="Open time that tickets waited, added up over the waits that ended in the period; whatever they waited "
        "for.",
        excludes="Waits that go on: `pending`.",
        answers=("003-R30", "000-R2"),
        measures=(_M.WAITED,),
        reduced=Reduced.SUM,
        better=Better.LESS,
    ),
    Definition(
        name="stage-hours",
        label="Hours in approval",
        heading="HOURS",
        unit=Unit.SECONDS,
        formula="Open time that stages of approval chains took, added up over the stages that ended in the period.",
        excludes="Stages that are open.",
        answers=("003-R30", "000-R2"),
        measures=(_M.STAGE,),
        reduced=Reduced.SUM,
        better=Better.LESS,
    ),
)
