"""What a requester asked for: the status in plain words, and what they can do about it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from deskterm.core.named_views import FOR_REQUESTERS, NamedView
from deskterm.widgets.listing import Listing
from deskterm.widgets.tab_line import REQUESTED
from deskterm.widgets.ticket_columns import Column, request_columns


class MyTicketsScreen(Listing):
    """A requester's own tickets, the latest first."""

    CSS_PATH = "queue.tcss"
    VIEWS: ClassVar[Sequence[NamedView]] = FOR_REQUESTERS
    LABELS: ClassVar[Mapping[str, str]] = REQUESTED
    HINTS: ClassVar[tuple[str, ...]] = ("open", "new", "reply", "confirm", "reject", "rate", "reopen", "help")

    def columns(self) -> list[Column]:
        """Gives the columns in plain words."""
        return request_columns(self.order)
