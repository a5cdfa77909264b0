"""What stands on what in the themes of deskterm's own that have colours of their own."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Grounds(NamedTuple):
    """Colours as `#rrggbb`: of texts, of the bars, and of the line with the cursor."""

    paper: str
    ink: str
    panel: str
    cursor_paper: str
    cursor_ink: str


GROUNDS: Final[Mapping[str, Grounds]] = {
    "dark": Grounds("#121212", "#e4e4e4", "#22303c", "#00508f", "#ffffff"),
    "light": Grounds("#f7f7f7", "#161616", "#dbe4ec", "#004578", "#ffffff"),
    "contrast": Grounds("#000000", "#ffffff", "#242424", "#ffff00", "#000000"),
}
