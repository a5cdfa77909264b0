"""What is marked in a list: tickets as they were last seen, wherever the list goes meanwhile."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from deskterm.widgets.window import Numbered

R = TypeVar("R", bound=Numbered)


class Marks(Generic[R]):
    """Marked tickets in the order they were marked in. They are kept by their numbers, so no reading loses them."""

    def __init__(self) -> None:
        """Marks nothing."""
        self.rows: dict[int, R] = {}
        self._latest: int | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, ticket_id: object) -> bool:
        return ticket_id in self.rows

    def toggle(self, row: R) -> None:
        """Marks a row, or unmarks it."""
        if self.rows.pop(row.id, None) is None:
            self.rows[row.id] = row
        self._latest = row.id

    def reach(self, rows: Sequence[R], to: int) -> None:
        """Marks the rows from the one that was marked or unmarked last to the place `to`, alone that one if it is gone.

        The first of them is left as it is: whoever unmarked it doesn't want it.
        """
        since = next((place for place, row in enumerate(rows) if row.id == self._latest), to)
        for row in rows[min(since, to) : max(since, to) + 1]:
            if row.id != self._latest or since == to:
                self.rows[row.id] = row
        self._latest = rows[to].id

    def toggle_all(self, rows: Sequence[R]) -> None:
        """Marks all of these rows; none at all when all were."""
        if all(row.id in self.rows for row in rows):
            self.rows.clear()
        else:
            self.rows |= {row.id: row for row in rows}

    def invert(self, rows: Sequence[R]) -> None:
        """Marks those of these rows that aren't, and unmarks the others of them."""
        for row in rows:
            if self.rows.pop(row.id, None) is None:
                self.rows[row.id] = row

    def see(self, rows: Sequence[R]) -> None:
        """Takes in what marked rows are now."""
        self.rows |= {row.id: row for row in rows if row.id in self.rows}
