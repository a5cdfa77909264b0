"""Columns are chosen by name, and what can't be chosen is said with what can."""

import pytest

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_columns import COLUMNS, COMMENTS, PRIVATE, Dataset, chosen, of_clocks


def test_columns_come_in_the_order_they_are_named_in() -> None:
    assert [c.name for c in chosen(COMMENTS, ("text", "ticket"), masked=False)] == ["text", "ticket"]
    assert chosen(COMMENTS, (), masked=False) == COMMENTS


@pytest.mark.parametrize("dataset", Dataset)
def test_a_masked_export_has_no_private_column(dataset: Dataset) -> None:
    left = chosen(COLUMNS[dataset], (), masked=True)

    assert left
    assert not {column.kind for column in left} & PRIVATE


@pytest.mark.parametrize(
    ("names", "masked", "said"),
    [
        (("txt",), False, "did you mean text? There are ticket, version, at"),
        (("zzz",), False, "'zzz': there are ticket, version, at"),
        (("at", "at"), False, "'at' is named twice"),
        (("text",), True, "a masked export has no column 'text'"),
    ],
)
def test_what_cannot_be_chosen_is_said(names: tuple[str, ...], *, masked: bool, said: str) -> None:
    with pytest.raises(InvalidInput, match=said.replace("?", r"\?")):
        chosen(COMMENTS, names, masked=masked)


def test_every_column_has_a_name_of_its_own() -> None:
    for columns in COLUMNS.values():
        names = [column.name for column in (*columns, *of_clocks(["response", "resolution"]))]
        assert len(names) == len(set(names))
