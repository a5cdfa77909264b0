"""Views by their names."""

from difflib import get_close_matches

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.named_views import BUILT_IN, NamedView, alike, named


def view(name: str) -> NamedView:
    """Gives the view that is called `name`.

    Raises:
        InvalidInput: when there is none.
    """
    if (found := named(BUILT_IN, name)) is not None:
        return found
    names = [one.name for one in BUILT_IN]
    close = get_close_matches(alike(name), names, 1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(names)}"
    raise InvalidInput(f"there is no view {name!r}: {hint}")
