"""Erasing a person (003-R13): who they were is gone, what was done stays, and the audit trail still holds."""

from typing import Final, NamedTuple

from deskterm.core.domain.erasure import ENTRIES, WHAT, name_of
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.people import Person
from deskterm.core.domain.text import check_text, many
from deskterm.core.domain.words import Role
from deskterm.core.services import saved_views
from deskterm.core.services.context import Context
from deskterm.core.services.finding import the_person
from deskterm.core.store import audit, directory, erasures
from deskterm.core.store.engine import Connection
from deskterm.core.store.files import files_of, on_tickets

_REASON: Final = 500


class Gone(NamedTuple):
    """What an erasure came to: their id, how many entries of the trail gave up texts, on how many tickets.

    `kept` counts the tickets of theirs that bought something: those keep their texts. `is_settled` is whether nothing
    of it is left in the database's files.
    """

    id: int
    name: str
    entries: int
    tickets: int
    kept: int
    is_settled: bool = False


def erase(context: Context, who: str, *, texts: bool, reason: str, dry_run: bool = False) -> Gone:
    """Takes a person's name and login out of the desk and its trail, for good.

    With `texts` also all that was written on the tickets they asked for, by whomever: title, description, replies,
    notes, cause and fix, and the files that no other ticket has. What was done, when and by whom stays, under another
    name. Purchases keep their texts: the digests that were signed are over them. The entry of the erasure says who did
    it, why, and which entries it was about; entries of a desk that is older than erasure keep their texts. `dry_run`
    only counts.

    Raises:
        NotAllowed: when the actor is no admin, or acts as somebody else.
        InvalidInput: when there is no such person, they are still active, or they decided on purchases: whose
            signature it is must stay.
        StoreUnavailable: when the database's user doesn't own its tables.
    """
    check_text(reason)
    if not reason.strip() or len(reason) > _REASON:
        raise InvalidInput(f"say why with --reason, in at most {_REASON} characters and without naming them")
    with context.store.read() as connection:
        person = _erasable(context, connection, who)
        tickets, kept = erasures.tickets_of(connection, person.id)
    if dry_run:
        return Gone(person.id, person.name, 0, len(tickets) if texts else 0, kept)
    with context.store.write() as connection, erasures.unguarded(connection):
        audit.lock(connection)  # nothing may be written between what is read of the trail and what is left of it
        _erasable(context, connection, who)
        tickets, kept = erasures.tickets_of(connection, person.id)
        attached = on_tickets(connection, tickets) if texts else set()
        gone = erasures.erase_person(connection, person.id)
        gone += erasures.erase_texts(connection, tickets) if texts else []
        erasures.erase_words(connection, person.id)
        saved_views.forget(context, connection, person, name_of(person.id))
        row = directory.person_row(connection, person.id)
        context.record(connection, "person", WHAT, {**row, "reason": reason.strip(), ENTRIES: sorted(gone)})
    if attached:  # in a transaction of its own: bytes that are gone can't be brought back by undoing one
        with context.store.write() as connection:
            files_of(context.store).remove(connection, attached)
    is_settled = context.store.settle()
    return Gone(person.id, person.name, len(gone), len(tickets) if texts else 0, kept, is_settled)


def _erasable(context: Context, connection: Connection, who: str) -> Person:
    actor = context.actor(connection)
    if actor.role is not Role.ADMIN or context.by_id is not None:
        raise NotAllowed("erasing a person is for an admin, in person")
    person = the_person(connection, who)
    if person.is_active:
        raise InvalidInput(f"{person.name} is still here: `deskterm people set {person.login or who} --left` first")
    if count := erasures.decided(connection, person.id):
        stands = f"{person.name} stands behind {many(count, 'decision')} on purchases"
        raise InvalidInput(f"{stands}: whose signature it is must stay, so they can't be erased")
    return person
