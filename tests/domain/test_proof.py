"""The law of purchases from facts alone: what `decide` makes keeps it, and each single tampering is named."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final

import pytest

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.chain import chain_of
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.facts import Fact, Ticket, apply, submitted
from deskterm.core.domain.panel import Delegation, Panel, Place, Roster, passed_on
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Quorum, StageRule
from deskterm.core.domain.proof import faults
from deskterm.core.domain.purchase import Line, Purchase, Wanted
from deskterm.core.domain.stages import Signed, Slot, StageSpec
from deskterm.core.domain.words import Action, CategoryKind, FactKind, Outcome, Role, Status, WaitReason

A, K, S = Action, FactKind, Status
AT: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
LATER: Final = datetime(2026, 10, 28, 8, 0, tzinfo=UTC)
TONER: Final = Wanted(("2 x Toner @ 4500",), "NGN", "The printer is out")
MORE: Final = Wanted(("3 x Toner @ 4500",), "NGN", "The printer is out")
REQUESTER, AGENT, LEAD, DEPUTY, HEAD, DIRECTOR, STAND_IN = 1, 3, 5, 6, 7, 8, 9
PEOPLE: Final = {
    REQUESTER: Person(REQUESTER, "Requester", Role.REQUESTER),
    AGENT: Person(AGENT, "Agent", Role.AGENT, department_id=1),
    LEAD: Person(LEAD, "Lead", Role.LEAD, department_id=1),
    DEPUTY: Person(DEPUTY, "Deputy", Role.AGENT, department_id=1),
    HEAD: Person(HEAD, "Head", Role.EXECUTIVE),
    DIRECTOR: Person(DIRECTOR, "Director", Role.EXECUTIVE),
    STAND_IN: Person(STAND_IN, "Stand-in", Role.REQUESTER),
}
HOLDERS: Final = {
    ("lead", 1): LEAD, ("lead.deputy", 1): DEPUTY, ("head", None): HEAD, ("director", None): DIRECTOR,
}  # fmt: skip
ROSTER: Final = Roster(HOLDERS, {p.id: p.name for p in PEOPLE.values()}, (Delegation(HEAD, STAND_IN, AT, LATER),))

ALONE: Final = replace(ROSTER, holders={post: who for post, who in HOLDERS.items() if who != DEPUTY})


def rule(key: str, *approvers: str, quorum: str = "all", signed: bool = False) -> StageRule:
    return StageRule(
        key=key, title=key.title(), approvers=approvers, verifies="", quorum=Quorum.parse(quorum), from_minor=0,
        within=None, signed=signed,
    )  # fmt: skip


RULES: Final = (rule("one", "lead"), rule("two", "head"), rule("three", "director"))
Step = tuple[int, Action, dict[str, Any]]


def told(
    steps: Sequence[Step],
    *,
    standard: bool = False,
    rules: tuple[StageRule, ...] = RULES,
    roster: Roster = ROSTER,
) -> list[Fact]:
    """The facts of a ticket to which people do these things, one after the other; `-1` is a post that changes hands."""
    begins = Fact(
        kind=K.SUBMITTED, at=AT, actor_id=REQUESTER, status=S.NEW if standard else S.PENDING_APPROVAL,
        requester_id=REQUESTER, department_id=1, category_id=1,
        category_kind=CategoryKind.STANDARD if standard else CategoryKind.PROCUREMENT, priority=3, title="Toner",
    )  # fmt: skip
    facts = [begins]

    def panel() -> Panel:
        return Panel(chain_of(facts), rules, "NGN", roster, Place(1))

    def ticket() -> Ticket:
        return reduce(apply, facts[1:], submitted(facts[0]))

    if not standard:
        facts += put_before(ticket(), panel(), TONER.read("NGN"), REQUESTER, AT)
    for who, action, given in steps:
        if who < 0:
            roster = replace(ROSTER, holders={**HOLDERS, **given["holders"]})
            passed = passed_on(panel().chain[-1], Place(1), roster, AT)
            facts += [passed] if passed else []
        else:
            said = Arguments(**{"text": "so", "cause": "so", "fix": "so", **given})
            facts += decide(ticket(), action, said, PEOPLE[who], now=AT, panel=panel())
    return facts


def do(who: int, action: Action, **given: Any) -> Step:
    return who, action, given


PASSED: Final = do(-1, A.APPROVE, holders={("lead", 1): DEPUTY})
APPROVED: Final = [do(LEAD, A.APPROVE), do(HEAD, A.APPROVE), do(DIRECTOR, A.APPROVE)]
PIVOTED: Final = [do(AGENT, A.CLAIM), do(AGENT, A.START), do(AGENT, A.PIVOT, purchase=TONER)]
DONE: Final = [do(AGENT, A.CLAIM), do(AGENT, A.RESOLVE), do(REQUESTER, A.CONFIRM)]
MANY: Final = (rule("one", "lead", "head", "director", quorum="2"), rule("two", "head", "director", quorum="any"))

BOUGHT: Final = told([*APPROVED, *DONE])
REPAIRED: Final = told([*PIVOTED, *APPROVED, do(AGENT, A.RECEIVE), do(AGENT, A.RESOLVE)], standard=True)
KEPT: Final[dict[str, list[Fact]]] = {
    "born and just asked": told([]),
    "bought and done": BOUGHT,
    "refused at the last": told([*APPROVED[:2], do(DIRECTOR, A.REFUSE)]),
    "withdrawn": told([do(LEAD, A.APPROVE), do(REQUESTER, A.WITHDRAW)]),
    "asked and answered": told([do(LEAD, A.ASK), do(REQUESTER, A.REPLY), *APPROVED]),
    "asked and not waited for": told([do(LEAD, A.ASK), *APPROVED]),
    "changed after two": told([*APPROVED[:2], do(REQUESTER, A.AMEND, purchase=MORE), *APPROVED, *DONE]),
    "changed and back": told(
        [*APPROVED[:1], do(REQUESTER, A.AMEND, purchase=MORE), do(REQUESTER, A.AMEND, purchase=TONER), *APPROVED]
    ),
    "by a stand-in": told([do(LEAD, A.APPROVE), do(STAND_IN, A.APPROVE), do(DIRECTOR, A.APPROVE)]),
    "to another holder": told([PASSED, do(DEPUTY, A.APPROVE), *APPROVED[1:]]),
    "passed above": told(
        [*PIVOTED[:1], do(LEAD, A.PIVOT, purchase=TONER), do(HEAD, A.APPROVE)], standard=True, roster=ALONE
    ),
    "a repair": REPAIRED,
    "a repair refused": told([*PIVOTED, do(LEAD, A.REFUSE), do(AGENT, A.RESOLVE)], standard=True),
    "a repair given up": told([*PIVOTED, do(REQUESTER, A.WITHDRAW), do(AGENT, A.RESOLVE)], standard=True),
    "two pivots": told(
        [*PIVOTED, do(LEAD, A.REFUSE), do(AGENT, A.PIVOT, purchase=MORE), *APPROVED, do(AGENT, A.RECEIVE)],
        standard=True,
    ),
    "a purchase that pivots": told(
        [*APPROVED, do(AGENT, A.CLAIM), do(AGENT, A.PIVOT, purchase=MORE), do(REQUESTER, A.WITHDRAW)]
    ),
    "several": told([do(DIRECTOR, A.REFUSE), do(HEAD, A.APPROVE), do(LEAD, A.APPROVE)], rules=MANY[:1]),
    "reopened": told([*APPROVED, *DONE, do(REQUESTER, A.REOPEN)]),
    "a ticket that buys nothing": told(PIVOTED[:2], standard=True),
}


@pytest.mark.parametrize("name", list(KEPT))
def test_what_people_do_keeps_the_law(name: str) -> None:
    assert faults(KEPT[name]) == []


# --- tampered ---


def at(facts: list[Fact], kind: FactKind, number: int = 0) -> int:
    return [place for place, fact in enumerate(facts) if fact.kind is kind][number]


def changed(facts: list[Fact], kind: FactKind, number: int = 0, **said: Any) -> list[Fact]:
    place = at(facts, kind, number)
    return [*facts[:place], replace(facts[place], **said), *facts[place + 1 :]]


def dropped(facts: list[Fact], kind: FactKind, number: int = 0) -> list[Fact]:
    place = at(facts, kind, number)
    return [*facts[:place], *facts[place + 1 :]]


def put(facts: list[Fact], after: int, *more: Fact) -> list[Fact]:
    return [*facts[: after + 1], *more, *facts[after + 1 :]]


def cheaper(facts: list[Fact]) -> list[Fact]:
    """The purchase itself is another, and its digest with it."""
    less = Purchase((Line("Toner", 9, 450_000),), "NGN", "The printer is out")
    return changed(facts, K.REQUESTED, purchase=less, digest=less.digest)


def unstaged(facts: list[Fact]) -> list[Fact]:
    """The last stage was never there: not even among those to pass."""
    less = [fact for fact in facts if fact.stage != "three"]
    return changed(less, K.REQUESTED, stages=(facts[1].stages or ())[:2])


def between(first: FactKind, kind: FactKind, **said: Any) -> Callable[[list[Fact]], list[Fact]]:
    return lambda facts: put(facts, at(facts, first), Fact(kind=kind, at=AT, actor_id=AGENT, **said))


SKIPPED: Final = [fact for fact in BOUGHT if fact.stage != "two"]
ENDED: Final = KEPT["refused at the last"]
MANY_BOUGHT: Final = KEPT["several"]
LOST: Final = told([do(LEAD, A.REFUSE), do(HEAD, A.REFUSE)], rules=MANY[:1])
RETURNED: Final = told(
    [do(LEAD, A.ASK), do(REQUESTER, A.REPLY), do(HEAD, A.APPROVE), do(LEAD, A.APPROVE)], rules=MANY[:1]
)
HASTY: Final = KEPT["asked and not waited for"]
BACK: Final = KEPT["changed and back"]
AMENDED: Final = KEPT["changed after two"]
SIGNED: Final = (rule("one", "lead", signed=True),)
OWN: Final = told(
    [do(LEAD, A.APPROVE, signature=Signed("0" * 64, "nonce", "armor"))],
    rules=SIGNED,
)

TAMPERED: Final[list[tuple[str, list[Fact], str]]] = [
    ("the first decision is gone", dropped(BOUGHT, K.APPROVED), "One has not approved it"),
    ("the second is gone", dropped(BOUGHT, K.APPROVED, 1), "three was opened before the stages it follows"),
    ("the last is gone", dropped(BOUGHT, K.APPROVED, 2), "Three has not approved it"),
    ("a stage was never opened", dropped(BOUGHT, K.OPENED, 1), "two was decided while it was not open"),
    ("a stage was skipped", SKIPPED, "Two has not approved it"),
    ("the round is gone", dropped(BOUGHT, K.REQUESTED), "it has no round"),
    ("its digest is another", changed(BOUGHT, K.REQUESTED, digest="0" * 64), "its digest is not that of its purchase"),
    ("a decision's digest is another", changed(BOUGHT, K.APPROVED, 1, digest="0" * 64), "about another purchase"),
    ("the purchase is another", cheaper(BOUGHT), "One was decided about another purchase"),
    ("it has no purchase", changed(BOUGHT, K.REQUESTED, purchase=None), "its digest is not that of its purchase"),
    ("it passes no stage", changed(BOUGHT, K.REQUESTED, stages=()), "it passes no stage"),
    ("authorised for something else", changed(BOUGHT, K.AUTHORISED, digest="0" * 64), "asked for something else"),
    ("the decider asked", changed(BOUGHT, K.APPROVED, actor_id=REQUESTER), "was decided by who asked for it"),
    ("the asker decided", changed(BOUGHT, K.REQUESTED, actor_id=LEAD), "One was decided by who asked for it"),
    ("who was behind the asker decided", changed(BOUGHT, K.REQUESTED, by_id=HEAD), "Two was decided by who asked"),
    ("for whom was asked decided", changed(BOUGHT, K.REQUESTED, requester_id=HEAD), "Two was decided by who asked"),
    ("the principal asked", changed(KEPT["by a stand-in"], K.REQUESTED, actor_id=HEAD), "Two was decided by who asked"),
    (
        "the stand-in asked",
        changed(KEPT["by a stand-in"], K.REQUESTED, actor_id=STAND_IN),
        "Two was decided by who asked",
    ),
    (
        "who was signed for signs for another",
        changed(KEPT["by a stand-in"], K.APPROVED, 2, actor_id=HEAD, on_behalf_of=DIRECTOR),
        "Three was decided by who had signed already",
    ),
    (
        "a stand-in signs twice",
        changed(KEPT["by a stand-in"], K.APPROVED, 2, actor_id=STAND_IN, on_behalf_of=DIRECTOR),
        "Three was decided by who had signed already",
    ),
    ("one signed twice", changed(BOUGHT, K.APPROVED, 1, actor_id=LEAD, on_behalf_of=HEAD), "who had signed already"),
    ("one was signed for twice", changed(BOUGHT, K.APPROVED, 1, on_behalf_of=LEAD), "who had signed already"),
    ("a stranger decided", changed(BOUGHT, K.APPROVED, actor_id=STAND_IN), "somebody whose place it was not"),
    ("the program decided", changed(BOUGHT, K.APPROVED, actor_id=None), "not decided by an approver in person"),
    ("an admin decided as them", changed(BOUGHT, K.APPROVED, by_id=STAND_IN), "not decided by an approver in person"),
    ("decided in another round", changed(BOUGHT, K.APPROVED, round=2), "One was decided in another round"),
    ("a signature is gone", changed(OWN, K.APPROVED, signature=None), "without the signature that it wants"),
    (
        "a refusal is overruled",
        put(ENDED[:-1], len(ENDED) - 2, replace(BOUGHT[at(BOUGHT, K.AUTHORISED)])),
        "Three has refused it",
    ),
    ("decided after the end", [*ENDED, replace(BOUGHT[at(BOUGHT, K.APPROVED)])], "decided while it was not open"),
    (
        "decided at the stage that ended it",
        [*LOST, replace(MANY_BOUGHT[at(MANY_BOUGHT, K.APPROVED)], actor_id=DIRECTOR)],
        "one was decided while it was not open",
    ),
    ("opened after the end", [*LOST, LOST[at(LOST, K.OPENED)]], "one was opened and is no stage of it"),
    (
        "decided after it was authorised",
        put(BOUGHT, at(BOUGHT, K.AUTHORISED), replace(BOUGHT[at(BOUGHT, K.APPROVED)])),
        "it was decided although nothing was to be decided",
    ),
    ("authorised twice", put(BOUGHT, at(BOUGHT, K.AUTHORISED), BOUGHT[at(BOUGHT, K.AUTHORISED)]), "it has no round"),
    ("authorised after a refusal", [*ENDED, replace(BOUGHT[at(BOUGHT, K.AUTHORISED)])], "it had ended before"),
    ("authorised after a withdrawal", [*KEPT["withdrawn"], BOUGHT[at(BOUGHT, K.AUTHORISED)]], "it had ended before"),
    ("its passing on is gone", dropped(KEPT["to another holder"], K.PASSED), "somebody whose place it was not"),
    ("decided while it was returned", dropped(RETURNED, K.ANSWERED), "One was decided while it waited for information"),
    ("decided while another had asked", changed(HASTY, K.RETURNED, actor_id=HEAD), "while it waited for information"),
    ("the change is gone", dropped(AMENDED, K.AMENDED), "a round began while another was open"),
    (
        "an approval of before the change",
        put(dropped(BACK, K.APPROVED, 1), at(BACK, K.OPENED, 3), replace(BACK[at(BACK, K.APPROVED)])),
        "One was decided in another round",
    ),
    (
        "a round after the end",
        [*ENDED, replace(BOUGHT[at(BOUGHT, K.REQUESTED)], round=2)],
        "a round began while another was open, or after the last",
    ),
    ("a round is called another", changed(BOUGHT, K.REQUESTED, round=4), "it is called round 4 and is round 1"),
    (
        "a round for nothing to buy",
        [*KEPT["a ticket that buys nothing"], BOUGHT[at(BOUGHT, K.REQUESTED)]],
        "a round began although nothing was to be bought",
    ),
    (
        "opened for somebody else",
        changed(BOUGHT, K.OPENED, slots=(Slot("cleaner", LEAD),)),
        "one was opened for others than those who decide it",
    ),
    (
        "opened for one of three",
        changed(MANY_BOUGHT, K.OPENED, slots=(Slot("lead", LEAD),)),
        "one was opened for others than those who decide it",
    ),
    (
        "opened for one more",
        changed(BOUGHT, K.OPENED, slots=(Slot("lead", LEAD), Slot("head", HEAD))),
        "one was opened for others than those who decide it",
    ),
    ("a stage that it hasn't", changed(BOUGHT, K.OPENED, 2, stage="four"), "four was opened and is no stage of it"),
    (
        "who had signed lost their place",
        put(
            MANY_BOUGHT,
            at(MANY_BOUGHT, K.APPROVED),
            Fact(
                kind=K.PASSED,
                at=AT,
                actor_id=None,
                round=1,
                stage="one",
                slots=(Slot("lead", LEAD), Slot("head", STAND_IN), Slot("director", DIRECTOR)),
            ),
        ),
        "one was passed on after it had been decided",
    ),
    (
        "who had refused lost their place",
        put(
            MANY_BOUGHT,
            at(MANY_BOUGHT, K.REFUSED),
            Fact(
                kind=K.PASSED,
                at=AT,
                actor_id=None,
                round=1,
                stage="one",
                slots=(Slot("lead", LEAD), Slot("head", HEAD), Slot("director", STAND_IN)),
            ),
        ),
        "one was passed on after it had been decided",
    ),
    (
        "another stage was passed on",
        put(BOUGHT, at(BOUGHT, K.OPENED, 1), replace(BOUGHT[at(BOUGHT, K.OPENED)], kind=K.PASSED)),
        "one was passed on after it had been decided",
    ),
    ("claimed while it waits", between(K.OPENED, K.CLAIMED, status=S.ASSIGNED, assignee_id=AGENT)(BOUGHT), "claimed"),
    ("moved by hand", changed(BOUGHT, K.OPENED, status=S.NEW), "opened made it new without a complete chain"),
    ("born by hand as new", changed(BOUGHT, K.SUBMITTED, status=S.NEW), "submitted made it new"),
    (
        "received before it was approved",
        between(K.OPENED, K.RECEIVED, status=S.IN_PROGRESS)(REPAIRED),
        "received made it in_progress without a complete chain",
    ),
    (
        "resolved while it waits",
        between(K.OPENED, K.RESOLVED, status=S.RESOLVED)(REPAIRED),
        "resolved made it resolved without a complete chain",
    ),
    (
        "closed as done while it waits",
        between(K.OPENED, K.CLOSED, status=S.CLOSED, outcome=Outcome.DONE)(REPAIRED),
        "closed made it closed without a complete chain",
    ),
    (
        "a delivery is waited for that nobody authorised",
        changed(REPAIRED, K.APPROVED, 2, status=S.WAITING, reason=WaitReason.DELIVERY),
        "approved made it waiting without a complete chain",
    ),
    (
        "a purchase was withdrawn into work",
        changed(KEPT["withdrawn"], K.WITHDRAWN, status=S.IN_PROGRESS, outcome=None, assignee_id=AGENT),
        "withdrawn made it in_progress without a complete chain",
    ),
    (
        "a purchase was declined into work",
        changed(ENDED, K.DECLINED, status=S.IN_PROGRESS, outcome=None, assignee_id=AGENT),
        "declined made it in_progress without a complete chain",
    ),
    (
        "a purchase was given up as done",
        changed(KEPT["withdrawn"], K.WITHDRAWN, outcome=Outcome.DONE),
        "withdrawn made it closed without a complete chain",
    ),
    (
        "a pivot that was given up went to the pool",
        changed(KEPT["a repair given up"], K.WITHDRAWN, assignee_id=None, status=S.NEW),
        "withdrawn made it new without a complete chain",
    ),
    (
        "a pivot that was given up is nobody's work",
        changed(KEPT["a repair given up"], K.WITHDRAWN, assignee_id=None),
        "withdrawn made it in_progress without a complete chain",
    ),
    (
        "a pivot that was given up is done",
        changed(KEPT["a repair given up"], K.WITHDRAWN, status=S.RESOLVED),
        "withdrawn made it resolved without a complete chain",
    ),
    (
        "a purchase pivoted out of its chain",
        [
            *KEPT["born and just asked"],
            replace(REPAIRED[at(REPAIRED, K.PIVOTED)], assignee_id=AGENT),
            Fact(kind=K.WITHDRAWN, at=AT, actor_id=REQUESTER, status=S.IN_PROGRESS),
        ],
        "another purchase began while one was undecided",
    ),
    ("reopened after a refusal", [*ENDED, Fact(kind=K.REOPENED, at=AT, actor_id=1, status=S.NEW)], "reopened made it"),
]


@pytest.mark.parametrize(("facts", "why"), [t[1:] for t in TAMPERED], ids=[t[0] for t in TAMPERED])
def test_each_tampering_is_named(facts: list[Fact], why: str) -> None:
    assert any(why in said for said in faults(facts)), faults(facts)


def test_a_stage_that_nobody_ever_asked_for_is_not_the_facts_to_tell() -> None:
    """What stages there are to pass stands in the round itself: that it was another is the audit trail's to show."""
    assert faults(unstaged(BOUGHT)) == []


