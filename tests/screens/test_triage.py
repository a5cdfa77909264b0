"""Twenty new tickets get their category, priority and assignee each, by keys that are counted."""

from collections.abc import Awaitable, Callable

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.widgets.choice_list import LEAVE, Choice, is_numbered, narrowed
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
MANY = 20
KEYS_EACH = 4


@given(st.lists(st.tuples(st.text("ab12", min_size=1, max_size=3), st.text("xy 19", max_size=4)), max_size=11))
def test_a_number_is_offered_only_where_it_names_no_other_choice(choices: list[Choice]) -> None:
    for place, digit in enumerate("123456789"[: len(choices)]):
        others = [f"{value} {label.split('  ')[0]}" for value, label in choices[:place] + choices[place + 1 :]]
        if is_numbered(choices):
            assert not any(digit in name for name in others)


def test_words_narrow_by_value_and_label_in_any_order() -> None:
    choices = [("ife", "Ife of IT  2 open"), ("ini", "Ini of IT  3 open"), LEAVE]
    assert is_numbered(choices)
    assert narrowed(choices, "it ini") == [choices[1]]
    assert not is_numbered([(str(stars), "★" * stars) for stars in range(5, 0, -1)])


async def test_twenty_tickets_are_triaged_in_four_keys_each_however_fast_they_come(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: As
) -> None:
    numbers = [submit(f"Number {number}") for number in range(MANY)]
    lara = as_("lara")
    home = lara.ticket(1).department_id
    categories = [
        category.name
        for department in lara.departments()
        for category in department.categories
        if department.id == home and category.kind == "standard"
    ]
    wanted = [(n % len(categories), n * 3 % 4, n % 2) for n in range(len(numbers))]
    async with app_for("lara").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2")
        pressed = 0
        for category, priority, person in wanted:
            answers = ("z", str(category + 1), str(priority + 1), str(person + 1))
            pressed += len(answers)
            for name in answers:
                pilot.app.post_message(Key(name, name))
        await keys(pilot)
        await keys(pilot, "z", "enter", "0", "enter")  # what is left as it is three times is nothing to do
        assert "name one at least" in str(pilot.app.screen.query_one(StatusLine).render())
    assert pressed <= KEYS_EACH * len(numbers)
    found = [lara.ticket(number) for number in numbers]
    assert [(ticket.category, ticket.priority) for ticket in found] == [
        (categories[category], priority + 1) for category, priority, _ in wanted
    ]
    assert all(ticket.assignee for ticket in found)
    assert len({ticket.assignee for ticket in found}) > 1
