"""A list that takes in what others do: lines change where they stand, and what is new is counted until it is asked for.

Nothing is sorted anew under the cursor, and the line under it stays whatever becomes of its ticket.
"""

from abc import abstractmethod
from functools import partial

from deskterm.core.domain.filter_terms import Filter
from deskterm.core.views import ListNews, Order, Shown, View
from deskterm.widgets.acting import Acting
from deskterm.widgets.ticket_table import TicketTable


class Following(Acting):
    """A screen whose `table` is a view of the desk."""

    def __init__(self) -> None:
        """Follows from the first reading on."""
        super().__init__()
        self._place: int | None = None
        self._fresh: frozenset[int] = frozenset()

    @property
    @abstractmethod
    def view(self) -> View:
        """The base list that is shown."""

    @property
    @abstractmethod
    def wanted(self) -> Filter:
        """What it is narrowed to."""

    @property
    @abstractmethod
    def order(self) -> Order:
        """How it is sorted."""

    @property
    @abstractmethod
    def table(self) -> TicketTable:
        """The list."""

    @abstractmethod
    def recount(self) -> None:
        """Counts what a change may have changed."""

    @abstractmethod
    def preview(self) -> None:
        """Shows what stands beside the line under the cursor anew."""

    def was_read(self, place: int) -> None:
        """Follows from a place in the audit trail on, at which the list was read: nothing in it is new."""
        self._place = place
        self._tell_fresh(frozenset())

    def follow(self) -> None:
        """Asks what changed since the list was read, or since it was last asked."""
        if self._place is None:
            return
        since, window = self._place, self.table.window
        shown = Shown(self.view, self.wanted, self._known(), self._fresh, window.since, window.until, self.order)
        took = partial(self._took, since, shown)
        self.gateway.ask(self, "follow", lambda desk: desk.list_news(since, shown), took, self.failed)

    def _known(self) -> frozenset[int]:
        """Gives the tickets that are no news: also those whose rows are not held any longer."""
        return frozenset(self.table.window.read)

    def _took(self, since: int, shown: Shown, news: ListNews) -> None:
        if (since, shown.view, shown.wanted, shown.order) != (self._place, self.view, self.wanted, self.order):
            return  # the list was read anew meanwhile
        self._place = news.changes.place
        table, under = self.table, self.table.row
        versions = {row.id: row.version for row in table.rows}
        patched = [row for row in news.rows if row.version > versions.get(row.id, row.version)]
        for row in patched:
            table.patch(row)
        for ticket_id in news.gone:
            if under is None or ticket_id != under.id:  # or the next key would be for another ticket
                table.drop(ticket_id)
        if under is not None and any(row.id == under.id for row in patched):
            self.preview()
        self._tell_fresh(news.fresh - self._known())
        if patched or news.gone or news.changes.others:
            self.recount()

    def _tell_fresh(self, fresh: frozenset[int]) -> None:
        self._fresh = fresh
        self.status_line.fresh(len(fresh))
