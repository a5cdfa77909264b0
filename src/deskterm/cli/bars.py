"""What takes long says on stderr how far it is, where that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Bar = Callable[[int, int], None]
"""Hears how much is done, and of how much."""


@contextmanager
def bars() -> Iterator[Callable[[str], Bar]]:
    """Gives what makes a bar of a name; it shows from when it hears something first."""
    if not sys.stderr.isatty():
        yield lambda _: lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    with Progress(console=Console(stderr=True)) as shown:

        def named(name: str) -> Bar:
            tasks: list[TaskID] = []

            def hear(done: int, of: int) -> None:
                if not tasks:
                    tasks.append(shown.add_task(name))
                shown.update(tasks[0], completed=done, total=of)

            return hear

        yield named
