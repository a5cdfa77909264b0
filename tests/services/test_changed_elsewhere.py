"""A stale write is refused, says who did what, and changes nothing; one that still fits goes through."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import History
from deskterm.core.domain.words import Action, Status
from deskterm.core.services import work
from deskterm.core.services.intake import Submission
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store.tickets import Step

As = Callable[[str], Desk]
Beaten = Callable[[Callable[[], object], int], None]


@pytest.fixture
def ticket(as_: As) -> int:
    return as_("remi").submit(Submission(title="x", category="it_design")).id


@pytest.fixture
def beaten(monkeypatch: pytest.MonkeyPatch) -> Beaten:
    """Lets somebody else act, so many times, between what a writer reads and what it writes."""

    def by(other: Callable[[], object], times: int) -> None:
        real, left = work.followed, [None] * times

        def followed(before: History, facts: tuple[Fact, ...], policy: DeskPolicy) -> list[Step]:
            if left:
                left.pop()
                with monkeypatch.context() as undisturbed:
                    undisturbed.setattr(work, "followed", real)
                    other()
            return real(before, facts, policy)

        monkeypatch.setattr(work, "followed", followed)

    return by


def test_a_stale_write_is_told_who_did_what(as_: As, ticket: int) -> None:
    as_("ini").act(ticket, Action.CLAIM)
    as_("ini").act(ticket, Action.START)
    with pytest.raises(ChangedElsewhere) as caught:
        as_("ife").act(ticket, Action.CLAIM, expected=1)
    assert str(caught.value) == (
        f"HD-{ticket:06d} has changed since you looked: Ini of IT claimed it, Ini of IT started it. "
        "Look again, then repeat."
    )
    assert as_("ife").ticket(ticket).version == 3


def test_what_was_seen_last_goes_through(as_: As, ticket: int) -> None:
    assert as_("ini").act(ticket, Action.CLAIM, expected=1).version == 2
    assert as_("ini").act(ticket, Action.START, expected=2).status is Status.IN_PROGRESS


def test_who_is_beaten_to_a_claim_is_told_by_whom(as_: As, ticket: int, beaten: Beaten) -> None:
    ini, ife = as_("ini"), as_("ife")
    beaten(lambda: ini.act(ticket, Action.CLAIM), 1)
    with pytest.raises(ChangedElsewhere, match="Ini of IT claimed it"):
        ife.act(ticket, Action.CLAIM)
    assert ife.ticket(ticket).assignee == "Ini of IT"


def test_what_still_fits_is_decided_again(as_: As, ticket: int, beaten: Beaten) -> None:
    ini, ife = as_("ini"), as_("ife")
    beaten(lambda: ini.act(ticket, Action.NOTE, text="first"), 1)
    assert ife.act(ticket, Action.CLAIM).version == 3
    assert as_("ada").doctor().findings == ()


def test_nobody_tries_for_ever_and_nothing_is_half_written(as_: As, ticket: int, beaten: Beaten) -> None:
    ini, ife = as_("ini"), as_("ife")
    beaten(lambda: ini.act(ticket, Action.NOTE, text="again"), 99)
    with pytest.raises(ChangedElsewhere, match="keeps changing: try again"):
        ife.act(ticket, Action.CLAIM)
    assert {e.actor for e in ife.ticket(ticket).timeline} == {"Remi Requester", "Ini of IT"}
    assert as_("ada").doctor().findings == ()


def test_a_refusal_without_a_rival_is_a_refusal(as_: As, ticket: int) -> None:
    with pytest.raises(NotAllowed, match="can't be resumed: it is new"):
        as_("ife").act(ticket, Action.RESUME)


def test_an_internal_note_is_no_news_to_a_requester_and_is_to_staff(as_: As) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    as_("ife").act(ticket, Action.CLAIM)
    as_("ife").act(ticket, Action.RESOLVE, cause="x", fix="x")
    seen = as_("remi").ticket(ticket).version
    as_("ini").act(ticket, Action.NOTE, text="secretly")
    with pytest.raises(ChangedElsewhere, match="Ini of IT noted"):
        as_("ife").act(ticket, Action.REOPEN, text="x", expected=seen)
    assert as_("remi").act(ticket, Action.CONFIRM, expected=seen).status == "closed"
