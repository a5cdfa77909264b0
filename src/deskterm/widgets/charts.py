"""Charts as lines of text, with block glyphs: they read without colour, and for who hears them as words alone.

We draw them ourselves: plotext 6.1 has one figure for the whole process and ended it when two threads drew, fits its
plots to the terminal instead of what it is told, and tells series apart by colour only.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from rich.cells import cell_len

from deskterm.core.domain.figure_words import said
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import clean
from deskterm.core.kpi_views import Chart, Kind, Series
from deskterm.widgets.fit import fit

NOTHING: Final = "nothing to show in this period"
_LOW: Final = "▁▂▃▄▅▆▇█"
_NARROW: Final = "▏▎▍▌▋▊▉█"
_FILLS: Final = "█▒░▓"
_POINTS: Final = "●○◆◇▲△"
_SHADES: Final = " ░▒▓█"
_UNKNOWN: Final = "·"
_BETWEEN: Final = "·"
_WIDEST: Final = 9
"""Cells of a label's place at most: fewer, wider ones are no easier to read."""
_FEWEST_ROWS: Final = 3
_STEP: Final = 0.05
_TINY: Final = 1e-9
_YEAR: Final = re.compile(r"(?: of)? [0-9]{4}$")


def drawn(chart: Chart, width: int, height: int, *, plain: bool = False) -> list[str]:
    """Gives a chart in at most `width` cells and `height` lines, its legend among them, its title not.

    `plain` says every value in words, a line a label, however many these are.
    """
    known = [value for series in chart.series for value in series.values if value is not None]
    if not known or (chart.kind is Kind.HEAT and not any(known)):
        return [NOTHING]
    if plain:
        return list(_words(chart))
    if chart.kind is Kind.HEAT:
        return _heat(chart, width)
    if chart.kind is Kind.LINE:
        return _line(chart, width, height)
    lying = len(chart.labels) * len(chart.series)
    return _lying(chart, width) if lying <= height else _standing(chart, width, height)


