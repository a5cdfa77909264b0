"""People, departments and posts: who is here, who they are, who leads."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.people import Contact, Person
from deskterm.core.domain.profile import DEPUTY, LEAD
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context
from deskterm.core.services.finding import the_department, the_person
from deskterm.core.store import approvals, directory, lists
from deskterm.core.store.engine import Connection
from deskterm.core.views import CategoryLine, DepartmentLine, PersonLine

_NAME_LIMIT: Final = 200
_LOGIN_LIMIT: Final = 64
_LAST: Final = 2**63
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
Contacted: TypeAlias = Mapping[str, str]
NOTHING_KNOWN: Final[Contacted] = MappingProxyType({})
NO_CONTACT: Final = Contact()


def list_people(context: Context, *, department: str = "") -> list[PersonLine]:
    """Gives the people of the desk with their open load.

    A requester learns only of staff: whom else the desk serves is not theirs to know.

    Raises:
        InvalidInput: when there is no such department.
    """
    with context.store.read() as connection:
        actor = context.actor(connection)
        departments = directory.departments(connection)
        load = directory.open_load(connection)
        everybody = directory.people(connection) if actor.is_staff else directory.staff(connection)
        home = the_department(departments.values(), department).id if department else None
        held = _held(connection)
        contacts = directory.contacts(connection) if actor.is_staff else {}
    return [
        PersonLine(
            id=p.id,
            login=p.login if actor.is_staff else None,
            name=p.name,
            role=p.role,
            department=departments[p.department_id].name if p.department_id else None,
            posts=tuple(key if d is None else f"{key} of {departments[d].name}" for key, d in held.get(p.id, ())),
            is_active=p.is_active,
            customer=p.customer if actor.is_staff else "",
            open_load=load.get(p.id, 0) if actor.is_staff else 0,
            **contacts.get(p.id, NO_CONTACT)._asdict(),
        )
        for p in everybody.values()
        if home is None or p.department_id == home or home in p.leads
    ]


def _held(connection: Connection) -> dict[int, list[tuple[str, int | None]]]:
    """Gives who has which posts: those of departments first, in their order."""
    found: dict[int, list[tuple[str, int | None]]] = {}
    holders = approvals.roster(connection).holders
    for (key, department_id), person_id in sorted(holders.items(), key=lambda one: (one[0][1] or _LAST, one[0][0])):
        found.setdefault(person_id, []).append((key, department_id))
    return found


def list_departments(context: Context) -> list[DepartmentLine]:
    """Gives the departments with lead and categories; the counts are for those who see the queue."""
    with context.store.read() as connection:
        scope = context.scope(connection)
        categories = directory.categories(connection).values()
        departments = directory.departments(connection).values()
        names = directory.names(connection, [d.lead_id for d in departments if d.lead_id])
        counts = lists.open_by_department(connection)
    return [
        DepartmentLine(
            d.id,
            d.key,
            d.name,
            names.get(d.lead_id) if d.lead_id else None,
            tuple(CategoryLine(c.id, c.key, c.name, c.kind) for c in categories if c.department_id in {None, d.id}),
            *(counts.get(d.id, (0, 0)) if scope.everything or d.id in scope.departments else (0, 0)),
        )
        for d in departments
    ]


def add_person(
    context: Context,
    *,
    name: str,
    role: Role,
    login: str | None,
    department: str,
    post: str,
    customer: str,
    contact: Contacted = NOTHING_KNOWN,
) -> int:
    """Makes a person, and gives their id; `post` is `lead` (of the department) or one of the profile's.

    `customer` is whom they ask for, whose targets their tickets have; "" is one of our own. `contact` is how they are
    reached (003-R6), by the names of `Contact`.

    Raises:
        NotAllowed: when the actor is no admin.
        InvalidInput: when the name is blank, the login taken, or department or post don't exist.
    """
    with context.store.read() as connection:
        _admin(context.actor(connection))
        home = _home(connection, department, role)
        _check_post(context, connection, post, home)
        _check_names(name, login or "", customer)
        reached = checked_contact(contact)
        _check_login(connection, login, None)
    with context.store.write() as connection:
        person_id = directory.add_person(
            connection,
            name=name.strip(),
            role=role,
            login=login or None,
            department_id=home,
            customer=customer.strip(),
            contact=reached,
        )
        _appoint(connection, post, person_id, home)
        _record(connection, context, "added", person_id, post, home)
    return person_id


def change_person(
    context: Context,
    who: str,
    *,
    role: Role | None = None,
    department: str = "",
    login: str = "",
    post: str = "",
    active: bool | None = None,
    customer: str | None = None,
    contact: Contacted = NOTHING_KNOWN,
) -> int:
    """Changes a person, and gives their id; what is left out stays. Whoever leaves gives up their posts.

    Another customer is for tickets to come: those submitted keep the one they were submitted for.

    Raises:
        NotAllowed: when the actor is no admin.
        InvalidInput: when the person, department or post doesn't exist, the login is taken, the desk would lose its
            last admin, or a post would be given to somebody who isn't here.
    """
    with context.store.read() as connection:
        _admin(context.actor(connection))
        person = the_person(connection, who)
        stays = not department and (role is None or person.department_id is not None)
        home = person.department_id if stays else _home(connection, department, role or person.role)
        _check_names(person.name, login, customer or "")
        reached = checked_contact(contact)
        _check_login(connection, login, person.id)
        _check_post(context, connection, post, home)
        if post and not (person.is_active if active is None else active):
            raise InvalidInput(f"{person.name} is not active here: {post} is for somebody who is")
        admins = [p for p in directory.staff(connection).values() if p.role is Role.ADMIN and p.is_active]
        leaves = active is False or role not in {None, Role.ADMIN}
        if leaves and [p.id for p in admins] == [person.id]:
            raise InvalidInput(f"{person.name} is the last admin: make another one first")
    changed: dict[str, object] = {"department_id": home}
    changed |= {"role": role} if role else {}
    changed |= {"login": login} if login else {}
    changed |= {"is_active": active} if active is not None else {}
    changed |= {"customer": customer.strip()} if customer is not None else {}
    changed |= reached
    with context.store.write() as connection:
        directory.change_person(connection, person.id, **changed)
        left = directory.vacate(connection, person.id) if active is False else []
        _appoint(connection, post, person.id, home)
        for key, department_id in left:
            _record_post(connection, context, key, department_id, None)
        _record(connection, context, "changed", person.id, post, home)
    return person.id


def _record(connection: Connection, context: Context, what: str, person_id: int, post: str, home: int | None) -> None:
    """Writes into the audit trail what a person is by now, and the post they were given."""
    context.record(connection, "person", what, directory.person_row(connection, person_id))
    if post:
        _record_post(connection, context, post, home if _is_departments(post) else None, person_id)


def _record_post(
    connection: Connection, context: Context, key: str, department_id: int | None, person_id: int | None
) -> None:
    data = {"key": key, "department_id": department_id, "person_id": person_id}
    context.record(connection, "post", "given" if person_id else "vacated", data)


def _is_departments(post: str) -> bool:
    return post.removesuffix(DEPUTY) == LEAD


def _check_names(name: str, login: str, customer: str) -> None:
    if not name.strip():
        raise InvalidInput("a person needs a name")
    check_text(name + login + customer)
    if max(len(name), len(customer)) > _NAME_LIMIT or len(login) > _LOGIN_LIMIT:
        raise InvalidInput(f"a name may have {_NAME_LIMIT} characters and a login {_LOGIN_LIMIT}: shorten it")


def checked_contact(contact: Contacted) -> dict[str, str]:
    """Gives what is known of how somebody is reached, tidied; "" takes it out.

    Raises:
        InvalidInput: when something is too long, has what no text can have, or an address has no @.
    """
    reached = {name: " ".join(value.split()) for name, value in contact.items()}
    check_text("".join(reached.values()))
    if max(map(len, reached.values()), default=0) > _NAME_LIMIT:
        raise InvalidInput(f"how somebody is reached may have {_NAME_LIMIT} characters each: shorten it")
    if (email := reached.get("email")) and not _EMAIL.fullmatch(email):
        raise InvalidInput(f"{email!r} is no e-mail address: write one such as zoe@example.org")
    return reached


def _admin(actor: Person) -> None:
    if actor.role is not Role.ADMIN:
        raise NotAllowed("people and posts are an admin's to change")


def _home(connection: Connection, department: str, role: Role) -> int | None:
    if department:
        return the_department(directory.departments(connection).values(), department).id
    if role in {Role.AGENT, Role.LEAD}:
        raise InvalidInput(
            f"an {role} works for a department: say which with --department".replace("an lead", "a lead")
        )
    return None


def _check_login(connection: Connection, login: str | None, own: int | None) -> None:
    if login and any(p.login == login and p.id != own for p in directory.named(connection, login)):
        raise InvalidInput(f"the login {login!r} is taken: change that person with `deskterm people set {login}`")


def _check_post(context: Context, connection: Connection, post: str, home: int | None) -> None:
    posts = [LEAD, *context.policy_now(connection)[1].profile.posts]
    if _is_departments(post) and home is None:
        raise InvalidInput("a lead leads a department: say which with --department")
    if post and post.removesuffix(DEPUTY) not in posts:
        raise InvalidInput(
            f"there is no post {post!r}: expected one of {', '.join(posts)}, or one of them with {DEPUTY}"
        )


def _appoint(connection: Connection, post: str, person_id: int, home: int | None) -> None:
    if post:
        directory.appoint(connection, post, person_id, home if _is_departments(post) else None)
