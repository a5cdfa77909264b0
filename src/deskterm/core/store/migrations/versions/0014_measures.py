"""Measures: what KPIs are made of, in blocks. They are made from the facts afterwards (`services/catching_up.py`)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_NAME = "help_desk_measures"
_COLUMNS = ("at", "gone", "value", "code", "department", "priority", "tier", "person", "category", "ticket")


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in _COLUMNS),
        sa.PrimaryKeyConstraint("month", "kind", "number", name=op.f(f"pk_{_NAME}")),
    )
    op.create_table(
        "help_desk_measured",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("definition", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_desk_measured")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in _COLUMNS:  # they are compact: compressing them again costs more than it saves
            op.execute(f'ALTER TABLE {_NAME} ALTER "{name}" SET STORAGE EXTERNAL')
