"""`deskterm approvals`, `approve`, `reject` and `ask`: the inbox of purchases, and deciding them one or many at once.

A decision made here is bound to the purchase and stage that were read right before it: what changes in between is
refused with exit code 5. `--dry-run` reads only.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from deskterm.cli.globals import desk
from deskterm.cli.many import Ids, Json, Text, Tried, each, given
from deskterm.cli.output import local, put_json, put_table, tell
from deskterm.cli.paging import After, Limit, place, tell_more
from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.purchase import money, totals
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Action, RoundState
from deskterm.core.views import InboxRow, Tab

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_PREFIX = re.compile(r"[0-9a-f]{8,64}")
_SHOWN = 12  # of a digest: enough for --digest, short enough for a line
_WORDS = {Action.APPROVE: "approved", Action.REFUSE: "refused", Action.ASK: "returned"}

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be decided; write nothing.")]
Digest = Annotated[str, typer.Option(help="Only if the purchase is still this one: its digest, or 8 digits of it.")]

approvals_app = typer.Typer(help="The approval inbox; the totals of a list are on stderr.", rich_markup_mode=None)
"""The group `deskterm approvals`; what proves a purchase's approvals is added to it where the commands are wired."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    approvals_app.callback(invoke_without_command=True)(inbox)
    app.add_typer(approvals_app, name="approvals")
    for command in (approve, reject, ask):
        app.command()(command)


def inbox(
    context: typer.Context,
    tab: Annotated[Tab, typer.Option(help="Which list; all purchases are an executive's to see.")] = Tab.WAITING,
    limit: Limit = 100,
    after: After = "",
    as_json: Json = False,
) -> None:
    """List the purchases that wait for your decision, the earliest due first; the totals are on stderr."""
    if context.invoked_subcommand is not None:
        return
    with desk(context) as opened:
        page = opened.inbox(tab, limit=limit, after=place(after))
    if as_json:
        put_json([{"ref": reference(row.id), **row._asdict()} for row in page.rows])
    else:
        headers, cells = _TABLES[tab]
        lines = [[reference(row.id), row.total, *cells(row), row.title] for row in page.rows]
        put_table(("ID", "AMOUNT", *headers, "TITLE"), lines, whole=3)
    counted = {(row.id, row.round): row for row in page.rows if row.state is not RoundState.VOIDED}
    if counted:
        tell(_totals(list(counted.values()), by_state=tab in {Tab.ALL, Tab.DECIDED}))
    elif not page.rows:
        tell("there are none")
    tell_more(page.last)


def _waiting(row: InboxRow) -> tuple[str, ...]:
    return (row.left.words, row.department, row.requester, row.stage, row.for_name)


def _decided(row: InboxRow) -> tuple[str, ...]:
    when = local(row.decided_at) if row.decided_at else ""
    return (row.decision, when, row.department, row.requester, row.state, row.for_name)


def _all(row: InboxRow) -> tuple[str, ...]:
    stage = row.stage if row.state is RoundState.OPEN else ""
    return (row.state, row.left.words if row.state is RoundState.OPEN else "", row.department, row.requester, stage)


_PLACES = (("LEFT", "DEPARTMENT", "REQUESTER", "STAGE", "FOR"), _waiting)
_TABLES = {
    Tab.WAITING: _PLACES,
    Tab.DELEGATED: _PLACES,
    Tab.DECIDED: (("YOU", "WHEN", "DEPARTMENT", "REQUESTER", "STATE", "FOR"), _decided),
    Tab.ALL: (("STATE", "LEFT", "DEPARTMENT", "REQUESTER", "STAGE"), _all),
}


def _totals(rows: list[InboxRow], *, by_state: bool) -> str:
    """Gives what purchases come to: what is asked, bought and refused is not one sum."""
    states = [state for state in RoundState if any(row.state is state for row in rows)] if by_state else [None]
    said = []
    for state in states:
        some = [row for row in rows if state in {None, row.state}]
        what = f"{many(len(some), 'purchase')}{f' {state}' if state else ''}"
        said.append(f"{what}: {_sum((row.currency, row.total_minor) for row in some)}")
    return "; ".join(said)


