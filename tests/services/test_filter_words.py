"""What a filter can name at a desk, as far as that is the actor's to know."""

from collections.abc import Callable

from deskterm.core.desk import Desk
from deskterm.core.domain.filter_completion import completions
from deskterm.core.domain.filters import parse_filter
from deskterm.core.views import View

As = Callable[[str], Desk]


def test_staff_choose_among_everybody_by_login(as_: As) -> None:
    choices = as_("ife").vocabulary().choices
    assert {"remi", "sola", "ife", "ada"} <= {one.value for one in choices["from"]}
    assert {one.value for one in choices["to"]} == {"ife", "ini", "lara", "ola", "olu", "ezra", "hana", "ada"}
    assert [one.value for one in choices["prio"]] == ["urgent", "high", "medium", "low"]
    assert ("it", "IT & Communications") in choices["dept"]


def test_a_requester_learns_of_staff_only_and_no_logins(as_: As) -> None:
    choices = as_("remi").vocabulary().choices
    assert choices["from"] == choices["to"]
    assert "Ife of IT" in {one.value for one in choices["to"]}
    assert not {"remi", "Remi Requester", "Sola Requester", "ife"} & {one.value for one in choices["from"]}


def test_who_left_is_no_choice(as_: As) -> None:
    as_("ada").change_person("ini", active=False)
    assert "ini" not in {one.value for one in as_("ife").vocabulary().choices["to"]}


def test_every_choice_is_one_that_the_desk_understands(as_: As) -> None:
    for login in ("ife", "remi"):
        desk = as_(login)
        words = desk.vocabulary()
        for key in words.choices:
            for one in completions(f"{key}:", len(key) + 1, words):
                period = "month" if one.text.endswith("@") else ""  # what a figure wants yet
                desk.count(View.ALL, parse_filter(one.text + period))


def test_boards_are_narrowed_to_what_is_the_actors_to_see(as_: As) -> None:
    def offered(who: str) -> tuple[list[str], list[str]]:
        choices = as_(who).vocabulary(of_boards=True).choices
        return [one.value for one in choices["dept"]], [one.value for one in choices["to"]]

    assert offered("ife") == (["it"], ["ife"])
    departments, people = offered("lara")
    assert departments == ["it"]
    assert {"ife", "ini", "lara"} <= set(people)
    assert not {"ola", "ezra", "remi"} & set(people)
    whole = as_("ezra").vocabulary().choices
    assert as_("ezra").vocabulary(of_boards=True).choices == whole
