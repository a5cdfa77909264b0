"""Chains: who is seated, who may decide, what ends a stage, what goes on around it. Then random ones of all kinds."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.chain import Chain, Round, applying, chain_of
from deskterm.core.domain.clocks import Clock, Rated, Terms
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.facts import Fact, Ticket, from_data, to_data
from deskterm.core.domain.history import History, begin, fold, followed
from deskterm.core.domain.lifecycle import allowed
from deskterm.core.domain.panel import Delegation, Panel, Place, Roster, may_decide, passed_on
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Budget, Profile, Quorum, StageRule
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.proof import faults
from deskterm.core.domain.purchase import Line, Purchase, Wanted, written
from deskterm.core.domain.stages import Slot
from deskterm.core.domain.targets import Match
from deskterm.core.domain.waits import Wait, waits
from deskterm.core.domain.words import Action, CategoryKind, FactKind, Outcome, Role, RoundState, Status, WaitReason

A, K, S = Action, FactKind, Status
ACOB: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
PROFILE: Final = parse_profile(ACOB.read_text("utf-8"), source="acob.toml")
NOW: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
TONER: Final = Purchase((Line("Toner", 2, 4_500_00),), "NGN", "The printer is out")
MORE: Final = TONER._replace(lines=(Line("Toner", 3, 4_500_00),))

PEOPLE: Final = {
    person.name.lower(): person
    for person in (
        Person(1, "Remi", Role.REQUESTER, department_id=2),
        Person(2, "Sola", Role.REQUESTER),
        Person(3, "Ife", Role.AGENT, department_id=1),
        Person(4, "Ini", Role.AGENT, department_id=1),
        Person(5, "Lara", Role.LEAD, department_id=1),
        Person(6, "Olu", Role.LEAD, department_id=2),
        Person(7, "Hana", Role.EXECUTIVE),
        Person(8, "Ezra", Role.EXECUTIVE),
        Person(9, "Ada", Role.ADMIN),
    )
}
IDS: Final = {name: person.id for name, person in PEOPLE.items()}
NAMES: Final = {person.id: person.name for person in PEOPLE.values()}


def rule(key: str, *approvers: str, quorum: str = "all", least: int = 0, signed: bool = False) -> StageRule:
    return StageRule(
        key=key, title=key.title(), approvers=approvers, verifies="", quorum=Quorum.parse(quorum), from_minor=least,
        within=None, signed=signed,
    )  # fmt: skip


THREE: Final = (rule("one", "lead"), rule("two", "head"), rule("three", "director"))
POSTS: Final = {"lead@1": "lara", "lead@2": "olu", "head": "hana", "director": "ezra"}


def roster(posts: Mapping[str, str], *standing: tuple[str, str, datetime, datetime]) -> Roster:
    """Posts are `head`, or `lead@2` of department 2; who stands in is `(for, who, since, until)`."""
    held = {}
    for post, name in posts.items():
        key, _, department = post.partition("@")
        held[key, int(department) if department else None] = IDS[name]
    made = tuple(Delegation(IDS[of], IDS[to], since, until) for of, to, since, until in standing)
    known = {*held.values(), *(d.to_id for d in made)}
    return Roster(held, {person: NAMES[person] for person in known}, made)


def wanted(bought: Purchase) -> Wanted:
    lines = tuple(written(line, bought.currency) for line in bought.lines)
    return Wanted(lines, bought.currency, bought.justification, bought.vendor, bought.cost_centre)


@dataclass
class Always:
    """Every clock is reckoned on the wall; an approval stage has an hour."""

    profile: Profile = PROFILE

    def terms(self, name: str, ticket: Rated) -> Terms:
        target = 3_600_000_000 if name == "approval" and ticket.stage else None
        return Terms(Match(Budget(1, "h"), "so"), target, "always", Calendar.always(), 86_400)


@dataclass
class Case:
    """One ticket with its chain, and who is there to decide it."""

    roster: Roster
    rules: tuple[StageRule, ...] = THREE
    now: datetime = NOW
    facts: list[Fact] = field(default_factory=list)
    history: History | None = None

    @property
    def ticket(self) -> Ticket:
        assert self.history is not None
        return self.history.ticket

    @property
    def chain(self) -> Chain:
        assert self.history is not None
        return self.history.chain

    @property
    def round(self) -> Round:
        return self.chain[-1]

    @property
    def panel(self) -> Panel:
        home = next(p.department_id for p in PEOPLE.values() if p.id == self.ticket.requester_id)
        return Panel(self.chain, self.rules, "NGN", self.roster, Place(self.ticket.department_id, home))

    @property
    def seats(self) -> list[tuple[str, str]]:
        return [(slot.post, NAMES.get(slot.person_id or 0, "-").lower()) for slot in self.round.slots]

    @property
    def kinds(self) -> list[FactKind]:
        return [fact.kind for fact in self.facts]

    def take(self, facts: Iterable[Fact]) -> None:
        if self.history is None:
            first, *facts = facts
            self.history = begin(first, Always())
            self.facts.append(first)
        told = followed(self.history, facts, Always())
        self.facts += [fact for fact, _ in told]
        self.history = told[-1][1] if told else self.history

    def born(self, kind: CategoryKind, requester: str = "remi", by: str = "") -> None:
        standard = kind is CategoryKind.STANDARD
        said = Fact(
            kind=K.SUBMITTED, at=self.now, actor_id=IDS[by or requester], status=S.NEW if standard else
            S.PENDING_APPROVAL, requester_id=IDS[requester], department_id=1, category_id=1, category_kind=kind,
            priority=3, title="Toner",
        )  # fmt: skip
        self.take([said])

    def bought(self, requester: str = "remi", by: str = "", really: str = "") -> "Case":
        """A purchase is submitted by its requester, or by somebody for them, or by an admin who acts as one of them."""
        self.born(CategoryKind.PROCUREMENT, requester, by)
        behind = IDS[really] if really else None
        self.take(put_before(self.ticket, self.panel, TONER, IDS[by or requester], self.now, by_id=behind))
        return self

    def pivoted(self, by: str = "ife") -> "Case":
        """A repair that Ife has turns out to need a purchase."""
        self.born(CategoryKind.STANDARD)
        self.do("ife", A.CLAIM)
        self.do("ife", A.START)
        self.do(by, A.PIVOT, purchase=TONER)
        return self

    def do(
        self, who: str, action: Action, text: str = "so", purchase: Purchase | None = None, **given: Any
    ) -> tuple[Fact, ...]:
        said = Arguments(text=text, purchase=wanted(purchase) if purchase else None, **given)
        made = decide(self.ticket, action, said, PEOPLE[who], now=self.now, panel=self.panel)
        self.take(made)
        return made

    def refused(self, who: str, action: Action = A.APPROVE, **given: Any) -> str:
        before = self.history
        with pytest.raises(NotAllowed) as caught:
            self.do(who, action, **given)
        assert self.history == before
        return str(caught.value)

    def pass_on(self, posts: Mapping[str, str] | None = None) -> Fact | None:
        if posts is not None:
            self.roster = roster(posts)
        fact = passed_on(self.round, self.panel.place, self.roster, self.now)
        self.take([fact] if fact else [])
        return fact

    def deciders(self) -> set[str]:
        return {NAMES[person].lower() for person in may_decide(self.round, self.roster, self.now)}


def case(posts: Mapping[str, str] = POSTS, *rules: StageRule) -> Case:
    return Case(roster(posts), rules or THREE)


# --- seats ---


def test_each_stage_is_its_own_approvers() -> None:
    bought = case().bought()
    assert bought.round.slots == (Slot("lead", IDS["lara"]),)
    bought.do("lara", A.APPROVE)
    assert bought.round.slots == (Slot("head", IDS["hana"]),)
    bought.do("hana", A.APPROVE)
    assert bought.round.slots == (Slot("director", IDS["ezra"]),)


def test_who_asked_is_not_seated_the_deputy_first_and_then_the_next_above() -> None:
    alone = case().bought(requester="lara")
    deputy = case({**POSTS, "lead.deputy@1": "ini"}).bought(requester="lara")
    assert alone.round.slots == (Slot("head", IDS["hana"], "lead Lara asked for it; lead.deputy is vacant"),)
    assert deputy.round.slots == (Slot("lead.deputy", IDS["ini"], "lead Lara asked for it"),)


@pytest.mark.parametrize(
    "asked",
    [{"requester": "lara"}, {"by": "lara"}, {"really": "lara"}, {"requester": "lara", "by": "ife"}],
    ids=["the requester", "who submitted it", "the admin behind them", "for whom it was submitted"],
)
def test_everybody_who_had_a_part_in_asking_is_barred(asked: dict[str, str]) -> None:
    bought = case().bought(**asked)
    assert bought.seats == [("head", "hana")]
    assert bought.deciders() == {"hana"}
    assert "nobody decides about what they asked for" in bought.refused("lara")


def test_who_pivots_asks_and_so_does_the_requester() -> None:
    pivoted = case().pivoted(by="lara")
    assert pivoted.round.askers == {IDS["lara"], IDS["remi"]}
    assert pivoted.seats == [("head", "hana")]


def test_a_place_passed_above_leaves_the_next_stage_to_somebody_else() -> None:
    bought = case({**POSTS, "director.deputy": "ada"}).bought(requester="lara")
    assert bought.seats == [("head", "hana")]
    bought.do("hana", A.APPROVE)
    assert bought.round.slots[0].because == "head Hana decides elsewhere in this round; head.deputy is vacant"
    assert bought.seats == [("director", "ezra")]
    bought.do("ezra", A.APPROVE)
    assert bought.seats == [("director.deputy", "ada")]
    bought.do("ada", A.APPROVE)
    assert bought.ticket.status is S.NEW


def test_where_nobody_is_above_the_place_is_vacant_and_says_why() -> None:
    bought = case().bought(requester="ezra")
    bought.do("lara", A.APPROVE)
    bought.do("hana", A.APPROVE)
    assert bought.round.slots == (Slot("director", None, "director Ezra asked for it; director.deputy is vacant"),)
    assert bought.deciders() == set()


def test_a_vacant_post_is_not_passed_above() -> None:
    vacant = case({key: name for key, name in POSTS.items() if key != "lead@1"}).bought()
    assert vacant.round.slots == (Slot("lead", None, "lead is vacant; lead.deputy is vacant"),)
    assert vacant.deciders() == set()
    assert "nobody has the post that is to decide it" in vacant.refused("hana")


def test_a_vacant_post_with_a_deputy_is_the_deputys() -> None:
    posts = {key: name for key, name in POSTS.items() if key != "lead@1"} | {"lead.deputy@1": "ini"}
    assert case(posts).bought().round.slots == (Slot("lead.deputy", IDS["ini"], "lead is vacant"),)


def test_who_holds_two_posts_signs_once() -> None:
    bought = case({**POSTS, "head": "lara"}).bought()
    bought.do("lara", A.APPROVE)
    assert bought.round.slots[0] == Slot(
        "director", IDS["ezra"], "head Lara decides elsewhere in this round; head.deputy is vacant"
    )
    assert "nobody signs twice in a round" in bought.refused("lara")


def test_who_holds_two_posts_of_one_stage_has_one_place_of_it() -> None:
    both = rule("both", "lead", "head")
    bought = case({**POSTS, "head": "lara", "head.deputy": "hana"}, both).bought()
    assert bought.seats == [("lead", "lara"), ("head.deputy", "hana")]


def test_the_lead_of_the_requesters_department() -> None:
    theirs = (rule("one", "requester_lead"),)
    assert case(POSTS, *theirs).bought(requester="remi").seats == [("requester_lead", "olu")]
    assert case(POSTS, *theirs).bought(requester="ife").seats == [("requester_lead", "lara")]
    assert case(POSTS, *theirs).bought(requester="sola").round.slots[0].because == (
        "requester_lead is vacant; requester_lead.deputy is vacant"
    )
    deputy = case({**POSTS, "lead.deputy@2": "ini"}, *theirs).bought(requester="olu")
    assert deputy.seats == [("requester_lead.deputy", "ini")]


# --- stages and quorums ---


@pytest.mark.parametrize(
    ("quorum", "decisions", "ends"),
    [
        ("all", "++", ""),
        ("all", "+++", "won"),
        ("all", "+-", "lost"),
        ("any", "+", "won"),
        ("any", "--", ""),
        ("any", "--+", "won"),
        ("any", "---", "lost"),
        ("2", "+", ""),
        ("2", "+-", ""),
        ("2", "+-+", "won"),
        ("2", "--", "lost"),
        ("2", "-+-", "lost"),
        ("50%", "+", ""),
        ("50%", "++", "won"),
        ("50%", "--", "lost"),
        ("34%", "-+", ""),
        ("34%", "-++", "won"),
        ("33%", "--+", "won"),
    ],
)
def test_a_stage_with_several_approvers_ends_by_its_quorum(quorum: str, decisions: str, ends: str) -> None:
    bought = case(POSTS, rule("one", "lead", "head", "director", quorum=quorum)).bought()
    for who, sign in zip(("hana", "lara", "ezra"), decisions, strict=False):
        assert bought.ticket.status is S.PENDING_APPROVAL
        bought.do(who, A.APPROVE if sign == "+" else A.REFUSE)
    status = {"": S.PENDING_APPROVAL, "won": S.NEW, "lost": S.CLOSED}[ends]
    assert bought.ticket.status is status
    assert bought.round.state is {"": RoundState.OPEN, "won": RoundState.APPROVED, "lost": RoundState.REFUSED}[ends]
    assert len([fact for fact in bought.facts if fact.ends]) == bool(ends)
    assert faults(bought.facts) == []


def test_the_order_of_the_stages_is_kept_and_nobody_decides_ahead_of_it() -> None:
    bought = case().bought()
    assert "it waits for Lara" in bought.refused("ezra")
    for who in ("lara", "hana", "ezra"):
        assert bought.deciders() == {who}
        bought.do(who, A.APPROVE)
    assert (bought.ticket.status, bought.ticket.stage, bought.kinds[-1]) == (S.NEW, "", K.AUTHORISED)


def test_a_refusal_ends_the_chain_at_once_with_its_reason() -> None:
    bought = case().bought()
    bought.do("lara", A.APPROVE)
    *_, declined = bought.do("hana", A.REFUSE, "not this year")
    assert (declined.kind, declined.text, declined.outcome) == (K.DECLINED, "not this year", Outcome.REJECTED)
    assert (bought.ticket.status, bought.round.state) == (S.CLOSED, RoundState.REFUSED)
    pivoted = case().pivoted()
    pivoted.do("lara", A.REFUSE, "no")
    assert (pivoted.ticket.status, pivoted.ticket.assignee_id) == (S.IN_PROGRESS, IDS["ife"])


def test_a_pivot_that_was_approved_waits_for_its_delivery_and_may_be_followed_by_another() -> None:
    pivoted = case().pivoted()
    for who in ("lara", "hana", "ezra"):
        pivoted.do(who, A.APPROVE)
    assert (pivoted.ticket.status, pivoted.ticket.reason) == (S.WAITING, WaitReason.DELIVERY)
    pivoted.do("ife", A.RECEIVE)
    pivoted.do("ife", A.PIVOT, purchase=TONER)
    assert [(r.number, r.state) for r in pivoted.chain] == [(1, RoundState.APPROVED), (2, RoundState.OPEN)]
    assert pivoted.seats == [("lead", "lara")]
    for who in ("lara", "hana", "ezra"):
        pivoted.do(who, A.APPROVE)
    assert faults(pivoted.facts) == []


@pytest.mark.parametrize("end", ["refused", "withdrawn"])
def test_after_a_pivot_that_came_to_nothing_who_asked_then_has_asked_for_the_next(end: str) -> None:
    pivoted = case().pivoted(by="lara")
    pivoted.do(*(("hana", A.REFUSE) if end == "refused" else ("remi", A.WITHDRAW)))
    pivoted.do("ife", A.PIVOT, purchase=MORE)
    assert pivoted.round.askers == {IDS["ife"], IDS["remi"], IDS["lara"]}
    assert pivoted.seats == [("head", "hana")]


def test_after_a_pivot_that_was_approved_who_asked_then_decides_the_next() -> None:
    pivoted = case({**POSTS, "director.deputy": "ada"}).pivoted(by="lara")
    for who in ("hana", "ezra", "ada"):
        pivoted.do(who, A.APPROVE)
    pivoted.do("ife", A.RECEIVE)
    pivoted.do("ife", A.PIVOT, purchase=MORE)
    assert pivoted.round.askers == {IDS["ife"], IDS["remi"]}
    assert pivoted.seats == [("lead", "lara")]


@pytest.mark.parametrize(
    ("unit", "currency", "stages"),
    [
        (99_99, "NGN", ["one"]),
        (100_00, "NGN", ["one", "two"]),
        (499_99, "NGN", ["one", "two"]),
        (500_00, "NGN", ["one", "two", "three"]),
        (1, "USD", ["one", "two", "three"]),
    ],
)
def test_thresholds_add_stages_and_another_currency_passes_them_all(
    unit: int, currency: str, stages: list[str]
) -> None:
    rules = (rule("one", "lead"), rule("two", "head", least=100_00), rule("three", "director", least=500_00))
    bought = Purchase((Line("x", 1, unit),), currency, "so")
    assert [spec.key for spec in applying(rules, bought, "NGN")] == stages


def test_without_a_stage_nothing_can_be_put_before_a_chain() -> None:
    nothing = Case(roster(POSTS), ())
    nothing.born(CategoryKind.PROCUREMENT)
    with pytest.raises(NotAllowed, match="no approval chain"):
        put_before(nothing.ticket, nothing.panel, TONER, 1, NOW)


def test_a_stage_that_wants_a_signature_takes_no_other_decision_but_a_question() -> None:
    bought = case(POSTS, rule("one", "lead", signed=True)).bought()
    assert "wants your signature" in bought.refused("lara")
    assert "wants your signature" in bought.refused("lara", A.REFUSE)
    bought.do("lara", A.ASK)
    assert bought.ticket.returned


# --- information ---


def clock(of: Case, cycle: int) -> Clock:
    assert of.history is not None
    return next(c for c in of.history.clocks if (c.name, c.cycle) == ("approval", cycle))


@pytest.mark.parametrize("who", ["remi", "ife"], ids=["the requester", "the agent"])
def test_information_that_was_asked_for_stops_the_stages_clock_until_somebody_answers(who: str) -> None:
    pivoted = case().pivoted()
    pivoted.now += HOUR / 4
    pivoted.do("lara", A.ASK, "which one?")
    assert (pivoted.ticket.returned, clock(pivoted, 1).due_at) == (True, None)
    assert "it waits for the information that was asked for" in pivoted.refused("hana")
    pivoted.now += DAY
    replied, answered = pivoted.do(who, A.REPLY, "the black one")
    assert (replied.kind, answered.kind, answered.stage) == (K.REPLIED, K.ANSWERED, "one")
    assert clock(pivoted, 1).due_at == pivoted.now + HOUR * 3 / 4
    assert (pivoted.ticket.returned, pivoted.seats, pivoted.deciders()) == (False, [("lead", "lara")], {"lara"})
    pivoted.do("lara", A.APPROVE)
    assert clock(pivoted, 1).stopped_at == pivoted.now
    assert clock(pivoted, 2).due_at == pivoted.now + HOUR


def test_who_asked_may_do_without_the_answer_and_nobody_else() -> None:
    bought = case(POSTS, rule("one", "lead", "head", "director")).bought()
    bought.do("lara", A.ASK)
    bought.now += HOUR
    assert "it waits for the information that was asked for" in bought.refused("hana")
    bought.do("lara", A.APPROVE)
    assert (bought.ticket.returned, bought.round.is_returned, bought.deciders()) == (False, False, {"hana", "ezra"})
    bought.now += HOUR
    assert sorted(told(bought))[:2] == [(1, "one", "ezra", timedelta(), K.RETURNED), (1, "one", "ezra", HOUR, None)]
    assert faults(bought.facts) == []


def test_an_approvers_own_reply_is_no_answer() -> None:
    bought = case().bought()
    bought.do("lara", A.ASK)
    assert [fact.kind for fact in bought.do("lara", A.REPLY, "I meant the colour")] == [K.REPLIED]
    assert bought.ticket.returned


def test_a_reply_that_nobody_asked_for_is_no_answer() -> None:
    bought = case().bought()
    assert [fact.kind for fact in bought.do("remi", A.REPLY)] == [K.REPLIED]


def test_a_note_is_no_answer() -> None:
    bought = case().bought()
    bought.do("lara", A.ASK)
    bought.do("ife", A.NOTE)
    assert bought.ticket.returned


def test_a_question_is_no_signature_so_who_asked_it_may_still_decide() -> None:
    bought = case().bought()
    for _ in range(3):
        bought.do("lara", A.ASK)
        bought.do("remi", A.REPLY)
    bought.do("lara", A.APPROVE)
    assert bought.ticket.stage == "two"


# --- standing in ---

WEEK: Final = (NOW, NOW + 7 * DAY)


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (NOW - timedelta(microseconds=1), {"lara"}),
        (NOW, {"lara", "ini"}),
        (NOW + 7 * DAY - timedelta(microseconds=1), {"lara", "ini"}),
        (NOW + 7 * DAY, {"lara"}),
    ],
    ids=["just before", "from the first instant", "to the last", "no longer"],
)
def test_a_stand_in_decides_from_the_one_day_to_the_other(at: datetime, may: set[str]) -> None:
    bought = Case(roster(POSTS, ("lara", "ini", *WEEK)), now=NOW - DAY).bought()
    bought.now = at
    assert bought.deciders() == may


def test_what_a_stand_in_decides_is_for_whose_place_it_is_and_both_have_signed() -> None:
    bought = Case(roster(POSTS, ("lara", "ini", *WEEK), ("hana", "ini", *WEEK), ("hana", "lara", *WEEK))).bought()
    made, _ = bought.do("ini", A.APPROVE)
    assert (made.actor_id, made.on_behalf_of) == (IDS["ini"], IDS["lara"])
    assert bought.round.barred >= {IDS["ini"], IDS["lara"]}
    assert bought.deciders() == {"hana"}


def test_ones_own_place_comes_first() -> None:
    both = rule("both", "lead", "head")
    bought = Case(roster(POSTS, ("lara", "hana", *WEEK)), (both,)).bought()
    (made,) = bought.do("hana", A.APPROVE)
    assert made.on_behalf_of is None
    assert bought.deciders() == {"lara"}


def test_a_stand_in_passes_nothing_on() -> None:
    bought = Case(roster(POSTS, ("lara", "ini", *WEEK), ("ini", "ife", *WEEK))).bought()
    assert bought.deciders() == {"lara", "ini"}


def test_a_stand_in_who_asked_is_barred() -> None:
    bought = Case(roster(POSTS, ("lara", "ini", *WEEK))).bought(by="ini")
    assert bought.deciders() == {"lara"}
    assert "nobody decides about what they asked for" in bought.refused("ini")


def test_who_left_can_no_longer_be_stood_in_for() -> None:
    bought = Case(roster(POSTS, ("lara", "ini", *WEEK))).bought()
    bought.roster = roster({"head": "hana", "director": "ezra"}, ("lara", "ini", *WEEK))
    assert bought.deciders() == set()


# --- a purchase that is changed, or given up ---


def test_a_change_voids_what_was_decided_and_begins_another_round() -> None:
    bought = case().bought()
    bought.do("lara", A.APPROVE)
    bought.now += HOUR
    void, asked, opened = bought.do("remi", A.AMEND, "three after all", purchase=MORE)
    assert (void.kind, asked.kind, opened.kind) == (K.AMENDED, K.REQUESTED, K.OPENED)
    assert (void.digest, asked.digest) == (TONER.digest, MORE.digest)
    first, second = bought.chain
    assert (first.state, first.ended_at, first.stage, first.slots) == (RoundState.VOIDED, bought.now, "", ())
    assert (second.number, second.state, second.decisions, second.stage) == (2, RoundState.OPEN, (), "one")
    for who in ("lara", "hana", "ezra"):
        bought.do(who, A.APPROVE)
    assert (bought.ticket.status, faults(bought.facts)) == (S.NEW, [])


def test_everybody_who_changed_it_has_asked_for_it() -> None:
    bought = case({**POSTS, "lead.deputy@1": "ini"}).bought()
    bought.do("lara", A.AMEND, purchase=MORE)
    assert bought.round.askers == {IDS["remi"], IDS["lara"]}
    assert bought.seats == [("lead.deputy", "ini")]
    bought.do("ini", A.AMEND, purchase=TONER)
    assert bought.round.askers == {IDS["remi"], IDS["lara"], IDS["ini"]}
    assert bought.seats == [("head", "hana")]


def test_a_change_while_information_is_awaited_begins_anew() -> None:
    bought = case().bought()
    bought.do("lara", A.ASK)
    bought.do("remi", A.AMEND, purchase=MORE)
    assert (bought.ticket.returned, bought.round.is_returned, bought.deciders()) == (False, False, {"lara"})


def test_no_change_is_refused() -> None:
    assert "asks for just that already" in case().bought().refused("remi", A.AMEND, purchase=TONER)


def test_an_older_purchase_that_nobody_wrote_down_gets_its_first_round() -> None:
    older = case()
    older.born(CategoryKind.PROCUREMENT)
    assert "nobody has said yet what is to be bought" in older.refused("lara")
    assert [fact.kind for fact in older.do("remi", A.AMEND, purchase=TONER)] == [K.REQUESTED, K.OPENED]
    assert older.deciders() == {"lara"}


@pytest.mark.parametrize("returned", [False, True])
def test_a_purchase_can_be_withdrawn(returned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    bought, pivoted = case().bought(), case().pivoted()
    for one in (bought, pivoted):
        one.do("lara", A.ASK if returned else A.APPROVE)
        one.do("remi", A.WITHDRAW)
        assert (one.round.state, one.ticket.stage, one.ticket.returned) == (RoundState.WITHDRAWN, "", False)
        assert faults(one.facts) == []
    assert (bought.ticket.status, bought.ticket.outcome) == (S.CLOSED, Outcome.CANCELLED)
    assert (pivoted.ticket.status, pivoted.ticket.assignee_id) == (S.IN_PROGRESS, IDS["ife"])


# --- posts that change hands ---


def test_a_place_goes_to_who_has_the_post_by_now() -> None:
    bought = case().bought()
    assert bought.pass_on() is None
    passed = bought.pass_on({**POSTS, "lead@1": "ini"})
    assert passed is not None
    assert (passed.kind, passed.actor_id, passed.stage) == (K.PASSED, None, "one")
    assert (bought.seats, bought.deciders()) == ([("lead", "ini")], {"ini"})
    assert bought.pass_on() is None


def test_a_vacant_place_waits_for_its_post_and_a_deputy_keeps_what_was_passed_to_them() -> None:
    bought = case().bought()
    bought.pass_on({"head": "hana", "director": "ezra"})
    assert bought.seats == [("lead", "-")]
    bought.pass_on({"lead.deputy@1": "ini", "head": "hana", "director": "ezra"})
    assert bought.seats == [("lead.deputy", "ini")]
    assert bought.pass_on({"lead@1": "lara", "lead.deputy@1": "ini", "head": "hana", "director": "ezra"}) is None


def test_a_new_holder_who_asked_is_passed_over() -> None:
    bought = case().bought(by="ini")
    bought.pass_on({**POSTS, "lead@1": "ini"})
    assert bought.seats == [("head", "hana")]


def test_a_place_of_somebody_who_asked_is_passed_on_however_they_came_by_it() -> None:
    bought = case()
    bought.born(CategoryKind.PROCUREMENT)
    asked, opened = put_before(bought.ticket, bought.panel, TONER, IDS["remi"], NOW)
    bought.take([replace(asked, by_id=IDS["lara"]), opened])
    assert (bought.seats, bought.deciders()) == ([("lead", "lara")], set())
    bought.pass_on()
    assert bought.seats == [("head", "hana")]


def test_a_place_that_was_decided_stays_as_it_was_decided() -> None:
    both = rule("both", "lead", "head")
    bought = case(POSTS, both).bought()
    bought.do("lara", A.APPROVE)
    bought.pass_on({**POSTS, "lead@1": "ini", "head": "ezra"})
    assert bought.seats == [("lead", "lara"), ("head", "ezra")]
    assert bought.deciders() == {"ezra"}


def test_who_has_a_place_already_gets_no_second_one_when_they_get_another_post() -> None:
    """Hana keeps hers, so the place of the post that Lara left is her deputy's, not nobody's for ever."""
    both = rule("both", "lead", "head")
    bought = case({**POSTS, "lead.deputy@1": "ini"}, both).bought()
    bought.pass_on({"lead@1": "hana", "lead.deputy@1": "ini", "head": "hana", "director": "ezra"})
    assert bought.seats == [("lead.deputy", "ini"), ("head", "hana")]
    alone = case(POSTS, both).bought()
    alone.pass_on({"lead@1": "hana", "head": "hana", "director": "ezra"})
    assert alone.seats == [("lead", "-"), ("head", "hana")]


def test_two_who_change_posts_change_places() -> None:
    both = rule("both", "lead", "head")
    bought = case(POSTS, both).bought()
    bought.pass_on({"lead@1": "hana", "head": "lara", "director": "ezra"})
    assert bought.seats == [("lead", "hana"), ("head", "lara")]


# --- who was waited for ---


def told(of: Case) -> list[tuple[int, str, str, timedelta, FactKind | None]]:
    return [
        (w.round, w.stage, NAMES.get(w.person_id or 0, "-").lower(), (w.until or of.now) - w.since, w.ended_by)
        for w in waits(of.facts)
    ]


def test_waits_are_of_whom_and_how_long_and_information_is_nobodys() -> None:
    bought = case().bought()
    bought.now += HOUR
    bought.do("lara", A.ASK)
    bought.now += DAY
    bought.do("remi", A.REPLY)
    bought.now += 2 * HOUR
    bought.do("lara", A.APPROVE)
    bought.now += 3 * HOUR
    bought.do("remi", A.AMEND, purchase=MORE)
    bought.now += HOUR
    assert told(bought) == [
        (1, "one", "lara", HOUR, K.RETURNED),
        (1, "one", "lara", 2 * HOUR, K.APPROVED),
        (1, "two", "hana", 3 * HOUR, K.AMENDED),
        (2, "one", "lara", HOUR, None),
    ]


def test_waits_while_a_post_is_vacant_and_when_it_changes_hands() -> None:
    bought = case({key: name for key, name in POSTS.items() if key != "lead@1"}).bought()
    bought.now += HOUR
    bought.pass_on(POSTS)
    bought.now += 2 * HOUR
    bought.pass_on({**POSTS, "lead@1": "ini"})
    bought.now += HOUR / 2
    bought.do("ini", A.REFUSE)
    assert told(bought) == [
        (1, "one", "-", HOUR, K.PASSED),
        (1, "one", "lara", 2 * HOUR, K.PASSED),
        (1, "one", "ini", HOUR / 2, K.REFUSED),
    ]


def test_a_post_that_changes_hands_while_information_is_awaited_begins_nobodys_wait() -> None:
    bought = case().bought()
    bought.do("lara", A.ASK)
    bought.now += DAY
    bought.pass_on({**POSTS, "lead@1": "ini"})
    bought.now += DAY
    bought.do("remi", A.REPLY)
    bought.now += HOUR
    bought.do("ini", A.APPROVE)
    assert told(bought)[1:] == [(1, "one", "ini", HOUR, K.APPROVED), (1, "two", "hana", timedelta(), None)]


def test_waits_of_a_stage_with_several_end_one_by_one_and_all_when_it_ends() -> None:
    bought = Case(
        roster(POSTS, ("hana", "ini", *WEEK)), (rule("one", "lead", "head", "director", quorum="2"),)
    ).bought()
    bought.now += HOUR
    bought.do("ini", A.APPROVE)
    bought.now += HOUR
    bought.do("lara", A.APPROVE)
    assert sorted(told(bought)) == [
        (1, "one", "ezra", 2 * HOUR, K.APPROVED),
        (1, "one", "hana", HOUR, K.APPROVED),
        (1, "one", "lara", 2 * HOUR, K.APPROVED),
    ]


# --- random ones ---

KEYS: Final = ("lead@1", "lead@2", "head", "director", "lead.deputy@1", "head.deputy", "director.deputy")
WHO: Final = sorted(PEOPLE)


@st.composite
def stages(draw: st.DrawFn) -> tuple[StageRule, ...]:
    posts = st.sampled_from(["lead", "requester_lead", "head", "director"])
    made = []
    for number in range(draw(st.integers(1, 3))):
        approvers = draw(st.lists(posts, min_size=1, max_size=3, unique=True))
        quorum = draw(st.sampled_from(["all", "any", "50%", "67%", str(draw(st.integers(1, len(approvers))))]))
        made.append(rule(f"s{number}", *approvers, quorum=quorum))
    return tuple(made)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Most posts are somebody's, now and then one person's two; a third of the people has a stand-in."""
    posts = {key: draw(st.sampled_from(WHO)) for key in KEYS if draw(st.integers(0, 4))}
    standing = []
    for of in WHO:
        if draw(st.integers(0, 3)) == 0:
            since = NOW + draw(st.integers(-2, 3)) * DAY
            standing.append((of, draw(st.sampled_from([w for w in WHO if w != of])), since, since + 2 * DAY))
    return roster(posts, *standing)


