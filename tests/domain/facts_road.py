"""Measures by another road: from facts as they are exported, slowly, with nothing of the program.

Facts are mappings as `deskterm export facts` writes them, with `at` as an instant, and what stands in `data` beside it.
Time is added up window by window. Left out is what no shipped profile has: a clock that a change of target begins anew,
a stage that falls to several, the kinds of business day that are not whole hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from clocks_road import judged
from rules_road import HANDS, NOTHING, OVER, SECOND, Exported, Row, Rules, Span

ENDS: Final = {"amended", "withdrawn", "authorised", "declined"}
WORK: Final = {
    "claimed", "assigned", "started", "paused", "resumed", "replied", "noted", "resolved", "prioritised", "categorised",
    "moved", "pivoted", "escalated", "received", "updated",
}  # fmt: skip


@dataclass
class Road:
    """One ticket, gone over: `rows` is what was measured, of what was not taken back."""

    rules: Rules
    facts: list[Exported]
    now: datetime
    spans: list[Span] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def go(self) -> list[Row]:
        undone = [number for number, fact in enumerate(self.facts) if fact["kind"] == "undone"]
        late: list[Row] = []
        for number in undone:  # what is late by then stays late, and what is late without it is late from then
            at, before = self.facts[number]["at"], self.facts[: number + 1]
            was, is_ = (Road(self.rules, facts, at) for facts in (before[:-1], before))
            known = [row for row in was.go() if _is_late(row)]
            late += [row for row in known if row.code not in {one.code for one in late}]
            codes = {row.code for row in late}
            now_late = [row for row in is_.plain() if _is_late(row) and row.at < at and row.code not in codes]
            last = is_.spans[-1]
            late += [row._replace(at=at, who=last.assignee, place=last.place) for row in now_late]
        plain = self.plain()
        judged = {row.code for row in late}
        return [row for row in plain if row.kind != "judged" or row.code not in judged] + late

    def plain(self) -> list[Row]:
        """What was measured, as if what was undone had never been."""
        gone = {fact.get("undoes") for fact in self.facts if fact["kind"] == "undone"}
        self.facts = [f for f in self.facts if f["kind"] not in {"undone", "breached"} and f["version"] not in gone]
        self.spans, self.rows = [], []
        self._stand()
        self.born, self.asked_by = self.facts[0]["at"], self.facts[0]["requester"]
        self._row("submitted", self.born, None, 1, self.spans[0])
        for measure in (self._replies, self._resolutions, self._closings, self._stretches, self._ratings, self._chain):
            measure()
        self.rows += judged(self.rules, self.facts, self.spans, self.asked_by)
        return self.rows

    def _stand(self) -> None:
        stands: dict[str, Any] = {"assignee": None, "tier": 1, "reason": "", "resolver": None}
        stands["about"] = {name: self.facts[0].get(name) for name in ("customer", "product", "module", "question")}
        ends = [fact["at"] for fact in self.facts[1:]] + [max(self.now, self.facts[-1]["at"])]
        for fact, until in zip(self.facts, ends, strict=True):
            if "status" in fact:
                stands["reason"] = ""
                if fact["status"] not in OVER:
                    stands["resolver"] = None
            for name in ("status", "reason", "assignee", "department", "category", "tier", "resolver"):
                if name in fact:
                    stands[name] = fact[name]
            stands["rank"] = fact.get("priority", stands.get("rank"))
            self.spans.append(Span(fact["at"], until, **stands))

    def _added(self, since: datetime, until: datetime, *, running: bool) -> int:
        """The whole open seconds between two instants; of a running clock those in which it ran."""
        total = NOTHING
        for span in self.spans:
            lo, hi = max(span.since, since), min(span.until, until)
            if lo < hi and (not running or self._runs(span)):
                total += self.rules.open_time(self.rules.calendar("resolution", span), lo, hi)
        return total // SECOND

    def _runs(self, span: Span) -> bool:
        if span.status in OVER:
            return False
        waits = "procurement" if span.status == "pending_approval" else span.reason
        return waits not in self.rules.pausing

    def _row(self, kind: str, at: datetime, who: Any, value: int, was: Span, code: Any = 0) -> None:
        self.rows.append(Row(kind, at, who, value, code, was.place))

    def _turns(self) -> Iterator[tuple[Exported, Span, Span]]:
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
                self._row("turnaround", at, span.resolver, self._added(in_hands or taken_up, at, running=True), was)
                self._row("resolution", at, span.resolver, self._added(self.born, at, running=True), was)
                self._row("detection", at, span.resolver, (at - self.born) // SECOND, was)
                self._row("weight", at, span.resolver, urgency * max(1, touches) * was.tier, was)
            if was.status in OVER and span.status not in OVER:
                taken_up, in_hands = at, None
            if in_hands is None and span.status not in OVER and _is_in_hands(span):
                in_hands = at

    def _closings(self) -> None:
        before: list[Exported] = []
        reopened = escalated = False
        for fact, was, span in self._turns():
            if was.status in OVER and span.status not in OVER:
                self._row("reopened", fact["at"], was.resolver, 1, was)
                reopened = True
            if span.tier > was.tier:
                self._row("escalated", fact["at"], was.assignee, 1, was, span.tier)
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
                spent = self._added(self.born, fact["at"], running=False)
                self._row("closure", fact["at"], was.resolver, spent, was, code)
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
                    self._row("followed", at, actor, self._added(since, at, running=False), was)
                messages = []
            taken = span.assignee not in {None, was.assignee} or (span.status in HANDS and was.status not in HANDS)
            if workable is None:
                workable = at if span.status not in {"pending_approval", "closed"} else None
            elif not has_response and (taken or replied):
                who = actor if replied or span.assignee is None else span.assignee
                self._row("response", at, who, self._added(workable, at, running=False), was)
                has_response = True

    def _stretches(self) -> None:
        held = tier = waiting = self.born
        for fact, was, span in self._turns():
            at, ended, begun = fact["at"], span.status in OVER, was.status in OVER
            if span.assignee != was.assignee or ended != begun:
                if was.assignee is not None and not begun:
                    self._row("held", at, was.assignee, self._added(held, at, running=True), was)
                held = at
            if span.tier != was.tier or ended != begun:
                if not begun:
                    self._row("tier", at, was.assignee, self._added(tier, at, running=False), was, was.tier)
                tier = at
            if _waits(was) != _waits(span):
                if _waits(was):
                    self._row("waited", at, was.assignee, self._added(waiting, at, running=False), was, _waits(was))
                waiting = at

    def _ratings(self) -> None:
        last: Row | None = None
        for fact, was, span in self._turns():
            if last is not None and (fact["kind"] == "rated" or (was.status in OVER and span.status not in OVER)):
                self.rows += [last] if fact["kind"] != "rated" else []
                last = None
            if fact["kind"] == "rated":
                last = Row("rated", fact["at"], was.resolver, fact["stars"], 0, was.place)
        self.rows += [] if last is None else [last]

    def _chain(self) -> None:
        opened: datetime | None = None
        for fact, was, _ in self._turns():
            decided = fact["kind"] in {"approved", "refused"} and fact.get("ends")
            if fact["kind"] == "opened":
                opened, stage = fact["at"], self.rules.stages[fact["stage"]]
            elif opened is not None and (decided or fact["kind"] in ENDS):
                spent = self.rules.open_time(self.rules.of(was.department), opened, fact["at"]) // SECOND
                self._row("stage", fact["at"], fact["actor"] if decided else None, spent, was, stage)
                opened = None
            if fact["kind"] == "requested":
                asked_by, wanted, signed = fact["actor"], len(fact["stages"]), 0
            elif decided and fact["kind"] == "approved":
                signed += 1
            elif fact["kind"] == "amended":
                signed = 0
            elif fact["kind"] == "authorised":
                self._row("purchased", fact["at"], asked_by, int(signed == wanted), was)


def _is_late(row: Row) -> bool:
    return row.kind == "judged" and not row.value


def _waits(span: Span) -> str:
    if span.status == "pending_approval":
        return "procurement"
    return (span.reason or "other") if span.status == "waiting" else ""


def _is_in_hands(span: Span) -> bool:
    return span.assignee is not None or span.status in HANDS


def rows(facts: Sequence[Exported], rules: Rules, now: datetime) -> list[Row]:
    """What one ticket comes to."""
    return Road(rules, list(facts), now).go()
