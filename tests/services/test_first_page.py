"""The two ways to a first page are one: the same statements, the same rows, for everybody and every view."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Action, Role, WaitReason
from deskterm.core.services import setup
from deskterm.core.services.first_page import FirstPage, first_page
from deskterm.core.services.intake import Submission
from deskterm.core.store import compiled, directory
from deskterm.core.store import first_page as plain
from deskterm.core.store.engine import Store
from deskterm.core.store.first_page import LongWay
from deskterm.core.views import View

As = Callable[[str], Desk]
EVERYBODY = ("remi", "sola", "ife", "lara", "ola", "ezra", "hana", "ada")
FEW, ALL = 3, 50


@pytest.fixture
def busy(as_: As, clock: list[datetime]) -> None:
    """Tickets in every view: some late, paused, closed, a purchase, and clocks in a second cycle."""
    for number in range(6):
        clock.append(clock[-1] + timedelta(hours=5, microseconds=number))
        given = Submission(title=f"nr {number}", category=("it_design", "operations_repairs")[number % 2])
        as_(("remi", "sola", "ife")[number % 3]).submit(given)
    as_("ife").act(1, Action.CLAIM)
    as_("ife").act(3, Action.CLAIM)
    as_("ife").act(3, Action.WAIT, reason=WaitReason.VENDOR)
    as_("ola").act(2, Action.CLAIM)
    as_("ife").act(5, Action.CANCEL, text="asked twice")
    as_("ife").act(1, Action.RESOLVE, cause="a cable", fix="another cable")
    as_("remi").act(1, Action.REJECT, text="still dead")


@pytest.mark.usefixtures("busy")
def test_both_ways_to_a_first_page_send_the_same_and_give_the_same(
    store: Store, as_: As, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: set[str] = set()
    sent: list[str] = []

    class Recorded(plain.Reading):
        def __init__(self, dialect: str, run: plain.Run) -> None:
            def kept(sql: str, values: Any) -> Any:
                sent.append(sql)
                return run(sql, values)

            super().__init__(dialect, kept)

    monkeypatch.setattr(plain, "Reading", Recorded)
    sa.event.listen(store.reader, "before_cursor_execute", lambda *given: statements.add(given[2]))
    url = store.url.render_as_string(hide_password=False)
    rows = 0
    for login in EVERYBODY:
        for view in View:
            for limit in (FEW, ALL):
                desk = as_(login)
                usual = FirstPage(desk.actor, desk.profile(), view, desk.place(), desk.page(view, limit=limit))
                chosen = lambda _, view=view: view  # noqa: E731 - one of many
                assert usual == first_page(url, login, clock[-1], acting_as="", view_of=chosen, limit=limit)
                rows += len(usual.page.rows)
    assert rows > 100
    assert {sql for sql in sent if "alembic_version" not in sql} <= statements


@pytest.mark.usefixtures("busy")
def test_an_admin_acts_as_somebody_this_way_too(store: Store, as_: As, clock: list[datetime]) -> None:
    url = store.url.render_as_string(hide_password=False)

    found = first_page(url, "ada", clock[-1], acting_as="ife", view_of=home, limit=ALL)

    assert found.actor == as_("ife").actor
    assert found.page == as_("ife").page(View.MINE)


def home(actor: Person) -> View:
    return View.MINE if actor.role is Role.AGENT else View.ALL


def test_what_is_not_as_usual_goes_the_long_way(store: Store, clock: list[datetime], as_: As) -> None:
    url = store.url.render_as_string(hide_password=False)

    def reads(login: str, acting_as: str = "", url: str = url) -> None:
        first_page(url, login, clock[-1], acting_as=acting_as, view_of=home, limit=FEW)

    with pytest.raises(LongWay):
        reads("nobody")
    with pytest.raises(LongWay):  # by name
        reads("ada", "Ife of IT")
    with pytest.raises(LongWay):
        reads("ada", url="mysql://host/desk")
    with pytest.raises(LongWay):
        reads("ada", url="sqlite:///nowhere.db")
    with store.write() as connection:
        directory.set_purpose(connection, setup.UNFINISHED)
    with pytest.raises(InvalidInput):
        reads("ada")
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(LongWay):
        reads("ada")


def test_the_statements_that_are_kept_are_those_that_sqlalchemy_compiles() -> None:
    assert json.dumps(plain.kept(), indent=1, sort_keys=True, ensure_ascii=False) + "\n" == compiled.text(), (
        "run python docs/generate.py"
    )
