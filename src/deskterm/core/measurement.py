"""What a desk's figures are: boards, where a figure comes from, and the tickets behind it; an actor is bound.

What reckons figures is loaded when the first one is asked for.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from deskterm.core.domain.drills import Drill
from deskterm.core.domain.insights import Insight
from deskterm.core.domain.kpi import Definition
from deskterm.core.kpi_views import Asked, Board, Explanation, Peer
from deskterm.core.services.context import Context

if TYPE_CHECKING:
    from deskterm.core.services.exporting import Export

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

    def kpis(self) -> Mapping[str, Definition]:
        """Gives every KPI of the desk by its name, with those that the profile in force makes."""
        from deskterm.core.services import kpi_ground  # noqa: PLC0415 - it loads numpy

        return kpi_ground.definitions(self._context)

    def insights(self, asked: Asked, *, progress: _Progress = lambda _done, _of: None) -> tuple[Insight, ...]:
        """Gives what stands out, what concerns most tickets first; raises as `insights.insights`."""
        from deskterm.core.services import insights  # noqa: PLC0415 - it loads numpy

        return insights.insights(self._context, asked, progress)

    def peers(self, names: Collection[str], asked: Asked) -> Mapping[str, Peer]:
        """Gives what is usual among a person's colleagues, by the figure's name; raises as `peers.peers`."""
        from deskterm.core.services import peers  # noqa: PLC0415 - it loads numpy

        return peers.peers(self._context, names, asked)

    def kpi_tickets(self, drill: Drill) -> list[int]:
        """Gives the tickets behind a figure, by id; raises as `kpi_explaining.tickets`."""
        from deskterm.core.services import kpi_explaining  # noqa: PLC0415 - it loads numpy

        return kpi_explaining.tickets(self._context, drill)

    def export_kpi(self, board: str, asked: Asked, columns: Sequence[str] = ()) -> "Export":
        """Gives the figures of a board, or of all, to be written into a file; raises as `export_kpi.export_kpi`."""
        from deskterm.core.services import export_kpi  # noqa: PLC0415 - it loads numpy

        return export_kpi.export_kpi(self._context, board, asked, columns)
