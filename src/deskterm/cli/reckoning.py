"""How far a reckoning is, on a terminal's stderr, once it takes more than a moment."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

_MOMENT: Final = 0.7


@contextmanager
def reckoning() -> Iterator[Callable[[int, int], None]]:
    """Gives what hears how much is done, and of how much; what it showed is gone when the work is done."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    begun = monotonic()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reckoning", total=None, visible=False)

        def hear(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, visible=monotonic() - begun > _MOMENT)

        yield hear
