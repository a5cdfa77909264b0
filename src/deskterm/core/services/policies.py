"""Profiles in force, with their calendars compiled: what the fold needs of an organisation."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.clocks import Rated, Terms
from deskterm.core.domain.people import Category, Department
from deskterm.core.domain.profile import ALWAYS, APPROVAL, OF_DEPARTMENT, CalendarRule, ClockRule, Profile
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.profile_text import refusal
from deskterm.core.domain.targets import Match, Subject, match

DAY = 86_400


class Stored(NamedTuple):
    """A version of a profile as the desk keeps it; tickets submitted from `effective_at` on come under it."""

    key: str
    version: int
    text: str
    effective_at: datetime
    applied_at: datetime

    @property
    def name(self) -> str:
        """Its key and version, `acob v1`."""
        return f"{self.key} v{self.version}"


class DeskPolicy:
    """One profile in force over the desk's departments; calendars are compiled when first asked for."""

    def __init__(
        self, profile: Profile, departments: Mapping[int, Department], categories: Mapping[int, Category]
    ) -> None:
        """Keeps the profile, and by which keys it knows the desk's departments and categories."""
        self.profile = profile
        self._departments = departments
        self._categories = categories
        self._compiled: dict[str, Calendar] = {}
        self._holidays: dict[str, dict[int, Mapping[date, str]]] = {}
        self._terms: dict[tuple[object, ...], Terms] = {}

    def terms(self, name: str, ticket: Rated) -> Terms:
        """Gives what a clock of the profile is reckoned by, for a ticket as it stands."""
        stands = (ticket.department_id, ticket.category_id, ticket.priority, ticket.tier, ticket.stage)
        place = (name, *stands, *_about(ticket))
        found = self._terms.get(place)
        if found is None:
            found = self._terms[place] = self._reckoned(name, ticket)
        return found

    def _reckoned(self, name: str, ticket: Rated) -> Terms:
        rule = self.profile.clocks[name]
        found = self._stage(ticket.stage) if name == APPROVAL else self._match(rule, ticket)
        key = rule.calendars.get(ticket.priority, OF_DEPARTMENT)
        if found.budget is not None and not found.budget.is_business:
            key = ALWAYS
        elif key == OF_DEPARTMENT:
            key = self.calendar_key(ticket.department_id)
        day = self.day(key)
        target_us = None if found.budget is None else found.budget.seconds(day) * 1_000_000
        return Terms(found, target_us, key, self.compiled(key), day)

    def _stage(self, key: str) -> Match:
        stage = next((rule for rule in self.profile.chain if rule.key == key), None)
        if stage is None:
            return Match(None, "no stage of the chain is open")
        return Match(stage.within, f"stage {stage.title}" if stage.within else f"stage {stage.title} sets no time")

    def _match(self, rule: ClockRule, ticket: Rated) -> Match:
        department = self._departments.get(ticket.department_id)
        category = self._categories.get(ticket.category_id)
        subject = Subject(
            *_about(ticket),
            category=category.key if category else "",
            department=department.key if department else "",
            priority=ticket.priority,
            tier=ticket.tier,
        )
        return match(self.profile, rule, subject)

    def calendar(self, department_id: int) -> Calendar:
        """Gives the open hours of a department."""
        return self.compiled(self.calendar_key(department_id))

    def default_zone(self) -> ZoneInfo:
        """Gives the zone of the profile's default calendar: the desk's own days."""
        return ZoneInfo(self.profile.calendars[self.profile.default_calendar].zone)

    def business_day(self, department_id: int) -> int:
        """Gives the seconds of a department's nominal business day."""
        return self.day(self.calendar_key(department_id))

    def compiled(self, key: str) -> Calendar:
        """Gives a calendar of the profile by its key, or the one that is always open."""
        if key not in self._compiled:
            rule = self.rule(key)
            self._compiled[key] = (
                Calendar.always()
                if rule is None
                else Calendar.compile(zone=rule.zone, week=rule.week, holidays=lambda year: self.holidays(key, year))
            )
        return self._compiled[key]

    def day(self, key: str) -> int:
        """Gives the seconds of a nominal day in a calendar."""
        rule = self.rule(key)
        return DAY if rule is None else rule.business_day

    def rule(self, key: str) -> CalendarRule | None:
        """Gives a calendar as the profile has it, None for the one that is always open."""
        return None if key == ALWAYS else self.profile.calendars[key]

    def holidays(self, key: str, year: int) -> Mapping[date, str]:
        """Gives the names of a year's closed dates: the country's own from the library, and the profile's."""
        known = self._holidays.setdefault(key, {})
        if year not in known:
            rule = self.rule(key)
            known[year] = {} if rule is None else _holidays(rule, year)
        return known[year]

    def calendar_key(self, department_id: int) -> str:
        """Gives which calendar a department has: as the profile says, as it was made, or the profile's default."""
        department = self._departments.get(department_id)
        rule = self.profile.departments.get(department.key) if department else None
        named = rule.calendar if rule else department.calendar if department else ""
        return named if named in self.profile.calendars else self.profile.default_calendar


