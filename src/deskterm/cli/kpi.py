"""`deskterm kpi`: the figures of the desk, a board a command."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli import boards
from deskterm.cli.bars import bars
from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, put_table, tell
from deskterm.cli.reports import insights
from deskterm.cli.when import From, To
from deskterm.core.domain.text import many, spoken

if TYPE_CHECKING:
    from deskterm.core.services.approval_hours import Lost
    from deskterm.core.services.approval_report import Through

_NEVER_A_DAY = 10**12  # hours stay hours: a day is not as long in every department
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    kpi = typer.Typer(help="The figures of the desk.", rich_markup_mode=None, cls=boards.BoardGroup)
    boards.register_on(kpi)
    kpi.command("approvals")(approvals)
    kpi.command("insights")(insights)
    kpi.command("rebuild")(rebuild)
    app.add_typer(kpi, name="kpi")


def approvals(context: typer.Context, since: From = None, until: To = None, as_json: Json = False) -> None:
    """Show the business hours that purchases waited, by stage and approver, and the share that went the whole chain.

    The days are when a purchase was asked for, in the desk's default zone. Leads see their departments.
    """
    with desk(context) as opened:
        found = opened.approvals_report(since.date() if since else None, until.date() if until else None)
    for said in found.left_out:
        tell(f"left out: {said}")
    if as_json:
        shown = {"since": since and f"{since:%Y-%m-%d}", "until": until and f"{until:%Y-%m-%d}"}
        put_json({**found._asdict(), **shown})
        return
    if not found.purchases:
        put("no purchases to reckon up: you see none that were asked for then")
        return
    states = ", ".join(f"{count} {state}" for state, count in found.rounds.items())
    put(f"{many(found.purchases, 'purchase')}, rounds: {states}")
    put(_through(found.through_chain))
    for one in found.through_chain.offending:
        put(f"  {one.ref}: {one.why}")
    if found.lost:
        put("")
        put_table(
            ("STAGE", "WAITED FOR", "CASES", "DECIDED", "OPEN", "TOTAL", "MEDIAN", "P90", "LONGEST", "OUT OF TIME"),
            [_line(lost) for lost in found.lost],
            whole=2,
        )


def rebuild(context: typer.Context, as_json: Json = False) -> None:
    """Make the measures that figures are reckoned from anew, from the facts of all tickets (admins).

    They follow the facts by themselves, and `deskterm doctor` proves it: this is for who wants them made again.
    """
    with desk(context) as opened, bars() as named:
        measures = opened.measure_anew(named("tickets"))
    if as_json:
        put_json({"measures": measures})
    else:
        put(f"{many(measures, 'measure')} made anew from the facts")


def _through(found: "Through") -> str:
    if found.share is None:
        return "through the whole chain: none became workable yet"
    goal = "" if found.goal is None else f", the goal is {100 * found.goal:g} %"
    tenths = 1000 * found.proved // found.of  # never rounded up: 100 % is all of them
    return f"through the whole chain: {found.proved} of {found.of}, {tenths / 10:.1f} %{goal}"


def _line(lost: "Lost") -> tuple[object, ...]:
    times = (spoken(seconds, _NEVER_A_DAY) for seconds in (lost.total, lost.median, lost.p90, lost.longest))
    return (lost.stage, lost.approver, lost.cases, lost.decided, lost.open, *times, lost.breaches)
