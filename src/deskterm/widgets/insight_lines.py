"""What stands out as lines of a sheet: each sentence a place, what it rests on below."""

from collections.abc import Sequence

from deskterm.core.domain.insights import QUIET, Insight
from deskterm.core.domain.text import clean
from deskterm.widgets.board_lines import BoardLine, ListAt, Meaning
from deskterm.widgets.fit import wrapped
from deskterm.widgets.sheet import SheetLine, Spot


def standing_out(found: Sequence[Insight], width: int) -> list[BoardLine]:
    """Gives insights in lines of at most `width` cells; a sentence leads to the tickets behind it."""
    lines: list[BoardLine] = []
    for number, one in enumerate(found):
        first, *rest = wrapped(clean(one.words), width)
        spot = Spot[Meaning](0, width, ("insight", number), ListAt(one.drill, one.words))
        lines.append(SheetLine(((first, "bold"),), (spot,)))
        lines += [SheetLine(((line, "bold"),)) for line in rest]
        for evidence in one.evidence:
            said = wrapped(f"{clean(evidence.label)}: {clean(evidence.value)}", width - 2)
            lines += [SheetLine(((f"  {line}", "dim"),)) for line in said]
        lines.append(SheetLine())
    return lines[:-1] or [SheetLine(((line, ""),)) for line in wrapped(QUIET, width)]
