"""Text in columns: wide characters and emoji keep the grid."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

_LEAST: Final = 6


def fit(text: str, width: int) -> str:
    """Gives `text` in exactly `width` cells; what is cut ends in an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(0, width - 1)) + "…"


def widths(rows: Sequence[Sequence[str]], *, room: int, whole: int) -> list[int]:
    """Gives column widths that fit into `room` cells with a gap of two; the first `whole` columns are never cut."""
    found = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    spare = room - 2 * (len(found) - 1) - sum(found)
    while spare < 0:
        widest = max(range(whole, len(found)), key=lambda n: found[n], default=None)
        if widest is None or found[widest] <= _LEAST:
            break
        found[widest] -= 1
        spare += 1
    return found


def wrapped(text: str, width: int) -> list[str]:
    """Gives `text` in lines of at most `width` cells, broken between words where that can be; line ends stay."""
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and cell_len(line) + 1 + cell_len(word) > width:
                lines.append(line)
                line = ""
            pieces = chop_cells(word, width) if cell_len(word) > width else [word]
            lines += pieces[:-1]
            line = f"{line} {pieces[-1]}" if line else pieces[-1]
        lines.append(line)
    return lines