PURCHASES: Final = [TONER, MORE, TONER._replace(vendor="Shop"), TONER._replace(currency="USD")]
ACTIONS: Final = (A.APPROVE, A.APPROVE, A.APPROVE, A.REFUSE, A.ASK, A.REPLY, A.AMEND, A.WITHDRAW, A.PIVOT, A.RECEIVE)


def played(draw: st.DrawFn, watch: Callable[[Case], None]) -> Case:
    """A ticket to which random people do random things, while posts change hands; `watch` sees each step."""
    one = Case(draw(rosters()), draw(stages()))
    who = st.sampled_from(WHO)
    if draw(st.booleans()):
        asked = [draw(who) for _ in range(draw(st.integers(1, 3)))]
        one.bought(*asked)
    else:
        one.pivoted(by=draw(st.sampled_from(["ife", "lara", "ada"])))
    watch(one)
    for _ in range(draw(st.integers(0, 20))):
        one.now += draw(st.sampled_from([timedelta(), HOUR, DAY]))
        if draw(st.integers(0, 5)) == 0:
            one.roster = draw(rosters())
            one.pass_on()
            assert one.pass_on() is None
        person = PEOPLE[draw(who)]
        if one.ticket.status is S.PENDING_APPROVAL and draw(st.integers(0, 2)):
            able = sorted(one.deciders()) or [person.name.lower()]
            person = PEOPLE[draw(st.sampled_from(able))]
        action = draw(st.sampled_from(ACTIONS))
        may = allowed(one.ticket, person, now=one.now, reopen_until=None, panel=one.panel)
        given: dict[str, Any] = {}
        if action in {A.AMEND, A.PIVOT}:
            given["purchase"] = draw(
                st.sampled_from([p for p in PURCHASES if not one.chain or p != one.round.purchase])
            )
        if action in may:
            one.do(person.name.lower(), action, **given)
        else:
            one.refused(person.name.lower(), action, **given)
        watch(one)
    return one


