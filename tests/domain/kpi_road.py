"""A whole desk by another road: from facts as `deskterm export facts` writes them to what is known at an instant."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from facts_road import Road
from rules_road import OVER, SECOND, Exported, Place, Row, Rules

NOBODY: Final = "nobody"
DAY: Final = timedelta(days=1)


class Of(NamedTuple):
    """A row and its ticket."""

    ticket: str
    row: Row


class Open(NamedTuple):
    """A ticket that is neither resolved nor closed."""

    ticket: str
    who: Any
    place: Place
    age: int
    weight: int
    is_pending: bool


class Asked(NamedTuple):
    """What of the desk a figure is of; "" is all."""

    department: str = ""
    person: str = ""
    priority: str = ""
    category: str = ""
    tier: str = ""

    @staticmethod
    def key(names: Sequence[str], place: Place, who: Any) -> tuple[str, ...]:
        """What stands there, of the dimensions that are asked for."""
        stands = {
            "department": place.department, "priority": str(place.rank), "category": place.category,
            "tier": str(place.tier), "person": NOBODY if who is None else who,
        }  # fmt: skip
        return tuple(stands[name] for name in names)


@dataclass
class Known:
    """All that is known at an instant."""

    rows: dict[str, list[Of]] = field(default_factory=lambda: defaultdict(list))
    open: list[Open] = field(default_factory=list)
    groups: dict[tuple[Any, ...], dict[tuple[str, ...], list[Any]]] = field(default_factory=dict)

    def of(self, kind: str, asked: Asked, since: datetime, until: datetime) -> list[Of]:
        """The rows of a kind and period that are in what is asked for."""
        rows = ((one, one.row.place, one.row.who) for one in self.rows[kind] if since <= one.row.at < until)
        return self._in((kind, since, until), asked, rows)

    def standing(self, asked: Asked) -> list[Open]:
        """The open tickets that are in what is asked for."""
        return self._in(("open",), asked, ((one, one.place, one.who) for one in self.open))

    def _in(self, what: tuple[Any, ...], asked: Asked, all_: Iterable[tuple[Any, Place, Any]]) -> list[Any]:
        names = [name for name in Asked._fields if getattr(asked, name)]
        if (*what, *names) not in self.groups:
            found = self.groups[*what, *names] = defaultdict(list)
            for one, place, who in all_:
                found[Asked.key(names, place, who)].append(one)
        return self.groups[*what, *names].get(tuple(getattr(asked, name) for name in names), [])


@dataclass
class KpiRoad:
    """A desk's exported facts; `figure` gives any figure of it."""

    rules: dict[str, Rules] = field(default_factory=dict)
    tickets: dict[str, list[Exported]] = field(default_factory=dict)
    under: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    kept: dict[tuple[str, int], list[Row]] = field(default_factory=dict)
    at: dict[datetime, Known] = field(default_factory=dict)

    @classmethod
    def read(cls, lines: Iterable[bytes | str], profile: str) -> "KpiRoad":
        """Reads JSONL of all facts; `profile` is the text of the profile in force."""
        road, calendars = cls(), dict[str, str]()
        for line in lines:
            told = json.loads(line)
            met = told["met"] or {}
            calendars |= {key: one["calendar"] for key, one in met.get("departments", {}).items()}
            road.people |= {one["name"]: key for key, one in met.get("people", {}).items() if not one.get("login")}
            road.rules |= {key: Rules(one["text"], calendars) for key, one in met.get("profiles", {}).items()}
            if told["version"] == 1:
                road.under[told["ticket"]] = met["ticket"]["profile"]
            fact = {**(told["data"] or {}), **{name: told[name] for name in ("version", "actor", "kind")}}
            fact["at"] = datetime.fromisoformat(told["at"])
            road.tickets.setdefault(told["ticket"], []).append(fact)
        road.rules[""] = Rules(profile, calendars)
        return road

    def known(self, end: datetime, *, is_past: bool) -> Known:
        """What is known of all tickets at the end of a period that is past, or now."""
        if end not in self.at:
            self.at[end] = Known()
            for ticket, facts in self.tickets.items():
                self._know(
                    self.at[end], ticket, [f for f in facts if f["at"] < end or (f["at"] == end and not is_past)], end
                )
        return self.at[end]

    def _know(self, known: Known, ticket: str, facts: list[Exported], end: datetime) -> None:
        if not facts:
            return
        rules = self.rules[self.under[ticket]]
        place = (ticket, len(facts))
        if place not in self.kept:
            road = Road(rules, facts, end)
            rows = road.go()
            last = road.spans[-1]
            if last.status in OVER:
                self.kept[place] = rows
            else:
                weight = max(1, len(rules.ranks) - last.rank + 1) * last.tier
                pending = last.status in {"waiting", "pending_approval"}
                age = (end - facts[0]["at"]) // SECOND
                known.open.append(Open(ticket, last.assignee, last.place, age, weight, pending))
        else:
            rows = self.kept[place]
        for row in rows:
            known.rows[row.kind].append(Of(ticket, row))

    def business_days(self, key: str, first: date) -> int:
        """How many of eight weeks' days have open hours."""
        return sum(bool(self.rules[""].opens(key, first + number * DAY)) for number in range(56))
