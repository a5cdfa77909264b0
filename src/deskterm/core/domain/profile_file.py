"""Reads a profile from TOML or JSON; docs/profiles.md is its reference. What is not said is refused, never guessed."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from deskterm.core.domain.calendar import WEEKDAYS
from deskterm.core.domain.profile import (
    ALWAYS,
    OF_DEPARTMENT,
    CalendarRule,
    CategoryRule,
    ClosingRule,
    DepartmentRule,
    Goals,
    PriorityRule,
    Profile,
    StatusLabel,
)
from deskterm.core.domain.profile_chain import read_chain, read_posts, with_approval
from deskterm.core.domain.profile_clocks import File, read_clocks
from deskterm.core.domain.profile_reader import Reader, quoted, read_profile, refuse_twins
from deskterm.core.domain.profile_targets import Known, read_targets, read_tests
from deskterm.core.domain.words import CategoryKind, Status, WaitReason

NO_COUNTRY: Final = "none"
MOST_RANKS: Final = 5
MOST_STARS: Final = 100
DEFAULT_STARS: Final = 5
ASKED: Final = "approved"
ESCALATION: Final = ("free", ASKED)

_RESERVED: Final = {ALWAYS: "day and night", OF_DEPARTMENT: "the calendar of the department"}
_DAY: Final = 86_400
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COUNTRY: Final = re.compile(rf"[A-Z]{{2}}|{NO_COUNTRY}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_HOURS: Final = 'a list of open hours such as [["08:00", "12:00"], ["13:00", "17:00"]]'


def parse_profile(text: str, *, source: str) -> Profile:
    """Gives the profile that `text` spells; `source` is what messages call the file.

    Raises:
        ProfileError: when anything at all is wrong: the first line says how many things, each further line one.
    """
    text = text.removeprefix("\ufeff")  # some editors put a byte order mark there, which is no TOML
    root = read_profile(text, source)
    head = root.table("profile")
    calendars = _calendars(root)
    priorities = _priorities(root)
    ranks = {rule.key: rule.rank for rule in priorities if rule.key}
    departments = _departments(root, calendars)
    currency = head.pattern("currency", _CURRENCY, "a three-letter currency code such as NGN")
    posts = read_posts(root)
    chain = read_chain(root, posts, departments.values(), currency)
    default_priority = ranks.get(head.one_of("default_priority", ranks), 0)
    tiers = _tiers(head)
    waits = root.table("pauses").members("reasons", WaitReason)
    clocks = read_clocks(root, File(ranks, calendars, tiers, waits))
    known = Known(ranks, departments, clocks, tiers)
    profile = Profile(
        key=head.key("key"),
        name=head.text("name"),
        version=head.whole("version", 1, 1_000_000),
        currency=currency,
        default_calendar=head.one_of("default_calendar", calendars),
        default_priority=default_priority,
        calendars=calendars,
        priorities={rule.rank: rule for rule in priorities},
        departments=departments,
        posts=posts,
        chain=chain,
        tiers=tiers,
        gated=head.has("escalation") and head.one_of("escalation", ESCALATION) == ASKED,
        clocks=with_approval(clocks, chain),
        targets=read_targets(root, known),
        tests=read_tests(root, known, default_priority),
        closing=_closing(root.table("closing")),
        labels=_labels(root.table("labels").table("status")),
        goals=_goals(root.table("goals")),
    )
    root.finish(text, source)
    return profile


def _tiers(head: Reader) -> tuple[str, ...]:
    labels: tuple[str, ...] = head.texts("tiers") if head.has("tiers") else ()
    for number, label in enumerate(labels):
        if label and label in labels[:number]:
            head.refuse(f"{quoted(label)} is taken: expected another label for each tier", "tiers", number)
    return labels


def _calendars(root: Reader) -> dict[str, CalendarRule]:
    calendars = {key: _calendar(key, table) for key, table in root.tables("calendars").items()}
    for key, meaning in _RESERVED.items():
        if key in calendars:
            root.refuse(f"{key} is taken: for a clock it is {meaning}; expected another key", "calendars", key)
    return calendars


def _calendar(key: str, table: Reader) -> CalendarRule:
    week = {day: _open_hours(table, day) if table.has(day) else () for day in WEEKDAYS}
    longest = max(sum(end - start for start, end in map(_span, hours)) for hours in week.values())
    if not longest:
        table.refuse("never open: expected open hours on one weekday at least")
    country = table.pattern("country", _COUNTRY, f'a two-letter country code such as NG, or "{NO_COUNTRY}"')
    return CalendarRule(
        key=key,
        zone=_zone(table),
        week=week,
        country="" if country == NO_COUNTRY else country,
        subdivision=_subdivision(table, country),
        own_holidays=_own_holidays(table.table("holidays")) if table.has("holidays") else {},
        business_day=_business_day(table) if table.has("business_day") else longest,
    )


def _open_hours(table: Reader, day: str) -> tuple[tuple[str, str], ...]:
    hours: list[tuple[str, str]] = []
    for number, pair in enumerate(table.array(day, _HOURS)):
        match pair:
            case [str(start), str(end)]:
                if not _TIME.fullmatch(start):
                    table.refuse(f"expected an opening time from 00:00 to 23:59, found {quoted(start)}", day, number)
                elif not (_TIME.fullmatch(end) or end == "24:00"):
                    table.refuse(f"expected a closing time from 00:00 to 24:00, found {quoted(end)}", day, number)
                elif start == end:
                    table.refuse('opens and closes at once: expected two times, or ["00:00", "24:00"]', day, number)
                else:
                    hours.append((start, end))
            case _:
                table.refuse('expected an opening and a closing time, such as ["08:00", "17:00"]', day, number)
    if any(_span(later)[0] < _span(earlier)[1] for earlier, later in pairwise(sorted(hours))):
        table.refuse("the open hours overlap: expected each to close before the next opens", day)
    return tuple(hours)


def _span(hours: tuple[str, str]) -> tuple[int, int]:
    start, end = (int(time[:2]) * 3_600 + int(time[3:]) * 60 for time in hours)
    # closing before it opens is a night, and belongs to the day it began
    return start, end if end > start else end + _DAY


def _zone(table: Reader) -> str:
    name = table.text("zone")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # zoneinfo opens what it is given: "Africa" is a directory
        if name:
            near = get_close_matches(name, available_timezones(), n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ": expected a name such as Africa/Lagos"
            table.refuse(f"unknown time zone {quoted(name)}{hint}", "zone")
    return name


def _subdivision(table: Reader, country: str) -> str:
    if not table.has("subdivision"):
        return ""
    if country == NO_COUNTRY:
        table.refuse("a part of no country: expected a country, or no subdivision", "subdivision")
    return table.text("subdivision")


def _own_holidays(table: Reader) -> dict[date, str]:
    holidays = {}
    for key in table.names():
        name = table.text(key)
        try:
            # fromisoformat alone takes 20261224 too: two spellings of one day
            day = date.fromisoformat(key if _DATE.fullmatch(key) else "")
        except ValueError:
            table.refuse("expected a date such as 2026-12-24", key)
        else:
            holidays[day] = name
    return holidays


def _business_day(table: Reader) -> int:
    length = table.budget("business_day")
    seconds = 0 if length.is_business else length.seconds(0)
    if not 0 < seconds <= _DAY:
        table.refuse(
            f"expected a length of 24h at most, such as 9h or 450m, found {quoted(str(length))}", "business_day"
        )
    return seconds


def _priorities(root: Reader) -> list[PriorityRule]:
    rows = root.rows("priorities")
    rules = [
        PriorityRule(
            rank=row.whole("rank", 1, MOST_RANKS),
            key=row.key("key"),
            label=row.text("label"),
            meaning=row.text("meaning"),
        )
        for row in rows
    ]
    refuse_twins(rows, "rank", [rule.rank for rule in rules])
    refuse_twins(rows, "key", [rule.key for rule in rules])
    return rules


def _departments(root: Reader, calendars: Mapping[str, CalendarRule]) -> dict[str, DepartmentRule]:
    departments = {}
    all_rows: list[Reader] = []
    for key, table in root.tables("departments").items():
        rows = table.rows("categories")
        all_rows += rows
        departments[key] = DepartmentRule(
            key=key,
            name=table.text("name"),
            calendar=table.one_of("calendar", calendars),
            categories=tuple(
                CategoryRule(key=row.key("key"), name=row.text("name"), kind=row.member("kind", CategoryKind))
                for row in rows
            ),
        )
    # a ticket names its category alone, so the keys are one space over all departments
    categories = [category for department in departments.values() for category in department.categories]
    refuse_twins(all_rows, "key", [category.key for category in categories])
    return departments


def _closing(table: Reader) -> ClosingRule:
    return ClosingRule(auto_close_after=table.budget("auto_close_after"), reopen_within=table.budget("reopen_within"))


def _labels(table: Reader) -> dict[Status, StatusLabel]:
    return {status: _label(table.table(status.value)) for status in Status}


def _label(table: Reader) -> StatusLabel:
    return StatusLabel(staff=table.text("staff"), requester=table.text("requester"))


def _goals(table: Reader) -> Goals:
    scale = table.optional("csat_scale", lambda key: table.whole(key, 2, MOST_STARS), DEFAULT_STARS)
    return Goals(
        sla_compliance=table.share("sla_compliance"),
        csat=table.number("csat", 1, scale if 2 <= scale <= MOST_STARS else MOST_STARS),
        csat_scale=scale,
        procurement_through_chain=table.optional("procurement_through_chain", table.share, None),
        first_contact_resolution=table.optional("first_contact_resolution", table.share, None),
        resolution_time=table.optional("resolution_time", table.budget, None),
    )
