"""Counting what stands beside a list: after its rows, one view at a time, the open one first, and never often."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final

from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.named_views import NamedView
from deskterm.widgets.following import Following
from deskterm.widgets.tab_line import COUNTED
from deskterm.widgets.tabs import Tabs

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

BETWEEN: Final = 10
"""Seconds between two times that all views are counted because something was written."""


DEAR: Final = 0.5
"""Seconds of counting that the desk can't be asked for at every change, with others asking too."""


class Turns:
    """Which view is to be counted next. What changes often costs one count each time, and all of them now and then."""

    def __init__(self) -> None:
        """Begins with nothing to count."""
        self.dear: set[NamedView] = set()
        """Views that take long to count: only somebody who asks for them has them counted."""
        self._slow: set[NamedView] = set()
        self._due: set[NamedView] = set()
        self._later: set[NamedView] = set()
        self._rest = 0

    def ask(self, views: Iterable[NamedView]) -> None:
        """Makes views due now: somebody looks at them, or at another list of them."""
        self._due |= {*views}
        self._later -= self._due

    def change(self, current: NamedView, views: Iterable[NamedView]) -> None:
        """Takes in that something was written: the open view is due, the others when the last time is long ago."""
        self._due |= {current} - self.dear
        self._later |= {*views} - self._due - self.dear
        self._pass_on()

    def took(self, view: NamedView, seconds: float) -> None:
        """Takes in how long it was until a view was counted: long twice in a row is no accident."""
        if seconds <= DEAR:
            self._slow.discard(view)
            self.dear.discard(view)
        elif view in self._slow:
            self.dear.add(view)
        else:
            self._slow.add(view)

    def tick(self) -> None:
        """Takes in that a second went by."""
        self._rest = max(0, self._rest - 1)
        self._pass_on()

    def take(self, current: NamedView, views: Sequence[NamedView]) -> NamedView | None:
        """Gives the view whose turn it is, the open one first, None when no count is wanted."""
        self._due &= {*views}
        found = next((view for view in (current, *views) if view in self._due), None)
        self._due -= {found} if found else set()
        return found

    def _pass_on(self) -> None:
        if self._later and not self._rest:
            self._rest = BETWEEN
            self._due |= self._later
            self._later = set()


class Counting(Following):
    """A list with tabs. Their counts are asked for in a group of their own: neither rows nor keys wait for one."""

    views: Sequence[NamedView]
    current: NamedView
    typed: Filter

    def __init__(self) -> None:
        """Begins with no counts."""
        super().__init__()
        self._turns = Turns()
        self._is_counting = False
        self._counted_for: Filter | None = None
        self._unseen = 0

    @property
    def tabs(self) -> Tabs:
        """The line of tabs."""
        return self.query_one(Tabs)

    @abstractmethod
    def refocus(self) -> None:
        """Puts the focus where keys act."""

    def count(self, *, anew: bool = False) -> None:
        """Counts the open view, and the others where the filter is another one by now or `anew` asks for it."""
        is_other = self._counted_for != self.typed
        self._counted_for = self.typed
        if is_other:
            self._is_counting = False  # what is being counted is no longer asked for
            self.tabs.counts.clear()
        self._turns.ask(self.views if anew or is_other else [self.current])
        self._go()
        self.count_beside()

    def recount(self) -> None:
        """Counts what a change may have changed."""
        if not self.typed.has_words:  # words are not cheap to count
            self._turns.change(self.current, self.views)
            for view in self._turns.dear:
                self.tabs.counts.pop(view, None)  # no count is better than one of before
            self._go()
        self.count_beside()

    def tick_counts(self) -> None:
        """Goes on with what waited for a while, a second later."""
        self._turns.tick()
        self._go()

    def _go(self) -> None:
        if self._is_counting or not self.is_active:
            return
        view = self._turns.take(self.current, self.views)
        if view is None:
            self.tabs.draw()
            return
        self._is_counting = True
        wanted = view.narrowed(self.typed)

        def call(desk: "Desk") -> tuple[int | None, float]:
            began = perf_counter()
            try:
                many = None if view.wrong else desk.count(view.base, wanted, at_most=COUNTED)
            except InvalidInput:  # whoever opens it is told
                many = None
            return many, perf_counter() - began

        self.gateway.ask(self, "counts", call, partial(self._counted, view), self._uncounted)

    def _counted(self, view: NamedView, answer: tuple[int | None, float]) -> None:
        many, seconds = answer
        self._is_counting = False
        self._turns.took(view, seconds)
        self.tabs.counts.pop(view, None)
        if many is not None:
            self.tabs.counts[view] = many
        if view == self.current:
            self.tabs.draw()
        self._go()

    def _uncounted(self, error: DesktermError) -> None:
        self._is_counting = False
        self.failed(error)

    def count_beside(self) -> None:
        """Counts notices, and decisions that are waited for."""
        self.gateway.ask(self, "beside", lambda desk: (desk.unseen(), desk.awaited()), self._told, self.failed)

    def _told(self, counts: tuple[int, int]) -> None:
        self._unseen, self.host.awaited = counts
        if not self.status_line.has_news:
            self.hint()
