"""Boards on the small desk: figures reckoned by hand, who sees which, where each comes from, and its tickets."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.kpi_views import Asked, Board, Figure
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
At = Callable[[str], datetime]
HOUR: Final = 3_600
SEPTEMBER: Final = Asked("2026-09")
BOARDS: Final = ("overview", "service", "people", "flow", "waiting", "purchases", "capacity", "sheet")


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
