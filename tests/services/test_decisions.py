"""Decisions about purchases on both databases: who is told of what, and every attack on a decision is refused."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import History
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Outcome, Role, RoundState, Status, WaitReason
from deskterm.core.services import approving, work
from deskterm.core.services.intake import Submission
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import tickets
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import APPROVALS, FACTS, NOTICES, PEOPLE
from deskterm.core.store.tickets import Step
from deskterm.core.views import Tab, View

As = Callable[[str], Desk]
At = Callable[[str], datetime]
Beaten = Callable[[Callable[[], object]], None]
A, K, S = Action, FactKind, Status
ACOB: Final = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
TONER: Final = Wanted(("2 x Toner @ 4500",), justification="The printer is out")
MORE: Final = Wanted(("20 x Toner @ 4500",), justification="The printer is out")
MONDAY: Final = date(2026, 9, 28)
PURCHASE: Final = Submission(title="Toner", category="it_procurement", purchase=TONER)


@pytest.fixture
def bought(as_: As) -> int:
    """Remi's purchase; it waits for Lara."""
    return as_("remi").submit(PURCHASE).id


@pytest.fixture
def pivoted(as_: As) -> int:
    """Remi's repair that Ife has; it turned out to need a purchase, and waits for Lara."""
    number = as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure")).id
    as_("ife").act(number, A.CLAIM)
    as_("ife").act(number, A.PIVOT, purchase=TONER)
    return number


@pytest.fixture
def beaten(monkeypatch: pytest.MonkeyPatch) -> Beaten:
    """Lets something happen, once, between what a writer reads and what it writes."""

    def by(other: Callable[[], object]) -> None:
        real = work.followed

        def followed(before: History, facts: tuple[Fact, ...], policy: DeskPolicy) -> list[Step]:
            monkeypatch.setattr(work, "followed", real)
            other()
            return real(before, facts, policy)

        monkeypatch.setattr(work, "followed", followed)

    return by


def approve(as_: As, number: int, *logins: str) -> None:
    for login in logins:
        as_(login).act(number, A.APPROVE)


def kinds(as_: As, number: int) -> list[FactKind]:
    return [entry.kind for entry in as_("ada").ticket(number).timeline]


def decisions(store: Store, number: int) -> list[tuple[Any, ...]]:
    logins = PEOPLE.alias()
    query = sa.select(APPROVALS.c.round, APPROVALS.c.stage, APPROVALS.c.decision, logins.c.login)
    query = query.join(logins, logins.c.id == APPROVALS.c.approver_id).where(APPROVALS.c.ticket_id == number)
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(APPROVALS.c.id))]


def notices(store: Store, number: int) -> list[tuple[str, str]]:
    """Who was told of what, in order."""
    here = sa.and_(FACTS.c.ticket_id == NOTICES.c.ticket_id, FACTS.c.version == NOTICES.c.version)
    query = sa.select(FACTS.c.kind, PEOPLE.c.login).select_from(
        NOTICES.join(FACTS, here).join(PEOPLE, PEOPLE.c.id == NOTICES.c.person_id)
    )
    with store.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(query.where(FACTS.c.ticket_id == number))]


def told(store: Store, number: int) -> list[tuple[str, str]]:
    return sorted(notices(store, number))


def clean(as_: As) -> bool:
    return as_("ada").doctor().findings == ()


# --- the way of a purchase, and who is told ---


def test_a_purchase_goes_through_its_chain_and_each_step_is_told(as_: As, store: Store, bought: int) -> None:
    assert told(store, bought) == [("opened", "lara")]
    approve(as_, bought, "lara")
    assert told(store, bought) == [("opened", "hana"), ("opened", "lara")]
    approve(as_, bought, "hana", "ezra")
    assert told(store, bought)[:2] == [("authorised", "lara"), ("authorised", "remi")]
    view = as_("remi").ticket(bought)
    assert view.status is S.NEW
    assert view.purchase is not None
    assert (view.purchase.state, view.purchase.total) == (RoundState.APPROVED, "NGN 9,000.00")
    as_("ife").act(bought, A.CLAIM)
    as_("ife").act(bought, A.RESOLVE, cause="none left", fix="bought")
    assert decisions(store, bought) == [
        (1, "department_lead", "approved", "lara"),
        (1, "corporate_services", "approved", "hana"),
        (1, "managing_director", "approved", "ezra"),
    ]
    assert clean(as_)


