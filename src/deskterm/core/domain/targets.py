"""Which target applies: the first match from the most special row to the clock's default, and why it is that one."""

from typing import Final, NamedTuple

from deskterm.core.domain.profile import Budget, ClockRule, Profile, TargetRow


class Subject(NamedTuple):
    """What of a ticket decides its targets. Category and department are keys, `priority` is a rank."""

    customer: str
    product: str
    module: str
    question: str
    category: str
    department: str
    priority: int
    tier: int


class Match(NamedTuple):
    """A target (None is only measured), why it is that one, and the row of the wide table it stands in, if any."""

    budget: Budget | None
    because: str
    row: str = ""


_LEVELS: Final = ("customer", "question", "module", "product", "category", "department", "priority")
"""From the most special to the least (004-R23): a row that names an earlier one goes before those that don't."""


def match(profile: Profile, rule: ClockRule, subject: Subject) -> Match:
    """Gives the target of a clock for `subject`: customer, then product, module and question, category, department,
    priority; then the clock's own targets of the tier and of the priority, then its default.
    """  # noqa: D205 - the order is the sentence
    fitting = [row for row in profile.targets if row.clock == rule.name and _fits(row, subject)]
    if fitting:
        row = min(fitting, key=_rank)  # of equals the first one written
        return Match(row.target, f"row {row.key} of the SLA table: {_said(profile, row)}", row.key)
    label = _priority(profile, subject.priority)
    if subject.priority in (own := rule.tiers.get(subject.tier, {})):
        tier = _tier(profile, subject.tier)
        return Match(own[subject.priority], f"the clock's target of {tier} for priority {label}")
    if subject.priority in rule.targets:
        return Match(rule.targets[subject.priority], f"the clock's target for priority {label}")
    if rule.default is not None:
        return Match(rule.default, "the clock's default: no other target fits")
    if rule.targets or rule.tiers:
        return Match(None, f"measured only: there is no target for priority {label}")
    return Match(None, "measured only: the clock has no targets")


def subjects(profile: Profile, customer: str | None = None) -> list[tuple[str, str, str]]:
    """Gives the products of the SLA table with their modules and questions, sorted, each once.

    With `customer` only what is everybody's and what is theirs.
    """
    met: set[tuple[str, str, str]] = set()
    for row in profile.targets:
        if customer is None or not row.customer or _same(row.customer, customer):
            met |= {(row.product, "", ""), (row.product, row.module, ""), (row.product, row.module, row.question)}
    return sorted(parts for parts in met if parts[0])


def _same(want: object, have: object) -> bool:
    if isinstance(want, str) and isinstance(have, str):
        return want.casefold() == have.casefold()
    return want == have


def _fits(row: TargetRow, subject: Subject) -> bool:
    wanted = ((getattr(row, level), getattr(subject, level)) for level in _LEVELS)
    return all(want in {"", None} or _same(want, have) for want, have in wanted)


def _rank(row: TargetRow) -> tuple[bool, ...]:
    return tuple(getattr(row, level) in {"", None} for level in _LEVELS)


def _said(profile: Profile, row: TargetRow) -> str:
    named = ((level, getattr(row, level)) for level in ("customer", "product", "module", "question", *_LEVELS[4:6]))
    told = [f"{level} {value}" for level, value in named if value]
    if row.priority is not None:
        told.append(f"priority {_priority(profile, row.priority)}")
    return ", ".join(told)


def _priority(profile: Profile, rank: int) -> str:
    rule = profile.priorities.get(rank)
    return rule.label if rule else f"P{rank}"


def _tier(profile: Profile, tier: int) -> str:
    return profile.tiers[tier - 1] if tier <= len(profile.tiers) else f"tier {tier}"
