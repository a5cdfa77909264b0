"""The themes of deskterm's own: dark, light, high contrast, and the terminal's own colours.

Colour is never all that says something: a glyph or a word stands beside it. In `ansi` ink and paper are the terminal's
own, and little else is named. Without colours (NO_COLOR) what has another ground is reversed.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from deskterm.grounds import GROUNDS, Grounds

_DARK, _LIGHT, _CONTRAST = (GROUNDS[name] for name in ("dark", "light", "contrast"))
_PARTS: Final = (("background", "ansi_blue"), ("foreground", "ansi_bright_white"), ("text-style", "bold"))
_NATIVE: Final = {
    **{f"block-cursor-{part}": value for part, value in _PARTS},
    **{f"block-cursor-blurred-{part}": value for part, value in _PARTS},
    "input-selection-background": "ansi_blue",
    "input-selection-foreground": "ansi_bright_white",
    "scrollbar": "ansi_blue",
    "scrollbar-background": "ansi_default",
    "scrollbar-background-hover": "ansi_default",
    "scrollbar-background-active": "ansi_default",
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "text-muted": "ansi_default",
    "text-disabled": "ansi_default",
}


def _on(grounds: Grounds, muted: str, colours: Theme) -> Theme:
    """Gives a theme on the grounds that its first rows are painted on too."""
    return replace(
        colours,
        foreground=grounds.ink, background=grounds.paper, panel=grounds.panel,
        variables={
            "block-cursor-background": grounds.cursor_paper, "block-cursor-foreground": grounds.cursor_ink,
            "text-muted": muted, "text-disabled": muted,
        },
    )  # fmt: skip


THEMES: Final = (
    _on(_DARK, "#c4c4c4", Theme(
        "dark", surface="#1c1c1c", dark=True,
        primary="#0178d4", secondary="#4a9fe0", accent="#ffa62b", warning="#ffa62b", error="#ff8a80", success="#7ddb92",
    )),
    _on(_LIGHT, "#262626", Theme(
        "light", surface="#efefef", dark=False,
        primary="#004578", secondary="#005a9e", accent="#8a4b00", warning="#8a4b00", error="#a4000f", success="#0b5d1e",
    )),
    _on(_CONTRAST, "#ffffff", Theme(
        "contrast", surface="#000000", dark=True,
        primary="#ffff00", secondary="#00ffff", accent="#ffff00", warning="#ffff00", error="#ff9a9a", success="#7dff7d",
    )),
    Theme(
        "ansi",
        primary="ansi_default", secondary="ansi_default", accent="ansi_default", warning="ansi_default",
        error="ansi_default", success="ansi_default", foreground="ansi_default", background="ansi_default",
        surface="ansi_default", panel="ansi_default", boost="ansi_default", dark=True, variables=_NATIVE, ansi=True,
    ),
)  # fmt: skip
NAMES: Final = tuple(theme.name for theme in THEMES)


def _palette(paper: str, ink: str, red: str, green: str, yellow: str) -> TerminalTheme:
    """Gives what the few named colours of texts are: the others are not used, and read like ink."""
    colours = [ink, red, green, yellow, ink, ink, ink, ink]
    return TerminalTheme(_rgb(paper), _rgb(ink), [_rgb(c) for c in colours], [_rgb(c) for c in colours])


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:], 16)


PALETTES: Final[Mapping[str, TerminalTheme]] = {
    "dark": _palette(_DARK.paper, _DARK.ink, "#ff8a80", "#7ddb92", "#ffcc66"),
    "light": _palette(_LIGHT.paper, _LIGHT.ink, "#a4000f", "#0b5d1e", "#6b4e00"),
    "contrast": _palette(_CONTRAST.paper, _CONTRAST.ink, "#ff9a9a", "#7dff7d", "#ffff00"),
}


def after(name: str) -> str:
    """Gives the theme that comes after another; after one that is not ours, the first."""
    return NAMES[(NAMES.index(name) + 1) % len(NAMES)] if name in NAMES else NAMES[0]


class Uncoloured(LineFilter):
    """Takes every colour out of what is drawn, and reverses what had a ground of its own."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Gives the segments in the terminal's own ink and paper."""
        del background
        return [Segment(text, style and _uncoloured(style), control) for text, style, control in segments]


@lru_cache(1024)
def _uncoloured(style: Style) -> Style:
    has_ground = style.bgcolor is not None and not style.bgcolor.is_default
    return style.without_color + Style(reverse=True) if has_ground and not style.reverse else style.without_color
