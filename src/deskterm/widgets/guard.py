"""The safety net under `clean()`: nothing that reaches the terminal as text can drive it."""

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


class ControlFilter(LineFilter):
    """Deletes control, bidi and invisible characters from every line drawn (design, rule 6)."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Gives the segments without them; what Textual itself sends as control codes passes."""
        del background
        return [
            segment if segment.control or not _UNSAFE.search(segment.text) else _without(segment)
            for segment in segments
        ]


def _without(segment: Segment) -> Segment:
    return Segment(_UNSAFE.sub("", segment.text), segment.style)
