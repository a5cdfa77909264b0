"""`deskterm kpi`: boards of figures, where each comes from, and the goals of the profile."""

import shutil
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from deskterm.cli.bars import bar
from deskterm.cli.delivery import STDOUT, delivery
from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, put_table
from deskterm.cli.when import From, day
from deskterm.core.domain.export_formats import Format
from deskterm.core.kpi_views import Asked, By, Compare

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_SHOW = "board"
_WIDE = 100
"""Cells where there is no terminal to fit."""
_PERIODS = "week, last-month, 2026-Q3, 2026-W36, 2026-09-01..2026-09-30, all and others that the filters have"
Period = Annotated[str, typer.Option(metavar="P", help=f"Of when: {_PERIODS}; the month without it.")]
To = Annotated[datetime | None, typer.Option("--to", parser=day, metavar="DATE", help="The last day; else today.")]
Department = Annotated[str, typer.Option(metavar="KEY", help="Only of this department.")]
Person = Annotated[str, typer.Option(metavar="LOGIN", help="Only of this person; `me` is you.")]
Priority = Annotated[str, typer.Option(metavar="KEY", help="Only of this priority.")]
Category = Annotated[str, typer.Option(metavar="KEY", help="Only of this category.")]
BrokenDown = Annotated[By | None, typer.Option("--by", help="What its table is broken down by.")]
ComparedTo = Annotated[Compare, typer.Option(help="Against the period before, or the same one a year ago.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Plain = Annotated[bool, typer.Option("--plain", help="Words alone: no charts, no glyphs.")]


class BoardGroup(TyperGroup):
    """The group of `kpi`: what is no command of it names a board, so `deskterm kpi people` shows that one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer keeps its type to itself
        """Reads the arguments, with the command that shows a board put before those that name none."""
        named = args and (args[0] in self.commands or args[0] in self.get_help_option_names(ctx))
        return super().parse_args(ctx, args if named else [_SHOW, *args])


def register_on(kpi: typer.Typer) -> None:
    """Adds the commands."""
    kpi.command(_SHOW)(show)
    kpi.command("boards")(boards)
    kpi.command("explain")(explain)
    kpi.command("goals")(goals)


def show(
    context: typer.Context,
    board: Annotated[str, typer.Argument(metavar="[BOARD]", help="Which one: see `deskterm kpi boards`.")] = "",
    period: Period = "",
    since: From = None,
    until: To = None,
    department: Department = "",
    person: Person = "",
    priority: Priority = "",
    category: Category = "",
    by: BrokenDown = None,
    compare: ComparedTo = Compare.BEFORE,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a line a figure.")] = False,
    plain: Plain = False,
) -> None:
    """Show a board of figures: what each comes to, its goal, how it moved, and tables and charts.

    `deskterm kpi people` is short for `deskterm kpi board people`; without a name it is the overview, or your sheet.
    """
    _one_shape(as_json=as_json, as_csv=as_csv, plain=plain)
    asked = Asked(period_of(period, since, until), department, person, priority, category, by, compare)
    with desk(context) as opened, bar("reckoning") as progress:
        found = opened.board(board or _first(opened), asked, progress=progress)
    if as_json:
        put_json(found)
    elif as_csv:
        from deskterm.core.services.export_kpi import of_board

        delivery(Format.CSV, STDOUT).write(of_board(found))
    else:
        from deskterm.cli.board_text import board_lines

        _put(board_lines(found, _width(), plain=plain))


def boards(context: typer.Context, as_json: Json = False) -> None:
    """List the boards that you can open."""
    with desk(context) as opened:
        found = opened.boards()
    if as_json:
        put_json([{"name": name, "title": title} for name, title in found])
    else:
        put_table(("BOARD", "TITLE"), found)


def explain(
    context: typer.Context,
    figure: Annotated[str, typer.Argument(metavar="NAME", help="A figure, such as sla or response.")],
    period: Period = "",
    since: From = None,
    until: To = None,
    department: Department = "",
    person: Person = "",
    priority: Priority = "",
    category: Category = "",
    compare: ComparedTo = Compare.BEFORE,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Show where a figure comes from: its formula, the tickets that it counts, those that it leaves out and why."""
    _one_shape(as_json=as_json, plain=plain)
    asked = Asked(period_of(period, since, until), department, person, priority, category, None, compare)
    with desk(context) as opened, bar("reckoning") as progress:
        found = opened.explain_kpi(figure, asked, progress=progress)
    if as_json:
        put_json(found)
    else:
        from deskterm.cli.board_text import explained_lines

        _put(explained_lines(found, _width(), plain=plain))


def goals(
    context: typer.Context,
    period: Period = "",
    since: From = None,
    until: To = None,
    department: Department = "",
    person: Person = "",
    compare: ComparedTo = Compare.BEFORE,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Track the goals of the profile: what each figure comes to, and whether its goal is reached."""
    _one_shape(as_json=as_json, plain=plain)
    asked = Asked(period_of(period, since, until), department, person, compare=compare)
    with desk(context) as opened, bar("reckoning") as progress:
        found = opened.board(_first(opened), asked, progress=progress)
    if as_json:
        put_json([one for one in found.figures if one.goal is not None])
    else:
        from deskterm.cli.board_text import goal_lines

        _put(goal_lines(found, _width(), plain=plain))


def _first(opened: "Desk") -> str:
    """Gives the board to begin with: the overview, or one's own sheet; raises as `Desk.boards`."""
    names = [name for name, _ in opened.boards()]
    return "overview" if "overview" in names else "sheet"


def _one_shape(*, as_json: bool = False, as_csv: bool = False, plain: bool = False) -> None:
    """Passes unless more than one way to print is asked for; raises BadParameter."""
    asked = [name for name, is_asked in (("--json", as_json), ("--csv", as_csv), ("--plain", plain)) if is_asked]
    if len(asked) > 1:
        raise typer.BadParameter("they are different ways to print: give one of them", param_hint=" and ".join(asked))


def period_of(period: str, since: datetime | None, until: datetime | None) -> str:
    """Gives the period that the options say; raises BadParameter where they say two, or only its end."""
    if since is None and until is None:
        return period or "month"
    if period:
        raise typer.BadParameter("it says already what --from and --to say: give one of the two", param_hint="--period")
    if since is None:
        raise typer.BadParameter("it wants the first day besides, as --from", param_hint="--to")
    return f"{since.date()}..{until.date() if until else 'today'}"


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE


def _put(lines: Iterable[str]) -> None:
    put("\n".join(lines))
