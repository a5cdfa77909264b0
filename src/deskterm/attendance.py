"""Which ticket is open in this terminal: the desk is told of it, and the screens who else has it open."""

from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.errors import told as told_of
from deskterm.core.domain.presence import BETWEEN_BEATS, Present
from deskterm.gateway import Answer, Failed, Gateway

if TYPE_CHECKING:
    from textual.app import App


class Open(NamedTuple):
    """The ticket that is open here, by whose gateway to the desk, and whether a reply to it is being written."""

    gateway: Gateway
    ticket_id: int
    is_replying: bool


class Attendance:
    """Says at the desk which ticket is open here, again and again while it is, and tells who else has it open.

    It has a thread of its own, so that it goes on while an editor has the terminal, and ends with the process.
    """

    def __init__(
        self,
        app: "App[Any]",
        told: Callable[[int | None, tuple[Present, ...]], object],
        failed: Failed,
        *,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Calls `told` on the UI thread when others came or went, with the ticket; `now` is in seconds, and goes on."""
        self._app = app
        self._told = told
        self._failed = failed
        self._now = now
        self._steps: SimpleQueue[Open | _Step] = SimpleQueue()
        self._last: tuple[int | None, tuple[Present, ...]] = (None, ())
        self._thread = Thread(target=self.run, name="attendance", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def end(self, patience: float = 1.0) -> None:
        """Ends it, and waits some seconds at most until the desk knows that nothing is open here."""
        self._steps.put(_Step.END)
        if self._thread.is_alive():
            self._thread.join(patience)

    def opened(self, gateway: Gateway, ticket_id: int, *, is_replying: bool) -> None:
        """Notes which ticket is open here from now on."""
        self._steps.put(Open(gateway, ticket_id, is_replying))

    def closed(self) -> None:
        """Notes that none is."""
        self._steps.put(_Step.CLOSED)

    def look(self) -> None:
        """Asks who else is there, unless that is about to be asked anyhow."""
        if self._steps.empty():
            self._steps.put(_Step.LOOK)

    def run(self) -> None:
        """Does what it is told until the end."""
        place: Open | None = None
        step: Open | _Step = _Step.CLOSED
        due = 0.0
        try:
            while step is not _Step.END:
                step = self._next(due if place else None)
                before, place = place, _after(place, step)
                if step is not _Step.LOOK:
                    due = self._now() + BETWEEN_BEATS
                self._tell(place.ticket_id if place else None, _done(before, place, step))
        except Exception as bug:  # noqa: BLE001 - a thread's last door: a bug is told on the screen, never lost
            error = DesktermError(f"a bug, sorry ({told_of(bug)}); who else has a ticket open is not told any more")
            self._app.post_message(Answer(partial(self._failed, error)))

    def _next(self, due: float | None) -> "Open | _Step":
        try:
            return self._steps.get(timeout=None if due is None else max(0.0, due - self._now()))
        except Empty:
            return _Step.BEAT

    def _tell(self, ticket_id: int | None, others: tuple[Present, ...]) -> None:
        if (ticket_id, others) != self._last:
            self._last = ticket_id, others
            self._app.post_message(Answer(partial(self._told, ticket_id, others)))


class _Step(Enum):
    CLOSED = auto()
    LOOK = auto()
    BEAT = auto()
    END = auto()


def _after(place: Open | None, step: Open | _Step) -> Open | None:
    if isinstance(step, Open):
        return step
    return None if step in {_Step.CLOSED, _Step.END} else place


def _done(before: Open | None, place: Open | None, step: Open | _Step) -> tuple[Present, ...]:
    """Tells the desk, and gives who else is there; what the desk refuses is for whoever reads the ticket to be told."""
    try:
        if before and (place is None or (before.gateway, before.ticket_id) != (place.gateway, place.ticket_id)):
            before.gateway.desk.leave(before.ticket_id)
        if place is None:
            return ()
        if step is _Step.LOOK:
            return place.gateway.desk.others(place.ticket_id)
        return place.gateway.desk.attend(place.ticket_id, is_replying=place.is_replying)
    except DesktermError:
        return ()
