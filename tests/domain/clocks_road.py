"""Clocks by another road: when each cycle of each was met or missed, as docs/profiles.md and docs/sla.md tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from rules_road import HANDS, NOTHING, OVER, Exported, Row, Rules, Span

STOPS: Final = {
    "response": ["assigned"], "own": ["assigned"], "ack": ["assigned", "started", "replied"],
    "first_reply": ["replied"], "start": ["started"], "update": [], "resolution": ["resolved"],
}  # fmt: skip
"""When clocks stop that don't say."""
WORK_ENDS: Final = {"resolved", "closed"}


def moments(fact: Exported, was: Span | None, span: Span, asked_by: Any) -> set[str]:
    """What a fact is to clocks."""
    if was is None:
        return {"submitted"}
    taken = span.assignee is not None and span.assignee != was.assignee
    new = "" if span.status == was.status else span.status
    found = {
        "assigned": taken or (new in HANDS and was.status not in HANDS),
        "started": new == "in_progress",
        "replied": fact["kind"] == "replied" and fact["actor"] != asked_by,
        "answered": fact["kind"] == "replied" and fact["actor"] == asked_by,
        "escalated": span.tier > was.tier,
        "resolved": new == "resolved",
        "closed": new == "closed",
    }
    return {name for name, so in found.items() if so}


@dataclass
class Cycles:
    """The cycles of one clock of one ticket."""

    rules: Rules
    clock: str
    rows: list[Row] = field(default_factory=list)
    number: int = 0
    begun: Exported | None = None
    is_open: bool = False
    is_late: bool = False
    is_ended_by_work: bool = False
    used: timedelta = NOTHING
    met: Row | None = None

    def begin(self, fact: Exported) -> None:
        self.number, self.begun, self.used, self.met = self.number + 1, fact, NOTHING, None
        self.is_open, self.is_late, self.is_ended_by_work = True, False, False

    def end(self, fact: Exported, was: Span, who: Any, *, counts: bool) -> None:
        self.is_open = False
        if counts and not self.is_late and fact is not self.begun:
            self.met = Row("judged", fact["at"], who, 1, (self.clock, self.number), was.place)
            self.rows.append(self.met)

    def go_on(self) -> None:
        """Takes back that it was met."""
        self.is_open, self.is_ended_by_work = True, False
        if self.met is not None:
            self.rows.remove(self.met)
            self.met = None

    def run(self, span: Span, calendar: str, target: timedelta | None, who: Any, *, is_last: bool) -> None:
        """Lets it run over a stretch."""
        if target is not None and not self.is_late:
            left = target - self.used
            hit = span.since if left < NOTHING else self._hit(span, calendar, left)
            if hit is not None and (left < NOTHING or hit < span.until or is_last):
                self._miss(hit, who, span)
        self.used += self.rules.open_time(calendar, span.since, span.until)

    def stand(self, span: Span, target: timedelta | None) -> None:
        """Lets it stand still over a stretch, which a nearer target can make late all the same."""
        if target is not None and not self.is_late and self.used > target:
            self._miss(span.since, span.assignee, span)

    def _hit(self, span: Span, calendar: str, left: timedelta) -> datetime | None:
        if not left:
            return span.since
        for start, end in self.rules.windows(calendar, span.since, span.until):
            if end - start >= left:
                return start + left
            left -= end - start
        return None

    def _miss(self, at: datetime, who: Any, span: Span) -> None:
        self.is_late = True
        self.rows.append(Row("judged", at, who, 0, (self.clock, self.number), span.place))


def judged(rules: Rules, facts: Sequence[Exported], spans: Sequence[Span], asked_by: Any) -> Iterator[Row]:
    """The verdicts about all clocks of a ticket."""
    for clock in rules.told["clocks"]:
        yield from _clock(rules, clock, facts, spans, asked_by)
    if rules.stages:
        yield from _approvals(rules, facts, spans)


