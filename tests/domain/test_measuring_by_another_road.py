"""Measures agree with what another road comes to, that knows nothing of the program: over random histories."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from facts_road import Exported, Row, Rules, rows
from hypothesis import given, settings
from made_histories import GAPS, PROFILES, Told, histories, policy_of

from deskterm.core.domain.facts import Fact, to_data
from deskterm.core.domain.history import steps
from deskterm.core.domain.measures import PAUSE_CODE, STANDING, Ending, Measure, Measured, clock_code
from deskterm.core.domain.measuring import measured

PLAIN: Final = ("acob", "servicepro")
"""The profiles whose main clock has targets by priority alone, as the road reads them."""
REASON: Final = {code: reason.value for reason, code in PAUSE_CODE.items()}
FLAGS: Final = {
    Ending.DONE: "done",
    Ending.FIRST_CONTACT: "first",
    Ending.REOPENED: "reopened",
    Ending.ESCALATED: "escalated",
    Ending.SELF_SERVED: "alone",
}


def exported(facts: list[Fact]) -> list[Exported]:
    """The facts as an export has them: what they name isn't called an id."""
    told: list[Exported] = []
    for version, fact in enumerate(facts, 1):
        data = {name.removesuffix("_id"): value for name, value in to_data(fact).items()}
        told.append({**data, "version": version, "at": fact.at, "kind": fact.kind.value, "actor": fact.actor_id})
    return told


def row(measure: Measure) -> Row:
    kind, code = measure.kind, measure.code
    said: Mapping[Measured, Any] = {
        Measured.WAITED: REASON.get(code),
        Measured.CLOSURE: frozenset(name for flag, name in FLAGS.items() if code & flag),
    }
    coded = kind in {Measured.TIER, Measured.ESCALATED}
    nobodys = {Measured.PURCHASED, Measured.JUDGED}
    who = None if kind in nobodys else measure.person_id
    return Row(kind.value, measure.at, who, measure.value, said.get(kind, code if coded else 0))


@settings(max_examples=60)
@given(histories(names=PLAIN), GAPS)
def test_what_is_measured_is_what_another_road_comes_to(told: Told, gap: timedelta) -> None:
    now = told.facts[-1].at + gap
    path = next(path for path in PROFILES if policy_of(path) is told.policy)
    rules = Rules(path.read_text("utf-8"), {n: told.policy.calendar_key(n) for n in (1, 2)})
    known = measured(steps(told.facts, told.policy, 7), told.policy, now)
    main = clock_code("resolution")
    wanted = [m for m in known if m.gone_at is None and m.kind not in STANDING]
    have = [row(m) for m in wanted if m.kind is not Measured.JUDGED or m.code == main]
    # a clock that ran out while a resolution stood that was undone later is known late from then: the road can't tell
    when = {fact.at for fact in told.facts if fact.kind.value == "undone"}
    if when:
        have = [one._replace(at=now) if one.kind == "judged" else one for one in have]
    found = rows(exported(told.facts), rules, now)
    if when:
        found = [one._replace(at=now) if one.kind == "judged" else one for one in found]
    assert Counter(have) == Counter(found)
