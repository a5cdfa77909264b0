"""The whole job in a real terminal, by keyboard alone, judged by what the screens show and what the database holds."""

import os
import pwd
import signal
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, CommentKind, FactKind, Outcome, Status
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.core.views import View

As = Callable[[str], Desk]
Start = Callable[..., Any]
"""Gives a terminal in which the program comes up."""

on_a_file = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
"""For what no database has a part in."""


def test_a_ticket_goes_its_whole_way_by_keyboard(sits_down: Start, as_now: As, store: Store) -> None:
    as_now("sola").submit(Submission(title="Scanner makes stripes", category="it_infrastructure"))

    remi = sits_down("remi").shows("You asked for nothing yet. n submits a request.", "Remi Requester")
    remi.press("n").shows("Department  choose", "Category    choose a department first")
    remi.type("Printer jams on floor two")
    remi.press("tab").focuses("Department").press("enter").shows("IT & Communications", "Operations")
    remi.press("down").chooses("IT & Communications")
    remi.press("enter").hides("Operations").shows("Department  IT & Communications", "Category    choose")
    remi.press("tab").focuses("Category")
    remi.press("enter").shows("Digital infrastructure", "Procurement (purchase: waits for approval)")
    remi.press("down").chooses("Digital infrastructure")
    remi.press("enter").hides("Procurement").shows("Category    Digital infrastructure")
    remi.press("tab").focuses("Priority").press("tab").focuses("It came by").press("tab").focuses("Description")
    remi.type("It eats every second page.").press("f2").shows(
        "HD-000002  Printer jams on floor two",
        "Received · Medium · IT & Communications / Digital infrastructure",
        "from Remi Requester by form · nobody has it",
        "It eats every second page.",
        "Remi Requester submitted it",
    )
    remi.press("escape").shows("Who has it")
    assert remi.press("q").ends() == 0

    ife = sits_down("ife").shows("You have nothing.")
    ife.press("2").shows("HD-000001 Medium New", "HD-000002 Medium New", "Scanner makes", "Printer jams")
    ife.press("/").shows("status:open").type("printer")
    ife.press("enter").hides("Scanner makes").chooses("HD-000002")
    ife.press("c").shows("claim: HD-000002 is assigned", "HD-000002 Medium Assigned")
    ife.press("enter").shows("from Remi Requester by form · Ife of IT has it", "It eats every second page.")
    ife.press("r").shows("reply HD-000002 · Text")
    ife.type("I am on my way.").press("f2").shows("reply to HD-000002 is sent", "Ife of IT replied")
    ife.press("d").shows("done HD-000002 · Cause: what was wrong")
    ife.type("A worn roller").press("enter").shows("done HD-000002 · Fix: what was done about it")
    ife.type("A new roller").press("enter").shows("done: HD-000002 is resolved", "Ife of IT resolved")
    ife.press("escape").shows("HD-000002 Medium Resolved    met", " printer")
    ife.press("escape").shows("HD-000001 Medium New")
    ife.press("1").hides("Scanner makes").chooses("HD-000002")
    assert ife.press("q").ends() == 0

    remi = sits_down("remi").shows("HD-000002 Solved, please confirm", "Ife of IT")
    remi.press("f").shows("confirm HD-000002 · Is there anything to add")
    remi.press("enter").shows("confirm: HD-000002 is closed", "HD-000002 Closed ")
    remi.press("*").shows("rate HD-000002 · Stars", "★★★★★", "★★★★☆").chooses("★★★★★")
    remi.press("down").chooses("★★★★☆")
    remi.press("enter").shows("rate HD-000002 · In words (optional)")
    remi.type("quick and kind").press("enter").shows("rate: HD-000002 is closed")
    remi.press("enter").shows(
        "Closed (done) · Medium · IT & Communications / Digital infrastructure · ★★★★☆",
        "I am on my way.",
        "cause: A worn roller",
        "fix: A new roller",
        "quick and kind",
    )
    assert remi.press("q").ends() == 0

    assert_all_of_it_is_held(as_now, store)


def assert_all_of_it_is_held(as_now: As, store: Store) -> None:
    """Asserts that the database holds what was done by keyboard: the facts, the row, the comments, the clocks."""
    ticket = as_now("lara").ticket(2)
    assert (ticket.status, ticket.outcome, ticket.assignee, ticket.stars, ticket.version) == (
        Status.CLOSED,
        Outcome.DONE,
        "Ife of IT",
        4,
        6,
    )
    assert [(entry.actor, entry.kind, entry.via) for entry in ticket.timeline] == [
        ("Remi Requester", FactKind.SUBMITTED, "tui"),
        ("Ife of IT", FactKind.CLAIMED, "tui"),
        ("Ife of IT", FactKind.REPLIED, "tui"),
        ("Ife of IT", FactKind.RESOLVED, "tui"),
        ("Remi Requester", FactKind.CONFIRMED, "tui"),
        ("Remi Requester", FactKind.RATED, "tui"),
    ]
    assert [(entry.comment, entry.text) for entry in ticket.timeline if entry.comment] == [
        (CommentKind.REPLY, "I am on my way."),
    ]
    assert {clock.name: (clock.left.state, clock.left.breached) for clock in ticket.clocks} == {
        "response": ("stopped", False),
        "resolution": ("stopped", False),
    }
    with store.read() as connection:
        held = {
            table: connection.execute(sa.text(f"SELECT count(*) FROM help_desk_{table} WHERE {key} = 2")).scalar_one()  # noqa: S608
            for table, key in (("tickets", "id"), ("facts", "ticket_id"), ("comments", "ticket_id"))
        }
        row = connection.execute(sa.text("SELECT status, outcome, title FROM help_desk_tickets WHERE id = 2")).one()
    assert held == {"tickets": 1, "facts": 6, "comments": 1}
    assert tuple(row) == ("closed", "done", "Printer jams on floor two")
    assert as_now("ada").doctor().findings == ()


