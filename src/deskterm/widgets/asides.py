"""What is shown in a board's place until one goes back: where a figure comes from, and what stands out."""

from abc import abstractmethod
from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING

from deskterm.core.domain.insights import Insight
from deskterm.core.kpi_views import SHEET, Explanation
from deskterm.widgets.asking_boards import AskingBoards
from deskterm.widgets.board_lines import BoardLine, FigureAt, Meaning
from deskterm.widgets.figure_explained import explained
from deskterm.widgets.insight_lines import standing_out
from deskterm.widgets.sheet import Sheet

if TYPE_CHECKING:
    from deskterm.core.kpi_views import Asked


class Asides(AskingBoards):
    """A screen whose board can make place for a while; the cursor comes back to where it was."""

    def __init__(self) -> None:
        """Begins with the board."""
        super().__init__()
        self.aside: Callable[[int], list[BoardLine]] | None = None
        """Gives the lines of what is shown in the board's place, for so many cells."""
        self._left_at: Hashable = None

    @property
    @abstractmethod
    def sheet(self) -> Sheet[Meaning]:
        """What is read."""

    @property
    def is_busy(self) -> bool:
        """Whether something else than the board is before one's eyes."""
        return super().is_busy or self.aside is not None

    def arrived(self) -> None:
        """Goes back to the board, since another one was asked for."""
        if self.aside is not None:
            self.aside = None
            self.hint()

    def do_explain_figure(self) -> None:
        """Shows where the figure under the cursor comes from, or the board again."""
        if self.aside is not None:
            self.leave_aside()
            return
        spot = self.sheet.spot
        if spot is None or not isinstance(spot.meaning, FigureAt):
            self.status_line.refuse("there is no figure under the cursor")
            return
        figure, wanted = spot.meaning.figure, spot.meaning.asked(self._of_board)
        if wanted is None:
            self.status_line.refuse(f"{figure.label} is explained for the whole board: move to it there")
            return
        self.ask_slowly(
            figure.label, lambda desk, told: desk.explain_kpi(figure.name, wanted, progress=told), self._explain
        )

    def _explain(self, found: Explanation) -> None:
        zone = found.period.zone
        self._show_aside(lambda width: explained(found, width, zone))

    def do_stands_out(self) -> None:
        """Shows what stands out in the period of the board, or the board again."""
        if self.aside is not None:
            self.leave_aside()
            return
        wanted = self._of_board
        self.ask_slowly("what stands out", lambda desk, told: desk.insights(wanted, progress=told), self._stand_out)

    def _stand_out(self, found: tuple[Insight, ...]) -> None:
        self._show_aside(partial(standing_out, found))

    @property
    def _of_board(self) -> "Asked":
        """What the board is asked for, with the person whose it is."""
        is_own = self.board_name == SHEET and not self.wanted.person
        return self.wanted._replace(person="me") if is_own else self.wanted

    def _show_aside(self, lines: Callable[[int], list[BoardLine]]) -> None:
        spot = self.sheet.spot
        self._left_at = None if spot is None else spot.key
        self.aside = lines
        self.hint()
        self.draw()
        self.sheet.go_to_end(last=False)

    def leave_aside(self) -> None:
        """Shows the board again, as it was left."""
        self.aside = None
        self.hint()
        self.draw(self._left_at)
        self.catch_up()
