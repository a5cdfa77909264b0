"""From what went wrong to the exit code that scripts read (design 7), and to words that are commands."""

from typing import Final

from deskterm.core.domain.errors import (
    ChangedElsewhere,
    DesktermError,
    InvalidInput,
    NotAllowed,
    NotFound,
    StoreUnavailable,
)
from deskterm.core.domain.words import Action

BUG: Final = 1
WRONG_USE: Final = 2
NO_ROOM: Final = 6
CODES: Final[dict[type[DesktermError], int]] = {
    NotFound: 3,
    NotAllowed: 4,
    ChangedElsewhere: 5,
    InvalidInput: 6,
    StoreUnavailable: 7,
}


def code_of(error: DesktermError) -> int:
    """Gives the exit code of an error."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), BUG)


_COMMANDS: Final[dict[str, str]] = {
    Action.SET_PRIORITY: "set --priority",
    Action.SET_CATEGORY: "set --category",
    Action.REJECT: "confirm --no",
    Action.REFUSE: "reject",
    Action.KEEP: "escalate --refuse",
}
"""The command of an action that has another name; every other action is the command of its name."""

_MAY: Final = " You may: "
_WANTED: Final = {
    "a purchase needs a line at least": "--line",
    "needs a purchase": "--line",
    "a purchase needs a justification": "--why",
    "say why it is changed": "--text",
    "needs a text": "--text",
    "needs the cause": "--cause",
    "needs the fix": "--fix",
}


def command_of(action: str) -> str:
    """Gives the command, with its option where it needs one, that does an action."""
    return _COMMANDS.get(action, action)


def in_commands(error: DesktermError) -> str:
    """Gives what an error says in the words of the command line: actions as commands, what is missing by its option."""
    said, may, actions = str(error).partition(_MAY)
    if may:
        named = (command_of(word.replace(" ", "_")) for word in actions.rstrip(".").split(", "))
        return f"{said}{may}{', '.join(name.replace('_', ' ') for name in named)}."
    option = next((option for words, option in _WANTED.items() if words in said), "")
    # what comes as JSON names its request, and has fields instead of options
    return f"{said} ({option})" if option and not said.startswith("request ") else said
