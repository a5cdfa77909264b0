"""The views of purchases against what their facts fold to: whatever is changed in them past the program is found."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.trail import Damage, Verdict
from deskterm.core.domain.words import Action
from deskterm.core.services.auditing import verify
from deskterm.core.services.intake import Submission
from deskterm.core.store import audit
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
Once = Callable[[Callable[[], Any]], Any]
KEY: Final = "a-key"
BORN: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
BOUGHT: Final = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")


@pytest.fixture
def purchases(once: Once, as_: As) -> list[int]:
    """A ticket that buys nothing; purchases: half decided, bought, refused, asked about and changed since."""

    def work() -> list[int]:
        as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure"))
        made = [
            as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=BOUGHT)).id
            for _ in range(5)
        ]
        half, bought, refused, asked, changed = made
        as_("lara").act(half, Action.APPROVE)
        for who in ("lara", "hana", "ezra"):
            as_(who).act(bought, Action.APPROVE)
        as_("lara").act(refused, Action.REFUSE, text="no")
        as_("lara").act(asked, Action.ASK, text="why?")
        as_("lara").act(changed, Action.APPROVE)
        as_("remi").act(changed, Action.AMEND, purchase=BOUGHT._replace(lines=("3 x Toner @ 45.00",)), text="more")
        return made

    made: list[int] = once(work)
    return made


def past_guards(store: Store, statement: str, **values: Any) -> None:
    with closing(sa.create_engine(store.url, poolclass=sa.NullPool).connect()) as connection:
        if not store.is_sqlite:
            connection.execute(sa.text("SET session_replication_role = replica"))
        assert connection.execute(sa.text(statement), values).rowcount > 0
        connection.commit()


def change(store: Store, table: str, changes: str, ticket_id: int, **values: Any) -> None:
    past_guards(store, f"UPDATE {table} SET {changes} WHERE ticket_id = :id", id=ticket_id, **values)  # noqa: S608


def look(store: Store) -> Verdict:
    with store.read() as connection:
        log_id, end = audit.head(connection)
    head = SignedHead(log_id, end, BORN, KEY, "good")
    return verify(store, heads=[head], keys=frozenset({KEY}), now=BORN, check_head=lambda _: True)


def last_of(store: Store, ticket_id: int) -> int:
    with store.read() as connection:
        return audit.of_ticket(connection, ticket_id)[-1].seq


def test_purchases_as_the_program_left_them_are_well(store: Store, purchases: list[int]) -> None:
    verdict = look(store)
    assert verdict.is_well, verdict
    assert verdict.tickets == 1 + len(purchases)


ROUNDS: Final = {
    "total": ("help_desk_procurements", "total_minor = 1"),
    "state": ("help_desk_procurements", "state = 'approved'"),
    "who asked": ("help_desk_procurements", "asked_by = NULL"),
    "currency": ("help_desk_procurements", "currency = 'USD'"),
    "digest": ("help_desk_procurements", "digest = ''"),
    "when asked": ("help_desk_procurements", "asked_at = '2020-01-01 00:00:00.000000'"),
    "when decided": ("help_desk_procurements", "decided_at = asked_at"),
    "number": ("help_desk_procurements", "round = 7"),
    "person": ("help_desk_slots", "person_id = 1"),
    "nobody": ("help_desk_slots", "person_id = NULL"),
    "stage": ("help_desk_slots", "stage = 'managing_director'"),
    "post": ("help_desk_slots", "post = 'managing_director'"),
}


@pytest.mark.parametrize("what", ROUNDS)
def test_a_change_of_a_purchase_is_found(store: Store, purchases: list[int], what: str) -> None:
    table, said = ROUNDS[what]
    half = purchases[0]
    change(store, table, said, half)
    (found,) = look(store).damage
    assert (found.kind, found.at) == (Damage.EDITED, last_of(store, half))
    assert f"HD-{half:06d}: {table} has " in found.said


@pytest.mark.parametrize("number", range(5))
def test_each_of_them_is_looked_at(store: Store, purchases: list[int], number: int) -> None:
    at = purchases[number]
    change(store, "help_desk_procurements", "total_minor = total_minor + 1", at)
    assert [(one.kind, one.at) for one in look(store).damage] == [(Damage.EDITED, last_of(store, at))]


@pytest.mark.parametrize(
    ("old", "new"), [('"Toner"', '"Gold"'), ("none is left", "none"), ("4500", "4500.0"), ('"vendor"', '"vender"')]
)
def test_a_change_of_what_is_bought_is_found(store: Store, purchases: list[int], old: str, new: str) -> None:
    half = purchases[0]
    with store.read() as connection:
        text = connection.scalar(
            sa.text("SELECT CAST(purchase AS TEXT) FROM help_desk_procurements WHERE ticket_id = :id"), {"id": half}
        )
    changed = json.dumps(json.loads(text)).replace(old, new)
    assert changed != json.dumps(json.loads(text))
    kept = ":new" if store.is_sqlite else "CAST(:new AS json)"
    change(store, "help_desk_procurements", f"purchase = {kept}", half, new=changed)
    assert [(one.kind, one.at) for one in look(store).damage] == [(Damage.EDITED, last_of(store, half))]


@pytest.mark.parametrize("purchase", ["[]", "null", "1"])
def test_what_is_no_purchase_is_damage_and_no_crash(store: Store, purchases: list[int], purchase: str) -> None:
    change(store, "help_desk_procurements", f"purchase = '{purchase}'", purchases[0])
    assert [one.kind for one in look(store).damage] == [Damage.EDITED]


@pytest.mark.parametrize("table", ["help_desk_procurements", "help_desk_slots"])
def test_rows_that_are_gone_are_found(store: Store, purchases: list[int], table: str) -> None:
    half = purchases[0]
    past_guards(store, f"DELETE FROM {table} WHERE ticket_id = :id", id=half)  # noqa: S608 - a test's own
    (found,) = look(store).damage
    assert (found.kind, found.at) == (Damage.EDITED, last_of(store, half))
    assert found.said == f"HD-{half:06d}: {table} has 0 rows of it, its entries make 1"


def test_a_place_that_was_put_in_is_found(store: Store, purchases: list[int]) -> None:
    """Somebody lets themselves into the inbox, also where nothing waits, and where nothing is bought."""
    place = "INSERT INTO help_desk_slots (ticket_id, number, stage, post, person_id) VALUES (:id, 9, 'a', 'b', 1)"
    for ticket_id in (1, purchases[1], purchases[0]):
        past_guards(store, place, id=ticket_id)
    found = [(one.kind, one.at) for one in look(store).damage]
    assert sorted(found) == [(Damage.EDITED, at) for at in sorted(last_of(store, n) for n in (1, *purchases[:2]))]


@pytest.mark.parametrize("number", [0, 99])
def test_rows_of_no_ticket_are_found(store: Store, purchases: list[int], number: int) -> None:
    place = "INSERT INTO help_desk_slots (ticket_id, number, stage, post, person_id) VALUES (:id, 9, 'a', 'b', 1)"
    past_guards(store, place, id=number)
    (found,) = look(store).damage
    assert (found.kind, found.at) == (Damage.INSERTED, None)
    assert found.said == f"help_desk_slots has rows of a ticket {number}, and no entry tells of it"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # Postgres has no such values
@pytest.mark.parametrize("said", ["total_minor = x'39303030'", "state = x'6f70656e'", "asked_at = 'then'"])
def test_a_value_of_another_type_is_found(store: Store, purchases: list[int], said: str) -> None:
    change(store, "help_desk_procurements", said, purchases[0])
    assert [one.kind for one in look(store).damage] == [Damage.EDITED]
