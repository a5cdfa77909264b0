"""Texts that a spreadsheet would run as formulas (design, rule 6), made harmless so that it can be taken back.

An apostrophe is put before a text whose first sign, past white space, begins a formula, or which begins with a tab or
the end of a line. So that taking it away gives back what there was, it is put before such a text that has apostrophes
already, too: `=1` becomes `'=1` and `'=1` becomes `''=1`.
"""

import re
from typing import Final

MARK: Final = "'"
_RUNS: Final = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""A formula's signs, also in full width, which a spreadsheet in Japanese or Chinese takes for the same."""


def neutral(text: str) -> str:
    """Gives `text` as a cell that no spreadsheet runs."""
    return MARK + text if _RUNS.match(text) else text


def restored(cell: str) -> str:
    """Gives the text that `neutral` made `cell` of."""
    return cell[1:] if cell.startswith(MARK) and _RUNS.match(cell) else cell
