"""The queue's columns: which, in what order, and which of them says how the list is sorted."""

from pathlib import Path

import pytest

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.views import Order, View
from deskterm.settings import COLUMNS, load
from deskterm.widgets.ticket_columns import queue_columns

_TEXT = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
ACOB = parse_profile(_TEXT, source="acob.toml")
OWN = ["ID", "Prio", "Status", "Time left ▴", "Title", "Requester"]


@pytest.mark.parametrize(
    ("view", "order", "chosen", "heads"),
    [
        (View.MINE, Order.DUE, (), OWN),
        (View.ALL, Order.DUE, (), [*OWN, "Assignee"]),
        (View.ALL, Order.PRIORITY, (), ["ID", "Prio ▴", "Status", "Time left", "Title", "Requester", "Assignee"]),
        (View.ALL, Order.UPDATED, (), ["ID", "Prio", "Status", "Updated ▾", "Title", "Requester", "Assignee"]),
        (View.REQUESTED, Order.CREATED, (), ["ID", "Prio", "Status", "Time left", "Title", "Created ▾", "Assignee"]),
        (View.CLOSED, Order.CLOSED, ("title", "closed", "id"), ["Title", "Closed ▾", "ID"]),
        (View.ALL, Order.CREATED, ("title", "left"), ["Title", "Created ▾"]),
        (View.MINE, Order.CREATED, ("title", "assignee"), ["Title", "Assignee"]),
    ],
)
def test_the_columns_of_a_view(view: View, order: Order, chosen: tuple[str, ...], heads: list[str]) -> None:
    assert [column.title for column in queue_columns(ACOB, view, order, chosen)] == heads


def test_every_column_that_settings_may_name_is_there() -> None:
    assert len(queue_columns(ACOB, View.ALL, Order.DUE, COLUMNS)) == len(COLUMNS)


def test_columns_are_set_in_the_file_or_by_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('mouse = true\ncolumns = ["id", "title",\n "updated"]\n')

    assert load(config=file, environ={}).columns == ("id", "title", "updated")
    assert load(config=file, environ={"DESKTERM_COLUMNS": "title, id"}).columns == ("title", "id")
    assert load(environ={"DESKTERM_CONFIG": str(file)}).columns == ("id", "title", "updated")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('columns = ["id", "titel"]', "config.toml line 2: there is no column titel: did you mean title?"),
        ('columns = ["id", 3]', "line 2: there is no column 3: expected some of id, priority, status"),
        ('columns = ["id", "left", "id"]', "line 2: the column id is there twice: take one away"),
        ('columns = "id"', "line 2: columns is 'id', expected a list such as"),
        ("columns = []", "line 2: columns is empty: name some, or take the line away"),
    ],
)
def test_columns_that_there_are_not(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"mouse = true\n{text}\n")

    with pytest.raises(InvalidInput) as error:
        load(config=file, environ={})
    assert said in str(error.value)
