"""`deskterm views`: the lists by their names, and saving one's own or a department's."""

from typing import Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, put_table
from deskterm.core.domain.filters import parse_filter, print_filter
from deskterm.core.named_views import NamedView
from deskterm.core.views import Order

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="As the list of views says it.")]
Home = Annotated[str, typer.Option("--department", metavar="NAME", help="A department's: for its lead or an admin.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The lists by their names.", rich_markup_mode=None)
    group.callback(invoke_without_command=True)(list_views)
    group.command()(save)
    group.command("set")(change)
    group.command()(drop)
    app.add_typer(group, name="views")


def list_views(context: typer.Context, as_json: Json = False) -> None:
    """List your views in the order of their tabs, with their keys."""
    if context.invoked_subcommand is not None:
        return
    with desk(context) as opened:
        found = opened.views()
    if as_json:
        put_json([_plain(view) for view in found])
    else:
        put_table(("KEY", "NAME", "WHOSE", "LIST", "SORT", "FILTER"), map(_line, found), whole=2)


def save(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called; a saved one that is so is replaced.")],
    wanted: Annotated[str, typer.Argument(metavar="[FILTER]", help="As `list` takes it.")] = "",
    view: Annotated[str, typer.Option(metavar="NAME", help="The view that it narrows.")] = "all",
    sort: Annotated[Order | None, typer.Option(help="In which order; without it in the view's own.")] = None,
    department: Home = "",
    key: Annotated[int | None, typer.Option(help="The key 1 to 9 that switches to it.")] = None,
    as_json: Json = False,
) -> None:
    """Save a view: a list, a filter and an order under a name, for yourself or for a department."""
    typed = parse_filter(wanted)
    with desk(context) as opened:
        base = opened.view(view)
        narrowed = base.narrowed(typed)
        order = sort or base.order_of(narrowed)
        kept = opened.save_view(name, base.base, narrowed, order=order, department=department, number=key)
    if as_json:
        put_json(kept)
    else:
        whose = f" for {kept.department}" if kept.department else ""
        put(f"view {kept.name} is {'replaced' if kept.replaced else 'saved'}{whose}")


def change(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str, typer.Option("--name", metavar="NAME", help="Another name.")] = "",
    key: Annotated[int | None, typer.Option(help="The key 1 to 9 that switches to it; 0 takes its key away.")] = None,
    department: Home = "",
    as_json: Json = False,
) -> None:
    """Rename a saved view, or give it another key."""
    with desk(context) as opened:
        changed = opened.change_view(name, department=department, new_name=new_name, number=key)
    if as_json:
        put_json(_plain(changed))
    else:
        put(f"view {changed.name} is changed" + (f": its key is {changed.key}" if changed.key else ""))


def drop(context: typer.Context, name: Name, department: Home = "", as_json: Json = False) -> None:
    """Drop a saved view; its tickets are not touched."""
    with desk(context) as opened:
        dropped = opened.drop_view(name, department=department)
    if as_json:
        put_json({"dropped": dropped})
    else:
        put(f"view {dropped} is dropped")


def _plain(view: NamedView) -> dict[str, object]:
    """Gives a view as JSON: its filter as it is written."""
    return {
        "name": view.name,
        "key": view.key,
        "list": view.base,
        "sort": view.order,
        "filter": _filter(view),
        "is_saved": view.saved is not None,
        "department": view.saved.department if view.saved else "",
        "wrong": view.wrong,
    }


def _filter(view: NamedView) -> str:
    return view.saved.text if view.saved else print_filter(view.wanted)


def _line(view: NamedView) -> tuple[object, ...]:
    whose = (view.saved.department or "yours") if view.saved else ""
    return view.key, view.name, whose, view.base, view.order or "", _filter(view)
