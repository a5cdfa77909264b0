"""Reading boards: the last one asked for is shown, what was there stays until then, others' work is taken in."""

from abc import abstractmethod
from collections.abc import Callable, Hashable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from textual.timer import Timer

from deskterm.core.domain.errors import DesktermError
from deskterm.core.kpi_views import Asked, Board
from deskterm.widgets.acting import Acting

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

T = TypeVar("T")
SLOW: Final = 0.2
"""Seconds after which it is said that something is being reckoned."""
REST: Final = 10.0
"""Seconds between two readings because somebody wrote."""
_GROUP: Final = "board"


class Way(NamedTuple):
    """A board, what it is asked for, and where its cursor is."""

    name: str
    wanted: Asked
    at: Hashable = None


class Reckoning:
    """How far something is that is reckoned in a thread; it ends there when nobody waits for it any more."""

    def __init__(self, what: str) -> None:
        """Begins to reckon `what`."""
        self.what = what
        self.is_left = False
        self._share = 0

    def __call__(self, done: int, of: int) -> None:
        """Hears on that thread how many parts are done; raises DesktermError when it is left."""
        if self.is_left:
            raise DesktermError(f"{self.what} was left")
        self._share = 100 * done // max(1, of)

    @property
    def words(self) -> str:
        """What is reckoned, and how much of that is done."""
        return f"reckoning {self.what}..." + (f" {self._share} %" if self._share else "")


class ReadingBoards(Acting):
    """A screen with one board; `name` and `wanted` are what was asked for last, also while that is read."""

    def __init__(self) -> None:
        """Reads nothing yet."""
        super().__init__()
        self.board: Board | None = None
        self.board_name = ""
        self.wanted = Asked()
        self.ways: list[Way] = []
        self._on_screen = Way("", self.wanted)
        self._place = 0
        self._reading: Reckoning | None = None
        self._read_at = 0.0
        self._is_stale = self._is_waiting = self._is_told = False
        self._slow: Timer | None = None

    @abstractmethod
    def draw(self, at: Hashable = None) -> None:
        """Draws what was read; the cursor comes to the place `at`."""

    @abstractmethod
    def unread(self) -> None:
        """Shows that there is no board."""

    @property
    def is_busy(self) -> bool:
        """Whether a board that others changed has to wait: something else is before one's eyes."""
        return self.prompt.is_open

    @property
    def is_reading(self) -> bool:
        """Whether something is being read for who waits."""
        return self._reading is not None

    def on_screen_resume(self) -> None:
        """Looks whether anything was written while something lay above."""
        if self.board is not None:
            self.gateway.ask(self, "place", lambda desk: desk.place(), self._looked, self.failed)

    def _looked(self, place: int) -> None:
        if place != self._place:
            self.follow()

    def show_board(
        self,
        name: str,
        wanted: Asked,
        *,
        at: Hashable = None,
        left: Way | None = None,
        refused: Callable[[DesktermError], object] | None = None,
    ) -> None:
        """Reads a board, and shows it when it is there. `left` is the one that going back leads to.

        Where it is refused, what was there stays, and `refused` says why.
        """
        self.board_name, self.wanted = name, wanted

        def call(desk: "Desk", told: "Reckoning") -> tuple[int, Board]:
            place = desk.place()  # before the board: what is written in between is then told
            return place, desk.board(name, wanted, progress=told)

        self.ask_slowly(name, call, partial(self._was_read, Way(name, wanted, at), left), refused)

    def ask_slowly(
        self,
        what: str,
        call: Callable[["Desk", "Reckoning"], T],
        done: Callable[[T], object],
        refused: Callable[[DesktermError], object] | None = None,
    ) -> None:
        """Asks what may take some time: how far it is is said, and it can be left; one thing at a time."""
        self._leave()
        reckoning = self._reading = Reckoning(what)
        self._slow = self._slow or self.set_interval(SLOW, self._say_reckoning, pause=True)
        self._slow.reset()

        def answered(found: T) -> None:
            self._end_reading()
            done(found)

        def failed(error: DesktermError) -> None:
            self._end_reading()
            self._stay()
            (refused or self.failed)(error)

        self.gateway.ask(self, _GROUP, lambda desk: call(desk, reckoning), answered, failed)

    def _say_reckoning(self) -> None:
        if self._reading is not None and self.is_active and not self.prompt.is_open:
            self._is_told = True
            self.status_line.announce(f"{self._reading.words}: {self.registry['back'].key} leaves it")

    def _end_reading(self) -> None:
        self._reading = None
        if self._slow is not None:
            self._slow.pause()
        if self._is_told:
            self._is_told = False
            self.hint()

    def leave_reading(self) -> None:
        """Leaves what is being read; what was there stays."""
        self.gateway.drop(self, _GROUP)
        self._leave()
        self._end_reading()
        self._stay()
        self.hint()

    def _leave(self) -> None:
        if self._reading is not None:
            self._reading.is_left = True

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._leave()

    def _stay(self) -> None:
        if self.board is None:
            self.unread()
        else:
            self.board_name, self.wanted = self._on_screen.name, self._on_screen.wanted

    def _was_read(self, way: Way, left: Way | None, found: tuple[int, Board]) -> None:
        self._place, self.board = found
        self._on_screen = way
        self._read_at, self._is_stale = monotonic(), False
        if left is not None:
            self.ways.append(left)
        self.arrived()
        self.draw(way.at)

    def arrived(self) -> None:
        """Takes in that there is another board now, before it is drawn."""

    def follow(self) -> None:
        """Takes in what was written, at most every so often; the cursor stays on its figure."""
        self._is_stale = True
        rest = self._read_at + REST - monotonic()
        if rest > 0 and not self._is_waiting:
            self._is_waiting = True
            self.set_timer(rest, self._rested)
        elif rest <= 0:
            self.catch_up()

    def _rested(self) -> None:
        self._is_waiting = False
        self.catch_up()

    def catch_up(self) -> None:
        """Reads the board anew when somebody wrote, unless something else is read or asked just now."""
        if self._is_stale and self.is_active and not (self.is_reading or self.is_busy):
            self.show_board(self.board_name, self.wanted)
