"""Undo and redo of one's own last action: what it comes to on both databases, and whom it is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, DesktermError, NotAllowed, NotFound
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import History
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Status, Via, WaitReason
from deskterm.core.services import work
from deskterm.core.services.auditing import verify
from deskterm.core.services.intake import Submission
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store.engine import Store
from deskterm.core.store.tickets import Loaded, Step, load

As = Callable[[str], Desk]


@pytest.fixture
def ticket(as_: As) -> int:
    return as_("remi").submit(Submission(title="x", category="it_design")).id


def loaded(store: Store, ticket: int) -> Loaded:
    with store.read() as connection:
        found = load(connection, ticket)
    assert found is not None
    return found


def why(call: Callable[[], object], kind: type[DesktermError] = NotAllowed) -> str:
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


ACTS: list[tuple[Action, dict[str, Any]]] = [
    (Action.CLAIM, {}),
    (Action.START, {}),
    (Action.WAIT, {"reason": WaitReason.VENDOR, "text": "parts"}),
    (Action.RESOLVE, {"cause": "a", "fix": "b"}),
    (Action.SET_PRIORITY, {"priority": "urgent"}),
    (Action.SET_CATEGORY, {"category": "it_infrastructure"}),
    (Action.MOVE, {"category": "operations_logistics", "text": "theirs"}),
    (Action.CANCEL, {"text": "no"}),
]


def test_each_is_taken_back_and_done_again_and_nothing_is_wrong_after(
    as_: As, ticket: int, store: Store, clock: list[datetime]
) -> None:
    ini = as_("ini")
    ini.act(ticket, Action.CLAIM)
    for action, given in [(a, g) for a, g in ACTS if a is not Action.CLAIM]:
        before = loaded(store, ticket).history
        done = ini.act(ticket, action, **given)
        clock[0] += timedelta(hours=1)
        assert ini.undo(ticket, expected=done.version).action is action
        after = loaded(store, ticket).history
        was = before.ticket
        assert replace(after.ticket, version=was.version, updated_at=was.updated_at) == was
        assert after.clocks == before.clocks
        assert ini.redo(ticket).done.status is done.status
        ini.undo(ticket)
    assert as_("ada").doctor().findings == ()
    assert as_("ada").explain(ticket).agrees
    verdict = verify(store, heads=None, keys=frozenset(), now=clock[0], check_head=lambda _: True)
    assert verdict.damage == ()


def test_several_are_taken_back_and_done_again_one_after_the_other(as_: As, ticket: int) -> None:
    ini = as_("ini")
    for action, given in ACTS[:3]:
        ini.act(ticket, action, **given)
    assert [ini.undo(ticket).action for _ in range(3)] == [Action.WAIT, Action.START, Action.CLAIM]
    assert why(lambda: ini.undo(ticket)) == f"you have done nothing to HD-{ticket:06d} that could be taken back."
    assert [ini.redo(ticket).action for _ in range(3)] == [Action.CLAIM, Action.START, Action.WAIT]
    assert "took nothing back" in why(lambda: ini.redo(ticket))
    assert ini.ticket(ticket).status is Status.WAITING


def test_what_others_touched_since_stays_and_they_are_named(as_: As, ticket: int) -> None:
    ini, ife = as_("ini"), as_("ife")
    ini.act(ticket, Action.CLAIM)
    ife.act(ticket, Action.NOTE, text="seen")
    expected = f"HD-{ticket:06d} can't be taken back: since then Ife of IT noted."
    assert why(lambda: ini.undo(ticket), ChangedElsewhere) == expected
    assert why(lambda: ife.undo(ticket)).endswith("what was written has left; write again instead.")
    assert "you have done nothing" in why(lambda: as_("lara").undo(ticket))


def test_what_somebody_else_took_back_is_theirs_to_do_again(as_: As, ticket: int) -> None:
    for login in ("ife", "ini"):
        as_(login).act(ticket, Action.CLAIM)
        as_(login).undo(ticket)
    assert "you took nothing back" in why(lambda: as_("lara").redo(ticket))
    assert "you took nothing back" in why(lambda: as_("ife").redo(ticket))
    assert as_("ini").redo(ticket).done.status is Status.ASSIGNED


def test_a_note_that_a_requester_may_not_see_is_not_told_by_a_refusal(as_: As, ticket: int) -> None:
    remi = as_("remi")
    remi.act(ticket, Action.CANCEL, text="found it")
    as_("ini").act(ticket, Action.NOTE, text="secret")
    assert remi.undo(ticket).done.status is Status.NEW


def test_what_lets_clocks_go_on_is_not_taken_back(as_: As, ticket: int) -> None:
    ini = as_("ini")
    ini.act(ticket, Action.CLAIM)
    ini.act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    ini.act(ticket, Action.RESUME)
    assert "set it waiting again instead" in why(lambda: ini.undo(ticket))
    ini.act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    as_("lara").act(ticket, Action.ASSIGN, person="ife")
    assert "let the clock Resolution time go on" in why(lambda: as_("lara").undo(ticket))


def test_who_moved_it_out_of_their_sight_takes_it_back_while_nobody_touched_it(as_: As, ticket: int) -> None:
    ini = as_("ini")
    ini.act(ticket, Action.MOVE, category="operations_logistics", text="theirs")
    with pytest.raises(NotFound):
        ini.ticket(ticket)
    assert ini.undo(ticket).done.status is Status.NEW
    ini.act(ticket, Action.MOVE, category="operations_logistics", text="theirs")
    as_("ada").act(ticket, Action.NOTE, text="hello")
    assert ini.undo(ticket).done.status is Status.NEW  # of a note that they can't see nothing is told


def test_who_really_did_it_takes_it_back(as_: As, ticket: int) -> None:
    admin = as_("ada").acting_as("ini")
    admin.act(ticket, Action.CLAIM)
    assert "nothing to" in why(lambda: as_("ini").undo(ticket))
    assert admin.undo(ticket).done.status is Status.NEW


@pytest.fixture
def faster(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something happen between what the next undo reads and what it writes."""
    real = work.followed

    def is_first(happens: Callable[[], object]) -> None:
        def followed(before: History, facts: tuple[Fact, ...], policy: DeskPolicy) -> list[Step]:
            monkeypatch.setattr("deskterm.core.services.undoing.followed", real)
            happens()
            return real(before, facts, policy)

        monkeypatch.setattr("deskterm.core.services.undoing.followed", followed)

    return is_first


