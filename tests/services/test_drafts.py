"""Drafts are their writer's alone, on whatever terminal, and leave with them."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.drafts import NEW, Place
from deskterm.core.domain.errors import InvalidInput, NotAllowed

As = Callable[[str], Desk]
HERE = Place(1, "reply")


def kept(desk: Desk) -> dict[tuple[int, str], object]:
    return {draft.place: draft.values for draft in desk.drafts()}


def test_what_is_kept_is_there_until_it_is_overwritten_or_emptied(as_: As) -> None:
    as_("ife").keep_drafts({HERE: {"text": "on my way", "blank": "  "}, NEW: {"title": "Toner"}})
    assert kept(as_("ife")) == {HERE: {"text": "on my way"}, NEW: {"title": "Toner"}}

    as_("ife").keep_drafts({HERE: {"text": "there"}, NEW: {"title": ""}})
    assert kept(as_("ife")) == {HERE: {"text": "there"}}
    assert [draft.place for draft in as_("ife").drafts(HERE)] == [HERE]
    assert as_("ife").drafts(NEW) == []


def test_nobody_else_has_them_and_who_acts_as_somebody_neither_reads_nor_leaves_theirs(as_: As) -> None:
    as_("ife").keep_drafts({HERE: {"text": "private"}})
    as_ife = as_("ada").acting_as("ife")
    assert as_ife.drafts() == as_("ada").drafts() == as_("ini").drafts() == []

    as_ife.keep_drafts({HERE: {"text": "the admin's"}})
    assert kept(as_("ife")) == {HERE: {"text": "private"}}
    assert kept(as_("ada")) == {HERE: {"text": "the admin's"}}


def test_no_entry_of_the_trail_tells_of_them(as_: As) -> None:
    place = as_("ife").place()
    as_("ife").keep_drafts({HERE: {"text": "private"}})
    assert as_("ife").place() == place


def test_what_can_not_be_kept_is_refused_whole(as_: As) -> None:
    with pytest.raises(InvalidInput, match="100000 characters"):
        as_("ife").keep_drafts({NEW: {"title": "Toner"}, HERE: {"text": "x" * 100_001}})
    with pytest.raises(InvalidInput, match="40 fields"):
        as_("ife").keep_drafts({HERE: {str(number): "x" for number in range(41)}})
    assert as_("ife").drafts() == []


def test_who_left_keeps_none(as_: As) -> None:
    desk = as_("sola")
    as_("ada").change_person("sola", active=False)
    with pytest.raises(NotAllowed):
        desk.keep_drafts({HERE: {"text": "x"}})
