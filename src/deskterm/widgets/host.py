"""The app, as far as screens know it."""

from typing import TYPE_CHECKING, Protocol

from deskterm.actions.registry import Registry
from deskterm.gateway import Gateway
from deskterm.widgets.deeds import Deeds
from deskterm.widgets.drafting import Drafts
from deskterm.widgets.enclosures import Enclosures
from deskterm.widgets.writings import Writings

if TYPE_CHECKING:
    from deskterm.core.domain.profile import Profile


class Host(Protocol):
    """What a screen needs of the app."""

    gateway: Gateway
    registry: Registry
    drafts: Drafts
    enclosures: Enclosures
    typed_before: list[str]
    deeds: Deeds
    writings: Writings
    profile: "Profile"
    awaited: int

    def open_ticket(self, ticket_id: int, *, explained: bool = False) -> None:
        """Opens a ticket, on its timeline or on its clocks explained."""

    def open_list(self, wanted: str) -> None:
        """Opens the list of the tickets that a filter lets in; going back leads to what is up now."""

    def attend(self, ticket_id: int | None, *, is_replying: bool = False) -> None:
        """Lets others know which ticket is open here, None for none, and whether a reply is being written."""

    def leave(self, ticket_id: int) -> None:
        """Lets others know that a ticket is not open here any more."""

    def say(self, sentence: str) -> None:
        """Says what was done, on whatever screen is up."""

    def refuse(self, sentence: str) -> None:
        """Says why something can't be done, on whatever screen is up."""
