"""What a desk's figures are: boards, where a figure comes from, and the tickets behind it; an actor is bound.

What reckons figures is loaded when the first one is asked for.
"""

from collections.abc import Callable

from deskterm.core.domain.drills import Drill
from deskterm.core.kpi_views import Asked, Board, Explanation
from deskterm.core.services.context import Context

_Progress = Callable[[int, int], object]


class Measurement:
    """The figures of a desk, as one person may see them. Every method is one read, safe from any thread.

    `progress` is told how much is done, and of how much; what it raises ends the reckoning.
    """

    _context: Context

    def boards(self) -> tuple[tuple[str, str], ...]:
        """Gives the boards that the actor can open, by name and title; raises as `boards.boards`."""
        from deskterm.core.services import boards  # noqa: PLC0415 - it loads numpy

        return boards.boards(self._context)

    def board(self, name: str, asked: Asked, *, progress: _Progress = lambda _done, _of: None) -> Board:
        """Gives a board, as far as the actor may see what they asked for; raises as `boards.board`."""
        from deskterm.core.services import boards  # noqa: PLC0415 - it loads numpy

        return boards.board(self._context, name, asked, progress)

    def explain_kpi(self, name: str, asked: Asked, *, progress: _Progress = lambda _done, _of: None) -> Explanation:
        """Gives where a figure comes from; raises as `kpi_explaining.explain`."""
        from deskterm.core.services import kpi_explaining  # noqa: PLC0415 - it loads numpy

        return kpi_explaining.explain(self._context, name, asked, progress)

    def kpi_tickets(self, drill: Drill) -> list[int]:
        """Gives the tickets behind a figure, by id; raises as `kpi_explaining.tickets`."""
        from deskterm.core.services import kpi_explaining  # noqa: PLC0415 - it loads numpy

        return kpi_explaining.tickets(self._context, drill)
