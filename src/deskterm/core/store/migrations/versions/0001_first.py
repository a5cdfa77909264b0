"""The first schema: tickets, their facts and what follows from them.

Facts and comments are append-only: a trigger refuses UPDATE and DELETE (and TRUNCATE, where there is one).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_APPEND_ONLY = ("help_desk_facts", "help_desk_comments")


def upgrade() -> None:
    op.create_table(
        "help_desk_departments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("calendar", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_departments")),
        sa.UniqueConstraint("key", name=op.f("uq_help_desk_departments_key")),
    )
    op.create_table(
        "help_desk_profiles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("applied_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_profiles")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_help_desk_profiles_key_version")),
    )
    op.create_table(
        "help_desk_categories",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f("fk_help_desk_categories_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_categories")),
        sa.UniqueConstraint("key", name=op.f("uq_help_desk_categories_key")),
    )
    op.create_table(
        "help_desk_meta",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("log_id", sa.String(length=64), nullable=False),
        sa.Column("profile_id", _ID, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["help_desk_profiles.id"], name=op.f("fk_help_desk_meta_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_meta")),
    )
    op.create_table(
        "help_desk_people",
        sa.Column("id", _ID, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f("fk_help_desk_people_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_help_desk_people_login")),
        sa.UniqueConstraint("origin", name=op.f("uq_help_desk_people_origin")),
    )
    op.create_index(op.f("ix_help_desk_people_department_id"), "help_desk_people", ["department_id"], unique=False)
    op.create_table(
        "help_desk_posts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f("fk_help_desk_posts_department_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_posts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_posts")),
    )
    op.create_index(
        "uq_help_desk_posts_key",
        "help_desk_posts",
        ["key"],
        unique=True,
        sqlite_where=sa.text("department_id IS NULL"),
        postgresql_where=sa.text("department_id IS NULL"),
    )
    op.create_index(
        "uq_help_desk_posts_lead",
        "help_desk_posts",
        ["department_id"],
        unique=True,
        sqlite_where=sa.text("department_id IS NOT NULL"),
        postgresql_where=sa.text("department_id IS NOT NULL"),
    )
    op.create_table(
        "help_desk_tickets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("requester_id", _ID, nullable=False),
        sa.Column("assignee_id", _ID, nullable=True),
        sa.Column("department_id", _ID, nullable=False),
        sa.Column("category_id", _ID, nullable=False),
        sa.Column("category_kind", sa.String(length=24), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("assigned_at", _INSTANT, nullable=True),
        sa.Column("resolved_at", _INSTANT, nullable=True),
        sa.Column("resolver_id", _ID, nullable=True),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=True),
        sa.Column("next_due_at", _INSTANT, nullable=False),
        sa.Column("profile_id", _ID, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_help_desk_tickets_closed_at")
        ),
        sa.CheckConstraint("(status = 'waiting') = (reason IS NOT NULL)", name=op.f("ck_help_desk_tickets_reason")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_tickets_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["help_desk_categories.id"], name=op.f("fk_help_desk_tickets_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f("fk_help_desk_tickets_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["help_desk_profiles.id"], name=op.f("fk_help_desk_tickets_profile_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_tickets_requester_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolver_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_tickets_resolver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_tickets")),
        sa.UniqueConstraint("origin", name=op.f("uq_help_desk_tickets_origin")),
    )
    op.create_index(
        "ix_help_desk_tickets_closed",
        "help_desk_tickets",
        ["closed_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_help_desk_tickets_dept_closed",
        "help_desk_tickets",
        ["department_id", "closed_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_help_desk_tickets_dept_due",
        "help_desk_tickets",
        ["department_id", "next_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_help_desk_tickets_due",
        "help_desk_tickets",
        ["next_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_help_desk_tickets_mine_due",
        "help_desk_tickets",
        ["assignee_id", "next_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_help_desk_tickets_requester", "help_desk_tickets", ["requester_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "help_desk_clocks",
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("target_us", sa.BigInteger(), nullable=True),
        sa.Column("consumed_us", sa.BigInteger(), nullable=False),
        sa.Column("running_since", _INSTANT, nullable=True),
        sa.Column("due_at", _INSTANT, nullable=True),
        sa.Column("stopped_at", _INSTANT, nullable=True),
        sa.Column("breached_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_desk_tickets.id"], name=op.f("fk_help_desk_clocks_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "name", "cycle", name=op.f("pk_help_desk_clocks")),
    )
    op.create_table(
        "help_desk_facts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor_id", _ID, nullable=True),
        sa.Column("via", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("from_status", sa.String(length=24), nullable=True),
        sa.Column("to_status", sa.String(length=24), nullable=False),
        sa.Column("data", _JSON, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_facts_actor_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_desk_tickets.id"], name=op.f("fk_help_desk_facts_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_facts")),
        sa.UniqueConstraint("origin", name=op.f("uq_help_desk_facts_origin")),
        sa.UniqueConstraint("ticket_id", "version", name=op.f("uq_help_desk_facts_ticket_id_version")),
    )
    op.create_index(op.f("ix_help_desk_facts_at"), "help_desk_facts", ["at"], unique=False)
    op.create_table(
        "help_desk_notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_notices_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_desk_tickets.id"], name=op.f("fk_help_desk_notices_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_notices")),
    )
    op.create_index(
        "ix_help_desk_notices_unseen",
        "help_desk_notices",
        ["person_id", "id"],
        unique=False,
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "help_desk_status_spans",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.Column("left_at", _INSTANT, nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("assignee_id", _ID, nullable=True),
        sa.Column("department_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_status_spans_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f("fk_help_desk_status_spans_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["help_desk_tickets.id"], name=op.f("fk_help_desk_status_spans_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_status_spans")),
    )
    op.create_index("ix_help_desk_status_spans_ticket", "help_desk_status_spans", ["ticket_id", "id"], unique=False)
    op.create_index(
        "uq_help_desk_status_spans_open",
        "help_desk_status_spans",
        ["ticket_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "help_desk_comments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", _ID, nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["help_desk_people.id"], name=op.f("fk_help_desk_comments_author_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id", "version"],
            ["help_desk_facts.ticket_id", "help_desk_facts.version"],
            name=op.f("fk_help_desk_comments_ticket_id_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_comments")),
        sa.UniqueConstraint("ticket_id", "version", name=op.f("uq_help_desk_comments_ticket_id_version")),
    )
    for name in _APPEND_ONLY:
        _refuse_changes(name)


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
