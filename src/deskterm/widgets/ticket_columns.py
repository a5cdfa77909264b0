"""What the queue and a requester's own list show of each ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from deskterm.core.domain.facts import reference
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Status
from deskterm.core.views import Order, QueueRow, View
from deskterm.widgets.fit import fit
from deskterm.widgets.lines import RowColumn, time_left

_PRIORITY_WIDTH = 9
_STATUS_WIDTH = 11
_ESCALATING = " ↑"
_LEFT_WIDTH = 14
_NAMED_WIDTH = 18

Column = RowColumn[QueueRow]


def queue_columns(profile: Profile, view: View, order: Order, chosen: Sequence[str] = ()) -> list[Column]:
    """Gives the queue's columns, those that the settings chose or its own: the head of one says how it is sorted.

    What it is sorted by takes the place of the time left where it has no column. Whose it is stands only where that
    differs from row to row.
    """
    known = _columns(profile)
    fixed = view in {View.MINE, View.UNASSIGNED}
    names = [*(chosen or (name for name in _OWN if not (fixed and name == "assignee")))]
    by = _SORTED_BY[order]
    gives_way = "requester" if view is View.REQUESTED else "left"
    if by not in names and gives_way in names:
        names[names.index(gives_way)] = by
    return [_sorted(known[name], order) if name == by else known[name] for name in names]


def _columns(profile: Profile) -> dict[str, Column]:
    """Gives every column that there is, by the name that settings give it."""
    priorities = min(_PRIORITY_WIDTH, max(len(rule.label) for rule in profile.priorities.values()))
    held = [clock for clock in profile.clocks.values() if clock.targets or clock.tiers or clock.default]
    status = _STATUS_WIDTH + (len(_ESCALATING) if profile.gated else 0)
    return {
        "id": Column("ID", 9, lambda row: (reference(row.id), "")),
        "priority": Column("Prio", priorities, lambda row: (row.priority_label, _PRIORITY.get(row.priority, ""))),
        "status": Column("Status", status, lambda row: (_status(row, status), "")),
        "left": Column("Time left", _LEFT_WIDTH if len(held) < 2 else _NAMED_WIDTH, time_left),
        "title": Column("Title", 0, lambda row: (row.title, "")),
        "requester": Column("Requester", 10, lambda row: (row.requester, "")),
        "assignee": Column("Assignee", 9, lambda row: (row.assignee or "-", "")),
        "department": Column("Department", 12, lambda row: (row.department, "")),
        "category": Column("Category", 12, lambda row: (row.category, "")),
        **_DATES,
    }


def _sorted(column: Column, order: Order) -> Column:
    title = f"{column.title} {_FALLS if order in _FALLING else _RISES}"
    return column._replace(title=title, width=max(column.width, cell_len(title)) if column.width else 0)


def _status(row: QueueRow, width: int) -> str:
    """Gives the status, marked where its lead is asked to let it go to the next tier: the mark is never cut."""
    return (
        fit(row.status_label, width - len(_ESCALATING)).rstrip() + _ESCALATING if row.escalating else row.status_label
    )


def request_columns(order: Order) -> list[Column]:
    """Gives a requester's columns: the status in plain words (003-R57), and the date that the list is sorted by."""
    dated = [_sorted(_DATES[_SORTED_BY[order]], order)] if _SORTED_BY[order] in _DATES else []
    return [
        Column("ID", 9, lambda row: (reference(row.id), "")),
        Column("Status", 24, lambda row: (row.status_label, "bold" if row.status is Status.RESOLVED else "")),
        Column("Title", 0, lambda row: (row.title, "")),
        Column("Who has it", 12, lambda row: (row.assignee or "-", "")),
        *dated,
    ]


def _date(instant: datetime | None) -> tuple[str, str]:
    return ("" if instant is None else f"{instant.astimezone():%Y-%m-%d}"), ""


_DATES: Final[Mapping[str, Column]] = {
    "updated": Column("Updated", 10, lambda row: _date(row.updated_at)),
    "created": Column("Created", 10, lambda row: _date(row.created_at)),
    "closed": Column("Closed", 10, lambda row: _date(row.closed_at)),
}
_OWN: Final = ("id", "priority", "status", "left", "title", "requester", "assignee")
_SORTED_BY: Final = {
    Order.DUE: "left",
    Order.PRIORITY: "priority",
    Order.UPDATED: "updated",
    Order.CREATED: "created",
    Order.CLOSED: "closed",
}
_FALLING: Final = frozenset({Order.UPDATED, Order.CREATED, Order.CLOSED})
_RISES: Final = "▴"
_FALLS: Final = "▾"
_PRIORITY: Mapping[int, str] = {1: "bold red", 2: "yellow"}
