"""Files: the bytes of attachments. On SQLite they stand in a folder beside the desk (`store/files.py`)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "help_desk_files",
            sa.Column("hash", sa.String(length=64), primary_key=True),
            sa.Column("bytes", sa.LargeBinary(), nullable=False),
        )