def test_a_lost_race_keeps_what_the_other_did(
    as_: As, ticket: int, faster: Callable[[Callable[[], object]], None]
) -> None:
    ini = as_("ini")
    ini.act(ticket, Action.CLAIM)
    faster(lambda: as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent"))
    assert "since then Lara Lead changed its priority" in why(lambda: ini.undo(ticket), ChangedElsewhere)
    assert as_("ini").ticket(ticket).timeline[-1].kind is FactKind.PRIORITISED


def test_a_notice_that_nobody_saw_goes_and_who_saw_one_is_told(as_: As, ticket: int) -> None:
    lara, ife = as_("lara"), as_("ife")
    for seen in (False, True):
        lara.act(ticket, Action.ASSIGN, person="ife")
        if seen:
            assert ife.mark_seen(ife.notices()[0].id) == 1
        lara.undo(ticket)
        assert ife.unseen() == seen
    assert [line.text for line in ife.notices()] == ["Lara Lead took that back: x", "Lara Lead assigned it: x"]


def test_one_thing_is_taken_back_once_from_however_many_terminals(
    as_: As, ticket: int, faster: Callable[[Callable[[], object]], None]
) -> None:
    ini = as_("ini")
    ini.act(ticket, Action.CLAIM)
    started = ini.act(ticket, Action.START).version
    faster(lambda: as_("ini").undo(ticket))
    assert "it was taken back already" in why(lambda: ini.undo(ticket), ChangedElsewhere)
    assert "it was taken back already" in why(lambda: ini.undo(ticket, expected=started), ChangedElsewhere)
    assert ini.ticket(ticket).assignee == "Ini of IT"
    assert ini.undo(ticket, expected=2).action is Action.CLAIM


def test_what_was_only_tried_is_no_deed(as_: As, ticket: int) -> None:
    wanted = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")
    toner = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=wanted)).id
    ini = as_("ini")
    ini.act(ticket, Action.CLAIM)
    for _ in range(2):
        with pytest.raises(NotAllowed):
            ini.act(toner, Action.CLAIM)
    assert as_("ada").ticket(toner).timeline[-1].kind is FactKind.ATTEMPTED
    assert ini.last_deed() == [ticket]
    ini.undo(ticket)
    with pytest.raises(NotAllowed):
        ini.act(toner, Action.START)
    assert ini.last_undone() == [ticket]


def test_the_last_deed_is_all_that_one_command_did(as_: As, ticket: int) -> None:
    ini = as_("ini")
    other = as_("remi").submit(Submission(title="y", category="it_design")).id
    ini.act(ticket, Action.CLAIM)
    bulk = ini.together()
    for number in (ticket, other):
        bulk.act(number, Action.SET_PRIORITY, priority="urgent")
    assert ini.last_deed() == [ticket, other]
    door = ini.together()
    for number in (ticket, other):
        door.undo(number)
    assert (ini.last_deed(), ini.last_undone()) == ([ticket], [ticket, other])


def test_a_notice_leaves_some_seconds_later_so_that_nobody_is_disturbed_by_what_is_taken_back(
    as_: As, ticket: int, store: Store, clock: list[datetime]
) -> None:
    lara, ife = as_("lara"), as_("ife")
    slow = Desk(store, lara.actor, lambda: clock[0], Via.TUI, hold=timedelta(seconds=5))
    slow.act(ticket, Action.ASSIGN, person="ife")
    assert (ife.unseen(), ife.notices(), ife.mark_seen(10**6)) == (0, [], 0)
    slow.undo(ticket)
    clock[0] += timedelta(seconds=6)
    assert ife.unseen() == 0
    slow.act(ticket, Action.ASSIGN, person="ife")
    clock[0] += timedelta(seconds=5)
    assert (ife.unseen(), len(ife.notices())) == (1, 1)
    slow.act(ticket, Action.REPLY, text="a reply has waited already where it was written")
    assert as_("remi").unseen() == 1


def test_what_was_done_and_taken_back_since_is_no_news_and_the_timeline_says_what_it_was(as_: As, ticket: int) -> None:
    ini, ife = as_("ini"), as_("ife")
    ini.act(ticket, Action.CLAIM)
    ini.undo(ticket)
    assert ife.act(ticket, Action.CLAIM, expected=1).version == 4
    back = ife.ticket(ticket).timeline[2]
    assert (back.kind, back.actor, back.detail) == (FactKind.UNDONE, "Ini of IT", "claimed it")


def test_what_was_seen_and_taken_back_since_is_news(as_: As, ticket: int) -> None:
    ini = as_("ini")
    seen = ini.act(ticket, Action.CLAIM).version
    ini.undo(ticket)
    with pytest.raises(ChangedElsewhere, match="Ini of IT took that back"):
        as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent", expected=seen)
