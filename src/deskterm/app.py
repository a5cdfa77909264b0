"""The Textual app: which screen is up, the error surface, drafts. It knows no ticket words."""

import asyncio
import os
import signal
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen

from deskterm.actions.registry import SHIPPED, Registry
from deskterm.attendance import Attendance
from deskterm.core.domain import presence
from deskterm.core.domain.drafts import NEW, Draft
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.presence import Present
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Role
from deskterm.core.named_views import home
from deskterm.gateway import Answer, Coming, Gateway, Lookout, Written
from deskterm.themes import NAMES, PALETTES, THEMES, Uncoloured, after
from deskterm.widgets.acting import Acting
from deskterm.widgets.clipboard import MOST, is_too_long, wrapped
from deskterm.widgets.deeds import Deeds
from deskterm.widgets.drafting import Drafts, kept
from deskterm.widgets.guard import ControlFilter
from deskterm.widgets.listing import Listing
from deskterm.widgets.outbox import Outbox
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.writings import Writings

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.first_page import FirstPage
    from deskterm.core.services.work import Done
    from deskterm.core.views import QueueRow
    from deskterm.settings import Settings

_LAST_SECONDS = 3.0
"""What saving may take when the line is lost."""
_LATER = 0.5
"""Seconds after which what was held has surely left."""


