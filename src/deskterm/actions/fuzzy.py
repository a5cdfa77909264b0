"""How well what was typed names a thing: by its beginning, a word of it, its letters in order, or what it does."""

from enum import IntEnum

_FEWEST = 2
"""Letters from which their order alone, or a word of what a thing does, is looked at."""


class Fit(IntEnum):
    """The kinds of fit, best first. Up to `WORD` a thing is named; the rest only helps to find it."""

    NAME = 0
    BEGINNING = 1
    WORD = 2
    INSIDE = 3
    LETTERS = 4
    MEANING = 5


def fit(typed: str, names: tuple[str, ...], about: str = "") -> Fit | None:
    """Gives how `typed` fits the best of `names`, or else what is said `about` them; None where it doesn't.

    Upper and lower case are alike, and so are `_` and a space.
    """
    wanted = plain(typed)
    fits = [one for name in names if (one := _fit(wanted, plain(name))) is not None]
    if fits:
        return min(fits)
    if len(wanted) >= _FEWEST and all(word in about.lower() for word in wanted.split()):
        return Fit.MEANING
    return None


def plain(name: str) -> str:
    """Gives a name as names are compared."""
    return " ".join(name.lower().replace("_", " ").split())


def _fit(typed: str, name: str) -> Fit | None:
    if typed == name:
        return Fit.NAME
    if name.startswith(typed):
        return Fit.BEGINNING
    if any(word.startswith(typed) for word in name.split()):
        return Fit.WORD
    if typed in name:
        return Fit.INSIDE
    letters = iter(name)
    if len(typed) >= _FEWEST and all(letter in letters for letter in typed.replace(" ", "")):
        return Fit.LETTERS
    return None