def test_an_agent_closes_a_ticket_of_the_pool_with_a_handful_of_keys(sits_down: Start, as_now: As) -> None:
    as_now("remi").submit(Submission(title="Printer jams", category="it_infrastructure"))
    ife = sits_down("ife").shows("You have nothing.")

    ife.press("2").chooses("HD-000001")
    ife.press("c").shows("claim: HD-000001 is assigned", "HD-000001 Medium Assigned")
    ife.press("d").shows("Cause: what was wrong")
    ife.type("A worn roller").press("enter").shows("Fix: what was done about it")
    ife.type("A new roller").press("enter").shows("done: HD-000001 is resolved", "HD-000001 Medium Resolved")
    ife.press("f").shows("How did the requester confirm")
    ife.type("He told me so").press("enter").shows("confirm: HD-000001 is closed")

    assert ife.keys_pressed == 7  # twelve are allowed
    ticket = as_now("ife").ticket(1)
    assert (ticket.status, ticket.outcome, ticket.assignee) == (Status.CLOSED, Outcome.DONE, "Ife of IT")


@on_a_file
def test_the_cursor_stays_on_its_ticket_while_the_window_changes(sits_down: Start, as_now: As) -> None:
    remi = as_now("remi")
    for number in range(1, 31):
        words = Submission(title=f"Request {number}", category="it_design", description=f"The story of {number}.")
        remi.submit(words)
    ife = sits_down("ife").shows("You have nothing.")
    ife.press("2").chooses("HD-000001")

    for number in range(2, 26):
        ife.press("j").chooses(f"HD-{number:06}")
    ife.resize(120, 36).shows("The story of 25.").chooses("HD-000025")
    assert {len(ife.lines), ife.display.columns} == {36, 120}
    ife.resize(60, 15).shows("HD-000025").chooses("HD-000025").hides("The story of 25.")
    ife.press("k").chooses("HD-000024")
    ife.resize(80, 24).shows("HD-000024").chooses("HD-000024")

    assert ife.press("q").ends() == 0


@pytest.fixture
def ticket_of_the_pool(as_now: As) -> int:
    """A ticket that nobody has."""
    return as_now("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id


@pytest.fixture
def at_the_queue(sits_down: Start, ticket_of_the_pool: int) -> Any:
    """A terminal in which an agent has the cursor on it."""
    return sits_down("ife").shows("You have nothing.").press("2").chooses(f"HD-{ticket_of_the_pool:06}")


@on_a_file
def test_quitting_gives_the_terminal_back(at_the_queue: Any) -> None:
    assert at_the_queue.display.alternate

    assert at_the_queue.press("q").ends() == 0

    assert not at_the_queue.display.alternate
    assert not at_the_queue.display.cursor.hidden
    assert at_the_queue.left_on == set()


@on_a_file
def test_suspending_gives_the_terminal_back_until_it_goes_on(at_the_queue: Any, as_now: As) -> None:
    at_the_queue.press("ctrl+z").stops()
    at_the_queue.reads(lambda: not at_the_queue.display.alternate, "for the shell's screen")
    assert not at_the_queue.display.cursor.hidden
    assert at_the_queue.left_on == set()

    as_now("ini").act(1, Action.SET_PRIORITY, priority="urgent")
    at_the_queue.goes_on().shows("HD-000001 Urgent New").chooses("HD-000001")
    assert at_the_queue.display.alternate
    assert at_the_queue.press("q").ends() == 0


@on_a_file
def test_ctrl_c_neither_ends_the_program_nor_costs_what_was_written(at_the_queue: Any, as_now: As) -> None:
    at_the_queue.press("r").shows("reply HD-000001 · Text").type("Half a sen")

    at_the_queue.press("ctrl+c").type("tence").shows("Half a sentence")

    at_the_queue.press("f2").shows("reply to HD-000001 is sent")
    assert [entry.text for entry in as_now("remi").ticket(1).timeline if entry.comment] == ["Half a sentence"]


@pytest.mark.parametrize(("end", "left"), [("SIGTERM", 143), ("SIGKILL", -9), ("the terminal is gone", 129)])
def test_a_program_that_is_ended_leaves_the_data_whole(
    at_the_queue: Any, as_now: As, sits_down: Start, end: str, left: int
) -> None:
    at_the_queue.press("c").shows("claim: HD-000001 is assigned", "HD-000001 Medium Assigned")
    at_the_queue.press("r").shows("reply HD-000001 · Text").type("Half a sen")

    code = at_the_queue.hang_up() if end == "the terminal is gone" else at_the_queue.kill(signal.Signals[end])

    assert code == left
    if left > 0:
        me = pwd.getpwuid(os.geteuid()).pw_name  # who is really there
        assert [draft.values for draft in as_now(me).drafts()] == [{"text": "Half a sen"}]
        assert as_now("lara").others(1) == ()
    assert as_now("ife").ticket(1).status is Status.ASSIGNED
    assert as_now("ada").doctor().findings == ()
    sits_down("ife").chooses("HD-000001").press("U").shows("unassign: HD-000001 is new")


def test_a_program_killed_amid_a_change_leaves_all_of_it_or_nothing(at_the_queue: Any, as_now: As) -> None:
    at_the_queue.press("c").kill(signal.SIGKILL)

    claimed = as_now("ife").count(View.MINE) == 1
    assert as_now("ife").ticket(1).status is (Status.ASSIGNED if claimed else Status.NEW)
    assert as_now("ada").doctor().findings == ()
