"""Macros: texts with variables, and what is done with them, as data of the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = "help_desk_macros"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["help_desk_departments.id"], name=op.f(f"fk_{_NAME}_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_NAME}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{_NAME}_key")),
    )
