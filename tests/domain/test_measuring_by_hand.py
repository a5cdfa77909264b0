"""Measures of tickets reckoned by hand: under acob, office hours 08:00 to 17:00 in Lagos, a Thursday is a holiday."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import caught_up, fold, steps
from deskterm.core.domain.measures import PAUSE_CODE, STANDING, Ending, Measure, Measured, clock_code
from deskterm.core.domain.measuring import measured
from deskterm.core.domain.panel import Panel, Place, Roster
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.profile import Budget
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.undo import undoing
from deskterm.core.domain.words import (
    Action,
    CategoryKind,
    FactKind,
    Moment,
    OnReopen,
    PauseReason,
    Role,
    Status,
    WaitReason,
)
from deskterm.core.services.policies import DeskPolicy

M, A, P = Measured, Action, PauseReason
ACOB: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
LAGOS: Final = ZoneInfo("Africa/Lagos")
HOUR: Final = 3_600
MAIN, APPROVAL = clock_code("resolution"), clock_code("approval")
REMI, AYO, BEN, LARA, HANA, EZRA, SOLA = (
    Person(1, "Remi Requester", Role.REQUESTER),
    Person(2, "Ayo Agent", Role.AGENT, department_id=1),
    Person(3, "Ben Agent", Role.AGENT, department_id=1),
    Person(4, "Lara Lead", Role.LEAD, department_id=1, leads=frozenset({1})),
    Person(5, "Hana Head", Role.EXECUTIVE),
    Person(6, "Ezra Executive", Role.EXECUTIVE),
    Person(7, "Sola of Operations", Role.AGENT, department_id=2),
)
PEOPLE: Final = (REMI, AYO, BEN, LARA, HANA, EZRA, SOLA)
CATEGORIES: Final = {n: Category(n, f"c{n}", f"C{n}", CategoryKind.STANDARD, n) for n in (1, 2)}
ROSTER: Final = Roster(
    {("lead", 1): 4, ("head_of_corporate_services", None): 5, ("managing_director", None): 6},
    {person.id: person.name for person in PEOPLE},
)


@cache
def policy() -> DeskPolicy:
    profile = parse_profile(ACOB.read_text("utf-8"), source="acob.toml")
    return DeskPolicy(profile, {n: Department(n, f"d{n}", f"D{n}", "office") for n in (1, 2)}, CATEGORIES)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LAGOS)


class Story:
    """A ticket as it goes on: what people do at wall times in Lagos."""

    def __init__(self, when: str, priority: int = 3) -> None:
        self.facts = [
            Fact(
                kind=FactKind.SUBMITTED, at=at(when), actor_id=1, status=Status.NEW, requester_id=1, department_id=1,
                category_id=1, category_kind=CategoryKind.STANDARD, priority=priority, title="It is out",
            )
        ]  # fmt: skip

    def does(self, when: str, who: Person, action: Action, **given: Any) -> None:
        history = fold(self.facts, policy())
        panel = Panel(history.chain, policy().profile.chain, "NGN", ROSTER, Place(1))
        said = Arguments(**{"text": "said", "cause": "cause", "fix": "fix", **given})
        self.facts += decide(history.ticket, action, said, who, now=at(when), tiers=2, panel=panel)

    def undoes(self, when: str, version: int) -> None:
        self.facts.append(undoing(version, at(when), 2))

    def measures(self, now: str = "12-31 12:00") -> tuple[Measure, ...]:
        return measured(steps(self.facts, policy(), 7), policy(), at(now))

    def told(self, *kinds: Measured, now: str = "12-31 12:00") -> list[tuple[str, str, int | None, int, int]]:
        """When, until when it held, whose, what, and its code; without `kinds` all but what lasts."""
        wanted = kinds or frozenset(Measured) - STANDING
        return [
            (said(one.at), said(one.gone_at), one.person_id, one.value, one.code)
            for one in self.measures(now)
            if one.kind in wanted
        ]


def said(instant: datetime | None) -> str:
    if instant is None or instant == NEVER:
        return ""
    return instant.astimezone(LAGOS).strftime("%m-%d %H:%M")


def whole_story() -> Story:
    story = Story("09-25 15:00")  # a Friday
    story.does("09-25 16:00", AYO, A.CLAIM)
    story.does("09-28 09:00", AYO, A.WAIT, reason=WaitReason.REQUESTER)
    story.does("09-30 10:00", REMI, A.REPLY)
    story.does("09-30 11:00", AYO, A.REPLY)
    story.does("09-30 16:00", AYO, A.ESCALATE)
    story.does("10-02 09:00", BEN, A.CLAIM)  # the day after the holiday
    story.does("10-02 13:00", BEN, A.RESOLVE)
    story.does("10-02 16:00", REMI, A.REJECT)
    story.does("10-05 10:00", BEN, A.PIVOT, purchase=Wanted(("1 x Toner @ 45",), justification="it is empty"))
    story.does("10-05 12:00", LARA, A.APPROVE)
    story.does("10-06 09:00", HANA, A.APPROVE)
    story.does("10-07 08:00", EZRA, A.APPROVE)
    story.does("10-07 12:00", BEN, A.RECEIVE)
    story.does("10-07 15:00", BEN, A.RESOLVE)
    story.does("10-07 16:00", REMI, A.RATE, stars=4)
    story.facts.append(replace(story.facts[-1], at=at("10-07 16:30"), stars=5))
    story.does("10-08 09:00", REMI, A.CONFIRM)
    return story


def test_a_ticket_from_submission_to_rating() -> None:
    story = whole_story()
    assert story.told(M.SUBMITTED) == [("09-25 15:00", "", None, 1, 0)]
    assert story.told(M.RESPONSE) == [("09-25 16:00", "", 2, HOUR, 0)]
    assert story.told(M.FOLLOWED) == [("09-30 11:00", "", 2, HOUR, 0)]
    assert story.told(M.WAITED) == [
        ("09-30 10:00", "", 2, (8 + 9 + 2) * HOUR, PAUSE_CODE[P.REQUESTER]),
        ("10-07 08:00", "", 3, (7 + 9) * HOUR, PAUSE_CODE[P.PROCUREMENT]),
        ("10-07 12:00", "", 3, 4 * HOUR, PAUSE_CODE[P.DELIVERY]),
    ]
    assert story.told(M.ESCALATED) == [("09-30 16:00", "", 2, 1, 2)]
    assert story.told(M.HELD) == [
        ("09-30 16:00", "", 2, (1 + 1 + 6) * HOUR, 0),
        ("10-02 13:00", "", 3, 4 * HOUR, 0),
        ("10-07 15:00", "", 3, (1 + 2 + 3) * HOUR, 0),
    ]
    assert story.told(M.TIER) == [
        ("09-30 16:00", "", 2, (2 + 9 + 9 + 8) * HOUR, 1),
        ("10-02 13:00", "", 3, (1 + 5) * HOUR, 2),
        ("10-07 15:00", "", 3, (1 + 9 + 9 + 7) * HOUR, 2),
    ]
    assert story.told(M.STAGE) == [
        ("10-05 12:00", "", 4, 2 * HOUR, 1),
        ("10-06 09:00", "", 5, (5 + 1) * HOUR, 2),
        ("10-07 08:00", "", 6, 8 * HOUR, 3),
    ]
    assert story.told(M.PURCHASED) == [("10-07 08:00", "", 3, 1, 0)]


def test_what_its_resolutions_came_to_and_how_it_ended() -> None:
    story = whole_story()
    assert story.told(M.RESOLUTION) == [("10-02 13:00", "", 3, 15 * HOUR, 0), ("10-07 15:00", "", 3, 21 * HOUR, 0)]
    assert story.told(M.TURNAROUND) == [("10-02 13:00", "", 3, 14 * HOUR, 0), ("10-07 15:00", "", 3, 6 * HOUR, 0)]
    assert story.told(M.DETECTION) == [
        ("10-02 13:00", "", 3, (7 * 24 - 2) * HOUR, 0),
        ("10-07 15:00", "", 3, 12 * 24 * HOUR, 0),
    ]
    assert story.told(M.WEIGHT) == [("10-02 13:00", "", 3, 2 * 6 * 2, 0), ("10-07 15:00", "", 3, 2 * 9 * 2, 0)]
    assert story.told(M.REOPENED) == [("10-02 16:00", "", 3, 1, 0)]
    assert story.told(M.JUDGED) == [
        ("10-02 13:00", "10-02 16:00", 3, 1, MAIN),
        ("10-05 12:00", "", 4, 1, APPROVAL),
        ("10-06 09:00", "", 5, 1, APPROVAL),
        ("10-07 08:00", "", 6, 1, APPROVAL),
        ("10-07 15:00", "", 3, 1, MAIN),
    ]
    assert story.told(M.RATED) == [("10-07 16:00", "10-07 16:30", 3, 4, 0), ("10-07 16:30", "", 3, 5, 0)]
    open_hours = 2 + 9 + 9 + 9 + 0 + 9 + 9 + 9 + 9 + 1
    ending = Ending.REOPENED | Ending.ESCALATED  # what was bought is no work that was done
    assert story.told(M.CLOSURE) == [("10-08 09:00", "", 3, open_hours * HOUR, ending)]


def test_how_it_stood() -> None:
    story = whole_story()
    open_ = [(said(at), one.tier, one.person_id) for one in story.measures() if one.kind is M.OPEN for at in [one.at]]
    assert open_ == [
        ("09-25 16:00", 1, None),
        ("09-30 16:00", 1, 2),
        ("10-02 09:00", 2, None),
        ("10-02 13:00", 2, 3),
        ("10-07 15:00", 2, 3),
    ]
    begun = {one.at: one.value for one in story.measures() if one.kind in STANDING}
    assert begun[at("10-07 15:00")] == at("10-02 16:00").timestamp()
    assert {one.code for one in story.measures() if one.kind in STANDING} == {int(at("09-25 15:00").timestamp())}
    pending = [(said(one.at), one.value) for one in story.measures() if one.kind is M.PENDING]
    assert pending == [
        ("09-30 10:00", at("09-28 09:00").timestamp()),
        ("10-07 12:00", at("10-05 10:00").timestamp()),
    ]


def test_what_is_resolved_by_mistake_and_taken_back_a_month_later_was_never_resolved() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 09:00", AYO, A.CLAIM)
    story.does("09-28 11:00", AYO, A.RESOLVE)
    story.does("09-28 12:00", BEN, A.NOTE)
    story.undoes("10-28 11:00", 3)
    story.does("10-28 13:00", AYO, A.RESOLVE)
    ran = (4 + 5 + 5 + 5 + 2) * 9 + 5  # four days of the holiday's week, three weeks, two days, and until 13:00
    gone = ("09-28 11:00", "10-28 11:00", 2)
    assert story.told(M.RESOLUTION) == [(*gone, 3 * HOUR, 0), ("10-28 13:00", "", 2, ran * HOUR, 0)]
    assert story.told(M.TURNAROUND) == [(*gone, 2 * HOUR, 0), ("10-28 13:00", "", 2, (ran - 1) * HOUR, 0)]
    assert story.told(M.WEIGHT) == [(*gone, 2 * 2, 0), ("10-28 13:00", "", 2, 2 * 3, 0)]
    # its time was over on Thursday the 1st at 08:00 had it not been resolved: known only when that was taken back
    assert story.told(M.JUDGED) == [(*gone, 1, MAIN), ("10-28 11:00", "", 2, 0, MAIN)]


def test_a_late_ticket_is_missed_at_its_deadline_also_while_nobody_ends_it() -> None:
    story = Story("09-28 08:00", priority=1)  # four hours
    assert story.told(M.JUDGED, now="09-28 11:59") == []
    assert story.told(M.JUDGED, now="09-28 12:00") == [("09-28 12:00", "", None, 0, MAIN)]
    story.does("09-28 12:00", BEN, A.RESOLVE)  # at its deadline is in time
    assert story.told(M.JUDGED) == [("09-28 12:00", "", 3, 1, MAIN)]


def test_what_is_cancelled_is_credited_to_nobody_and_stays_late_if_it_was() -> None:
    early, late = Story("09-28 08:00", priority=1), Story("09-28 08:00", priority=1)
    for story, when in ((early, "09-28 09:00"), (late, "09-28 13:00")):
        story.does("09-28 08:30", AYO, A.CLAIM)
        story.does(when, AYO, A.CANCEL)
    assert early.told(M.JUDGED) == []
    assert late.told(M.JUDGED) == [("09-28 12:00", "", 2, 0, MAIN)]
    assert [one[4] for one in early.told(M.CLOSURE) + late.told(M.CLOSURE)] == [0, 0]


def test_nobody_is_faster_by_resolving_what_nobody_had() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 10:00", BEN, A.RESOLVE)
    story.does("09-28 11:00", REMI, A.CONFIRM)
    assert story.told(M.TURNAROUND) == [("09-28 10:00", "", 3, 2 * HOUR, 0)]
    assert story.told(M.RESPONSE) == []
    assert story.told(M.CLOSURE) == [("09-28 11:00", "", 3, 3 * HOUR, Ending.DONE | Ending.FIRST_CONTACT)]


def test_who_wrote_again_was_not_helped_at_first_contact_and_who_helped_themselves_needed_nobody() -> None:
    wrote, alone = Story("09-28 08:00"), Story("09-28 08:00")
    wrote.does("09-28 08:30", REMI, A.REPLY)
    wrote.does("09-28 10:00", BEN, A.RESOLVE)
    wrote.does("09-28 11:00", REMI, A.CONFIRM)
    alone.does("09-28 09:00", REMI, A.CANCEL)
    assert [one[4] for one in wrote.told(M.CLOSURE)] == [Ending.DONE]
    assert [one[4] for one in alone.told(M.CLOSURE)] == [Ending.SELF_SERVED]


def test_a_purchase_is_answered_from_when_it_became_workable_and_one_refused_was_never_bought() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 09:00", AYO, A.CLAIM)
    story.does("09-28 10:00", AYO, A.PIVOT, purchase=Wanted(("1 x Toner @ 45",), justification="it is empty"))
    story.does("09-28 11:00", LARA, A.REFUSE)
    assert story.told(M.STAGE) == [("09-28 11:00", "", 4, HOUR, 1)]
    assert story.told(M.PURCHASED) == []
    assert story.facts[-1].kind is FactKind.DECLINED
    born = Story("09-28 08:00")
    born.facts[0] = replace(born.facts[0], status=Status.PENDING_APPROVAL, category_kind=CategoryKind.PROCUREMENT)
    born.does("09-28 09:00", LARA, A.AMEND, purchase=Wanted(("1 x Toner @ 45",), justification="it is empty"))
    done = replace(born.facts[-1], kind=FactKind.AUTHORISED, at=at("09-28 12:00"), status=Status.NEW, slots=None)
    born.facts.append(replace(done, digest=born.facts[1].digest, stage=None))
    born.does("09-28 13:00", AYO, A.CLAIM)
    assert born.told(M.PURCHASED) == [("09-28 12:00", "", 4, 0, 0)]  # no stage had approved it
    assert born.told(M.RESPONSE) == [("09-28 13:00", "", 2, HOUR, 0)]


def test_the_same_again_is_one_touch() -> None:
    story = Story("09-28 08:00", priority=4)
    for minute in range(5):
        story.does(f"09-28 08:0{minute}", BEN, A.NOTE)
    story.does("09-28 08:10", AYO, A.NOTE)
    story.does("09-28 09:00", BEN, A.RESOLVE)
    assert story.told(M.WEIGHT) == [("09-28 09:00", "", 3, 3, 0)]


def test_what_ran_out_meanwhile_stays_missed_where_it_is_late_without_what_was_taken_back() -> None:
    story = Story("09-28 08:00", priority=1)
    story.does("09-28 11:00", LARA, A.ASSIGN, person=BEN)
    story.undoes("09-28 13:00", 2)
    assert story.told(M.JUDGED) == [("09-28 12:00", "", 3, 0, MAIN)]
    slip = Story("09-28 08:00")
    slip.does("09-28 11:00", BEN, A.SET_PRIORITY, priority=1)
    slip.undoes("09-28 13:00", 2)
    assert slip.told(M.JUDGED, now="09-28 13:00") == [("09-28 12:00", "09-28 13:00", None, 0, MAIN)]


def test_whether_a_breach_was_found_yet_changes_nothing() -> None:
    story = Story("09-28 08:00", priority=1)
    story.does("09-28 11:00", AYO, A.CLAIM)
    known = story.measures()
    found = caught_up(fold(story.facts, policy()), at("09-28 14:00"), policy())
    story.facts += [fact for fact, _ in found]
    assert [fact.kind for fact in story.facts[2:]] == [FactKind.BREACHED]
    assert story.measures() == known


def test_every_message_is_followed_once() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 09:00", REMI, A.REPLY)
    story.does("09-28 10:00", REMI, A.REPLY)
    story.does("09-28 11:00", BEN, A.REPLY)
    story.does("09-28 12:00", BEN, A.REPLY)
    assert story.told(M.FOLLOWED) == [("09-28 11:00", "", 3, 2 * HOUR, 0), ("09-28 11:00", "", 3, HOUR, 0)]


def test_a_stretch_without_length_was_none() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 08:00", AYO, A.CLAIM)
    assert [one.person_id for one in story.measures() if one.kind is M.OPEN] == [2]


def test_each_closing_has_its_own_rating() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 09:00", BEN, A.RESOLVE)
    story.does("09-28 10:00", REMI, A.RATE, stars=2)
    rating = story.facts[-1]
    story.does("09-28 11:00", REMI, A.REJECT)
    story.does("09-28 12:00", AYO, A.RESOLVE)
    story.facts.append(replace(rating, at=at("09-28 13:00"), stars=5))
    assert story.told(M.RATED) == [("09-28 10:00", "", 3, 2, 0), ("09-28 13:00", "", 2, 5, 0)]


def test_another_reason_to_wait_begins_another_wait_and_lets_the_clock_go_on_if_it_is_none_that_pauses() -> None:
    story = Story("09-28 08:00")
    story.does("09-28 09:00", AYO, A.CLAIM)
    story.does("09-28 10:00", AYO, A.WAIT, reason=WaitReason.VENDOR)
    story.facts.append(replace(story.facts[-1], at=at("09-28 11:00"), reason=WaitReason.OTHER))  # as imports have it
    story.does("09-28 13:00", AYO, A.RESOLVE)
    assert story.told(M.WAITED) == [
        ("09-28 11:00", "", 2, HOUR, PAUSE_CODE[P.VENDOR]),
        ("09-28 13:00", "", 2, 2 * HOUR, PAUSE_CODE[P.OTHER]),
    ]
    assert story.told(M.TURNAROUND) == [("09-28 13:00", "", 2, (1 + 2) * HOUR, 0)]


def test_time_is_that_of_the_calendar_in_force_part_by_part_and_a_cycle_nobody_waited_in_is_not_judged() -> None:
    plain = policy().profile
    response = plain.clocks["response"]
    again = replace(response, default=Budget(2, "bh"), on_reopen=OnReopen.NEW_CYCLE, stop=frozenset({Moment.ASSIGNED}))
    early = replace(plain.calendars["office"], key="early", week={"mon": (("06:00", "12:00"),)})
    calendars = {**plain.calendars, "early": early}
    profile = replace(plain, calendars=calendars, clocks={**plain.clocks, "response": again})
    homes = {n: Department(n, f"d{n}", f"D{n}", key) for n, key in ((1, "office"), (2, "early"))}
    two = DeskPolicy(profile, homes, CATEGORIES)
    story = Story("09-28 08:00")
    story.does("09-28 09:00", AYO, A.CLAIM)
    story.does("09-28 10:00", AYO, A.RESOLVE)
    story.does("09-28 11:00", REMI, A.REJECT)
    story.does("09-28 13:00", AYO, A.RESOLVE)
    moved = Fact(kind=FactKind.MOVED, at=at("09-28 14:00"), actor_id=2, department_id=2)  # as imports have it
    story.facts.append(moved)
    story.does("10-05 13:00", REMI, A.CONFIRM)
    made = measured(steps(story.facts, two, 7), two, at("10-05 14:00"))
    assert [one.value for one in made if one.kind is M.CLOSURE] == [(6 + 6) * HOUR]  # until 14:00, and a Monday
    judged = [said(one.at) for one in made if one.kind is M.JUDGED and one.code == clock_code("response")]
    assert judged == ["09-28 09:00"]


def test_codes_tell_every_reason_and_every_clock_apart_for_good() -> None:
    assert len(set(PAUSE_CODE.values())) == len(PauseReason)
    names = {
        name
        for path in ACOB.parent.glob("*.toml")
        for name in parse_profile(path.read_text("utf-8"), source=path.name).clocks
    }
    assert len({clock_code(name) for name in names}) == len(names)
    assert (MAIN, APPROVAL) == (2_110_984_074, 383_817_003)  # they are stored
