"""Figures of a past period agree with another road, over random histories that went on after it."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from figures_road import figure
from hypothesis import given, settings
from hypothesis import strategies as st
from kpi_road import Asked, KpiRoad
from made_histories import BORN, GAPS, PROFILES, Told, histories, policy_of
from roads_compared import is_same
from rules_road import Rules
from test_measuring_by_another_road import exported

from deskterm.core.domain import figures
from deskterm.core.domain.columns import Columns
from deskterm.core.domain.history import steps
from deskterm.core.domain.kpi import Reduced, Unit
from deskterm.core.domain.kpi_table import known, terms
from deskterm.core.domain.measured_cells import Celled, Placed, Span
from deskterm.core.domain.measured_columns import columns_of, ordered
from deskterm.core.domain.measures import STANDING
from deskterm.core.domain.measuring import measured

SINCE: Final = BORN.replace(hour=0)
DESKS: Final = st.sampled_from([path.stem for path in PROFILES]).flatmap(
    lambda name: st.lists(histories(names=(name,)), min_size=1, max_size=3)
)


@settings(max_examples=25)
@given(DESKS, st.integers(1, 12 * 24), GAPS)
def test_figures_of_a_past_period_are_what_another_road_comes_to(told: list[Told], hours: int, gap: timedelta) -> None:
    until: datetime = SINCE + timedelta(hours=hours)
    now = max(until, *(one.facts[-1].at for one in told)) + gap
    policy = told[0].policy
    path = next(path for path in PROFILES if policy_of(path) is policy)
    rules = Rules(path.read_text("utf-8"), {n: policy.calendar_key(n) for n in (1, 2)})
    road = KpiRoad({"": rules, "it": rules})
    made = columns_of(
        one for n, each in enumerate(told, 1) for one in measured(steps(each.facts, policy, n), policy, now)
    )
    for n, each in enumerate(told, 1):
        road.tickets[str(n)], road.under[str(n)] = exported(each.facts), "it"
    span = Span(*(int(at.timestamp()) for at in (SINCE, until, until)))
    ends = np.array([span.end], np.int64)
    for one in known(terms(policy.profile)).values():
        if one.parts or one.reduced is Reduced.RATE:
            continue
        placed: list[Placed] = [
            figures.fitting(
                one,
                (figures.standing if kind in STANDING else figures.counted)(
                    ordered(made.get(kind, Columns.none())), [span]
                ),
                ends,
            )
            for kind in one.measures
        ]
        scale = policy.profile.goals.csat_scale if one.unit is Unit.STARS else 1
        found = figures.reckoned(one, [Celled(part) for part in placed], ends, scale=scale, priorities=len(rules.ranks))
        said = figure(road, one.name, Asked(), (SINCE, until), now, (SINCE, SINCE))
        assert (one.name, said.n) == (one.name, int(found.n[0]))
        if said.n:
            assert is_same(said.value, float(found.value[0])), one.name
        if said.n and one.is_ranked:
            assert is_same(said.median, float(found.median[0])), one.name
            assert is_same(said.p90, float(found.p90[0])), one.name
