"""Figures by another road: each KPI as docs/kpi.md tells it, and nothing else, from lists of rows (kpi_road)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import ceil
from statistics import fmean, median
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from kpi_road import DAY, NOBODY, Asked, Known, KpiRoad, Of, Open
from rules_road import SECOND, Row

AGES: Final = {"1": (0, 1), "2": (1, 3), "3": (3, 7), "4": (7, 30), "5": (30, 10**6)}
TIMES: Final = {
    "response": "response", "turnaround": "turnaround", "resolution": "resolution", "detection": "detection",
    "closure": "closure", "follow-up": "followed", "held": "held", "tier-time": "tier", "complexity": "weight",
}  # fmt: skip
"""The figures that are the mean of one kind of row."""
SUMS: Final = {"waiting": "waited", "stage-hours": "stage", "weighted-volume": "weight"}
COUNTS: Final = {"submitted": "submitted", "resolved": "resolution", "closed": "closure"}
NOBODYS: Final = {"submitted", "net", "volume-change", "demand"}
"""What there is not of a person: what comes in is nobody's yet."""


class Said(NamedTuple):
    """A figure, and the tickets that it is of."""

    n: int
    value: float | None
    median: float | None = None
    p90: float | None = None
    tickets: frozenset[str] = frozenset()


@dataclass
class _Figures:
    road: KpiRoad
    asked: Asked
    since: datetime
    until: datetime
    now: datetime
    before: tuple[datetime, datetime]

    def figure(self, name: str) -> Said:
        if self.asked.person not in {"", NOBODY} and name in NOBODYS:
            return Said(0, None)
        if name in OTHERS:
            return OTHERS[name](self)
        for figures, reckoned in ((TIMES, _mean), (SUMS, _sum), (COUNTS, _counted)):
            if name in figures:
                return reckoned(self.of(figures[name]))
        return self.member(name)

    def member(self, name: str) -> Said:
        """One of a family: of a reason, tier, stage, age or clock."""
        for family, (kind, reckoned) in FAMILIES.items():
            if name.startswith(family):
                return reckoned([one for one in self.of(kind) if str(one.row.code) == name.removeprefix(family)])
        if name.startswith("backlog-age-"):
            low, high = AGES[name.removeprefix("backlog-age-")]
            return _count([one.ticket for one in self.open() if low * 86_400 <= one.age < high * 86_400])
        return self.judged({name.removeprefix("sla").removeprefix("-") or "resolution"})

    @property
    def end(self) -> datetime:
        return min(self.until, self.now)

    def known(self) -> Known:
        return self.road.known(self.end, is_past=self.until <= self.now)

    def of(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Of]:
        return self.known().of(kind, self.asked, since or self.since, until or self.until)

    def open(self) -> list[Open]:
        return self.known().standing(self.asked)

    def judged(self, clocks: set[str]) -> Said:
        return _share([one for one in self.of("judged") if one.row.code[0] in clocks], lambda row: bool(row.value))

    def cadence(self) -> Said:
        clocks = self.road.rules[""].told["clocks"]
        rearmed = {key: rule.get("rearm", ["replied"] if key == "update" else []) for key, rule in clocks.items()}
        return self.judged({key for key, moments in rearmed.items() if moments})

    def csat(self) -> Said:
        said = self.normalised()
        scale = self.road.rules[""].told["goals"].get("csat_scale", 5)
        return said._replace(value=None if said.value is None else said.value * scale)

    def normalised(self) -> Said:
        said = _mean(self.of("rated"))
        return said._replace(value=None if said.value is None else said.value / 5, median=None, p90=None)

    def ended(self, flag: str, among: str) -> Said:
        closed = [one for one in self.of("closure") if not among or among in one.row.code]
        return _share(closed, lambda row: flag in row.code)

    def reopened(self) -> Said:
        resolved, again = self.of("resolution"), self.of("reopened")
        tickets = frozenset(one.ticket for one in resolved + again)
        return Said(len(resolved), len(again) / len(resolved) if resolved else None, tickets=tickets)

    def quality(self) -> Said:
        parts = [self.figure(name) for name in ("sla", "csat-normalised", "first-contact")]
        again = self.figure("reopen-rate")
        parts += [again._replace(value=None if again.value is None else max(0, 1 - again.value))]
        told = [part for part in parts if part.value is not None]
        values = [part.value for part in told if part.value is not None]
        tickets = frozenset[str]().union(*(part.tickets for part in told))
        return Said(sum(part.n for part in told), fmean(values) if values else None, tickets=tickets)

    def change(self) -> Said:
        came = self.of("submitted")
        earlier = len(self.of("submitted", *self.before))
        value = (len(came) - earlier) / earlier if earlier else None
        return Said(len(came), value, tickets=frozenset(one.ticket for one in came))

    def net(self) -> Said:
        came, went = self.of("submitted"), self.of("resolution")
        n = len(came) + len(went)
        return Said(n, len(came) - len(went) if n else None, tickets=frozenset(one.ticket for one in came + went))

    def in_hand(self, *, weighted: bool) -> Said:
        held = [one for one in self.open() if one.who is not None]
        said = _count([one.ticket for one in held])
        return said._replace(value=sum(one.weight for one in held)) if weighted and held else said

    def age(self) -> Said:
        return _numbers([one.age for one in self.open()], frozenset(one.ticket for one in self.open()))

    def a_day(self, kind: str) -> Said:
        default = self.road.rules[""].told["profile"]["default_calendar"]
        zone = ZoneInfo(self.road.rules[""].told["calendars"][default]["zone"])
        last = (min(self.until - SECOND, self.now)).astimezone(zone).date()
        since, until = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (last - 55 * DAY, last + DAY))
        key = self.road.rules[""].of(self.asked.department) if self.asked.department else default
        days = self.road.business_days(key, last - 55 * DAY)
        rows = self.of(kind, since, until)
        tickets = frozenset(one.ticket for one in rows)
        return Said(len(rows), len(rows) / days if rows and days else None, tickets=tickets)

    def at_hand(self) -> Said:
        backlog, pace = self.figure("backlog"), self.figure("capacity")
        value = backlog.value / pace.value if backlog.value and pace.value else None
        return backlog._replace(value=value)


