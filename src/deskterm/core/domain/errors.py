"""Everything that can be said no to, drawn once.

    DesktermError
    ├── NotFound          no such ticket, or not yours to see
    ├── NotAllowed        access or a rule refuses
    ├── ChangedElsewhere  somebody else was first
    │   └── Collided      the database let two changes go one after the other: this one is to be tried again
    ├── InvalidInput      what was given can't be used
    │   ├── FilterError   a word of a filter that can't be read: says where it stands
    │   └── ProfileError  a profile that can't be used: says where
    └── StoreUnavailable  the database is out of reach
        └── SchemaMismatch  it is older or newer than this program

The message is one sentence a user can act on. Exit codes live in `cli/exits.py`, the error line in `app.py`:
the core knows neither.
"""


class DesktermError(Exception):
    """A refusal that has a reason: one sentence, fit to be shown."""


class NotFound(DesktermError):
    """There is no such ticket, or the actor may not know of it: the two read alike on purpose."""


class NotAllowed(DesktermError):
    """Access or the lifecycle refuses; the message says why and what is allowed instead."""


class ChangedElsewhere(DesktermError):
    """The ticket changed after it was read; the message says who changed what."""


class InvalidInput(DesktermError):
    """What was given can't be used; the message names the field and what was expected."""


class FilterError(InvalidInput):
    """A word of a filter can't be used; it stands from `start` and before `end`, both 0 where that isn't known."""

    def __init__(self, sentence: str, word: str, start: int = 0, end: int = 0) -> None:
        """Keeps the word with its place."""
        super().__init__(sentence)
        self.word, self.start, self.end = word, start, end


class ProfileError(InvalidInput):
    """A profile can't be used; the message names the file, the key path or line, and what was expected."""


class StoreUnavailable(DesktermError):
    """The database is out of reach; the message says which and what to try."""


class SchemaMismatch(StoreUnavailable):
    """The database's schema is older or newer than this program."""


def told(bug: Exception) -> str:
    """Gives an unforeseen error in one short line: a driver's message may go on with pages of SQL and its values."""
    first = next(iter(str(bug).splitlines()), "")
    return f"{type(bug).__name__}: {first[:200]}"
