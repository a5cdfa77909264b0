"""People, departments and posts: an admin changes them, and a right that was taken away ends at once."""

from collections.abc import Callable
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.words import Action, Role
from deskterm.core.services.intake import Submission
from deskterm.core.views import CategoryLine, View

As = Callable[[str], Desk]


@pytest.fixture
def ticket(as_: As) -> int:
    return as_("remi").submit(Submission(title="x", category="it_design")).id


def every_use(desk: Desk, ticket: int) -> list[Callable[[], object]]:
    return [
        lambda: desk.submit(Submission(title="x", category="it_design")),
        lambda: desk.act(ticket, Action.NOTE, text="x"),
        lambda: desk.page(View.ALL),
        lambda: desk.count(View.ALL),
        lambda: desk.row(ticket),
        lambda: desk.ticket(ticket),
        lambda: desk.candidates(ticket),
        desk.notices,
        desk.unseen,
        lambda: desk.mark_seen(1),
        desk.people,
        desk.departments,
        lambda: desk.add_person(name="x", role=Role.REQUESTER),
        lambda: desk.change_person("remi", active=False),
        desk.doctor,
    ]


@pytest.mark.parametrize("login", ["ife", "lara", "ezra"])
def test_who_was_put_out_is_refused_at_once_in_an_open_session(as_: As, ticket: int, login: str) -> None:
    open_session = as_(login)
    assert open_session.ticket(ticket).id == ticket
    as_("ada").change_person(login, active=False)
    for use in every_use(open_session, ticket):
        with pytest.raises(NotAllowed, match="you are no longer active at this desk"):
            use()


def test_who_lost_a_role_lost_its_rights_in_an_open_session(as_: As, ticket: int) -> None:
    open_session = as_("lara")
    assert Action.ASSIGN in open_session.ticket(ticket).actions
    as_("ada").change_person("lara", role=Role.AGENT, department="it")
    as_("ada").change_person("ini", post="lead")
    assert Action.ASSIGN not in open_session.ticket(ticket).actions
    with pytest.raises(NotAllowed, match="that is for the department's lead or an admin"):
        open_session.act(ticket, Action.ASSIGN, person="ife")
    assert Action.ASSIGN in as_("ini").ticket(ticket).actions


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra"])
def test_people_are_an_admins_to_change(as_: As, login: str) -> None:
    with pytest.raises(NotAllowed, match="people and posts are an admin's"):
        as_(login).add_person(name="x", role=Role.ADMIN)
    with pytest.raises(NotAllowed, match="people and posts are an admin's"):
        as_(login).change_person(login, role=Role.ADMIN)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "a person needs a name"),
        ({"login": "ife"}, "the login 'ife' is taken"),
        ({"role": Role.AGENT}, "an agent works for a department"),
        ({"role": Role.LEAD}, "a lead works for a department"),
        ({"department": "space"}, "there is no department 'space'"),
        ({"post": "king"}, "there is no post 'king': expected one of lead, head_of_corporate_services"),
        ({"post": "lead"}, "a lead leads a department"),
    ],
)
def test_a_person_who_can_not_be_is_refused(as_: As, given: dict[str, Any], said: str) -> None:
    before = len(as_("ada").people())
    with pytest.raises(InvalidInput) as caught:
        as_("ada").add_person(**{"name": "X", "role": Role.REQUESTER, **given})
    assert said in str(caught.value)
    assert len(as_("ada").people()) == before


@pytest.mark.parametrize(
    ("who", "given", "said"),
    [
        ("nobody", {"active": False}, "there is nobody called 'nobody'"),
        ("remi", {"department": "space"}, "there is no department 'space'"),
        ("remi", {"post": "king"}, "there is no post 'king'"),
        ("remi", {"login": "ife"}, "the login 'ife' is taken"),
        ("remi", {"role": Role.AGENT}, "an agent works for a department"),
    ],
)
def test_a_change_that_can_not_be_is_refused(as_: As, who: str, given: dict[str, Any], said: str) -> None:
    before = as_("ada").people()
    with pytest.raises(InvalidInput) as caught:
        as_("ada").change_person(who, **given)
    assert said in str(caught.value)
    assert as_("ada").people() == before


def test_the_same_login_again_is_no_collision(as_: As) -> None:
    as_("ada").change_person("remi", login="remi", department="it")
    assert as_("remi").actor.department_id == 1


