"""Figures in the words of a report: the value, what it rests on, how it moved, and its last periods."""

from deskterm.core.domain.figure_words import NOTHING, changed, said
from deskterm.core.kpi_views import Figure
from deskterm.widgets.charts import sparkline


def value(figure: Figure) -> str:
    """Gives what a figure is."""
    return said(figure.value, figure.unit, figure.goal)


def basis(figure: Figure) -> str:
    """Gives what a figure rests on: of how many, the median and the 90th percentile where there are such."""
    parts = [f"n {figure.n:,}"] if figure.n and figure.n != figure.value else []  # a count is its own n
    parts += [f"median {said(figure.median, figure.unit)}"] if figure.median is not None else []
    parts += [f"p90 {said(figure.p90, figure.unit)}"] if figure.p90 is not None else []
    return ", ".join(parts)


def change(figure: Figure) -> str:
    """Gives how a figure moved against the compared period."""
    found = changed(figure.value, figure.before, figure.unit)
    return NOTHING if found is None else found.words


def trend(figure: Figure) -> str:
    """Gives a figure's last periods as a row of bars, where there are two at least."""
    known = [value for value in figure.trend if value is not None]
    return sparkline(figure.trend) if len(known) > 1 else ""
