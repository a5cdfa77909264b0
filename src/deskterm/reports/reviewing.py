"""The review sheet of one person (000-R8, 001-R33): how well before how much, and nobody else's figures in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from deskterm.core.domain.facts import reference
from deskterm.core.domain.figure_words import NOTHING, said
from deskterm.core.domain.kpi import Definition
from deskterm.core.domain.periods import trend as periods_of
from deskterm.core.kpi_views import LEAST_PEERS, Board, Counted, Figure, Peer
from deskterm.reports.composing import HOW, TITLES, about, appendix, broken_down, goals
from deskterm.reports.document import Block, Cell, Document, Grid, Heading, Items, Paragraph, Picture
from deskterm.reports.kinds import Report
from deskterm.reports.wording import value

_WELL: Final = ("quality", "sla", "csat", "first-contact", "reopen-rate", "escalation-rate")
_MUCH: Final = ("complexity", "weighted-volume", "handled", "resolved", "workload", "weighted-workload")
_PEERS: Final = (
    "Department is the median of the department's people, this one among them. Nobody is named, and there is none "
    f"where fewer than {LEAST_PEERS} of them have the figure."
)
_VOLUME: Final = (
    "A count says nothing without its weight: complexity is urgency times touches times tier of what was resolved, on "
    "average; resolved, weighted, is its sum."
)
_RETURNED: Final = "Nothing that was resolved came back in this period."


class Reviewed(NamedTuple):
    """What a sheet is made of; `returned` are resolved tickets that were reopened, `more` how many more there are."""

    board: Board
    peers: Mapping[str, Peer]
    returned: tuple[Counted, ...]
    more: int
    definitions: tuple[Definition, ...]
    commands: tuple[str, ...]


def sheet(found: Reviewed) -> Document:
    """Gives the review sheet of one person."""
    board = found.board
    well = [one for one in board.figures if one.name in _WELL]
    much = [one for one in board.figures if one.name in _MUCH]
    rest = [one for one in board.figures if one not in well and one not in much]
    blocks: list[Block] = [Paragraph(HOW, is_note=True), Paragraph(_PEERS, is_note=True)]
    blocks += [Heading("How well"), _beside(well, found.peers, "How well"), *goals([board])]
    blocks += [Heading("How much, by its weight"), Paragraph(_VOLUME, is_note=True)]
    blocks += [_beside(much, found.peers, "How much"), Heading("How long"), _beside(rest, found.peers, "How long")]
    blocks += [Heading("The last eight periods"), _over_time(board)]
    blocks += _returned(found)
    for table in board.tables:
        if table.lines:
            blocks += [Heading(table.title), broken_down(table)]
    blocks += map(Picture, board.charts)
    blocks += appendix([board], found.definitions, found.commands)
    return Document(f"{TITLES[Report.SHEET]}: {board.scope}, {board.period.words}", about(board), tuple(blocks))


def _beside(figures: Sequence[Figure], peers: Mapping[str, Peer], caption: str) -> Grid:
    rows = [
        (
            Cell(one.label),
            Cell(value(one)),
            Cell(said(peers[one.name].median, one.unit) if one.name in peers else NOTHING),
            Cell(said(one.before, one.unit)),
            Cell(f"{one.n:,}"),
            Cell(said(one.median, one.unit)),
            Cell(said(one.p90, one.unit)),
        )
        for one in figures
    ]
    return Grid(caption, ("Figure", "Value", "Department", "Before", "n", "Median", "p90"), tuple(rows))


def _over_time(board: Board) -> Grid:
    """Gives each figure of the last eight periods, so that one sees which way somebody goes."""
    told = [one for one in board.figures if one.trend]
    when = [one.words for one in periods_of(board.period, len(told[0].trend))] if told else []
    rows = [(Cell(one.label), *(Cell(said(then, one.unit)) for then in one.trend)) for one in told]
    return Grid("The last eight periods", ("Figure", *when), tuple(rows))


def _returned(found: Reviewed) -> Iterator[Block]:
    """Gives what came back after it was resolved: where skill or knowledge has gaps (001-R34)."""
    yield Heading("What came back")
    if not found.returned:
        yield Paragraph(_RETURNED)
        return
    zone = found.board.period.zone
    lines = [f"{reference(one.ticket_id)} on {one.at.astimezone(zone):%Y-%m-%d}: {one.title}" for one in found.returned]
    yield Items((*lines, *([f"and {found.more} more"] if found.more else [])))
