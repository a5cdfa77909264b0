"""HTML and SVG as text that is safe because of how it is made: whatever isn't markup yet is escaped on its way in."""

from html import escape
from typing import Final, NewType

from deskterm.core.domain.text import clean

Markup = NewType("Markup", str)
"""Text that is markup already."""
NOTHING: Final = Markup("")
_EMPTY: Final = frozenset({"meta", "br", "circle", "rect", "path", "line", "polyline"})
"""Elements without an end tag in HTML, or without anything in them in SVG."""
_VOID: Final = frozenset({"meta", "br"})


def text(words: str) -> Markup:
    """Gives words as markup that reads as these words; controls, bidi and invisible characters are visible."""
    return Markup(escape(clean(words)))


def element(name: str, /, *children: Markup, **attributes: object) -> Markup:
    """Gives an element. An attribute named `stroke_width_` is `stroke-width`; one that is None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(clean(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Markup(f"<{name}{written}>" if name in _VOID else f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{''.join(children)}</{name}>")


def joined(*parts: Markup) -> Markup:
    """Gives pieces of markup one after the other, a line each."""
    return Markup("\n".join(part for part in parts if part))
