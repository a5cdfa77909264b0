"""Golden tickets: a profile's own examples of when something is due, put through the same fold as real work."""

from datetime import UTC
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.clocks import by_name
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import begin
from deskterm.core.domain.people import Category, Department
from deskterm.core.domain.profile import GoldenTicket, Profile
from deskterm.core.domain.words import CategoryKind, FactKind, Status
from deskterm.core.services.policies import DeskPolicy

_FORM = "%a %Y-%m-%d %H:%M:%S"


class Checked(NamedTuple):
    """One due time of a golden ticket: what the profile expects and what deskterm reckons, as wall times."""

    ticket: str
    clock: str
    expected: str
    found: str

    @property
    def holds(self) -> bool:
        """Whether they agree."""
        return self.expected == self.found


def check_golden(profile: Profile) -> tuple[Checked, ...]:
    """Gives every due time that the profile's golden tickets state beside the one that is reckoned."""
    departments = {
        number: Department(number, rule.key, rule.name, rule.calendar)
        for number, rule in enumerate(profile.departments.values(), 1)
    }
    known = [(d.id, c) for d in departments.values() for c in profile.departments[d.key].categories]
    categories = {number: Category(number, c.key, c.name, c.kind, home) for number, (home, c) in enumerate(known, 1)}
    policy = DeskPolicy(profile, departments, categories)
    return tuple(check for golden in profile.tests for check in _checked(golden, policy, departments, categories))


def require_golden(profile: Profile, *, source: str) -> None:
    """Passes when every golden ticket of the profile holds.

    Raises:
        InvalidInput: names some that don't.
    """
    failed = [check for check in check_golden(profile) if not check.holds]
    if failed:
        told = "; ".join(f"{c.ticket}, {c.clock}: expected {c.expected}, found {c.found}" for c in failed[:3])
        more = f"; `deskterm profile test` shows all {len(failed)}" if len(failed) > 3 else ""
        raise InvalidInput(f"{source}: due times of its golden tickets don't hold: {told}{more}")


def _checked(
    golden: GoldenTicket, policy: DeskPolicy, departments: dict[int, Department], categories: dict[int, Category]
) -> list[Checked]:
    category = next((c for c in categories.values() if c.key == golden.category), None)
    named = next((d.id for d in departments.values() if d.key == golden.department), None)
    home = named or (category.department_id if category else None) or 0
    zone = ZoneInfo(policy.profile.calendars[policy.calendar_key(home)].zone)
    fact = Fact(
        kind=FactKind.SUBMITTED,
        at=golden.submitted.replace(tzinfo=zone).astimezone(UTC),
        actor_id=None,
        status=Status.NEW,
        requester_id=0,
        department_id=home,
        category_id=category.id if category else 0,
        category_kind=CategoryKind.STANDARD,
        priority=golden.priority,
        title=golden.name,
        customer=golden.customer or None,
        product=golden.product or None,
        module=golden.module or None,
        question=golden.question or None,
        tier=golden.tier,
    )
    try:
        dues = {name: clock.due_at for name, clock in by_name(begin(fact, policy).clocks).items() if clock.due_at}
    except InvalidInput as error:
        return [Checked(golden.name, clock, f"{due:{_FORM}}", str(error)) for clock, due in golden.due.items()]
    return [
        Checked(
            golden.name,
            name,
            f"{due:{_FORM}}",
            f"{dues[name].astimezone(zone):{_FORM}}" if name in dues else "no due time",
        )
        for name, due in golden.due.items()
    ]
