"""Charts as SVG inside a page: titled and described in words, told apart by pattern and shape as well as by colour."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from deskterm.core.domain.figure_words import said
from deskterm.core.domain.kpi import Unit
from deskterm.core.kpi_views import Chart, Kind, Series
from deskterm.reports.markup import Markup, element, text
from deskterm.reports.numbers import summary

_WIDTH: Final = 720
_HEIGHT: Final = 220
_TOP: Final = 24
_BOTTOM: Final = 24
_LEFT: Final = 56
_LETTER: Final = 6.2
"""About the width of a letter of 11 pixels."""
_ROW: Final = 22
_LONG: Final = 11
"""Letters of a label that has no room under a bar."""
_FEW: Final = 8
"""Labels up to which bars can lie: a row of months or weeks stands."""
_TICKS: Final = 4
_DASHES: Final = ("", "7 4", "2 3", "9 3 2 3")
_LOOKS: Final = 4
_DARK: Final = 0.55
"""From which shade on numbers stand in the colour of the ground."""


def drawn(chart: Chart, number: int) -> Markup:
    """Gives a chart as SVG; `number` tells its names apart from those of other charts of the page."""
    if chart.kind is Kind.HEAT:
        height, inside = _heat(chart)
    elif chart.kind is Kind.BARS and len(chart.labels) <= _FEW and max(map(len, chart.labels)) >= _LONG:
        height, inside = _lying(chart)
    else:
        height, inside = _upright(chart)
    is_told = chart.kind is Kind.LINE or (chart.kind is Kind.BARS and len(chart.series) > 1)
    legend = _legend(chart, height) if is_told else []
    if legend:
        height += _ROW
    names = f"chart-{number}-title", f"chart-{number}-words"
    return element(
        "svg",
        element("title", text(chart.title), id=names[0]),
        element("desc", text(summary(chart)), id=names[1]),
        *inside,
        *legend,
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_labelledby=" ".join(names),
    )


def patterns() -> Markup:
    """Gives the fills that every chart of a page uses, once a page."""
    strokes = ("M0 6L6 0", "M0 3H6", "M3 0V6")
    made = [
        element(
            "pattern",
            element("rect", width=6, height=6, class_=f"ground s{number}"),
            element("path", d=stroke, class_=f"stroke s{number}"),
            id=f"fill-{number}",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        )
        for number, stroke in enumerate(strokes, 1)
    ]
    return element("svg", element("defs", *made), width=0, height=0, aria_hidden="true", class_="patterns")


def _upright(chart: Chart) -> tuple[int, list[Markup]]:
    """Gives bars or a line over a row of labels."""
    low, top = _bounds(chart)
    floor = _HEIGHT - _BOTTOM
    slot = (_WIDTH - _LEFT - 12) / len(chart.labels)

    def y(value: float) -> float:
        return floor - (value - low) / (top - low) * (floor - _TOP)

    found = [
        *_scale(low, top, chart.unit, y),
        *(
            _words(chart.labels[place], _LEFT + (place + 0.5) * slot, _HEIGHT - 8, "middle")
            for place in _shown(chart.labels, slot)
        ),
    ]
    if chart.kind is Kind.LINE:
        for number in reversed(range(len(chart.series))):
            at = [
                (_LEFT + (place + 0.5) * slot, None if value is None else y(value))
                for place, value in enumerate(chart.series[number].values)
            ]
            found += _line(at, number)
        return _HEIGHT, found
    thick = 0.8 * slot / len(chart.series)
    longest = max(len(said(value, chart.unit)) for one in chart.series for value in one.values if value is not None)
    for number, one in enumerate(chart.series):
        for place, value in enumerate(one.values):
            if value is None:
                continue
            x = _LEFT + (place + 0.1) * slot + number * thick
            above = y(max(value, 0.0))
            found.append(_bar(x, above, max(1.0, thick - 1), y(min(value, 0.0)) - above, number))
            if longest * _LETTER <= thick:
                found.append(_words(said(value, chart.unit), x + thick / 2, y(value) - 4, "middle"))
    return _HEIGHT, found


def _lying(chart: Chart) -> tuple[int, list[Markup]]:
    """Gives a bar a line, for labels that are names."""
    left = min(_WIDTH * 0.4, max(map(len, chart.labels)) * _LETTER + 12)
    most = max((value or 0 for one in chart.series for value in one.values), default=0) or 1
    room = _WIDTH - left - 70
    found = []
    step = _ROW * len(chart.series) + 6
    for place, label in enumerate(chart.labels):
        found.append(_words(_cut(label, left), left - 8, place * step + 17, "end"))
        for number, one in enumerate(chart.series):
            value = one.values[place]
            top = place * step + number * _ROW + 4
            if value is not None:
                found.append(_bar(left, top, value / most * room, _ROW - 6, number))
            words = said(value, chart.unit)
            found.append(_words(words, left + (value or 0) / most * room + 6, top + 13, "start"))
    return step * len(chart.labels) + 4, found


def _heat(chart: Chart) -> tuple[int, list[Markup]]:
    """Gives a row a series and a cell a label, with its number in it."""
    left = max(len(one.name) for one in chart.series) * _LETTER + 14
    slot = (_WIDTH - left - 4) / len(chart.labels)
    most = max((value or 0 for one in chart.series for value in one.values), default=0) or 1
    found = [
        _words(chart.labels[place], left + (place + 0.5) * slot, 14, "middle") for place in _shown(chart.labels, slot)
    ]
    for row, one in enumerate(chart.series):
        top = 20 + row * _ROW
        found.append(_words(one.name, left - 8, top + 15, "end"))
        for place, value in enumerate(one.values):
            x, share = left + place * slot, (value or 0) / most
            found.append(_cell(x, top, slot, share))
            if value:
                kind = "on" if share > _DARK else None
                found.append(_words(said(value, chart.unit), x + slot / 2, top + 15, "middle", kind))
    return 20 + _ROW * len(chart.series) + 4, found


def _scale(low: float, top: float, unit: Unit, y: Callable[[float], float]) -> Iterator[Markup]:
    for value in _ticks(low, top, unit):
        yield element("line", x1=_LEFT, x2=_WIDTH - 12, y1=_at(y(value)), y2=_at(y(value)), class_="grid")
        yield _words(said(value, unit), _LEFT - 6, y(value) + 4, "end")


def _ticks(low: float, top: float, unit: Unit) -> list[float]:
    steps = [low + (top - low) * step / _TICKS for step in range(_TICKS + 1)]
    if unit is Unit.COUNT:
        return sorted({float(round(step)) for step in steps})
    return steps


def _bounds(chart: Chart) -> tuple[float, float]:
    """Gives what is drawn between: bars stand on 0; a line of shares is drawn between the tenths around it."""
    known = [value for one in chart.series for value in one.values if value is not None]
    if chart.unit is Unit.SHARE:
        low = math.floor(min(known) * 10) / 10 if chart.kind is Kind.LINE else 0.0
        return (low - 0.1, 1.0) if low >= 1 else (low, 1.0)
    return -_round(-min(0.0, *known)), _round(max(0.0, *known)) or (0.0 if min(known) < 0 else 1.0)


def _round(most: float) -> float:
    """Gives the next round number, of what isn't below 0."""
    if most <= 0:
        return 0.0
    size = 10 ** math.floor(math.log10(most))
    return float(next(step * size for step in (1, 2, 4, 5, 8, 10) if step * size >= most))


