"""Contacts: how somebody is reached, and what kind of account they have (003-R6); nothing of those who were here."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for name in ("email", "phone", "account_type"):
        op.add_column("help_desk_people", sa.Column(name, sa.String(200), server_default="", nullable=False))
