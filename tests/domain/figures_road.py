"""KPIs by another road: from lines of `deskterm export facts --internal --format jsonl`, with nothing of the program.

A lone reading of each formula in docs/kpi.md, by `statistics` over rows of `facts_road`.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean, median
from typing import Any, Final, NamedTuple

from facts_road import OVER, Exported, Road, Row, Rules

_SECOND: Final = timedelta(seconds=1)


class Said(NamedTuple):
    """A figure: how many it is of, what it comes to, and of durations the middle one and the 90th percentile."""

    n: int
    value: float | None
    median: float | None = None
    p90: float | None = None

    def is_as(self, n: int, value: float | None, middle: float | None, p90: float | None) -> bool:
        """Whether another figure is this one, as far as numbers that are added up in another order can be."""
        if self.n != n or (value is None) != (self.value is None):
            return False
        pairs = [(self.value, value), (self.median, middle), (self.p90, p90)]
        return all(
            mine is None or theirs is None or abs(mine - theirs) <= 1e-9 * max(1, abs(mine)) for mine, theirs in pairs
        )


class Told(NamedTuple):
    """A desk as its exported facts tell it."""

    rules: Rules
    tickets: Mapping[str, Sequence[Exported]]


def read(lines: Iterable[str | bytes]) -> Told:
    """Reads an export of all facts; the profile that the desk's tickets came under stands in it."""
    tickets: dict[str, list[Exported]] = {}
    calendars: dict[Any, str] = {}
    texts: dict[str, str] = {}
    for line in lines:
        one = json.loads(line)
        met = one["met"] or {}
        calendars |= {key: told["calendar"] for key, told in met.get("departments", {}).items()}
        texts |= {key: told["text"] for key, told in met.get("profiles", {}).items()}
        at = datetime.fromisoformat(one["at"])
        known = {"version": one["version"], "at": at, "kind": one["kind"], "actor": one["actor"]}
        tickets.setdefault(one["ticket"], []).append({**one["data"], **known})
    (text,) = texts.values()
    return Told(Rules(text, calendars), tickets)


def figures(told: Told, since: datetime, until: datetime, now: datetime) -> dict[str, Said]:
    """The KPIs of the whole desk in a period, as known at its end or now."""
    end = min(until, now)
    found: list[tuple[str, Row]] = []
    open_: list[tuple[Any, str, timedelta]] = []  # who has it, its status, its age
    for ref, facts in told.tickets.items():
        known = [fact for fact in facts if fact["at"] < until and fact["at"] <= now]
        if not known:
            continue
        road = Road(told.rules, known, end)
        found += [(ref, row) for row in road.go() if since <= row.at < until and row.at <= now]
        last = road.spans[-1]
        if last.status not in OVER:
            open_.append((last.assignee, last.status, end - road.born))
    return _kpis(found) | {
        "backlog": _count(open_),
        "pending": _count([one for one in open_ if one[1] in {"waiting", "pending_approval"}]),
        "workload": _count([one for one in open_ if one[0] is not None]),
        "backlog-age": _mean([age // _SECOND for _, _, age in open_]),
    }


def _kpis(found: Sequence[tuple[str, Row]]) -> dict[str, Said]:
    def of(kind: str) -> list[Row]:
        return [row for _, row in found if row.kind == kind]

    def values(kind: str) -> list[int]:
        return [row.value for row in of(kind)]

    done = [row for row in of("closure") if "done" in row.code]
    resolved, reopened = len(of("resolution")), len(of("reopened"))
    return {
        "submitted": _count(of("submitted")),
        "response": _mean(values("response")),
        "turnaround": _mean(values("turnaround")),
        "resolution": _mean(values("resolution")),
        "detection": _mean(values("detection")),
        "closure": _mean(values("closure")),
        "follow-up": _mean(values("followed")),
        "held": _mean(values("held")),
        "tier-time": _mean(values("tier")),
        "waiting": _sum(values("waited")),
        "stage-hours": _sum(values("stage")),
        "resolved": _count(of("resolution")),
        "closed": _count(of("closure")),
        "handled": _count({ref for ref, row in found if row.kind == "held"}),
        "sla": _share(of("judged"), lambda row: bool(row.value)),
        "csat": _mean(values("rated"))._replace(median=None, p90=None),
        "first-contact": _share(done, lambda row: "first" in row.code),
        "escalation-rate": _share(done, lambda row: "escalated" in row.code),
        "self-resolution": _share(of("closure"), lambda row: "alone" in row.code),
        "reopen-rate": Said(resolved, reopened / resolved if resolved else None),
        "through-chain": _share(of("purchased"), lambda row: bool(row.value)),
        "complexity": _mean(values("weight")),
        "weighted-volume": _sum(values("weight")),
    }


def _count(what: Sequence[Any] | set[Any]) -> Said:
    return Said(len(what), len(what) or None)


def _share(what: Sequence[Row], good: Callable[[Row], bool]) -> Said:
    return Said(len(what), sum(map(good, what)) / len(what) if what else None)


def _mean(values: Sequence[float]) -> Said:
    if not values:
        return Said(0, None)
    return Said(len(values), fmean(values), median(values), sorted(values)[ceil(0.9 * len(values)) - 1])


def _sum(values: Sequence[float]) -> Said:
    return _mean(values)._replace(value=sum(values) if values else None)
