"""What a person sees of the approval inbox: read by the tests of it."""

from textual.pilot import Pilot
from textual.screen import Screen

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Status
from deskterm.widgets.inbox_table import InboxTable
from deskterm.widgets.status_line import StatusLine


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines on the screen."""
    return [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def is_up(pilot: Pilot[None], kind: type[Screen[None]]) -> bool:
    return isinstance(pilot.app.screen, kind)


def listed(pilot: Pilot[None]) -> list[int]:
    return [row.id for row in pilot.app.screen.query_one(InboxTable).rows]


def under_cursor(pilot: Pilot[None]) -> int | None:
    row = pilot.app.screen.query_one(InboxTable).row
    return row.id if row else None


def released(desk: Desk, *numbers: int) -> list[bool]:
    return [desk.ticket(number).status is Status.NEW for number in numbers]
