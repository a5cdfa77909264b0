"""Quotes in a filter: what is in them stays together and is never read as something else; `""` inside is a quote."""

import re
from typing import Final

# a quote opens at the start of a word or after what parts it, so that 5" is no open quote; "" inside is a quote
QUOTED: Final = re.compile(r'(?<![^\s:,@<>=.\-])"((?:[^"]|"")*)(?:"|\Z)')
"""What is quoted in a line; a quote that nobody closed goes on to the end."""
_PLAIN: Final = re.compile(r'[^\s",<>=]+')
_RANGE: Final = re.compile(r"\.\.|\A\.|\.\Z")


def quoted(value: str, parts: str = "") -> str:
    """Gives a value as it is written in a filter: in quotes where it would be read as something else.

    `parts` are signs that part words where it is to stand, besides those that do everywhere.
    """
    is_plain = _PLAIN.fullmatch(value) and _RANGE.search(value) is None and not any(sign in value for sign in parts)
    return value if is_plain else in_quotes(value)


def in_quotes(text: str) -> str:
    """Gives `text` in quotes."""
    return '"' + text.replace('"', '""') + '"'


def bare(text: str) -> str:
    """Gives what is written without its quotes."""
    return QUOTED.sub(lambda match: match[1].replace('""', '"'), text)


def masked(text: str) -> str:
    """Gives `text` with everything quoted made NUL, so that what parts a word can be told from what is in quotes."""
    return QUOTED.sub(lambda match: "\0" * len(match[0]), text)