def test_a_pivot_its_chain_and_its_first_notice_are_one_transaction(
    as_: As, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = as_("remi").submit(Submission(title="x", category="it_infrastructure")).id
    as_("ife").act(number, A.CLAIM)
    before = kinds(as_, number)

    def fails(*_: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr("deskterm.core.store.tickets.notify", fails)
        with pytest.raises(RuntimeError, match="power"):
            as_("ife").act(number, A.PIVOT, purchase=TONER)
    assert (kinds(as_, number), as_("remi").ticket(number).purchase) == (before, None)
    done = as_("ife").act(number, A.PIVOT, purchase=TONER)
    assert (done.status, kinds(as_, number)[-3:]) == (S.PENDING_APPROVAL, [K.PIVOTED, K.REQUESTED, K.OPENED])
    assert set(told(store, number)) >= {("opened", "lara"), ("pivoted", "remi")}
    assert clean(as_)


def test_a_pivot_that_is_approved_waits_for_delivery_and_is_received(as_: As, store: Store, pivoted: int) -> None:
    approve(as_, pivoted, "lara", "hana", "ezra")
    view = as_("ife").ticket(pivoted)
    assert (view.status, view.reason, view.assignee) == (S.WAITING, WaitReason.DELIVERY, "Ife of IT")
    assert {("authorised", "ife"), ("authorised", "remi")} <= set(told(store, pivoted))
    assert as_("ife").act(pivoted, A.RECEIVE).status is S.IN_PROGRESS


def test_a_refusal_ends_it_with_its_reason_for_all_to_read(as_: As, store: Store, bought: int, pivoted: int) -> None:
    for number in (bought, pivoted):
        as_("lara").act(number, A.APPROVE)
        as_("hana").act(number, A.REFUSE, text="not this month")
        assert "not this month" in [entry.text for entry in as_("remi").ticket(number).timeline]
    assert (as_("remi").ticket(bought).outcome, as_("ife").ticket(pivoted).status) == (Outcome.REJECTED, S.IN_PROGRESS)
    assert {("declined", "remi"), ("declined", "ife")} <= set(told(store, pivoted))


def test_information_is_asked_for_given_and_told(as_: As, store: Store, pivoted: int) -> None:
    as_("lara").delegate("ini", MONDAY, MONDAY)
    as_("lara").act(pivoted, A.ASK, text="which one?")
    assert {("returned", "ife"), ("returned", "remi")} <= set(told(store, pivoted))
    assert as_("lara").inbox(Tab.WAITING).rows == ()
    with pytest.raises(NotAllowed, match="waits for the information"):
        as_("ini").act(pivoted, A.APPROVE)
    as_("lara").act(pivoted, A.REPLY, text="I meant the colour")
    assert as_("ada").ticket(pivoted).timeline[-1].kind is K.REPLIED
    as_("ife").act(pivoted, A.REPLY, text="black")
    assert ("answered", "lara") in told(store, pivoted)
    assert [row.id for row in as_("lara").inbox(Tab.WAITING).rows] == [pivoted]
    as_("lara").act(pivoted, A.APPROVE)


def test_who_has_a_pivoted_ticket_is_told_when_it_is_withdrawn(as_: As, store: Store, pivoted: int) -> None:
    as_("remi").act(pivoted, A.WITHDRAW, text="found one")
    assert ("withdrawn", "ife") in told(store, pivoted)
    assert as_("ife").ticket(pivoted).status is S.IN_PROGRESS


def test_stand_ins_are_told_with_those_they_stand_in_for(as_: As, store: Store) -> None:
    as_("lara").delegate("ini", MONDAY, MONDAY)
    number = as_("remi").submit(PURCHASE).id
    assert told(store, number) == [("opened", "ini"), ("opened", "lara")]


def test_admins_are_told_of_a_stage_that_nobody_can_decide(as_: As, store: Store) -> None:
    as_("ada").change_person("lara", active=False)
    number = as_("remi").submit(PURCHASE).id
    assert told(store, number) == [("opened", "ada")]
    assert as_("ada").ticket(number).purchase.stages[0].slots[0].name == ""  # type: ignore[union-attr]
    as_("ada").change_person("ini", post="lead")
    assert told(store, number) == [("opened", "ada"), ("passed", "ini")]
    approve(as_, number, "ini", "hana", "ezra")
    assert clean(as_)


def test_a_late_stage_is_told_to_who_it_waits_for(as_: As, at: At, store: Store, bought: int) -> None:
    at("2026-09-29 09:01")  # eight open hours and a minute
    assert as_("ada").sweep().breaches == 1
    as_("ada").sweep()
    assert told(store, bought) == [("breached", "lara"), ("opened", "lara")]


# --- attacks ---


def test_an_approval_of_a_screen_from_before_the_change_is_refused_and_says_what_changed(as_: As, bought: int) -> None:
    approve(as_, bought, "lara", "hana")
    seen = as_("ezra").ticket(bought).version
    as_("remi").act(bought, A.AMEND, purchase=MORE, text="all floors")
    with pytest.raises(ChangedElsewhere, match="Remi Requester changed the purchase: a new round begins"):
        as_("ezra").act(bought, A.APPROVE, expected=seen)
    approve(as_, bought, "lara", "hana")
    with pytest.raises(ChangedElsewhere, match="changed the purchase"):
        as_("ezra").act(bought, A.APPROVE, expected=seen)  # the same stage, another purchase
    assert as_("ada").ticket(bought).status is S.PENDING_APPROVAL


def test_a_purchase_changed_and_changed_back_is_decided_anew(as_: As, bought: int) -> None:
    seen = as_("lara").ticket(bought).version
    as_("remi").act(bought, A.AMEND, purchase=MORE, text="all floors")
    as_("remi").act(bought, A.AMEND, purchase=TONER, text="one floor")
    with pytest.raises(ChangedElsewhere):
        as_("lara").act(bought, A.APPROVE, expected=seen)


def test_an_approval_that_the_change_overtakes_is_not_given_to_what_nobody_looked_at(
    as_: As, store: Store, bought: int, beaten: Beaten
) -> None:
    """The amount is ten times as much between the approver's decision and its being written."""
    beaten(lambda: as_("remi").act(bought, A.AMEND, purchase=MORE, text="all floors"))
    with pytest.raises(ChangedElsewhere, match="changed the purchase"):
        as_("lara").act(bought, A.APPROVE)
    assert decisions(store, bought) == []


def test_what_others_write_meanwhile_is_no_reason_to_decide_again(as_: As, store: Store, bought: int) -> None:
    seen = as_("lara").ticket(bought).version
    as_("remi").act(bought, A.REPLY, text="please")
    as_("ife").act(bought, A.NOTE, text="we have none")
    as_("lara").act(bought, A.APPROVE, expected=seen)
    assert len(decisions(store, bought)) == 1


def test_nobody_decides_twice_by_a_screen_that_shows_the_stage_before(as_: As, store: Store, bought: int) -> None:
    seen = as_("lara").ticket(bought).version
    approve(as_, bought, "lara")
    with pytest.raises(ChangedElsewhere, match="Lara Lead approved it"):
        as_("lara").act(bought, A.APPROVE, expected=seen)
    with pytest.raises(NotAllowed, match="nobody signs twice in a round"):
        as_("lara").act(bought, A.APPROVE)
    assert len(decisions(store, bought)) == 1


def test_who_holds_two_posts_of_the_chain_signs_once(as_: As, store: Store) -> None:
    as_("ada").change_person("lara", post="head_of_corporate_services")
    number = as_("remi").submit(PURCHASE).id
    approve(as_, number, "lara")
    with pytest.raises(NotAllowed, match="nobody signs twice"):
        as_("lara").act(number, A.APPROVE)
    approve(as_, number, "ezra")  # whom it was passed to
    with pytest.raises(NotAllowed, match="nobody signs twice"):
        as_("ezra").act(number, A.APPROVE)
    assert as_("ada").ticket(number).status is S.PENDING_APPROVAL
    as_("ada").change_person("hana", post="managing_director.deputy")
    approve(as_, number, "hana")
    assert clean(as_)


@pytest.mark.parametrize("action", [A.APPROVE, A.REFUSE, A.ASK])
def test_who_asked_decides_nothing_neither_the_requester_nor_who_submitted_it(as_: As, action: Action) -> None:
    own = as_("lara").submit(PURCHASE).id
    behalf = as_("lara").submit(Submission(title="x", category="it_procurement", requester="remi", purchase=TONER)).id
    for number in (own, behalf):
        with pytest.raises(NotAllowed, match="nobody decides about what they asked for"):
            as_("lara").act(number, action, text="so")
    assert {row.id for row in as_("hana").inbox(Tab.WAITING).rows} == {own, behalf}


def test_an_admin_who_asked_as_somebody_else_decides_nothing(as_: As) -> None:
    as_("ada").change_person("ada", department="it", post="lead")
    number = as_("ada").acting_as("remi").submit(PURCHASE).id
    with pytest.raises(NotAllowed, match="nobody decides about what they asked for"):
        as_("ada").act(number, A.APPROVE)
    assert [row.id for row in as_("hana").inbox(Tab.WAITING).rows] == [number]


@pytest.mark.parametrize("road", ["pivot", "amend"])
def test_an_admin_who_changed_or_pivoted_it_as_somebody_else_is_not_waited_for(as_: As, road: str) -> None:
    as_("ada").change_person("ada", department="it", post="lead")
    if road == "pivot":
        number = as_("remi").submit(Submission(title="x", category="it_infrastructure")).id
        as_("ife").act(number, A.CLAIM)
        as_("ada").acting_as("ife").act(number, A.PIVOT, purchase=TONER)
    else:
        number = as_("remi").submit(PURCHASE).id
        as_("ada").acting_as("remi").act(number, A.AMEND, purchase=MORE, text="all floors")
    with pytest.raises(NotAllowed, match="nobody decides about what they asked for"):
        as_("ada").act(number, A.APPROVE)
    assert [row.id for row in as_("hana").inbox(Tab.WAITING).rows] == [number]
    assert as_("ada").inbox(Tab.WAITING).rows == ()


def test_an_admin_decides_as_nobody_else_and_that_it_was_tried_is_a_fact(as_: As, store: Store, bought: int) -> None:
    with pytest.raises(NotAllowed, match="a decision is made in person"):
        as_("ada").acting_as("lara").act(bought, A.APPROVE)
    tried = as_("ada").ticket(bought).timeline[-1]
    assert (tried.kind, tried.actor, tried.by) == (K.ATTEMPTED, "Lara Lead", "Ada Admin")
    assert decisions(store, bought) == []


def test_an_admin_delegates_for_nobody_in_their_name(as_: As) -> None:
    with pytest.raises(NotAllowed, match="in person"):
        as_("ada").acting_as("lara").delegate("ada", MONDAY, MONDAY)


@pytest.mark.parametrize(
    ("login", "why"),
    [
        ("remi", "nobody decides about what they asked for"),
        ("ife", "it waits for Lara Lead"),
        ("ezra", "it waits for Lara Lead"),
        ("hana", "it waits for Lara Lead"),
        ("ada", "it waits for Lara Lead"),
    ],
)
def test_whoever_tries_to_decide_or_work_what_is_not_theirs_is_refused_and_it_is_a_fact(
    as_: As, store: Store, bought: int, login: str, why: str
) -> None:
    with pytest.raises(NotAllowed, match=why):
        as_(login).act(bought, A.APPROVE)
    with pytest.raises(NotAllowed, match="nothing but the chain makes it workable"):
        as_(login).act(bought, A.CLAIM)
    tried = [entry for entry in as_("ada").ticket(bought).timeline if entry.kind is K.ATTEMPTED]
    assert [entry.actor_id for entry in tried] == [as_(login).actor.id] * 2
    assert (decisions(store, bought), notices(store, bought)) == ([], [("opened", "lara")])
    assert clean(as_)


def test_a_stranger_learns_nothing_and_leaves_nothing(as_: As, bought: int) -> None:
    before = as_("ada").ticket(bought).version
    for login in ("sola", "ola", "olu"):
        with pytest.raises(NotFound):
            as_(login).act(bought, A.APPROVE)
    assert as_("ada").ticket(bought).version == before


def test_a_stand_in_decides_from_day_to_day_and_not_a_moment_more(as_: As, at: At, store: Store, bought: int) -> None:
    as_("lara").delegate("sola", date(2026, 9, 29), date(2026, 9, 30))
    for text, refused in [("2026-09-28 23:59:59", True), ("2026-09-29 00:00", False)]:
        at(text)
        if refused:
            with pytest.raises(NotFound):
                as_("sola").act(bought, A.APPROVE)
            assert as_("sola").inbox(Tab.WAITING).rows == ()
        else:
            assert [row.for_name for row in as_("sola").inbox(Tab.WAITING).rows] == ["Lara Lead"]
            as_("sola").act(bought, A.APPROVE)
    late = as_("remi").submit(PURCHASE).id
    at("2026-10-01 00:00")
    with pytest.raises(NotFound):
        as_("sola").act(late, A.APPROVE)
    assert decisions(store, bought) == [(1, "department_lead", "approved", "sola")]
    entry = next(e for e in as_("ada").ticket(bought).timeline if e.kind is K.APPROVED)
    assert (entry.actor, entry.on_behalf_of) == ("Sola Requester", "Lara Lead")


def test_a_stand_in_who_is_no_longer_one_or_no_longer_here_decides_nothing(as_: As, bought: int) -> None:
    taken_back = as_("lara").delegate("ini", MONDAY, MONDAY)
    as_("lara").delegate("sola", MONDAY, MONDAY)
    as_("lara").revoke(taken_back)
    with pytest.raises(NotAllowed, match="it waits for Lara Lead"):
        as_("ini").act(bought, A.APPROVE)
    sola = as_("sola")
    as_("ada").change_person("sola", active=False)
    with pytest.raises(NotAllowed, match="no longer active"):
        sola.act(bought, A.APPROVE)


def test_a_stand_in_of_who_left_decides_nothing(as_: As, bought: int) -> None:
    as_("lara").delegate("ini", MONDAY, MONDAY)
    as_("ada").change_person("lara", active=False)
    with pytest.raises(NotAllowed, match="nobody has the post that is to decide it"):
        as_("ini").act(bought, A.APPROVE)


def test_who_stands_in_for_two_decides_for_one_of_them(as_: As, store: Store, bought: int) -> None:
    as_("lara").delegate("ini", MONDAY, MONDAY)
    as_("hana").delegate("ini", MONDAY, MONDAY)
    approve(as_, bought, "ini")
    assert as_("ini").inbox(Tab.WAITING).rows == ()
    assert as_("ini").awaited() == 0
    with pytest.raises(NotAllowed, match="nobody signs twice"):
        as_("ini").act(bought, A.APPROVE)
    assert len(decisions(store, bought)) == 1


def test_the_inbox_of_a_stand_in_has_only_what_they_may_decide(as_: As) -> None:
    """Not what they asked for, changed, or submitted as somebody else: the same as the decision itself would say."""
    as_("lara").delegate("ini", MONDAY, MONDAY)
    as_("lara").delegate("ada", MONDAY, MONDAY)
    fine = as_("remi").submit(PURCHASE).id
    as_("ini").submit(PURCHASE)
    changed = as_("remi").submit(PURCHASE).id
    as_("ini").act(changed, A.AMEND, purchase=MORE, text="all floors")
    as_("remi").act(changed, A.AMEND, purchase=TONER, text="one floor")
    posed = as_("ada").acting_as("remi").submit(PURCHASE).id
    assert [row.id for row in as_("ini").inbox(Tab.WAITING).rows] == [fine, posed]
    assert [row.id for row in as_("ini").inbox(Tab.DELEGATED).rows] == [fine, posed]
    assert as_("ini").awaited() == 2
    theirs = [row.id for row in as_("ada").inbox(Tab.WAITING).rows]
    assert fine in theirs
    assert posed not in theirs


def test_a_delegation_closes_no_loop_and_is_to_come(as_: As) -> None:
    as_("lara").delegate("ini", MONDAY, MONDAY)
    as_("ini").delegate("ola", MONDAY, MONDAY)
    with pytest.raises(InvalidInput, match="that would be a loop: Ola of Operations -> Lara Lead -> Ini of IT -> Ola"):
        as_("ola").delegate("lara", MONDAY, MONDAY)
    as_("ola").delegate("lara", MONDAY + timedelta(1), MONDAY + timedelta(1))
    with pytest.raises(InvalidInput, match="which is over"):
        as_("lara").delegate("ini", MONDAY - timedelta(1), MONDAY - timedelta(1))
    with pytest.raises(NotAllowed, match="an admin can write it for others"):
        as_("ife").delegate("ini", MONDAY, MONDAY, of="lara")


def test_a_post_lost_between_looking_and_deciding_is_lost(as_: As, store: Store, bought: int, beaten: Beaten) -> None:
    beaten(lambda: as_("ada").change_person("ini", post="lead"))
    with pytest.raises(ChangedElsewhere, match="passed the decision on"):
        as_("lara").act(bought, A.APPROVE)
    assert decisions(store, bought) == []
    approve(as_, bought, "ini")
    assert clean(as_)


def test_a_place_goes_to_its_new_holder_although_somebody_writes_meanwhile(
    as_: As, store: Store, bought: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = work.followed, [None] * 2

    def followed(before: History, facts: tuple[Fact, ...], policy: DeskPolicy) -> list[Step]:
        if left:
            left.pop()
            as_("remi").act(bought, A.REPLY, text="please")
        return real(before, facts, policy)

    monkeypatch.setattr(approving, "followed", followed)
    as_("ada").change_person("ini", post="lead")
    assert ("passed", "ini") in notices(store, bought)
    assert clean(as_)


def test_a_purchase_that_can_not_be_read_stops_no_other(
    as_: As, store: Store, bought: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = as_("remi").submit(PURCHASE).id
    real = tickets.load

    def load(connection: Connection, number: int) -> tickets.Loaded | None:
        if number == bought:
            raise ValueError("'sold' is not a valid Status")
        return real(connection, number)

    with monkeypatch.context() as broken:
        broken.setattr(tickets, "load", load)
        as_("ada").change_person("ini", post="lead")
    assert (told(store, bought), told(store, other)[-1]) == ([("opened", "lara")], ("passed", "ini"))
    as_("ada").sweep()
    assert told(store, bought)[-1] == ("passed", "ini")


def test_a_post_given_while_somebody_looks_is_theirs_from_then_on(as_: As, store: Store, bought: int) -> None:
    seen = as_("lara").ticket(bought).version
    as_("ada").change_person("ini", post="lead")
    with pytest.raises((ChangedElsewhere, NotAllowed, NotFound)):
        as_("lara").act(bought, A.APPROVE, expected=seen)
    assert told(store, bought) == [("opened", "lara"), ("passed", "ini")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE help_desk_approvals SET decision = 'approved'",
        "UPDATE help_desk_approvals SET approver_id = approver_id",
        "DELETE FROM help_desk_approvals",
        "UPDATE help_desk_audit SET body = body",
        "DELETE FROM help_desk_audit",
        "UPDATE help_desk_facts SET kind = 'approved' WHERE kind = 'refused'",
    ],
)
def test_the_database_refuses_to_change_what_was_decided(as_: As, store: Store, bought: int, statement: str) -> None:
    as_("lara").act(bought, A.REFUSE, text="no")
    before = decisions(store, bought)
    with pytest.raises(DBAPIError, match="is append-only"), store.write() as connection:
        connection.execute(sa.text(statement))
    assert (decisions(store, bought), clean(as_)) == (before, True)


def test_a_row_moved_by_hand_is_not_worked_on_unseen_and_is_put_right(as_: As, store: Store, bought: int) -> None:
    with store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_tickets SET status = 'new', stage = ''"))
    fields = {finding.field for finding in as_("ada").doctor().findings}
    assert fields == {"status", "stage"}
    as_("ada").doctor(repair=True)
    assert clean(as_)
    with pytest.raises(NotAllowed, match="nothing but the chain"):
        as_("ife").act(bought, A.CLAIM)


def test_work_on_a_row_moved_by_hand_is_found(as_: As, store: Store, bought: int) -> None:
    with store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_tickets SET status = 'new', stage = ''"))
    as_("ife").act(bought, A.CLAIM)
    report = as_("ada").doctor(repair=True)
    assert "law of purchases" in {finding.field for finding in report.findings}
    assert [f.field for f in as_("ada").doctor().findings] == ["law of purchases"] * 2


# --- at once ---

DECIDES: Final = """
import json, sys
from datetime import UTC, datetime
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.store import tickets
from deskterm.core.store.engine import Connection, Store

url, login, action, *ids = sys.argv[1:]
store = Store(url)
desk = Desk(store, setup.identify(store, login)[0], lambda: datetime(2026, 9, 28, 9, tzinfo=UTC), Via.CLI)
print("ready", flush=True)
sys.stdin.readline()
won, told = [], []
for ticket in map(int, ids):
    try:
        desk.act(ticket, Action(action), text="so")
    except (ChangedElsewhere, NotAllowed) as error:
        told.append(str(error))
    else:
        won.append(ticket)
store.close()
print(json.dumps([won, told]))
"""


@pytest.fixture
def race(desk_url: str) -> Iterator[Callable[..., list[tuple[list[int], list[str]]]]]:
    with ExitStack() as stack:

        def run(ids: list[int], *who: tuple[str, Action]) -> list[tuple[list[int], list[str]]]:
            started = []
            for login, action in who:
                command = [sys.executable, "-c", DECIDES, desk_url, login, action.value, *map(str, ids)]
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                started.append(stack.enter_context(process))
                stack.callback(process.kill)
            pipes = [(process.stdin, process.stdout) for process in started]
            for _, out in pipes:
                assert out is not None
                assert out.readline() == "ready\n"
            for into, _ in pipes:
                assert into is not None
                into.write("go\n")
                into.flush()
            return [tuple(json.loads(out.readline())) for _, out in pipes if out is not None]

        yield run


def test_two_who_decide_one_stage_at_once_one_wins_and_the_other_is_told(
    as_: As, store: Store, race: Callable[..., list[tuple[list[int], list[str]]]]
) -> None:
    as_("lara").delegate("ini", MONDAY, MONDAY)
    ids = [as_("remi").submit(PURCHASE).id for _ in range(30)]
    (own, told_own), (stand_in, told_other) = race(ids, ("lara", A.APPROVE), ("ini", A.REFUSE))
    assert Counter(own + stand_in) == dict.fromkeys(ids, 1)
    assert (len(told_own), len(told_other)) == (len(stand_in), len(own))
    for number in ids:
        won = ("approved", "lara") if number in own else ("refused", "ini")
        assert [made[2:] for made in decisions(store, number)] == [won]
    assert clean(as_)


def test_a_decision_and_a_change_at_once_never_meet(as_: As, store: Store, beaten: Beaten, bought: int) -> None:
    """The change comes second: it voids what was decided a moment before, whatever it looked at."""
    beaten(lambda: as_("lara").act(bought, A.APPROVE))
    as_("remi").act(bought, A.AMEND, purchase=MORE, text="all floors")
    assert decisions(store, bought) == [(1, "department_lead", "approved", "lara")]
    view = as_("remi").ticket(bought).purchase
    assert view is not None
    assert (view.round, [stage.state for stage in view.stages]) == (2, ["open", "later", "later"])
    assert clean(as_)


# --- who sees it ---


@pytest.fixture
def by_requesters_lead(as_: As) -> int:
    """A purchase of IT for Remi of Operations: its first stage is the lead's of the requester's department, Olu."""
    text = ACOB.replace("version = 1", "version = 2").replace('approver = "lead"', 'approver = "requester_lead"')
    as_("ada").apply_profile(text, "acob.toml")
    as_("ada").change_person("remi", department="operations")
    return as_("remi").submit(PURCHASE).id


def test_an_approver_of_another_department_opens_it_decides_and_loses_nothing(
    as_: As, store: Store, by_requesters_lead: int
) -> None:
    olu, number = as_("olu"), by_requesters_lead
    as_("ife").act(number, A.NOTE, text="secret of IT")
    assert told(store, number) == [("opened", "olu")]
    assert [(n.ticket_id, n.seen) for n in olu.notices()] == [(number, False)]
    assert [row.id for row in olu.inbox(Tab.WAITING).rows] == [number]
    assert number not in [row.id for row in olu.page(View.ALL).rows]
    view = olu.ticket(number)
    assert "secret of IT" not in [entry.text for entry in view.timeline]
    assert set(view.actions) == {A.APPROVE, A.REFUSE, A.ASK}
    with pytest.raises(NotAllowed):
        olu.act(number, A.NOTE, text="x")
    olu.act(number, A.APPROVE, expected=view.version)
    after = olu.ticket(number)
    assert (after.purchase is not None, set(after.actions)) == (True, set())
    assert "secret of IT" not in [entry.text for entry in after.timeline]
    assert [row.id for row in olu.inbox(Tab.DECIDED).rows] == [number]
    approve(as_, number, "hana", "ezra")
    assert olu.ticket(number).status is S.NEW
    assert clean(as_)


def test_a_decision_of_an_outsider_is_stale_by_what_they_may_not_read_too(as_: As, by_requesters_lead: int) -> None:
    """An internal note is no news to them, and no reason to look again; a change of the purchase is."""
    olu, number = as_("olu"), by_requesters_lead
    seen = olu.ticket(number).version
    as_("ife").act(number, A.NOTE, text="secret")
    as_("remi").act(number, A.AMEND, purchase=MORE, text="all floors")
    with pytest.raises(ChangedElsewhere) as caught:
        olu.act(number, A.APPROVE, expected=seen)
    assert "noted" not in str(caught.value)
    olu.act(number, A.APPROVE, expected=olu.ticket(number).version)


def test_an_approver_who_gave_their_place_up_undecided_no_longer_sees_it(as_: As, by_requesters_lead: int) -> None:
    as_("ada").change_person("ola", post="lead")
    with pytest.raises(NotFound):
        as_("olu").ticket(by_requesters_lead)
    assert as_("ola").ticket(by_requesters_lead).actions


def test_requesters_read_reasons_and_nobodys_attempts(as_: As, bought: int) -> None:
    with pytest.raises(NotAllowed):
        as_("ife").act(bought, A.CLAIM)
    as_("lara").act(bought, A.ASK, text="which one?")
    timeline = as_("remi").ticket(bought).timeline
    assert K.ATTEMPTED not in [entry.kind for entry in timeline]
    assert timeline[-1].text == "which one?"


def test_only_who_oversees_the_desk_sees_all_purchases(as_: As, bought: int) -> None:
    for login in ("ezra", "hana", "ada"):
        assert [row.id for row in as_(login).inbox(Tab.ALL).rows] == [bought]
    for login in ("remi", "ife", "lara"):
        with pytest.raises(NotAllowed, match="an executive's to see"):
            as_(login).inbox(Tab.ALL)


def test_a_person_given_a_role_below_keeps_what_waits_for_them(as_: As, bought: int) -> None:
    """A post is what decides, not a role: the managing director may be no executive in this program."""
    approve(as_, bought, "lara", "hana")
    as_("ada").change_person("ezra", role=Role.REQUESTER)
    assert [row.id for row in as_("ezra").inbox(Tab.WAITING).rows] == [bought]
    approve(as_, bought, "ezra")
    assert clean(as_)
