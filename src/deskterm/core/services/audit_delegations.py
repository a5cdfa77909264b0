"""Who might decide for whom, and when, as the desk has kept it: what the law of purchases is proved with."""

from datetime import datetime

from deskterm.core.domain.proof import Delegated
from deskterm.core.store import approvals
from deskterm.core.store.engine import Connection


def delegated(connection: Connection) -> Delegated:
    """Gives whether somebody could decide on another's place at an instant, as delegations were made by then."""
    kept: dict[tuple[int, int], list[approvals.Delegated]] = {}
    for one in approvals.delegations(connection):
        kept.setdefault((one.from_id, one.to_id), []).append(one)

    def could(place: int, by: int, at: datetime) -> bool:
        return any(_is_in_force(one, at) for one in kept.get((place, by), ()))

    return could


def _is_in_force(one: approvals.Delegated, at: datetime) -> bool:
    is_made = one.made_at <= at and (one.revoked_at is None or at <= one.revoked_at)
    return is_made and one.since <= at < one.until