class Policies:
    """Every profile the desk has ever been under, by its id: a ticket keeps the one it was submitted under."""

    def __init__(
        self,
        stored: Mapping[int, Stored],
        departments: Mapping[int, Department],
        categories: Mapping[int, Category],
    ) -> None:
        """Keeps the profiles as they were given; each is parsed when first asked for."""
        self._stored = stored
        self.departments = departments
        self._categories = categories
        self._read: dict[int, DeskPolicy] = {}

    def of(self, profile_id: int) -> DeskPolicy:
        """Gives the policy of a stored profile.

        Raises:
            ProfileError: when what is stored can't be read by this program.
        """
        if profile_id not in self._read:
            stored = self._stored[profile_id]
            self._read[profile_id] = self.under(_parsed(stored.text, stored.name))
        return self._read[profile_id]

    def under(self, profile: Profile) -> DeskPolicy:
        """Gives the policy of any profile over this desk's departments and categories."""
        return DeskPolicy(profile, self.departments, self._categories)

    def knows(self, profile_id: int) -> bool:
        """Whether the profile was stored when these were read."""
        return profile_id in self._stored

    def name(self, profile_id: int) -> str:
        """Gives the profile's key and version, `acob v1`."""
        return self._stored[profile_id].name


@lru_cache(maxsize=8)
def _parsed(text: str, name: str) -> Profile:
    """Keeps the few profiles a process meets: every session of a desk, and every fresh look at it, is under them."""
    return parse_profile(text, source=name)


def checked_profile(text: str, *, source: str) -> Profile:
    """Gives the profile that `text` spells, with countries whose holidays are known.

    Raises:
        ProfileError: when it can't be used, as `parse_profile`, or a country or subdivision has no holidays here.
    """
    profile = parse_profile(text, source=source)
    wrong = [said for rule in profile.calendars.values() if rule.country for said in _unknown(rule)]
    if wrong:
        raise refusal([f"{source}: {said}" for said in wrong], source)
    return profile


def _unknown(rule: CalendarRule) -> Iterator[str]:
    from holidays import list_supported_countries  # noqa: PLC0415 - as above

    known = list_supported_countries()
    if rule.country not in known:
        yield f"calendars.{rule.key}.country: no holidays are known of {rule.country}: expected a country, or none"
    elif rule.subdivision and rule.subdivision not in known[rule.country]:
        some = ", ".join(known[rule.country]) or "none"
        yield f"calendars.{rule.key}.subdivision: unknown {rule.subdivision!r}: expected one of {some}"


def _about(ticket: Rated) -> tuple[str, str, str, str]:
    return ticket.customer, ticket.product, ticket.module, ticket.question


def _holidays(rule: CalendarRule, year: int) -> Mapping[date, str]:
    own = {day: name for day, name in rule.own_holidays.items() if day.year == year}
    if not rule.country:
        return own
    return {**_public(rule.country, rule.subdivision, year), **own}


@lru_cache(maxsize=256)
def _public(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Keeps a country's holidays: every fresh look at a desk, and every calendar of a profile, asks for the same."""
    from holidays import country_holidays  # noqa: PLC0415 - 70 ms that a desk without a country never pays

    return country_holidays(country, subdiv=subdivision or None, years=year)