@pytest.mark.parametrize("given", [{"active": False}, {"role": Role.EXECUTIVE}])
def test_the_last_admin_stays(as_: As, given: dict[str, Any]) -> None:
    ada = as_("ada")
    with pytest.raises(InvalidInput, match="Ada Admin is the last admin: make another one first"):
        ada.change_person("ada", **given)
    ada.add_person(name="Second", role=Role.ADMIN, login="second")
    ada.change_person("ada", **given)
    assert {p.login: (p.role, p.is_active) for p in as_("second").people()}["second"] == (Role.ADMIN, True)


def test_a_post_has_one_holder(as_: As) -> None:
    as_("ada").change_person("ife", post="lead")
    as_("ada").change_person("ada", post="managing_director")
    posts = {p.login: p.posts for p in as_("ada").people() if p.posts}
    assert posts == {
        "ife": ("lead of IT & Communications",),
        "hana": ("head_of_corporate_services",),
        "olu": ("lead of Operations",),
        "ada": ("managing_director",),
    }
    assert as_("ada").departments()[0].lead == "Ife of IT"


def test_people_are_listed_with_their_load(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.CLAIM)
    lines = {p.login: p for p in as_("lara").people(department="it")}
    assert set(lines) == {"ife", "ini", "lara"}
    assert (lines["ife"].open_load, lines["ini"].open_load) == (1, 0)
    as_("ife").act(ticket, Action.RESOLVE, cause="x", fix="y")
    assert {p.login: p.open_load for p in as_("lara").people()}["ife"] == 0


def test_a_requester_learns_of_staff_only_and_not_their_logins(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.CLAIM)
    lines = as_("sola").people()
    assert {p.name for p in lines}.isdisjoint({"Remi Requester", "Sola Requester"})
    assert "Ife of IT" in {p.name for p in lines}
    assert {(p.login, p.open_load) for p in lines} == {(None, 0)}


def test_departments_are_listed_with_what_the_actor_may_count(as_: As, ticket: int) -> None:
    counts = {
        login: [(d.open_count, d.unassigned_count) for d in as_(login).departments()]
        for login in ("remi", "ife", "ola", "ezra")
    }
    none, one = (0, 0), (1, 1)
    rest = [none, none, none]
    assert counts == {"remi": [none, *rest], "ife": [one, *rest], "ola": [none, *rest], "ezra": [one, *rest]}
    as_("ife").act(ticket, Action.CLAIM)
    first = as_("ife").departments()[0]
    assert (first.open_count, first.unassigned_count, first.lead) == (1, 0, "Lara Lead")
    assert CategoryLine(2, "it_design", "Design", first.categories[1].kind) == first.categories[1]


def test_who_can_be_given_a_ticket_is_told_least_loaded_first(as_: As, ticket: int) -> None:
    other = as_("remi").submit(Submission(title="y", category="it_design")).id
    as_("ife").act(other, Action.CLAIM)
    as_("ada").add_person(name="Away", role=Role.AGENT, department="it", login="away")
    as_("ada").change_person("away", active=False)
    assert [(p.login, load) for p, load in as_("lara").candidates(ticket)] == [("ini", 0), ("lara", 0), ("ife", 1)]


def test_whoever_leaves_leads_no_longer_and_can_be_given_nothing(as_: As) -> None:
    as_("ada").change_person("lara", active=False)
    assert {d.key: d.lead for d in as_("ada").departments()}["it"] is None
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    with pytest.raises(InvalidInput, match="Lara Lead is no longer active here"):
        as_("ada").act(ticket, Action.ASSIGN, person="lara")


@pytest.mark.parametrize(("name", "login"), [("x" * 201, ""), ("x", "y" * 65), ("a\0b", "")])
def test_a_name_that_not_every_database_keeps_is_refused(as_: As, name: str, login: str) -> None:
    with pytest.raises(InvalidInput):
        as_("ada").add_person(name=name, login=login, role=Role.REQUESTER)


@pytest.mark.parametrize("given", [{"post": "lead.deputy"}, {"post": "lead.deputy", "active": False}])
def test_a_post_is_for_somebody_who_is_here(as_: As, given: dict[str, Any]) -> None:
    if "active" not in given:
        as_("ada").change_person("ini", active=False)
    with pytest.raises(InvalidInput, match=r"Ini of IT is not active here: lead\.deputy is for somebody who is"):
        as_("ada").change_person("ini", **given)
    as_("ada").change_person("ini", active=True, post="lead.deputy")
    assert {p.login: p.posts for p in as_("ada").people()}["ini"] == ("lead.deputy of IT & Communications",)
