"""Every figure of every board beside what another road comes to (kpi_road)."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from figures_road import Said, figure
from kpi_road import Asked as Of
from kpi_road import KpiRoad

from deskterm.core.desk import Desk
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.periods import period
from deskterm.core.kpi_views import Asked, Board, By, Figure, Line, Table
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted

NEAR: Final = 1e-9
FAMILIES: Final = ("waiting-", "tier-time-", "stage-hours-")
Span = tuple[datetime, datetime]


def exported(desk: Desk) -> list[bytes]:
    """The lines of `deskterm export facts --internal --format jsonl`."""
    out = io.BytesIO()
    write(desk.export(Wanted(Dataset.FACTS, internal=True)), Shape(Format.JSONL), out)
    return out.getvalue().splitlines()


@dataclass
class Compared:
    """How many figures were compared, by name; how many of them have something to say; and what differs."""

    figures: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    differ: list[tuple[str, Figure, Said]] = field(default_factory=list)

    def look(self, where: str, shown: Figure, said: Said) -> None:
        """Compares one figure; `where` is the board that it stands on, and its line."""
        self.figures[shown.name] += 1
        self.told[shown.name] += shown.n > 0
        mine, theirs = (said.value, said.median, said.p90), (shown.value, shown.median, shown.p90)
        if said.n != shown.n or not all(map(is_same, mine, theirs)):
            self.differ.append((where, shown, said))


def is_same(one: float | None, other: float | None) -> bool:
    """Whether two numbers are the same, as far as sums in another order are."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= NEAR * max(1, abs(one))


def compare(
    desk: Desk, road: KpiRoad, now: datetime, askings: Sequence[Asked], boards: Sequence[str], compared: Compared,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    """Compares the boards of each asking."""
    for asked in askings:
        for name in boards:
            if name == "sheet" and not asked.person:
                continue
            board = desk.board(name, asked)
            where = f"{name} {' '.join(str(part) for part in asked if part)}"
            for at, shown, of, span in _figures(board, asked, now, zone):
                before = (board.compared.since, board.compared.until)
                whose = of._replace(person=road.people.get(of.person, of.person))  # who has no login is told by name
                compared.look(f"{where} {at}", shown, figure(road, shown.name, whose, span, now, before))


def _figures(board: Board, asked: Asked, now: datetime, zone: ZoneInfo) -> Iterator[tuple[str, Figure, Of, Span]]:
    whole = Of(asked.department, asked.person, asked.priority, asked.category)
    span = (board.period.since, board.period.until)
    for one in board.figures:
        yield "", one, whole, span
    for table in board.tables:
        for line in table.lines:
            of, within = _line(table, line, whole, span, now, zone)
            for one in line.figures:
                yield f"{table.by} {line.key}", one, of, within


def _line(table: Table, line: Line, whole: Of, span: Span, now: datetime, zone: ZoneInfo) -> tuple[Of, Span]:
    if table.by == By.MONTH:
        month = period(line.key, now.astimezone(zone).date(), zone)
        return whole, (max(month.since, span[0]), min(month.until, span[1]))
    if line.key.startswith(FAMILIES):
        return whole, span
    return whole._replace(**{table.by: line.key}), span
