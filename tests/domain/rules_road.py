"""What of a profile another road needs, read from its text alone: calendars, targets and whose they are."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from holidays import country_holidays

Exported = Mapping[str, Any]
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OVER: Final = {"resolved", "closed"}
HANDS: Final = {"assigned", "in_progress"}
NOTHING: Final = timedelta()
SECOND: Final = timedelta(seconds=1)
SPECIAL: Final = ("customer", "question", "module", "product", "category", "department", "priority")
"""What a row of the wide table of targets is about, the most special first."""


class Place(NamedTuple):
    """Where a ticket stood when something was measured."""

    department: Any
    category: Any
    rank: int
    tier: int


class Row(NamedTuple):
    """One thing that was measured."""

    kind: str
    at: datetime
    who: Any
    value: int
    code: Any
    place: Place


class Rules:
    """What of a profile's text the road needs."""

    def __init__(self, text: str, calendars: Mapping[Any, str]) -> None:
        """Reads it; `calendars` names the one of each department that the text doesn't."""
        told = tomllib.loads(text)
        self.told, self.own = told, calendars
        self.ranks = {rule["rank"]: rule["key"] for rule in told["priorities"]}
        self.pausing = {*told["pauses"]["reasons"], "procurement"}
        self.stages = {stage["key"]: number for number, stage in enumerate(told.get("chain", ()), 1)}
        self.days: dict[tuple[str, date], list[tuple[datetime, datetime]]] = {}
        self.free: dict[tuple[str, int], set[date]] = {}

    def budget(self, clock: str, span: "Span") -> str:
        """The target as the profile writes it, of the most special row that fits; "" where there is none."""
        rule, key = self.told["clocks"][clock], self.ranks[span.rank]
        stands = {**span.about, "category": span.category, "department": span.department, "priority": key}
        rows = [
            row
            for row in self.told.get("targets", ())
            if row.get("clock", "resolution") == clock
            and all(row[name] == stands.get(name) for name in SPECIAL if name in row)
        ]
        if rows:
            return str(max(rows, key=lambda row: [name in row for name in SPECIAL])["target"])
        tier = rule.get("tiers", {}).get(str(span.tier), "")
        tier = tier.get(key, "") if isinstance(tier, dict) else tier
        return str(tier or rule.get("targets", {}).get(key) or rule.get("default", ""))

    def calendar(self, clock: str, span: "Span") -> str:
        """What a clock is counted in; "" is on the wall."""
        budget = self.budget(clock, span)
        if budget and not budget.endswith(("bh", "bd")):
            return ""
        named = self.told["clocks"][clock].get("calendar", "department")
        named = named.get(self.ranks[span.rank], "department") if isinstance(named, dict) else named
        return str({"always": "", "department": self.of(span.department)}.get(named, named))

    def of(self, department: Any) -> str:
        """A department's own calendar."""
        return self.own.get(department) or str(self.told["profile"]["default_calendar"])

    def target(self, clock: str, span: "Span") -> timedelta | None:
        budget = self.budget(clock, span)
        return self.lasts(budget, self.calendar(clock, span)) if budget else None

    def lasts(self, budget: str, calendar: str) -> timedelta:
        unit = budget.lstrip("0123456789")
        count = int(budget.removesuffix(unit))
        if unit == "bd":
            return count * timedelta(hours=int(self.told["calendars"][calendar]["business_day"][:-1]))
        return count * {"m": timedelta(minutes=1), "d": timedelta(days=1)}.get(unit, timedelta(hours=1))

    def windows(self, key: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open times between two instants, day by day."""
        if not key:
            yield since, until
            return
        zone = ZoneInfo(self.told["calendars"][key]["zone"])
        day, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
        while day <= last:
            for start, end in self.opens(key, day):
                if max(start, since) < min(end, until):
                    yield max(start, since), min(end, until)
            day += timedelta(days=1)

    def opens(self, key: str, day: date) -> list[tuple[datetime, datetime]]:
        """The open times that begin on a local day."""
        if (key, day) not in self.days:
            rule = self.told["calendars"][key]
            zone, found = ZoneInfo(rule["zone"]), list[tuple[datetime, datetime]]()
            for opens, closes in () if self._is_free(key, day) else rule.get(DAYS[day.weekday()], ()):
                start, end = _wall(day, opens, zone), _wall(day, closes, zone)
                found.append((start, end if end > start else _wall(day + timedelta(days=1), closes, zone)))
            self.days[key, day] = found
        return self.days[key, day]

    def open_time(self, key: str, since: datetime, until: datetime) -> timedelta:
        return sum((end - start for start, end in self.windows(key, since, until)), NOTHING)

    def _is_free(self, key: str, day: date) -> bool:
        rule = self.told["calendars"][key]
        if (key, day.year) not in self.free:
            own = {one["date"] if isinstance(one, dict) else one for one in rule.get("holidays", ())}
            named = country_holidays(rule["country"], rule.get("subdivision"), day.year) if rule.get("country") else ()
            self.free[key, day.year] = {*named, *own}
        return day in self.free[key, day.year]


def _wall(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(ZoneInfo("UTC"))


@dataclass
class Span:
    """A stretch in which a ticket stood in one way."""

    since: datetime
    until: datetime
    status: str
    reason: str
    assignee: Any
    department: Any
    category: Any
    rank: int
    tier: int
    resolver: Any
    about: Mapping[str, Any]

    @property
    def place(self) -> Place:
        return Place(self.department, self.category, self.rank, self.tier)
