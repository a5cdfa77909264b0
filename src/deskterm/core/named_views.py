"""The views of a desk by their names: each is a base list, what narrows it, and an order. Ten are built in."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.views import View


class NamedView(NamedTuple):
    """A view as tabs, commands and the palette name it; `key` switches to it, "" where only its neighbours do."""

    name: str
    base: View
    wanted: Filter = Filter()
    key: str = ""
    help: str = ""

    def narrowed(self, typed: Filter) -> Filter:
        """Gives what its list is narrowed to when somebody typed a filter besides."""
        return Filter((*self.wanted.terms, *typed.terms))


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


def alike(name: str) -> str:
    """Gives what names are compared by: `due-today`, `Due Today` and `due_today` name the same view."""
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())


def named(views: Iterable[NamedView], name: str) -> NamedView | None:
    """Gives the first view that is called so, None when there is none."""
    return next((view for view in views if alike(view.name) == alike(name)), None)