class DesktermApp(App[None]):
    """One person at one desk; in a demo, `personas` are the logins that a key goes through."""

    TITLE = "deskterm"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []  # noqa: RUF012 - keys live on screens, from the registry

    def __init__(
        self,
        desk: "Desk | Coming",
        settings: "Settings",
        *,
        personas: Sequence[str] = (),
        first: "FirstPage | None" = None,
    ) -> None:
        """Opens on `desk`, or with the `first` page of one that is opened after that is on the screen."""
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)  # which strips colours, not greys them
        self.gateway = Gateway(desk)
        self._coming = desk if isinstance(desk, Coming) else None
        self._first = first
        self.registry: Registry = SHIPPED.with_keys(settings.keys)
        self.set_keymap(self.registry.keymap)
        self.drafts = Drafts(self, self.gateway, self.failed)
        self.typed_before: list[str] = []
        self.profile: Profile = self.gateway.desk.profile() if first is None else first.profile
        self.deeds = Deeds()
        self.awaited = 0
        self.writings = Writings(self, settings.undo_seconds, self._soon)
        self.decisions = Outbox(self, settings.undo_seconds, self._settled)
        self.animation_level = "none"
        self._settings = settings
        self._personas = personas
        self._is_warned = self._is_expecting = False
        self._is_leaving = False
        self._attended: int | None = None
        self._attendance = Attendance(self, self._present, self.failed)
        self._lookout = Lookout(self, self.gateway.watch, self.failed, came_or_went=self._attendance.look)
        for theme in THEMES:
            self.register_theme(theme)
        if settings.theme not in self.available_themes:
            others = sorted({*self.available_themes} - {*NAMES})
            raise InvalidInput(
                f"there is no theme {settings.theme!r}: expected one of {', '.join(NAMES)}, or of {', '.join(others)}"
            )
        self._wear("ansi" if self.no_color else settings.theme)

    def get_driver_class(self) -> type[Driver]:
        """Gives Textual's driver, made ready for a terminal that goes away."""
        from deskterm.terminal import TerminalDriver  # noqa: PLC0415 - as Textual does: no other needs termios

        return TerminalDriver if (found := super().get_driver_class()).__name__ == "LinuxDriver" else found

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Gives Textual's filters, and ours before them."""
        ours = [ControlFilter(), Uncoloured()] if self.no_color else [ControlFilter()]
        return [*ours, *super().get_line_filters()]

    def on_mount(self) -> None:
        """Opens the first screen; a hang-up or an end from outside saves drafts and gives the terminal back."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._end, 128 + number)
            self._lookout.start()
            self._attendance.start()
            self.app_suspend_signal.subscribe(self, lambda _: self._hush(is_quiet=True))
            self.app_resume_signal.subscribe(self, lambda _: self._hush(is_quiet=False))
        self.push_screen(self._home())
        self._fit()
        self.call_after_refresh(self._recall)
        if self._coming is not None:
            self.call_after_refresh(self._coming.begin, lambda: self.post_message(Answer(self.exit)))

    def _recall(self) -> None:
        """Asks for what was written before and not sent: a line broke, or it was another terminal."""
        self.gateway.tell(self.screen, lambda desk: desk.drafts(), self._recalled, self.failed)

    def _recalled(self, found: list[Draft]) -> None:
        for draft in found:
            self.drafts.restored(draft.place, draft)
        if found:
            self.say(kept(found))

    def _end(self, code: int) -> None:
        """Ends because of a signal: what is being written is saved first, in bounded time."""
        leave = partial(self.exit, return_code=code)
        self.set_timer(_LAST_SECONDS, leave)
        self.drafts.settle(lambda _: leave())

    def on_resize(self) -> None:
        """Says so when there is no room for the screens."""
        if len(self.screen_stack) > 1:
            self.call_next(self._fit)  # Textual takes the new size in right after this

    def _fit(self) -> None:
        from deskterm.screens.too_small import TooSmallScreen, has_room  # noqa: PLC0415 - a screen loads when it opens

        if not has_room(self.size) and not any(isinstance(up, TooSmallScreen) for up in self.screen_stack):
            self.push_screen(TooSmallScreen())

    def on_unmount(self) -> None:
        """Ends what looks out for others' work; who has the ticket open elsewhere learns that it is open no more."""
        self._lookout.end()
        self._attendance.end()

    def _hush(self, *, is_quiet: bool) -> None:
        self._lookout.is_quiet = is_quiet

    @on(Written)
    def _written(self) -> None:
        if isinstance(self.screen, Acting):
            self.screen.follow()
        if self._settings.undo_seconds and not self._is_expecting:
            self._is_expecting = True
            self.set_timer(self._settings.undo_seconds + _LATER, self._look_for_notices)

    def _look_for_notices(self) -> None:
        """Counts the notices that have left by now, which nothing else tells of."""
        self._is_expecting = False
        if isinstance(self.screen, Listing):
            self.screen.count_beside()

    def attend(self, ticket_id: int | None, *, is_replying: bool = False) -> None:
        """Lets others know which ticket is open here, None for none, and whether a reply is being written."""
        self._attended = ticket_id
        if ticket_id is None:
            self._attendance.closed()
        else:
            self._attendance.opened(self.gateway, ticket_id, is_replying=is_replying)

    def leave(self, ticket_id: int) -> None:
        """Lets others know that a ticket is not open here any more, unless it was another one already."""
        if self._attended == ticket_id:
            self.attend(None)

    def _present(self, ticket_id: int | None, others: tuple[Present, ...]) -> None:
        if ticket_id == self._attended and isinstance(self.screen, Acting):
            self.screen.status_line.present(presence.told(others))

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

        if any(isinstance(screen, ApprovalsScreen) for screen in self.screen_stack):
            while not isinstance(self.screen, ApprovalsScreen):
                self.pop_screen()
        else:
            self.push_screen(ApprovalsScreen(self.decisions, page_size=self._settings.page_size))

    def _settled(self, refused: int) -> None:
        """Goes on when every decision is answered; what was refused has to be read before this ends."""
        if refused:
            self._is_leaving = False
        if isinstance(self.screen, Listing):
            self.screen.recount()

    def do_help(self) -> None:
        """Opens the keys of the screen that is up."""
        from deskterm.screens.help import HelpScreen  # noqa: PLC0415 - a screen loads when it opens

        below = self.screen
        if isinstance(below, Acting):
            keys = HelpScreen(list(self.registry.of(below.SCOPE)), below.why_not)
            self.push_screen(keys, lambda chosen: below.run_command(chosen) if chosen else None)

    def do_persona(self) -> None:
        """In a demo, goes on as the next persona."""
        if not self._personas:
            self.refuse("that is for the demo: here you are who the system says you are")
            return
        names = list(self._personas)
        place = names.index(self.gateway.actor.login) if self.gateway.actor.login in names else -1
        login = names[(place + 1) % len(names)]
        self.decisions.flush()
        self.writings.flush()
        self.drafts.save()
        become = partial(self.gateway.tell, self.screen, lambda desk: desk.acting_as(login), self._become, self.failed)
        self.gateway.when_settled(become)

    def _become(self, desk: "Desk") -> None:
        self.gateway = Gateway(desk)
        self.deeds.clear()
        self.awaited = 0
        self.drafts = Drafts(self, self.gateway, self.failed)
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.switch_screen(self._home())
        self.call_after_refresh(self.say, f"now {desk.actor.name}, {desk.actor.role}")
        self._recall()

    def do_quit(self) -> None:
        """Quits when drafts are saved, and when what was decided is sent and answered; asks only when it can't save."""
        self.drafts.settle(self._quit)

    def _quit(self, unsaved: DesktermError | None) -> None:
        key = self.registry["quit"].key
        if unsaved is not None and not self._is_warned:
            self._is_warned = True
            self.refuse(f"what you wrote can't be saved, and is lost when {key} again quits: {unsaved}")
            return
        if unsaved is None:
            self.drafts.release()
        self.decisions.flush()
        self.writings.flush()
        if self.gateway.is_changing and not self._is_leaving:
            self._is_leaving = True
            self.say(f"sending what you told it to, then deskterm quits; {key} again quits now, whatever is not sent")
            self.gateway.when_settled(self._leave)
            return
        self.exit()

    def _leave(self) -> None:
        """Ends when everything is answered, unless something was refused on the way."""
        if self._is_leaving:
            self.exit()

    def _wear(self, theme: str) -> None:
        if theme in PALETTES:
            self.ansi_theme_dark = self.ansi_theme_light = PALETTES[theme]
        self.theme = theme

    def do_theme(self, name: str = "") -> None:
        """Goes on to a theme, or to the next, for as long as the app runs."""
        if self.no_color:
            self.refuse("NO_COLOR is set: there are no colours to choose from")
            return
        self._wear(name or after(self.theme))
        self.say(f"theme {self.theme}, until you quit; the setting theme keeps it")

    def do_suspend(self) -> None:
        """Gives the terminal back to the shell until fg."""
        self.action_suspend_process()

    async def action_quit(self) -> None:
        """Makes Textual's own key ask like ours."""
        self.do_quit()

    def action_help_quit(self) -> None:
        """Answers ctrl+c, which copies elsewhere and quits nowhere."""
        self.refuse(f"{self.registry['quit'].key} quits")

    @on(Answer)
    def _answered(self, answer: Answer) -> None:
        answer.deliver()

    def copy_to_clipboard(self, text: str) -> None:
        """Copies by OSC 52, past tmux and GNU screen too; a text that terminals would drop is refused."""
        if is_too_long(text):
            self.refuse(f"that is too long to copy: terminals take {MOST} bytes")
            return
        super().copy_to_clipboard(text)
        if self._driver is not None and (around := wrapped(text, os.environ)):
            self._driver.write(around)

    def _soon(self, sentence: str) -> None:
        """Says what is about to leave, on every screen."""
        for line in (line for up in self.screen_stack for line in up.query(StatusLine)):
            line.soon(sentence)

    def say(self, sentence: str) -> None:
        """Says what was done, on whatever screen is up."""
        for line in self.screen.query(StatusLine):
            line.say(sentence)

    def refuse(self, sentence: str) -> None:
        """Says why something can't be done, on whatever screen is up: it has to be read before this ends."""
        self._is_leaving = False
        for line in self.screen.query(StatusLine):
            line.refuse(sentence)

    def failed(self, error: DesktermError) -> None:
        """Says that something couldn't be done."""
        self.refuse(str(error))