def _line(at: Sequence[tuple[float, float | None]], number: int) -> Iterator[Markup]:
    """Gives what joins neighbours that both have a value, and a mark at each."""
    look = number % _LOOKS
    for (x, y), (further, beyond) in pairwise(at):
        if y is not None and beyond is not None:
            yield element(
                "line", x1=_at(x), y1=_at(y), x2=_at(further), y2=_at(beyond), class_=f"stroke s{look}",
                stroke_dasharray=_DASHES[look] or None,
            )  # fmt: skip
    for x, y in at:
        if y is not None:
            yield _mark(x, y, look)


def _mark(x: float, y: float, look: int) -> Markup:
    shapes = (
        "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0",
        "m-3.5 -3.5h7v7h-7z",
        "m0 -5l5 5l-5 5l-5 -5z",
        "m0 -4.5l4.5 8h-9z",
    )
    return element("path", d=f"M{_at(x)} {_at(y)}{shapes[look]}", class_=f"mark s{look}")


def _with_last(one: Series, unit: Unit) -> str:
    """Gives a line's name with the value that it ends at."""
    known = [value for value in one.values if value is not None]
    return f"{one.name} {said(known[-1], unit)}" if known else one.name


def _bar(x: float, y: float, width: float, height: float, number: int) -> Markup:
    look = number % _LOOKS
    place = {"x": _at(x), "y": _at(y), "width": _at(width), "height": _at(height)}
    return element("rect", class_=f"bar s{look}", style=f"fill:url(#fill-{look})" if look else None, **place)


def _cell(x: float, y: float, width: float, share: float) -> Markup:
    place = {"x": _at(x), "y": _at(y), "width": _at(width - 1), "height": _at(_ROW - 1)}
    return element("rect", class_="cell", fill_opacity=_at(share), **place)


def _legend(chart: Chart, height: int) -> list[Markup]:
    found: list[Markup] = []
    x = float(_LEFT)
    for number, one in enumerate(chart.series):
        if chart.kind is Kind.LINE:
            found += _line([(x, height + 10), (x + 26, height + 10)], number)
        else:
            found.append(_bar(x, height + 4, 14, 12, number))
        name = one.name if chart.kind is Kind.BARS else _with_last(one, chart.unit)
        found.append(_words(name, x + 34, height + 14, "start"))
        x += 54 + len(name) * _LETTER
    return found


def _shown(labels: Sequence[str], slot: float) -> range:
    """Gives the places of the labels that have room: all, or every second, third..."""
    widest = max(map(len, labels)) * _LETTER + 6
    return range(0, len(labels), max(1, math.ceil(widest / slot)))


def _words(words: str, x: float, y: float, anchor: str, kind: str | None = None) -> Markup:
    return element("text", text(words), x=_at(x), y=_at(y), text_anchor=anchor, class_=kind)


def _cut(label: str, width: float) -> str:
    most = int((width - 12) / _LETTER)
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _at(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
