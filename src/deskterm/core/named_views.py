"""The views of a desk by their names: each is a base list, what narrows it, and an order. Ten are built in."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Role
from deskterm.core.views import Order, View, orders


class Saved(NamedTuple):
    """What a saved view has besides: its number, the filter as it was saved, and the key that it asks for.

    `department` is the key of the one it is for, "" for one's own. `wrong` is why the filter can't be read any more.
    """

    id: int
    department: str
    text: str
    number: int | None = None
    wrong: str = ""


class NamedView(NamedTuple):
    """A view as tabs, commands and the palette name it; `key` switches to it, "" where only its neighbours do.

    `order` is None for that which its list has by itself; `saved` is None for what is built in.
    """

    name: str
    base: View
    wanted: Filter = Filter()
    key: str = ""
    help: str = ""
    order: Order | None = None
    saved: Saved | None = None

    @property
    def wrong(self) -> str:
        """Why it can't be shown, "" when it can."""
        return self.saved.wrong if self.saved else ""

    def narrowed(self, typed: Filter) -> Filter:
        """Gives what its list is narrowed to when somebody typed a filter besides."""
        return Filter((*self.wanted.terms, *typed.terms))

    def order_of(self, narrowed: Filter) -> Order | None:
        """Gives its order where a list that is narrowed so has it: who asks for the closed gets them in their own."""
        return self.order if self.order in orders(self.base, narrowed) else None

    def opens_in(self, narrowed: Filter) -> Order:
        """Gives the order in which a list that is narrowed so opens."""
        return self.order_of(narrowed) or orders(self.base, narrowed)[0]


BUILT_IN: Final = tuple(
    NamedView(name, base, parse_filter(text), key, help_)
    for key, name, base, text, help_ in (
        ("1", "mine", View.MINE, "", "What you have."),
        ("2", "unassigned", View.UNASSIGNED, "", "What nobody has."),
        ("3", "department", View.DEPARTMENT, "", "Everything open in your department."),
        ("4", "late", View.ALL, "is:late", "What is late."),
        ("5", "due today", View.ALL, "due:today", "What is due today, and what was."),
        ("6", "waiting", View.ALL, "status:waiting", "What waits: for its requester, a vendor, a delivery."),
        ("7", "approvals", View.ALL, "status:pending_approval", "Purchases whose approval is open."),
        ("8", "closed", View.CLOSED, "", "What is closed, latest first."),
        ("9", "all", View.ALL, "", "Everything open that you may see."),
        ("0", "requested", View.REQUESTED, "", "What you asked for yourself."),
    )
)
"""Those that everybody has, in the order of their keys."""

FOR_REQUESTERS: Final = (BUILT_IN[-1]._replace(key="1"),)
"""Those on the screen of who works no tickets: what they asked for is all that they see."""

KEYS: Final = "123456789"
"""The keys that a saved view may ask for."""


def arranged(built_in: Sequence[NamedView], saved: Sequence[NamedView]) -> tuple[NamedView, ...]:
    """Gives views in the order of their tabs, with their keys: those with a key first, what is saved after the tenth.

    A saved view has the key that it asks for unless one before it has that; a built-in one gives way. Keys that nobody
    has go to those that ask for none.
    """
    asked = {view.saved.number: view for view in reversed(saved) if view.saved and view.saved.number}
    taken = {str(number): view for number, view in asked.items()}
    taken = {view.key: view for view in built_in} | taken
    rest = [view for view in (*saved, *built_in) if view not in taken.values()]
    free = [key for key in KEYS if key not in taken]
    taken |= dict(zip(free, rest, strict=False))
    rest = rest[len(free) :]
    keyed = [taken[key]._replace(key=key) for key in (*KEYS, "0") if key in taken]
    return (*keyed, *(view._replace(key="") for view in rest))


def alike(name: str) -> str:
    """Gives what names are compared by: `due-today`, `Due Today` and `due_today` name the same view."""
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())


def named(views: Iterable[NamedView], name: str) -> NamedView | None:
    """Gives the first view that is called so, None when there is none."""
    return next((view for view in views if alike(view.name) == alike(name)), None)


def check_order(base: View, wanted: Filter, order: Order | None) -> None:
    """Passes when a filtered list can be read in an order.

    Raises:
        InvalidInput: names those that it can be read in.
    """
    if order is not None and order not in (has := orders(base, wanted)):
        raise InvalidInput(f"this list has no order {order}: it can be sorted by {', '.join(has)}")


_OPENS_ON: Final = {Role.EXECUTIVE: "all", Role.ADMIN: "all", Role.LEAD: "unassigned", Role.AGENT: "mine"}


def home(role: Role) -> NamedView:
    """Gives the view that the screens open on for somebody of a role."""
    return named(BUILT_IN, _OPENS_ON.get(role, "")) or FOR_REQUESTERS[0]