def test_a_purchase_once_bought_may_pivot_and_give_that_up() -> None:
    facts = KEPT["a purchase that pivots"]
    assert [fact.kind for fact in facts][-1] is K.WITHDRAWN
    assert faults([*facts, Fact(kind=K.RESOLVED, at=AT, actor_id=AGENT, status=S.RESOLVED)]) == []
    undecided = [fact for fact in facts if fact.kind is not K.WITHDRAWN]
    wrong = faults([*undecided, Fact(kind=K.RESOLVED, at=AT, actor_id=AGENT, status=S.RESOLVED)])
    assert wrong == [f"fact {len(undecided) + 1}: resolved made it resolved without a complete chain"]


def test_a_withdrawn_pivot_pays_for_no_purchase_that_was_owed() -> None:
    """It is named at its pivot, at being withdrawn into work, and with every fact from then on."""
    born = KEPT["born and just asked"]
    pivot = replace(REPAIRED[at(REPAIRED, K.PIVOTED)], assignee_id=AGENT)
    back = Fact(kind=K.WITHDRAWN, at=AT, actor_id=REQUESTER, status=S.IN_PROGRESS)
    done = Fact(kind=K.RESOLVED, at=AT, actor_id=AGENT, status=S.RESOLVED)
    assert [why.partition(": ")[0] for why in faults([*born, pivot, back, done])] == ["fact 4", "fact 5", "fact 6"]


