"""Boards on the small desk: figures reckoned by hand, who sees which, where each comes from, and its tickets."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Final

import numpy as np
import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain import drills
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.measured_columns import are_same
from deskterm.core.domain.measures import Measured
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Via, WaitReason
from deskterm.core.kpi_views import Asked, Board, By, Compare, Figure
from deskterm.core.services import as_of, setup
from deskterm.core.services.catching_up import catch_up
from deskterm.core.services.context import Context
from deskterm.core.services.gathering import Gathering
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.core.views import View

As = Callable[[str], Desk]
At = Callable[[str], datetime]
HOUR: Final = 3_600
SEPTEMBER: Final = Asked("2026-09")
BOARDS: Final = ("overview", "service", "people", "flow", "waiting", "purchases", "capacity", "sheet")


class Enough(Exception):
    """Who waits for a board waits no longer."""


@pytest.fixture
def lived(as_: As, at: At, once: Callable[[Callable[[], None]], None]) -> None:
    """Two days of September (Monday and Tuesday, 08:00 to 17:00 in Lagos), and what October made of them."""

    def live() -> None:
        at("2026-09-28 09:00")
        for title in ("Mouse", "Screen", "Mail"):
            as_("remi").submit(Submission(title=title, category="it_design", priority="urgent"))
        as_("sola").submit(Submission(title="Van", category="operations_logistics"))
        at("2026-09-28 10:00")
        as_("ife").act(1, Action.CLAIM)  # response 1 h
        as_("ini").act(2, Action.CLAIM)  # 1 h
        at("2026-09-28 12:00")
        as_("ife").act(1, Action.RESOLVE, cause="worn", fix="replaced")  # turnaround 2 h, resolution 3 h of 4: met
        as_("ini").act(2, Action.WAIT, reason=WaitReason.VENDOR)
        at("2026-09-28 13:00")
        as_("remi").act(1, Action.CONFIRM)  # first contact
        as_("remi").act(1, Action.RATE, stars=4)
        as_("ola").act(4, Action.CLAIM)
        at("2026-09-29 09:00")
        as_("ini").act(2, Action.RESUME)  # waited 5 h and 1 h
        at("2026-09-29 12:00")
        as_("ini").act(2, Action.RESOLVE, cause="worn", fix="replaced")  # resolution 3 h and 3 h: missed
        as_("ola").act(4, Action.RESOLVE, cause="flat", fix="pumped")
        at("2026-09-29 13:00")
        as_("sola").act(4, Action.CONFIRM)
        as_("sola").act(4, Action.RATE, stars=2)
        wanted = Wanted(lines=("1 x Toner @ 45",), justification="empty")
        as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=wanted))

    once(live)
    at("2026-10-05 09:00")


def figure(board: Board, name: str) -> Figure:
    return next(one for one in board.figures if one.name == name)


def said(board: Board, *names: str) -> list[tuple[int, float | None]]:
    return [(one.n, one.value) for name in names for one in [figure(board, name)]]


def every(board: Board) -> list[Figure]:
    return [*board.figures, *(one for table in board.tables for line in table.lines for one in line.figures)]


@pytest.mark.usefixtures("lived")
def test_a_month_of_the_desk(as_: As) -> None:
    board = as_("ezra").board("overview", SEPTEMBER)
    assert (board.title, board.scope, board.period.words, board.compared.words) == (
        "Overview", "the whole desk", "September 2026", "August 2026",
    )  # fmt: skip
    assert said(board, "submitted", "resolved", "response", "resolution", "turnaround") == [
        (5, 5), (3, 3), (3, 2 * HOUR), (3, 7 * HOUR), (3, 5 * HOUR),
    ]  # fmt: skip
    assert figure(board, "resolution")[5:7] == (6 * HOUR, 12 * HOUR)
    assert said(board, "csat", "first-contact", "reopen-rate") == [(2, 3.0), (2, 1.0), (3, 0.0)]
    assert said(board, "waiting") == [(1, 6 * HOUR)]
    assert said(board, "backlog", "backlog-age") == [(2, 2), (2, 49 * HOUR)]
    assert [(line.key, line.figures[5].value, line.figures[6].value) for line in board.tables[0].lines] == [
        ("it", 4, 2), ("operations", 1, 1),
    ]  # fmt: skip


@pytest.mark.usefixtures("lived")
def test_goals_are_the_profiles_and_what_falls_short_of_them_is_told(as_: As) -> None:
    board = as_("hana").board("overview", SEPTEMBER)
    told = {one.name: (one.value, one.goal, one.is_met) for one in board.figures if one.goal is not None}
    assert told == {
        "sla": (0.5, 0.9, False), "csat": (3.0, 4.0, False), "through-chain": (None, 1.0, None),
    }  # fmt: skip
    assert figure(board, "quality").value == pytest.approx((1 / 2 + 3 / 5 + 1 + 1) / 4)


@pytest.mark.usefixtures("lived")
def test_goals_are_those_in_force_at_the_periods_end(as_: As, at: At) -> None:
    text, _ = as_("ada").profile_text()
    newer = text.replace("version = 1", "version = 2", 1).replace("sla_compliance = 0.90", "sla_compliance = 0.5")
    as_("ada").apply_profile(newer, "newer.toml", at("2026-11-01 00:00"))
    goals = [figure(as_("ezra").board("overview", Asked(month)), "sla").goal for month in ("2026-10", "2026-11")]
    assert goals == [0.9, 0.5]


def test_a_priority_that_a_newer_profile_has_no_longer_leads_to_its_tickets_still(as_: As, at: At) -> None:
    as_("remi").submit(Submission(title="Chair", category="it_design", priority="low"))
    text = as_("ada").profile_text()[0].partition("[[tests]]")[0].replace("version = 1", "version = 2", 1)
    low = '\n[[priorities]]\nrank = 4\nkey = "low"\nlabel = "Low"\nmeaning = "Long-term improvements"\n'
    assert low in text
    newer = text.replace(low, "").replace('low = "7bd"\n', "")
    as_("ada").apply_profile(newer, "newer.toml", at("2026-09-29 09:00"))
    [line] = as_("lara").board("flow", SEPTEMBER._replace(by=By.PRIORITY)).tables[0].lines
    assert (line.key, line.label) == ("4", "priority 4")
    assert as_("lara").board("flow", SEPTEMBER._replace(priority="4")).scope.endswith(", priority 4")
    assert as_("lara").board("flow", SEPTEMBER._replace(priority="high")).scope.endswith(", priority High")
    assert [row.id for row in as_("lara").page(View.ALL, parse_filter(line.figures[0].drill)).rows] == [1]


@pytest.mark.usefixtures("lived")
def test_a_persons_figures_stand_in_a_line_and_nobodys_in_the_last(as_: As) -> None:
    people = as_("ezra").board("people", SEPTEMBER).tables[0]
    assert [(line.key, line.label) for line in people.lines] == [
        ("ife", "Ife of IT"), ("ini", "Ini of IT"), ("ola", "Ola of Operations"), ("nobody", "nobody"),
    ]  # fmt: skip
    assert [line.figures[people.labels.index("HANDLED")].value for line in people.lines] == [1, 1, 1, None]
    assert [line.figures[people.labels.index("SLA")].value for line in people.lines] == [1, 0, 1, 0]
    capacity = as_("ezra").board("capacity", SEPTEMBER._replace(by=By.PERSON)).tables[0]
    assert [line.key for line in capacity.lines][-1] == "nobody"


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("by", list(By))
def test_what_is_broken_down_adds_up_to_the_whole(as_: As, by: By) -> None:
    for name in ("flow", "service", "capacity"):
        board = as_("ezra").board(name, SEPTEMBER._replace(by=by))
        tiles = {one.name: one for one in board.figures}
        lines = board.tables[0].lines
        for place, one in enumerate(lines[0].figures):
            whole = tiles.get(one.name)
            standing = {"backlog", "pending", "workload", "weighted-workload", "capacity", "demand", "days-at-hand"}
            if whole is None or (by is By.MONTH and one.name in standing | {"backlog-age"}):
                continue  # what stands at the end of each month is no part of what stands at the end of the last
            if by is By.PERSON and one.name in {"submitted", "net", "demand"}:
                continue  # what comes in is nobody's yet
            cells = [line.figures[place] for line in lines]
            assert sum(cell.n for cell in cells) == whole.n, (name, one.name)
            if one.median is not None and whole.value is not None:
                assert sum(cell.n * (cell.value or 0) for cell in cells) == pytest.approx(whole.n * whole.value)


@pytest.mark.usefixtures("lived")
def test_waits_are_told_by_their_reason_and_work_by_the_month(as_: As) -> None:
    (reasons, tiers) = as_("ezra").board("waiting", SEPTEMBER).tables[2:4]
    assert [(line.label, line.figures[0].value) for line in reasons.lines] == [("Waiting: vendor", 6 * HOUR)]
    assert [(line.label, line.figures[0].n) for line in tiers.lines] == [("Time in tier 1", 3)]
    months = as_("ezra").board("flow", Asked("2026-08-15..2026-10-04", by=By.MONTH)).tables[0]
    assert [(line.label, line.figures[0].n) for line in months.lines] == [
        ("August 2026 from 15 Aug", 0), ("September 2026", 5), ("October 2026 until 4 Oct", 0),
    ]  # fmt: skip


@pytest.mark.usefixtures("lived")
def test_arrivals_are_in_the_desks_zone_and_the_backlog_is_drawn_as_it_stood(as_: As) -> None:
    charts = {chart.name: chart for chart in as_("ezra").board("flow", SEPTEMBER).charts}
    heat = {series.name: series.values for series in charts["arrivals"].series}
    assert (heat["Mon"][9], heat["Tue"][13], sum(one or 0 for values in heat.values() for one in values)) == (4, 1, 5)
    assert [value for value in charts["backlog"].series[0].values if value] == [3, 2, 2]
    assert charts["volume"].labels[27] == "28 Sep 2026"
    assert charts["volume"].drills[27] == "kpi:submitted@2026-09-28"
    assert [series.values[1:3] for series in charts["ages"].series] == [(2.0, None)]


@pytest.mark.usefixtures("lived")
def test_all_time_begins_with_the_desk(as_: As) -> None:
    board = as_("ezra").board("flow", Asked("all"))
    assert board.charts[0].labels[0] == "28 Sep 2026"
    assert (figure(board, "submitted").n, figure(board, "submitted").before, len(board.charts[0].labels)) == (
        5,
        None,
        8,
    )


@pytest.mark.usefixtures("lived")
def test_every_figure_leads_to_the_tickets_it_counts(as_: As, backend: str) -> None:
    desk = as_("ezra")
    met: dict[str, tuple[int, float | None]] = {}
    boards = BOARDS if backend == "sqlite" else ("overview", "waiting")  # each costs several reads
    for name in boards:
        asked = SEPTEMBER._replace(person="ini" if name == "sheet" else "")
        for one in every(desk.board(name, asked)):
            assert bool(one.drill) is bool(one.n), one
            if not one.n or one.drill in met:
                continue
            met[one.drill] = one.n, one.value
            ids = desk.kpi_tickets(drills.read(one.drill.removeprefix("kpi:")))
            several = one.name in {"quality", "net", "capacity", "demand", "sla-approval", "stage-hours"}
            assert len(ids) == one.n or (several and 0 < len(ids) <= one.n), one
            if one.drill_missed:
                short = desk.kpi_tickets(drills.read(one.drill_missed.removeprefix("kpi:")))
                assert set(short) <= set(ids) or one.name == "reopen-rate"
                if one.name.startswith("sla"):
                    assert one.value == pytest.approx(1 - len(short) / one.n)
    assert len(met) > (100 if boards == BOARDS else 40)
    assert [row.id for row in desk.page(View.ALL, parse_filter("kpi:sla.missed@2026-09")).rows] == [3, 2]


@pytest.mark.usefixtures("lived")
def test_a_figure_says_what_it_counts_and_what_it_leaves_out(as_: As, at: At) -> None:
    as_("sola").submit(Submission(title="Nothing", category="it_design"))
    as_("sola").act(6, Action.CANCEL, text="found it")
    found = as_("ezra").explain_kpi("sla", Asked("2026-09", department="it"))
    assert [(one.ticket_id, one.title, one.verdict) for one in found.counted] == [
        (3, "Mail", "missed"), (2, "Screen", "missed"), (1, "Mouse", "met"),
    ]  # fmt: skip
    assert (found.figure.n, found.figure.value, found.tickets, found.more) == (3, 1 / 3, 3, 0)
    assert [(one.why, one.tickets) for one in found.left_out] == [("served by another department", (4,))]
    assert "000-R30" in found.answers
    csat = as_("ezra").explain_kpi("csat", SEPTEMBER._replace(compare=Compare.YEAR))
    assert [(one.ticket_id, one.value, one.verdict) for one in csat.counted] == [(4, 2, "missed"), (1, 4, "counted")]
    assert as_("ezra").explain_kpi(" CSAT", SEPTEMBER).counted == csat.counted  # as boards call it
    resolved = as_("ezra").explain_kpi("resolution", Asked("2026-10"))
    assert [(one.why, one.tickets) for one in resolved.left_out] == [("closed, and not resolved in the period", (6,))]
    age = as_("ezra").explain_kpi("backlog-age", SEPTEMBER)
    assert [(one.ticket_id, one.value) for one in age.counted] == [(3, 63 * HOUR), (5, 35 * HOUR)]


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("by", ["overlay", "blocks", "both"])
def test_what_is_read_of_some_is_what_all_say_of_them(
    store: Store, clock: list[datetime], later: Callable[[], None], by: str
) -> None:
    if by != "overlay":
        catch_up(store, lambda: clock[-1])
    if by == "both":
        later()
    context = Context(store, 1, lambda: clock[-1], Via.CLI)
    with store.read() as connection:
        look = Gathering(context, connection)
        whole = look.columns(tuple(Measured), None, None)
        met = 0
        asks: tuple[dict[str, set[int]], ...] = (
            {"department": {1}}, {"person": {4}}, {"person": {0}, "priority": {1, 2}}, {"tier": {9}},
        )  # fmt: skip
        for only in asks:
            wanted = {name: frozenset(numbers) for name, numbers in only.items()}
            some = look.columns(tuple(Measured), None, None, only=wanted)
            for kind in Measured:
                said = [np.isin(getattr(whole[kind], name), list(numbers)) for name, numbers in only.items()]
                expected = whole[kind].where(np.logical_and.reduce(said))
                assert are_same(some[kind], expected), (only, kind)
                met += some[kind].at.size
        assert met > 20


@pytest.mark.usefixtures("lived")
def test_a_lead_sees_their_department_and_its_people(as_: As) -> None:
    lara = as_("lara")
    assert [name for name, _ in lara.boards()] == list(BOARDS)
    board = lara.board("overview", SEPTEMBER)
    assert (board.scope, figure(board, "submitted").n) == ("IT & Communications", 4)
    assert [line.key for line in board.tables[0].lines] == ["ife", "ini", "nobody"]
    assert figure(lara.board("sheet", SEPTEMBER._replace(person="ini")), "handled").n == 1
    for refused in (Asked("2026-09", department="operations"), Asked("2026-09", person="ola")):
        with pytest.raises(NotAllowed, match=r"^the figures of Ola|^the figures of Operations"):
            lara.board("overview", refused)
        with pytest.raises(NotAllowed):
            lara.explain_kpi("handled", refused)
    assert lara.kpi_tickets(drills.read("resolved@2026-09")) == [1, 2]
    assert lara.kpi_tickets(drills.read("resolved@2026-09/person:ola")) == []
    assert lara.explain_kpi("resolved", SEPTEMBER).left_out == ()


@pytest.mark.usefixtures("lived")
def test_an_agent_sees_their_own_and_nobody_elses(as_: As) -> None:
    ini = as_("ini")
    assert [name for name, _ in ini.boards()] == ["service", "sheet"]
    board = ini.board("sheet", SEPTEMBER)
    assert board.scope == "Ini of IT"
    assert said(board, "handled", "sla", "resolution") == [(1, 1), (1, 0), (1, 6 * HOUR)]
    assert {one.n for one in every(board)} <= {0, 1, 2}
    assert ini.kpi_tickets(drills.read("handled@2026-09")) == [2]
    assert ini.explain_kpi("sla", SEPTEMBER).left_out == ()
    with pytest.raises(NotAllowed, match=r"yours are service and sheet"):
        ini.board("people", SEPTEMBER)
    for name in ("ife", "nobody"):
        with pytest.raises(NotAllowed, match=r"the figures of others"):
            ini.board("sheet", SEPTEMBER._replace(person=name))


@pytest.mark.usefixtures("lived")
def test_a_requester_sees_no_figures(as_: As) -> None:
    asks: tuple[Callable[[Desk], object], ...] = (
        lambda desk: desk.boards(),
        lambda desk: desk.board("overview", SEPTEMBER),
        lambda desk: desk.explain_kpi("sla", SEPTEMBER),
        lambda desk: desk.kpi_tickets(drills.read("sla@2026-09")),
    )
    for ask in asks:
        with pytest.raises(NotAllowed, match=r"^figures are for the desk's staff"):
            ask(as_("remi"))


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("overvew", SEPTEMBER, "there is no board 'overvew': did you mean overview?"),
        ("overview", Asked("2026-13"), "there is no day or month 2026-13"),
        ("overview", Asked("month", department="itt"), "there is no department 'itt': did you mean it?"),
        ("overview", Asked("month", person="nobdy"), "there is nobody called 'nobdy' here"),
        ("overview", Asked("month", person=f"#{2**63}"), "there is nobody called '#9223372036854775808' here"),
        ("overview", Asked("month", priority="6"), "there is no priority '6': expected one of urgent, high"),
    ],
)
def test_what_there_is_not_is_told_in_a_sentence(as_: As, name: str, asked: Asked, said: str) -> None:
    with pytest.raises(InvalidInput) as told:
        as_("ezra").board(name, asked)
    assert str(told.value).startswith(said)


@pytest.mark.usefixtures("lived")
def test_what_is_still_to_come_says_nothing(as_: As) -> None:
    assert as_("ezra").board("flow", SEPTEMBER).why_blank == ""
    board = as_("ezra").board("flow", Asked("2027-01"))
    assert {(one.n, one.value) for one in every(board)} == {(0, None)}


@pytest.mark.usefixtures("lived")
def test_who_hears_how_far_it_is_can_end_it(as_: As) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        raise Enough

    with pytest.raises(Enough):
        as_("ezra").board("overview", SEPTEMBER, progress=stop)
    assert len(told) == 1
    assert told[0][0] < told[0][1]


def test_a_desk_without_tickets_has_boards_that_say_nothing(as_: As) -> None:
    for name in BOARDS:
        board = as_("ezra").board(name, Asked("all"))
        assert {(one.n, one.value, one.drill) for one in every(board)} == {(0, None, "")}
        assert all(not table.lines for table in board.tables)
        assert board.why_blank.endswith("one of their people." if name == "sheet" else "counted in this period.")


@pytest.fixture
def later(as_: As, at: At) -> Callable[[], None]:
    """Works on for two months: what is undone, reopened, decided and rated late is tickets of September."""

    def work_on() -> None:
        at("2026-10-05 10:00")
        as_("lara").act(3, Action.CLAIM)
        as_("lara").act(3, Action.RESOLVE, cause="late", fix="found")
        as_("lara").undo(3)
        as_("remi").act(1, Action.REOPEN, text="it is broken again")
        as_("ife").act(1, Action.SET_PRIORITY, priority="low")
        at("2026-10-20 10:00")
        as_("ife").act(1, Action.RESOLVE, cause="worn again", fix="replaced again")
        as_("remi").act(2, Action.CONFIRM)
        as_("remi").act(2, Action.RATE, stars=1)
        as_("lara").act(5, Action.APPROVE)
        at("2026-11-28 10:00")

    return work_on


@pytest.mark.usefixtures("lived")
def test_a_months_figures_are_the_same_whatever_is_done_later(as_: As, later: Callable[[], None]) -> None:
    asked = Asked("2026-09", by=By.PERSON)
    before = [as_("ezra").board(name, asked) for name in BOARDS]
    explained = as_("ezra").explain_kpi("quality", asked)
    later()
    after = [as_("ezra").board(name, asked) for name in BOARDS]
    assert [one._replace(made_at=one.compared.since) for one in after] == [
        one._replace(made_at=one.compared.since) for one in before
    ]  # fmt: skip
    assert as_("ezra").explain_kpi("quality", asked) == explained
    october = as_("ezra").board("overview", Asked("2026-10"))
    assert said(october, "reopen-rate", "resolved", "csat") == [(1, 1.0), (1, 1), (1, 1.0)]
    taken_back = as_("ezra").explain_kpi("resolved", Asked("2026-10")).left_out
    assert [(one.why, one.tickets) for one in taken_back] == [
        ("taken back before the period ended", (3,)), ("closed, and not resolved in the period", (2,)),
    ]  # fmt: skip


@pytest.mark.usefixtures("lived")
def test_the_desk_as_it_stood_has_the_figures_of_then(
    as_: As, store: Store, clock: list[datetime], later: Callable[[], None]
) -> None:
    then = clock[-1]
    asks = [(name, Asked(period)) for name in ("overview", "waiting", "capacity") for period in ("month", "all")]
    before = [as_("ezra").board(name, asked) for name, asked in asks]
    explained = as_("ezra").explain_kpi("backlog-age", Asked("month"))
    later()
    assert as_("ezra").board(*asks[0]) != before[0]
    actor, _ = setup.identify(store, "ezra")
    text = then.isoformat().replace("+00:00", "Z")
    now = Context(store, actor.id, lambda: clock[-1], Via.CLI)
    with closing(as_of.opened(now, text, lambda *_: None)) as past:
        desk = Desk(past, actor, lambda: then, Via.CLI)
        after = [desk.board(name, asked) for name, asked in asks]
        assert {one.as_of for one in after} == {then}
        assert [one._replace(as_of=None) for one in after] == before
        assert desk.explain_kpi("backlog-age", Asked("month")) == explained
