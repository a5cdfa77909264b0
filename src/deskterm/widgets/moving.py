"""The keys that move a cursor in a table, both sets of them."""

from abc import abstractmethod
from typing import Any

from deskterm.widgets.row_table import RowTable


class Moving:
    """A screen whose `table` has the cursor."""

    @property
    @abstractmethod
    def table(self) -> RowTable[Any]:
        """The list."""

    def do_down(self) -> None:
        """Moves one down."""
        self.table.move(1)

    def do_up(self) -> None:
        """Moves one up."""
        self.table.move(-1)

    def do_page_down(self) -> None:
        """Moves a page down."""
        self.table.move(self.table.page_height)

    def do_page_up(self) -> None:
        """Moves a page up."""
        self.table.move(-self.table.page_height)

    def do_top(self) -> None:
        """Moves to the first row."""
        self.table.move(-len(self.table.rows))

    def do_bottom(self) -> None:
        """Moves to the last row that was read, and reads on."""
        self.table.move(len(self.table.rows))
