"""The only door from screens to core: every call runs in a thread, and a late answer is dropped.

A worker never touches a widget: it posts an `Answer` to who asked, whose handler calls `deliver` on the UI thread.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.message import Message

from deskterm.core.domain.errors import DesktermError

if TYPE_CHECKING:
    from textual.widget import Widget

    from deskterm.core.desk import Desk

T = TypeVar("T")


class Answer(Message, Generic[T]):
    """What a call came to: `value`, or `error`."""

    def __init__(
        self, *, is_late: Callable[[], bool], done: Callable[[T], object], value: T | None, error: DesktermError | None
    ) -> None:
        """Keeps the value or error with where it is to go."""
        super().__init__()
        self._is_late = is_late
        self._done = done
        self._value = value
        self.error = error

    def deliver(self, failed: Callable[[DesktermError], None]) -> None:
        """Hands the value to who asked, or the error to `failed`; nothing when something newer was asked since."""
        if self._is_late():
            return
        if self.error is not None:
            failed(self.error)
        else:
            self._done(self._value)  # type: ignore[arg-type]  # without an error the value is a T


class Gateway:
    """Asks a desk on behalf of screens. One request a group and asker is current; a newer one makes it late."""

    def __init__(self, desk: "Desk") -> None:
        """Binds the desk that is asked."""
        self.desk = desk
        self._numbers: defaultdict[tuple[int, str], int] = defaultdict(int)

    def ask(self, asker: "Widget", group: str, call: Callable[["Desk"], T], done: Callable[[T], object]) -> None:
        """Runs a read in a thread; `asker` gets an `Answer` that delivers to `done`, unless it asks anew before."""
        place = (id(asker), group)
        self._numbers[place] += 1
        is_late = partial(self._is_late, place, self._numbers[place])
        work = partial(self._run, asker, call, done, is_late)
        asker.run_worker(work, group=group, exclusive=True, exit_on_error=False, thread=True)

    def tell(self, asker: "Widget", call: Callable[["Desk"], T], done: Callable[[T], object]) -> None:
        """Runs a change in a thread; its `Answer` is delivered whatever else is asked: what was done is done."""
        work = partial(self._run, asker, call, done, _never)
        asker.run_worker(work, group="changes", exit_on_error=False, thread=True)

    def _is_late(self, place: tuple[int, str], number: int) -> bool:
        return self._numbers[place] != number

    def _run(
        self, asker: "Widget", call: Callable[["Desk"], Any], done: Callable[[Any], object], is_late: Callable[[], bool]
    ) -> None:
        value, error = None, None
        try:
            value = call(self.desk)
        except DesktermError as refused:
            error = refused
        except Exception as bug:  # noqa: BLE001 - a thread's last door: a bug is told on the screen, never lost
            error = DesktermError(f"a bug, sorry ({type(bug).__name__}: {bug}); what you typed is kept")
        asker.post_message(Answer(is_late=is_late, done=done, value=value, error=error))


def _never() -> bool:
    return False
