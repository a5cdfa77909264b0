"""What somebody may decide is looked at where it is written, and nobody gets a place that they may not fill."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Status
from deskterm.core.services import work
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.core.views import Tab

As = Callable[[str], Desk]
DAY = date(2026, 9, 28)
TONER = Wanted(lines=("2 x Toner @ 45000.00",), justification="it is out")


@pytest.fixture
def asked(as_: As) -> int:
    return as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=TONER)).id


@pytest.fixture
def started(as_: As) -> int:
    ticket = as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure")).id
    as_("ife").act(ticket, Action.CLAIM)
    as_("ife").act(ticket, Action.START)
    return ticket


def kinds(desk: Desk, ticket: int) -> list[FactKind]:
    return [entry.kind for entry in desk.ticket(ticket).timeline]


@pytest.mark.parametrize("loses", ["delegation", "person"])
def test_who_lost_the_right_while_a_key_waited_decides_nothing(
    as_: As, asked: int, monkeypatch: pytest.MonkeyPatch, loses: str
) -> None:
    number = as_("lara").delegate("ini", DAY, DAY)
    real = work.followed
    done: list[int] = []

    def meanwhile(*given: Any) -> Any:
        if not done:
            done.append(1)
            if loses == "delegation":
                as_("lara").revoke(number)
            else:
                as_("ada").change_person("ini", active=False)
        return real(*given)

    desk = as_("ini")
    monkeypatch.setattr(work, "followed", meanwhile)
    with pytest.raises((NotAllowed, ChangedElsewhere)):
        desk.act(asked, Action.APPROVE)
    assert FactKind.APPROVED not in kinds(as_("ada"), asked)


def test_an_admin_who_acts_for_somebody_gets_no_place_that_they_may_not_fill(as_: As, started: int) -> None:
    as_("ada").change_person("ada", department="it", post="lead")
    as_("ada").acting_as("ife").act(started, Action.PIVOT, purchase=TONER)
    bought = as_("ezra").ticket(started).purchase
    assert bought is not None
    assert [place.name for place in bought.stages[0].slots] == ["Hana Head"]
    assert as_("ada").inbox(Tab.WAITING).rows == ()


def test_withdrawing_and_asking_anew_through_another_frees_nobody(as_: As, started: int) -> None:
    as_("lara").act(started, Action.ASSIGN, person="lara")
    as_("lara").act(started, Action.START)
    as_("lara").act(started, Action.PIVOT, purchase=TONER)
    as_("lara").act(started, Action.WITHDRAW)
    as_("lara").act(started, Action.ASSIGN, person="ife")
    as_("ife").act(started, Action.PIVOT, purchase=TONER)
    with pytest.raises(NotAllowed, match="nobody decides about what they asked for"):
        as_("lara").act(started, Action.APPROVE)
    assert as_("ada").doctor().findings == ()


def test_the_same_attempt_is_told_once_until_something_happens(as_: As, asked: int) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed):
            as_("ife").act(asked, Action.CLAIM)
    with pytest.raises(NotAllowed):
        as_("ini").act(asked, Action.CLAIM)
    as_("remi").act(asked, Action.REPLY, text="soon please")
    with pytest.raises(NotAllowed):
        as_("ini").act(asked, Action.CLAIM)
    attempts = [e.actor for e in as_("ada").ticket(asked).timeline if e.kind is FactKind.ATTEMPTED]
    assert attempts == ["Ife of IT", "Ini of IT", "Ini of IT"]


def test_who_asked_for_information_may_do_without_it(as_: As, asked: int) -> None:
    as_("lara").act(asked, Action.ASK, text="which printer?")
    as_("lara").delegate("ini", DAY, DAY)
    with pytest.raises(NotAllowed, match="it waits for the information that was asked for"):
        as_("ini").act(asked, Action.APPROVE)
    as_("lara").act(asked, Action.APPROVE, text="told by phone")
    bought = as_("ezra").ticket(asked).purchase
    assert bought is not None
    assert [stage.state for stage in bought.stages] == ["approved", "open", "later"]
    assert as_("ada").doctor().findings == ()


def test_the_inbox_shows_what_was_asked_for_whatever_stands_in_the_row(as_: As, store: Store, asked: int) -> None:
    with store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_procurements SET total_minor = 1, currency = 'USD'"))
    (row,) = as_("lara").inbox(Tab.WAITING).rows
    assert (row.total, row.total_minor) == ("NGN 90,000.00", 9_000_000)
    assert as_("lara").act(asked, Action.APPROVE).status is Status.PENDING_APPROVAL
