"""Versions of the desk's profile: applied and effective from a date, never edited in place."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.people import Department
from deskterm.core.domain.profile import Profile, TargetRow
from deskterm.core.domain.profile_edit import add_target, change_target, retire_target
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context
from deskterm.core.services.golden import check_golden, require_golden
from deskterm.core.services.policies import Stored, checked_profile
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection


class Version(NamedTuple):
    """A version of a profile that the desk keeps; `in_effect` is the one that new tickets come under now.

    `failing` is how many due times of its golden tickets an edit of its table left behind.
    """

    key: str
    version: int
    effective_at: datetime
    applied_at: datetime
    in_effect: bool
    tickets: int
    failing: int = 0


class TargetLine(NamedTuple):
    """A row of the wide SLA table as people read it (004-R3)."""

    key: str
    customer: str
    product: str
    module: str
    question: str
    category: str
    department: str
    priority: str
    clock: str
    target: str
    template: str


def versions(context: Context) -> list[Version]:
    """Gives every version the desk keeps, in the order they came into effect.

    Raises:
        NotAllowed: for requesters.
    """
    with context.store.read() as connection:
        _staff(context, connection)
        stored = _stored(connection)
        now = directory.profile_at(connection, context.clock())
        used = directory.tickets_by_profile(connection)
    order = sorted(stored, key=lambda number: (stored[number].effective_at, number))
    return [
        Version(s.key, s.version, s.effective_at, s.applied_at, number == now, used.get(number, 0))
        for number, s in ((number, stored[number]) for number in order)
    ]


def text_of(context: Context, wanted: str = "") -> tuple[str, str]:
    """Gives the text of a stored version with its name; `wanted` is `acob:2`, empty for the one in effect.

    Raises:
        NotAllowed: for requesters.
        NotFound: when the desk keeps no such version.
    """
    with context.store.read() as connection:
        _staff(context, connection)
        stored = _stored(connection)
        if not wanted:
            found = stored[context.policy_now(connection)[0]]
            return found.text, found.name
    for version in stored.values():
        if wanted == f"{version.key}:{version.version}":
            return version.text, version.name
    raise _no_such(wanted, stored)


def apply(
    context: Context, text: str, source: str, effective_at: datetime | None, *, instead_of: int | None = None
) -> Version:
    """Makes a profile the one that new tickets come under from `effective_at` (now without one); gives its version.

    Tickets that are there keep the version they have. Departments and categories that it names and the desk lacks
    are made. Its golden tickets must hold; those of an edit, made from the version `instead_of` that must still be
    the newest, are only counted, for an edit of the table can't mend them.

    Raises:
        NotAllowed: for anybody but an admin.
        ProfileError: when the file can't be used.
        InvalidInput: when a golden ticket doesn't hold, the version is not a new one, the date is not after what is
            in effect already, or a category is of another kind than the desk's with its key.
    """
    with context.store.read() as connection:
        _admin(context, connection)
    profile = checked_profile(text, source=source)
    failing = len([check for check in check_golden(profile) if not check.holds])
    if instead_of is None:
        require_golden(profile, source=source)
    with context.store.write() as connection:
        # who applies at the same moment waits here, and is then judged by what the other one made
        now = context.clock()
        when = effective_at or now
        stored = _stored(connection)
        if instead_of not in {None, _newest(stored)}:
            raise ChangedElsewhere(f"somebody applied {stored[_newest(stored)].name} meanwhile: look, then repeat")
        _check_version(stored, profile, when, now)
        number = directory.add_profile(connection, profile.key, profile.version, text, now, when)
        context.record(connection, "profile", "applied", directory.profile_row(connection, number))
        _make_missing(context, connection, profile)
    return Version(profile.key, profile.version, when, now, when <= now, 0, failing)


def _check_version(stored: Mapping[int, Stored], profile: Profile, when: datetime, now: datetime) -> None:
    newest = max((s.version for s in stored.values() if s.key == profile.key), default=0)
    if profile.version <= newest:
        raise InvalidInput(
            f"{profile.key} v{newest} is kept already and a version is never edited: give this one version {newest + 1}"
        )
    if when < now:
        raise InvalidInput("a profile can't come into effect in the past: tickets keep the one they were made under")
    last = max(stored.values(), key=lambda s: s.effective_at, default=None)
    if last is not None and when < last.effective_at:
        raise InvalidInput(
            f"{last.name} comes into effect on {last.effective_at.astimezone():%Y-%m-%d %H:%M}: choose that or later,"
            f" or take it back first with `deskterm profile withdraw {last.key}:{last.version}`"
        )


def _make_missing(context: Context, connection: Connection, profile: Profile) -> None:
    departments = {d.key: d for d in directory.departments(connection).values()}
    categories = {c.key: c for c in directory.categories(connection).values()}
    for rule in profile.departments.values():
        if rule.key not in departments:
            made = directory.add_department(connection, rule.key, rule.name, rule.calendar)
            context.record(connection, "department", "added", directory.department_row(connection, made))
            departments[rule.key] = Department(made, rule.key, rule.name, rule.calendar)
        for category in rule.categories:
            home = departments[rule.key].id
            kept = categories.get(category.key)
            if kept is None:
                made = directory.add_category(connection, category.key, category.name, category.kind, home)
                context.record(connection, "category", "added", directory.category_row(connection, made))
            elif kept.kind is not category.kind:
                raise InvalidInput(
                    f"category {category.key} is {kept.kind} at this desk, and kinds never change because tickets keep"
                    f" theirs: give the {category.kind} category another key"
                )
            elif kept.department_id not in {None, home}:
                raise InvalidInput(
                    f"category {category.key} belongs to another department of this desk: give the new one another key"
                )


def withdraw(context: Context, wanted: str) -> str:
    """Takes back a version, `acob:2`, that is not in effect yet, and gives its name.

    Raises:
        NotAllowed: for anybody but an admin.
        NotFound: when the desk keeps no such version.
        NotAllowed: also when it is in effect, or was, or a later one may have been made from it.
    """
    with context.store.read() as connection:
        _admin(context, connection)
    with context.store.write() as connection:
        stored = _stored(connection)
        found = next((n for n, s in stored.items() if wanted == f"{s.key}:{s.version}"), None)
        if found is None:
            raise _no_such(wanted, stored)
        if stored[found].effective_at <= context.clock():
            raise NotAllowed(f"{stored[found].name} is in effect or was, and tickets keep it: apply another version")
        if found != _newest(stored):
            raise NotAllowed(f"{stored[_newest(stored)].name} was made after it: withdraw that first")
        context.record(connection, "profile", "withdrawn", directory.profile_row(connection, found))
        directory.remove_profile(connection, found)
    return stored[found].name


def _no_such(wanted: str, stored: Mapping[int, Stored]) -> NotFound:
    kept = ", ".join(f"{s.key}:{s.version}" for s in stored.values())
    return NotFound(f"the desk keeps no profile {wanted!r}: expected one of {kept}")


def targets(context: Context) -> tuple[Version, list[TargetLine]]:
    """Gives the newest version and the rows of its wide SLA table.

    Raises:
        NotAllowed: for requesters.
    """
    with context.store.read() as connection:
        _staff(context, connection)
        stored = _stored(connection)
        newest = stored[_newest(stored)]
    profile = parse_profile(newest.text, source=newest.name)
    in_effect = newest.effective_at <= context.clock()
    version = Version(newest.key, newest.version, newest.effective_at, newest.applied_at, in_effect, 0)
    return version, [_line(row, profile) for row in profile.targets]


def edit_targets(context: Context, change: Callable[[str, int], str], effective_at: datetime | None) -> Version:
    """Makes a new version of the newest profile with another SLA table: `change` makes its text from the old one.

    Raises:
        NotAllowed, InvalidInput, ProfileError: as `apply` and the change itself.
    """
    with context.store.read() as connection:
        _admin(context, connection)
        stored = _stored(connection)
        number = _newest(stored)
    newest = stored[number]
    version = max(s.version for s in stored.values() if s.key == newest.key) + 1
    text = change(newest.text, version)
    before = parse_profile(newest.text, source=newest.name).targets
    if parse_profile(text, source=f"{newest.key} v{version}").targets == before:
        raise InvalidInput("nothing to change: the row says that already")
    return apply(context, text, f"{newest.key} v{version}", effective_at, instead_of=number)


def adding(row: Mapping[str, str]) -> Callable[[str, int], str]:
    """Gives the change that adds a row; without a key it gets the next free `row_N`."""

    def change(text: str, version: int) -> str:
        taken = {r.key for r in parse_profile(text, source="the profile").targets}
        number = next(n for n in range(1, len(taken) + 2) if f"row_{n}" not in taken)
        return add_target(text, {**row, "key": row.get("key") or f"row_{number}"}, version=version)

    return change


def changing(key: str, row: Mapping[str, str]) -> Callable[[str, int], str]:
    """Gives the change that gives a row other values; an empty one takes a condition away."""
    return lambda text, version: change_target(text, key, row, version=version)


def retiring(key: str) -> Callable[[str, int], str]:
    """Gives the change that takes a row out: versions before keep it."""
    return lambda text, version: retire_target(text, key, version=version)


def _line(row: TargetRow, profile: Profile) -> TargetLine:
    return TargetLine(
        row.key,
        row.customer,
        row.product,
        row.module,
        row.question,
        row.category,
        row.department,
        profile.priorities[row.priority].key if row.priority else "",
        row.clock,
        str(row.target),
        row.template,
    )


def _stored(connection: Connection) -> dict[int, Stored]:
    return {number: Stored(*values) for number, values in directory.profiles(connection).items()}


def _newest(stored: Mapping[int, Stored]) -> int:
    return max(stored, key=lambda number: (stored[number].effective_at, number))


def _staff(context: Context, connection: Connection) -> None:
    if not context.actor(connection).is_staff:
        raise NotAllowed("the desk's profile is for its staff")


def _admin(context: Context, connection: Connection) -> None:
    if context.actor(connection).role is not Role.ADMIN:
        raise NotAllowed("the desk's profile is an admin's to change")
