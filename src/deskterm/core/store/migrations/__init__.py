"""Alembic migrations: they run only in `deskterm db upgrade` and for a new desk."""
