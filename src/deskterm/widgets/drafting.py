"""What is written and not sent: saved into the desk while it is written, so that no lost line takes it away."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from deskterm.core.domain.drafts import NEW, Draft, Place, Values, written
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import some
from deskterm.gateway import Gateway
from deskterm.widgets.editing import Edited

if TYPE_CHECKING:
    from textual.app import App

BETWEEN_SAVES: Final = 3.0
"""Seconds from the first letter that is not saved until it is: what a crash can take away."""
Collect = Callable[[], Values]
Settled = Callable[[DesktermError | None], object]


def kept(found: Sequence[Draft]) -> str:
    """Gives where drafts are kept, in a sentence: the latest first."""
    places = [_named(one.place) for one in found]
    return f"{'drafts are' if len(found) > 1 else 'a draft is'} kept: {some(list(dict.fromkeys(places)))}"


def _named(place: Place) -> str:
    if place == NEW:
        return "a new ticket"
    return reference(place.ticket_id) if place.ticket_id else "several purchases"


class Drafts:
    """One person's drafts by ticket and command: known here at once, saved into the desk one call after the other.

    Where the desk takes no changes nothing can be sent either, and they are only known here.
    """

    def __init__(self, app: "App[Any]", gateway: Gateway, failed: Callable[[DesktermError], object]) -> None:
        """Knows none yet; `failed` is told once when they can't be saved, which is then tried again and again."""
        self._app = app
        self._gateway = gateway
        self._failed = failed
        self._known: dict[Place, dict[str, str]] = {}
        self._saved: dict[Place, dict[str, str]] = {}
        self._open: dict[Place, Collect] = {}
        self._files: dict[Place, Edited] = {}
        self._waits: list[Settled] = []
        self._is_sending = self._is_timed = self._is_failing = False

    def __len__(self) -> int:
        return len(self._known)

    def get(self, place: Place) -> dict[str, str]:
        """Gives the draft of a place, empty where there is none."""
        return self._known.get(place, {})

    def has(self, ticket_id: int) -> bool:
        """Gives whether something is written about a ticket and not sent."""
        self._collect()
        return any(place.ticket_id == ticket_id for place in self._known)

    def touch(self, place: Place, collect: Collect) -> None:
        """Says that something is being written; `collect` gives it when it is time to save."""
        self._open[place] = collect
        self._save_later()

    def hold(self, place: Place, values: Values) -> None:
        """Knows a draft that is being sent: it is saved only when that takes long or is refused."""
        self._open.pop(place, None)
        self._know(place, values)
        self._save_later()

    def put(self, place: Place, values: Values) -> None:
        """Knows what was left in a place, and saves it; with nothing in it there is no draft any more."""
        self._open.pop(place, None)
        self._know(place, values)
        self.save()

    def drop(self, place: Place) -> None:
        """Forgets the draft of a place, here and in the desk, and the file of its editor."""
        self.put(place, {})
        if place in self._files:
            self._files.pop(place).remove()

    def keep(self, place: Place, edited: Edited) -> None:
        """Keeps the file that an editor wrote, in place of the one before, until its text was sent."""
        if place in self._files:
            self._files.pop(place).remove()
        self._files[place] = edited

    def release(self) -> None:
        """Removes the files of editors: what is in them is saved."""
        for edited in self._files.values():
            edited.remove()
        self._files.clear()

    def restored(self, place: Place, found: Draft | None) -> dict[str, str]:
        """Takes in what the desk has for a place; gives it where another terminal wrote it, else nothing.

        What is written here meanwhile stays known: who shows it puts the two together.
        """
        self._collect()
        stored = dict(found.values) if found else {}
        known, saved = self.get(place), self._saved.get(place, {})
        if self._is_sending or stored == saved:
            return {}
        self._saved[place] = stored
        if known == saved:
            self._know(place, stored)
        return stored if stored != known else {}

    def save(self) -> None:
        """Saves what is not saved yet; what is written meanwhile is saved after."""
        if self._is_sending:
            return
        self._collect()
        places = {*self._known, *self._saved}
        news = {place: self.get(place) for place in places if self.get(place) != self._saved.get(place, {})}
        if not news or self._gateway.read_only():
            self._settle(None)
            return
        self._is_sending = True
        sent = partial(self._was_saved, news)
        self._gateway.tell(self._app.screen, lambda desk: desk.keep_drafts(news), sent, self._was_not_saved)

    def settle(self, then: Settled) -> None:
        """Saves what is not saved yet, and calls `then` when that is done, with the error where it can't be."""
        self._waits.append(then)
        self.save()

    def _was_saved(self, news: Mapping[Place, dict[str, str]], _: None) -> None:
        self._saved = {place: values for place, values in {**self._saved, **news}.items() if values}
        self._is_sending = self._is_failing = False
        self.save()

    def _was_not_saved(self, error: DesktermError) -> None:
        self._is_sending = False
        self._save_later()
        if not self._is_failing and not self._waits:
            self._failed(error)
        self._is_failing = True
        self._settle(error)

    def _settle(self, error: DesktermError | None) -> None:
        waits, self._waits = self._waits, []
        for then in waits:
            then(error)

    def _collect(self) -> None:
        for place, collect in self._open.items():
            self._know(place, collect())

    def _know(self, place: Place, values: Values) -> None:
        if text := written(values):
            self._known[place] = text
        else:
            self._known.pop(place, None)

    def _save_later(self) -> None:
        if not self._is_timed:
            self._is_timed = True
            self._app.set_timer(BETWEEN_SAVES, self._save_now)

    def _save_now(self) -> None:
        self._is_timed = False
        self.save()
