"""Measures agree with what another road comes to, that knows nothing of the program: over random histories."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from facts_road import rows
from hypothesis import given, settings
from made_histories import GAPS, PROFILES, Told, histories, policy_of
from rules_road import Exported, Place, Row, Rules

from deskterm.core.domain.facts import Fact, to_data
from deskterm.core.domain.history import steps
from deskterm.core.domain.measures import PAUSE_CODE, STANDING, Ending, Measure, Measured, clock_code
from deskterm.core.domain.measuring import measured

PLAIN: Final = ("acob", "itsm", "servicepro", "saypro")
"""The profiles whose clocks the road goes over, all of them."""
REASON: Final = {code: reason.value for reason, code in PAUSE_CODE.items()}
NAMES: Final = {clock_code(name): name for path in PROFILES for name in policy_of(path).profile.clocks}
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
        Measured.JUDGED: NAMES.get(code),
    }
    coded = kind in {Measured.TIER, Measured.ESCALATED, Measured.STAGE}
    place = Place(measure.department_id, measure.category_id, measure.priority, measure.tier)
    return Row(kind.value, measure.at, measure.person_id, measure.value, said.get(kind, code if coded else 0), place)


def plain(one: Row) -> Row:
    """A verdict with its clock alone, not the cycle's number, which no measure has."""
    return one._replace(code=one.code[0]) if one.kind == "judged" else one


@settings(max_examples=60)
@given(histories(names=PLAIN), GAPS)
def test_what_is_measured_is_what_another_road_comes_to(told: Told, gap: timedelta) -> None:
    now = told.facts[-1].at + gap
    path = next(path for path in PROFILES if policy_of(path) is told.policy)
    rules = Rules(path.read_text("utf-8"), {n: told.policy.calendar_key(n) for n in (1, 2)})
    known = measured(steps(told.facts, told.policy, 7), told.policy, now)
    have = [row(measure) for measure in known if measure.gone_at is None and measure.kind not in STANDING]
    assert Counter(have) == Counter(plain(one) for one in rows(exported(told.facts), rules, now))
