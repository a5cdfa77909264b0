"""The Textual app: one person at a desk, from the first page to the last draft. It knows no ticket words."""

import asyncio
import signal
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from deskterm.actions.registry import SHIPPED
from deskterm.attendance import Attendance
from deskterm.core.domain import presence
from deskterm.core.domain.drafts import Draft
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.presence import Present
from deskterm.gateway import Answer, Coming, Gateway, Lookout, Written
from deskterm.ways import Ways
from deskterm.widgets.acting import Acting
from deskterm.widgets.deeds import Deeds
from deskterm.widgets.drafting import Drafts, kept
from deskterm.widgets.enclosures import Enclosures
from deskterm.widgets.listing import Listing
from deskterm.widgets.outbox import Outbox
from deskterm.widgets.writings import Writings

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.first_page import FirstPage
    from deskterm.settings import Settings

_LAST_SECONDS = 3.0
"""What saving may take when the line is lost."""
_LATER = 0.5
"""Seconds after which what was held has surely left."""


class DesktermApp(Ways):
    """One person at one desk; in a demo, `personas` are the logins that a key goes through."""

    def __init__(
        self,
        desk: "Desk | Coming",
        settings: "Settings",
        *,
        personas: Sequence[str] = (),
        first: "FirstPage | None" = None,
    ) -> None:
        """Opens on `desk`, or with the `first` page of one that is opened after that is on the screen."""
        super().__init__(settings, first)
        self.gateway = Gateway(desk)
        self._coming = desk if isinstance(desk, Coming) else None
        self.registry = SHIPPED.with_keys(settings.keys)
        self.set_keymap(self.registry.keymap)
        self.drafts = Drafts(self, self.gateway, self.failed)
        self.enclosures = Enclosures()
        self.typed_before: list[str] = []
        self.profile = self.gateway.desk.profile() if first is None else first.profile
        self.deeds = Deeds()
        self.awaited = 0
        self.writings = Writings(self, settings.undo_seconds, self._soon)
        self.decisions = Outbox(self, settings.undo_seconds, self._settled)
        self._personas = personas
        self._is_warned = self._is_expecting = False
        self._attended: int | None = None
        self._attendance = Attendance(self, self._present, self.failed)
        self._lookout = Lookout(self, self.gateway.watch, self.failed, came_or_went=self._attendance.look)

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
        if not self.gateway.as_of_said:  # there nothing is sent
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

    def _settled(self, refused: int) -> None:
        """Goes on when every decision is answered; what was refused has to be read before this ends."""
        if refused:
            self.is_leaving = False
        if isinstance(self.screen, Listing):
            self.screen.recount()

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
        self.enclosures.clear()
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
        if self.gateway.is_changing and not self.is_leaving:
            self.is_leaving = True
            self.say(f"sending what you told it to, then deskterm quits; {key} again quits now, whatever is not sent")
            self.gateway.when_settled(self._leave)
            return
        self.exit()

    def _leave(self) -> None:
        """Ends when everything is answered, unless something was refused on the way."""
        if self.is_leaving:
            self.exit()

    async def action_quit(self) -> None:
        """Makes Textual's own key ask like ours."""
        self.do_quit()

    def action_help_quit(self) -> None:
        """Answers ctrl+c, which copies elsewhere and quits nowhere."""
        self.refuse(f"{self.registry['quit'].key} quits")

    @on(Answer)
    def _answered(self, answer: Answer) -> None:
        answer.deliver()
