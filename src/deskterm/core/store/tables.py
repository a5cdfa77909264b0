"""The tables, as SQLModel classes. They validate nothing: values come checked from the domain.

Codes are VARCHAR with the enum's value, so a new one needs no migration; instants are aware UTC and come from the
injected clock. Row classes are only schema here: reads and writes go through Core, six times faster than objects.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from deskterm.core.store.ticket_indexes import partial, ticket_indexes

BigId: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up only an INTEGER key
Json: Final = sa.JSON().with_variant(JSONB, "postgresql")
_CODE: Final = sa.String(24)
_KEY: Final = sa.String(64)
_NAME: Final = sa.String(200)
# what a column that came later says of the rows that were there before
_NOTHING: Final = {"server_default": ""}
_LONG_AGO: Final = "1970-01-01 00:00:00"

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


RUNS_UNBREACHED: Final = "running_since IS NOT NULL AND breached_at IS NULL"
"""The clocks that a breach can still be found on."""


class Base(SQLModel):
    """What every table shares: one catalogue, with names that migrations can rely on."""

    model_config = {"defer_build": True}  # nothing asks for validators: they are most of this import's time
    metadata: ClassVar[sa.MetaData] = sa.MetaData(naming_convention=NAMING)


class MetaRow(Base, table=True):
    """The desk itself: one row. `purpose` is `desk`, `demo`, or `unfinished` for a demo still filled."""

    __tablename__ = "help_desk_meta"
    id: int = Field(primary_key=True, sa_type=sa.Integer)
    purpose: str = Field(sa_type=_CODE)
    log_id: str = Field(sa_type=_KEY)
    profile_id: int = Field(foreign_key="help_desk_profiles.id", sa_type=BigId)
    created_at: datetime


class ProfileRow(Base, table=True):
    """A version of a profile as it was given: never edited. New tickets come under the latest one in effect."""

    __tablename__ = "help_desk_profiles"
    __table_args__ = (sa.UniqueConstraint("key", "version"),)
    id: int = Field(primary_key=True, sa_type=BigId)
    key: str = Field(sa_type=_KEY)
    version: int
    text: str = Field(sa_type=sa.Text)
    applied_at: datetime
    effective_at: datetime = Field(sa_column_kwargs={"server_default": _LONG_AGO})


class DepartmentRow(Base, table=True):
    """A service provider; its lead is the holder of the `lead` post."""

    __tablename__ = "help_desk_departments"
    __table_args__ = (sa.UniqueConstraint("key"),)
    id: int = Field(primary_key=True, sa_type=BigId)
    key: str = Field(sa_type=_KEY)
    name: str = Field(sa_type=_NAME)
    calendar: str = Field(sa_type=_KEY)


class CategoryRow(Base, table=True):
    """What requests are about; without a department it serves all."""

    __tablename__ = "help_desk_categories"
    __table_args__ = (sa.UniqueConstraint("key"),)
    id: int = Field(primary_key=True, sa_type=BigId)
    key: str = Field(sa_type=_KEY)
    name: str = Field(sa_type=_NAME)
    kind: str = Field(sa_type=_CODE)
    department_id: int | None = Field(default=None, foreign_key="help_desk_departments.id", sa_type=BigId)


class PersonRow(Base, table=True):
    """Somebody at the desk; `origin` is their name in an imported log."""

    __tablename__ = "help_desk_people"
    __table_args__ = (sa.UniqueConstraint("login"), sa.UniqueConstraint("origin"))
    id: int = Field(primary_key=True, sa_type=BigId)
    login: str | None = Field(default=None, sa_type=_KEY)
    name: str = Field(sa_type=_NAME)
    role: str = Field(sa_type=_CODE)
    department_id: int | None = Field(default=None, foreign_key="help_desk_departments.id", sa_type=BigId, index=True)
    is_active: bool = True
    origin: str | None = Field(default=None, sa_type=_NAME)
    customer: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    email: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    phone: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    account_type: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)


class PostRow(Base, table=True):
    """Who holds a post: `lead` of a department or its deputy, or one of the organisation's."""

    __tablename__ = "help_desk_posts"
    __table_args__ = (
        partial("uq_help_desk_posts_lead", "department_id", "key", unique=True, where="department_id IS NOT NULL"),
        partial("uq_help_desk_posts_key", "key", unique=True, where="department_id IS NULL"),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    key: str = Field(sa_type=_KEY)
    department_id: int | None = Field(default=None, foreign_key="help_desk_departments.id", sa_type=BigId)
    person_id: int = Field(foreign_key="help_desk_people.id", sa_type=BigId)


class TicketRow(Base, table=True):
    """The view of a ticket's facts that queues read. `origin` is its id in an imported log."""

    __tablename__ = "help_desk_tickets"
    __table_args__ = (
        sa.UniqueConstraint("origin"),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        sa.CheckConstraint("(status = 'waiting') = (reason IS NOT NULL)", name="reason"),
        *ticket_indexes(),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    version: int
    status: str = Field(sa_type=_CODE)
    reason: str | None = Field(default=None, sa_type=_CODE)
    outcome: str | None = Field(default=None, sa_type=_CODE)
    requester_id: int = Field(foreign_key="help_desk_people.id", sa_type=BigId)
    assignee_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    department_id: int = Field(foreign_key="help_desk_departments.id", sa_type=BigId)
    category_id: int = Field(foreign_key="help_desk_categories.id", sa_type=BigId)
    category_kind: str = Field(sa_type=_CODE)
    priority: int = Field(sa_type=sa.SmallInteger)
    title: str = Field(sa_type=_NAME)
    description: str = Field(sa_type=sa.Text)
    source: str = Field(sa_type=_CODE)
    created_at: datetime
    updated_at: datetime
    assigned_at: datetime | None = None
    resolved_at: datetime | None = None
    resolver_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    closed_at: datetime | None = None
    reopen_count: int
    stars: int | None = Field(default=None, sa_type=sa.SmallInteger)
    next_due_at: datetime
    profile_id: int = Field(foreign_key="help_desk_profiles.id", sa_type=BigId)
    origin: str | None = Field(default=None, sa_type=_NAME)
    tier: int = Field(default=1, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": "1"})
    customer: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    product: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    module: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    question: str = Field(default="", sa_type=_NAME, sa_column_kwargs=_NOTHING)
    round: int = Field(default=0, sa_type=sa.Integer, sa_column_kwargs={"server_default": "0"})
    stage: str = Field(default="", sa_type=_KEY, sa_column_kwargs=_NOTHING)
    returned: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    escalating: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class FactRow(Base, table=True):
    """What happened. UPDATE and DELETE are refused by trigger; `origin` names the row of an imported log."""

    __tablename__ = "help_desk_facts"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", "version"),
        sa.UniqueConstraint("origin"),
        sa.Index("ix_help_desk_facts_actor", "actor_id", "id"),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    ticket_id: int = Field(foreign_key="help_desk_tickets.id", sa_type=BigId)
    version: int
    at: datetime = Field(index=True)
    actor_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    via: str = Field(sa_type=_CODE)
    kind: str = Field(sa_type=_CODE)
    from_status: str | None = Field(default=None, sa_type=_CODE)
    to_status: str = Field(sa_type=_CODE)
    data: dict[str, Any] = Field(sa_type=Json)
    origin: str | None = Field(default=None, sa_type=_NAME)


class CommentRow(Base, table=True):
    """The text that a `replied` or `noted` fact brought; as append-only as the fact."""

    __tablename__ = "help_desk_comments"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", "version"),
        sa.ForeignKeyConstraint(["ticket_id", "version"], ["help_desk_facts.ticket_id", "help_desk_facts.version"]),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    ticket_id: int = Field(sa_type=BigId)
    version: int
    author_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    at: datetime
    kind: str = Field(sa_type=_CODE)
    source: str | None = Field(default=None, sa_type=_CODE)
    body: str = Field(sa_type=sa.Text)


class WordingRow(Base, table=True):
    """The view of a ticket's texts that words are looked for in, as `domain.wordings` folds them.

    `public` is what everybody may read who sees the ticket, `internal` what staff wrote for each other.
    """

    __tablename__ = "help_desk_wordings"
    ticket_id: int = Field(primary_key=True, foreign_key="help_desk_tickets.id", sa_type=BigId)
    public: str = Field(sa_type=sa.Text)
    internal: str = Field(sa_type=sa.Text)


class ClockRow(Base, table=True):
    """One row a clock and cycle. Times used are open microseconds; without a target it is only measured."""

    __tablename__ = "help_desk_clocks"
    __table_args__ = (partial("ix_help_desk_clocks_due", "due_at", where=RUNS_UNBREACHED),)
    ticket_id: int = Field(primary_key=True, foreign_key="help_desk_tickets.id", sa_type=BigId)
    name: str = Field(primary_key=True, sa_type=_CODE)
    cycle: int = Field(primary_key=True, sa_type=sa.Integer)
    target_us: int | None = Field(default=None, sa_type=sa.BigInteger)
    consumed_us: int = Field(sa_type=sa.BigInteger)
    running_since: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: str | None = Field(default=None, sa_type=_CODE)
    breached_at: datetime | None = None


class SpanRow(Base, table=True):
    """A stretch in one status with one owner; the open one has no `left_at`."""

    __tablename__ = "help_desk_status_spans"
    __table_args__ = (
        sa.Index("ix_help_desk_status_spans_ticket", "ticket_id", "id"),
        partial("uq_help_desk_status_spans_open", "ticket_id", unique=True, where="left_at IS NULL"),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    ticket_id: int = Field(foreign_key="help_desk_tickets.id", sa_type=BigId)
    entered_at: datetime
    left_at: datetime | None = None
    status: str = Field(sa_type=_CODE)
    reason: str | None = Field(default=None, sa_type=_CODE)
    assignee_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    department_id: int = Field(foreign_key="help_desk_departments.id", sa_type=BigId)


class NoticeRow(Base, table=True):
    """That somebody should know of a fact; written in the fact's own transaction.

    It leaves, and is theirs to see, `leaves_at`; None is at once.
    """

    __tablename__ = "help_desk_notices"
    __table_args__ = (
        partial("ix_help_desk_notices_unseen", "person_id", "id", where="seen_at IS NULL"),
        sa.Index("ix_help_desk_notices_person", "person_id", "id"),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    person_id: int = Field(foreign_key="help_desk_people.id", sa_type=BigId)
    ticket_id: int = Field(foreign_key="help_desk_tickets.id", sa_type=BigId)
    version: int
    at: datetime
    seen_at: datetime | None = None
    leaves_at: datetime | None = None


class ProcurementRow(Base, table=True):
    """The view of a round: what was to be bought (000-R5), and how far its chain is. Money is integer minor units."""

    __tablename__ = "help_desk_procurements"
    __table_args__ = (
        sa.Index("ix_help_desk_procurements_state", "state", "decided_at"),
        sa.Index("ix_help_desk_procurements_asked", "asked_at", "ticket_id"),
    )
    ticket_id: int = Field(primary_key=True, foreign_key="help_desk_tickets.id", sa_type=BigId)
    round: int = Field(primary_key=True, sa_type=sa.Integer)
    state: str = Field(sa_type=_CODE)
    asked_by: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    currency: str = Field(sa_type=sa.String(3))
    total_minor: int = Field(sa_type=sa.BigInteger)
    digest: str = Field(sa_type=_KEY)
    purchase: dict[str, Any] = Field(sa_type=Json)
    asked_at: datetime
    decided_at: datetime | None = None


class SlotRow(Base, table=True):
    """The view of who is waited for: the places of open stages that nobody has decided yet. No person is vacant."""

    __tablename__ = "help_desk_slots"
    ticket_id: int = Field(primary_key=True, foreign_key="help_desk_tickets.id", sa_type=BigId)
    number: int = Field(primary_key=True, sa_type=sa.Integer)
    stage: str = Field(sa_type=_KEY)
    post: str = Field(sa_type=_KEY)
    person_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId, index=True)


class ApprovalRow(Base, table=True):
    """Every decision of an approver (000-R33), with its fact; as append-only as that."""

    __tablename__ = "help_desk_approvals"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", "version"),
        sa.ForeignKeyConstraint(["ticket_id", "version"], ["help_desk_facts.ticket_id", "help_desk_facts.version"]),
        sa.Index("ix_help_desk_approvals_approver", "approver_id", "id"),
        sa.Index("ix_help_desk_approvals_decided", "approver_id", "at", "id"),
        sa.Index("ix_help_desk_approvals_ticket", "approver_id", "ticket_id"),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    ticket_id: int = Field(sa_type=BigId)
    version: int
    round: int = Field(sa_type=sa.Integer)
    stage: str = Field(sa_type=_KEY)
    decision: str = Field(sa_type=_CODE)
    approver_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    on_behalf_of: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    at: datetime
    digest: str = Field(sa_type=_KEY)
    reason: str = Field(sa_type=sa.Text)
    is_signed: bool


class DelegationRow(Base, table=True):
    """That somebody may decide for another from an instant to another; taken back by `revoked_at`."""

    __tablename__ = "help_desk_delegations"
    id: int = Field(primary_key=True, sa_type=BigId)
    from_id: int = Field(foreign_key="help_desk_people.id", sa_type=BigId, index=True)
    to_id: int = Field(foreign_key="help_desk_people.id", sa_type=BigId, index=True)
    since: datetime
    until: datetime
    reason: str = Field(sa_type=sa.Text)
    made_by: int = Field(foreign_key="help_desk_people.id", sa_type=BigId)
    made_at: datetime
    revoked_at: datetime | None = None


class AuditRow(Base, table=True):
    """The audit trail: an entry for everything that was written, each hash over the one before. Never edited.

    `ticket_id` only finds a ticket's entries; what counts stands in `body` (docs/audit.md), which has the hash of
    `texts`: these can be erased.
    """

    __tablename__ = "help_desk_audit"
    seq: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    ticket_id: int | None = Field(default=None, sa_type=sa.BigInteger, index=True)
    body: str = Field(sa_type=sa.Text)
    hash: str = Field(sa_type=_KEY)
    texts: str | None = Field(default=None, sa_type=sa.Text)


class DraftRow(Base, table=True):
    """What somebody wrote and hasn't sent: theirs alone, overwritten, told of in no trail. Ticket 0 is a new one."""

    __tablename__ = "help_desk_drafts"
    person_id: int = Field(primary_key=True, foreign_key="help_desk_people.id", sa_type=BigId)
    ticket_id: int = Field(
        primary_key=True, sa_type=sa.BigInteger, index=True, sa_column_kwargs={"autoincrement": False}
    )
    command: str = Field(primary_key=True, sa_type=_KEY)
    values: dict[str, str] = Field(sa_type=Json)
    saved_at: datetime


class ViewRow(Base, table=True):
    """A view that somebody saved, for themselves or for a department; `called` is its name as names are compared."""

    __tablename__ = "help_desk_views"
    __table_args__ = (
        partial("uq_help_desk_views_person", "person_id", "called", unique=True, where="person_id IS NOT NULL"),
        partial(
            "uq_help_desk_views_department", "department_id", "called", unique=True, where="department_id IS NOT NULL"
        ),
        sa.CheckConstraint("(person_id IS NULL) <> (department_id IS NULL)", name="owner"),
    )
    id: int = Field(primary_key=True, sa_type=BigId)
    person_id: int | None = Field(default=None, foreign_key="help_desk_people.id", sa_type=BigId)
    department_id: int | None = Field(default=None, foreign_key="help_desk_departments.id", sa_type=BigId)
    called: str = Field(sa_type=_KEY)
    name: str = Field(sa_type=_KEY)
    base: str = Field(sa_type=_CODE)
    wanted: str = Field(sa_type=sa.Text)
    sort: str | None = Field(default=None, sa_type=_CODE)
    number: int | None = Field(default=None, sa_type=sa.SmallInteger)


class MacroRow(Base, table=True):
    """A macro: `body` is what it says, as JSON; without a department it is the whole desk's."""

    __tablename__ = "help_desk_macros"
    __table_args__ = (sa.UniqueConstraint("key"),)
    id: int = Field(primary_key=True, sa_type=BigId)
    key: str = Field(sa_type=_KEY)
    department_id: int | None = Field(default=None, foreign_key="help_desk_departments.id", sa_type=BigId)
    body: str = Field(sa_type=sa.Text)


class BlockRow(Base, table=True):
    """A block of measures of one kind that came to be known in one month, a column of `domain.columns` a column.

    `month` is 202609 in UTC, `blocks.STANDING` of what is still open; `low` and `high` are the ids of its tickets. What
    most boards ask for stands first: SQLite reads a row up to the last column that is asked for.
    """

    __tablename__ = "help_desk_measures"
    month: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(primary_key=True, sa_type=_CODE)
    number: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    n: int = Field(sa_type=sa.Integer)
    low: int = Field(sa_type=sa.BigInteger)
    high: int = Field(sa_type=sa.BigInteger)
    at: bytes = Field(sa_type=sa.LargeBinary)
    gone: bytes = Field(sa_type=sa.LargeBinary)
    value: bytes = Field(sa_type=sa.LargeBinary)
    code: bytes = Field(sa_type=sa.LargeBinary)
    department: bytes = Field(sa_type=sa.LargeBinary)
    priority: bytes = Field(sa_type=sa.LargeBinary)
    tier: bytes = Field(sa_type=sa.LargeBinary)
    person: bytes = Field(sa_type=sa.LargeBinary)
    category: bytes = Field(sa_type=sa.LargeBinary)
    ticket: bytes = Field(sa_type=sa.LargeBinary)


class BlockStateRow(Base, table=True):
    """How far the blocks are made: one row, or none as long as there are no blocks.

    Whoever changes blocks counts `turn` on in the same transaction.

    They are made by the rules of `definition`, of tickets up to `ticket_id` (None is all of them), as these stood at
    `seq` of the audit trail; clocks that ran out before `looked_at` are judged in them.
    """

    __tablename__ = "help_desk_measured"
    id: int = Field(primary_key=True, sa_type=sa.Integer)
    turn: int = Field(sa_type=sa.BigInteger)
    definition: int = Field(sa_type=sa.Integer)
    seq: int = Field(sa_type=sa.BigInteger)
    ticket_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    looked_at: datetime


def table(row: type[SQLModel]) -> sa.Table:
    """Gives the Core table behind a row class."""
    found = sa.inspect(row).local_table
    if not isinstance(found, sa.Table):
        raise TypeError(f"{row.__name__} is not mapped to a table")
    return found


META: Final = table(MetaRow)
PROFILES: Final = table(ProfileRow)
DEPARTMENTS: Final = table(DepartmentRow)
CATEGORIES: Final = table(CategoryRow)
PEOPLE: Final = table(PersonRow)
POSTS: Final = table(PostRow)
TICKETS: Final = table(TicketRow)
FACTS: Final = table(FactRow)
COMMENTS: Final = table(CommentRow)
WORDINGS: Final = table(WordingRow)
CLOCKS: Final = table(ClockRow)
SPANS: Final = table(SpanRow)
NOTICES: Final = table(NoticeRow)
PROCUREMENTS: Final = table(ProcurementRow)
SLOTS: Final = table(SlotRow)
APPROVALS: Final = table(ApprovalRow)
DELEGATIONS: Final = table(DelegationRow)
AUDIT: Final = table(AuditRow)
DRAFTS: Final = table(DraftRow)
VIEWS: Final = table(ViewRow)
MACROS: Final = table(MacroRow)
BLOCKS: Final = table(BlockRow)
BLOCK_STATE: Final = table(BlockStateRow)
