"""Which key opens which screen. A screen loads when it opens."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from deskterm.core.domain.drafts import NEW
from deskterm.core.domain.facts import reference
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Role
from deskterm.core.named_views import BUILT_IN, home, named
from deskterm.gateway import Gateway
from deskterm.surface import Surface
from deskterm.widgets.acting import Acting
from deskterm.widgets.drafting import Drafts
from deskterm.widgets.listing import Listing
from deskterm.widgets.outbox import Outbox

if TYPE_CHECKING:
    from deskterm.core.services.first_page import FirstPage
    from deskterm.core.services.work import Done
    from deskterm.core.views import QueueRow
    from deskterm.settings import Settings


class Ways(Surface):
    """An app at a desk, with ways from screen to screen."""

    gateway: Gateway
    drafts: Drafts
    profile: Profile
    decisions: Outbox

    def __init__(self, settings: "Settings", first: "FirstPage | None") -> None:
        """Opens screens as the settings say, the first one on a page that was read where there is one."""
        super().__init__(settings.theme)
        self._settings = settings
        self._first = first

    def _home(self) -> Screen[None]:
        role, sizes = self.gateway.actor.role, self._settings
        if role is Role.REQUESTER:
            from deskterm.screens.my_tickets import MyTicketsScreen  # noqa: PLC0415 - a screen loads when it opens

            kind: type[Listing] = MyTicketsScreen
        else:
            from deskterm.screens.queue import QueueScreen  # noqa: PLC0415 - as above

            kind = QueueScreen
        return kind(
            home(role),
            page_size=sizes.page_size,
            preview_columns=sizes.preview_columns,
            columns=sizes.columns,
            first=self._first,
        )

    def open_ticket(self, ticket_id: int, *, explained: bool = False) -> None:
        """Opens a ticket, on its timeline or on its clocks explained."""
        from deskterm.screens.ticket import TicketScreen  # noqa: PLC0415 - a screen loads when it opens

        self.push_screen(TicketScreen(ticket_id, explained=explained))

    def open_list(self, wanted: str) -> None:
        """Opens the list of the tickets that a filter lets in; going back leads to what is up now."""
        from deskterm.screens.queue import QueueScreen  # noqa: PLC0415 - a screen loads when it opens

        sizes = self._settings
        self.push_screen(
            QueueScreen(
                named(BUILT_IN, "all") or BUILT_IN[0],
                page_size=sizes.page_size,
                preview_columns=sizes.preview_columns,
                columns=sizes.columns,
                opened_on=wanted,
            )
        )

    def do_kpi(self) -> None:
        """Opens the figures, or goes back to them."""
        from deskterm.screens.kpi import KpiScreen  # noqa: PLC0415 - a screen loads when it opens

        self._go_to(KpiScreen, KpiScreen)

    def _go_to(self, kind: type[Screen[None]], make: Callable[[], Screen[None]]) -> None:
        if any(isinstance(screen, kind) for screen in self.screen_stack):
            while not isinstance(self.screen, kind):
                self.pop_screen()
        else:
            self.push_screen(make())

    def do_new(self) -> None:
        """Opens the form."""
        from deskterm.screens.new_ticket import NewTicketScreen  # noqa: PLC0415 - a screen loads when it opens

        staff = self.gateway.actor.is_staff
        form = NewTicketScreen(self.gateway, self.profile, self.drafts, for_others=staff)
        self.push_screen(form, self._submitted)

    def _submitted(self, done: "Done | None") -> None:
        if done is not None:
            self.drafts.drop(NEW)
            number = done.id
            self.gateway.ask(
                self.screen, "submitted", lambda desk: desk.row(number), partial(self._follow, number), self.failed
            )
        elif self.drafts.get(NEW):
            self.say(f"kept as a draft: {self.registry['new'].key} goes on with it")

    def _follow(self, ticket_id: int, row: "QueueRow | None") -> None:
        """Opens what was submitted, unless it went where its submitter doesn't see."""
        if row is not None:
            self.open_ticket(ticket_id)
        else:
            self.say(f"{reference(ticket_id)} was submitted to a department that you don't see")

    def do_notices(self) -> None:
        """Opens the notices."""
        from deskterm.screens.notices import NoticesScreen  # noqa: PLC0415 - a screen loads when it opens

        self.push_screen(NoticesScreen(self.gateway), lambda chosen: self.open_ticket(chosen) if chosen else None)

    def do_approvals(self) -> None:
        """Opens the approval inbox, or goes back to it."""
        from deskterm.screens.approvals import ApprovalsScreen  # noqa: PLC0415 - a screen loads when it opens

        make = partial(ApprovalsScreen, self.decisions, page_size=self._settings.page_size)
        self._go_to(ApprovalsScreen, make)

    def do_help(self) -> None:
        """Opens the keys of the screen that is up."""
        from deskterm.screens.help import HelpScreen  # noqa: PLC0415 - a screen loads when it opens

        below = self.screen
        if isinstance(below, Acting):
            keys = HelpScreen(list(self.registry.of(below.SCOPE)), below.why_not)
            self.push_screen(keys, lambda chosen: below.run_command(chosen) if chosen else None)
