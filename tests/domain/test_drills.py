"""Drills: what is written is read as it was, and what is none is refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.drills import DIMENSIONS, PARTS, Drill, read
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_terms import Field, Filter, Is
from deskterm.core.domain.filters import parse_filter, print_filter, renamed

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=9)
VALUES = st.one_of(
    st.just(""), TEXTS.filter(lambda text: bool(text.strip())), st.sampled_from(['a/b "c"', "x..y", "1"])
)
PERIODS = st.sampled_from(["2026-09", "2026-Q3", "2026-W36", "2026-09-01..2026-09-30", "month", "last-week", "all"])
DRILLS = st.builds(
    Drill,
    st.sampled_from(["sla", "sla-response", "backlog-age-3", "waiting-vendor"]),
    PERIODS,
    st.sampled_from(["", *PARTS]),
    *[VALUES] * len(DIMENSIONS),
)


@given(st.lists(DRILLS, min_size=1, max_size=3))
def test_a_drill_is_read_as_it_was_written_also_in_a_filter(drills: list[Drill]) -> None:
    for drill in drills:
        assert read(drill.written) == drill
    wanted = Filter((Field("kpi", tuple(Is(drill.written) for drill in drills)),))
    assert parse_filter(print_filter(wanted)) == wanted
    assert parse_filter(drills[0].filter).terms[0] == Field("kpi", (Is(drills[0].written),))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("SLA.Missed@2026-q3/DEPT:it", "sla.missed@2026-Q3/dept:it"),
        ("sla@2026-09-01..2026-09-30/prio:2/dept:it", "sla@2026-09-01..2026-09-30/dept:it/prio:2"),
        ('"sla@month/person:bisi"', "sla@month/person:bisi"),
        ('csat@year/category:"IT design"', 'csat@year/category:"IT design"'),
        ('csat@year/category:"IT/design"', 'csat@year/category:"IT/design"'),
        ('csat@year/category:"design"', "csat@year/category:design"),
    ],
)
def test_it_has_one_spelling(written: str, said: str) -> None:
    assert read(written).written == said
    assert print_filter(parse_filter(f"-kpi:{written},{written}")) == f"-kpi:{said},{said}"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "expected a figure and its period"),
        ("sla", "expected a figure and its period"),
        ("@2026", "is no name of a figure"),
        ("sl a@2026", "'sl a' is no name of a figure"),
        ("sla@", "there is no period ''"),
        ("sla@2026-13", "there is no day or month 2026-13"),
        ("sla@2026/to:ife", "'to:ife' narrows no figure: expected one of dept:, person:, prio:, category:, tier:"),
        ("sla@2026/", "'' narrows no figure"),
        ("sla@2026/dept:", "expected one value of dept:"),
        ("sla@2026/dept:it/dept:hr", "expected one value of dept:"),
    ],
)
def test_what_is_no_drill_is_refused_in_a_sentence(written: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(written)


def test_somebody_who_is_called_otherwise_is_so_in_drills_too() -> None:
    wanted = parse_filter("kpi:sla@2026-09/person:Bisi,csat@2026/person:ife/dept:bisi -kpi:sla@2026/dept:bisi")
    assert print_filter(renamed(wanted, {"bisi"}, "person 7")) == (
        'kpi:sla@2026-09/person:"person 7",csat@2026/dept:bisi/person:ife -kpi:sla@2026/dept:bisi'
    )