OTHERS: Final[dict[str, Callable[[_Figures], Said]]] = {
    "quality": _Figures.quality,
    "csat": _Figures.csat,
    "csat-normalised": _Figures.normalised,
    "first-contact": lambda self: self.ended("first", "done"),
    "escalation-rate": lambda self: self.ended("escalated", "done"),
    "self-resolution": lambda self: self.ended("alone", ""),
    "reopen-rate": _Figures.reopened,
    "through-chain": lambda self: _share(self.of("purchased"), lambda row: bool(row.value)),
    "volume-change": _Figures.change,
    "net": _Figures.net,
    "handled": lambda self: _count({one.ticket for one in self.of("held")}),
    "backlog": lambda self: _count([one.ticket for one in self.open()]),
    "pending": lambda self: _count([one.ticket for one in self.open() if one.is_pending]),
    "backlog-age": _Figures.age,
    "workload": lambda self: self.in_hand(weighted=False),
    "weighted-workload": lambda self: self.in_hand(weighted=True),
    "capacity": lambda self: self.a_day("resolution"),
    "demand": lambda self: self.a_day("submitted"),
    "days-at-hand": _Figures.at_hand,
    "cadence": _Figures.cadence,
}


def _count(tickets: Sequence[str] | set[str]) -> Said:
    return Said(len(tickets), len(tickets) or None, tickets=frozenset(tickets))


def _share(rows: Sequence[Of], good: Callable[[Row], bool]) -> Said:
    value = sum(good(one.row) for one in rows) / len(rows) if rows else None
    return Said(len(rows), value, tickets=frozenset(one.ticket for one in rows))


def _numbers(values: Sequence[int], tickets: frozenset[str]) -> Said:
    if not values:
        return Said(0, None)
    return Said(len(values), fmean(values), median(values), sorted(values)[ceil(len(values) * 9 / 10) - 1], tickets)


def _mean(rows: Sequence[Of]) -> Said:
    return _numbers([one.row.value for one in rows], frozenset(one.ticket for one in rows))


def _sum(rows: Sequence[Of]) -> Said:
    return _mean(rows)._replace(value=sum(one.row.value for one in rows) if rows else None)


def _counted(rows: Sequence[Of]) -> Said:
    return _count([one.ticket for one in rows])


FAMILIES: Final[dict[str, tuple[str, Callable[[Sequence[Of]], Said]]]] = {
    "waiting-": ("waited", _sum), "tier-time-": ("tier", _mean), "stage-hours-": ("stage", _sum),
}  # fmt: skip


def figure(
    road: KpiRoad, name: str, asked: Asked, period: tuple[datetime, datetime], now: datetime,
    before: tuple[datetime, datetime],
) -> Said:  # fmt: skip
    """A figure of a period; `before` is the compared one, for what compares."""
    return _Figures(road, asked, *period, now, before).figure(name)
