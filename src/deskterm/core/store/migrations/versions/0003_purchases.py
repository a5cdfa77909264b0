"""Purchases and the audit trail: rounds, open places, decisions, delegations, and an entry for all that was there.

The trail of a desk that is older than it begins here: what its facts said before nobody can prove.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from deskterm.core.store.migrations import trail_v1

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KEY = sa.String(length=64)
_APPEND_ONLY = ("help_desk_approvals", "help_desk_audit")
_HAS_DEPARTMENT = sa.text("department_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("help_desk_tickets", sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("help_desk_tickets", sa.Column("stage", _KEY, nullable=False, server_default=""))
    for name in ("returned", "escalating"):
        op.add_column("help_desk_tickets", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("uq_help_desk_posts_lead", "help_desk_posts")
    op.create_index(
        "uq_help_desk_posts_lead",
        "help_desk_posts",
        ["department_id", "key"],
        unique=True,
        sqlite_where=_HAS_DEPARTMENT,
        postgresql_where=_HAS_DEPARTMENT,
    )
    _purchases()
    _decisions()
    op.create_table(
        "help_desk_audit",
        sa.Column("seq", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_help_desk_audit")),
    )
    op.create_index("ix_help_desk_audit_ticket_id", "help_desk_audit", ["ticket_id"])
    for name in _APPEND_ONLY:
        _refuse_changes(name)
    trail_v1.begin(op.get_bind())


def _person(name: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], ["help_desk_people.id"], name=op.f(f"fk_{table}_{name}"))


def _purchases() -> None:
    name = "help_desk_procurements"
    op.create_table(
        name,
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_by", _ID, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("purchase", _JSON, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=True),
        _person("asked_by", name),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_desk_tickets.id"], name=op.f(f"fk_{name}_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "round", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_state", name, ["state", "decided_at"])
    op.create_index(f"ix_{name}_asked", name, ["asked_at", "ticket_id"])
    name = "help_desk_slots"
    op.create_table(
        name,
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", _KEY, nullable=False),
        sa.Column("post", _KEY, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        _person("person_id", name),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_desk_tickets.id"], name=op.f(f"fk_{name}_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "number", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_person_id", name, ["person_id"])


def _decisions() -> None:
    name = "help_desk_approvals"
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stage", _KEY, nullable=False),
        sa.Column("decision", sa.String(length=24), nullable=False),
        sa.Column("approver_id", _ID, nullable=True),
        sa.Column("on_behalf_of", _ID, nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        _person("approver_id", name),
        _person("on_behalf_of", name),
        sa.ForeignKeyConstraint(
            ["ticket_id", "version"],
            ["help_desk_facts.ticket_id", "help_desk_facts.version"],
            name=op.f(f"fk_{name}_ticket_id_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("ticket_id", "version", name=op.f(f"uq_{name}_ticket_id_version")),
    )
    op.create_index("ix_help_desk_approvals_approver", name, ["approver_id", "id"])
    op.create_index("ix_help_desk_approvals_ticket", name, ["approver_id", "ticket_id"])
    name = "help_desk_delegations"
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        sa.Column("from_id", _ID, nullable=False),
        sa.Column("to_id", _ID, nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", _ID, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        _person("from_id", name),
        _person("to_id", name),
        _person("made_by", name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_from_id", name, ["from_id"])
    op.create_index(f"ix_{name}_to_id", name, ["to_id"])


def _refuse_changes(name: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {name}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_append_only()"
    )
