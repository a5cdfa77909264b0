"""What a list shows, written into a file: by the very service that `deskterm export` uses, in a thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

from textual import on

from deskterm.core.domain.drafts import NO_TICKET
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.views import View
from deskterm.gateway import Answer
from deskterm.widgets.acts import Subject
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.viewing import Viewing

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.export_file import Written

Progress: TypeAlias = Callable[[int, int], None]
"""Hears how many tickets of how many are written."""
_EXPORT: Final = "export"
_BETWEEN: Final = 1.0
"""Seconds between two words of how far it is."""


class Stopped(DesktermError):
    """Somebody stopped an export: nothing of it is left."""


class Exporting(Viewing):
    """A list that can be exported: its view, its filter, in the columns and formats of `deskterm export tickets`."""

    def __init__(self) -> None:
        """Begins with nothing under way."""
        super().__init__()
        self._stop: Event | None = None

    def do_export(self, file: str = "") -> None:
        """Asks for a file and writes what is shown into it; while it is written, stops that."""
        if self._stop is not None:
            self._stop.set()
        elif file:
            self._export(file)
        else:
            self._ask_file()

    def _ask_file(self) -> None:
        self.hint()
        self.add_class("-asking")
        self._asked = Subject(NO_TICKET, 0)
        self.prompt.open(self.registry[_EXPORT], "what is shown", {}, {})

    @on(Prompt.Touched)
    def _file_typed(self, event: Prompt.Touched) -> None:
        if self.prompt.command is not None and self.prompt.command.id == _EXPORT:
            event.stop().prevent_default()  # it is about no ticket: nothing of it is a draft of one

    @on(Prompt.Given)
    def _file_given(self, event: Prompt.Given) -> None:
        if event.command.id == _EXPORT:
            event.stop().prevent_default()
            self.unasked()
            self._export(event.values["file"])

    @on(Prompt.Left)
    def _file_left(self, event: Prompt.Left) -> None:
        if event.command.id == _EXPORT:
            event.stop().prevent_default()
            self.unasked()
            self.hint()

    def _export(self, file: str) -> None:
        try:
            path = Path(file).expanduser()
        except RuntimeError:  # pathlib's word for it
            self.host.refuse(f"{file}: nobody here has that home folder, name another file")
            return
        self._stop = stop = Event()
        work = partial(_written, path, self._how_far(stop))
        view, wanted = self.view, self.wanted
        self.status_line.say(f"writing {path}: {self.registry[_EXPORT].key} stops it")
        self.gateway.ask(
            self, _EXPORT, lambda desk: work(desk, view, wanted), partial(self._exported, path), self._not_exported
        )

    def _how_far(self, stop: Event) -> Progress:
        told = [monotonic()]

        def tell(done: int, of: int) -> None:
            if stop.is_set():
                raise Stopped("the export was stopped: nothing of it is left")
            if monotonic() - told[0] > _BETWEEN:
                told[0] = monotonic()
                said = f"exporting: {done:,} of {of:,} tickets; {self.registry[_EXPORT].key} stops it"
                self.app.post_message(Answer(partial(self._tell_far, said)))

        return tell

    def _tell_far(self, said: str) -> None:
        if self.is_attached and self._stop is not None:
            self.status_line.say(said)

    def _exported(self, path: Path, written: "Written") -> None:
        self._stop = None
        self.host.say("; ".join([f"{written.rows:,} tickets are in {path.resolve()}", *written.notes]))

    def _not_exported(self, error: DesktermError) -> None:
        self._stop = None
        self.host.refuse(str(error))


def _written(path: Path, progress: Progress, desk: "Desk", view: View, wanted: Filter) -> "Written":
    from deskterm.core.services.export_file import Shape, named_format, write  # noqa: PLC0415 - only this needs them
    from deskterm.core.services.exporting import Wanted  # noqa: PLC0415
    from deskterm.core.services.placing import placed  # noqa: PLC0415

    shape = Shape(named_format(path))
    with placed(path, force=False) as out:
        made = desk.export(Wanted(Dataset.TICKETS, wanted, view=view))
        folder = str(path.resolve().parent)
        return write(made, shape, out, folder=folder, progress=lambda done: progress(done, made.size))