def asked_by_oracle(facts: list[Fact]) -> list[set[int]]:
    """Who asked for each round, told from the facts alone: also those who asked since a purchase was last approved."""
    found: list[set[int]] = []
    before: set[int] = set()
    for fact in facts:
        if fact.kind is K.REQUESTED:
            before = before | {p for p in (fact.actor_id, fact.by_id, fact.requester_id) if p is not None}
            found.append(before)
        elif fact.kind is K.AUTHORISED:
            before = set()
    return found


def check_decisions(one: Case) -> None:
    asked, number, signed = asked_by_oracle(one.facts), -1, set[int]()
    votes: dict[str, list[Fact]] = {}
    stages_: tuple[Any, ...] = ()
    for fact in one.facts:
        if fact.kind is K.REQUESTED:
            number, signed, votes, stages_ = number + 1, set(), {}, fact.stages or ()
        if fact.kind in {K.APPROVED, K.REFUSED}:
            people = {fact.actor_id, fact.on_behalf_of or fact.actor_id}
            assert not people & asked[number]
            assert not people & signed
            signed |= {person for person in people if person is not None}
            votes.setdefault(fact.stage or "", []).append(fact)
        if fact.kind is K.AUTHORISED:
            for spec in stages_:
                yes = [vote for vote in votes[spec.key] if vote.kind is K.APPROVED]
                assert len(yes) >= Quorum.parse(spec.quorum).needed(len(spec.approvers))