@pytest.mark.parametrize("name", [name for name, facts in KEPT.items() if K.AUTHORISED in {f.kind for f in facts}])
def test_without_any_one_approval_that_was_needed_nothing_is_authorised(name: str) -> None:
    facts = KEPT[name]
    needless = {"changed after two": 2, "changed and back": 1}.get(name, 0)  # what the change made void
    for number in range(needless, sum(fact.kind is K.APPROVED for fact in facts)):
        assert any("authorised although" in why for why in faults(dropped(facts, K.APPROVED, number)))


def test_a_stage_that_may_do_with_fewer_needs_no_more() -> None:
    spec = StageSpec("one", "One", ("lead", "head", "director"), "any", False)  # noqa: FBT003 - as facts have it
    facts = told([do(HEAD, A.APPROVE)], rules=(rule("one", "lead", "head", "director", quorum="any"),))
    assert (facts[1].stages, faults(facts)) == ((spec,), [])


def where(facts: list[Fact], why: str) -> set[str]:
    return {said.partition(": ")[0] for said in faults(facts) if why in said}


def test_who_asked_for_a_purchase_that_was_changed_has_asked_for_what_it_became() -> None:
    facts = changed(AMENDED, K.REQUESTED, actor_id=HEAD)
    mine = [at(AMENDED, K.APPROVED, number) + 1 for number in (1, 3)]  # in the first round, and in the second
    assert where(facts, "Two was decided by who asked for it") >= {f"fact {number}" for number in mine}


