"""The first page while the rest loads: another process reads it, and this one loads what draws it, at the same time.

What is sent back is what was read, between two processes of one program and one person.
"""

import os
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING

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


def read_ahead(settings: "Settings", acting_as: str) -> "Callable[[], FirstPage | None]":
    """Begins to read the first page of the view that the screens open on, and gives what waits for it, as `read_page`.

    It is for a process that has no threads yet.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _tell(sending, settings, acting_as)
    os.close(sending)

    def wait() -> "FirstPage | None":
        with os.fdopen(receiving, "rb") as told:
            found = told.read()
        os.waitpid(child, 0)
        return pickle.loads(found) if found else None  # noqa: S301 - from a process of our own

    return wait


def _tell(sending: int, settings: "Settings", acting_as: str) -> None:
    """Reads the page and sends it, and ends the process that this is, whatever happens."""
    try:
        with os.fdopen(sending, "wb") as told:
            told.write(pickle.dumps(read_page(settings, acting_as, _home, settings.page_size)))
    except BaseException:  # noqa: BLE001 - nothing was sent, and that is the answer
        os._exit(1)
    os._exit(0)


def _home(actor: Person) -> View:
    return home(actor.role).base
