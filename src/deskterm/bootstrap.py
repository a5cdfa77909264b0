"""Settings to a desk: the only wiring."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskterm.core.desk import Desk
from deskterm.core.domain.attachments import MEGABYTE
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.services.context import Context, Keys
from deskterm.core.services.setup import os_login
from deskterm.core.store import schema
from deskterm.core.store.engine import Store
from deskterm.settings import Settings, path_of

if TYPE_CHECKING:
    from deskterm.core.services.demo import Filled
    from deskterm.core.store.as_of import Progress, StoreAsOf

_MANY: Final = 5_000
"""Tickets of a demo for which other processes are worth their start."""


def data_path() -> Path:
    """Gives the folder of profiles and demo: inside the package when installed, else the checkout's."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data"


@contextmanager
def open_desk(
    settings: Settings, *, via: Via, acting_as: str = "", as_of: str = "",
    progress: "Progress" = lambda _said, _done, _of: None,
) -> Iterator[Desk]:  # fmt: skip
    """Gives the desk as the operating system's user, or as somebody they may act for; closes it after.

    With `as_of`, a day or an instant as `domain.as_of` reads it, it is the desk as it stood then, and takes no changes.
    `progress` hears, in words, as of when it is, and how many tickets are folded for that and of how many.

    Raises:
        DesktermError: when there is no desk, its schema is another, or the user is nobody here.
        InvalidInput: when `as_of` is no time, is still to come, or came before the desk's first fact.
    """
    with closing(Store(settings.database, read_only=settings.read_only)) as store:
        schema.check(store)
        actor, is_demo = setup.identify(store, os_login(), acting_as=acting_as)
        by_id = None if is_demo else setup.really(store, os_login(), actor)
        if as_of:
            with _opened_as_of(Context(store, actor.id, system_clock, via), as_of, progress) as past:
                at = past.as_of
                yield Desk(past, actor, lambda: at, via, by_id=by_id)
            return
        hold = timedelta(seconds=settings.undo_seconds)
        yield Desk(
            store, actor, system_clock, via, by_id=by_id, keys=_keys(settings), hold=hold,
            attachment_limit=settings.attachment_limit * MEGABYTE,
        )  # fmt: skip


@contextmanager
def _opened_as_of(context: Context, text: str, progress: "Progress") -> "Iterator[StoreAsOf]":
    from deskterm.core.services.as_of import opened  # noqa: PLC0415 - only who looks back needs it

    with closing(opened(context, text, progress)) as past:
        past.prepare()
        yield past


def _keys(settings: Settings) -> Keys:
    found = (settings.signing_key, settings.allowed_signers, settings.revoked_keys)
    return Keys(*map(path_of, found))


def profile_text(name: str) -> tuple[str, str]:
    """Gives the text of a shipped profile or of a file, with the name to report errors under.

    Raises:
        InvalidInput: when there is neither, or it can't be read.
    """
    shipped = sorted(path.stem for path in (data_path() / "profiles").glob("*.toml"))
    path = data_path() / "profiles" / f"{name}.toml" if name in shipped else Path(name)
    try:
        return path.read_text(encoding="utf-8"), path.name
    except FileNotFoundError:
        raise InvalidInput(f"no profile {name!r}: expected a file, or one of {', '.join(shipped)}") from None
    except OSError as error:
        raise InvalidInput(f"{name} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 at byte {error.start + 1}: convert the file") from None


def has_desk(settings: Settings) -> bool:
    """Gives whether the database holds a desk, of whatever schema."""
    with closing(Store(settings.database, read_only=settings.read_only)) as store:
        return not (store.path and not store.path.exists()) and schema.version(store) is not None


def make_desk(settings: Settings, *, profile: str, name: str) -> str:
    """Makes a desk under a profile with the operating system's user as admin, and gives where it is."""
    text, source = profile_text(profile)
    with closing(Store(settings.database, read_only=settings.read_only)) as store:
        setup.make_desk(store, text, source=source, login=os_login(), name=name, now=system_clock())
        return store.name


def make_demo(folder: Path, now: datetime, *, seed: int = 7) -> tuple[str, "Filled"]:
    """Makes a demo desk in `folder`, and gives its URL and what is in it."""
    from deskterm.core.services import demo  # noqa: PLC0415 - only a demo needs its script
    from deskterm.core.services.catching_up import catch_up  # noqa: PLC0415

    url = f"sqlite:///{folder / 'demo.db'}"
    text, source = profile_text("acob")
    script = (data_path() / "demo" / "acob.toml").read_text(encoding="utf-8")
    with closing(Store(url)) as store:
        admin = "Demo admin"
        setup.make_desk(store, text, source=source, login=os_login(), name=admin, now=now, purpose=setup.DEMO)
        filled = demo.fill(store, script, now, seed=seed)
        _add_macros(store, now)
        catch_up(store, lambda: now)
        return url, filled


def _add_macros(store: Store, now: datetime) -> None:
    """Gives a demo desk its macros, in the name of who made it: their login may be somebody's who plays in it."""
    text = (data_path() / "demo" / "macros.toml").read_text(encoding="utf-8")
    Desk(store, setup.founder(store), lambda: now, Via.DEMO).apply_macros(text, "macros.toml")


def make_decade(
    url: str,
    now: datetime,
    *,
    count: int,
    seed: int,
    progress: Callable[[int], None],
    measuring: Callable[[int, int], object],
) -> tuple[str, "Filled"]:
    """Makes a demo desk that is ten years old in an empty database, and gives its name and what is in it.

    `progress` hears how many of its `count` tickets are written, `measuring` how many of how many are measured then.

    Raises:
        InvalidInput: when the database holds anything.
        StoreUnavailable: when it is out of reach.
    """
    from deskterm.core.services import demo_decade  # noqa: PLC0415 - as above
    from deskterm.core.services.catching_up import catch_up  # noqa: PLC0415

    text, source = profile_text("acob")
    script = (data_path() / "demo" / "acob.toml").read_text(encoding="utf-8")
    with closing(Store(url)) as store:
        if not schema.is_empty(store):
            raise InvalidInput(f"there is something in {store.name}: a desk of --tickets goes into an empty database")
        setup.make_desk(
            store, text, source=source, login=os_login(), name="Demo admin", now=demo_decade.beginning(now),
            purpose=setup.UNFINISHED,
        )  # fmt: skip
        processes = 0 if count < _MANY else os.cpu_count() or 1
        filled = demo_decade.fill(store, script, now, count=count, seed=seed, processes=processes, progress=progress)
        _add_macros(store, now)
        catch_up(store, lambda: now, measuring, processes=processes)
        return store.name, filled


def upgrade(settings: Settings, progress: Callable[[int, int], object] = lambda _done, _of: None) -> str:
    """Brings the desk's schema to this program's, and gives the database's name.

    The tickets are measured then, unless they are; `progress` hears how many of how many. Who ends that has a desk all
    the same: the worker goes on with it.

    Raises:
        SchemaMismatch: when there is no desk to upgrade, or it is newer than this program.
    """
    from deskterm.core.services import upgrading  # noqa: PLC0415 - only an upgrade needs it
    from deskterm.core.services.catching_up import catch_up  # noqa: PLC0415

    with closing(Store(settings.database, read_only=settings.read_only)) as store:
        if schema.version(store) is None:
            schema.check(store)
        upgrading.upgrade(store)
        catch_up(store, system_clock, progress, processes=os.cpu_count() or 1)
        return store.name
