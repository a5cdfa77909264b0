"""Reads a profile's clocks: what moves each, which time it counts in, and a target for every tier and priority."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.core.domain.profile import ALWAYS, APPROVAL, MAIN_CLOCK, OF_DEPARTMENT, Budget, ClockRule
from deskterm.core.domain.profile_reader import A_DURATION, Reader
from deskterm.core.domain.words import Moment, OnChange, OnReopen, PauseReason, WaitReason

LONGEST_NAME: Final = 24
STOPS: Final[Mapping[str, frozenset[Moment]]] = MappingProxyType(
    {
        "response": frozenset({Moment.ASSIGNED}),
        "ack": frozenset({Moment.ASSIGNED, Moment.STARTED, Moment.REPLIED}),
        "first_reply": frozenset({Moment.REPLIED}),
        "own": frozenset({Moment.ASSIGNED}),
        "start": frozenset({Moment.STARTED}),
        "update": frozenset(),
        MAIN_CLOCK: frozenset({Moment.RESOLVED}),
    }
)
"""What stops a clock that doesn't say it, by well-known name."""
REARMS: Final[Mapping[str, frozenset[Moment]]] = MappingProxyType({"update": frozenset({Moment.REPLIED})})
"""What re-arms a clock that doesn't say it, by well-known name."""

_ONLY: Final = MappingProxyType({Moment.SUBMITTED: "start", Moment.RESOLVED: "stop", Moment.CLOSED: "stop"})
_GIVES_TARGETS: Final = ("targets", "default", "tiers")
_ELSEWHERE: Final = "here, in targets or as default"


class File(NamedTuple):
    """What clocks name of the rest of the file. Words that were refused are not there."""

    ranks: Mapping[str, int]  # by priority key
    calendars: Collection[str]
    tiers: Collection[str]  # labels; none is one tier
    waits: Collection[WaitReason]  # those that pause a clock that doesn't say it


def read_clocks(root: Reader, file: File) -> dict[str, ClockRule]:
    """Gives the clocks by name."""
    named = root.tables("clocks")
    if named and MAIN_CLOCK not in named:
        root.refuse("missing: expected a table", "clocks", MAIN_CLOCK)
    for name in named:
        if len(name) > LONGEST_NAME:
            root.refuse(f"expected a key of {LONGEST_NAME} characters at most", "clocks", name)
    if APPROVAL in named:
        said = "is taken: it is the clock of approval stages, which [[chain]] brings along; expected another key"
        root.refuse(f"{APPROVAL} {said}", "clocks", APPROVAL)
    return {name: _clock(name, table, file) for name, table in named.items()}


def _clock(name: str, table: Reader, file: File) -> ClockRule:
    label = table.text("label")
    start, stop, rearm = _moments(name, table)
    pauses = frozenset({PauseReason.PROCUREMENT, *map(PauseReason, file.waits)})
    targets, default, tiers = _all_targets(table, file)
    return ClockRule(
        name=name,
        label=label,
        start=start,
        stop=stop,
        rearm=rearm,
        pauses=table.optional("pauses", lambda key: table.members(key, PauseReason), pauses),
        calendars=_calendars(table, file),
        targets=targets,
        tiers=tiers,
        default=default,
        on_reopen=table.optional("on_reopen", lambda key: table.member(key, OnReopen), OnReopen.RESUME),
        on_change=table.optional("on_change", lambda key: table.member(key, OnChange), OnChange.CARRY),
    )


def _moments(name: str, table: Reader) -> tuple[frozenset[Moment], frozenset[Moment], frozenset[Moment]]:
    start = frozenset({Moment.SUBMITTED})
    start = table.optional("start", lambda key: table.members(key, Moment, some=True), start)
    rearm = table.optional("rearm", lambda key: table.members(key, Moment), REARMS.get(name, frozenset()))
    if table.has("stop") or not (name in STOPS or table.has("rearm")):
        stop = table.members("stop", Moment)
    else:
        stop = STOPS.get(name, frozenset())
    places: dict[Moment, str] = {}
    for key, moments in (("start", start), ("stop", stop), ("rearm", rearm)):
        for moment in sorted(moments, key=list(Moment).index):
            if (only := _ONLY.get(moment, key)) != key:
                table.refuse(f"{moment} can only be in {only}", key)
            elif moment in places:
                said = f"{moment} is in {places[moment]} too: expected each moment in one of start, stop and rearm"
                table.refuse(said, key)
            places[moment] = key
    return start, stop, rearm


def _calendars(table: Reader, file: File) -> dict[int, str]:
    known = [OF_DEPARTMENT, ALWAYS, *file.calendars]
    if not table.is_table("calendar"):
        calendar = table.optional("calendar", lambda key: table.one_of(key, known), OF_DEPARTMENT)
        return dict.fromkeys(file.ranks.values(), calendar)
    each = table.table("calendar")
    return {
        rank: each.optional(priority, lambda key: each.one_of(key, known), OF_DEPARTMENT)
        for priority, rank in file.ranks.items()
    }


def _all_targets(table: Reader, file: File) -> tuple[dict[int, Budget], Budget | None, dict[int, dict[int, Budget]]]:
    if table.has("measured_only") and table.flag("measured_only"):
        for key in filter(table.has, _GIVES_TARGETS):
            table.refuse("stands beside measured_only = true: expected one of the two", key)
        return {}, None, {}
    default = table.optional("default", table.budget, None)
    tiers = _tiers(table, file)
    # no target is a decision: it is said with measured_only, never by leaving one out
    if default is None and not table.has("tiers"):
        each = table.table("targets")
        return {rank: each.budget(key) for key, rank in file.ranks.items()}, None, tiers
    targets = _some(table.table("targets"), file) if table.has("targets") else {}
    if default is None and all(table.is_table(key) for key in ("targets", "tiers") if table.has(key)):
        _refuse_gaps(table, file, targets, tiers)
    return targets, default, tiers


def _some(table: Reader, file: File) -> dict[int, Budget]:
    return {rank: table.budget(key) for key, rank in file.ranks.items() if table.has(key)}


def _tiers(table: Reader, file: File) -> dict[int, dict[int, Budget]]:
    if not table.has("tiers"):
        return {}
    each, tiers = table.table("tiers"), {}
    for number in range(1, max(1, len(file.tiers)) + 1):
        key = str(number)
        if each.is_table(key):
            tiers[number] = _some(each.table(key), file)
        elif each.has(key):
            tiers[number] = dict.fromkeys(file.ranks.values(), each.budget(key))
    return tiers


def _refuse_gaps(
    table: Reader, file: File, targets: Mapping[int, Budget], tiers: Mapping[int, Mapping[int, Budget]]
) -> None:
    for number in range(1, max(1, len(file.tiers)) + 1):
        for key, rank in file.ranks.items():
            if rank not in tiers.get(number, {}) and rank not in targets:
                table.refuse(f"missing: expected {A_DURATION}, {_ELSEWHERE}", "tiers", str(number), key)
