"""How fast business time is added and counted, and how often it is right, beside what else Python offers.

python benchmarks/business_time.py [--runs N] [--questions N]        (needs the extra `bench`)

Four calendars, and the nights once more where the clock changes in between; the same seeded questions for all, whole
seconds of 2021 to 2025, ready made in each contender's own types. One core, contenders in turn, medians of the runs, in
seconds of processor time. The yardstick, and the judge, is a day walk: the loop one writes by hand, a date at a time.
Budgets are whole hours, because pandas counts in those; where one ends at closing, its next opening counts as right.
"""

import argparse
import gc
import json
import math
import operator
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import businesstimedelta
import holidays
import numpy as np
import pandas as pd
import pytz
from pandas.tseries.offsets import CustomBusinessHour

from deskterm.core.domain.calendar import WEEKDAYS, Calendar

CASES = Path(__file__).parents[1] / "tests" / "domain" / "business_time_cases.json"
SEED = 20_240_331
FROM, TO = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2021, 2026))
HOUR, DAY = 3_600, 86_400
PASS_SECONDS = 0.05
BARS = {"deskterm, epoch": 1_000_000, "deskterm, datetimes": 300_000}
WALK = "day walk"


@dataclass(frozen=True)
class Hours:
    """One calendar, the same on each of its days; `changes`: ask only about spans in which the clock changes."""

    name: str
    zone: str
    days: str
    spans: tuple[tuple[str, str], ...]
    free: frozenset[date] = frozenset()
    changes: bool = False

    @property
    def deskterm(self) -> Calendar:
        """Gives deskterm's calendar."""
        week = {day: self.spans for day, worked in zip(WEEKDAYS, self.days, strict=True) if worked == "1"}
        return Calendar.compile(zone=self.zone, week=week, holidays=self.free)


BERLIN = frozenset(holidays.country_holidays("DE", subdiv="BE", years=range(2020, 2032)))
CALENDARS = (
    Hours("office", "Europe/Berlin", "1111100", (("09:00", "17:00"),), BERLIN),
    Hours("split day", "America/New_York", "1111100", (("08:00", "12:00"), ("13:00", "17:30"))),
    Hours("nights", "Europe/Berlin", "1111111", (("22:00", "06:00"),)),
    Hours("DST nights", "Europe/Berlin", "1111111", (("22:00", "06:00"),), changes=True),
    Hours("24/7", "Europe/Berlin", "1111111", (("00:00", "24:00"),)),
)


@dataclass(frozen=True)
class DayWalk:
    """The loop one writes by hand: the windows of a date, then of the next."""

    hours: Hours

    @cached_property
    def zone(self) -> ZoneInfo:
        """Gives the calendar's zone."""
        return ZoneInfo(self.hours.zone)

    @cached_property
    def spans(self) -> list[tuple[clock, clock, timedelta]]:
        """Gives when the windows of a date open and close, and how many dates later they close."""
        texts = [(opening, closing.replace("24:00", "00:00")) for opening, closing in self.hours.spans]
        clocks = [(clock.fromisoformat(opening), clock.fromisoformat(closing)) for opening, closing in texts]
        return [(opening, closing, timedelta(days=closing <= opening)) for opening, closing in clocks]

    def windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Gives the open windows from `start` on, the first cut to it."""
        day = start.astimezone(self.zone).date() - timedelta(days=1)  # a night may have begun then
        while True:
            if self.hours.days[day.weekday()] == "1" and day not in self.hours.free:
                for opening, closing, later in self.spans:
                    low = datetime.combine(day, opening, self.zone).astimezone(UTC)
                    high = datetime.combine(day + later, closing, self.zone).astimezone(UTC)
                    if max(low, start) < high:
                        yield max(low, start), high
            day += timedelta(days=1)

    def add(self, start: datetime, seconds: int) -> datetime:
        """Gives when the budget is used up."""
        left = timedelta(seconds=seconds)
        for opening, closing in self.windows(start):
            if closing - opening >= left:
                return opening + left
            left -= closing - opening
        raise AssertionError

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Gives the open seconds from `start` to a later `end`."""
        total = timedelta()
        for opening, closing in self.windows(start):
            if opening >= end:
                return total // timedelta(seconds=1)
            total += min(closing, end) - opening
        raise AssertionError


