"""What stands out at a desk of nine weeks, counted by hand, and whose it is to see; what is usual among colleagues."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.insights import Insight, Says
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.kpi_views import LEAST_PEERS, Asked
from deskterm.core.services.intake import Submission
from deskterm.core.views import View

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
"""What is read is read on both databases by `tests/cli/test_reports.py`; here it is judged."""
As = Callable[[str], Desk]
At = Callable[[str], datetime]
LAST_WEEK: Final = Asked("last-week", department="it")
CREW: Final = ("ife", "ini", "lara")


@pytest.fixture
def worked(as_: As, at: At, clock: list[datetime], once: Callable[[Callable[[], None]], None]) -> None:
    """Eight weeks of three tickets each, of which four weeks' wait for the vendor, and a ninth week of twelve."""

    def live() -> None:
        monday = at("2026-07-13 09:00")
        for week in range(8):
            for number, login in enumerate(CREW):
                begun = monday + timedelta(weeks=week, days=number)
                clock.append(begun)
                ticket = as_("remi").submit(Submission(title="Mouse", category="it_design", priority="low")).id
                if week < 4:
                    as_(login).act(ticket, Action.CLAIM)
                    as_(login).act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
                    clock.append(begun + timedelta(hours=2))
                    as_(login).act(ticket, Action.RESUME)
                clock.append(begun + timedelta(hours=3))
                as_(login).act(ticket, Action.RESOLVE, cause="worn", fix="replaced")
        at("2026-09-11 16:00")
        for _ in range(12):
            as_("remi").submit(Submission(title="Screen", category="it_design", priority="high"))

    once(live)
    at("2026-09-14 08:00")


def of(found: tuple[Insight, ...], says: Says) -> Insight:
    return next(one for one in found if one.says is says)


@pytest.mark.usefixtures("worked")
def test_what_stands_out_says_so_with_its_numbers_and_leads_to_its_tickets(as_: As) -> None:
    desk = as_("lara")
    found = desk.insights(LAST_WEEK)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)

    more = of(found, Says.REPEATED)
    assert more.words == "More Design than usual: 12 came in, usually 3."
    assert [one.value for one in more.evidence[:2]] == ["12", "3 to 3, median 3"]
    assert len(desk.page(View.ALL, parse_filter(more.drill)).rows) == 12

    [late] = [one for one in found if one.says is Says.FORECAST]
    # they have until Wednesday 13:00, 23 of the 45 hours of a week, in which 1.3 of 2.6 are resolved: one is in time
    assert late.words.startswith("IT & Communications: 11 of 12 tickets open now and due within a week will run out")
    assert late.evidence[0].value == "2.62 (0 to 3)"
    assert len(desk.page(View.ALL, parse_filter(late.drill)).rows) == 12


@pytest.mark.usefixtures("worked")
def test_what_is_foreseen_of_a_part_leads_to_that_part(as_: As) -> None:
    as_("remi").submit(Submission(title="Mast", category="it_infrastructure", priority="high"))
    late = of(as_("lara").insights(LAST_WEEK._replace(category="it_design")), Says.FORECAST)
    assert late.drill == "dept:it category:it_design due:<=2026-09-18"
    assert late.n == len(as_("lara").page(View.ALL, parse_filter(late.drill)).rows) == 12


@pytest.mark.usefixtures("worked")
def test_where_time_is_lost_is_told_of_the_quarter(as_: As) -> None:
    lost = of(as_("lara").insights(Asked("2026-Q3", department="it")), Says.BOTTLENECK)
    # twelve tickets, two hours of waiting and one of work each
    assert lost.words == "Waiting: vendor takes 66.7 % of all open time: 24h of 36h."
    assert lost.n == 12


@pytest.mark.usefixtures("worked")
def test_time_in_approval_is_counted_once(as_: As, at: At) -> None:
    wanted = Wanted(lines=("1 x Toner @ 45",), justification="empty")
    ticket = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=wanted)).id
    at("2026-09-14 12:00")
    as_("lara").act(ticket, Action.REFUSE, text="no more")
    lost = of(as_("lara").insights(Asked("2026-Q3", department="it")), Says.BOTTLENECK)
    assert lost.words == "Waiting: vendor takes 60 % of all open time: 24h of 40h."


@pytest.mark.usefixtures("worked")
def test_what_was_before_anything_began_is_not_what_is_usual(as_: As, at: At) -> None:
    at("2026-10-01 08:00")
    # 36 in the quarter, none in the seven before it, when there was no desk
    assert {one.says for one in as_("lara").insights(Asked("last-quarter", department="it"))} <= {Says.BOTTLENECK}


@pytest.mark.usefixtures("worked")
def test_of_a_period_that_runs_only_days_that_are_over_are_judged(as_: As) -> None:
    # on Monday morning nothing of this week is over: it has come to nothing, and that is no fall
    found = as_("lara").insights(Asked("week", department="it"))
    assert {one.says for one in found} == {Says.FORECAST}


@pytest.mark.usefixtures("worked")
def test_nothing_stands_out_where_nothing_does(as_: As) -> None:
    assert as_("olu").insights(Asked("last-week", department="operations")) == ()


@pytest.mark.usefixtures("worked")
def test_what_stands_out_is_for_whom_the_figures_are(as_: As) -> None:
    seen = of(as_("ezra").insights(Asked("last-week")), Says.REPEATED)
    assert seen.words == "More Design of IT & Communications than usual: 12 came in, usually 3."
    assert as_("ife").insights(Asked("2026-Q3")) == as_("lara").insights(Asked("2026-Q3", person="ife"))
    for login, asked in (("olu", LAST_WEEK), ("ife", Asked("last-week", person="ini")), ("remi", LAST_WEEK)):
        with pytest.raises(NotAllowed):
            as_(login).insights(asked)
    with pytest.raises(InvalidInput):
        as_("lara").insights(Asked("fortnight"))


@pytest.mark.usefixtures("worked")
def test_colleagues_are_a_median_of_three_at_least(as_: As) -> None:
    asked = Asked("2026-Q3", person="me")
    found = as_("ife").peers(("resolved", "turnaround", "csat"), asked)
    assert {name: (one.median, one.people) for name, one in found.items()} == {
        "resolved": (8.0, LEAST_PEERS),
        "turnaround": (7_200.0, LEAST_PEERS),  # four of one hour and four of three
    }
    assert as_("olu").peers(("resolved",), Asked("2026-Q3", person="ife")) == {}
    assert as_("ezra").peers(("resolved",), Asked("2026-Q3", person="ola")) == {}
