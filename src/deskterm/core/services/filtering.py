"""Filters at one desk: what their words mean to the actor now, and which words there are to choose from."""

from collections.abc import Iterable, Iterator

from deskterm.core.domain.access import Scope, leads, scope_of
from deskterm.core.domain.drills import read
from deskterm.core.domain.errors import FilterError, InvalidInput
from deskterm.core.domain.filter_completion import Choice, Vocabulary
from deskterm.core.domain.filter_keys import KEYS, Kind
from deskterm.core.domain.filter_meaning import Known, Meaning
from deskterm.core.domain.filter_terms import Field, Filter, Is
from deskterm.core.domain.kpi_table import known, terms
from deskterm.core.domain.people import Person
from deskterm.core.services.context import Context
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection
from deskterm.core.store.narrowing import EVERYTHING, Narrowing, narrowing


def narrowed(context: Context, connection: Connection, scope: Scope, wanted: Filter) -> Narrowing:
    """Gives what a filter narrows a list of the actor's to.

    Raises:
        FilterError: when it names what the desk doesn't have.
    """
    if not wanted.terms:
        return EVERYTHING
    _, policy = context.policy_now(connection)
    departments, categories = directory.departments(connection).values(), directory.categories(connection).values()
    priorities = policy.profile.priorities.values()
    known = {
        "prio": _known((rule.rank, rule.key, rule.label) for rule in priorities),
        "tier": _known((tier, label, label) for tier, label in enumerate(policy.profile.tiers, 1)),
        "dept": _known((one.id, one.key, one.name) for one in departments),
        "category": _known((one.id, one.key, one.name) for one in categories),
    }
    counted = {text: _behind(context, connection, text) for text in _drills(wanted)}
    meaning = Meaning(scope.person_id, context.clock(), policy.default_zone(), known, counted)
    return narrowing(connection, scope, wanted, meaning)


def prepare(context: Context, wanted: Filter) -> None:
    """Makes blocks first where a filter names a figure and much isn't in them; call it before reading.

    Raises as `gathering.ready`.
    """
    if any(_drills(wanted)):
        from deskterm.core.services import gathering  # noqa: PLC0415 - it loads numpy

        gathering.ready(context)


def _drills(wanted: Filter) -> Iterator[str]:
    fields = [term for term in wanted.terms if isinstance(term, Field) and KEYS[term.key].kind is Kind.DRILL]
    yield from (value.text for field in fields for value in field.values if isinstance(value, Is))


def _behind(context: Context, connection: Connection, written: str) -> list[int]:
    from deskterm.core.services import kpi_explaining  # noqa: PLC0415 - it loads numpy

    try:
        return kpi_explaining.behind(context, connection, read(written))
    except InvalidInput as error:
        raise FilterError(f"kpi:{written}: {error}", f"kpi:{written}") from None


def vocabulary(context: Context, *, of_boards: bool = False) -> Vocabulary:
    """Gives what a filter of the actor's can name; a requester learns only of staff, as in `list_people`.

    Where it is `of_boards`, it has of departments and staff only those whose figures are the actor's to see (000-R7,
    000-R34): all for executives and admins, for leads their departments and who serves there, for others their own.
    """
    with context.store.read() as connection:
        actor = context.actor(connection)
        profile = context.policy_now(connection)[1].profile
        departments = list(directory.departments(connection).values())
        categories = directory.categories(connection).values()
        people = directory.people(connection) if actor.is_staff else directory.staff(connection)
    active = [person for person in people.values() if person.is_active]
    working = [person for person in active if person.is_staff]
    if of_boards and not scope_of(actor).everything:
        led = [one for one in departments if leads(actor, one.id)]
        working = [one for one in working if one.id == actor.id or any(one.serves(each.id) for each in led)]
        departments = led or [one for one in departments if actor.serves(one.id)]
    figures = known(terms(profile)).values() if actor.is_staff else ()
    return Vocabulary({
        "prio": tuple(Choice(rule.key, rule.label) for rule in profile.priorities.values()),
        "tier": tuple(Choice(label.lower(), label) for label in profile.tiers),
        "dept": tuple(Choice(one.key, one.name) for one in departments),
        "category": tuple(Choice(one.key, one.name) for one in categories),
        "from": tuple(_called(person, actor) for person in active),
        "to": tuple(_called(person, actor) for person in working),
        "kpi": tuple(Choice(one.name, one.label) for one in figures),
    })  # fmt: skip


def _called(person: Person, actor: Person) -> Choice:
    """Gives a person by login, where that is the actor's to know."""
    return Choice((person.login if actor.is_staff else None) or person.name, person.name)


def _known(names: Iterable[tuple[int, str, str]]) -> Known:
    listed = list(names)
    keys = {key.lower() for _, key, _ in listed}
    numbers: dict[str, frozenset[int]] = {}
    for number, key, name in listed:
        # a key is never taken for another's name; a name may be that of several
        for called in {key.lower(), name.lower()} - (keys - {key.lower()}):
            numbers[called] = numbers.get(called, frozenset()) | {number}
    return Known(tuple(key for _, key, _ in listed), numbers)
