"""`deskterm people` and `departments`."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, put_table, tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.profile import DEPUTY
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Role

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.views import PersonLine

_SHOWN = 6
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Department = Annotated[str, typer.Option(help="A department's key or name.")]
Customer = Annotated[str, typer.Option(help="Whom they ask for: their tickets have that customer's targets.")]
Email = Annotated[str | None, typer.Option(help="Their mail address; '' takes it out.")]
Phone = Annotated[str | None, typer.Option(help="Their telephone number; '' takes it out.")]
AccountType = Annotated[str | None, typer.Option(help="What kind of account they have, such as buyer or seller.")]
Post = Annotated[str, typer.Option(help="lead (of the department) or one of the profile; lead.deputy is its deputy.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    people = typer.Typer(help="List people; add and change them.", rich_markup_mode=None)
    people.callback(invoke_without_command=True)(list_people)
    people.command("add")(add)
    people.command("set")(change)
    people.command("erase")(erase)
    app.add_typer(people, name="people")
    app.command("departments")(departments)


def list_people(context: typer.Context, department: Department = "", as_json: Json = False) -> None:
    """List people with their open tickets."""
    if context.invoked_subcommand is not None:
        return
    with desk(context) as opened:
        found = opened.people(department=department)
    if as_json:
        put_json(found)
        return
    put_table(
        ("LOGIN", "NAME", "ROLE", "DEPARTMENT", "POSTS", "OPEN"),
        [
            (
                p.login,
                p.name + (f" ({p.customer})" if p.customer else "") + ("" if p.is_active else " (left)"),
                p.role,
                p.department,
                ", ".join(p.posts),
                p.open_load,
            )
            for p in found
        ],
    )


def add(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="The name as others read it.")],
    role: Annotated[Role, typer.Option(help="What they are here.")] = Role.REQUESTER,
    login: Annotated[str, typer.Option(help="Their login on this system; none for who never signs in.")] = "",
    department: Department = "",
    post: Post = "",
    customer: Customer = "",
    email: Email = None,
    phone: Phone = None,
    account_type: AccountType = None,
    as_json: Json = False,
) -> None:
    """Add a person."""
    with desk(context) as opened:
        before = opened.people() if post else []
        made = opened.add_person(
            name=name,
            role=role,
            login=login or None,
            department=department,
            post=post,
            customer=customer,
            contact=_contact(email, phone, account_type),
        )
        gained = _gained(made, before, opened.people() if post else [])
    if as_json:
        put_json({"id": made, "name": name, "role": role})
    else:
        put(f"{name} added as {role}")
        for said in gained:
            put(said)


def change(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="Login or name.")],
    role: Annotated[Role | None, typer.Option(help="Another role.")] = None,
    login: Annotated[str, typer.Option(help="Another login.")] = "",
    department: Department = "",
    post: Post = "",
    active: Annotated[bool | None, typer.Option("--active/--left", help="Whether they are still here.")] = None,
    customer: Annotated[str | None, typer.Option(help="Whom they ask for; '' for one of our own.")] = None,
    email: Email = None,
    phone: Phone = None,
    account_type: AccountType = None,
    as_json: Json = False,
) -> None:
    """Change a person: role, department, login, post, customer, how they are reached, whether they are here."""
    with desk(context) as opened:
        before = opened.people()
        changed = opened.change_person(
            who,
            role=role,
            login=login,
            department=department,
            post=post,
            active=active,
            customer=customer,
            contact=_contact(email, phone, account_type),
        )
        after = opened.people()
        vacant = _vacant(opened, changed, before, after)
    if as_json:
        put_json({"id": changed})
    else:
        put(f"{who} changed")
        for said in _gained(changed, before, after):
            put(said)
    for said in vacant:
        tell(f"notice: {said}")


def _contact(email: str | None, phone: str | None, account_type: str | None) -> dict[str, str]:
    given = {"email": email, "phone": phone, "account_type": account_type}
    return {name: value for name, value in given.items() if value is not None}


def erase(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="Login or name of somebody who left.")],
    reason: Annotated[str, typer.Option(help="Why, without naming them: it stays in the audit trail.")] = "",
    texts: Annotated[bool, typer.Option("--texts", help="All texts of the tickets they asked for too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="It is meant: nothing brings it back.")] = False,
    as_json: Json = False,
) -> None:
    """Erase who a person was, for good, in the audit trail too, which still holds; purchases keep their texts."""
    with desk(context) as opened:
        would = opened.erase_person(who, texts=texts, reason=reason, dry_run=True)
        about = f"{would.name}, and the texts of {many(would.tickets, 'ticket')}" if texts else would.name
        kept = f"; {many(would.kept, 'purchase')} of theirs keep their texts" if texts and would.kept else ""
        if dry_run:
            put_json(would) if as_json else put(f"would be erased: {about}{kept}")
            return
        if not yes:
            raise InvalidInput(f"this erases {about} for good{kept}: say --yes if that is meant")
        gone = opened.erase_person(who, texts=texts, reason=reason)
    if as_json:
        put_json(gone._replace(name=""))
    else:
        put(f"erased: person {gone.id}, {many(gone.entries, 'entry')} of the trail gave up texts")
        if not gone.is_settled:
            tell("its files may hold parts of it until the database is next cleaned up (VACUUM on Postgres)")
        tell("copies that were made before still have them: backups, exports, evidence files, other people's mail")


def _gained(person: int, before: "list[PersonLine]", after: "list[PersonLine]") -> list[str]:
    """Gives the posts that somebody has by now and hadn't, with who had them."""
    held = {post: one for one in before for post in one.posts}
    mine = next((one for one in after if one.id == person), None)
    new = [post for post in mine.posts if post not in held or held[post].id != person] if mine else []
    return [
        f"{mine.name} is {post} now" + (f", in place of {held[post].name}" if post in held else "")
        for post in new
        if mine
    ]


def _vacant(opened: "Desk", person: int, before: "list[PersonLine]", after: "list[PersonLine]") -> list[str]:
    """Gives what somebody gave up and nobody has now, and how many purchases stand still for want of it."""
    held = {post for one in after for post in one.posts}
    lost = [post for one in before if one.id == person for post in one.posts if post not in held]
    if not lost:
        return []
    bases = {post.partition(" ")[0].removesuffix(DEPUTY) for post in lost}
    standing = sum(
        vacancy.standing for vacancy in opened.vacant_posts() if vacancy.post in bases and not vacancy.is_held
    )
    stands = "stands" if standing == 1 else "stand"
    return [
        f"nobody holds {' and '.join(lost)} now",
        *([f"{many(standing, 'purchase')} {stands} still until somebody does"] if standing else []),
    ]


def _some(keys: list[str]) -> str:
    """Gives the first keys and how many more there are; `--json` has them all."""
    return ", ".join(keys[:_SHOWN]) + (f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else "")


def departments(context: typer.Context, as_json: Json = False) -> None:
    """List departments with lead, categories and open tickets."""
    with desk(context) as opened:
        found = opened.departments()
    if as_json:
        put_json(found)
        return
    put_table(
        ("KEY", "NAME", "LEAD", "OPEN", "UNASSIGNED", "CATEGORIES"),
        [
            (d.key, d.name, d.lead, d.open_count, d.unassigned_count, _some([c.key for c in d.categories]))
            for d in found
        ],
    )
