"""Hours lost in approval, reckoned by hand (Monday to Friday, 08:00 to 17:00 in Lagos), and the chain's own figure."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.approval_hours import Lost
from deskterm.core.services.approval_report import ApprovalsReport, Through, Unproved
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
At = Callable[[str], datetime]
Buy = Callable[..., int]
HOUR: Final = 3_600
LEAD, HEAD, DIRECTOR = "Department Lead", "Head of Corporate Services", "Managing Director"


@pytest.fixture
def buy(as_: As) -> Buy:
    """Asks for a purchase, and gives its ticket."""

    def ask(*, by: str = "remi", category: str = "it_procurement") -> int:
        wanted = Wanted(lines=("1 x Toner @ 45",), justification="empty")
        return as_(by).submit(Submission(title="Toner", category=category, purchase=wanted)).id

    return ask


@pytest.fixture
def approve(as_: As, at: At) -> Callable[..., None]:
    """Lets approvers approve a ticket, each at their time."""

    def decide(ticket: int, **when: str) -> None:
        for login, instant in when.items():
            at(instant)
            as_(login).act(ticket, Action.APPROVE)

    return decide


def report(desk: Desk, since: str = "", until: str = "") -> ApprovalsReport:
    days = [date.fromisoformat(day) if day else None for day in (since, until)]
    return desk.approvals_report(*days)


def lost(found: ApprovalsReport) -> dict[tuple[str, str], tuple[float, ...]]:
    """Gives cases, decided, open, the hours total, median, p90 and longest, and breaches by line, in order."""
    return {
        (one.stage, one.approver): (
            *(one.cases, one.decided, one.open),
            *(seconds / HOUR for seconds in (one.total, one.median, one.p90, one.longest)),
            one.breaches,
        )
        for one in found.lost
    }


def test_nothing_is_shown_of_nothing(as_: As) -> None:
    found = report(as_("ezra"))
    assert (found.purchases, found.lost, found.rounds, found.left_out) == (0, (), {}, ())
    assert found.through_chain == Through(0, 0, None, 1.0, ())


def test_hours_are_the_departments_open_ones_by_stage_and_approver(
    as_: As, at: At, buy: Buy, approve: Callable[..., None]
) -> None:
    buy()  # Monday 09:00
    buy()
    at("2026-09-28 15:00")
    buy(category="operations_procurement")
    # Monday's 7 h from 10:00, Tuesday's 2 h; Thursday, 1 October, is a holiday
    approve(1, lara="2026-09-28 10:00", hana="2026-09-29 10:00", ezra="2026-10-02 09:00")
    at("2026-10-02 12:00")

    found = report(as_("ezra"))

    assert lost(found) == {
        (LEAD, "Lara Lead"): (2, 1, 1, 31, 15.5, 30, 30, 1),  # 1 h, and 8 + 9 + 9 + 4 h until now, of 8 allowed
        (LEAD, "Olu Lead"): (1, 0, 1, 24, 24, 24, 24, 1),  # 2 + 9 + 9 + 4
        (HEAD, "Hana Head"): (1, 1, 0, 9, 9, 9, 9, 0),
        (DIRECTOR, "Ezra Executive"): (1, 1, 0, 17, 17, 17, 17, 0),  # 7 + 9 + 0 + 1
    }
    assert [one.stage for one in found.lost] == [LEAD, LEAD, HEAD, DIRECTOR]
    assert (found.purchases, found.rounds) == (3, {"open": 2, "approved": 1})
    assert found.through_chain == Through(1, 1, 1.0, 1.0, ())


def test_what_is_late_counts_whether_a_worker_has_been_there_or_not(as_: As, at: At, buy: Buy) -> None:
    buy()
    at("2026-09-28 17:00")  # the 8 hours are used up, and not a second more
    assert report(as_("ezra")).lost[0].breaches == 0
    at("2026-09-29 08:01")
    before = report(as_("ezra"))
    as_("ada").sweep()
    assert report(as_("ezra")).lost == before.lost
    assert before.lost[0].breaches == 1
    as_("lara").act(1, Action.APPROVE)
    assert lost(report(as_("ezra")))[LEAD, "Lara Lead"][-1] == 1
    assert lost(report(as_("ezra")))[HEAD, "Hana Head"][-1] == 0


def test_information_that_is_asked_for_is_nobodys_time(as_: As, at: At, buy: Buy) -> None:
    buy()
    buy()
    at("2026-09-28 10:00")
    for ticket in (1, 2):
        as_("lara").act(ticket, Action.ASK, text="Which?")
    at("2026-09-28 14:00")
    as_("remi").act(1, Action.REPLY, text="This one")
    at("2026-09-28 16:00")
    as_("lara").act(1, Action.REFUSE, text="no")

    found = report(as_("ezra"))

    assert lost(found) == {
        (LEAD, "Lara Lead"): (2, 1, 0, 4, 2, 3, 3, 0),  # 1 h before each question, 2 h after the answer
        (LEAD, "information asked for"): (2, 1, 1, 10, 5, 6, 6, 0),
    }
    assert [one.kind for one in found.lost] == ["person", "information"]
    assert found.rounds == {"open": 1, "refused": 1}
    assert found.through_chain.of == 0


def test_a_vacant_post_loses_time_that_is_nobodys(as_: As, at: At, buy: Buy) -> None:
    as_("ada").change_person("lara", active=False)
    buy()
    at("2026-09-28 11:00")
    as_("ada").change_person("ini", post="lead")
    at("2026-09-28 12:00")
    assert lost(report(as_("ezra"))) == {
        (LEAD, "Ini of IT"): (1, 0, 1, 1, 1, 1, 1, 0),
        (LEAD, "vacant"): (1, 0, 0, 2, 2, 2, 2, 0),
    }


def test_a_stand_ins_time_is_that_of_whose_place_it_is(as_: As, at: At, buy: Buy) -> None:
    as_("lara").delegate("ife", date(2026, 9, 28), date(2026, 9, 30))
    buy()
    at("2026-09-28 11:00")
    as_("ife").act(1, Action.APPROVE)
    assert lost(report(as_("ezra")))[LEAD, "Lara Lead"] == (1, 1, 0, 2, 2, 2, 2, 0)


def test_rounds_that_were_voided_and_withdrawn_have_cost_time_too(as_: As, at: At, buy: Buy) -> None:
    buy()
    at("2026-09-28 10:00")
    as_("ini").act(1, Action.AMEND, purchase=Wanted(lines=("2 x Toner @ 45",), justification="empty"))
    at("2026-09-28 13:00")
    as_("remi").act(1, Action.WITHDRAW)
    found = report(as_("ezra"))
    assert lost(found) == {(LEAD, "Lara Lead"): (2, 0, 0, 4, 2, 3, 3, 0)}
    assert (found.purchases, found.rounds) == (1, {"withdrawn": 1, "voided": 1})


def test_a_ticket_that_pivots_twice_is_one_purchase_of_two_rounds(
    as_: As, at: At, approve: Callable[..., None]
) -> None:
    ticket = as_("remi").submit(Submission(title="Printer", category="it_infrastructure")).id
    as_("ife").act(ticket, Action.CLAIM)
    for day in ("2026-09-28", "2026-09-29"):
        at(f"{day} 10:00")
        as_("ife").act(ticket, Action.PIVOT, purchase=Wanted(lines=("1 x Drum @ 70",)), text="worn")
        approve(ticket, lara=f"{day} 11:00", hana=f"{day} 12:00", ezra=f"{day} 13:00")
        as_("ife").act(ticket, Action.RECEIVE)
    found = report(as_("ezra"))
    assert (found.purchases, found.rounds, found.through_chain.of) == (1, {"approved": 2}, 1)
    assert lost(found)[HEAD, "Hana Head"] == (2, 2, 0, 2, 1, 1, 1, 0)
    one_day = report(as_("ezra"), "2026-09-29", "2026-09-29")
    assert (one_day.rounds, lost(one_day)[HEAD, "Hana Head"][0]) == ({"approved": 1}, 1)


def test_a_period_is_of_whole_days_by_when_a_purchase_was_asked_for(as_: As, at: At, buy: Buy) -> None:
    for instant in ("2026-09-28 23:59", "2026-09-29 00:00", "2026-09-29 23:59", "2026-09-30 00:00"):
        at(instant)
        buy()
    counts = [
        report(as_("ezra"), *period).purchases
        for period in (("", ""), ("2026-09-29", "2026-09-29"), ("2026-09-29", ""), ("", "2026-09-29"))
    ]
    assert counts == [4, 2, 3, 3]
    with pytest.raises(InvalidInput, match="the period ends on 2026-09-28, before it begins on 2026-09-29"):
        report(as_("ezra"), "2026-09-29", "2026-09-28")


def test_leads_see_their_department_executives_and_admins_all_and_others_none(as_: As, buy: Buy) -> None:
    buy()
    buy(category="operations_procurement")
    buy(by="lara", category="operations_procurement")  # hers as a requester, not as a lead
    seen = {login: report(as_(login)).purchases for login in ("lara", "olu", "hana", "ada")}
    assert seen == {"lara": 1, "olu": 2, "hana": 3, "ada": 3}
    assert {one.approver for one in report(as_("lara")).lost} == {"Lara Lead"}
    for login in ("remi", "ife"):
        with pytest.raises(NotAllowed, match="is for leads, of their departments, and for executives"):
            report(as_(login))


def _changed(store: Store, ticket: int, kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes a fact as somebody does who has the database's own rights."""
    with store.write() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            for name in rows:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        where = f"WHERE ticket_id = {ticket} AND kind = '{kind}'"
        found = connection.exec_driver_sql(f"SELECT data FROM help_desk_facts {where}").scalars().first()  # noqa: S608
        data = json.loads(found) if isinstance(found, str) else found
        assert data is not None
        change(data)
        text = json.dumps(data).replace("'", "''")
        connection.exec_driver_sql(f"UPDATE help_desk_facts SET data = '{text}' {where}")  # noqa: S608


