"""The queue: what is due first on top, one key an act."""

from typing import ClassVar

from deskterm.widgets.listing import Listing


class QueueScreen(Listing):
    """An agent's, lead's or executive's lists."""

    CSS_PATH = "queue.tcss"
    HINTS: ClassVar[tuple[str, ...]] = (
        "claim", "assign", "start", "wait", "resolve", "reply", "new", "filter", "help",
    )  # fmt: skip
