"""`deskterm list`, `show` and `notices`: what the screens show, as text and JSON."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.exits import command_of
from deskterm.cli.globals import desk
from deskterm.cli.output import local, put, put_json, put_table
from deskterm.cli.paging import After, Limit, place, tell_more
from deskterm.core.domain import presence
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filter_keys import KEYS
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter, parse_id
from deskterm.core.domain.text import spoken, told
from deskterm.core.named_views import BUILT_IN, check_order, named
from deskterm.core.views import Order, Page, QueueRow

if TYPE_CHECKING:
    from deskterm.core.ticket_views import TicketView

_HEADERS = ("ID", "PRIO", "STATUS", "LEFT", "TITLE", "REQUESTER", "ASSIGNEE", "DEPARTMENT")

_FILTER = (
    f'status:open prio:<=2 @me due:<4h "exact words" -is:paused; keys: {", ".join(KEYS)}. '
    "One that begins with - comes after --."
)

_VIEW = f"Which list: {', '.join(view.name for view in BUILT_IN)}, or a saved one."


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("list")(list_tickets)
    app.command("show")(show)
    app.command("notices")(notices)


def list_tickets(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="[FILTER]", help=_FILTER)] = "",
    view: Annotated[str, typer.Option(metavar="NAME", help=_VIEW)] = "all",
    sort: Annotated[Order | None, typer.Option(help="In which order; without it in the list's own.")] = None,
    limit: Limit = 50,
    after: After = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List tickets you may see, what is due first on top."""
    page = _page(context, parse_filter(wanted), view, sort, limit, after)
    if as_json:
        put_json([{"ref": reference(row.id), **row._asdict()} for row in page.rows])
    else:
        put_table(_HEADERS, [_line(row) for row in page.rows], whole=4)
    tell_more(page.last)


def _page(
    context: typer.Context, asked: Filter, view: str, sort: Order | None, limit: int, after: str
) -> Page[QueueRow]:
    whole = named(BUILT_IN, view)
    if whole is not None and not (whole.narrowed(asked).terms or sort or after or context.obj.as_of):
        from deskterm.opening import read_page

        first = read_page(context.obj.settings(), context.obj.acting_as, lambda _: whole.base, limit)
        if first is not None:
            return first.page
    with desk(context) as opened:
        shown = opened.view(view)
        narrowed = shown.narrowed(asked)
        check_order(shown.base, narrowed, order := sort or shown.order_of(narrowed))
        return opened.page(shown.base, narrowed, order=order, limit=limit, after=place(after))


def _line(row: QueueRow) -> tuple[object, ...]:
    status = f"{row.status} ({row.reason})" if row.reason else row.status
    return (
        reference(row.id),
        row.priority_label,
        status,
        row.left.named,
        row.title,
        row.requester,
        row.assignee or "",
        row.department,
    )


def show(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(metavar="ID", help="HD-000042 or 42.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a ticket whole: clocks, who had it, the timeline, what you may do."""
    with desk(context) as opened:
        found = opened.ticket(parse_id(ticket))
        others = opened.others(found.id)
    if as_json:
        put_json({"ref": reference(found.id), **found._asdict(), "open_by": [one._asdict() for one in others]})
    else:
        put("\n".join(_whole(found, presence.told(others))))


def _whole(found: "TicketView", others: str) -> list[str]:
    from deskterm.widgets.ticket_purchase import purchase_block

    status = found.status_label + (f" for {found.reason}" if found.reason else "")
    status += f" ({found.outcome})" if found.outcome else ""
    lines = [
        f"{reference(found.id)}  {found.title}",
        f"{status} · {found.priority_label} · {found.department} / {found.category} ({found.category_kind})",
        f"from {found.requester} by {found.source} · assignee {found.assignee or 'nobody'} · profile {found.profile}",
        *(
            [" · ".join(more)]
            if (more := [x for x in (found.customer, found.contact.words, found.about, found.tier_label) if x])
            else []
        ),
        *([others] if others else []),
        "",
    ]
    for clock in found.clocks:
        due = f", due {local(clock.left.due_at)} {clock.left.due_at.astimezone():%Z}" if clock.left.due_at else ""
        target = f" of {clock.target}" if clock.target else ""
        words = f", {clock.left.words}" if clock.left.words and clock.left.seconds is not None else ""
        lines.append(f"{clock.label}: {spoken(clock.left.used, clock.left.day)} used{target}{words}{due}")
    owned = ", ".join(
        f"{held.owner or 'nobody'} {spoken(held.seconds, found.clocks[0].left.day)}" for held in found.owners
    )
    lines += [f"Owners: {owned}", "", found.description or "(no description)", ""]
    if found.purchase is not None:
        lines += [purchase_block(found.purchase, known=found.description).plain]
    for entry in found.timeline:
        mark = f" [{entry.comment}, internal]" if entry.is_internal else ""
        behalf = f" for {entry.on_behalf_of}" if entry.on_behalf_of else ""
        really = f" (by {entry.by})" if entry.by else ""
        said = told(entry.kind, entry.detail if "\n" not in entry.detail else "", f"{behalf}{really}{mark}")
        lines.append(f"{local(entry.at)}  {entry.actor} {said}")
        body = "\n".join(part for part in (entry.text, entry.detail if "\n" in entry.detail else "") if part)
        lines += [f"    {line}" for line in body.splitlines()]
    return [*lines, "", f"You may: {', '.join(map(command_of, found.actions)) or 'only read it'}"]


def notices(
    context: typer.Context,
    seen: Annotated[bool, typer.Option("--seen", help="Mark them all seen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what you should know of: new work, answers, resolutions."""
    with desk(context) as opened:
        found = opened.notices()
        if seen and found:
            opened.mark_seen(found[0].id)
    if as_json:
        put_json([{"ref": reference(notice.ticket_id), **notice._asdict()} for notice in found])
    else:
        put_table(
            ("", "WHEN", "ID", "WHAT"),
            [("" if n.seen else "new", local(n.at), reference(n.ticket_id), n.text) for n in found],
            whole=3,
        )