def test_a_purchase_whose_facts_do_not_prove_its_chain_is_named(
    as_: As, store: Store, buy: Buy, approve: Callable[..., None]
) -> None:
    for ticket in (1, 2):
        buy()
        approve(ticket, lara="2026-09-28 10:00", hana="2026-09-28 11:00", ezra="2026-09-28 12:00")
    assert report(as_("ezra")).through_chain == Through(2, 2, 1.0, 1.0, ())

    _changed(store, 2, "requested", lambda data: data["purchase"].update(vendor="A friend"))

    found = report(as_("ezra")).through_chain
    assert (found.proved, found.of, found.share) == (1, 2, 0.5)
    assert [one.ref for one in found.offending] == ["HD-000002"]
    assert "its digest is not that of its purchase" in found.offending[0].why


def test_what_can_not_be_read_is_left_out_by_name_to_who_sees_all(as_: As, store: Store, buy: Buy) -> None:
    buy()
    buy()
    _changed(store, 1, "requested", lambda data: data.pop("purchase"))
    found = report(as_("ezra"))
    assert (found.purchases, len(found.left_out), found.left_out[0][:9]) == (1, 1, "HD-000001")
    assert report(as_("lara")).left_out == ()


def test_lines_and_offences_are_plain_values(as_: As, buy: Buy) -> None:
    buy()
    (line,) = report(as_("ezra")).lost
    assert line == Lost(LEAD, "Lara Lead", "person", 1, 0, 1, 0, 0, 0, 0, 0)
    assert Unproved("HD-000001", "x")._asdict() == {"ref": "HD-000001", "why": "x"}
