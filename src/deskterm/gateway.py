"""The only door from screens to core: every call runs in a thread, and a late answer is dropped.

A worker never touches a widget: it posts an `Answer` to the app, which delivers it on the UI thread. One more thread
looks out for what anybody writes.
"""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from textual.message import Message

from deskterm.core.domain.errors import DesktermError, told
from deskterm.core.views import Noticed

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

    from deskterm.core.desk import Desk
    from deskterm.core.domain.people import Person
    from deskterm.core.store.watch import Watch
    from deskterm.core.views import Left, Timer

T = TypeVar("T")
BETWEEN_LOOKS: Final = 0.5
"""Seconds between two looks whether somebody wrote."""
Failed = Callable[[DesktermError], object]


class Answer(Message):
    """What a call came to, ready to be delivered."""

    def __init__(self, deliver: Callable[[], object]) -> None:
        """Keeps what is to be done on the UI thread."""
        super().__init__()
        self.deliver = deliver


class Written(Message):
    """Somebody wrote to the desk: the screen that is up may look what."""


class Coming:
    """A desk that is opened in a thread of its own, while the screens are up already; who is at it is known."""

    def __init__(self, actor: "Person", open_desk: Callable[[], "Desk"]) -> None:
        """Opens it by `open_desk`, once that begins."""
        self.actor = actor
        self._open = open_desk
        self._opened: Future[Desk] = Future()

    def begin(self, refused: Callable[[], object]) -> None:
        """Begins to open it; `refused` is called, on that thread, when it can't be opened."""
        Thread(target=self._run, args=(refused,), name="opening", daemon=True).start()

    def _run(self, refused: Callable[[], object]) -> None:
        try:
            self._opened.set_result(self._open())
        except Exception as error:  # noqa: BLE001 - whoever asks for the desk gets it
            self._opened.set_exception(error)
            refused()

    @property
    def is_open(self) -> bool:
        """Whether it is there without waiting."""
        return self._opened.done() and self.error is None

    @property
    def error(self) -> BaseException | None:
        """What opening it came to, None while it is not known or when all went well."""
        return self._opened.exception() if self._opened.done() else None

    def desk(self) -> "Desk":
        """Gives the desk, once it is open; raises what opening it raised."""
        return self._opened.result()


class Gateway:
    """Asks a desk on behalf of screens. One read a group and asker is current; a newer one makes it late."""

    def __init__(self, desk: "Desk | Coming") -> None:
        """Binds the desk that is asked, or one that is still being opened: then calls wait in their threads."""
        self._given = desk
        self._numbers: defaultdict[tuple[int, str], int] = defaultdict(int)
        self._under_way = 0
        self._waiting: list[Callable[[], object]] = []

    @property
    def desk(self) -> "Desk":
        """The desk; while it is being opened whoever asks waits for it, so that only threads may."""
        return self._given.desk() if isinstance(self._given, Coming) else self._given

    @property
    def actor(self) -> "Person":
        """Who is at the desk."""
        return self._given.actor

    def left(self, timer: "Timer") -> "Left | None":
        """Gives where a clock of a line stands now; it reads nothing, None before anything was read."""
        return self.desk.left(timer) if self._is_open else None

    def watch(self) -> "Watch":
        """Gives what says that something was written, for one thread."""
        return self.desk.watch()

    @property
    def _is_open(self) -> bool:
        return not isinstance(self._given, Coming) or self._given.is_open

    def read_only(self) -> DesktermError | None:
        """Gives why nothing can be changed, None when things can, as far as is known by now; it asks no database."""
        if not self._is_open:
            return None
        try:
            self.desk.check_writable()
        except DesktermError as error:
            return error
        return None

    @property
    def as_of_said(self) -> str:
        """As of when the desk is shown, in words; "" for now. One that is still being opened is of now."""
        return self.desk.as_of_said if self._is_open else ""

    @property
    def is_changing(self) -> bool:
        """Whether a change was told and is not answered yet: what screens show may be another by now."""
        return self._under_way > 0

    def when_settled(self, then: Callable[[], object]) -> None:
        """Calls `then` when every change is answered, those too that an answer leads to."""
        self._waiting.append(then)
        self._settle()

    def _settle(self) -> None:
        while self._waiting and not self._under_way:
            self._waiting.pop(0)()

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

    def drop(self, asker: "Widget", group: str) -> None:
        """Makes late what `asker` asked in a group: its answer never comes."""
        self._numbers[id(asker), group] += 1

    def tell(self, asker: "Widget", call: Callable[["Desk"], T], done: Callable[[T], object], failed: Failed) -> None:
        """Runs a change in a thread of the app's own: it goes through, and its answer comes, whatever screen is up."""
        self._under_way += 1
        work = partial(self._run, asker.app, call, done, failed, self._told)
        asker.app.run_worker(work, group="changes", exit_on_error=False, thread=True)

    def _told(self) -> bool:
        """Notes that a change was answered: its answer is always delivered."""
        self._under_way -= 1
        return True

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
                self._settle()

        app.post_message(Answer(deliver))


class Lookout:
    """Tells the app that something was written, by whatever process; what it was is the screen's to ask."""

    def __init__(
        self,
        app: "App[Any]",
        watch: Callable[[], "Watch"],
        failed: Failed,
        *,
        came_or_went: Callable[[], object] = lambda: None,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """Looks by what `watch` gives whenever `wait`, given seconds, has passed, until that gives true.

        Both `watch` and `came_or_went` are called on its thread; the latter when it may be that somebody has another
        ticket open now.
        """
        self.is_quiet = False
        self._came_or_went = came_or_went
        self._app = app
        self._watch = watch
        self._failed = failed
        self._ended = Event()
        self._wait = wait or self._ended.wait

    def start(self) -> None:
        """Begins, in a thread that keeps no process alive."""
        Thread(target=self.run, name="lookout", daemon=True).start()

    def end(self) -> None:
        """Ends it, without waiting for it."""
        self._ended.set()

    def run(self) -> None:
        """Looks until the end. While it is quiet it asks nothing, and notices later what was written meanwhile."""
        try:
            with closing(self._watch()) as watch:
                while not self._wait(BETWEEN_LOOKS):
                    found = Noticed.NOTHING if self.is_quiet else watch.look()
                    if Noticed.TRAIL in found:
                        self._app.post_message(Written())
                    if Noticed.PRESENCE in found:
                        self._came_or_went()
        except Exception as bug:  # noqa: BLE001 - as in `_run`; when the app is gone, so is who would be told
            if not self._ended.is_set():
                error = DesktermError(f"a bug, sorry ({told(bug)}); from now on . shows what others did")
                self._app.post_message(Answer(partial(self._failed, error)))
