"""Reads a profile's wide SLA table, and the golden tickets that say when such requests are due."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.profile import MAIN_CLOCK, ClockRule, DepartmentRule, GoldenTicket, TargetRow
from deskterm.core.domain.profile_reader import Reader, quoted, refuse_twins

_TEXTS: Final = ("customer", "product", "module", "question")
_CONDITIONS: Final = (*_TEXTS, "category", "department", "priority")
_WITHIN: Final = {"module": "product", "question": "module"}
# the years that calendars can be asked about
_WALL_TIME: Final = re.compile(r"(19[7-9]\d|2\d{3})-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_NO_TIME: Final = datetime.fromisoformat("1970-01-01")
_A_WALL_TIME: Final = 'a local time from 1970 on, such as "2026-03-06T16:00"'


class Known(NamedTuple):
    """What rows and golden tickets name of the rest of the file. Words that were refused are not there."""

    ranks: Mapping[str, int]  # by priority key
    departments: Mapping[str, DepartmentRule]
    clocks: Mapping[str, ClockRule]
    tiers: Sequence[str]  # labels; none is one tier


def read_targets(root: Reader, known: Known) -> tuple[TargetRow, ...]:
    """Gives the rows of the wide SLA table, as written."""
    if not root.has("targets"):
        return ()
    readers = root.rows("targets")
    rows = tuple(_target(reader, known) for reader in readers)
    refuse_twins(readers, "key", [row.key for row in rows])
    first: dict[tuple[object, ...], str] = {}
    for reader, row in zip(readers, rows, strict=True):
        written = [level for level in _CONDITIONS if reader.has(level)]
        values = [getattr(row, level) for level in _CONDITIONS]
        if not written:
            reader.refuse(f"fits every request: expected one at least of {', '.join(_CONDITIONS)}")
        elif all(getattr(row, level) for level in written):  # what was refused is no condition
            twin = first.setdefault((row.clock, *values), row.key)
            if twin != row.key:
                reader.refuse(f"asks for what row {quoted(twin)} asks for: expected other conditions")
    return rows


def _target(row: Reader, known: Known) -> TargetRow:
    for inner, outer in _WITHIN.items():
        if row.has(inner) and not row.has(outer):
            row.refuse(f"missing: expected the {outer} of this {inner}", outer)
    conditions = _conditions(row, known)
    priority = conditions.pop("priority")
    return TargetRow(
        key=row.key("key"),
        clock=_clock(row, known),
        priority=known.ranks.get(priority),
        target=row.budget("target"),
        template=row.optional("template", row.text, ""),
        **conditions,
    )


def _conditions(row: Reader, known: Known) -> dict[str, str]:
    categories = [category.key for department in known.departments.values() for category in department.categories]
    words = {"category": categories, "department": list(known.departments), "priority": list(known.ranks)}
    told = {level: row.optional(level, row.text, "") for level in _TEXTS}
    return told | {level: row.one_of(level, keys) if row.has(level) else "" for level, keys in words.items()}


def _clock(row: Reader, known: Known) -> str:
    due = _due_clocks(known)
    if row.has("clock"):
        name = row.one_of("clock", list(known.clocks))
        if name in known.clocks and name not in due:
            row.refuse(f"{name} is measured only: expected a clock with targets", "clock")
        return name
    if MAIN_CLOCK in known.clocks and MAIN_CLOCK not in due:
        row.refuse(f"missing: expected a clock with targets, for {MAIN_CLOCK} is measured only", "clock")
    return MAIN_CLOCK


def _due_clocks(known: Known) -> list[str]:
    # without priorities, which were refused then, nobody can tell
    rules = known.clocks.items()
    return [name for name, rule in rules if rule.targets or rule.tiers or rule.default or not known.ranks]


def read_tests(root: Reader, known: Known, default_priority: int) -> tuple[GoldenTicket, ...]:
    """Gives the golden tickets, as written; `default_priority` is the rank of one that names no priority."""
    if not root.has("tests"):
        return ()
    readers = root.rows("tests")
    tests = tuple(_test(reader, known, default_priority) for reader in readers)
    refuse_twins(readers, "name", [test.name for test in tests])
    return tests


def _test(row: Reader, known: Known, default_priority: int) -> GoldenTicket:
    conditions = _conditions(row, known)
    priority = conditions.pop("priority")
    return GoldenTicket(
        name=row.text("name"),
        submitted=_wall_time(row, "submitted"),
        priority=known.ranks.get(priority, default_priority),
        tier=row.optional("tier", lambda key: row.whole(key, 1, len(known.tiers) or 1), 1),
        due=_due(row.table("due"), known),
        **conditions,
    )


def _due(table: Reader, known: Known) -> dict[str, datetime]:
    if not table.names():
        table.refuse("expected a local time for one clock at least")
    allowed = _due_clocks(known)
    named = [name for name in known.clocks or table.names() if table.has(name)]
    for name in named:
        if name in known.clocks and name not in allowed:
            table.refuse(f"{name} is measured only: expected a clock with targets", name)
    return {name: _wall_time(table, name) for name in named if name in allowed}


def _wall_time(table: Reader, key: str) -> datetime:
    text = table.pattern(key, _WALL_TIME, _A_WALL_TIME)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if _WALL_TIME.fullmatch(text):  # of a form, and no day
            table.refuse(f"expected {_A_WALL_TIME}, found {quoted(text)}", key)
        return _NO_TIME
