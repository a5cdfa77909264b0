"""The list of tickets."""

from typing import Final

from deskterm.core.views import QueueRow
from deskterm.widgets.row_table import RowTable

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


class TicketTable(RowTable[QueueRow]):
    """A window of the queue."""
