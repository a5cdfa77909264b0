"""What was told to be sent is held for some seconds, in which it can be taken back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from deskterm.widgets.pending import Held, Pending

if TYPE_CHECKING:
    from textual.app import App

H = TypeVar("H", bound=Held)
Send = Callable[[], object]


class Holding(Generic[H]):
    """Things on their way: each is sent when its time has come. What screen is up doesn't matter."""

    def __init__(self, app: "App[Any]", seconds: float) -> None:
        """Holds nothing yet, and everything for `seconds`; 0 sends at once."""
        self.pending: Pending[H] = Pending(seconds)
        self._app = app
        self._seconds = seconds
        self._sends: dict[int, Send] = {}

    def hold(self, item: H, send: Send) -> None:
        """Holds something, to be sent by `send` when its time has come."""
        self.pending.add(item)
        self._sends[id(item)] = send
        if self._seconds:
            self._app.set_timer(self._seconds, self.send_due)
        else:
            self.flush()

    def take_back(self) -> H | None:
        """Gives the last that was not sent, which now never will be; None when there is none."""
        item = self.pending.take_back()
        if item is not None:
            del self._sends[id(item)]
        return item

    def send_due(self) -> None:
        """Sends what has waited long enough."""
        self._send_all(self.pending.due())

    def flush(self) -> list[H]:
        """Sends everything at once, and gives what that was."""
        items = self.pending.everything()
        self._send_all(items)
        return items

    def _send_all(self, items: list[H]) -> None:
        for item in items:
            self._sends.pop(id(item))()
