"""The numbers of a chart as a table: for who doesn't see it, and where nothing is drawn."""

from deskterm.core.domain.figure_words import said
from deskterm.core.kpi_views import Chart, Kind
from deskterm.reports.document import Cell, Grid


def numbers(chart: Chart) -> Grid:
    """Gives a chart's values: a line a label and a column a series; of a heat map a line a series, as it is drawn."""
    if chart.kind is Kind.HEAT:
        rows = tuple((Cell(one.name), *(_cell(chart, value) for value in one.values)) for one in chart.series)
        return Grid(chart.title, ("", *chart.labels), rows)
    rows = tuple(
        (Cell(label), *(_cell(chart, one.values[place]) for one in chart.series))
        for place, label in enumerate(chart.labels)
    )
    return Grid(chart.title, ("", *(one.name for one in chart.series)), rows)


def has_values(chart: Chart) -> bool:
    """Says whether there is anything to draw."""
    known = [value for one in chart.series for value in one.values if value is not None]
    return any(known) if chart.kind is Kind.HEAT else bool(known)


def summary(chart: Chart) -> str:
    """Gives in a sentence what is drawn: of what, along what, the least and the most, with where they are."""
    known = [
        (value, one.name, label)
        for one in chart.series
        for label, value in zip(chart.labels, one.values, strict=True)
        if value is not None
    ]
    if not has_values(chart):
        return f"{chart.title}: nothing in this period."
    (low, *at_least), (high, *at_most) = (
        choose(known, key=lambda one: one[0])
        for choose in (min, max)
    )  # fmt: skip
    least, most = said(low, chart.unit), said(high, chart.unit)
    of = ", ".join(one.name for one in chart.series)
    along = f"{chart.labels[0]} to {chart.labels[-1]}"
    ends = f"Least {least} ({', '.join(at_least)}), most {most} ({', '.join(at_most)})."
    return f"{of}, {along}. {ends}"


def _cell(chart: Chart, value: float | None) -> Cell:
    return Cell(said(value, chart.unit))
