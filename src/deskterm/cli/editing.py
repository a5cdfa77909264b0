"""`--edit`: the text of a reply or note from one's own editor; its file stays until the text was sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import tell
from deskterm.core.domain.drafts import Place
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.words import Action

Edit = Annotated[bool, typer.Option("--edit", help="Write it in your editor, which goes on with your draft.")]


@contextmanager
def written(context: typer.Context, ids: Sequence[str], action: Action, text: str, *, edit: bool) -> Iterator[str]:
    """Gives the text, from the editor where that is wanted; what can't be sent stays in its file, and that is told.

    Raises:
        NotFound, NotAllowed: when the first ticket refuses: nobody writes for nothing.
        InvalidInput: when there is no terminal for an editor, or as `editing.edit`.
    """
    if not edit:
        yield text
        return
    if text == "-" or list(ids) == ["-"]:
        raise InvalidInput("--edit needs the terminal: ids and text can't come from stdin too")
    from deskterm.widgets import editing

    place = Place(parse_id(ids[0]), action.value)
    with desk(context) as opened:
        opened.check(place.ticket_id, action)
        drafts = opened.drafts(place)
    begun = text or (drafts[0].values.get("text", "") if drafts else "")
    edited = editing.edit(begun, f"{reference(place.ticket_id)}-{action}")
    try:
        yield edited.text
    except BaseException:  # ctrl+c too: whatever stops it, the text is somewhere, and one is told where
        tell(f"deskterm: what you wrote is in {edited.path}")
        raise
    edited.remove()
    if drafts:
        with desk(context) as opened:
            opened.keep_drafts({place: {}})
