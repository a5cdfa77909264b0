"""Erasing in the database: the one change that the append-only tables let through, for who owns them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from deskterm.core.domain.audit import Written, read_entry
from deskterm.core.domain.erasure import ERASED, erased, name_of
from deskterm.core.domain.people import Contact
from deskterm.core.store import audit, drafts, saved_views, wordings
from deskterm.core.store.tables import APPROVALS, AUDIT, COMMENTS, FACTS, PEOPLE, PROCUREMENTS, TICKETS

_APPEND_ONLY: Final = (FACTS, COMMENTS, AUDIT)
_BLANKED: Final = (TICKETS.c.title, TICKETS.c.description, TICKETS.c.question)


def decided(connection: sa.Connection, person_id: int) -> int:
    """Gives how many decisions somebody made, also in another's stead, or another in theirs."""
    mine = sa.or_(APPROVALS.c.approver_id == person_id, APPROVALS.c.on_behalf_of == person_id)
    return connection.scalar(sa.select(sa.func.count()).select_from(APPROVALS).where(mine)) or 0


def tickets_of(connection: sa.Connection, person_id: int) -> tuple[list[int], int]:
    """Gives the tickets that somebody asked for and that bought nothing, and how many others there are."""
    bought = sa.exists().where(PROCUREMENTS.c.ticket_id == TICKETS.c.id)
    query = sa.select(TICKETS.c.id, bought).where(TICKETS.c.requester_id == person_id).order_by(TICKETS.c.id)
    rows = connection.execute(query).all()
    return [number for number, buys in rows if not buys], sum(buys for _, buys in rows)


def erase_person(connection: sa.Connection, person_id: int) -> list[int]:
    """Takes somebody's name, login and contact from their row and the entries that tell of them; gives these entries.

    What they hadn't sent goes too.
    """
    gone = {"name": name_of(person_id), "login": None, "origin": None, "customer": "", **Contact()._asdict()}
    connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person_id).values(**gone))
    drafts.erase_of(connection, person_id)
    saved_views.erase_of(connection, person_id)
    _, end = audit.head(connection)
    told = audit.of_no_ticket(connection, before=end.size + 1)
    return _without_texts(connection, (one for one in told if _is_of(one, person_id)))


def erase_texts(connection: sa.Connection, ticket_ids: Sequence[int]) -> list[int]:
    """Takes the texts out of tickets, their facts, comments and entries, and what nobody sent yet; gives these entries.

    What an older program wrote has its texts in its entries, for good: there the rows keep them too.
    """
    gone: list[int] = []
    for number in ticket_ids:
        drafts.erase_on(connection, number)
        entries = [one for one in audit.of_ticket(connection, number) if one.texts is not None]
        versions = [read_entry(one.body).version for one in entries]
        facts = sa.and_(FACTS.c.ticket_id == number, FACTS.c.version.in_(versions))
        for row in connection.execute(sa.select(FACTS.c.id, FACTS.c.data).where(facts)).all():
            connection.execute(sa.update(FACTS).where(FACTS.c.id == row.id).values(data=erased(row.data)))
        comments = sa.and_(COMMENTS.c.ticket_id == number, COMMENTS.c.version.in_(versions), COMMENTS.c.body != "")
        connection.execute(sa.update(COMMENTS).where(comments).values(body=ERASED))
        if 1 in versions:
            blank = {column: sa.case((column == "", ""), else_=ERASED) for column in _BLANKED}
            connection.execute(sa.update(TICKETS).where(TICKETS.c.id == number).values(blank))
        gone += _without_texts(connection, entries)
    return gone


def erase_words(connection: sa.Connection, person_id: int) -> None:
    """Makes what words find of somebody's tickets what is left to be found, also in what the index is kept in."""
    asked = sa.select(TICKETS.c.id).where(TICKETS.c.requester_id == person_id)
    wordings.refresh(connection, connection.scalars(asked).all())
    wordings.settle(connection)


def _is_of(written: Written, person_id: int) -> bool:
    entry = read_entry(written.body)
    return entry.kind == "person" and json.loads(entry.data)["id"] == person_id


def _without_texts(connection: sa.Connection, entries: Iterable[Written]) -> list[int]:
    numbers = [one.seq for one in entries if one.texts is not None]
    for number in numbers:
        connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == number).values(texts=None))
    return numbers


@contextmanager
def unguarded(connection: sa.Connection) -> Iterator[None]:
    """Lets the append-only tables be changed inside the block, and by this transaction only.

    Taking the guard away is itself undone with the transaction; on Postgres only the tables' owner may.
    """
    names = [table.name for table in _APPEND_ONLY]
    if connection.dialect.name == "postgresql":
        for name in names:
            connection.execute(sa.text(f"ALTER TABLE {name} DISABLE TRIGGER {name}_append_only"))
        yield
        for name in names:
            connection.execute(sa.text(f"ALTER TABLE {name} ENABLE TRIGGER {name}_append_only"))
        return
    connection.exec_driver_sql("PRAGMA secure_delete=ON")  # what is overwritten is not left in a free part of the file
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :names")
    guards = connection.execute(query.bindparams(sa.bindparam("names", names, expanding=True))).all()
    for guard in guards:
        connection.execute(sa.text(f"DROP TRIGGER {guard.name}"))
    yield
    for guard in guards:
        connection.exec_driver_sql(guard.sql)
