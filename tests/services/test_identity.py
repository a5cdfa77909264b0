"""Who is at the desk: whom the system vouches for, and who may act for others."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed, ProfileError, StoreUnavailable
from deskterm.core.domain.words import Action, Role, Via
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store import directory, schema
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]

ACOB = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
NOW = datetime(2026, 9, 28, 8, tzinfo=UTC)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    with closing(Store(empty_url)) as store:
        yield store


def make(store: Store, *, text: str = ACOB, purpose: str = setup.DESK) -> int:
    return setup.make_desk(store, text, source="acob.toml", login="root", name="", now=NOW, purpose=purpose)


def test_a_login_is_one_person(store: Store) -> None:
    person, is_demo = setup.identify(store, "ife")
    assert (person.name, person.role, is_demo) == ("Ife of IT", Role.AGENT, False)


@pytest.mark.parametrize("login", ["mallory", "", "Ife of IT", "IFE", "%"])
def test_who_has_no_login_here_is_nobody(store: Store, login: str) -> None:
    with pytest.raises(NotAllowed, match="is nobody at this desk: an admin can run `deskterm people add"):
        setup.identify(store, login)


def test_who_was_put_out_is_nobody(store: Store) -> None:
    with store.write() as connection:
        directory.change_person(connection, setup.identify(store, "ife")[0].id, is_active=False)
    with pytest.raises(NotAllowed, match="'ife' is nobody at this desk"):
        setup.identify(store, "ife")


@pytest.mark.parametrize("name", ["remi", "Remi Requester", "remi requester"])
def test_an_admin_acts_for_others(store: Store, name: str) -> None:
    assert setup.identify(store, "ada", acting_as=name)[0].login == "remi"


@pytest.mark.parametrize("login", ["remi", "lara", "ezra", "mallory"])
def test_nobody_else_acts_for_others(store: Store, login: str) -> None:
    with pytest.raises(NotAllowed, match="--as is for admins, and for the demo: you act as yourself"):
        setup.identify(store, login, acting_as="ada")


def test_an_admin_who_was_put_out_acts_for_nobody(store: Store) -> None:
    with store.write() as connection:
        directory.change_person(connection, setup.identify(store, "ada")[0].id, is_active=False)
    with pytest.raises(NotAllowed, match="--as is for admins"):
        setup.identify(store, "ada", acting_as="remi")


def test_acting_for_nobody_known_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInput, match="--as: nobody has the login or name 'nobody'"):
        setup.identify(store, "ada", acting_as="nobody")


def test_in_a_demo_anybody_is_anybody(empty: Store) -> None:
    make(empty, purpose=setup.DEMO)
    person, is_demo = setup.identify(empty, "mallory", acting_as="root")
    assert (person.role, is_demo) == (Role.ADMIN, True)


def test_a_new_desk_has_its_departments_and_one_admin(empty: Store) -> None:
    admin = make(empty)
    schema.check(empty)
    with empty.read() as connection:
        assert [d.key for d in directory.departments(connection).values()] == [
            "it",
            "operations",
            "admin_hr",
            "accounts",
        ]
        assert len(directory.categories(connection)) == 15
        (person,) = directory.people(connection).values()
    assert (person.id, person.login, person.name, person.role) == (admin, "root", "root", Role.ADMIN)


def test_a_desk_is_made_once(store: Store) -> None:
    with pytest.raises(InvalidInput, match=r"there is a desk at .* already: use it, or name another --database"):
        make(store)
    assert setup.identify(store, "ada")[0].role is Role.ADMIN


def test_a_profile_that_can_not_be_used_makes_nothing(empty: Store) -> None:
    with pytest.raises(ProfileError):
        make(empty, text="nonsense = 1")
    with pytest.raises((InvalidInput, StoreUnavailable)):
        schema.check(empty)


def test_an_admin_who_acts_as_somebody_stands_in_the_fact(as_: As, store: Store, clock: list[datetime]) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    ife, _ = setup.identify(store, "ada", acting_as="ife")
    acting = Desk(store, ife, lambda: clock[-1], Via.CLI, by_id=setup.really(store, "ada", ife))
    acting.act(ticket, Action.CLAIM)
    as_("ife").act(ticket, Action.START)
    made = acting.submit(Submission(title="y", category="it_design")).id
    assert [(e.actor, e.by) for e in as_("lara").ticket(ticket).timeline[1:]] == [
        ("Ife of IT", "Ada Admin"),
        ("Ife of IT", None),
    ]
    assert as_("lara").ticket(made).timeline[0].by == "Ada Admin"
    assert as_("ada").doctor().findings == ()
