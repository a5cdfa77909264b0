"""Random histories of tickets, with purchases and undo, under every shipped profile: what tests of measures go over."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from hypothesis import strategies as st

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.chain import Chain
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact, Ticket, from_data, submitted
from deskterm.core.domain.history import History, begin, followed, steps
from deskterm.core.domain.lifecycle import allowed
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.panel import Panel, Place, Roster, may_decide
from deskterm.core.domain.past import BESIDE
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.undo import standing, undoing, why_not
from deskterm.core.domain.words import Action, CategoryKind, FactKind, Outcome, Role, Status, WaitReason
from deskterm.core.services.policies import DeskPolicy

PROFILES: Final = sorted((Path(__file__).parents[2] / "data" / "profiles").glob("*.toml"))
BORN: Final = datetime(2026, 9, 25, 14, 0, tzinfo=UTC)  # a Friday afternoon
PEOPLE: Final = (
    Person(1, "Requester", Role.REQUESTER),
    Person(2, "Agent", Role.AGENT, department_id=1),
    Person(3, "Colleague", Role.AGENT, department_id=1),
    Person(4, "Lead", Role.LEAD, department_id=1, leads=frozenset({1, 2})),
    Person(5, "Executive", Role.EXECUTIVE),
    Person(6, "Director", Role.EXECUTIVE),
    Person(7, "Elsewhere", Role.AGENT, department_id=2),
)
CATEGORIES: Final = {n: Category(n, f"c{n}", f"C{n}", CategoryKind.STANDARD, 2 - n % 2) for n in (1, 2, 3, 4)}
GAPS: Final = st.one_of(
    st.just(timedelta()),
    st.integers(1, 10**11).map(lambda us: timedelta(microseconds=us)),
    st.integers(0, 7 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
FIRST: Final = Fact(
    kind=FactKind.SUBMITTED, at=BORN, actor_id=1, status=Status.NEW, requester_id=1, department_id=1, category_id=1,
    category_kind=CategoryKind.STANDARD, priority=4, title="title",
)  # fmt: skip
TONER: Final = Wanted(("1 x Toner @ 4500000",), justification="so")
PRINTER: Final = Wanted(("1 x Printer @ 9000000",), justification="so")
SELDOM: Final = frozenset({Action.CANCEL, Action.WITHDRAW, Action.REFUSE, Action.NOTE, Action.AMEND})
"""What would end most histories before much happened, or fill them."""


@cache
def policy_of(path: Path) -> DeskPolicy:
    profile = parse_profile(path.read_text("utf-8"), source=path.name)
    calendar = sorted(profile.calendars)
    homes = {n: Department(n, f"d{n}", f"D{n}", calendar[n % len(calendar)]) for n in (1, 2)}
    return DeskPolicy(profile, homes, CATEGORIES)


def panel(policy: DeskPolicy, chain: Chain, ticket: Ticket) -> Panel:
    posts = sorted({post for stage in policy.profile.chain for post in stage.approvers} - {"lead"})
    holders: dict[tuple[str, int | None], int] = {("lead", 1): 4, ("lead", 2): 4}
    holders |= {(post, None): 5 + n % 2 for n, post in enumerate(posts)}
    roster = Roster(holders, {person.id: person.name for person in PEOPLE})
    return Panel(chain, policy.profile.chain, policy.profile.currency, roster, Place(ticket.department_id, 1))


class Told(NamedTuple):
    """A desk's policy, what it would have stored of a ticket, and what that came to."""

    policy: DeskPolicy
    facts: list[Fact]
    history: History


def gone_on(told: Told, facts: list[Fact], *, found: bool = True) -> Told:
    """Goes on, with the breaches that come to light unless nobody looks for them."""
    if found:
        made = followed(told.history, facts, told.policy)
    else:
        all_ = [*told.facts, *facts]
        made = steps(all_, told.policy)[len(told.facts) :]
    return Told(told.policy, [*told.facts, *(f for f, _ in made)], made[-1][1] if made else told.history)


def acted(draw: st.DrawFn, told: Told, now: datetime) -> list[Fact]:
    ticket, profile = told.history.ticket, told.policy.profile
    board, tiers = panel(told.policy, told.history.chain, ticket), max(1, len(profile.tiers))
    deciding = may_decide(board.round, board.roster, now) if board.round is not None else {}
    able: Sequence[Person | None] = [p for p in PEOPLE if p.id in deciding and draw(st.booleans())] or [None, *PEOPLE]
    able = PEOPLE[:1] if ticket.status in OVER and draw(st.booleans()) else able
    actor = draw(st.sampled_from(able))
    if actor is None:
        over = {"status": Status.CLOSED, "outcome": Outcome.DONE}
        return [from_data("closed", now, None, over)] if ticket.status is Status.RESOLVED else []
    can = allowed(ticket, actor, now=now, reopen_until=None, tiers=tiers, panel=board)
    if not can:
        return []
    action = draw(st.sampled_from([a for a in can if a not in SELDOM or draw(st.integers(0, 5)) == 0] or can))
    fitting = [p for p in PEOPLE if p.serves(ticket.department_id) and p.id != ticket.assignee_id]
    others = [c for c in CATEGORIES.values() if c.id != ticket.category_id]
    fit = [c for c in others if (c.department_id == ticket.department_id) is (action is not Action.MOVE)]
    arguments = Arguments(
        text="said",
        cause="cause",
        fix="fix",
        stars=draw(st.integers(1, 5)) if action is Action.RATE else None,
        reason=draw(st.sampled_from(WaitReason)) if action is Action.WAIT else None,
        person=draw(st.sampled_from(fitting)) if action is Action.ASSIGN else None,
        priority=draw(st.sampled_from(sorted(profile.priorities))),
        category=fit[0],
        purchase=draw(st.sampled_from([TONER, PRINTER])) if action in {Action.PIVOT, Action.AMEND} else None,
    )
    gated = draw(st.booleans())
    with suppress(NotAllowed, InvalidInput):  # an amendment that changes nothing
        return list(decide(ticket, action, arguments, actor, now=now, tiers=tiers, gated=gated, panel=board))
    return []


@st.composite
def histories(draw: st.DrawFn, longest: int = 14, names: Sequence[str] = ()) -> Told:
    """Gives a ticket's history under one of the profiles, or of those that `names` says."""
    policy = policy_of(draw(st.sampled_from([path for path in PROFILES if not names or path.stem in names])))
    first = replace(FIRST, priority=draw(st.sampled_from(sorted(policy.profile.priorities))))
    facts = [first]
    if policy.profile.chain and draw(st.integers(0, 3)) == 0:
        first = replace(first, status=Status.PENDING_APPROVAL, category_kind=CategoryKind.PROCUREMENT)
        ticket = submitted(first)
        facts = [first, *put_before(ticket, panel(policy, (), ticket), TONER.read("NGN"), 1, BORN)]
    told, now = gone_on(Told(policy, facts[:1], begin(first, policy)), facts[1:]), BORN
    for _ in range(draw(st.integers(0, longest))):
        now = max(now + draw(GAPS), told.history.ticket.updated_at)
        found = draw(st.booleans())
        last = [one for one in standing(told.facts) if one.fact.kind not in BESIDE][-1]
        if draw(st.booleans()) and not why_not(told.history, last.fact, last.version, policy, now):
            told = gone_on(told, [undoing(last.version, now, 2)], found=found)
        else:
            told = gone_on(told, acted(draw, told, now), found=found)
    return told
