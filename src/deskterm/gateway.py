"""The only door from screens to core: every call runs in a thread, and a late answer is dropped.

A worker never touches a widget: it posts an `Answer` to the app, which delivers it on the UI thread.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message

from deskterm.core.domain.errors import DesktermError, told

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

    from deskterm.core.desk import Desk

T = TypeVar("T")
Failed = Callable[[DesktermError], object]


class Answer(Message):
    """What a call came to, ready to be delivered."""

    def __init__(self, deliver: Callable[[], object]) -> None:
        """Keeps what is to be done on the UI thread."""
        super().__init__()
        self.deliver = deliver


class Gateway:
    """Asks a desk on behalf of screens. One read a group and asker is current; a newer one makes it late."""

    def __init__(self, desk: "Desk") -> None:
        """Binds the desk that is asked."""
        self.desk = desk
        self._numbers: defaultdict[tuple[int, str], int] = defaultdict(int)

    def ask(
        self, asker: "Widget", group: str, call: Callable[["Desk"], T], done: Callable[[T], object], failed: Failed
    ) -> None:
        """Runs a read in a thread; its answer comes unless `asker` asks anew in the group before, or is gone."""
        place = (id(asker), group)
        self._numbers[place] += 1
        number = self._numbers[place]

        def current() -> bool:
            return asker.is_attached and self._numbers[place] == number

        work = partial(self._run, asker.app, call, done, failed, current)
        asker.run_worker(work, group=group, exclusive=True, exit_on_error=False, thread=True)

    def tell(self, asker: "Widget", call: Callable[["Desk"], T], done: Callable[[T], object], failed: Failed) -> None:
        """Runs a change in a thread of the app's own: it goes through, and its answer comes, whatever screen is up."""
        work = partial(self._run, asker.app, call, done, failed, _always)
        asker.app.run_worker(work, group="changes", exit_on_error=False, thread=True)

    def _run(
        self,
        app: "App[Any]",
        call: Callable[["Desk"], Any],
        done: Callable[[Any], object],
        failed: Failed,
        current: Callable[[], bool],
    ) -> None:
        try:
            finish = partial(done, call(self.desk))
        except DesktermError as refused:
            finish = partial(failed, refused)
        except Exception as bug:  # noqa: BLE001 - a thread's last door: a bug is told on the screen, never lost
            finish = partial(failed, DesktermError(f"a bug, sorry ({told(bug)}); what you typed is kept"))

        def deliver() -> None:
            if current():
                finish()

        app.post_message(Answer(deliver))


def _always() -> bool:
    return True
