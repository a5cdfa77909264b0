"""Running a macro: fields, reply and status in one transaction, all of it or nothing, and one undo."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, WaitReason
from deskterm.core.services.auditing import verify
from deskterm.core.services.intake import Submission
from deskterm.core.store import audit
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
ALL: Final = """
[[macros]]
key = "all"
name = "All at once"
department = "it"
text = "Dear {requester_first}, {ticket} ({title}). {agent}, {department} {{}}"
assign = "me"
priority = "high"
category = "it_design"
wait = "vendor"

[[macros]]
key = "solved"
name = "Solved"
note = true
text = "seen it"
cause = "worn"
fix = "changed"
"""


DONE: Final = ("replied", "claimed", "prioritised", "categorised", "paused")


@pytest.fixture
def ticket(as_: As) -> int:
    as_("ada").apply_macros(ALL, "m.toml")
    return as_("remi").submit(Submission(title="Printer {due} jams", category="it_infrastructure")).id


def told(desk: Desk, ticket: int) -> list[str]:
    return [entry.kind for entry in desk.ticket(ticket).timeline]


def test_a_macro_is_one_act_and_one_undo(as_: As, ticket: int) -> None:
    before = as_("ife").row(ticket)
    done = as_("ife").run_macro(ticket, "All at once")
    found = as_("ife").ticket(ticket)
    assert (done.version, found.status, found.assignee, found.category) == (6, "waiting", "Ife of IT", "Design")
    assert told(as_("ife"), ticket) == ["submitted", *DONE]
    assert found.timeline[1].text == ("Dear Remi, HD-000001 (Printer {due} jams). Ife of IT, IT & Communications {}")

    as_("ife").undo(ticket, expected=done.version)
    after = as_("ife").row(ticket)
    assert before is not None
    assert after is not None
    same = ("status", "assignee", "priority", "category", "reason")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert told(as_("ife"), ticket)[-1] == FactKind.UNDONE
    assert as_("remi").ticket(ticket).timeline[1].text is not None  # what was written has left

    again = as_("ife").redo(ticket).done
    assert told(as_("ife"), ticket)[-4:] == list(DONE[1:])
    as_("ife").undo(ticket, expected=again.version)
    assert as_("ife").ticket(ticket).status == "new"


def test_what_stands_already_is_passed_over(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.CLAIM)
    as_("ife").act(ticket, Action.SET_PRIORITY, priority="high")
    plan = as_("ife").rehearse_macro(ticket, "all")
    assert plan.steps == ("replied", "changed its category", "set it waiting")
    assert plan.text.startswith("Dear Remi, HD-000001")
    assert told(as_("ife"), ticket) == ["submitted", "claimed", "prioritised"]


def test_a_step_that_is_refused_is_named_and_nothing_is_done(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.CLAIM)
    with pytest.raises(NotAllowed, match=r"all does nothing, its step assign is refused: HD-000001 can't be assigned"):
        as_("ini").run_macro(ticket, "all")
    assert told(as_("ife"), ticket) == ["submitted", "claimed"]


def test_what_a_chain_forbids_is_refused_and_written_down(as_: As, ticket: int) -> None:
    wanted = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")
    as_("ada").drop_macro("all")
    number = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=wanted)).id
    with pytest.raises(NotAllowed, match="solved does nothing, its step resolve is refused"):
        as_("ife").run_macro(number, "solved")
    assert told(as_("ife"), number)[-1] == FactKind.ATTEMPTED
    assert FactKind.NOTED not in told(as_("ife"), number)


def test_macros_are_for_who_works_there(as_: As, ticket: int) -> None:
    assert [macro.key for macro in as_("ife").macros()] == ["all", "solved"]
    assert [macro.key for macro in as_("ola").macros()] == ["solved"]
    assert [canned.macro.key for canned in as_("ife").canned(ticket)] == ["all", "solved"]
    with pytest.raises(NotAllowed, match="macros are for staff"):
        as_("remi").macros()
    with pytest.raises(NotAllowed, match="for who works on HD-000001"):
        as_("remi").canned(ticket)
    with pytest.raises(NotFound, match="no HD-000001"):
        as_("ola").run_macro(ticket, "solved")
    with pytest.raises(NotFound, match="no macro 'other' for HD-000001"):
        as_("ife").run_macro(ticket, "other")


def test_leads_change_their_departments_and_admins_all(as_: As, ticket: int) -> None:
    one = ALL.split("[[macros]]")[1]
    as_("lara").apply_macros(f"[[macros]]{one.replace('All at once', 'Everything')}", "m.toml")
    assert as_("ife").macros()[0].name == "Everything"
    for login, text in (("ife", one), ("olu", one), ("lara", one.replace('department = "it"', ""))):
        with pytest.raises(NotAllowed, match="to change"):
            as_(login).apply_macros(f"[[macros]]{text}", "m.toml")
    with pytest.raises(NotAllowed):
        as_("lara").drop_macro("solved")
    with pytest.raises(InvalidInput, match="macro all: there is no department its: expected one of "):
        as_("ada").apply_macros("[[macros]]" + one.replace("it", "its", 1), "m.toml")
    as_("lara").drop_macro("all")
    assert as_("ada").apply_macros(as_("ada").macros_as_toml(), "m.toml") == ((), ())


def test_the_trail_tells_of_macros_and_finds_one_that_was_edited_behind_it(as_: As, ticket: int, store: Store) -> None:
    as_("ada").drop_macro("solved")
    now = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)

    def look() -> str:
        with store.read() as connection:
            log_id, end = audit.head(connection)
        head = SignedHead(log_id, end, now, "key", "good")
        found = verify(store, heads=(head,), keys=frozenset({"key"}), now=now, check_head=lambda _: True).damage
        return found[0].said if found else ""

    assert look() == ""
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_macros SET body = '{}'")
    assert "macro 1: body is not as entry" in look()


def test_a_text_says_when_it_is_due_or_that_there_is_no_date_yet(as_: As, ticket: int) -> None:
    due = '[[macros]]\nkey = "due"\nname = "Due"\ntext = "by {due}"\n'
    as_("ada").apply_macros(due, "m.toml")
    assert as_("ife").rehearse_macro(ticket, "due").text == "by Friday, 2 October 2026, 09:00 WAT"
    as_("ife").act(ticket, Action.WAIT, reason=WaitReason.REQUESTER)
    assert as_("ife").rehearse_macro(ticket, "due").text == "by no date yet"
    with pytest.raises(InvalidInput, match=r"\{due\} would be another time after what the macro does"):
        as_("ada").apply_macros(f'{due}priority = "high"', "m.toml")


def test_the_demos_macros_can_be_used(as_: As) -> None:
    text = (Path(__file__).parents[2] / "data" / "demo" / "macros.toml").read_text("utf-8")
    assert len(as_("ada").apply_macros(text, "macros.toml").added) == 5


def test_a_key_names_its_own_macro_whatever_others_are_called(as_: As, ticket: int) -> None:
    as_("ada").apply_macros(f'{ALL}[[macros]]\nkey = "a"\nname = "Solved"\ntext = "other"\n', "m.toml")
    assert as_("ife").rehearse_macro(ticket, "solved").text == "seen it"
    assert as_("ife").rehearse_macro(ticket, "all at once").steps[1:3] == ("claimed it", "changed its priority")
