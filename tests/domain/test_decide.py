"""What an action must be given, and the facts it makes."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from deskterm.core.domain.chain import Chain, chain_of
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact, Ticket, apply
from deskterm.core.domain.panel import Panel, Place, Roster
from deskterm.core.domain.people import Category, Person
from deskterm.core.domain.profile import Quorum, StageRule
from deskterm.core.domain.purchase import Line, Purchase, Wanted
from deskterm.core.domain.stages import Slot
from deskterm.core.domain.text import TEXT_LIMIT
from deskterm.core.domain.words import (
    Action,
    CategoryKind,
    CommentKind,
    FactKind,
    Outcome,
    Role,
    Source,
    Status,
    WaitReason,
)

A, S, K = Action, Status, FactKind
NOW = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)
HERE = Category(11, "here", "Here", CategoryKind.STANDARD, 1)
THERE = Category(12, "there", "There", CategoryKind.STANDARD, 2)
EVERYWHERE = Category(13, "any", "Anywhere", CategoryKind.STANDARD, None)
PURCHASE = Category(14, "buy", "Purchase", CategoryKind.PROCUREMENT, 1)
COLLEAGUE = Person(4, "Colleague", Role.AGENT, department_id=1)
OUTSIDER = Person(5, "Outsider", Role.AGENT, department_id=2)

# action, the status it is tried in, what it is given, what the message must say
REFUSED: list[tuple[Action, Status, dict[str, Any], str]] = [
    (A.ASSIGN, S.NEW, {}, "assign needs a person"),
    (A.ASSIGN, S.NEW, {"person": OUTSIDER}, "Outsider doesn't work for this ticket's department"),
    (A.ASSIGN, S.NEW, {"person": replace(COLLEAGUE, is_active=False)}, "Colleague is no longer active here"),
    (A.ASSIGN, S.ASSIGNED, {"person": replace(COLLEAGUE, id=3)}, "Colleague already has it"),
    (A.WAIT, S.ASSIGNED, {}, "wait needs a reason: requester, vendor, delivery, maintenance or other"),
    (A.WAIT, S.ASSIGNED, {"reason": WaitReason.OTHER, "text": " "}, "needs a text that says for what"),
    (A.REPLY, S.NEW, {}, "reply needs a text"),
    (A.REPLY, S.NEW, {"text": " \n\t"}, "reply needs a text"),
    (A.REPLY, S.NEW, {"text": "x" * (TEXT_LIMIT + 1)}, "a text may have 100000 characters, this has 100001"),
    (A.NOTE, S.NEW, {}, "note needs a text"),
    (A.NOTE, S.NEW, {"text": "x", "comment": CommentKind.REPLY}, "a note is internal"),
    (A.RESOLVE, S.ASSIGNED, {"fix": "x"}, "resolve needs the cause"),
    (A.RESOLVE, S.ASSIGNED, {"cause": "x", "fix": " "}, "resolve needs the fix"),
    (A.RESOLVE, S.ASSIGNED, {"cause": "x" * (TEXT_LIMIT + 1), "fix": "x"}, "attach it instead"),
    (A.CANCEL, S.NEW, {}, "cancel needs a text"),
    (A.REOPEN, S.RESOLVED, {}, "reopen needs a text"),
    (A.CONFIRM, S.RESOLVED, {}, "needs a text that says how they confirmed"),
    (A.SET_PRIORITY, S.NEW, {}, "set priority needs a priority"),
    (A.SET_PRIORITY, S.NEW, {"priority": 3}, "it has that priority already"),
    (A.SET_CATEGORY, S.NEW, {"category": replace(HERE, id=1)}, "it is in that category already"),
    (A.SET_CATEGORY, S.NEW, {}, "set category needs a category"),
    (A.SET_CATEGORY, S.NEW, {"category": THERE}, "There belongs to another department"),
    (A.SET_CATEGORY, S.NEW, {"category": PURCHASE}, "Purchase is procurement"),
    (A.MOVE, S.NEW, {}, "move needs a category"),
    (A.MOVE, S.NEW, {"category": HERE}, "in that department already"),
    (A.MOVE, S.NEW, {"category": EVERYWHERE}, "in that department already"),
    (A.MOVE, S.NEW, {"category": replace(PURCHASE, department_id=2)}, "Purchase is procurement"),
]


def standing(ticket: Ticket, status: Status) -> Ticket:
    owner = None if status is S.NEW else 3
    reason = WaitReason.REQUESTER if status is S.WAITING else None
    return replace(ticket, status=status, assignee_id=owner, reason=reason, resolver_id=3)


@pytest.mark.parametrize(("action", "status", "given", "said"), REFUSED)
def test_what_is_missing_or_wrong_is_named(
    new_ticket: Ticket, cast: dict[str, Person], action: Action, status: Status, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        decide(standing(new_ticket, status), action, Arguments(**given), cast["lead"], now=NOW)
    assert said in str(caught.value)


@pytest.mark.parametrize("stars", [None, 0, 6, -1])
def test_a_rating_is_one_to_five_stars(new_ticket: Ticket, cast: dict[str, Person], stars: int | None) -> None:
    with pytest.raises(InvalidInput, match="1 to 5 stars"):
        decide(standing(new_ticket, S.RESOLVED), A.RATE, Arguments(stars=stars), cast["requester"], now=NOW)


def test_a_rejection_needs_its_reason(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    with pytest.raises(InvalidInput, match="reject needs a text"):
        decide(standing(new_ticket, S.RESOLVED), A.REJECT, Arguments(), cast["requester"], now=NOW)


def fact(kind: FactKind, by: int, **said: Any) -> Fact:
    return Fact(kind=kind, at=NOW, actor_id=by, **said)


# action, by whom, the status it is done in, what it is given, the fact it makes
MADE: list[tuple[Action, str, Status, dict[str, Any], Fact]] = [
    (A.CLAIM, "colleague", S.NEW, {}, fact(K.CLAIMED, 4, status=S.ASSIGNED, assignee_id=4)),
    (A.START, "colleague", S.NEW, {}, fact(K.STARTED, 4, status=S.IN_PROGRESS, assignee_id=4)),
    (A.START, "assignee", S.ASSIGNED, {}, fact(K.STARTED, 3, status=S.IN_PROGRESS)),
    (A.ASSIGN, "lead", S.NEW, {"person": COLLEAGUE}, fact(K.ASSIGNED, 6, status=S.ASSIGNED, assignee_id=4)),
    (A.UNASSIGN, "assignee", S.ASSIGNED, {}, fact(K.UNASSIGNED, 3, status=S.NEW, assignee_id=None)),
    (
        A.WAIT,
        "assignee",
        S.ASSIGNED,
        {"reason": WaitReason.VENDOR, "text": " part "},
        fact(K.PAUSED, 3, status=S.WAITING, reason=WaitReason.VENDOR, text="part"),
    ),
    (A.RESUME, "assignee", S.WAITING, {}, fact(K.RESUMED, 3, status=S.IN_PROGRESS)),
    (
        A.REPLY,
        "assignee",
        S.WAITING,
        {"text": "how?", "source": Source.MAIL},
        fact(K.REPLIED, 3, text="how?", comment=CommentKind.REPLY, source=Source.MAIL),
    ),
    (A.NOTE, "executive", S.CLOSED, {"text": "hm"}, fact(K.NOTED, 8, text="hm", comment=CommentKind.NOTE)),
    (
        A.RESOLVE,
        "lead",
        S.ASSIGNED,
        {"cause": " dust ", "fix": "air\n"},
        fact(K.RESOLVED, 6, status=S.RESOLVED, cause="dust", fix="air", resolver_id=6),
    ),
    (A.CONFIRM, "requester", S.RESOLVED, {}, fact(K.CONFIRMED, 1, status=S.CLOSED, outcome=Outcome.DONE)),
    (
        A.CONFIRM,
        "lead",
        S.RESOLVED,
        {"text": "by phone"},
        fact(K.CONFIRMED, 6, status=S.CLOSED, outcome=Outcome.DONE, on_behalf_of=1, text="by phone"),
    ),
    (A.REJECT, "requester", S.RESOLVED, {"text": "no"}, fact(K.REJECTED, 1, status=S.ASSIGNED, text="no")),
    (A.REOPEN, "lead", S.CLOSED, {"text": "no"}, fact(K.REOPENED, 6, status=S.ASSIGNED, text="no")),
    (A.RATE, "requester", S.CLOSED, {"stars": 4}, fact(K.RATED, 1, stars=4)),
    (
        A.CANCEL,
        "requester",
        S.NEW,
        {"text": "found it"},
        fact(K.CANCELLED, 1, status=S.CLOSED, outcome=Outcome.CANCELLED, text="found it"),
    ),
    (A.SET_PRIORITY, "assignee", S.ASSIGNED, {"priority": 1}, fact(K.PRIORITISED, 3, priority=1)),
    (A.SET_CATEGORY, "lead", S.NEW, {"category": EVERYWHERE}, fact(K.CATEGORISED, 6, category_id=13)),
    (
        A.MOVE,
        "lead",
        S.ASSIGNED,
        {"category": THERE},
        fact(K.MOVED, 6, status=S.NEW, department_id=2, category_id=12, assignee_id=None),
    ),
    (A.WITHDRAW, "requester", S.PENDING_APPROVAL, {}, fact(K.WITHDRAWN, 1, status=S.IN_PROGRESS)),
]


@pytest.mark.parametrize(("action", "who", "status", "given", "made"), MADE)
def test_an_action_makes_one_fact_that_says_what_came_of_it(
    new_ticket: Ticket,
    cast: dict[str, Person],
    action: Action,
    who: str,
    status: Status,
    given: dict[str, Any],
    made: Fact,
) -> None:
    assert decide(standing(new_ticket, status), action, Arguments(**given), cast[who], now=NOW) == (made,)


def test_a_purchase_that_nobody_has_ends_when_it_is_withdrawn(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    born = replace(new_ticket, status=S.PENDING_APPROVAL, category_kind=CategoryKind.PROCUREMENT)
    (made,) = decide(born, A.WITHDRAW, Arguments(), cast["requester"], now=NOW)
    assert (made.status, made.outcome) == (S.CLOSED, Outcome.CANCELLED)


@pytest.mark.parametrize(("owner", "back"), [(3, S.IN_PROGRESS), (None, S.NEW)])
def test_the_requesters_answer_resumes_what_waits_for_it(
    new_ticket: Ticket, cast: dict[str, Person], owner: int | None, back: Status
) -> None:
    waiting = replace(standing(new_ticket, S.WAITING), assignee_id=owner)
    replied, resumed = decide(waiting, A.REPLY, Arguments(text="here"), cast["requester"], now=NOW)
    assert (replied.kind, replied.status, resumed.kind, resumed.status) == (K.REPLIED, None, K.RESUMED, back)


def test_any_other_answer_leaves_it_waiting(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    waiting = standing(new_ticket, S.WAITING)
    for_vendor = replace(waiting, reason=WaitReason.VENDOR)
    assert len(decide(waiting, A.REPLY, Arguments(text="x"), cast["assignee"], now=NOW)) == 1
    assert len(decide(for_vendor, A.REPLY, Arguments(text="x"), cast["requester"], now=NOW)) == 1


@pytest.mark.parametrize("text", ["\x00b", "\ud800b"], ids=ascii)
@pytest.mark.parametrize("where", ["text", "cause", "fix"])
def test_what_not_every_database_keeps_is_refused_by_its_number(
    new_ticket: Ticket, cast: dict[str, Person], where: str, text: str
) -> None:
    given: dict[str, Any] = {"cause": "x", "fix": "y", where: text}
    with pytest.raises(InvalidInput, match=rf"a text can't have the character U\+{ord(text[0]):04X}"):
        decide(new_ticket, A.RESOLVE, Arguments(**given), cast["lead"], now=NOW)


STAGES = tuple(
    StageRule(
        key=key, title=key.title(), approvers=(post,), verifies="", quorum=Quorum("all"), from_minor=0, within=None
    )
    for key, post in (("one", "lead"), ("two", "director"))
)
POSTS = Roster({("lead", 1): 6, ("director", None): 8}, {6: "Lead", 8: "Executive"})
TONER = Wanted(("2 x Toner @ 45",), justification="none left")
BOUGHT = Purchase((Line("Toner", 2, 4500),), "NGN", "none left")


def panel(chain: Chain = ()) -> Panel:
    return Panel(chain, STAGES, "NGN", POSTS, Place(1))


def pivoted(ticket: Ticket, cast: dict[str, Person], purchase: Wanted = TONER, text: str = "") -> tuple[Fact, ...]:
    working, given = standing(ticket, S.IN_PROGRESS), Arguments(purchase=purchase, text=text)
    return decide(working, A.PIVOT, given, cast["assignee"], now=NOW, panel=panel())


def pending(ticket: Ticket, cast: dict[str, Person], *more: Fact) -> tuple[Ticket, Panel]:
    """The ticket that somebody has and pivoted, with its panel."""
    facts = (*pivoted(ticket, cast), *more)
    return reduce(apply, facts, standing(ticket, S.IN_PROGRESS)), panel(chain_of(facts))


def test_a_pivot_makes_its_round_and_opens_its_first_stage(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    pivot, asked, opened = pivoted(new_ticket, cast)
    assert pivot == fact(K.PIVOTED, 3, status=S.PENDING_APPROVAL)
    assert (asked.kind, asked.round, asked.purchase, asked.digest) == (K.REQUESTED, 1, BOUGHT, BOUGHT.digest)
    assert (asked.actor_id, asked.requester_id) == (3, 1)
    assert [stage.key for stage in asked.stages or ()] == ["one", "two"]
    assert (opened.kind, opened.actor_id, opened.stage, opened.slots) == (K.OPENED, None, "one", (Slot("lead", 6),))


def test_what_a_purchase_does_not_say_is_the_profiles_currency_and_the_text(
    new_ticket: Ticket, cast: dict[str, Person]
) -> None:
    _, asked, _ = pivoted(new_ticket, cast, TONER._replace(justification="", currency="usd"), "it is broken")
    assert asked.purchase == BOUGHT._replace(justification="it is broken", currency="USD")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (TONER._replace(lines=()), "a purchase needs a line at least"),
        (TONER._replace(lines=("toner",)), "'toner' is no line of a purchase"),
        (TONER._replace(justification=" "), "a purchase needs a justification"),
        (TONER._replace(currency="naira"), "'NAIRA' is no currency"),
    ],
)
def test_a_purchase_that_can_not_be_read_is_refused_in_a_sentence(
    new_ticket: Ticket, cast: dict[str, Person], wanted: Wanted, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        pivoted(new_ticket, cast, wanted)


@pytest.mark.parametrize(
    ("action", "who", "given", "said"),
    [
        (A.REFUSE, "lead", {}, "refuse needs a text"),
        (A.REFUSE, "lead", {"text": "  "}, "refuse needs a text"),
        (A.ASK, "lead", {}, "ask needs a text"),
        (A.AMEND, "requester", {}, "amend needs a purchase"),
        (A.APPROVE, "lead", {"text": "\x00"}, "can't have the character"),
    ],
)
def test_what_a_decision_lacks_is_named(
    new_ticket: Ticket, cast: dict[str, Person], action: Action, who: str, given: dict[str, Any], said: str
) -> None:
    waits, board = pending(new_ticket, cast)
    with pytest.raises(InvalidInput, match=said):
        decide(waits, action, Arguments(**given), cast[who], now=NOW, panel=board)


def test_a_pivot_wants_a_purchase(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    with pytest.raises(InvalidInput, match="pivot needs a purchase: what is to be bought"):
        decide(standing(new_ticket, S.ASSIGNED), A.PIVOT, Arguments(), cast["lead"], now=NOW, panel=panel())


DECIDED: list[tuple[Action, dict[str, Any], list[dict[str, Any]]]] = [
    (
        A.APPROVE,
        {"text": " fine "},
        [
            {"kind": K.APPROVED, "actor_id": 6, "stage": "one", "text": "fine", "ends": True, "digest": BOUGHT.digest},
            {"kind": K.OPENED, "actor_id": None, "stage": "two", "slots": (Slot("director", 8),)},
        ],
    ),
    (
        A.REFUSE,
        {"text": "no"},
        [
            {"kind": K.REFUSED, "actor_id": 6, "text": "no", "ends": True, "digest": BOUGHT.digest},
            {"kind": K.DECLINED, "actor_id": None, "text": "no", "status": S.IN_PROGRESS, "digest": BOUGHT.digest},
        ],
    ),
    (A.ASK, {"text": "why?"}, [{"kind": K.RETURNED, "actor_id": 6, "text": "why?", "ends": None, "stage": "one"}]),
]


@pytest.mark.parametrize(("action", "given", "made"), DECIDED, ids=[row[0] for row in DECIDED])
def test_a_decision_makes_its_fact_and_what_it_leads_to(
    new_ticket: Ticket, cast: dict[str, Person], action: Action, given: dict[str, Any], made: list[dict[str, Any]]
) -> None:
    waits, board = pending(new_ticket, cast)
    facts = decide(waits, action, Arguments(**given), cast["lead"], now=NOW, panel=board)
    assert [{name: getattr(one, name) for name in want} for one, want in zip(facts, made, strict=True)] == made
    assert {one.round for one in facts} == {1}


@pytest.mark.parametrize("who", ["requester", "assignee", "colleague", "outsider", "executive", "admin"])
def test_nobody_decides_but_who_it_waits_for(new_ticket: Ticket, cast: dict[str, Person], who: str) -> None:
    waits, board = pending(new_ticket, cast)
    with pytest.raises(NotAllowed, match=r"can't be approved: .*You may: "):
        decide(waits, A.APPROVE, Arguments(), cast[who], now=NOW, panel=board)


def test_the_answer_to_a_question_is_a_fact_of_its_own(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    asked = fact(K.RETURNED, 6, round=1, stage="one", digest=BOUGHT.digest, text="why?")
    waits, board = pending(new_ticket, cast, asked)
    said = Arguments(text="so")
    replied, answered = decide(waits, A.REPLY, said, cast["requester"], now=NOW, panel=board)
    assert replied == fact(K.REPLIED, 1, text="so", comment=CommentKind.REPLY)
    assert answered == fact(K.ANSWERED, 1, round=1, stage="one")
    assert len(decide(waits, A.REPLY, said, cast["lead"], now=NOW, panel=board)) == 1
