"""Words: what texts say, folded, with an index over it that free words of a filter are looked up in.

What stands there is a view of the texts: `services/upgrading.py` fills it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NAME = "help_desk_wordings"
_INDEX = "help_desk_words"
_IN = "INSERT INTO help_desk_words(rowid, public, internal) VALUES (new.ticket_id, new.public, new.internal);"
_OUT = (
    "INSERT INTO help_desk_words(help_desk_words, rowid, public, internal) "
    "VALUES ('delete', old.ticket_id, old.public, old.internal);"
)
# every word once, in the order that Postgres keeps them in; nothing is left for its own rules to cut or fold
_WORDS = r"array_to_tsvector(array_remove(string_to_array(translate(public || ' ' || internal, E'\n', ' '), ' '), ''))"


def upgrade() -> None:
    op.create_index("ix_help_desk_tickets_category", "help_desk_tickets", ["category_id", "id"], unique=False)
    op.create_table(
        _NAME,
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("internal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_desk_tickets.id"], name=op.f(f"fk_{_NAME}_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f(f"pk_{_NAME}")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {_NAME} ADD COLUMN words tsvector GENERATED ALWAYS AS ({_WORDS}) STORED")
        op.execute(f"CREATE INDEX {_INDEX} ON {_NAME} USING gin (words)")
        return
    op.execute(
        f"CREATE VIRTUAL TABLE {_INDEX} USING fts5(public, internal, content='{_NAME}', content_rowid='ticket_id', "
        "prefix='1 2 3', detail=none, columnsize=0, tokenize='ascii')"
    )
    for event, work in (("insert", _IN), ("delete", _OUT), ("update", _OUT + _IN)):
        op.execute(f"CREATE TRIGGER {_NAME}_{event} AFTER {event} ON {_NAME} BEGIN {work} END")
