"""The list of tickets: what the queue and a requester's own list show of each."""

from collections.abc import Mapping
from typing import Final

from deskterm.core.domain.facts import reference
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Status
from deskterm.core.views import QueueRow, View
from deskterm.widgets.fit import fit
from deskterm.widgets.row_table import RowColumn, RowTable, time_left

EMPTY: Final = {
    "mine": "You have nothing.",
    "unassigned": "Nothing waits for somebody to take it.",
    "department": "Your department has nothing open.",
    "late": "Nothing is late.",
    "due today": "Nothing is due today.",
    "waiting": "Nothing waits.",
    "approvals": "No purchase waits for its approval.",
    "closed": "Nothing is closed.",
    "all": "Nothing is open.",
    "requested": "You asked for nothing yet. n submits a request.",
}
"""What a built-in view says when it has no rows."""
_PRIORITY_WIDTH = 9
_STATUS_WIDTH = 11
_ESCALATING = " ↑"
_LEFT_WIDTH = 14
_NAMED_WIDTH = 18

Column = RowColumn[QueueRow]


class TicketTable(RowTable[QueueRow]):
    """A window of the queue."""


def queue_columns(profile: Profile, view: View) -> list[Column]:
    """Gives the queue's columns; whose it is stands only where that differs from row to row."""
    priorities = min(_PRIORITY_WIDTH, max(len(rule.label) for rule in profile.priorities.values()))
    held = [clock for clock in profile.clocks.values() if clock.targets or clock.tiers or clock.default]
    status = _STATUS_WIDTH + (len(_ESCALATING) if profile.gated else 0)
    columns: list[Column] = [
        Column("ID", 9, lambda row: (reference(row.id), "")),
        Column("Prio", priorities, lambda row: (row.priority_label, _PRIORITY.get(row.priority, ""))),
        Column("Status", status, lambda row: (_status(row, status), "")),
        Column("Time left", _LEFT_WIDTH if len(held) < 2 else _NAMED_WIDTH, time_left),
        Column("Title", 0, lambda row: (row.title, "")),
        Column("Requester", 10, lambda row: (row.requester, "")),
    ]
    if view not in {View.MINE, View.UNASSIGNED}:
        columns.append(Column("Assignee", 9, lambda row: (row.assignee or "-", "")))
    return columns


def _status(row: QueueRow, width: int) -> str:
    """Gives the status, marked where its lead is asked to let it go to the next tier: the mark is never cut."""
    return (
        fit(row.status_label, width - len(_ESCALATING)).rstrip() + _ESCALATING if row.escalating else row.status_label
    )


def request_columns() -> list[Column]:
    """Gives a requester's columns: the status in plain words (003-R57)."""
    return [
        Column("ID", 9, lambda row: (reference(row.id), "")),
        Column("Status", 24, lambda row: (row.status_label, "bold" if row.status is Status.RESOLVED else "")),
        Column("Title", 0, lambda row: (row.title, "")),
        Column("Who has it", 12, lambda row: (row.assignee or "-", "")),
    ]


_PRIORITY: Mapping[int, str] = {1: "bold red", 2: "yellow"}
