"""Profiles in force, with their calendars compiled: what the fold needs of an organisation."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.people import Department
from deskterm.core.domain.profile import CalendarRule, Profile
from deskterm.core.domain.profile_file import parse_profile


class DeskPolicy:
    """One profile in force over the desk's departments; calendars are compiled when first asked for."""

    def __init__(self, profile: Profile, departments: Mapping[int, Department]) -> None:
        """Keeps the profile and which department has which calendar."""
        self.profile = profile
        self._departments = departments
        self._compiled: dict[str, Calendar] = {}

    def calendar(self, department_id: int) -> Calendar:
        """Gives the open hours of a department: the profile's default when it has none of its own."""
        key = self._key(department_id)
        if key not in self._compiled:
            rule = self.profile.calendars[key]
            self._compiled[key] = Calendar.compile(zone=rule.zone, week=rule.week, holidays=_holidays(rule))
        return self._compiled[key]

    def business_day(self, department_id: int) -> int:
        """Gives the seconds of a department's nominal business day."""
        return self.profile.calendars[self._key(department_id)].business_day

    @property
    def always(self) -> Calendar:
        """The calendar of wall-clock targets."""
        if "" not in self._compiled:
            self._compiled[""] = Calendar.always()
        return self._compiled[""]

    def _key(self, department_id: int) -> str:
        department = self._departments.get(department_id)
        named = department.calendar if department else ""
        return named if named in self.profile.calendars else self.profile.default_calendar


class Policies:
    """Every profile the desk has ever been under, by its id: a ticket keeps the one it was submitted under."""

    def __init__(self, texts: Mapping[int, tuple[str, str]], departments: Mapping[int, Department]) -> None:
        """Keeps the profiles as they were given; each is parsed when first asked for."""
        self._texts = texts
        self._departments = departments
        self._read: dict[int, DeskPolicy] = {}

    def of(self, profile_id: int) -> DeskPolicy:
        """Gives the policy of a stored profile.

        Raises:
            ProfileError: when what is stored can't be read by this program.
        """
        if profile_id not in self._read:
            name, text = self._texts[profile_id]
            self._read[profile_id] = DeskPolicy(parse_profile(text, source=name), self._departments)
        return self._read[profile_id]

    def knows(self, profile_id: int) -> bool:
        """Whether the profile was stored when these were read."""
        return profile_id in self._texts

    def name(self, profile_id: int) -> str:
        """Gives the profile's key and version, `acob v1`."""
        return self._texts[profile_id][0]


def _holidays(rule: CalendarRule) -> Callable[[int], Iterable[date]]:
    """Gives the closed dates of a year: the country's own from the library, and the profile's."""

    def of_year(year: int) -> Iterable[date]:
        own = [day for day in rule.own_holidays if day.year == year]
        if not rule.country:
            return own
        from holidays import country_holidays  # noqa: PLC0415 - 70 ms that a desk without a country never pays

        return [*country_holidays(rule.country, subdiv=rule.subdivision or None, years=year), *own]

    return of_year