def _sum(amounts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(money(minor, currency) for currency, minor in totals(amounts).items())


def approve(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    digest: Digest = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Approve purchases that wait for you."""
    _decide(context, ids, Action.APPROVE, text, digest, dry_run, as_json)


def reject(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    digest: Digest = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Refuse purchases that wait for you; --text says why."""
    _decide(context, ids, Action.REFUSE, text, digest, dry_run, as_json)


def ask(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    digest: Digest = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Ask for information before you decide; --text is the question. The same stage goes on once it is answered."""
    _decide(context, ids, Action.ASK, text, digest, dry_run, as_json)


class Decided(NamedTuple):
    """A decision, made or only tried: what it is about, and where the ticket is after it."""

    ref: str
    id: int
    version: int
    status: str
    decision: str
    round: int
    stage: str
    title: str
    requester: str
    currency: str
    total_minor: int
    total: str
    digest: str


_WANTED = {
    Action.REFUSE: "a refusal needs its reason: say why with --text",
    Action.ASK: "say with --text what you want to know",
}


def _decide(
    context: typer.Context, ids: list[str], action: Action, text: str, digest: str, dry_run: bool, as_json: bool
) -> None:
    names, said = given(ids, text)
    if action in _WANTED and not said.strip():
        raise InvalidInput(_WANTED[action])
    if digest and not (_PREFIX.fullmatch(digest) and len(names) == 1):
        raise InvalidInput("--digest takes 8 hexadecimal digits at least, and is about one purchase")
    with desk(context) as opened:
        tried = each(names, lambda number: _one(opened, number, action, said, digest, dry_run))
    _put(tried, action, dry_run, as_json)
    tried.end(done="would be done" if dry_run else "done")


def _one(opened: "Desk", number: int, action: Action, text: str, digest: str, dry_run: bool) -> Decided:
    found = opened.ticket(number)
    bought, ref = found.purchase, reference(number)
    if digest and not (bought and bought.digest.startswith(digest)):
        now = f"another purchase by now, {bought.total} with digest {bought.digest[:_SHOWN]}" if bought else "nothing"
        raise ChangedElsewhere(f"{ref} asks for {now}: look again, then repeat")
    version, status = found.version, found.status
    if dry_run:
        opened.rehearse(number, action, text=text)
    else:
        done = opened.act(number, action, text=text, expected=found.version)
        version, status = done.version, done.status
    return Decided(
        ref=ref,
        id=number,
        version=version,
        status=status,
        decision=_WORDS[action],
        round=bought.round if bought else 0,
        stage=next((stage.title for stage in bought.stages if stage.state == "open"), "") if bought else "",
        title=found.title,
        requester=found.requester,
        currency=bought.currency if bought else "",
        total_minor=bought.total_minor if bought else 0,
        total=bought.total if bought else "",
        digest=bought.digest if bought else "",
    )


def _put(tried: Tried[Decided], action: Action, dry_run: bool, as_json: bool) -> None:
    amounts = [(one.currency, one.total_minor) for one in tried.done]
    if as_json:
        done = {"would": tried.done} if dry_run else {"done": tried.done}
        sums = [{"currency": c, "total_minor": m, "total": money(m, c)} for c, m in totals(amounts).items()]
        put_json({**done, "refused": tried.refusals(), "totals": sums})
    elif tried.done:
        put_table(
            ("ID", "AMOUNT", "WOULD BE" if dry_run else "DECISION", "STAGE", "DIGEST", "STATUS", "REQUESTER", "TITLE"),
            [
                (d.ref, d.total, d.decision, d.stage, d.digest[:_SHOWN], d.status, d.requester, d.title)
                for d in tried.done
            ],
            whole=5,
        )
    if tried.done:
        would = "would be " if dry_run else ""
        tell(f"{many(len(tried.done), 'purchase')} {would}{_WORDS[action]}: {_sum(amounts)}")