def _clock(rules: Rules, clock: str, facts: Sequence[Exported], spans: Sequence[Span], asked_by: Any) -> Sequence[Row]:
    cycles = Cycles(rules, clock)
    pauses = set(rules.told["clocks"][clock].get("pauses", rules.pausing))
    for number, (fact, span) in enumerate(zip(facts, spans, strict=True)):
        was = spans[number - 1] if number else span
        _turn(cycles, fact, was, span, moments(fact, was if number else None, span, asked_by), asked_by)
        if cycles.is_open:
            waits = "procurement" if span.status == "pending_approval" else span.reason
            target, is_last = rules.target(clock, span), number == len(spans) - 1
            if waits in pauses:
                cycles.stand(span, target)
            else:
                cycles.run(span, rules.calendar(clock, span), target, span.assignee, is_last=is_last)
    return cycles.rows


def _turn(cycles: Cycles, fact: Exported, was: Span, span: Span, now: set[str], asked_by: Any) -> None:
    """Stops, begins or goes on with a cycle by what a fact is to its clock."""
    rule = cycles.rules.told["clocks"][cycles.clock]
    stop = set(rule.get("stop", STOPS.get(cycles.clock, ())))
    rearm = now & set(rule.get("rearm", ["replied"] if cycles.clock == "update" else ()))
    holder = was.assignee if was.assignee is not None else span.assignee
    who = holder if holder is not None or fact["actor"] == asked_by else fact["actor"]
    counts = cycles.rules.target(cycles.clock, was) is not None
    again = ("escalated" in now and "tiers" in rule) or (rearm and not (cycles.is_open and stop - WORK_ENDS))
    if span.status in OVER:
        if cycles.is_open:
            cycles.end(fact, was, who, counts=counts and (span.status == "resolved" or fact.get("outcome") == "done"))
            cycles.is_ended_by_work = True
        return
    if cycles.is_open and again and not now & stop:
        cycles.end(fact, was, who, counts=counts)
        cycles.begin(fact)
    elif not cycles.is_open:
        _begin(cycles, fact, rule.get("on_reopen", "resume") if was.status in OVER else None, again, now)
    if now & stop and cycles.is_open:
        cycles.end(fact, was, who, counts=counts)


def _begin(cycles: Cycles, fact: Exported, on_reopen: str | None, again: object, now: set[str]) -> None:
    """Begins a cycle, or goes on with the last one, where the fact wants it."""
    rule = cycles.rules.told["clocks"][cycles.clock]
    if not cycles.number:
        if now & set(rule.get("start", ["submitted"])):
            cycles.begin(fact)
    elif on_reopen == "new_cycle" or (on_reopen is None and again):
        cycles.begin(fact)
    elif on_reopen == "resume" and cycles.is_ended_by_work:
        cycles.go_on()


def _approvals(rules: Rules, facts: Sequence[Exported], spans: Sequence[Span]) -> Sequence[Row]:
    """Those about the stages of its chain."""
    cycles, target, waits_for, waits = Cycles(rules, "approval"), None, None, False
    within = {stage["key"]: stage.get("within", "") for stage in rules.told["chain"]}
    for number, (fact, span) in enumerate(zip(facts, spans, strict=True)):
        was = spans[number - 1] if number else span
        calendar = rules.of(span.department)
        decided = fact["kind"] in {"approved", "refused"} and fact.get("ends")
        if cycles.is_open and (decided or fact["kind"] in {"amended", "withdrawn", "authorised", "declined"}):
            cycles.end(fact, was, fact["actor"], counts=bool(decided) and target is not None)
        if fact["kind"] == "opened":
            budget = within[fact["stage"]]
            target = rules.lasts(budget, calendar) if budget else None
            waits_for, waits = next((slot[1] for slot in fact["slots"]), None), False
            cycles.begin(fact)
        elif fact["kind"] in {"returned", "answered"}:
            waits = fact["kind"] == "returned"
        if cycles.is_open and not waits:
            budget_calendar = calendar if not target or budget.endswith(("bh", "bd")) else ""
            cycles.run(span, budget_calendar, target, waits_for, is_last=number == len(spans) - 1)
    return cycles.rows
