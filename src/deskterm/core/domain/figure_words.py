"""Figures in words: the same ones on the screen, on the command line, in reports and in charts.

A figure is rounded to what people read, but never to what it is not: 99.96 % is no 100 %, what misses its goal never
reads as the goal, and what is not nothing never reads as nothing.
"""

import math
from fractions import Fraction
from typing import Final, NamedTuple

from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import spoken

NOTHING: Final = "-"
"""What is said of n = 0, and of what has no such number."""
_WALL_DAY: Final = 86_400
_NO_DAY: Final = 10**12
"""Business days are of several lengths at one desk: open time is said in hours."""
_LONG: Final = 100 * 3_600
_TENTHS: Final = 100
"""From so many on tenths say nothing."""
UP, DOWN, SAME = "▲", "▼", "="
MET, MISSED = "✓", "✗"


class Change(NamedTuple):
    """How a figure moved against the compared period: a glyph, and the same in words with a sign."""

    glyph: str
    words: str

    def __str__(self) -> str:
        """Gives `▲ +2.1 pt`, `▼ -12 %`, `= same`."""
        return f"{self.glyph} {self.words}"


class Judged(NamedTuple):
    """A figure's goal and whether it is reached: a glyph, and the same in words; without an answer only the goal."""

    glyph: str
    words: str

    def __str__(self) -> str:
        """Gives `✓ met 90 %`, `✗ missed 90 %`, `goal 90 %`."""
        return f"{self.glyph} {self.words}".strip()


def said(value: float | None, unit: Unit, goal: float | None = None) -> str:
    """Gives a figure in a few letters: `42`, `93.4 %`, `4.25`, `2h10`, `3d4h` on the wall; `-` where there is none.

    It is rounded to the unit's own step; on which side of its `goal` it is stays true.
    """
    if value is None:
        return NOTHING
    match unit:
        case Unit.SECONDS | Unit.WALL:
            return _time(value, unit, goal)
        case Unit.SHARE:
            return f"{_tenths(_rounded(value, Fraction(1, 1000), 0, 1, goal) * 100)} %"
        case Unit.STARS:
            return f"{float(_rounded(value, Fraction(1, 100), goal)):.2f}".removesuffix("0")
        case Unit.COUNT | Unit.POINTS | Unit.RATE | Unit.DAYS:
            return _tenths(_rounded(value, Fraction(1, 10) if abs(value) < _TENTHS else Fraction(1), 0, goal))


def changed(now: float | None, before: float | None, unit: Unit) -> Change | None:
    """Gives how a figure moved: a share in points of a hundred, all else in per cent of what it was; None is unknown.

    What was 0 has no per cent.
    """
    if now is None or before is None:
        return None
    if now == before:
        return Change(SAME, "same")
    glyph, sign = (UP, "+") if now > before else (DOWN, "-")
    if unit is Unit.SHARE:
        return Change(glyph, f"{sign}{_tenths(_rounded(abs(now - before) * 100, Fraction(1, 10), 0))} pt")
    if before == 0:
        return Change(glyph, f"{'up' if now > before else 'down'} from 0")
    share = abs(now - before) / abs(before)
    return Change(glyph, f"{sign}{_tenths(_rounded(share * 100, _percent_step(share), 0))} %")


def judged(goal: float | None, is_met: bool | None, unit: Unit) -> Judged | None:  # noqa: FBT001 - a figure's own
    """Gives a goal and whether it is reached, None where there is none."""
    if goal is None:
        return None
    glyph, word = {True: (MET, "met"), False: (MISSED, "missed"), None: ("", "goal")}[is_met]
    return Judged(glyph, f"{word} {said(goal, unit)}")


def _time(value: float, unit: Unit, goal: float | None) -> str:
    if abs(value) < 60:
        return "<1m" if value else "0"
    step = Fraction(3_600) if abs(value) >= _LONG else Fraction(60)
    return spoken(int(_rounded(value, step, goal)), _WALL_DAY if unit is Unit.WALL else _NO_DAY)


def _percent_step(share: float) -> Fraction:
    return Fraction(1, 10) if share < 0.1 else Fraction(1)


def _rounded(value: float, step: Fraction, *edges: float | None) -> Fraction:
    """Gives the multiple of `step` that is next to `value`, on the same side of every edge."""
    exact = Fraction(repr(float(value)))
    steps = round(exact / step)
    for edge in edges:
        if edge is None:
            continue
        bound = Fraction(repr(float(edge)))
        if exact < bound <= steps * step:
            steps = math.ceil(bound / step) - 1
        elif exact > bound >= steps * step:
            steps = math.floor(bound / step) + 1
    return steps * step


def _tenths(number: Fraction) -> str:
    """Gives a number with a decimal where it has one."""
    return f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.1f}"
