"""The first page while the rest loads: another process reads it, and this one loads what draws it, at the same time.

What is sent back is what was read, between two processes of one program and one person.
"""

import os
import pickle
import signal
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from deskterm.core.domain.people import Person
from deskterm.core.named_views import home
from deskterm.core.views import View

if TYPE_CHECKING:
    from deskterm.core.services.first_page import FirstPage
    from deskterm.settings import Settings


def read_page(
    settings: "Settings", acting_as: str, view_of: Callable[[Person], View], limit: int
) -> "FirstPage | None":
    """Gives the first page of a view, None where it is not read this way or something is wrong: the long way says what.

    `view_of` says which view for whom.
    """
    from deskterm.core.domain.clock import system_clock  # noqa: PLC0415 - loaded by the process that reads
    from deskterm.core.services.first_page import first_page  # noqa: PLC0415 - as above
    from deskterm.core.services.identity import os_login  # noqa: PLC0415 - as above

    try:
        return first_page(
            settings.database, os_login(), system_clock(), acting_as=acting_as, view_of=view_of, limit=limit
        )
    except Exception:  # noqa: BLE001 - the long way meets it again, and says it
        return None


class Ahead:
    """The first page of the view that the screens open on, while another process reads it."""

    def __init__(self, child: int, receiving: int) -> None:
        """Listens to a process."""
        self._child, self._receiving = child, receiving

    def wait(self) -> "FirstPage | None":
        """Gives the page, as `read_page`, when the process has ended that reads it."""
        found = self._end()
        return pickle.loads(found) if found else None  # noqa: S301 - from a process of our own

    def __enter__(self) -> Self:
        """Reads on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the process where nobody waits for it any more."""
        if self._child:
            with suppress(ProcessLookupError, ChildProcessError):  # it ended as we were told to
                os.kill(self._child, signal.SIGKILL)
                self._end()

    def _end(self) -> bytes:
        with os.fdopen(os.dup(self._receiving), "rb") as told:
            found = told.read()
        os.waitpid(self._child, 0)
        os.close(self._receiving)
        self._child = 0
        return found


def read_ahead(settings: "Settings", acting_as: str, seen: "Callable[[FirstPage], None]") -> Ahead:
    """Begins to read; `seen` is called with the page by the process that reads, before it is told.

    It is for a process that has no threads yet.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _tell(sending, settings, acting_as, seen)
    os.close(sending)
    return Ahead(child, receiving)


def _tell(sending: int, settings: "Settings", acting_as: str, seen: "Callable[[FirstPage], None]") -> None:
    """Reads the page and sends it, and ends the process that this is, whatever happens."""
    try:
        found = read_page(settings, acting_as, _home, settings.page_size)
        if found is not None:
            seen(found)
        with os.fdopen(sending, "wb") as told:
            told.write(pickle.dumps(found))
    except BaseException:  # noqa: BLE001 - nothing was sent, and that is the answer
        os._exit(1)
    os._exit(0)


def _home(actor: Person) -> View:
    return home(actor.role).base
