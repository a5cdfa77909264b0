"""Which target applies: the most special row of the wide table, else the clock's own of tier and priority, and why."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.profile import Budget, ClockRule, Profile, TargetRow
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.targets import Match, Subject, match, subjects
from deskterm.core.domain.words import OnChange, OnReopen

LEVELS: Final = ("customer", "question", "module", "product", "category", "department", "priority")
TOLD: Final = ("customer", "product", "module", "question", "category", "department")
PROFILE: Final = replace(
    parse_profile((Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8"), source="acob"),
    tiers=("First line", "Second line"),
)
SUBJECT: Final = Subject(
    customer="Hospital",
    product="Ward",
    module="Bed",
    question="Alarm",
    category="it_design",
    department="it",
    priority=2,
    tier=1,
)


def rule(**said: Any) -> ClockRule:
    values: dict[str, Any] = {"targets": {}, "tiers": {}, "default": None, **said}
    return ClockRule(
        name="resolution",
        label="Resolution time",
        start=frozenset(),
        stop=frozenset(),
        rearm=frozenset(),
        pauses=frozenset(),
        calendars={},
        on_reopen=OnReopen.RESUME,
        on_change=OnChange.CARRY,
        **values,
    )


def row(key: str, **said: Any) -> TargetRow:
    values: dict[str, Any] = dict.fromkeys(TOLD, "") | {
        "clock": "resolution",
        "priority": None,
        "target": Budget(len(said), "h"),
        "template": "",
    }
    return TargetRow(key=key, **(values | said))


def found(rows: list[TargetRow], of: ClockRule | None = None, subject: Subject = SUBJECT) -> Match:
    return match(replace(PROFILE, targets=tuple(rows)), of or rule(), subject)


ABOUT: Final[dict[str, dict[str, Any]]] = {
    "customer": {"customer": "Hospital"},
    "question": {"product": "Ward", "module": "Bed", "question": "Alarm"},
    "module": {"product": "Ward", "module": "Bed"},
    "product": {"product": "Ward"},
    "category": {"category": "it_design"},
    "department": {"department": "it"},
    "priority": {"priority": 2},
}
OWN: Final = rule(tiers={1: {2: Budget(1, "bh")}}, targets={2: Budget(2, "bh")}, default=Budget(3, "bh"))


@pytest.mark.parametrize(("special", "plain"), list(combinations(ABOUT, 2)))
def test_the_more_special_row_goes_first_wherever_it_is_written(special: str, plain: str) -> None:
    rows = [row(special, **ABOUT[special]), row(plain, **ABOUT[plain])]
    assert found(rows, OWN).row == found(rows[::-1], OWN).row == special


def test_one_special_word_outweighs_all_the_plainer_ones_together() -> None:
    everything = row("all", **(ABOUT["question"] | ABOUT["category"] | ABOUT["department"] | ABOUT["priority"]))
    assert found([everything, row("customer", customer="Hospital")]).row == "customer"


def test_of_two_rows_for_the_same_level_the_one_that_says_more_goes_first() -> None:
    rows = [row("plain", customer="Hospital"), row("both", customer="Hospital", priority=2)]
    assert found(rows).row == "both"


def test_of_equals_the_first_one_written_goes_first() -> None:
    rows = [row("b", customer="Hospital"), row("a", customer="Hospital")]
    assert found(rows).row == "b"


@pytest.mark.parametrize("level", LEVELS)
def test_a_row_for_something_else_does_not_fit(level: str) -> None:
    other: dict[str, Any] = {level: 3 if level == "priority" else "other"}
    assert found([row("other", **(ABOUT[level] | other))], OWN).row == ""
    assert found([row("fits", **ABOUT[level])], OWN).row == "fits"
    blank = SUBJECT._replace(priority=3) if level == "priority" else Subject(**(SUBJECT._asdict() | {level: ""}))
    assert found([row("fits", **ABOUT[level])], OWN, blank).row == ""


def test_a_row_is_for_its_own_clock() -> None:
    assert found([row("other", clock="response", customer="Hospital")], OWN).row == ""


def test_without_a_row_it_is_the_tier_then_the_priority_then_the_default() -> None:
    assert found([], OWN) == Match(Budget(1, "bh"), "the clock's target of First line for priority High")
    assert found([], OWN, SUBJECT._replace(tier=2)) == Match(Budget(2, "bh"), "the clock's target for priority High")
    assert found([], OWN, SUBJECT._replace(priority=3)) == Match(
        Budget(3, "bh"), "the clock's default: no other target fits"
    )


def test_without_any_target_a_clock_is_measured_only_and_says_which() -> None:
    assert found([]) == Match(None, "measured only: the clock has no targets")
    some = rule(targets={1: Budget(1, "bh")})
    assert found([], some) == Match(None, "measured only: there is no target for priority High")
    tiered = rule(tiers={1: {1: Budget(1, "bh")}})
    assert found([], tiered) == Match(None, "measured only: there is no target for priority High")


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"customer": "Hospital"}, "row x of the SLA table: customer Hospital"),
        (ABOUT["question"], "row x of the SLA table: product Ward, module Bed, question Alarm"),
        (
            {"customer": "Hospital", "product": "Ward", "category": "it_design", "department": "it", "priority": 2},
            "row x of the SLA table: customer Hospital, product Ward, category it_design, department it, priority High",
        ),
        ({"priority": 2}, "row x of the SLA table: priority High"),
    ],
)
def test_a_row_says_what_it_fits(said: dict[str, Any], because: str) -> None:
    assert found([row("x", **said)]) == Match(Budget(len(said), "h"), because, "x")


def test_words_that_the_profile_lacks_are_told_by_number() -> None:
    of = rule(tiers={4: {9: Budget(1, "bh")}}, targets={9: Budget(2, "bh")})
    strange = SUBJECT._replace(priority=9, tier=4)
    assert found([], of, strange).because == "the clock's target of tier 4 for priority P9"
    assert found([], of, strange._replace(tier=1)).because == "the clock's target for priority P9"


def test_the_table_names_each_product_module_and_question_once_in_their_order() -> None:
    rows = [row("q", **ABOUT["question"]), row("c", customer="Hospital"), row("m", **ABOUT["module"], priority=2)]
    rows += [row("a", product="Attic"), row("z", product="Ward", module="Zoo", question="Alarm")]
    assert subjects(replace(PROFILE, targets=tuple(rows))) == [
        ("Attic", "", ""),
        ("Ward", "", ""),
        ("Ward", "Bed", ""),
        ("Ward", "Bed", "Alarm"),
        ("Ward", "Zoo", ""),
        ("Ward", "Zoo", "Alarm"),
    ]
    assert subjects(PROFILE) == []


@st.composite
def tables(draw: st.DrawFn) -> tuple[Profile, ClockRule, Subject]:
    """A table whose rows name some levels each, mostly as the subject has them."""
    budgets = st.builds(Budget, st.integers(1, 99), st.sampled_from(("bh", "h")))
    ranks = st.sampled_from((1, 2, 3))
    subject = SUBJECT._replace(priority=draw(ranks), tier=draw(st.sampled_from((1, 2))))
    rows = []
    for number in range(draw(st.integers(2, 9))):
        said: dict[str, Any] = {level: getattr(subject, level) for level in draw(st.sets(st.sampled_from(LEVELS)))}
        if said and draw(st.integers(0, 3)) == 0:
            said |= {level: "other" for level in [draw(st.sampled_from(sorted(said)))] if level != "priority"}
        clock = draw(st.sampled_from(("resolution", "resolution", "resolution", "response")))
        rows.append(row(str(number), clock=clock, target=draw(budgets), **said))
    targets = st.dictionaries(ranks, budgets)
    of = rule(
        targets=draw(targets),
        tiers=draw(st.dictionaries(st.sampled_from((1, 2)), targets)),
        default=draw(st.none() | budgets),
    )
    return replace(PROFILE, targets=tuple(rows)), of, subject


def by_hand(profile: Profile, of: ClockRule, subject: Subject) -> tuple[Budget | None, str]:
    """Asks the rows level by level: whoever names it stays, unless nobody does."""
    left = []
    for candidate in profile.targets:
        if candidate.clock != of.name:
            continue
        texts = all(getattr(candidate, level) in {"", getattr(subject, level)} for level in TOLD)
        if texts and (candidate.priority is None or candidate.priority == subject.priority):
            left.append(candidate)
    for level in LEVELS:
        left = [candidate for candidate in left if getattr(candidate, level)] or left
    if left:
        return left[0].target, left[0].key
    for own in (of.tiers.get(subject.tier, {}), of.targets):
        if subject.priority in own:
            return own[subject.priority], ""
    return of.default, ""


@given(tables())
def test_the_match_is_what_a_search_by_hand_finds(made: tuple[Profile, ClockRule, Subject]) -> None:
    budget, because, key = match(*made)
    assert (budget, key) == by_hand(*made)
    assert because
    assert because.startswith("measured only") is (budget is None)


@given(tables(), st.randoms(use_true_random=False))
def test_unequal_rows_give_the_same_match_in_any_order(made: tuple[Profile, ClockRule, Subject], chance: Any) -> None:
    profile, of, subject = made
    conditions = {tuple(getattr(one, level) for level in (*LEVELS, "clock")): one for one in profile.targets}
    rows = list(conditions.values())
    first = match(replace(profile, targets=tuple(rows)), of, subject)
    chance.shuffle(rows)
    assert match(replace(profile, targets=tuple(rows)), of, subject) == first
