"""Measures by another road: from facts as they are exported, slowly, with nothing of the program.

Facts are mappings as `deskterm export facts` writes them, with `at` as an instant, and what stands in `data` beside it.
Time is added up window by window. It knows one profile's main clock as far as that carries what
was used and goes on after a reopening, and targets by priority.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from holidays import country_holidays

Exported = Mapping[str, Any]
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OVER: Final = {"resolved", "closed"}
HANDS: Final = {"assigned", "in_progress"}
ENDS: Final = {"amended", "withdrawn", "authorised", "declined"}
WORK: Final = {
    "claimed", "assigned", "started", "paused", "resumed", "replied", "noted", "resolved", "prioritised", "categorised",
    "moved", "pivoted", "escalated", "received", "updated",
}  # fmt: skip
NOTHING: Final = timedelta()


class Row(NamedTuple):
    """One thing that was measured."""

    kind: str
    at: datetime
    who: Any
    value: int
    code: Any = 0


class Rules:
    """What of a profile's text the road needs."""

    def __init__(self, text: str, calendars: Mapping[Any, str]) -> None:
        """Reads it; `calendars` names the one of each department that the text doesn't."""
        told = tomllib.loads(text)
        self.told, self.own = told, calendars
        self.ranks = {rule["rank"]: rule["key"] for rule in told["priorities"]}
        self.targets = told["clocks"]["resolution"]["targets"]
        self.pausing = {*told["pauses"]["reasons"], "procurement"}
        self.free: dict[tuple[str, int], set[date]] = {}

    def budget(self, rank: int) -> str:
        return str(self.targets.get(self.ranks[rank], ""))

    def calendar(self, department: Any, rank: int) -> str:
        budget = self.budget(rank)
        if budget and not budget.endswith(("bh", "bd")):
            return ""  # on the wall
        return self.own.get(department) or self.told["profile"]["default_calendar"]

    def target(self, department: Any, rank: int) -> timedelta | None:
        budget = self.budget(rank)
        if not budget:
            return None
        unit = budget.lstrip("0123456789")
        count = int(budget.removesuffix(unit))
        day = (
            timedelta(hours=int(self.told["calendars"][self.calendar(department, rank)]["business_day"][:-1]))
            if (unit == "bd")
            else NOTHING
        )
        return count * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1),
                        "bh": timedelta(hours=1), "bd": day}[unit]  # fmt: skip

    def windows(self, key: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open times between two instants, day by day."""
        if not key:
            yield since, until
            return
        rule = self.told["calendars"][key]
        zone = ZoneInfo(rule["zone"])
        day = since.astimezone(zone).date() - timedelta(days=1)
        while day <= until.astimezone(zone).date():
            for opens, closes in () if self._is_free(key, day) else rule.get(DAYS[day.weekday()], ()):
                start, end = _wall(day, opens, zone), _wall(day, closes, zone)
                if end <= start:
                    end = _wall(day + timedelta(days=1), closes, zone)
                if max(start, since) < min(end, until):
                    yield max(start, since), min(end, until)
            day += timedelta(days=1)

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
class _Span:
    since: datetime
    until: datetime
    status: str
    reason: str
    assignee: Any
    department: Any
    rank: int
    tier: int
    resolver: Any


@dataclass
class Road:
    """One ticket, gone over: `rows` is what was measured, of what was not taken back."""

    rules: Rules
    facts: list[Exported]
    now: datetime
    spans: list[_Span] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def go(self) -> list[Row]:
        gone = {fact.get("undoes") for fact in self.facts if fact["kind"] == "undone"}
        self.facts = [f for f in self.facts if f["kind"] not in {"undone", "breached"} and f["version"] not in gone]
        self._stand()
        self.born, self.asked_by = self.facts[0]["at"], self.facts[0]["requester"]
        self._row("submitted", self.born, None, 1)
        for measure in (self._replies, self._resolutions, self._closings, self._stretches, self._ratings, self._chain):
            measure()
        self._judge()
        return self.rows

    def _stand(self) -> None:
        stands: dict[str, Any] = {"assignee": None, "tier": 1, "reason": "", "resolver": None}
        ends = [fact["at"] for fact in self.facts[1:]] + [max(self.now, self.facts[-1]["at"])]
        for fact, until in zip(self.facts, ends, strict=True):
            if "status" in fact:
                stands["reason"] = ""
                if fact["status"] not in OVER:
                    stands["resolver"] = None
            for name in ("status", "reason", "assignee", "department", "tier", "resolver"):
                if name in fact:
                    stands[name] = fact[name]
            stands["rank"] = fact.get("priority", stands.get("rank"))
            self.spans.append(_Span(fact["at"], until, **stands))

    def _added(self, since: datetime, until: datetime, *, running: bool) -> int:
        """The whole open seconds between two instants; of a running clock those in which it ran."""
        total = NOTHING
        for span in self.spans:
            lo, hi = max(span.since, since), min(span.until, until)
            if lo < hi and (not running or self._runs(span)):
                key = self.rules.calendar(span.department, span.rank)
                total += sum((end - start for start, end in self.rules.windows(key, lo, hi)), NOTHING)
        return total // timedelta(seconds=1)

    def _runs(self, span: _Span) -> bool:
        if span.status in OVER:
            return False
        waits = "procurement" if span.status == "pending_approval" else span.reason
        return waits not in self.rules.pausing

    def _row(self, kind: str, at: datetime, who: Any, value: int, code: Any = 0) -> None:
        self.rows.append(Row(kind, at, who, value, code))

    def _turns(self) -> Iterator[tuple[Exported, _Span, _Span]]:
        """Each fact after the submission, with where the ticket stood before and after it."""
        return zip(self.facts[1:], self.spans, self.spans[1:], strict=False)

    def _resolutions(self) -> None:
        taken_up, in_hands = self.born, None
        touches, touched = 0, None
        for fact, was, span in self._turns():
            at = fact["at"]
            if fact["kind"] in WORK and fact["actor"] not in {None, self.asked_by}:
                touches += touched != (fact["kind"], fact["actor"])
                touched = (fact["kind"], fact["actor"])
            if span.status == "resolved" != was.status:
                urgency = max(1, len(self.rules.ranks) - was.rank + 1)
                self._row("turnaround", at, span.resolver, self._added(in_hands or taken_up, at, running=True))
                self._row("resolution", at, span.resolver, self._added(self.born, at, running=True))
                self._row("detection", at, span.resolver, (at - self.born) // timedelta(seconds=1))
                self._row("weight", at, span.resolver, urgency * max(1, touches) * was.tier)
            if was.status in OVER and span.status not in OVER:
                taken_up, in_hands = at, None
            if in_hands is None and span.status not in OVER and _is_in_hands(span):
                in_hands = at

    def _closings(self) -> None:
        before: list[Exported] = []
        reopened = escalated = False
        for fact, was, span in self._turns():
            if was.status in OVER and span.status not in OVER:
                self._row("reopened", fact["at"], was.resolver, 1)
                reopened = True
            if span.tier > was.tier:
                self._row("escalated", fact["at"], was.assignee, 1, span.tier)
                escalated = True
            if span.status == "closed" != was.status:
                bought = any(one["kind"] == "requested" for one in before)
                standard = self.facts[0]["category_kind"] == "standard" and not bought
                done = standard and fact.get("outcome") == "done"
                wrote = any(one["kind"] == "replied" and one["actor"] == self.asked_by for one in before)
                worked = any(one["kind"] in WORK and one["actor"] not in {None, self.asked_by} for one in before)
                given = any(row.kind == "response" and row.at <= fact["at"] for row in self.rows)
                flags = {
                    "done": done,
                    "first": done and not wrote and not reopened,
                    "reopened": reopened,
                    "escalated": escalated,
                    "alone": standard and not worked and not given and fact["actor"] == self.asked_by,
                }
                code = frozenset(name for name, so in flags.items() if so)
                self._row("closure", fact["at"], was.resolver, self._added(self.born, fact["at"], running=False), code)
            before.append(fact)

    def _replies(self) -> None:
        workable = None if self.spans[0].status == "pending_approval" else self.born
        has_response, messages = False, list[datetime]()
        for fact, was, span in self._turns():
            at, actor = fact["at"], fact["actor"]
            replied = fact["kind"] == "replied" and actor != self.asked_by
            if fact["kind"] == "replied" and not replied:
                messages.append(at)
            if replied:
                for since in messages:
                    self._row("followed", at, actor, self._added(since, at, running=False))
                messages = []
            taken = span.assignee not in {None, was.assignee} or (span.status in HANDS and was.status not in HANDS)
            if workable is None:
                workable = at if span.status not in {"pending_approval", "closed"} else None
            elif not has_response and (taken or replied):
                who = actor if replied or span.assignee is None else span.assignee
                self._row("response", at, who, self._added(workable, at, running=False))
                has_response = True

    def _stretches(self) -> None:
        held = tier = waiting = self.born
        for fact, was, span in self._turns():
            at, ended, begun = fact["at"], span.status in OVER, was.status in OVER
            if span.assignee != was.assignee or ended != begun:
                if was.assignee is not None and not begun:
                    self._row("held", at, was.assignee, self._added(held, at, running=True))
                held = at
            if span.tier != was.tier or ended != begun:
                if not begun:
                    self._row("tier", at, was.assignee, self._added(tier, at, running=False), was.tier)
                tier = at
            if _waits(was) != _waits(span):
                if _waits(was):
                    self._row("waited", at, was.assignee, self._added(waiting, at, running=False), _waits(was))
                waiting = at

    def _ratings(self) -> None:
        last: Row | None = None
        for fact, was, span in self._turns():
            if last is not None and (fact["kind"] == "rated" or (was.status in OVER and span.status not in OVER)):
                self.rows += [last] if fact["kind"] != "rated" else []
                last = None
            if fact["kind"] == "rated":
                last = Row("rated", fact["at"], was.resolver, fact["stars"])
        self.rows += [] if last is None else [last]

    def _chain(self) -> None:
        opened: datetime | None = None
        for fact, was, _ in self._turns():
            decided = fact["kind"] in {"approved", "refused"} and fact.get("ends")
            if fact["kind"] == "opened":
                opened = fact["at"]
            elif opened is not None and (decided or fact["kind"] in ENDS):
                key = self.rules.own.get(was.department) or self.rules.told["profile"]["default_calendar"]
                spent = sum((end - start for start, end in self.rules.windows(key, opened, fact["at"])), NOTHING)
                self._row("stage", fact["at"], fact["actor"] if decided else None, spent // timedelta(seconds=1))
                opened = None
            if fact["kind"] == "authorised":
                self._row("purchased", fact["at"], None, 1)

    def _judge(self) -> None:
        """The main clock's cycle: late as soon as what was used is over the target in force, else met at its end."""
        used, late, met = NOTHING, False, None
        for number, (fact, span) in enumerate(zip(self.facts, self.spans, strict=True)):
            target = self.rules.target(span.department, span.rank)
            before = self.spans[number - 1] if number else span
            if span.status in OVER:
                held = self.rules.target(before.department, before.rank)
                done = span.status == "resolved" or fact.get("outcome") == "done"
                if before.status not in OVER and not late and held is not None and done:
                    met = len(self.rows)
                    self._row("judged", fact["at"], None, 1)
                continue
            if met is not None:
                del self.rows[met]
                met = None
            if late or target is None:
                pass
            elif used > target:
                late = True
                self._row("judged", span.since, None, 0)
            elif self._runs(span):
                hit = self._hit(span, target - used)
                last = number == len(self.spans) - 1
                if hit is not None and (hit < span.until or (last and hit == span.until)):
                    late = True
                    self._row("judged", hit, None, 0)
            if self._runs(span):
                key = self.rules.calendar(span.department, span.rank)
                used += sum((end - start for start, end in self.rules.windows(key, span.since, span.until)), NOTHING)

    def _hit(self, span: _Span, left: timedelta) -> datetime | None:
        if not left:
            return span.since
        for start, end in self.rules.windows(self.rules.calendar(span.department, span.rank), span.since, span.until):
            if end - start >= left:
                return start + left
            left -= end - start
        return None


def _waits(span: _Span) -> str:
    if span.status == "pending_approval":
        return "procurement"
    return (span.reason or "other") if span.status == "waiting" else ""


def _is_in_hands(span: _Span) -> bool:
    return span.assignee is not None or span.status in HANDS


def rows(facts: Sequence[Exported], rules: Rules, now: datetime) -> list[Row]:
    """What one ticket comes to."""
    return Road(rules, list(facts), now).go()
