"""Tells how two profiles differ: what each key of a profile's file is in the one and in the other."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from deskterm.core.domain.profile import (
    APPROVAL,
    Budget,
    CalendarRule,
    CategoryRule,
    ClockRule,
    Goals,
    GoldenTicket,
    Profile,
    Quorum,
    StageRule,
    StatusLabel,
    TargetRow,
)
from deskterm.core.domain.profile_chain import SIGNATURE, spelled_amount
from deskterm.core.domain.profile_file import ASKED, NO_COUNTRY
from deskterm.core.domain.profile_reader import spelled

_Value: TypeAlias = "str | _Table"
_Table: TypeAlias = "Mapping[str, _Value]"


class Difference(NamedTuple):
    """One key that differs: its path, and its value in either profile, "" where it is missing."""

    path: str
    before: str
    after: str


class _Rows(dict[str, _Value]):
    """Tables in an order that means something, each under its key."""


def differences(a: Profile, b: Profile) -> tuple[Difference, ...]:
    """Gives what differs in `b` from `a`, in the order of a profile's file; what is only in `b` follows its kin.

    A table that only one of them has is one difference, and so is another order of the tables that both have.
    """
    return tuple(_differences((), _profile(a), _profile(b)))


def _differences(place: tuple[str, ...], a: _Value, b: _Value) -> Iterator[Difference]:
    if isinstance(a, str) or isinstance(b, str) or (len(place) > 1 and not (a and b)):
        if a != b:
            yield Difference(spelled(place), _written(a), _written(b))
        return
    for key in {**a, **b}:
        yield from _differences((*place, key), a.get(key, ""), b.get(key, ""))
    both = [key for key in a if key in b], [key for key in b if key in a]
    if isinstance(a, _Rows) and both[0] != both[1]:
        yield Difference(spelled(place), _listed(both[0]), _listed(both[1]))


def _written(value: _Value) -> str:
    if isinstance(value, str):
        return value
    children = [f"{key} = {shown}" for key, child in value.items() if (shown := _written(child))]
    return f"{{ {', '.join(children)} }}" if children else "{}"


def _listed(words: Iterable[str]) -> str:
    return f"[{', '.join(words)}]"


def _profile(profile: Profile) -> _Table:
    keys = {rank: rule.key for rank, rule in profile.priorities.items()}
    return {
        "profile": {
            "key": profile.key,
            "name": profile.name,
            "version": str(profile.version),
            "currency": profile.currency,
            "default_calendar": profile.default_calendar,
            "default_priority": keys[profile.default_priority],
            "escalation": ASKED if profile.gated else "",
            "tiers": _listed(profile.tiers) if profile.tiers else "",
        },
        "calendars": {rule.key: _calendar(rule) for rule in profile.calendars.values()},
        "priorities": {
            rule.key: {"rank": str(rule.rank), "label": rule.label, "meaning": rule.meaning}
            for rule in profile.priorities.values()
        },
        "departments": {
            rule.key: {"name": rule.name, "calendar": rule.calendar, "categories": _categories(rule.categories)}
            for rule in profile.departments.values()
        },
        "posts": {rule.key: {"title": rule.title} for rule in profile.posts.values()},
        "chain": _Rows({rule.key: _stage(rule, profile.currency) for rule in profile.chain}),
        "clocks": {name: _clock(rule, keys) for name, rule in profile.clocks.items() if name != APPROVAL},
        "targets": _Rows({row.key: _row(row, keys) for row in profile.targets}),
        "tests": _Rows({test.name: _test(test, keys) for test in profile.tests}),
        "closing": {
            "auto_close_after": str(profile.closing.auto_close_after),
            "reopen_within": str(profile.closing.reopen_within),
        },
        "labels": {"status": {key.value: _label(label) for key, label in profile.labels.items()}},
        "goals": _goals(profile.goals),
    }


def _calendar(rule: CalendarRule) -> _Table:
    hours, rest = divmod(rule.business_day, 3_600)
    week = {day: _listed(map(_listed, spans)) for day, spans in rule.week.items() if spans}
    return {
        "zone": rule.zone,
        "country": rule.country or NO_COUNTRY,
        "subdivision": rule.subdivision,
        **week,
        "business_day": f"{rule.business_day // 60}m" if rest else f"{hours}h",
        "holidays": {day.isoformat(): name for day, name in sorted(rule.own_holidays.items())} or "",
    }


def _categories(rules: Iterable[CategoryRule]) -> _Table:
    return _Rows({rule.key: {"name": rule.name, "kind": rule.kind.value} for rule in rules})


def _stage(rule: StageRule, currency: str) -> _Table:
    return {
        "title": rule.title,
        "approvers": _listed(rule.approvers),
        "verifies": rule.verifies,
        "quorum": str(rule.quorum) if rule.quorum != Quorum("all") else "",
        "from": spelled_amount(rule.from_minor, currency) if rule.from_minor else "",
        "within": str(rule.within or ""),
        "signature": SIGNATURE if rule.signed else "",
    }


def _clock(rule: ClockRule, keys: Mapping[int, str]) -> _Table:
    return {
        "label": rule.label,
        "start": _listed(sorted(rule.start)),
        "stop": _listed(sorted(rule.stop)),
        "rearm": _listed(sorted(rule.rearm)),
        "pauses": _listed(sorted(rule.pauses)),
        "calendar": _each(rule.calendars, keys),
        "targets": {keys[rank]: str(target) for rank, target in sorted(rule.targets.items())} or "",
        "default": str(rule.default or ""),
        "tiers": {str(tier): _each(targets, keys) for tier, targets in sorted(rule.tiers.items())} or "",
        "on_reopen": rule.on_reopen.value,
        "on_change": rule.on_change.value,
    }


def _each(values: Mapping[int, str | Budget], keys: Mapping[int, str]) -> _Value:
    """Gives the one value that every priority has, or else that of each."""
    if len(values) == len(keys) and len(set(values.values())) == 1:
        return str(next(iter(values.values())))
    return {keys[rank]: str(value) for rank, value in sorted(values.items())}


def _row(row: TargetRow, keys: Mapping[int, str]) -> _Table:
    return {
        "clock": row.clock,
        **_conditions(row),
        "priority": keys[row.priority] if row.priority else "",
        "target": str(row.target),
        "template": row.template,
    }


def _test(test: GoldenTicket, keys: Mapping[int, str]) -> _Table:
    return {
        "submitted": _wall_time(test.submitted),
        "priority": keys[test.priority],
        "tier": str(test.tier),
        **_conditions(test),
        "due": {clock: _wall_time(at) for clock, at in test.due.items()},
    }


def _conditions(asked: TargetRow | GoldenTicket) -> _Table:
    return {
        "customer": asked.customer,
        "product": asked.product,
        "module": asked.module,
        "question": asked.question,
        "category": asked.category,
        "department": asked.department,
    }


def _wall_time(at: datetime) -> str:
    return at.isoformat(timespec="seconds" if at.second else "minutes")


def _label(label: StatusLabel) -> _Table:
    return {"staff": label.staff, "requester": label.requester}


def _goals(goals: Goals) -> _Table:
    optional = {
        "procurement_through_chain": goals.procurement_through_chain,
        "first_contact_resolution": goals.first_contact_resolution,
        "resolution_time": goals.resolution_time,
    }
    return {
        "sla_compliance": str(goals.sla_compliance),
        "csat": str(goals.csat),
        "csat_scale": str(goals.csat_scale),
        **{key: "" if value is None else str(value) for key, value in optional.items()},
    }
