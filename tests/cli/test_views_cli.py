"""`deskterm list --view` and `deskterm views`: every view by its name, the saved ones too."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services.intake import Submission

Run = Callable[..., Any]
As = Callable[[str], Desk]


FOUND = {
    "mine": {4},
    "unassigned": {1, 2},
    "department": {1, 2, 4},
    "late": {1},
    "due today": {1, 4},
    "Due-Today": {1, 4},
    "waiting": {2},
    "approvals": set(),
    "closed": {3},
    "all": {1, 2, 4},
    "requested": set(),
}


@pytest.fixture
def backend() -> str:
    """What is compiled is tested on both databases elsewhere."""
    return "sqlite"


@pytest.fixture
def tickets(as_: As, at: Callable[[str], datetime]) -> None:
    for title, priority in (("Late", "urgent"), ("Waits", "low"), ("Gone", "low")):
        as_("remi").submit(Submission(title=title, category="it_infrastructure", priority=priority))
    as_("ife").act(2, Action.WAIT, reason=WaitReason.VENDOR)
    as_("remi").act(3, Action.CANCEL, text="x")
    at("2026-09-28 12:00")
    as_("remi").submit(Submission(title="Today", category="it_infrastructure", priority="urgent"))
    as_("ife").act(4, Action.CLAIM)
    at("2026-09-28 15:00")


@pytest.mark.usefixtures("tickets")
def test_every_built_in_view_is_named_and_narrowed(deskterm: Run, user: Callable[[str], None]) -> None:
    user("ife")

    for name, found in FOUND.items():
        assert {row["id"] for row in deskterm("list", "--json", "--view", name).json} == found, name
    assert {row["id"] for row in deskterm("list", "--json", "--view", "due today", "today").json} == {4}


def test_a_view_that_there_is_not(deskterm: Run) -> None:
    ran = deskterm("list", "--view", "latte")

    assert ran.code == 6
    assert "there is no view 'latte': did you mean late?" in ran.err


@pytest.mark.usefixtures("tickets")
def test_a_view_is_saved_listed_changed_and_dropped(deskterm: Run, user: Callable[[str], None]) -> None:
    user("lara")

    assert deskterm("views", "save", "pressing", "prio:urgent", "--view", "due-today", "--key", "4").out == (
        "view pressing is saved\n"
    )
    assert {row["id"] for row in deskterm("list", "--json", "--view", "Pressing").json} == {1, 4}
    assert [row["id"] for row in deskterm("list", "--json", "--view", "pressing", "@ife").json] == [4]
    deskterm("views", "save", "newest", "--sort", "created", "--department", "it")
    assert [row["id"] for row in deskterm("list", "--json", "--view", "newest").json] == [4, 2, 1]
    assert [row["id"] for row in deskterm("list", "--json", "--view", "newest", "is:closed").json] == [3]
    found = {view["name"]: view for view in deskterm("views", "--json").json}
    assert list(found)[3] == "pressing"
    assert found["pressing"] == {
        "name": "pressing",
        "key": "4",
        "list": "all",
        "sort": None,
        "filter": "due:today prio:urgent",
        "is_saved": True,
        "department": "",
        "wrong": "",
    }
    assert found["newest"]["department"] == "it"
    assert deskterm("views", "set", "pressing", "--name", "now", "--key", "5").out == (
        "view now is changed: its key is 5\n"
    )
    assert "5    now" in deskterm("views").out
    assert deskterm("views", "drop", "now").out == "view now is dropped\n"
    assert deskterm("views", "save", "newest", "--department", "it", "--json").json["replaced"]


def test_a_filter_that_fits_the_desk_no_more_is_one_sentence_and_the_other_views_work(deskterm: Run, as_: As) -> None:
    deskterm("views", "save", "theirs", "dept:it")
    with as_("ada")._store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_departments SET key = 'ict', name = 'ICT' WHERE key = 'it'")

    ran = deskterm("list", "--view", "theirs")
    assert ran.code == 6
    assert "there is no dept:it: did you mean ict?" in ran.err
    assert deskterm("list").code == 0
    with as_("ada")._store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_views SET wanted = 'prio:<0'")
    assert "the filter of 'theirs' can't be read any more: prio:<0" in deskterm("list", "--view", "theirs").err
    assert deskterm("views").code == 0
