"""The views of a list: switching between them, sorting, saving what is shown under a name, dropping that again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from deskterm.actions.command import Command, Kind
from deskterm.actions.command_line import NOTHING, Offer
from deskterm.core.domain.drafts import NO_TICKET
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.named_views import BUILT_IN, NamedView
from deskterm.core.views import Order, View, orders
from deskterm.widgets.acts import Subject
from deskterm.widgets.counting import Counting
from deskterm.widgets.paging import Paging
from deskterm.widgets.prompt import Prompt

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.domain.people import Department
    from deskterm.core.services.saved_views import Kept

SORTED: Final[Mapping[Order, str]] = {
    Order.DUE: "the next due first",
    Order.PRIORITY: "the most urgent first",
    Order.UPDATED: "the last changed first",
    Order.CREATED: "the newest first",
    Order.CLOSED: "the last closed first",
}
_FOR_ONESELF: Final = "me"
_NO_SUBJECT: Final = Subject(NO_TICKET, 0)
_ASKING: Final = frozenset({"save_view", "drop_view"})


class Viewing(Paging, Counting):
    """A list in one view at a time. The view, what was typed and how each view was sorted stay for the session."""

    VIEWS: ClassVar[Sequence[NamedView]] = BUILT_IN

    def __init__(self) -> None:
        """Begins with the views that are built in; the saved ones are read."""
        super().__init__()
        self.views = self.VIEWS
        self._orders: dict[tuple[str, int], Order] = {}
        self._homes: Sequence[Department] = ()

    @property
    def view(self) -> View:
        """The base list of the view that is open."""
        return self.current.base

    @property
    def wanted(self) -> Filter:
        """What the list is narrowed to: by its view, and by what was typed."""
        return self.current.narrowed(self.typed)

    @property
    def order(self) -> Order:
        """How the list is sorted: as was chosen, else as its view says, else as it is by itself."""
        chosen = self._orders.get(_place(self.current))
        has_it = chosen in orders(self.view, self.wanted)
        return chosen if chosen and has_it else self.current.opens_in(self.wanted)

    def read(self, *, keep: int | None = None) -> None:
        """Reads the list, and counts when its rows are there."""
        self.read_page(keep=keep, then=self.count)

    def keep_row(self) -> int | None:
        """Gives the ticket that the cursor is to stay on."""
        return self.table.row.id if self.table.row else None

    def read_views(self) -> None:
        """Reads which views there are; until then it is those that are built in."""
        self.gateway.ask(self, "views", _views, self._has_views, self.failed)

    def _has_views(self, found: "tuple[Sequence[NamedView], Sequence[Department]]") -> None:
        views, self._homes = found
        here = _place(self.current)
        stays = next((view for view in views if _place(view) == here), None)
        if views != self.views:
            self.views = views
            self._show_views(stays or views[0])
            self.count(anew=True) if stays else self.read()

    def _show_views(self, current: NamedView) -> None:
        self.current = current
        self.tabs.show(self.views, current)

    def run_command(self, command_id: str, values: Mapping[str, str] = NOTHING) -> None:
        """Runs a command; the views' own come by their keys."""
        key = command_id.removeprefix("view_")
        if not key.isdecimal():
            super().run_command(command_id, values)
        elif view := next((view for view in self.views if view.key == key), None):
            self.switch(view)

    def offers(self) -> list[Offer]:
        """Gives the views by name."""
        return [Offer(f"view {view.name}", view.help, partial(self.switch, view)) for view in self.views]

    def switch(self, view: NamedView) -> None:
        """Shows a view."""
        self._show_views(view)
        self.hint()
        self.read()

    def do_view_next(self) -> None:
        """Shows the view to the right."""
        self.switch(self.views[(self.views.index(self.current) + 1) % len(self.views)])

    def do_view_previous(self) -> None:
        """Shows the view to the left."""
        self.switch(self.views[self.views.index(self.current) - 1])

    def do_sort(self) -> None:
        """Sorts the list in the next of its orders; the cursor stays on its ticket."""
        has = orders(self.view, self.wanted)
        order = has[(has.index(self.order) + 1) % len(has)]
        self._orders[_place(self.current)] = order
        self.status_line.say(f"sorted by {order}: {SORTED[order]}")
        self.read_page(keep=self.keep_row())

    def do_save_view(self, name: str = "", whom: str = "") -> None:
        """Saves what is shown: the view, what was typed, and the order."""
        if name and (whom or not self._homes):
            self._save({"name": name, "whom": whom})
            return
        saved = self.current.saved
        stood = {"name": self.current.name, "whom": saved.department or _FOR_ONESELF} if saved else {}
        self._ask("save_view", "what is shown", {**stood, **({"name": name} if name else {})})

    def do_drop_view(self, sure: str = "") -> None:
        """Drops the saved view that is open, once that is confirmed."""
        if self.current.saved is None:
            self.status_line.refuse(f"{self.current.name} is built in: only what was saved can be dropped")
        elif sure == "yes":
            self._drop()
        else:
            self._ask("drop_view", self.current.name, {})

    def _ask(self, command_id: str, about: str, stood: Mapping[str, str]) -> None:
        command = self.registry[command_id]
        whose = [(_FOR_ONESELF, "for yourself"), *((one.key, f"for {one.name}") for one in self._homes)]
        whose.sort(key=lambda one: one[0] != stood.get("whom", _FOR_ONESELF))
        if command_id == "save_view" and not self._homes:
            command = replace(command, asks=command.asks[:1])
        self.hint()
        self.add_class("-asking")
        self._asked = _NO_SUBJECT
        self.prompt.open(command, about, _choices(command, whose), stood)

    @on(Prompt.Touched)
    def _typing(self, event: Prompt.Touched) -> None:
        if self.prompt.command is not None and self.prompt.command.id in _ASKING:
            event.stop().prevent_default()  # it is about no ticket: nothing of it is a draft of one

    @on(Prompt.Given)
    def _answered(self, event: Prompt.Given) -> None:
        if event.command.id in _ASKING:
            event.stop().prevent_default()
            self.unasked()
            if event.command.id == "save_view":
                self._save(event.values)
            elif event.values["sure"] == "yes":
                self._drop()

    @on(Prompt.Left)
    def _let_be(self, event: Prompt.Left) -> None:
        if event.command.id in _ASKING:
            event.stop().prevent_default()
            self.unasked()
            self.hint()

    def _save(self, values: Mapping[str, str]) -> None:
        department = "" if values.get("whom", _FOR_ONESELF) in {"", _FOR_ONESELF} else values["whom"]
        name, view, wanted, order = values["name"], self.view, self.wanted, self.order
        order_if_chosen = None if order is orders(view, wanted)[0] else order

        def call(desk: "Desk") -> "tuple[Kept, Sequence[NamedView]]":
            kept = desk.save_view(name, view, wanted, order=order_if_chosen, department=department)
            return kept, desk.views()

        self.gateway.tell(self, call, partial(self._saved, department), partial(self._not_saved, values))

    def _saved(self, department: str, answer: "tuple[Kept, Sequence[NamedView]]") -> None:
        kept, views = answer
        whose = f" for {kept.department}" if kept.department else ""
        self.host.say(f"view {kept.name} is {'replaced' if kept.replaced else 'saved'}{whose}")
        if not self.is_attached:
            return
        self.views = views
        made = [one for one in views if one.saved and (one.name, one.saved.department) == (kept.name, department)]
        self.filter_line.clear_filter()
        self.typed = Filter()
        here = next((view for view in views if _place(view) == _place(self.current)), views[0])
        self._show_views(made[0] if made else here)
        self._orders.pop(_place(self.current), None)
        self.read(keep=self.keep_row())

    def _not_saved(self, values: Mapping[str, str], error: DesktermError) -> None:
        """Says why, and asks for the name again with what was typed."""
        if self.is_attached and self.is_active:
            self._ask("save_view", "what is shown", values)
        self.host.refuse(str(error))

    def _drop(self) -> None:
        dropped, saved = self.current, self.current.saved
        department = saved.department if saved else ""

        def call(desk: "Desk") -> "tuple[str, Sequence[NamedView]]":
            return desk.drop_view(dropped.name, department=department), desk.views()

        self.gateway.tell(self, call, self._dropped, self.failed)

    def _dropped(self, answer: tuple[str, Sequence[NamedView]]) -> None:
        name, self.views = answer
        self.host.say(f"view {name} is dropped")
        if self.is_attached:
            here = _place(self.current)
            self._show_views(next((view for view in self.views if _place(view) == here), self.views[0]))
            self.read()


def _place(view: NamedView) -> tuple[str, int]:
    """Gives what tells a view from others, whatever key it has."""
    return view.name, view.saved.id if view.saved else 0


def _views(desk: "Desk") -> "tuple[Sequence[NamedView], Sequence[Department]]":
    return desk.views(), desk.arranged_departments()


def _choices(command: Command, whose: Sequence[tuple[str, str]]) -> dict[str, Sequence[tuple[str, str]]]:
    return {field.name: field.choices or whose for field in command.asks if field.kind is Kind.CHOICE}
