"""The one API that every front end calls: reads and services, with an actor bound."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from secrets import token_hex

from deskterm.core.administration import Administration
from deskterm.core.domain.attachments import Content
from deskterm.core.domain.decide import Arguments
from deskterm.core.domain.drafts import Draft, Place, Values
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filter_completion import Vocabulary
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.macros import Macro
from deskterm.core.domain.mentions import Named
from deskterm.core.domain.people import Department, Person
from deskterm.core.domain.presence import Present
from deskterm.core.domain.profile import PriorityRule, Profile
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, CommentKind, Source, WaitReason
from deskterm.core.measurement import Measurement
from deskterm.core.named_views import NamedView
from deskterm.core.services import (
    approving,
    attaching,
    attending,
    claiming,
    drafts,
    explaining,
    exporting,
    exporting_star,
    filtering,
    following,
    inbox,
    intake,
    macro_runs,
    macros,
    measuring,
    mentioning,
    reading,
    rehearsing,
    saved_views,
    setup,
    triaging,
    undoing,
    work,
)
from deskterm.core.services.finding import the_category, the_person, the_priority
from deskterm.core.services.intake import Submission
from deskterm.core.services.macro_runs import Canned, Plan
from deskterm.core.services.saved_views import Kept
from deskterm.core.services.work import Done
from deskterm.core.store import directory
from deskterm.core.store.watch import Watch
from deskterm.core.ticket_views import Explained, TicketView
from deskterm.core.views import (
    AttachmentLine,
    Changes,
    Cursor,
    DelegationLine,
    InboxRow,
    Left,
    ListNews,
    NoticeLine,
    Order,
    Page,
    QueueRow,
    Shown,
    Start,
    Tab,
    Timer,
    View,
)


class Desk(Administration, Measurement):
    """A desk as one person uses it. Every method is one short read or one transaction, safe from any thread.

    All of them raise `StoreUnavailable` when the database is out of reach, and `NotAllowed` when the actor is no
    longer active.
    """

    def acting_as(self, login: str) -> "Desk":
        """Gives the same desk as somebody else uses it, where the actor may act for others.

        Raises:
            NotAllowed, InvalidInput: as `setup.identify`; a desk of the past is open for one person.
        """
        if self.as_of is not None:
            raise NotAllowed(f"the desk {self.as_of_said} is open for one person: leave it, and open it with --as")
        actor, is_demo = setup.identify(self._store, self.actor.login or "", acting_as=login)
        by_id = None if is_demo else self._context.by_id or self.actor.id
        mine = self._context
        return Desk(
            self._store, actor, self._clock, mine.via, by_id=by_id, keys=mine.keys, hold=mine.hold,
            attachment_limit=mine.attachment_limit,
        )  # fmt: skip

    def check_writable(self) -> None:
        """Passes when the desk takes changes; raises NotAllowed when it is open read-only."""
        self._store.check_writable()

    def close(self) -> None:
        """Closes every connection."""
        self._store.close()

    def profile(self) -> Profile:
        """Gives the profile that new tickets come under."""
        with self._store.read() as connection:
            self._context.actor(connection)
            return self._context.policy_now(connection)[1].profile

    def act(
        self,
        ticket_id: int,
        action: Action,
        *,
        expected: int | None = None,
        text: str = "",
        reason: WaitReason | None = None,
        person: str = "",
        priority: str = "",
        category: str = "",
        stars: int | None = None,
        cause: str = "",
        fix: str = "",
        comment: CommentKind = CommentKind.NOTE,
        source: Source | None = None,
        purchase: Wanted | None = None,
        files: Sequence[Content] = (),
    ) -> Done:
        """Does an action; people, priorities and categories are named by key, name or number.

        A pivot and an amendment want a `purchase`; its justification may stand in `text`. A reply and a note may come
        with `files`.

        Raises:
            NotFound, NotAllowed, InvalidInput, ChangedElsewhere: as `work.act`; with files as `attaching.attach`.
        """
        if person or priority or category:
            self.check(ticket_id, action)  # before a name is looked up: who may not act learns of no names
        rules = self.priorities(ticket_id) if priority else ()
        with self._store.read() as connection:
            arguments = Arguments(
                text=text,
                reason=reason,
                person=the_person(connection, person) if person else None,
                priority=the_priority(rules, priority) if priority else None,
                category=the_category(directory.categories(connection).values(), category, None) if category else None,
                stars=stars,
                cause=cause,
                fix=fix,
                comment=comment,
                source=source,
                purchase=purchase,
            )
        if files:
            return attaching.attach(self._context, ticket_id, action, arguments, files, expected=expected)
        return work.act(self._context, ticket_id, action, arguments, expected=expected)

    def read_file(self, path: str) -> Content:
        """Gives a file to be attached, as it is now; raises as `attaching.read_file`."""
        return attaching.read_file(self._context, path)

    def attachments(self, ticket_id: int) -> tuple[AttachmentLine, ...]:
        """Gives the files of a ticket that the actor may read; raises NotFound when it is not theirs to see."""
        return attaching.listed(self._context, ticket_id)

    def attachment(self, ticket_id: int, name: str) -> Content:
        """Gives a file of a ticket; raises as `attaching.fetch`."""
        return attaching.fetch(self._context, ticket_id, name)

    def together(self) -> "Desk":
        """Gives the same desk for one thing that is done to several tickets: it is taken back as one."""
        desk = Desk(self._store, self.actor, self._clock, self._context.via)
        desk._context = replace(self._context, deed=token_hex(4))
        return desk

    def untold(self, ticket_id: int, text: str) -> tuple[str, ...]:
        """Gives why those whom a note names hear nothing of it; raises as `mentioning.untold`."""
        return mentioning.untold(self._context, ticket_id, text)

    def nameable(self) -> list[Named]:
        """Gives whom the actor may name in a text."""
        return mentioning.nameable(self._context)

    def macros(self) -> list[Macro]:
        """Gives the macros that the actor may use; raises as `macros.listed`."""
        return macros.listed(self._context)

    def canned(self, ticket_id: int) -> list[Canned]:
        """Gives the macros for a ticket with their texts as they would be; raises as `macro_runs.on`."""
        return macro_runs.on(self._context, ticket_id)

    def run_macro(self, ticket_id: int, name: str, *, expected: int | None = None) -> Done:
        """Does what a macro says, all of it or nothing; raises as `macro_runs.run`."""
        return macro_runs.run(self._context, ticket_id, name, expected=expected)

    def rehearse_macro(self, ticket_id: int, name: str) -> Plan:
        """Gives what a macro would do; raises as `macro_runs.rehearse`."""
        return macro_runs.rehearse(self._context, ticket_id, name)

    def undo(self, ticket_id: int, *, expected: int | None = None) -> undoing.Reverted:
        """Takes back the last thing that the actor did to a ticket; raises as `undoing.undo`."""
        return undoing.undo(self._context, ticket_id, expected=expected)

    def redo(self, ticket_id: int) -> undoing.Reverted:
        """Does again what the actor took back; raises as `undoing.redo`."""
        return undoing.redo(self._context, ticket_id)

    def last_deed(self) -> list[int]:
        """Gives the tickets of the last thing that the actor did; raises as `undoing.last_deed`."""
        return undoing.last_deed(self._context)

    def last_undone(self) -> list[int]:
        """Gives the tickets of what the actor took back last; raises as `undoing.last_undone`."""
        return undoing.last_undone(self._context)

    def triage(
        self, ticket_id: int, *, category: str = "", priority: str = "", person: str = "", expected: int | None = None
    ) -> Done:
        """Gives a ticket its category, priority and assignee in one transaction; raises as `triaging.triage`."""
        given = triaging.Triage(category, priority, person)
        return triaging.triage(self._context, ticket_id, given, expected=expected)

    def claim_next(self, wanted: Filter | None = None) -> Done:
        """Claims the most urgent ticket that the actor may take; raises as `claiming.claim_next`."""
        return claiming.claim_next(self._context, wanted or Filter())

    def priorities(self, ticket_id: int) -> list[PriorityRule]:
        """Gives the priorities that a ticket can be given; raises NotFound when it is not the actor's to see."""
        return reading.priorities(self._context, ticket_id)

    def check(self, ticket_id: int, action: Action) -> None:
        """Passes when the actor may do `action` now; raises NotFound or NotAllowed, as `act` would."""
        work.check(self._context, ticket_id, action)

    def rehearse(self, ticket_id: int, action: Action, *, text: str = "") -> None:
        """Passes when the actor could decide so now; it writes nothing, and raises as `rehearsing.rehearse`."""
        rehearsing.rehearse(self._context, ticket_id, action, text)

    def submit(self, submission: Submission) -> Done:
        """Makes a ticket; raises as `intake.submit`."""
        return intake.submit(self._context, submission)

    def keep_drafts(self, found: Mapping[Place, Values]) -> None:
        """Keeps what was written and not sent, empty ones no longer; raises as `drafts.keep`."""
        drafts.keep(self._context, found)

    def drafts(self, place: Place | None = None) -> list[Draft]:
        """Gives the user's own drafts, the latest first; only the one of `place` where that is given."""
        return drafts.mine(self._context, place)

    def page(
        self,
        view: View,
        wanted: Filter | None = None,
        *,
        order: Order | None = None,
        limit: int = 50,
        after: Cursor | None = None,
        before: Cursor | None = None,
        last: bool = False,
        around: int | None = None,
    ) -> Page[QueueRow]:
        """Gives a page of a view, inside what the actor may see, in an `order` of `views.orders` or its own.

        It is the view's first or `last`, or that after or before a cursor, or that around a ticket: where the view
        doesn't have the ticket, its first.

        Raises:
            FilterError: as `filtering.narrowed`.
        """
        start = Start(after, before, is_last=last, around=around)
        return reading.page(self._context, view, wanted or Filter(), order, start, limit=limit)

    def left(self, timer: Timer) -> Left | None:
        """Gives where a clock of a line stands now; it reads nothing, None before anything was read."""
        return measuring.left_now(self._context, timer)

    def count(self, view: View, wanted: Filter | None = None, *, at_most: int = 1000) -> int:
        """Gives how many tickets a view has, up to `at_most`; raises as `page`."""
        return reading.count(self._context, view, wanted or Filter(), at_most)

    def views(self) -> tuple[NamedView, ...]:
        """Gives the actor's views in the order of their tabs: those built in, their own, and their departments'."""
        return saved_views.views(self._context)

    def view(self, name: str) -> NamedView:
        """Gives the view that is called so; raises as `saved_views.view`."""
        return saved_views.view(self._context, name)

    def arranged_departments(self) -> list[Department]:
        """Gives the departments that the actor may save views for."""
        return saved_views.departments(self._context)

    def save_view(
        self,
        name: str,
        base: View,
        wanted: Filter | None = None,
        *,
        order: Order | None = None,
        department: str = "",
        number: int | None = None,
    ) -> Kept:
        """Saves a view; raises as `saved_views.save`."""
        return saved_views.save(
            self._context, name, base, wanted or Filter(), order=order, department=department, number=number
        )

    def change_view(
        self, name: str, *, department: str = "", new_name: str = "", number: int | None = None
    ) -> NamedView:
        """Renames a saved view, or gives it another key; raises as `saved_views.change`."""
        return saved_views.change(self._context, name, department=department, new_name=new_name, number=number)

    def drop_view(self, name: str, *, department: str = "") -> str:
        """Takes a saved view out; raises as `saved_views.drop`."""
        return saved_views.drop(self._context, name, department=department)

    def vocabulary(self, *, of_boards: bool = False) -> Vocabulary:
        """Gives what a filter can name at this desk, or what a board of the actor's can be narrowed to."""
        return filtering.vocabulary(self._context, of_boards=of_boards)

    def rows(self, ticket_ids: Collection[int]) -> tuple[QueueRow, ...]:
        """Gives tickets as they stand in a list now, of those that are the actor's to see."""
        return reading.rows(self._context, ticket_ids)

    def row(self, ticket_id: int) -> QueueRow | None:
        """Gives one ticket's line, None when it is not the actor's to see."""
        return reading.row(self._context, ticket_id)

    def place(self) -> int:
        """Gives where the audit trail is by now: what `changes` and `list_news` go on from."""
        return following.place(self._context)

    def changes(self, since: int, shown: Collection[int] = ()) -> Changes:
        """Gives which tickets changed since a place, of those that the actor may see and those that are `shown`."""
        return following.changes(self._context, since, shown)

    def list_news(self, since: int, shown: Shown) -> ListNews:
        """Gives what changed since a place in a list that is on a screen."""
        return following.list_news(self._context, since, shown)

    def watch(self) -> Watch:
        """Gives what says that something was written, by whatever process; it is for one thread."""
        return Watch(self._store)

    def ticket(self, ticket_id: int) -> TicketView:
        """Gives a ticket whole; raises NotFound when it is not the actor's to see."""
        return reading.ticket(self._context, ticket_id)

    def attend(self, ticket_id: int, *, is_replying: bool = False) -> tuple[Present, ...]:
        """Notes that the actor has a ticket open, and gives who else has; raises as `attending.attend`."""
        return attending.attend(self._context, ticket_id, is_replying=is_replying)

    def leave(self, ticket_id: int) -> None:
        """Notes that the actor has a ticket open no longer."""
        attending.leave(self._context, ticket_id)

    def others(self, ticket_id: int) -> tuple[Present, ...]:
        """Gives who else has a ticket open; raises NotFound when it is not the actor's to see."""
        return attending.others(self._context, ticket_id)

    def explain(self, ticket_id: int) -> Explained:
        """Gives where every second of a ticket's clocks went; raises NotFound when it is not the actor's to see."""
        return explaining.explain(self._context, ticket_id)

    def inbox(self, tab: Tab, *, limit: int = 100, after: Cursor | None = None) -> Page[InboxRow]:
        """Gives a page of the approval inbox; raises as `inbox.inbox`."""
        return inbox.inbox(self._context, tab, limit=limit, after=after)

    def awaited(self) -> int:
        """Gives how many purchases wait for the actor's decision, up to a thousand."""
        return inbox.count_waiting(self._context)

    def export_star(
        self,
        wanted: exporting.Wanted,
        folder: Path,
        format_: Format = Format.CSV,
        *,
        force: bool = False,
        progress: Callable[[str, int, int], None] = lambda _name, _done, _of: None,
    ) -> dict[str, int]:
        """Writes a star schema into a folder; raises as `exporting_star.export_star`."""
        return exporting_star.export_star(self._context, wanted, folder, format_, force=force, progress=progress)

    def export(self, wanted: exporting.Wanted) -> exporting.Export:
        """Gives what is to be written into a file, read as it is asked for; raises as `exporting.export`."""
        return exporting.export(self._context, wanted)

    def delegate(self, to: str, since: date, until: date, reason: str = "", *, of: str = "") -> int:
        """Lets somebody decide for the actor from a day through another; raises as `approving.delegate`."""
        return approving.delegate(self._context, to, since, until, reason, of=of)

    def revoke(self, delegation_id: int) -> None:
        """Takes a delegation back; raises as `approving.revoke`."""
        approving.revoke(self._context, delegation_id)

    def delegations(self) -> list[DelegationLine]:
        """Gives the delegations from and to the actor, all of them to who oversees the desk."""
        return approving.delegations(self._context)

    def candidates(self, ticket_id: int) -> list[tuple[Person, int]]:
        """Gives the people who can be given a ticket with their open load, the least loaded first."""
        return reading.candidates(self._context, ticket_id)

    def notices(self, *, limit: int = 50) -> list[NoticeLine]:
        """Gives the actor's latest notices."""
        return reading.notices(self._context, limit)

    def unseen(self) -> int:
        """Gives how many notices the actor hasn't seen."""
        return reading.unseen(self._context)

    def mark_seen(self, up_to: int) -> int:
        """Marks the actor's notices seen, up to the latest they read."""
        return reading.mark_seen(self._context, up_to)