@pytest.mark.parametrize("end", [do(DEPUTY, A.REFUSE), do(REQUESTER, A.WITHDRAW)], ids=["refused", "withdrawn"])
def test_who_asked_for_a_purchase_that_came_to_nothing_does_not_decide_the_next(end: Step) -> None:
    first = [*PIVOTED[:2], do(LEAD, A.PIVOT, purchase=TONER), end]
    facts = told([*first, do(AGENT, A.PIVOT, purchase=MORE), do(DEPUTY, A.APPROVE)], standard=True)
    assert faults(facts) == []
    assert where(changed(facts, K.APPROVED, actor_id=LEAD), "One was decided by who asked for it")


def test_who_asked_for_a_purchase_that_was_approved_may_decide_the_next() -> None:
    approved = [do(DEPUTY, A.APPROVE), *APPROVED[1:], do(AGENT, A.RECEIVE)]
    first = [*PIVOTED[:2], do(LEAD, A.PIVOT, purchase=TONER), do(AGENT, A.AMEND, purchase=MORE), *approved]
    assert faults(told([*first, do(AGENT, A.PIVOT, purchase=MORE), do(LEAD, A.APPROVE)], standard=True)) == []


def test_what_is_wrong_is_named_where_it_happens_and_where_it_is_believed() -> None:
    facts = changed(BOUGHT, K.OPENED, slots=(Slot("cleaner", LEAD),))
    why = "one was opened for others than those who decide it"
    assert where(facts, why) == {f"fact {at(BOUGHT, K.OPENED) + 1}", f"fact {at(BOUGHT, K.AUTHORISED) + 1}"}


