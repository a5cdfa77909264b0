"""The part of a question that is a text of several lines: canned replies, the editor, names that are completed."""

from abc import abstractmethod

from textual import on
from textual.message import Message
from textual.widgets import TextArea

from deskterm.widgets.canned_list import CannedList
from deskterm.widgets.choice_list import Choosing
from deskterm.widgets.registered import in_force
from deskterm.widgets.writing_area import WritingArea


class Texting(Choosing):
    """What asks for texts too."""

    class CannedAsked(Message):
        """The texts that could be put in are to be read."""

    class EditorAsked(Message):
        """The text is to be written in the person's own editor."""

    @property
    @abstractmethod
    def is_long(self) -> bool:
        """Whether what is asked for is a text of several lines."""

    @abstractmethod
    def hint(self) -> None:
        """Asks, with the keys that answer."""

    @abstractmethod
    def tell(self, hint: str, style: str = "dim") -> None:
        """Asks, and says something beside."""

    @abstractmethod
    def refuse(self, sentence: str) -> None:
        """Says beside the question why something can't be."""

    @property
    def text(self) -> str:
        """The text of several lines, as it stands."""
        return self.query_one(TextArea).text

    def write(self, text: str) -> None:
        """Puts a text in place of the one that stands there; undo brings that back."""
        area = self.query_one(TextArea)
        area.replace(text, area.document.start, area.document.end)
        area.move_cursor(area.document.end)

    @property
    def canned(self) -> CannedList:
        """The macros or canned replies to choose from."""
        return self.query_one(CannedList)

    def action_canned(self) -> None:
        """Shows the texts that could be put in, where there is a text of several lines."""
        if not self.is_long:
            self.refuse("a canned reply goes into a text of several lines")
            return
        self.query_one(TextArea).display = False
        self.canned.open()
        self.tell(f"⏎ puts it in, {in_force(self)['back'].key} goes back to the text")
        self.post_message(self.CannedAsked())

    @on(CannedList.Picked)
    def _canned_picked(self, event: CannedList.Picked) -> None:
        event.stop()
        if self.is_long:
            self.query_one(TextArea).insert(event.chosen.text)
            self._to_text()
        else:
            self.action_next()

    def _to_text(self) -> None:
        """Goes back from the canned replies to the text that is being written."""
        area = self.query_one(TextArea)
        self.canned.display, area.display = False, True
        self.screen.set_focus(area)
        self.hint()

    def action_editor(self) -> None:
        """Asks for the editor, where there is a text of several lines."""
        if self.is_long:
            self._to_text()
            self.post_message(self.EditorAsked())
        else:
            self.refuse("the editor is for texts of several lines")

    @on(WritingArea.Offered)
    def _offered(self, event: WritingArea.Offered) -> None:
        """Shows whom a name that is typed could mean."""
        event.stop()
        if not self.is_long or self.canned.display:
            return
        if event.found:
            self.tell("tab " + "  ".join(f"@{one.login} {one.name}" for one in event.found))
        else:
            self.hint()