def sparkline(values: Sequence[float | None]) -> str:
    """Gives values as a row of bars between the least and the most of them; what has no value is a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    least, spread = min(known), max(known) - min(known)

    def bar(value: float) -> str:
        return _LOW[round((value - least) / spread * (len(_LOW) - 1))] if spread else _LOW[len(_LOW) // 2]

    return "".join(_UNKNOWN if value is None else bar(value) for value in values)


def _words(chart: Chart) -> Iterator[str]:
    if chart.kind is Kind.HEAT:
        for series in chart.series:
            told = [
                f"{clean(label)}: {said(v, chart.unit)}"
                for label, v in zip(chart.labels, series.values, strict=True)
                if v
            ]
            yield f"{clean(series.name)}  {', '.join(told) or 'nothing'}"
        return
    for place, label in enumerate(chart.labels):
        told = [f"{clean(one.name)} {said(one.values[place], chart.unit)}" for one in chart.series]
        yield f"{clean(label)}  {', '.join(told)}"


def _lying(chart: Chart, width: int) -> list[str]:
    """Gives a bar a line with its value, where there is room for that."""
    most = _most(chart)
    labels = [clean(label) for label in chart.labels]
    names = [clean(one.name) for one in chart.series] if len(chart.series) > 1 else [""]
    wide = min(max(map(cell_len, labels)), width // 3)
    named = max(map(cell_len, names)) + 1 if len(names) > 1 else 0
    values = max(len(said(v, chart.unit)) for one in chart.series for v in one.values)
    room = max(1, width - wide - 1 - named - 1 - values)
    lines = []
    for place, label in enumerate(labels):
        for number, one in enumerate(chart.series):
            value = one.values[place]
            name = f"{names[number]:<{named}}" if named else ""
            bar = _bar((value or 0) / most * room, _NARROW, _FILLS[number % len(_FILLS)])
            head = fit("" if number else label, wide)
            lines.append(f"{head} {name}{bar} {said(value, chart.unit)}".rstrip())
    return lines


def _bar(length: float, parts: str, fill: str) -> str:
    """Gives a bar as long as `length` cells, to an eighth where it is filled; what is more than nothing is seen."""
    whole = int(length)
    rest = round((length - whole) * len(parts))
    if fill != parts[-1]:
        return fill * max(round(length), length > 0)
    if whole == 0 and length > 0:
        rest = max(rest, 1)
    return fill * whole + (parts[rest - 1] if rest else "")


def _standing(chart: Chart, width: int, height: int) -> list[str]:
    """Gives a bar a column and series over a row of labels; of labels that have no room the last ones are shown."""
    rows = max(_FEWEST_ROWS, height - 2)
    top = _ceiling(_most(chart), chart.unit)
    gutter = len(said(top, chart.unit))
    many, room = len(chart.series), width - gutter - 1
    count = max(1, min(len(chart.labels), room // many))
    slot = min(_WIDEST, room // count)
    thick = max(1, (slot - 1) // many)
    labels = _short(chart.labels[-count:])
    columns: list[str] = []
    for place in range(len(chart.labels) - count, len(chart.labels)):
        for number, one in enumerate(chart.series):
            fill = _FILLS[number % len(_FILLS)]
            columns += [_bar((one.values[place] or 0) / top * rows, _LOW, fill)] * thick
        columns += [""] * (slot - thick * many)
    lines = []
    for row in range(rows - 1, -1, -1):
        cells = "".join(column[row] if row < len(column) else " " for column in columns)
        lines.append(f"{_tick(row, rows, 0, top, chart.unit):>{gutter}} {cells}".rstrip())
    lines.append(f"{'':>{gutter}} {_along(labels, slot, room)}".rstrip())
    legend = [f"{_FILLS[n % len(_FILLS)]} {clean(one.name)}" for n, one in enumerate(chart.series) if many > 1]
    return [*lines, *_legend(legend, width, len(chart.labels) - count)]


def _tick(row: int, rows: int, low: float, top: float, unit: Unit) -> str:
    """Gives what stands before a row: the values at the top, half-way and at the bottom."""
    at = {rows - 1: top, 0: low}
    if rows >= 2 * _FEWEST_ROWS and rows % 2:
        at[rows // 2] = (low + top) / 2
    return said(at[row], unit) if row in at else ""


def _along(labels: Sequence[str], slot: int, room: int) -> str:
    """Gives every label that has room under its place, or every second, third...: none of them is cut."""
    step = next(
        (n for n in range(1, len(labels)) if all(cell_len(one) < n * slot for one in labels[::n])), max(1, len(labels))
    )
    line = ""
    for place in range(0, len(labels), step):
        if place * slot + cell_len(labels[place]) <= room:
            line += " " * (place * slot - cell_len(line)) + labels[place]
    return line


def _short(labels: Sequence[str]) -> list[str]:
    """Gives labels without the year that all of them end in: the head of a board says it."""
    said = [clean(label) for label in labels]
    years = {year[0] if (year := _YEAR.search(label)) else "" for label in said}
    return [_YEAR.sub("", label) for label in said] if len(years) == 1 and len(said) > 1 else said


def _legend(parts: Sequence[str], width: int, left_out: int = 0) -> list[str]:
    earlier = [f"{left_out} earlier have no room"] if left_out else []
    shown = [*parts, *earlier]
    return [fit("  ".join(shown), width).rstrip()] if shown else []


def _line(chart: Chart, width: int, height: int) -> list[str]:
    """Gives a point a label and series, and dots on the way; where two meet the first series is seen."""
    rows = max(_FEWEST_ROWS, height - 2)
    low, top = _bounds(chart)
    ticks = [_tick(row, rows, low, top, chart.unit) for row in range(rows)]
    gutter = max(map(len, ticks))
    room = width - gutter - 1
    count = max(1, min(len(chart.labels), room))
    slot = min(_WIDEST, room // count)
    grid = [[" "] * (slot * count) for _ in range(rows)]
    for number in range(len(chart.series) - 1, -1, -1):
        values = chart.series[number].values[-count:]
        places = [(n * slot, (v - low) / (top - low) * (rows - 1)) for n, v in enumerate(values) if v is not None]
        for before, after in pairwise(places):
            if after[0] - before[0] == slot:
                _join(grid, before, after)
        for x, y in places:
            grid[round(y)][x] = _POINTS[number % len(_POINTS)]
    lines = [f"{ticks[row]:>{gutter}} {''.join(grid[row])}".rstrip() for row in range(rows - 1, -1, -1)]
    labels = _short(chart.labels[-count:])
    lines.append(f"{'':>{gutter}} {_along(labels, slot, room)}".rstrip())
    legend = [f"{_POINTS[n % len(_POINTS)]} {_last(one, chart.unit)}" for n, one in enumerate(chart.series)]
    return [*lines, *_legend(legend, width, len(chart.labels) - count)]


def _join(grid: list[list[str]], before: tuple[int, float], after: tuple[int, float]) -> None:
    for x in range(before[0] + 1, after[0]):
        y = round(before[1] + (after[1] - before[1]) * (x - before[0]) / (after[0] - before[0]))
        if grid[y][x] == " ":
            grid[y][x] = _BETWEEN


def _last(series: Series, unit: Unit) -> str:
    known = [value for value in series.values if value is not None]
    return f"{clean(series.name)}, last {said(known[-1], unit)}" if known else clean(series.name)


def _bounds(chart: Chart) -> tuple[float, float]:
    """Gives what a line is drawn between: shares from the five per cent below to those above, all else from 0."""
    known = [value for one in chart.series for value in one.values if value is not None]
    if chart.unit is not Unit.SHARE:
        return 0.0, _ceiling(max(known), chart.unit)
    low = max(0, math.floor(min(known) / _STEP + _TINY)) * _STEP
    return low, max(low + _STEP, math.ceil(max(known) / _STEP - _TINY) * _STEP)


def _ceiling(most: float, unit: Unit) -> float:
    """Gives the value at the top: whole where it is counted."""
    if unit is Unit.COUNT:
        return float(max(2, math.ceil(most / 2) * 2))
    return most or 1.0


def _most(chart: Chart) -> float:
    return max((value or 0 for one in chart.series for value in one.values), default=0) or 1.0


def _heat(chart: Chart, width: int) -> list[str]:
    """Gives a line a series and a cell a label: its number where that has room, and a shade with its scale in words."""
    most = _most(chart)
    names = [clean(one.name) for one in chart.series]
    gutter = max(map(cell_len, names))
    slot = max(1, (width - gutter - 1) // len(chart.labels))
    digits = max(len(said(v, chart.unit)) for one in chart.series for v in one.values if v is not None)
    labels = [clean(label) for label in chart.labels]
    if slot > max(digits, *map(cell_len, labels)):
        cell, head = _numbered(slot, chart.unit), "".join(label.rjust(slot) for label in labels)
    else:
        cell, head = _shaded(slot), _along(labels, slot, width - gutter - 1)
    lines = [f"{'':>{gutter}} {head}".rstrip()]
    for name, one in zip(names, chart.series, strict=True):
        cells = "".join(cell(value, _shade(value, most)) for value in one.values)
        lines.append(f"{fit(name, gutter)} {cells}".rstrip())
    busiest = [
        f"{name} {clean(label)}"
        for name, one in zip(names, chart.series, strict=True)
        for label, value in zip(chart.labels, one.values, strict=True)
        if value == most
    ]
    return [*lines, fit(f"{_scale(most, chart.unit)}   most: {busiest[0]} ({said(most, chart.unit)})", width).rstrip()]


def _numbered(slot: int, unit: Unit) -> Callable[[float | None, str], str]:
    def cell(value: float | None, shade: str) -> str:
        number = "" if not value else said(value, unit)
        return shade.rjust(slot - len(number)) + number

    return cell


def _shaded(slot: int) -> Callable[[float | None, str], str]:
    return lambda _, shade: shade * slot


def _shade(value: float | None, most: float) -> str:
    if value is None:
        return _UNKNOWN
    return _SHADES[math.ceil(value / most * (len(_SHADES) - 1))]


def _scale(most: float, unit: Unit) -> str:
    steps = [most * n / (len(_SHADES) - 1) for n in range(1, len(_SHADES))]
    if unit is Unit.COUNT:
        steps = [float(math.floor(step)) for step in steps]
    upper = dict(zip(steps, _SHADES[1:], strict=True))  # of few, some shades are nothing's
    parts = [f"{shade} {said(step, unit)}" for step, shade in upper.items() if step]
    return "up to " + "  ".join(parts)