def check_places(one: Case) -> None:
    """Nobody is seated twice, nobody who may not decide; whoever sits has the post, and nobody sits where one could."""
    if not one.chain or one.round.state is not RoundState.OPEN:
        assert one.ticket.stage == ""
        return
    people = [slot.person_id for slot in one.round.slots if slot.person_id is not None]
    assert len(people) == len(set(people))
    place = one.panel.place
    for _, slot in one.round.waiting():
        if slot.person_id is None:
            seats = (place.seat(slot.post), place.seat(f"{slot.post}.deputy"))
            held = {one.roster.holders.get(seat) for seat in seats} - {None}
            assert not held - one.round.barred - set(people)
        else:
            assert slot.person_id not in one.round.barred
            assert one.roster.holders[place.seat(slot.post)] == slot.person_id
    for person, slot in may_decide(one.round, one.roster, one.now).items():
        assert person not in one.round.barred
        covered = [d for d in one.roster.delegations if (d.from_id, d.to_id) == (slot.person_id, person)]
        assert person == slot.person_id or any(d.covers(one.now) for d in covered)


@given(st.data())
def test_whatever_happens_nobody_decides_what_they_asked_for_and_nothing_is_authorised_without_every_stage(
    data: st.DataObject,
) -> None:
    def watch(one: Case) -> None:
        check_places(one)
        check_decisions(one)
        assert faults(one.facts) == []
        assert chain_of(one.facts) == one.chain
        said = one.ticket
        assert (said.stage, said.returned) == ((one.round.stage, one.round.is_returned) if one.chain else ("", False))
        assert said.status is S.PENDING_APPROVAL or not one.chain or one.round.state is not RoundState.OPEN

    one = data.draw(st.composite(lambda draw: played(draw, watch))())
    for round_ in one.chain:
        event(round_.state)
    read = [from_data(f.kind.value, f.at, f.actor_id, json.loads(json.dumps(to_data(f)))) for f in one.facts]
    assert read == one.facts
    assert fold(read, Always()) == one.history
    for wait in waits(one.facts):
        assert isinstance(wait, Wait)
        assert wait.until is None or wait.until >= wait.since
    standing = [wait for wait in waits(one.facts) if wait.until is None]
    if one.chain and one.round.state is RoundState.OPEN and not one.round.is_returned:
        assert {wait.person_id for wait in standing} == {slot.person_id for _, slot in one.round.waiting()}
    else:
        assert standing == []
