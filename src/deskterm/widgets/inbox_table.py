"""The approval inbox as a table, and what is marked in it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from deskterm.core.domain.facts import reference
from deskterm.core.views import InboxRow, Tab
from deskterm.widgets.lines import RowColumn, time_left
from deskterm.widgets.marks import Marks
from deskterm.widgets.row_table import RowTable

InboxColumn = RowColumn[InboxRow]
NAMES: Final[Mapping[Tab, str]] = {
    Tab.WAITING: "waiting",
    Tab.DECIDED: "decided",
    Tab.DELEGATED: "delegated",
    Tab.ALL: "all purchases",
}
EMPTY: Final[Mapping[Tab, str]] = {
    Tab.WAITING: "Nothing waits for your decision.",
    Tab.DECIDED: "You have decided nothing yet.",
    Tab.DELEGATED: "You decide for nobody now, and nobody for you: deskterm delegate NAME.",
    Tab.ALL: "Nobody has asked for a purchase yet.",
}
OPEN: Final = frozenset({Tab.WAITING, Tab.DELEGATED})
"""Where decisions are made; what was decided leaves the list."""
_WIDE: Final = 110
_MEDIUM: Final = 72
_DECIDED: Final = {"approved": "✓ approved", "refused": "✗ rejected", "returned": "? asked"}


class InboxTable(RowTable[InboxRow]):
    """A window of the approval inbox."""


def inbox_columns(
    tab: Tab, rows: Sequence[InboxRow], width: int, marks: Collection[int], refused: Collection[int]
) -> list[InboxColumn]:
    """Gives what the table shows: an amount is never cut, the title has what the others leave."""
    amount = max((len(row.total) for row in rows), default=0)
    glyph: Callable[[InboxRow], tuple[str, str]] = lambda row: (  # noqa: E731 - a cell
        ("!", "bold red") if row.id in refused else ("●", "bold") if row.id in marks else ("", "")
    )
    columns: list[InboxColumn] = [
        InboxColumn("", 1, glyph),
        InboxColumn("ID", 9, lambda row: (reference(row.id), "")),
        InboxColumn("Amount".rjust(amount := max(amount, 14)), amount, lambda row: (row.total.rjust(amount), "bold")),
    ]
    if tab in OPEN:
        columns.append(InboxColumn("Time left", 12, time_left))
    elif tab is Tab.DECIDED:
        columns.append(InboxColumn("Decision", 12, lambda row: (_DECIDED.get(row.decision, row.decision), "")))
    else:
        columns.append(InboxColumn("State", 12, _state))
    columns.append(InboxColumn("Title", 0, _title))
    if width >= _WIDE:
        columns.append(InboxColumn("Requester", 14, lambda row: (row.requester, "")))
        columns.append(InboxColumn("Stage", 17, lambda row: (row.stage, "")))
    if width >= _MEDIUM:
        columns.append(InboxColumn("Department", 12 if width < _WIDE else 14, lambda row: (row.department, "")))
    return columns


def _title(row: InboxRow) -> tuple[str, str]:
    begun = f"r{row.round} " if row.round > 1 else ""
    behalf = f"for {row.for_name}: " if row.for_name else ""
    return f"{begun}{behalf}{row.title}", ""


def _state(row: InboxRow) -> tuple[str, str]:
    glyphs = {"approved": "✓", "refused": "✗", "open": "▸"}
    return f"{glyphs.get(row.state, '·')} {row.state}", ""


class InboxMarks(Marks[InboxRow]):
    """What is marked for one decision."""

    def renew(self, rows: Sequence[InboxRow], *, is_all: bool) -> int:
        """Takes in what the rows are now, and gives how many fell: what is to be bought changed, or they are gone."""
        now = {row.id: row for row in rows}
        kept = {
            number: now.get(number, row)
            for number, row in self.rows.items()
            if (number in now and now[number].digest == row.digest) or (number not in now and not is_all)
        }
        fell = len(self.rows) - len(kept)
        self.rows = kept
        return fell
