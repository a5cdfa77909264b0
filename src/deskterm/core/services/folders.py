"""Tickets measured a range of ids after the other, in this process or in others."""

import gc
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from types import TracebackType
from typing import Final, NamedTuple, Self

from deskterm.core.domain.columns import Columns
from deskterm.core.domain.measures import Measured
from deskterm.core.services.remeasuring import Remeasurer
from deskterm.core.store import blocks
from deskterm.core.store.engine import Store

_AT_ONCE: Final = 1_000
_WORTH: Final = 8
"""Ranges for which other processes are worth their start."""
_AHEAD: Final = 2
"""Ranges a process that are folded before the first of them is written: more would only fill the memory."""


class _Folder(NamedTuple):
    store: Store
    remeasurer: Remeasurer
    now: datetime

    def fold(self, after: int, upto: int) -> Mapping[Measured, Columns]:
        with self.store.read() as connection:
            return self.remeasurer.columns(connection, blocks.tickets_after(connection, after, upto), self.now)


class Folders:
    """Measures all tickets of a desk as of `now`, by so many other processes; by this one with none."""

    def __init__(self, store: Store, now: datetime, processes: int) -> None:
        """Starts the processes when first asked for something."""
        self._store, self._now, self._processes = store, now, processes
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def folded(self, after: int, last: int) -> Iterator[tuple[int, Mapping[Measured, Columns]]]:
        """Gives the measures of tickets with ids beyond `after` up to `last`, each time with how far that is.

        Where another process is killed, as is done when memory is short, this one goes on alone.
        """
        ranges = [(start, min(start + _AT_ONCE, last)) for start in range(after, last, _AT_ONCE)] or [(last, last)]
        if self._processes and len(ranges) >= _WORTH:
            try:
                for upto, fresh in self._elsewhere(ranges):
                    after = upto
                    yield upto, fresh
            except BrokenProcessPool:
                ranges = [(start, upto) for start, upto in ranges if start >= after]
            else:
                return
        folder = _folder(self._store, self._now)
        for start, upto in ranges:
            yield upto, folder.fold(start, upto)

    def _elsewhere(self, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Mapping[Measured, Columns]]]:
        """Gives what other processes fold; raises BrokenProcessPool when one of them is killed."""
        url = self._store.url.render_as_string(hide_password=False)
        # not forked: a copy of this process would share its connections
        self._pool = ProcessPoolExecutor(self._processes, get_context("spawn"), _begin, (url, self._now))
        waiting: deque[tuple[int, Future[Mapping[Measured, Columns]]]] = deque()
        for start, upto in ranges:
            with _uninterrupted():
                waiting.append((upto, self._pool.submit(_fold, start, upto)))
            if len(waiting) > self._processes * _AHEAD:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keeps ctrl+c from what is started meanwhile, which would print where it was: who waits for it ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _folder(store: Store, now: datetime) -> _Folder:
    with store.read() as connection:
        return _Folder(store, Remeasurer(connection), now)


_FOLDER: Final[list[_Folder]] = []
"""The one of a process that folds for another."""


def _begin(url: str, now: datetime) -> None:
    gc.disable()  # histories hold no circles, and looking for some takes a tenth of the time
    _FOLDER.append(_folder(Store(url, read_only=True), now))


def _fold(after: int, upto: int) -> Mapping[Measured, Columns]:
    return _FOLDER[0].fold(after, upto)
