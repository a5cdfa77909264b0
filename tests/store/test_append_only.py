"""Facts and comments are never edited and never deleted, not even by SQL."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store


@pytest.fixture
def noted(as_: Callable[[str], Desk]) -> int:
    ticket = as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure")).id
    as_("ife").act(ticket, Action.NOTE, text="toner")
    return ticket


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE help_desk_facts SET kind = 'rated'",
        "UPDATE help_desk_facts SET at = at",
        "DELETE FROM help_desk_facts",
        "UPDATE help_desk_comments SET body = 'nothing'",
        "DELETE FROM help_desk_comments",
    ],
)
@pytest.mark.usefixtures("noted")
def test_the_database_itself_refuses(store: Store, statement: str) -> None:
    table = "help_desk_facts" if "facts" in statement else "help_desk_comments"
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), store.write() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
@pytest.mark.parametrize("table", ["help_desk_facts", "help_desk_comments"])
@pytest.mark.usefixtures("noted")
def test_postgres_refuses_to_truncate(store: Store, table: str) -> None:
    with pytest.raises(DBAPIError, match="is append-only"), store.write() as connection:
        connection.execute(sa.text(f"TRUNCATE {table} CASCADE"))


def test_what_was_refused_is_still_there(store: Store, as_: Callable[[str], Desk], noted: int) -> None:
    with pytest.raises(DBAPIError), store.write() as connection:
        connection.execute(sa.text("DELETE FROM help_desk_comments"))
    assert [entry.text for entry in as_("ife").ticket(noted).timeline] == ["", "toner"]
