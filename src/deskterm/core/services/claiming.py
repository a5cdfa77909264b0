"""Claiming the next ticket: the most urgent one that nobody has, without a look at the list first."""

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.decide import Arguments
from deskterm.core.domain.errors import NotAllowed, NotFound
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Action, Role
from deskterm.core.services.context import Context
from deskterm.core.services.filtering import narrowed, prepare
from deskterm.core.services.work import Done, act_on_chosen
from deskterm.core.store import directory, pool
from deskterm.core.store.engine import Connection


def claim_next(context: Context, wanted: Filter) -> Done:
    """Claims the most urgent ticket in the actor's pool that fits `wanted`, in the queue's own order.

    However many ask at once, each gets another one, and nobody is refused while there is one left.

    Raises:
        NotFound: when there is none.
        NotAllowed: when the actor takes no tickets.
    """

    def choose(connection: Connection, *, hold: bool) -> int | None:
        actor = context.actor(connection)
        scope = scope_of(actor)
        to = narrowed(context, connection, scope, wanted)
        return pool.first(connection, scope, to, _pools(connection, actor), hold=hold)

    prepare(context, wanted)
    if (done := act_on_chosen(context, choose, Action.CLAIM, Arguments())) is not None:
        return done
    raise NotFound(
        "nothing waits to be taken" if wanted == Filter() else "nothing that fits the filter waits to be taken"
    )


def _pools(connection: Connection, actor: Person) -> frozenset[int] | None:
    """Gives the departments whose work somebody takes, None for all: where `lifecycle.RULES` lets them claim."""
    if actor.role is Role.ADMIN:
        return None
    pools = frozenset(number for number in directory.departments(connection) if actor.serves(number))
    if not pools:
        raise NotAllowed("only a department's staff take tickets, and you belong to none")
    return pools
