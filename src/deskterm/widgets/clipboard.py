"""Copying by OSC 52: the terminal puts a text into the clipboard of the machine one sits at, also over SSH.

Nothing tells whether it did, so what is said is only that it was sent, and what to look at when it doesn't arrive.
"""

import os
import re
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final, Protocol, cast

from textual.screen import Screen

from deskterm.actions.selection import Selection
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import clean, some
from deskterm.widgets.registered import in_force

MOST: Final = 74_994
"""Bytes of text: in base64 the sequence has 100,000 bytes then, and several terminals drop a longer one."""
_CHUNK: Final = 700
"""Bytes that GNU screen passes on at once: it drops strings over 768."""


def wrapped(text: str, environ: Mapping[str, str]) -> str:
    """Gives what brings a text past tmux or GNU screen to the terminal around it, "" where neither is around.

    Inside tmux it is sent besides the plain sequence, which tmux itself takes with `set-clipboard on`.
    """
    sequence = f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"
    if environ.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environ.get("STY"):
        return "".join(f"\x1bP{part}\x1b\\" for part in re.findall(f".{{1,{_CHUNK}}}", sequence, re.DOTALL))
    return ""


def told(what: str, environ: Mapping[str, str]) -> str:
    """Gives what was done, in a sentence that promises no more than that."""
    if environ.get("TMUX"):
        hint = "`set -g set-clipboard on` or `set -g allow-passthrough on` in tmux"
    elif environ.get("STY"):
        hint = "GNU screen or the terminal lets no OSC 52 through"
    else:
        hint = "this terminal takes no OSC 52"
    return f"{what} sent to the terminal's clipboard; if it doesn't arrive: {hint}"


def is_too_long(text: str) -> bool:
    """Gives whether a text is longer than terminals take."""
    return len(text.encode()) > MOST


class Speaks(Protocol):
    """What the app says."""

    def say(self, sentence: str) -> None:
        """Says what was done, on whatever screen is up."""


class Copying(Screen[None]):
    """A screen whose tickets can be copied."""

    @abstractmethod
    def selection(self) -> Selection:
        """Gives what keys are for here."""

    def to_copy(self, ids: Sequence[int]) -> str:
        """Gives what is copied of tickets: their references, a line each, as every command takes them."""
        return "\n".join(map(reference, ids))

    def do_copy(self) -> None:
        """Copies the tickets that are marked, or the one under the cursor."""
        ids = [seen.id for seen in self.selection().taken_by(in_force(self)["copy"])]
        self.app.copy_to_clipboard(clean(self.to_copy(ids), lines=True))
        if not is_too_long(self.to_copy(ids)):
            cast("Speaks", self.app).say(told(some([reference(number) for number in ids]), os.environ))
