"""What lines of a board are called."""

from deskterm.core.services.board_parts import Named


def test_what_several_departments_have_says_whose_it_is() -> None:
    ours, theirs = Named("it_buy", "Buying", (0, ""), "IT"), Named("hr_buy", "Buying", (0, ""), "HR")
    mail = Named("mail", "Mail", (0, ""), "IT")
    every = (ours, theirs, mail)
    assert [one.beside(every) for one in every] == ["Buying (IT)", "Buying (HR)", "Mail"]


def test_one_is_called_by_its_name_alone_among_others() -> None:
    ours = Named("it_buy", "Buying", (0, ""), "IT")
    assert ours.beside((ours,)) == "Buying"
    assert Named("1", "Urgent", (1, "")).beside((Named("1", "Urgent", (1, "")),) * 2) == "Urgent"
