"""One command for one ticket or many: what is refused is named, the rest is done, the worst is the exit code."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Generic, NamedTuple, TypeVar

import typer

from deskterm.cli.exits import code_of, in_commands
from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.words import Action

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.work import Done

T = TypeVar("T")

Id = Annotated[str, typer.Argument(metavar="ID", help="HD-000042 or 42.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="HD-000042 or 42, several, or - for stdin.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Text = Annotated[str, typer.Option("--text", "-m", help="What to say; - reads stdin.")]


class Tried(NamedTuple, Generic[T]):
    """What was done, and by the ids as they were given what was not."""

    done: list[T]
    refused: list[tuple[str, DesktermError]]

    def refusals(self) -> list[dict[str, Any]]:
        """Gives what was refused as JSON has it."""
        return [{"id": name, "why": in_commands(why), "code": code_of(why)} for name, why in self.refused]

    def end(self, *, done: str = "done") -> None:
        """Names on stderr what was refused, counts, and exits with the worst code where there is one."""
        for _, why in self.refused:
            tell(f"deskterm: {in_commands(why)}")
        if len(self.done) + len(self.refused) != 1:
            tell(f"{len(self.done)} {done}, {len(self.refused)} refused")
        if self.refused:
            raise typer.Exit(max(code_of(why) for _, why in self.refused))


def given(ids: Sequence[str], text: str) -> tuple[list[str], str]:
    """Gives ids and text, either of which may be `-`: then it is what stdin holds.

    Raises:
        InvalidInput: when both are.
    """
    if text == "-":
        if list(ids) == ["-"]:
            raise InvalidInput("ids and text can't both come from stdin")
        return list(ids), sys.stdin.read()
    return sys.stdin.read().split() if list(ids) == ["-"] else list(ids), text


def each(names: Iterable[str], one: Callable[[int], T]) -> Tried[T]:
    """Does `one` to every ticket named, once each."""
    tried: Tried[T] = Tried([], [])
    met: set[int] = set()
    for name in names:
        try:
            number = parse_id(name)
            if number not in met:
                met.add(number)
                tried.done.append(one(number))
        except DesktermError as error:
            tried.refused.append((name, error))
    return tried


def do(
    context: typer.Context,
    ids: Sequence[str],
    action: Action,
    as_json: bool,
    *,
    text: str = "",
    said: Callable[["Desk", "Done"], str] | None = None,
    **arguments: Any,  # noqa: ANN401
) -> None:
    """Does an action to every ticket named, and prints what became of them; `said` tells that of one."""
    names, words = given(ids, text)
    run(context, names, lambda opened, number: opened.act(number, action, text=words, **arguments), as_json, said=said)


def run(
    context: typer.Context,
    names: Iterable[str],
    one: Callable[["Desk", int], "Done"],
    as_json: bool,
    *,
    said: Callable[["Desk", "Done"], str] | None = None,
) -> None:
    """Does `one` to every ticket named, and prints what became of them; `said` tells that of one."""
    names = list(names)
    with desk(context) as opened:
        door = opened.together() if len(names) > 1 else opened
        tried = each(names, lambda number: one(door, number))
        lines = [said(opened, made) for made in tried.done] if said and not as_json else []
    show(tried, as_json, lines)


def show(tried: "Tried[Done]", as_json: bool, lines: Sequence[str] = ()) -> None:
    """Prints what became of tickets, by `lines` where they tell of them, and exits as `Tried.end`."""
    if as_json:
        done = [{"ref": reference(made.id), **made._asdict()} for made in tried.done]
        put_json({"done": done, "refused": tried.refusals()})
    else:
        for line in lines or (f"{reference(made.id)} {made.status}" for made in tried.done):
            put(line)
    tried.end()
