"""The filter line: what it spells, and that a mistake is pointed at."""

import pytest

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filters import Filter, parse_filter, parse_id
from deskterm.core.domain.words import Status

WITHOUT_CLOSED = (
    Status.NEW,
    Status.ASSIGNED,
    Status.IN_PROGRESS,
    Status.WAITING,
    Status.PENDING_APPROVAL,
    Status.RESOLVED,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Filter()),
        ("   ", Filter()),
        ("printer", Filter(words=("printer",))),
        ("status:open", Filter(statuses=WITHOUT_CLOSED)),
        ("status:closed", Filter(statuses=(Status.CLOSED,))),
        ("prio:2", Filter(ranks=(2,))),
        ("prio:<=2", Filter(ranks=(1, 2))),
        ("prio:>=4", Filter(ranks=(4, 5))),
        ("dept:it from:remi @me", Filter(department="it", requester="remi", assignee="me")),
        ('"paper jam" HD-000042', Filter(words=("paper jam", "HD-000042"))),
        ("http://intranet 10:30", Filter(words=("http://intranet", "10:30"))),
        ("@", Filter(words=("@",))),
        (
            "status:waiting prio:<=2 dept:it @me printer",
            Filter(statuses=(Status.WAITING,), ranks=(1, 2), department="it", assignee="me", words=("printer",)),
        ),
    ],
)
def test_a_line_is_read_as_it_is_meant(text: str, expected: Filter) -> None:
    assert parse_filter(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("printer status:opn", "status:opn: expected one of open, new, assigned"),
        ("status:", "status:: expected one of"),
        ("prio:0", "prio:0: expected a rank such as 1, <=2 or >=3"),
        ("prio:6", "prio:6: expected a rank"),
        ("prio:<2", "prio:<2: expected a rank"),
        ("prio:urgent", "prio:urgent: expected a rank"),
        ("stat:open", "'stat:open': there is no stat:, did you mean status:?"),
        ("x priority:1", "'priority:1': there is no priority:, did you mean prio:?"),
    ],
)
def test_a_mistake_is_pointed_at(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_filter(text)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("text", ["42", "HD-000042", "hd-42", " 0042 "])
def test_an_id_is_read_as_shown_and_as_a_number(text: str) -> None:
    assert parse_id(text) == 42


@pytest.mark.parametrize("text", ["", "0", "HD-", "HD-0", "-1", "4 2", "HD42", "1" * 20, "٤٢"])
def test_what_is_no_id_is_refused_with_the_two_ways(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no ticket id: write HD-000042 or 42"):
        parse_id(text)
