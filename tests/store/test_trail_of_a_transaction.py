"""The trail is written last in a transaction: all entries at once, none forgotten, and nobody waits in a circle."""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import read_entry
from deskterm.core.domain.errors import ChangedElsewhere
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import importing, work
from deskterm.core.services.auditing import verify
from deskterm.core.services.event_log import COLUMNS, EventLog, parse_event_log
from deskterm.core.services.importing import Imported
from deskterm.core.services.intake import Submission
from deskterm.core.store import audit, tickets
from deskterm.core.store.engine import Collided, Connection, Store

As = Callable[[str], Desk]
NOW = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
on_postgres = pytest.mark.parametrize("backend", ["postgres"], indirect=True)


def tell(connection: Connection, what: str) -> None:
    audit.append(connection, [audit.change("desk", what, {}, at=NOW, actor_id=None, via=Via.CLI)])


def told(store: Store) -> list[str]:
    with store.read() as connection:
        bodies = connection.scalars(sa.text("SELECT body FROM help_desk_audit ORDER BY seq")).all()
    return [read_entry(body).what for body in bodies]


def test_entries_of_a_transaction_stand_in_their_order(store: Store) -> None:
    before = told(store)
    with store.write() as connection:
        tell(connection, "one")
        tell(connection, "two")
        assert connection.scalar(sa.text("SELECT count(*) FROM help_desk_audit")) == len(before)
    assert told(store) == [*before, "one", "two"]


def test_nothing_is_left_over_from_a_transaction_that_failed(store: Store) -> None:
    before = told(store)
    with contextlib.suppress(KeyError), store.write() as connection:
        tell(connection, "never")
        raise KeyError
    with store.write() as connection:
        tell(connection, "one")
    assert told(store) == [*before, "one"]


def test_an_entry_that_nobody_would_write_is_refused(store: Store) -> None:
    with store.writer.begin() as connection, pytest.raises(RuntimeError, match="of Store"):
        tell(connection, "forgotten")


def test_no_fact_is_written_without_its_entry(store: Store, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id

    def broken(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(audit, "_write", broken)
    with pytest.raises(Exception, match="out of reach"):
        as_("ife").act(ticket, Action.NOTE, text="x")
    monkeypatch.undo()
    assert as_("ife").ticket(ticket).version == 1


def log(*rows: tuple[str, int, str]) -> EventLog:
    lines = [",".join(COLUMNS)]
    for case, hour, state in rows:
        said = dict.fromkeys(COLUMNS, "") | {
            "case_id": case, "timestamp": f"2026-09-28T{hour:02}:00:00+00:00", "actor": "Alice", "group": "Desk",
            "state": state, "priority": "P3", "category": "Mail", "requester": "Zoe", "event": "saved",
            "raw_state": state, "seq": str(hour),
        }  # fmt: skip
        lines.append(",".join(said[name] for name in COLUMNS))
    return parse_event_log(("\n".join(lines) + "\n").encode().splitlines(keepends=True), source="log.csv")


@on_postgres
def test_an_import_and_an_agent_never_wait_for_each_other(
    store: Store, as_: As, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, more = (("C1", 1, "New"), ("C2", 1, "New")), (("C1", 20, "Closed"), ("C2", 20, "Closed"))
    as_("ada").import_log(log(*first))
    with store.read() as connection:
        second = tickets.by_origin(connection)["C2"]
    came, go = threading.Event(), threading.Event()
    continued, appended = importing._continued, tickets.append

    def slow(connection: Connection, ticket_id: int, *rest: Any) -> int:
        if ticket_id == second:  # the first case is written, this one's row is an agent's by now
            came.set()
            go.wait(10)
        return continued(connection, ticket_id, *rest)

    def appending(connection: Connection, ticket_id: int, steps: Any, via: Via, *rest: Any) -> None:
        if via is Via.CLI:
            go.set()
            came.wait(10)
            threading.Event().wait(0.3)  # the import waits for the row meanwhile
        appended(connection, ticket_id, steps, via, *rest)

    monkeypatch.setattr(importing, "_continued", slow)
    monkeypatch.setattr(tickets, "append", appending)
    made: list[Imported | Exception] = []

    def import_() -> None:
        try:
            made.append(as_("ada").import_log(log(*first, *more)))
        except Exception as error:  # noqa: BLE001 - told by the test
            made.append(error)

    importer = threading.Thread(target=import_)
    importer.start()
    came.wait(10)
    as_("ada").act(second, Action.NOTE, text="hi")
    importer.join()
    (imported,) = made
    assert isinstance(imported, Imported), imported
    assert (imported.facts, [row.case_id for row in imported.rejected]) == (1, ["C2"])
    assert as_("ada").import_log(log(*first, *more)).rejected == ()
    assert verify(store, heads=None, keys=frozenset(), now=clock[-1], check_head=lambda _: True).damage == ()


def circle(store: Store) -> list[Exception]:
    """Has two transactions wait for each other's row; gives what they were told."""
    both, seen = threading.Barrier(2), list[Exception]()
    rename = sa.text("UPDATE help_desk_people SET name = name || '.' WHERE id = :id")

    def rows(first: int, second: int) -> None:
        try:
            with store.write() as connection:
                connection.execute(rename, {"id": first})
                both.wait(10)
                connection.execute(rename, {"id": second})
        except Exception as error:  # noqa: BLE001 - told by the test
            seen.append(error)

    writers = [threading.Thread(target=rows, args=pair) for pair in ((1, 2), (2, 1))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return seen


@on_postgres
def test_who_is_undone_for_another_is_told_so_and_not_that_the_database_is_gone(store: Store) -> None:
    (error,) = circle(store)
    assert isinstance(error, Collided)
    assert isinstance(error, ChangedElsewhere)
    assert "try again" in str(error)


@pytest.mark.parametrize("times", [1, 9])
def test_an_action_that_was_undone_for_another_is_done_again(
    as_: As, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    save, left = work.save, [times]

    def saving(*args: Any) -> bool:
        done = save(*args)
        left[0] -= 1
        if left[0] >= 0:
            raise Collided("somebody was first")
        return done

    monkeypatch.setattr(work, "save", saving)
    if times == 1:
        assert as_("ife").act(ticket, Action.CLAIM).version == 2
        assert len(as_("ife").ticket(ticket).timeline) == 2
    else:
        with pytest.raises(ChangedElsewhere, match="keeps changing"):
            as_("ife").act(ticket, Action.CLAIM)
