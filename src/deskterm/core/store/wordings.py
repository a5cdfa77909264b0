"""The words of tickets, as they are looked for: written in the transaction that writes the texts, so they never lag.

The index over them is the database's own work: on SQLite triggers keep an FTS5 table, on Postgres a column of words is
generated from each row.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from deskterm.core.domain.wordings import Wording, sign, wording
from deskterm.core.store import bulk
from deskterm.core.store.rows import Row
from deskterm.core.store.tables import COMMENTS, PEOPLE, TICKETS, WORDINGS

FEW: Final = 5_000
"""So many tickets are looked at one by one, where what fits has no order of its own."""
LOOKED_BESIDE: Final = "deskterm.looked_beside"
"""What a connection names a table by whose tickets may be in a department that the index doesn't have them in."""


def write(connection: sa.Connection, tickets: Sequence[Row], made: Sequence[Row]) -> None:
    """Writes the words of new tickets, which begin with their requester's name."""
    people = {row["requester_id"] for row in tickets}
    query = sa.select(PEOPLE.c.id, PEOPLE.c.name).where(PEOPLE.c.id.in_(people))
    names = {row.id: row.name for row in connection.execute(query)}
    rows = [
        {**row, **_kept(row, names[ticket["requester_id"]], ticket["department_id"])._asdict()}
        for ticket, row in zip(tickets, made, strict=True)
    ]
    bulk.write(connection, WORDINGS, rows)


def _kept(row: Row, name: str, department_id: int) -> Wording:
    return Wording(row["public"], row["internal"]).kept(name, department_id)


def refresh(connection: sa.Connection, ticket_ids: Sequence[int]) -> None:
    """Makes the words of tickets what their texts say by now."""
    have = stored(connection, ticket_ids)
    for number, says in told(connection, ticket_ids).items():
        if number not in have:
            connection.execute(sa.insert(WORDINGS).values(ticket_id=number, **says._asdict()))
        elif have[number] != says:
            connection.execute(sa.update(WORDINGS).where(WORDINGS.c.ticket_id == number).values(says._asdict()))


def fill(connection: sa.Connection, ticket_ids: Sequence[int]) -> None:
    """Writes the words of tickets that have none; who changes one of them meanwhile waits, or was waited for."""
    rows = sa.select(TICKETS.c.id).where(TICKETS.c.id.in_(ticket_ids)).order_by(TICKETS.c.id)
    connection.execute(rows.with_for_update(key_share=True))
    there = stored(connection, ticket_ids)
    texts = told(connection, [number for number in ticket_ids if number not in there])
    bulk.write(connection, WORDINGS, [{"ticket_id": number, **says._asdict()} for number, says in texts.items()])


def lacking(connection: sa.Connection, *, after: int, limit: int) -> Sequence[int]:
    """Gives the tickets behind one of them, by id, whose words nobody wrote."""
    query = sa.select(TICKETS.c.id).outerjoin(WORDINGS, WORDINGS.c.ticket_id == TICKETS.c.id)
    query = query.where(WORDINGS.c.ticket_id.is_(None), TICKETS.c.id > after).order_by(TICKETS.c.id).limit(limit)
    return connection.scalars(query).all()


def unlike(connection: sa.Connection, ticket_ids: Sequence[int]) -> list[int]:
    """Gives those of some tickets whose words are not what their texts say."""
    have = stored(connection, ticket_ids)
    return [number for number, says in told(connection, ticket_ids).items() if have.get(number) != says]


def stored(connection: sa.Connection, ticket_ids: Sequence[int]) -> dict[int, Wording]:
    """Gives the words of tickets as they are kept."""
    query = sa.select(WORDINGS).where(WORDINGS.c.ticket_id.in_(ticket_ids))
    return {row.ticket_id: Wording(row.public, row.internal) for row in connection.execute(query)}


def told(connection: sa.Connection, ticket_ids: Sequence[int]) -> dict[int, Wording]:
    """Gives the words of tickets as their texts say them."""
    said = sa.select(COMMENTS.c.ticket_id, COMMENTS.c.kind, COMMENTS.c.body)
    said = said.where(COMMENTS.c.ticket_id.in_(ticket_ids)).order_by(COMMENTS.c.ticket_id, COMMENTS.c.version)
    comments: dict[int, list[tuple[str, str]]] = {}
    for number, kind, body in connection.execute(said):
        comments.setdefault(number, []).append((kind, body))
    query = sa.select(TICKETS.c.id, TICKETS.c.title, TICKETS.c.description, TICKETS.c.department_id, PEOPLE.c.name)
    query = query.join(PEOPLE, PEOPLE.c.id == TICKETS.c.requester_id).where(TICKETS.c.id.in_(ticket_ids))
    return {
        row.id: wording(row.title, row.description, comments.get(row.id, ())).kept(row.name, row.department_id)
        for row in connection.execute(query)
    }


def settle(connection: sa.Connection) -> None:
    """Has SQLite write its index anew without what is no longer in it: some 10 s with a million tickets.

    On Postgres that is VACUUM's, and the server's own time.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO help_desk_words(help_desk_words) VALUES ('optimize')")


def rebuild(connection: sa.Connection) -> None:
    """Has SQLite make its index anew from the words: it may hold what they were before somebody changed them."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO help_desk_words(help_desk_words) VALUES ('rebuild')")


def few(connection: sa.Connection, wanted: Sequence[str], department_id: int | None) -> list[int] | None:
    """Gives the tickets, of a department or of all, that have all these words, in whatever order and wherever.

    It is None when they are more than `FEW`. It only says where to look: who may read the words, and whether they stand
    together, is asked of each ticket.
    """
    parts = [*_parts(wanted)]
    if department_id is not None:
        parts.append((sign(department_id), False))
    if connection.dialect.name == "sqlite":
        match = " AND ".join(f'"{word}" *' if is_begun else f'"{word}"' for word, is_begun in parts)
        query = "SELECT rowid FROM help_desk_words WHERE help_desk_words MATCH :match"
        if department_id is not None and (beside := connection.info.get(LOOKED_BESIDE)):
            query += f" UNION SELECT id FROM {beside}"  # noqa: S608 - a table of our own
        query += " LIMIT :most"
    else:
        match = " & ".join(f"'{word}':*" if is_begun else f"'{word}'" for word, is_begun in parts)
        query = "SELECT ticket_id FROM help_desk_wordings WHERE words @@ CAST(:match AS tsquery) LIMIT :most"
    found = connection.scalars(sa.text(query), {"match": match, "most": FEW + 1}).all()
    return None if len(found) > FEW else list(found)


def _parts(wanted: Iterable[str]) -> dict[tuple[str, bool], None]:
    """Gives the words of lines, each once, with whether it may be the beginning of one: the last of a line may."""
    return {
        (word, place == len(words)): None for words in map(str.split, wanted) for place, word in enumerate(words, 1)
    }
