"""Decisions in somebody's stead: doctor and the report hold each against the delegations as they stood then."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.health import LAW
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
BOUGHT: Final = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")
WHY: Final = "department_lead was decided for somebody who had not delegated it"


@pytest.fixture
def bought(as_: As, clock: list[datetime]) -> int:
    """A purchase that was approved, its first stage by Ife for Lara; the delegation was taken back after that."""
    made = as_("lara").delegate("ife", date(2026, 9, 28), date(2026, 9, 30))
    clock.append(clock[-1] + timedelta(minutes=1))
    ticket = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=BOUGHT)).id
    for who in ("ife", "hana", "ezra"):
        as_(who).act(ticket, Action.APPROVE)
    as_("lara").revoke(made)
    return int(ticket)


def law(as_: As) -> list[str]:
    return [found.stored for found in as_("ada").doctor().findings if found.field == LAW]


def test_a_decision_by_a_delegation_that_stood_is_proved(as_: As, bought: int) -> None:
    assert law(as_) == []
    assert as_("ada").approvals_report().through_chain.share == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE help_desk_delegations SET since = until",
        "UPDATE help_desk_delegations SET until = since",
        "UPDATE help_desk_delegations SET made_at = until",
        "UPDATE help_desk_delegations SET revoked_at = since",
        "UPDATE help_desk_delegations SET from_id = to_id",
        "UPDATE help_desk_delegations SET to_id = from_id",
        "DELETE FROM help_desk_delegations",
    ],
)
def test_a_decision_without_one_is_a_breach_of_the_law(as_: As, store: Store, bought: int, change: str) -> None:
    with store.write() as connection:
        connection.execute(sa.text(change))
    found = law(as_)
    assert [said.partition(": ")[2] for said in found][:2] == [WHY, f"authorised although {WHY}"]
    through = as_("ada").approvals_report().through_chain
    assert (through.proved, through.of, [one.why for one in through.offending]) == (0, 1, found[:1])
