"""KPIs of how well it was done. Formulas are exact: who knows the measures can reckon every figure anew from them."""

from typing import Final

from deskterm.core.domain.kpi import Better, Definition, Goal, Reduced, Unit
from deskterm.core.domain.measures import Ending, Measured
from deskterm.core.domain.profile import MAIN_CLOCK

_M: Final = Measured
_UNRESOLVED: Final = (_M.CLOSURE, "closed, and not resolved in the period")
_NOT_DONE: Final = (_M.CLOSURE, "closed with another outcome than done, or a purchase")
_OTHERWISE: Final = "Tickets closed with another outcome than done, and purchases."

QUALITY: Final = (
    Definition(
        name="quality",
        label="Quality",
        heading="QUALITY",
        unit=Unit.SHARE,
        formula="The mean of those of these four that have anything to say: `sla`, `csat-normalised`, `first-contact`, "
        "and 1 less `reopen-rate` (at least 0). n is the sum of theirs.",
        excludes="Those of the four whose n is 0.",
        answers=("001-R33",),
        reduced=Reduced.QUALITY,
        better=Better.MORE,
        parts=("sla", "csat-normalised", "first-contact", "reopen-rate"),
    ),
    Definition(
        name="sla",
        label="SLA compliance",
        heading="SLA",
        unit=Unit.SHARE,
        formula="Of the cycles of the main clock (`resolution`) that were judged in the period, the share that was "
        "met: judged against the deadline in force when it ended, or when it passed.",
        excludes="Tickets whose clock has no target; cycles that still run and are in time; what was ended in time "
        "without being done (cancelled, a duplicate). What was met and is reopened is judged again at its end.",
        answers=("000-R30", "000-R35", "001-R40", "002-R6", "004-R27"),
        measures=(_M.JUDGED,),
        reduced=Reduced.SHARE,
        better=Better.MORE,
        goal=Goal.COMPLIANCE,
        clocks=(MAIN_CLOCK,),
        beside=((_M.RESOLUTION, "judged in another period, or its clock has no target"),),
    ),
    Definition(
        name="csat",
        label="CSAT",
        heading="CSAT",
        unit=Unit.STARS,
        formula="The mean of the ratings given in the period, on the profile's scale: stars (1 to 5) times the scale "
        "divided by 5. A rating is whose resolution was rated.",
        excludes="Tickets that nobody rated.",
        answers=("000-R28", "000-R35", "001-R40", "003-R28", "003-R60"),
        measures=(_M.RATED,),
        reduced=Reduced.RATING,
        better=Better.MORE,
        goal=Goal.CSAT,
        beside=((_M.CLOSURE, "closed and not rated by then"),),
    ),
    Definition(
        name="csat-normalised",
        label="CSAT, normalised",
        heading="CSAT %",
        unit=Unit.SHARE,
        formula="The mean of the ratings given in the period, in stars divided by 5.",
        excludes="Tickets that nobody rated.",
        answers=("000-R28", "001-R40"),
        measures=(_M.RATED,),
        reduced=Reduced.RATING,
        better=Better.MORE,
        beside=((_M.CLOSURE, "closed and not rated by then"),),
    ),
    Definition(
        name="first-contact",
        label="First contact",
        heading="FIRST",
        unit=Unit.SHARE,
        formula="Of the tickets closed as done in the period, the share whose requester never had to write again after "
        "the submission and that was never reopened.",
        excludes=_OTHERWISE,
        answers=("001-R40",),
        measures=(_M.CLOSURE,),
        reduced=Reduced.SHARE,
        better=Better.MORE,
        goal=Goal.FIRST_CONTACT,
        among=Ending.DONE,
        flag=Ending.FIRST_CONTACT,
        beside=(_NOT_DONE,),
    ),
    Definition(
        name="reopen-rate",
        label="Reopened",
        heading="REOPEN",
        unit=Unit.SHARE,
        formula="How many reopenings there were in the period, divided by how many resolutions. Both are whose the "
        "resolution was; n is the resolutions.",
        excludes="Nothing. A resolution of an earlier period counts when it is reopened in this one.",
        answers=("000-R8",),
        measures=(_M.RESOLUTION, _M.REOPENED),
        reduced=Reduced.RATIO,
        better=Better.LESS,
    ),
    Definition(
        name="escalation-rate",
        label="Escalated",
        heading="ESCAL.",
        unit=Unit.SHARE,
        formula="Of the tickets closed as done in the period, the share that was escalated at least once.",
        excludes=_OTHERWISE,
        answers=("003-R28", "003-R72"),
        measures=(_M.CLOSURE,),
        reduced=Reduced.SHARE,
        better=Better.LESS,
        among=Ending.DONE,
        flag=Ending.ESCALATED,
        beside=(_NOT_DONE,),
    ),
    Definition(
        name="self-resolution",
        label="Self-resolved",
        heading="SELF",
        unit=Unit.SHARE,
        formula="Of all tickets closed in the period, the share that the requester ended before staff took it up.",
        excludes="Nothing that was closed.",
        answers=("003-R60",),
        measures=(_M.CLOSURE,),
        reduced=Reduced.SHARE,
        better=Better.MORE,
        flag=Ending.SELF_SERVED,
    ),
    Definition(
        name="through-chain",
        label="Through the chain",
        heading="CHAIN",
        unit=Unit.SHARE,
        formula="Of the purchases that became workable in the period, the share whose facts prove a complete, valid "
        "chain.",
        excludes="Purchases that were refused, withdrawn or are being decided.",
        answers=("000-R13", "000-R35"),
        measures=(_M.PURCHASED,),
        reduced=Reduced.SHARE,
        better=Better.MORE,
        goal=Goal.THROUGH_CHAIN,
    ),
    Definition(
        name="complexity",
        label="Complexity",
        heading="COMPLEX",
        unit=Unit.POINTS,
        formula="The mean weight of what was resolved in the period: urgency (1 for the least urgent priority, one "
        "more for each above it) times touches times tier.",
        excludes="What was closed without a resolution.",
        answers=("001-R33", "000-R8"),
        measures=(_M.WEIGHT,),
        reduced=Reduced.MEAN,
        beside=(_UNRESOLVED,),
    ),
    Definition(
        name="weighted-volume",
        label="Resolved, weighted",
        heading="WEIGHT",
        unit=Unit.POINTS,
        formula="The weights of what was resolved in the period (see `complexity`), added up.",
        excludes="What was closed without a resolution.",
        answers=("001-R33", "000-R8"),
        measures=(_M.WEIGHT,),
        reduced=Reduced.SUM,
        better=Better.MORE,
        beside=(_UNRESOLVED,),
    ),
)
