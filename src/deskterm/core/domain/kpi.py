"""The KPIs, each defined once: name, unit, formula, what is left out, and the requirement that it answers.

`kpi_table` has them all; docs/kpi.md is made from it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deskterm.core.domain.measures import Ending, Measured


class Unit(StrEnum):
    """What a figure is measured in."""

    SECONDS = "seconds"  # open time, said in hours and business days
    WALL = "wall"  # seconds on the wall
    SHARE = "share"  # 0..1, said in per cent
    STARS = "stars"  # on the profile's scale
    COUNT = "count"
    POINTS = "points"
    RATE = "rate"  # tickets an open business day
    DAYS = "days"  # business days


class Reduced(StrEnum):
    """How measures of a period become one figure."""

    COUNT = "count"  # how many there are
    TICKETS = "tickets"  # how many different tickets they are of
    MEAN = "mean"  # of their values, beside median and p90
    SUM = "sum"  # of their values, beside median and p90 of one
    SHARE = "share"  # of those that are as `flag` says, or whose value is 1
    RATIO = "ratio"  # how many of the second kind there are for one of the first
    RATING = "rating"  # the mean of the stars, on the profile's scale
    AGE = "age"  # of what stands at the period's end, since it came in: as MEAN
    WEIGHED = "weighed"  # urgency times tier of what stands at the period's end, added up
    RATE = "rate"  # how many there are in the window, an open business day of it
    AT_HAND = "at_hand"  # the first part divided by the second
    CHANGE = "change"  # against the compared period, as a share of that
    NET = "net"  # the first part less the second
    QUALITY = "quality"  # the mean of those parts that have something to say, a LESS one as what is left to 1


class Better(StrEnum):
    """Which way a figure is wanted to go."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Goal(StrEnum):
    """A goal of the profile that a figure is held against."""

    COMPLIANCE = "sla_compliance"
    CSAT = "csat"
    THROUGH_CHAIN = "procurement_through_chain"
    FIRST_CONTACT = "first_contact_resolution"
    RESOLUTION = "resolution_time"


_NONE: Final = Ending(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A KPI. It counts measures of the kinds `measures` that became known in the period; see `Reduced` for how.

    `formula` and `excludes` are in Markdown, as docs/kpi.md has them; who shows them otherwise shows them `unmarked`.
    Of these it counts only those of `clocks` or with `code`, where given, only endings that have all flags of `among`,
    only what has somebody where it is `held`, and only what has an age inside `ages` (in days, the second excluded).
    The tickets that have a measure of a kind in `beside`, and none that is counted, are left out for the reason there.
    `parts` are the KPIs that it is made of, where it is made of others.
    """

    name: str
    label: str
    heading: str
    unit: Unit
    formula: str
    excludes: str
    answers: tuple[str, ...]
    measures: tuple[Measured, ...] = ()
    reduced: Reduced = Reduced.COUNT
    better: Better = Better.NEITHER
    goal: Goal | None = None
    flag: Ending = _NONE
    among: Ending = _NONE
    clocks: tuple[str, ...] = ()
    code: int | None = None
    held: bool = False
    ages: tuple[int, int] | None = None
    beside: tuple[tuple[Measured, str], ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def is_ranked(self) -> bool:
        """Whether median and 90th percentile say something of it."""
        return self.reduced in {Reduced.MEAN, Reduced.SUM, Reduced.AGE}

    @property
    def is_judged(self) -> bool:
        """Whether each of what it counts is as it should be or isn't: `.met` and `.missed` of a drill."""
        return self.reduced in {Reduced.SHARE, Reduced.RATIO, Reduced.RATING}


def unmarked(told: str) -> str:
    """Gives what is told of a KPI without its Markdown."""
    return told.replace("`", "")


WEEKS: Final = 8
"""How far back what can be done a day is looked at."""
LOW: Final = 2
"""A rating of so many stars or fewer falls short."""
