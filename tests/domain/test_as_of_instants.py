"""What may be written for an instant of the past, in the desk's own zone."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from deskterm.core.domain.as_of import check_known, instant_of, told
from deskterm.core.domain.errors import InvalidInput

LAGOS = ZoneInfo("Africa/Lagos")
NOW = datetime.fromisoformat("2026-09-30T12:00+01:00")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-09-29", "2026-09-29T22:59:59.999999+00:00"),  # the last of the day, as the desk has it
        ("2026-09-29T17:00", "2026-09-29T16:00:00+00:00"),
        (" 2026-09-29 17:00 ", "2026-09-29T16:00:00+00:00"),
        ("2026-09-29T17:00Z", "2026-09-29T17:00:00+00:00"),
        ("2026-09-29T17:00:30.5-02:00", "2026-09-29T19:00:30.500000+00:00"),
        ("2026-09-30T12:00", "2026-09-30T11:00:00+00:00"),
    ],
)
def test_an_instant_is_read_in_the_desks_zone(text: str, at: str) -> None:
    assert instant_of(text, LAGOS, NOW).isoformat() == at


def test_a_day_on_which_clocks_change_ends_at_midnight_all_the_same() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of("2026-03-29", berlin, NOW).isoformat() == "2026-03-29T21:59:59.999999+00:00"
    assert instant_of("2025-10-26", berlin, NOW).isoformat() == "2025-10-26T22:59:59.999999+00:00"


@pytest.mark.parametrize("text", ["soon", "2026", "2026-09", "2026-13-01", "2026-09-29T25:00", "9999-12-31", "1", "-"])
def test_what_is_no_time_or_never_comes_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^--as-of: "):
        instant_of(text, LAGOS, NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "2026-10-01",
            "--as-of: 2026-10-01 is still to come: leave it out for how the desk is now, or name an earlier",
        ),
        ("2026-09-30T12:01", "--as-of: 2026-09-30T12:01 is still to come"),
        ("2026-09-30", "--as-of: 2026-09-30 isn't over yet: leave it out"),
        ("2026-09", "--as-of: '2026-09' is no time: expected a day such as 2026-09-30, or an instant such as"),
    ],
)
def test_the_sentence_says_what_to_do(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{re.escape(said)}"):
        instant_of(text, LAGOS, NOW)


def test_it_is_told_in_the_desks_zone_too() -> None:
    assert told(instant_of("2026-09-29", LAGOS, NOW), LAGOS) == "as of 2026-09-29 23:59 WAT"


def test_what_is_before_the_first_fact_is_refused() -> None:
    check_known(NOW, NOW, LAGOS)
    with pytest.raises(InvalidInput, match="the desk's first fact is of 2026-09-30 12:00 WAT"):
        check_known(instant_of("2026-09-29", LAGOS, NOW), NOW, LAGOS)
    with pytest.raises(InvalidInput, match="the desk has no facts yet"):
        check_known(NOW, None, LAGOS)
