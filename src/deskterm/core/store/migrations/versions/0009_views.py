"""Saved views: a list, a filter and an order under a name, somebody's own or a department's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = "help_desk_views"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("called", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=24), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("sort", sa.String(length=24), nullable=True),
        sa.Column("number", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (department_id IS NULL)", name=op.f(f"ck_{_NAME}_owner")),
        sa.ForeignKeyConstraint(["person_id"], ["help_desk_people.id"], name=op.f(f"fk_{_NAME}_person_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f(f"fk_{_NAME}_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_NAME}")),
    )
    for whose in ("person", "department"):
        some = sa.text(f"{whose}_id IS NOT NULL")
        op.create_index(
            f"uq_{_NAME}_{whose}",
            _NAME,
            [f"{whose}_id", "called"],
            unique=True,
            sqlite_where=some,
            postgresql_where=some,
        )