def test_what_was_authorised_without_a_chain_stays_locked() -> None:
    facts = dropped(BOUGHT, K.APPROVED)
    last = at(facts, K.AUTHORISED)
    wrong = where(facts, "without a complete chain")
    assert wrong == {f"fact {number + 1}" for number in range(last, len(facts))}


def test_a_decision_for_somebody_else_wants_a_delegation_where_that_can_be_told() -> None:
    facts = told([do(LEAD, A.APPROVE), do(STAND_IN, A.APPROVE), do(DIRECTOR, A.APPROVE)])
    asked: list[tuple[int, int, datetime]] = []

    def could(place: int, by: int, when: datetime) -> bool:
        asked.append((place, by, when))
        return True

    assert (faults(facts), faults(facts, could), asked) == ([], [], [(HEAD, STAND_IN, AT)])
    said = faults(facts, lambda *_: False)
    why = "two was decided for somebody who had not delegated it"
    assert said[0] == f"fact {at(facts, K.APPROVED, 1) + 1}: {why}"
    assert f"fact {at(facts, K.AUTHORISED) + 1}: authorised although {why}" in said


def test_who_asks_for_somebody_else_wants_a_delegation_too() -> None:
    facts = told([do(LEAD, A.APPROVE), do(STAND_IN, A.ASK)])
    assert faults(facts, lambda *_: True) == []
    assert faults(facts, lambda *_: False) == [
        f"fact {len(facts)}: two was decided for somebody who had not delegated it"
    ]
