"""Text in columns: wide characters and emoji keep the grid."""

import re
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

_LEAST: Final = 6
_LAST_FLAGS: Final = re.compile("[\U0001f1e6-\U0001f1ff]*\\Z")
"""Flags are pairs of letters of their own."""
_FLEXIBLE: Final = 12


def fit(text: str, width: int) -> str:
    """Gives `text` in exactly `width` cells; what is cut ends in an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    cut = set_cell_size(text, max(0, width - 1))
    if len(_LAST_FLAGS.search(cut)[0]) % 2:  # type: ignore[index] # it fits what is empty too
        cut = cut[:-1] + " "  # half a flag is as wide as a whole one
    return cut + "…"


def fitting(columns: Sequence[int], room: int) -> int:
    """Gives how many columns, from the first on, have room in `room` cells with a gap of one: none of them is cut.

    A width of 0 is a column that takes what is left, and wants some room to be of use.
    """
    needed = [(width or _FLEXIBLE) + (number > 0) for number, width in enumerate(columns)]
    return next((n for n in range(len(needed), 0, -1) if sum(needed[:n]) <= room), 1)


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
