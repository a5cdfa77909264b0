"""The sealer under an account of its own, which may read what it seals and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from deskterm.core.domain.heads import read_heads
from deskterm.core.services.sealer import opened
from deskterm.core.store.engine import Store


def test_an_account_that_may_only_read_the_file_can_seal_it(sqlite_desk: Path, tmp_path: Path) -> None:
    """On SQLite. The sealer is another process under another account, while somebody else has the desk open."""
    folder = Path("/tmp") / f"deskterm-sealer-{os.getpid()}"  # noqa: S108 - the other account must reach it
    is_root = os.geteuid() == 0  # else there is no other account to be, and the test only runs the sealer apart
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    try:
        shutil.copyfile(sqlite_desk, folder / "desk.db")
        (folder / "desk.db").chmod(0o644)
        with closing(Store(f"sqlite:///{folder / 'desk.db'}")) as working:
            with working.write() as connection:
                connection.execute(sa.text("UPDATE help_desk_people SET name = name"))
            (folder / "out").mkdir()
            (folder / "out").chmod(0o777)
            script = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from deskterm.core.services.sealer import opened
from deskterm.core.services.sealing import new_key
desk, out = Path(sys.argv[1]), Path(sys.argv[1]) / "out"
def once(name):
    new_key(out / f"{name}.key")
    url, key, file = f"sqlite:///{desk / 'desk.db'}", out / f"{name}.key", out / name
    with opened(url, key=key, file=file, command="", mail="", smtp="", alone=True) as sealer:
        return sealer.look(datetime.now(UTC)).problems
once("first")  # whatever is loaded late is loaded by now: the interpreter's own files may be closed to nobody
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    (desk / "desk.db").open("r+b")
except PermissionError:
    print("may only read")
print(once("second"))
"""
            done = subprocess.run(
                [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False, cwd="/"
            )
        assert (done.returncode, done.stdout) == (0, "may only read\n" * is_root + "()\n"), done.stderr
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def reader(store: Store) -> Iterator[str]:
    """A role that may read three tables of the small desk, as the URL that it connects by."""
    url = store.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE sealer LOGIN PASSWORD 'sealer'")
        connection.execute("GRANT SELECT ON alembic_version, help_desk_meta, help_desk_audit TO sealer")
        yield str(store.url.set(username="sealer", password="sealer").render_as_string(hide_password=False))  # noqa: S106
        connection.execute("DROP OWNED BY sealer")
        connection.execute("DROP ROLE sealer")


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_a_role_that_may_only_read_three_tables_can_seal(
    reader: str, write: Any, key_file: Path, tmp_path: Path
) -> None:
    write(1)
    places = {"command": "", "mail": "", "smtp": ""}
    with opened(reader, key=key_file, file=tmp_path / "heads", alone=True, **places) as sealer:
        looked = sealer.look(datetime(2026, 9, 28, 8, 0, tzinfo=UTC))
    with closing(Store(reader)) as theirs, theirs.read() as connection, pytest.raises(sa.exc.ProgrammingError):
        connection.execute(sa.text("SELECT title FROM help_desk_tickets"))

    assert looked.problems == ()
    assert read_heads((tmp_path / "heads").read_text("utf-8").splitlines()) == [looked.head]
