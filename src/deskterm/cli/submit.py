"""`deskterm new`: a request from flags, or many as JSON from stdin."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import local, put, put_json, tell
from deskterm.cli.wanted import CostCentre, Currency, Lines, Quotes, Vendor, Why, hashed, wanted
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Source

if TYPE_CHECKING:
    from deskterm.core.services.work import Done

_LISTS: Final = ("lines", "quotes")
_BOUGHT: Final = (*_LISTS, "currency", "vendor", "cost_centre", "justification")
_FIELDS: Final = (
    "title", "category", "description", "department", "priority", "requester", "about", "source", *_BOUGHT,
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("new")(new)


def new(
    context: typer.Context,
    stdin: Annotated[str, typer.Argument(metavar="[-]", help="- reads JSON objects with these fields.")] = "",
    title: Annotated[str, typer.Option(help="What is the matter, in one line.")] = "",
    category: Annotated[str, typer.Option(help="A category's key or name.")] = "",
    description: Annotated[str, typer.Option(help="The rest of it.")] = "",
    department: Annotated[str, typer.Option(help="Needed only where categories serve all.")] = "",
    priority: Annotated[str, typer.Option(help="A priority's key, label or rank.")] = "",
    requester: Annotated[str, typer.Option("--for", help="Submit for somebody else: login or name.")] = "",
    about: Annotated[str, typer.Option(help="Product / Module / Question of the SLA table.")] = "",
    source: Annotated[Source, typer.Option(help="The channel it came by.")] = Source.FORM,
    line: Lines = None,
    currency: Currency = None,
    vendor: Vendor = None,
    cost_centre: CostCentre = None,
    why: Why = None,
    quote: Quotes = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Submit a request: it goes to its category's department.

    In a category of procurement it says what to buy, and waits for its approval chain. Without --why the description
    is its justification.
    """
    if stdin not in {"", "-"}:
        raise InvalidInput(f"{stdin!r}: the request goes into --title and --category, or comes as JSON with -")
    given = {
        "title": title,
        "category": category,
        "description": description,
        "department": department,
        "priority": priority,
        "requester": requester,
        "about": about,
        "source": source,
        "purchase": wanted(line, why, vendor, cost_centre, quote, currency),
    }
    requests = _read(sys.stdin.read()) if stdin else [given]
    with desk(context) as opened:
        from deskterm.core.services.intake import Submission

        made: list[Done] = []
        try:
            made.extend(opened.submit(Submission(**request)) for request in requests)
        except InvalidInput as error:
            if stdin:
                tell(f"{len(made)} of {len(requests)} submitted")
                raise InvalidInput(f"request {len(made) + 1}: {error}") from error
            raise
        finally:
            if as_json:
                put_json([_line(done) for done in made])
            else:
                for done in made:
                    due = ", ".join(
                        f"{promise.label} due {local(promise.due_at)} {promise.due_at.astimezone():%Z}"
                        for promise in done.promises
                    )
                    put(f"{reference(done.id)} {done.status}" + (f": {due}" if due else ""))


def _line(done: "Done") -> dict[str, Any]:
    due = {promise.clock: promise.due_at for promise in done.promises}
    return {"id": done.id, "ref": reference(done.id), "status": done.status, "due": due}


def _read(text: str) -> list[dict[str, Any]]:
    """Gives the requests in a JSON object, a list of them, or one a line."""
    try:
        found = json.loads(text)
    except ValueError:
        found = [_object(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    requests = found if isinstance(found, list) else [found]
    if not requests:
        raise InvalidInput("stdin is empty: expected JSON objects with title and category")
    return [_checked(request, number) for number, request in enumerate(requests, 1)]


def _object(line: str, number: int) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"stdin line {number} is no JSON: {error}") from None


def _checked(request: object, number: int) -> dict[str, Any]:
    if not isinstance(request, dict):
        raise InvalidInput(f"request {number} is no object: expected title and category at least")
    for field, value in request.items():
        if field not in _FIELDS:
            raise InvalidInput(f"request {number}: there is no field {field!r}: expected {', '.join(_FIELDS)}")
        if field in _LISTS:
            if not (isinstance(value, list) and all(isinstance(text, str) for text in value)):
                raise InvalidInput(f"request {number}: {field} is {value!r}, expected a list of texts")
        elif not isinstance(value, str):
            raise InvalidInput(f"request {number}: {field} is {value!r}, expected a text")
    for field in ("title", "category"):
        if not request.get(field):
            raise InvalidInput(f"request {number} has no {field}")
    if request.get("source", Source.FORM) not in set(Source):
        raise InvalidInput(f"request {number}: source {request['source']!r}: expected one of {', '.join(Source)}")
    return {
        **{field: value for field, value in request.items() if field not in _BOUGHT},
        "source": Source(request.get("source", Source.FORM)),
        "purchase": _purchase({field: request[field] for field in _BOUGHT if field in request}),
    }


def _purchase(said: dict[str, Any]) -> Wanted:
    return Wanted(**{**said, "lines": tuple(said.get("lines", ())), "quotes": hashed(said.get("quotes", ()))})
