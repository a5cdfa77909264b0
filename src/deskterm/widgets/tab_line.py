"""The line of tabs as text alone: as many as have room, with marks where there are more."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from deskterm.core.domain.text import clean
from deskterm.core.named_views import NamedView
from deskterm.widgets.fit import fit

COUNTED: Final = 1000
"""How far a view is counted: nobody needs an exact million."""
REQUESTED: Final[Mapping[str, str]] = {"requested": "my tickets"}
"""What its only tab is called for who works no tickets."""
_LABELS: Final = {"department": "dept"}
_LEFT: Final = "◂"
_RIGHT: Final = "▸"


class TabLine(NamedTuple):
    """A line of tabs: what is before the current one, that one, what is after it, and who looks, if there is room."""

    before: str
    current: str
    after: str
    who: str


def tab_line(
    views: Sequence[NamedView],
    current: int,
    width: int,
    *,
    labels: Mapping[str, str],
    counts: Mapping[NamedView, int],
    who: str,
) -> TabLine:
    """Gives as many tabs as `width` has room for, the one at place `current` among them, and none of them cut."""
    said = [fit(one, min(cell_len(one), width - 2)) for one in (_said(view, labels, counts) for view in views)]
    first, end = window([*map(cell_len, said)], current, width)
    before = (_LEFT if first else "") + "".join(said[first:current])
    after = "".join(said[current + 1 : end]) + (_RIGHT if end < len(said) else "")
    who = clean(who)
    room = width - sum(map(cell_len, (before, said[current], after, who))) - 1
    return TabLine(before, said[current], after, " " * room + who if room > 0 else "")


def _said(view: NamedView, labels: Mapping[str, str], counts: Mapping[NamedView, int]) -> str:
    many = counts.get(view)
    count = "" if many is None else f" {many}" if many < COUNTED else f" {COUNTED}+"
    name = clean(labels.get(view.name, _LABELS.get(view.name, view.name)))
    return f" {view.key} {name}{count} " if view.key else f" {name}{count} "


def window(widths: Sequence[int], current: int, room: int) -> tuple[int, int]:
    """Gives which tabs have room on a line, from one and before another: `current` is among them.

    Those at the beginning come first. A mark at either end, where there are more, takes a cell.
    """
    first = 0
    while first < current and sum(widths[first : current + 1]) + (first > 0) + (current + 1 < len(widths)) > room:
        first += 1
    end = current + 1
    while end < len(widths) and sum(widths[first : end + 1]) + (first > 0) + (end + 1 < len(widths)) <= room:
        end += 1
    return first, end
