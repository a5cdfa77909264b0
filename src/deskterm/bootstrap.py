"""Settings to a desk: the only wiring."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskterm.core import desk as core
from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.store import schema
from deskterm.core.store.engine import Store
from deskterm.settings import Settings

if TYPE_CHECKING:
    from deskterm.core.services.demo import Filled


def data_path() -> Path:
    """Gives the folder of profiles and demo: inside the package when installed, else the checkout's."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data"


def os_login() -> str:
    """Gives the login of the effective user, as the kernel and the user database have it; $USER says nothing.

    Raises:
        NotAllowed: when the user database doesn't know the uid.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise NotAllowed(f"the system has no name for user {os.geteuid()}: ask its administrator") from None


def open_store(settings: Settings) -> Store:
    """Gives the database, unchecked: for `db upgrade`."""
    return Store(settings.database)


@contextmanager
def open_desk(settings: Settings, *, via: Via, acting_as: str = "") -> Iterator[Desk]:
    """Gives the desk as the operating system's user, or as somebody they may act for; closes it after.

    Raises:
        DesktermError: when there is no desk, its schema is another, or the user is nobody here.
    """
    store = open_store(settings)
    try:
        schema.check(store)
        actor, is_demo = setup.identify(store, os_login(), acting_as=acting_as)
        yield Desk(store, actor, system_clock, via, is_demo=is_demo)
    finally:
        store.close()


def profile_text(name: str) -> tuple[str, str]:
    """Gives the text of a shipped profile or of a file, with the name to report errors under.

    Raises:
        InvalidInput: when there is neither, or it can't be read.
    """
    shipped = sorted(path.stem for path in (data_path() / "profiles").glob("*.toml"))
    path = data_path() / "profiles" / f"{name}.toml" if name in shipped else Path(name)
    try:
        return path.read_text(encoding="utf-8"), path.name
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"no profile {name!r}: expected a file, or one of {', '.join(shipped)}") from None


def has_desk(settings: Settings) -> bool:
    """Gives whether the database holds a desk, of whatever schema."""
    store = open_store(settings)
    try:
        return not (store.path and not store.path.exists()) and schema.version(store) is not None
    finally:
        store.close()


def make_desk(settings: Settings, *, profile: str, name: str) -> str:
    """Makes a desk under a profile with the operating system's user as admin, and gives where it is."""
    store = open_store(settings)
    try:
        text, source = profile_text(profile)
        setup.make_desk(store, text, source=source, login=os_login(), name=name, now=system_clock())
        return store.name
    finally:
        store.close()


DEMO_FILE: Final = "demo.db"


def make_demo(folder: Path, now: datetime) -> tuple[str, "Filled"]:
    """Makes a demo desk in `folder`, and gives its URL and what is in it."""
    from deskterm.core.services import demo  # noqa: PLC0415 - only a demo needs its script

    store = Store(f"sqlite:///{folder / DEMO_FILE}")
    try:
        text, source = profile_text("acob")
        script = (data_path() / "demo" / "acob.toml").read_text(encoding="utf-8")
        setup.make_desk(store, text, source=source, login=os_login(), name="Demo admin", now=now, purpose=setup.DEMO)
        return f"sqlite:///{folder / DEMO_FILE}", demo.fill(store, script, now)
    finally:
        store.close()


def upgrade(settings: Settings) -> str:
    """Brings the desk's schema to this program's, and gives the database's name.

    Raises:
        SchemaMismatch: when there is no desk to upgrade, or it is newer than this program.
    """
    store = open_store(settings)
    try:
        if schema.version(store) is None:
            schema.check(store)
        core.upgrade(store)
        return store.name
    finally:
        store.close()