class Pandas:
    """CustomBusinessHour for adds. There is no elapsed: it is the windows of the dates between, cut and summed."""

    def __init__(self, hours: Hours) -> None:
        self.zone = hours.zone
        self.busy = np.busdaycalendar(hours.days, sorted(hours.free))
        opens, closes = zip(*hours.spans, strict=True)
        self.how = {"start": opens, "end": closes, "calendar": self.busy}
        spans = [(pd.Timedelta(f"{opening}:00"), pd.Timedelta(f"{closing}:00")) for opening, closing in hours.spans]
        self.spans = [(low, high if high > low else high + pd.Timedelta(days=1)) for low, high in spans]

    def offsets(self, budgets: Iterable[int]) -> dict[int, CustomBusinessHour]:
        """Gives the budgets as offsets; it has no day of 24 hours."""
        return {seconds: CustomBusinessHour(n=seconds // HOUR, **self.how) for seconds in set(budgets)}

    @staticmethod
    def add(start: pd.Timestamp, offset: CustomBusinessHour) -> pd.Timestamp | None:
        """Gives when the budget is used up; it refuses where a wall time on its way is in a gap."""
        try:
            return start + offset
        except ValueError:
            return None

    def elapsed(self, start: pd.Timestamp, end: pd.Timestamp) -> float:
        """Gives the open seconds from `start` to a later `end`."""
        first = start.tz_localize(None).normalize() - pd.Timedelta(days=1)
        days = pd.date_range(first, end.tz_localize(None).normalize(), freq="D")
        days = days[np.is_busday(days.to_numpy().astype("datetime64[D]"), busdaycal=self.busy)]
        total = 0.0
        for opening, closing in self.spans:
            low, high = (self._instants(days + at) for at in (opening, closing))
            total += (np.minimum(high, end.value) - np.maximum(low, start.value)).clip(0).sum() / 1e9
        return total

    def _instants(self, walls: pd.DatetimeIndex) -> Any:  # noqa: ANN401 - an array of nanoseconds
        known = walls.tz_localize(
            self.zone, nonexistent=pd.Timedelta(hours=1), ambiguous=np.ones(len(walls), dtype=bool)
        )
        return known.as_unit("ns").asi8


def business_time_delta(hours: Hours) -> Any:  # noqa: ANN401 - an untyped library's rules
    """Gives the businesstimedelta rules; its day of 24 hours lacks a microsecond."""
    zone = pytz.timezone(hours.zone)
    days = [n for n, worked in enumerate(hours.days) if worked == "1"]
    texts = [text for span in hours.spans for text in span]
    first, *between, last = (clock.max if text == "24:00" else clock.fromisoformat(text) for text in texts)
    rules = [businesstimedelta.WorkDayRule(first, last, days, tz=zone)]
    if between:
        rules.append(businesstimedelta.LunchTimeRule(*between, days, tz=zone))
    if hours.free:
        rules.append(businesstimedelta.HolidayRule(hours.free, tz=zone))
    return businesstimedelta.Rules(rules)


@dataclass
class Way:
    """A contender on one calendar: its questions, what answers one, how that reads in seconds, and when it is right."""

    who: str
    ask: Callable[[Any, Any], Any]
    questions: list[tuple[Any, Any]]
    read: Callable[[Any], float] = float
    same: Callable[[float, float], bool] = operator.eq
    passes: int = 1
    taken: list[float] = field(default_factory=list)

    def run(self) -> float:
        """Gives the seconds that one pass over the questions takes."""
        ask, questions = self.ask, self.questions
        begun = time.process_time()
        for _ in range(self.passes):
            for first, second in questions:
                ask(first, second)
        return (time.process_time() - begun) / self.passes

    def calibrate(self) -> None:
        """Warms up and sets how many passes make a run long enough to time."""
        self.run()
        self.passes = max(1, round(PASS_SECONDS / self.run()))

    def agreed(self, walk: "Way") -> int:
        """Gives how many answers are the day walk's."""
        answers = ([way.read(way.ask(*question)) for question in way.questions] for way in (self, walk))
        return sum(self.same(mine, right) for mine, right in zip(*answers, strict=True))


def utc(seconds: float) -> datetime:
    """Gives the instant so many seconds after the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def nearly(mine: float, right: float) -> bool:
    """Says whether two answers are within a second."""
    return abs(mine - right) <= 1


def adds(hours: Hours, asked: list[tuple[int, int]]) -> Iterator[Way]:
    """Gives the ways to add a budget to an instant."""
    calendar, rules, walk = hours.deskterm, business_time_delta(hours), DayWalk(hours)
    aware = [(utc(start), budget) for start, budget in asked]
    yield Way(WALK, walk.add, aware, datetime.timestamp)
    yield Way("deskterm, epoch", calendar.add_epoch, asked)
    yield Way("deskterm, datetimes", calendar.add, aware, datetime.timestamp)
    if hours.name != "24/7":
        offsets = Pandas(hours).offsets(budget for _, budget in asked)
        theirs = [(pd.Timestamp(start, unit="s", tz=hours.zone), offsets[budget]) for start, budget in asked]

        def same(mine: float, right: float) -> bool:
            return mine == right or (mine > right and not walk.elapsed(utc(right), utc(mine)))

        def read(answer: pd.Timestamp | None) -> float:
            return math.nan if answer is None else answer.timestamp()

        yield Way("pandas CustomBusinessHour", Pandas.add, theirs, read, same)
    deltas = [(at, businesstimedelta.BusinessTimeDelta(rules, seconds=budget)) for at, budget in aware]
    yield Way("businesstimedelta", operator.add, deltas, datetime.timestamp, nearly)


def elapsed(hours: Hours, asked: list[tuple[int, int]]) -> Iterator[Way]:
    """Gives the ways to count the open time between two instants."""
    calendar, rules = hours.deskterm, business_time_delta(hours)
    aware = [(utc(start), utc(end)) for start, end in asked]
    yield Way(WALK, DayWalk(hours).elapsed, aware)
    yield Way("deskterm, epoch", calendar.elapsed_epoch, asked)
    yield Way("deskterm, datetimes", calendar.elapsed, aware)
    theirs = [tuple(pd.Timestamp(at, unit="s", tz=hours.zone) for at in pair) for pair in asked]
    yield Way("pandas, windows summed", Pandas(hours).elapsed, [(start, end) for start, end in theirs])
    yield Way("businesstimedelta", rules.difference, aware, lambda delta: delta.timedelta.total_seconds(), nearly)


def questions(hours: Hours, chance: random.Random, number: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Gives instants and budgets to add to them, and pairs of instants."""
    starts, least = [chance.randrange(FROM, TO) for _ in range(2 * number)], 1
    if hours.changes:
        zone = ZoneInfo(hours.zone)
        noons = range(FROM + DAY // 2, TO, DAY)
        changes = [
            at for at in noons if utc(at).astimezone(zone).utcoffset() != utc(at - DAY).astimezone(zone).utcoffset()
        ]
        starts, least = [chance.choice(changes) - chance.randrange(DAY, 4 * DAY) for _ in starts], 4 * 8
    budgets = [(start, HOUR * spread(chance, least, 500)) for start in starts[::2]]
    return budgets, [(start, start + spread(chance, least * HOUR * 3, 120 * DAY)) for start in starts[1::2]]


def spread(chance: random.Random, low: int, high: int) -> int:
    """Gives a number between two, small ones as likely as great ones."""
    return round(math.exp(chance.uniform(math.log(low), math.log(high))))


def measured(ways: list[list[Way]], runs: int) -> None:
    """Times each way `runs` times, all in turn."""
    for way in (way for each in ways for way in each):
        way.calibrate()
    gc.disable()
    for _ in range(runs):
        gc.collect()
        for way in (way for each in ways for way in each):
            way.taken.append(way.run())
    gc.enable()


def report(operation: str, ways: list[list[Way]]) -> None:
    """Prints the rows of an operation; rate and ratio are over the calendars that the contender can describe."""
    for who in dict.fromkeys(way.who for each in ways for way in each):
        asked = walked = taken = 0.0
        right = []
        for each in ways:
            walk, way = each[0], next((way for way in each if way.who == who), None)
            right.append(str(way.agreed(walk)) if way else "can't say")
            if way:
                asked += len(way.questions)
                walked += statistics.median(walk.taken)
                taken += statistics.median(way.taken)
        rate = asked / taken
        verdict = ("PASS" if rate >= BARS[who] else "FAIL") + f" ({BARS[who]:,})" if who in BARS else ""
        print(f"| {operation} | {who} | {rate:,.0f} | {walked / taken:,.2f} | {' | '.join(right)} | {verdict} |")


def cases() -> tuple[int, int]:
    """Gives how many of the cases from other programs' tests deskterm answers as expected, and how many there are."""
    written: Mapping[str, Any] = json.loads(CASES.read_text("utf-8"))
    right = 0
    for case in written["cases"]:
        hours = written["calendars"][case["calendar"]]
        dated = {
            part: {date.fromisoformat(day): spans for day, spans in hours.get(part, {}).items()}
            for part in ("shifts", "breaks")
        }
        free = [date.fromisoformat(day) for day in hours.get("holidays", ())]
        calendar = Calendar.compile(zone=hours["zone"], week=hours["week"], holidays=free, **dated)
        start = datetime.fromisoformat(case["start"])
        if case["op"] == "add":
            right += calendar.add(start, case["seconds"]) == datetime.fromisoformat(case["expected"])
        else:
            right += calendar.elapsed(start, datetime.fromisoformat(case["end"])) == case["expected"]
    return right, len(written["cases"])


def year_seconds(hours: Hours) -> float:
    """Gives the seconds it takes deskterm to compile a year."""
    calendar, years = hours.deskterm, range(2016, 2036)
    begun = time.process_time()
    calendar.elapsed(*(datetime(year, 6, 1, tzinfo=UTC) for year in (years[0], years[-1])))
    return (time.process_time() - begun) / len(years)


def main() -> None:
    """Measures, and prints a table and the conformance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--questions", type=int, default=500, help="per calendar and operation")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    chance = random.Random(SEED)  # noqa: S311 - the same questions each time
    adding, counting = list[list[Way]](), list[list[Way]]()
    for hours in CALENDARS:
        budgets, spans = questions(hours, chance, given.questions)
        adding.append(list(adds(hours, budgets)))
        counting.append(list(elapsed(hours, spans)))
    measured(adding + counting, given.runs)
    heads = ["operation", "who", "a second", "to the day walk", *(hours.name for hours in CALENDARS), "bar"]
    print(f"right answers of {given.questions} a calendar; medians of {given.runs} runs\n")
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    report("add", adding)
    report("elapsed", counting)
    print(f"\ncases of other programs: {'{} of {}'.format(*cases())}")
    print(
        f"compiling a year: {', '.join(f'{h.name} {1e3 * year_seconds(h):.2f} ms' for h in CALENDARS if not h.changes)}"
    )


if __name__ == "__main__":
    main()
