"""What screens know of the tickets that they show."""

from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.ticket_views import TicketView
from deskterm.core.views import QueueRow


def glimpse(shown: QueueRow | TicketView) -> Glimpse:
    """Gives what a row of a list or an open ticket tells of a ticket; a row has only its requester's name."""
    return Glimpse(
        id=shown.id,
        status=shown.status,
        reason=shown.reason,
        outcome=shown.outcome,
        assignee_id=shown.assignee_id,
        department_id=shown.department_id,
        escalating=shown.escalating,
        requester_id=shown.requester_id if isinstance(shown, TicketView) else None,
    )
