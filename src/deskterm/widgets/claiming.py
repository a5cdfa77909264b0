"""Claiming what is most urgent, from a list that needn't show it."""

from typing import TYPE_CHECKING

from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.views import QueueRow
from deskterm.widgets.deeds import Deed
from deskterm.widgets.following import Following

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.work import Done


class Claiming(Following):
    """A list from which the next ticket is claimed: the cursor goes to it, and where it isn't listed it opens."""

    def do_claim_next(self) -> None:
        """Claims the most urgent ticket that the filter lets in, and goes to it."""
        wanted = self.wanted

        def call(desk: "Desk") -> "tuple[Done, QueueRow | None]":
            done = desk.claim_next(wanted)
            return done, desk.row(done.id)

        self.gateway.tell(self, call, self._claimed, self._not_claimed)

    def _claimed(self, answer: "tuple[Done, QueueRow | None]") -> None:
        done, row = answer
        self._own[done.id] = done.version
        self.host.deeds.did(Deed("claim", {}, {done.id: done.version}))
        said = f"{self.registry['claim'].label}: {reference(done.id)} is yours{f': {row.title}' if row else ''}"
        self.host.say(said)
        if not self.is_attached:
            return
        self.changed(done.id)
        if self.is_active and not self.prompt.is_open and not self.table.go_to(done.id):
            self.host.open_ticket(done.id)
            self.app.call_after_refresh(self.host.say, said)  # on the screen that is up by then

    def _not_claimed(self, error: DesktermError) -> None:
        self.host.refuse(str(error))
