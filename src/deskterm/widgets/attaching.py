"""The part of a question that names files to go with a text: by their path, in the prompt's own line."""

from dataclasses import dataclass

from textual.message import Message
from textual.widgets import TextArea

from deskterm.actions.command import Command
from deskterm.widgets.choice_list import ChoiceLine
from deskterm.widgets.enclosures import Completed
from deskterm.widgets.registered import in_force
from deskterm.widgets.texting import Texting
from deskterm.widgets.writings import WRITTEN


class Attaching(Texting):
    """What asks for files too, where the text is a reply or a note."""

    command: Command | None

    @dataclass
    class FileNamed(Message):
        """A file was named by its path, to be read now."""

        path: str

    class TakenOff(Message):
        """The file that was named last isn't to go with the text after all."""

    @dataclass
    class CompletionAsked(Message):
        """The path that is being typed is to be completed."""

        path: str

    def __init__(self) -> None:
        """Has no files."""
        super().__init__()
        self.attached = ""
        """How many files there are and how large, "" for none."""

    @property
    def names_file(self) -> bool:
        """Whether a file is being named."""
        return self.is_long and self._line.display

    @property
    def takes_files(self) -> bool:
        """Whether files can go with what is being written."""
        return self.is_long and self.command is not None and self.command.action in WRITTEN

    @property
    def _line(self) -> ChoiceLine:
        return self.query_one(ChoiceLine)

    def action_attach(self) -> None:
        """Asks for the path of a file; asked again, takes the last one off."""
        if self.names_file:
            self.post_message(self.TakenOff())
        elif not self.takes_files:
            self.refuse("files come with the text of a reply or a note")
        else:
            self.query_one(TextArea).display = self.canned.display = False
            self._line.display, self._line.value = True, ""
            self.screen.set_focus(self._line)
            self.tell_paths(Completed("", ()))

    def tell_paths(self, found: Completed) -> None:
        """Asks for a path, and says what it could go on with; takes what it can only be."""
        if not self.names_file:
            return
        if found.path.startswith(self._line.value):
            self._line.value = found.path
            self._line.cursor_position = len(found.path)
        back, attach = (in_force(self)[name].key for name in ("back", "attach"))
        off = f", {attach} takes the last off" if self.attached else ""
        keys = f"path of a file: ⏎ attaches, tab completes{off}, {back} back"
        self.tell("  ".join(found.names) or keys)

    def name_file(self) -> None:
        """Has the file read that the line names; without a name goes back to the text."""
        if path := self._line.value.strip():
            self.post_message(self.FileNamed(path))
        else:
            self.to_text()

    def to_text(self) -> None:
        """Goes back to the text that is being written."""
        self._line.display = False
        self._to_text()
