"""Opening the desk as it stood at an instant: which one, for whom, and the fold of what is another today."""

from collections.abc import Sequence

from deskterm.core.domain import as_of
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.history import fold
from deskterm.core.services.context import Context, load_policies
from deskterm.core.services.policies import Policies
from deskterm.core.store import tickets
from deskterm.core.store.as_of import Changed, Progress, StoreAsOf, first_fact
from deskterm.core.store.engine import Connection
from deskterm.core.store.shadows import Folded


def opened(context: Context, text: str, progress: Progress) -> StoreAsOf:
    """Gives the desk of a context as it stood at the instant that `text` means, for its actor; it is not read yet.

    Raises:
        InvalidInput: when it is no time, is still to come, or came before the desk's first fact.
        NotFound: when the desk has no profile.
    """
    now = context.clock()
    with context.store.read() as connection:
        reader = context.scope(connection)
        zone = context.policy_at(connection, now)[1].default_zone()
        at = as_of.instant_of(text, zone, now)
        as_of.check_known(at, first_fact(connection), zone)
    url = context.store.url.render_as_string(hide_password=False)
    return StoreAsOf(url, at, as_of.told(at, zone), now=now, reader=reader, fold=_Folding(), progress=progress)


class _Folding:
    """Folds tickets from the facts that a connection has, under the profiles that it has."""

    def __init__(self) -> None:
        self._policies: Policies | None = None

    def __call__(self, connection: Connection, changed: Sequence[Changed]) -> list[Folded]:
        facts = tickets.facts_of(connection, [one.id for one in changed])
        made = []
        for ticket_id, profile_id, origin in changed:
            under = facts[ticket_id][0].profile_id or profile_id
            try:
                history = fold(facts[ticket_id], self._known(connection, under).of(under), ticket_id)
            except ValueError as error:
                raise InvalidInput(
                    f"{reference(ticket_id)} can't be told as of then, its facts can't be folded ({error}): "
                    "`deskterm doctor` says more"
                ) from error
            made.append(Folded(history, profile_id, origin))
        return made

    def _known(self, connection: Connection, profile_id: int) -> Policies:
        if self._policies is None or not self._policies.knows(profile_id):
            self._policies = load_policies(connection)
        return self._policies
