"""Where a figure comes from, as lines of a sheet: its definition, its tickets, those left out and why."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from deskterm.core.domain.facts import reference
from deskterm.core.domain.figure_words import MET, MISSED, said
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import clean, many
from deskterm.core.kpi_views import Counted, Explanation
from deskterm.widgets.board_lines import BoardLine, FigureAt, Meaning, TicketAt
from deskterm.widgets.fit import fit, wrapped
from deskterm.widgets.sheet import SheetLine, Spot

_SAID: Final = frozenset({Unit.COUNT, Unit.SHARE})
"""The units in which a ticket's own value is no more than that it counts, or its verdict."""


def explained(found: Explanation, width: int, zone: tzinfo) -> list[BoardLine]:
    """Gives the explanation of a figure in lines of at most `width` cells; tickets are places to go to."""
    return [*_definition(found, width), *_counted(found, width, zone), *_left_out(found, width)]


def _definition(found: Explanation, width: int) -> Iterator[BoardLine]:
    figure = found.figure
    spread = [
        f"{name} {figure.said(value)}" for name, value in (("median", figure.median), ("p90", figure.p90)) if value
    ]
    counted = [] if figure.unit is Unit.COUNT else [f"n {figure.n:,}"]
    goal = [] if figure.judged is None else [str(figure.judged)]
    title = ", ".join([figure.words, *spread, *counted, *goal])
    spot = Spot[Meaning](0, width, ("explained", figure.name), FigureAt(figure))
    first, *more = wrapped(f"{clean(figure.label)}: {title}", width)
    yield SheetLine(((first, "bold"),), (spot,))
    yield from (SheetLine(((line, "bold"),)) for line in more)
    for line in wrapped(f"{clean(found.period.words)}, in lists {clean(figure.drill)}", width):
        yield SheetLine(((line, "dim"),))
    for heading, text in (
        ("Counts", found.formula),
        ("Leaves out", found.excludes),
        ("Answers", ", ".join(found.answers)),
    ):
        if text:
            yield SheetLine()
            yield from _said(f"{heading}: ", text, width)


def _said(heading: str, text: str, width: int) -> Iterator[BoardLine]:
    first, *more = wrapped(heading + clean(text), width)
    yield SheetLine(((heading, "bold"), (first[len(heading) :], "")))
    yield from (SheetLine(((line, ""),)) for line in more)


def _counted(found: Explanation, width: int, zone: tzinfo) -> Iterator[BoardLine]:
    yield SheetLine()
    counted = len(found.counted) + found.more
    of = f", of {many(found.tickets, 'ticket')}" if found.tickets != counted else ""
    yield SheetLine(((f"{counted} counted{of}", "bold"),))
    for one in found.counted:
        text = _ticket(one, found.figure.unit, width, zone)
        yield SheetLine(((text, ""),), (Spot(0, width, ("ticket", one.ticket_id, one.at), TicketAt(one.ticket_id)),))
    if found.more:
        yield SheetLine(((f"and {found.more} more", "dim"),))


def _ticket(one: Counted, unit: Unit, width: int, zone: tzinfo) -> str:
    glyph = {"met": MET, "missed": MISSED}.get(one.verdict, " ")
    value = "" if unit in _SAID else f"{said(one.value, unit):>7} "
    head = f"{reference(one.ticket_id)} {one.at.astimezone(zone):%d %b %H:%M} {value}{glyph} {one.verdict:<7} "
    return fit(head + clean(one.title), width).rstrip()


def _left_out(found: Explanation, width: int) -> Iterator[BoardLine]:
    for one in found.left_out:
        yield SheetLine()
        yield from (SheetLine(((line, "bold"),)) for line in wrapped(f"{one.n} left out: {clean(one.why)}", width))
        for number in one.tickets:
            spot = Spot[Meaning](2, 2 + len(reference(number)), ("left out", one.why, number), TicketAt(number))
            yield SheetLine(((f"  {reference(number)}", ""),), (spot,))
        if one.n > len(one.tickets):
            yield SheetLine(((f"  and {one.n - len(one.tickets)} more", "dim"),))
