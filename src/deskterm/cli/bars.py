"""What takes long says on stderr how far it is, where that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

Bar = Callable[[int, int], None]
"""Hears how much is done, and of how much."""
MOMENT: Final = 0.7
"""Seconds that who reads something waits for without asking how far it is."""


@contextmanager
def bars(*, after: float = 0, is_passing: bool = False) -> Iterator[Callable[[str], Bar]]:
    """Gives what makes a bar of a name; it shows from when it hears something first, some seconds `after` the begin.

    What `is_passing` is gone when the work is done.
    """
    if not sys.stderr.isatty():
        yield lambda _: lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    begun = monotonic()
    with Progress(console=Console(stderr=True), transient=is_passing) as shown:

        def named(name: str) -> Bar:
            tasks: list[TaskID] = []

            def hear(done: int, of: int) -> None:
                if not tasks:
                    tasks.append(shown.add_task(name, visible=False))
                shown.update(tasks[0], completed=done, total=of, visible=monotonic() - begun >= after)

            return hear

        yield named


@contextmanager
def bar(name: str) -> Iterator[Bar]:
    """Gives one bar for what is read: it shows when that takes more than a moment, and is gone then."""
    with bars(after=MOMENT, is_passing=True) as named:
        yield named(name)
