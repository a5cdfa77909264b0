"""Where a figure comes from (000-R36): the tickets that it counts, those it leaves out and why; and drills."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Final, NamedTuple

import numpy as np

from deskterm.core.domain import figures
from deskterm.core.domain.columns import Bools, Columns, Ints, distinct
from deskterm.core.domain.drills import Drill
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.kpi import Definition, Reduced, unmarked
from deskterm.core.domain.measured_cells import Placed
from deskterm.core.domain.measures import STANDING, Measured
from deskterm.core.kpi_views import Asked, Counted, Explanation, LeftOut
from deskterm.core.services import gathering, reading
from deskterm.core.services.board_names import Names
from deskterm.core.services.board_parts import MISSED, Parts
from deskterm.core.services.context import Context
from deskterm.core.services.kpi_ground import Ground, ground
from deskterm.core.services.reckoning import Progress, Reckoner
from deskterm.core.store.engine import Connection

LISTED: Final = 200
_SOME: Final = 50
_EXTRA: Final = frozenset({"ticket", "value", "code", "person"})
_TAKEN_BACK: Final = "taken back before the period ended"
_UNSEEN: Final = "not among the tickets you may see"


class _Rows(NamedTuple):
    """Measures that a figure is of; `bad` are those that speak against, None where nothing is judged."""

    one: Definition
    kind: Measured
    columns: Columns
    bad: Bools | None


def explain(context: Context, name: str, asked: Asked, progress: Progress = lambda _done, _of: None) -> Explanation:
    """Gives where a figure comes from; what `progress` raises ends the reckoning.

    Raises:
        InvalidInput: when there is no such figure or period, or something is named that the desk doesn't have.
        NotAllowed: when it is not the actor's to see.
    """
    gathering.ready(context, progress)
    with context.store.read() as connection:
        found = ground(context, connection, asked)
        one = _known(found, name)
        basics = _basics(found, one)
        reckoner = found.reckoner(
            [one],
            (*found.trend, found.compared, found.this),
            extra=_EXTRA,
            beside=frozenset(kind for basic in basics for kind, _ in basic.beside),
            progress=progress,
            is_whole=True,
        )
        parts = Parts(reckoner, found.trend, found.compared, Names(connection, found.policy.profile).of)
        rows = [row for basic in basics for row in _rows(reckoner, basic, found)]
        left_out = tuple(_left_out(reckoner, basics, found, rows))
        (figure,) = parts.tiles([one.name])
        found.refuse_strangers((figure,))
    counted = _listed(rows, found)
    titles = {row.id: row.title for row in reading.rows(context, {each.ticket_id for each in counted})}
    return Explanation(
        figure=figure,
        formula=unmarked(one.formula),
        excludes=unmarked(one.excludes),
        answers=one.answers,
        period=found.this.period,
        counted=tuple(each._replace(title=titles.get(each.ticket_id, _UNSEEN)) for each in counted),
        more=sum(row.columns.at.size for row in rows) - len(counted),
        tickets=_tickets(rows).size,
        left_out=left_out,
    )


def tickets(context: Context, drill: Drill) -> list[int]:
    """Gives the tickets behind a figure, by id, as far as the actor may see it; raises as `behind`."""
    gathering.ready(context)
    with context.store.read() as connection:
        return behind(context, connection, drill)


def behind(context: Context, connection: Connection, drill: Drill) -> list[int]:
    """Gives the tickets behind a figure, by id, as far as the actor may see it, as `connection` sees them.

    Raises:
        InvalidInput: when there is no such figure or period, or something is named that the desk doesn't have.
        NotAllowed: when it is not the actor's to see.
    """
    asked = Asked(drill.period, drill.dept, drill.person, drill.prio, drill.category)
    found = ground(context, connection, asked, tier=drill.tier)
    one = _known(found, drill.name)
    reckoner = found.reckoner([one], (found.this,), extra=_EXTRA)
    rows = [row for basic in _basics(found, one) for row in _rows(reckoner, basic, found)]
    numbers: list[int] = _tickets([_part(row, drill.part) for row in rows]).tolist()
    return numbers


def _known(ground: Ground, name: str) -> Definition:
    """Gives the KPI of that name, or of that label as boards show it."""
    wanted = name.strip().casefold()
    for key, one in ground.known.items():
        if wanted in {key, one.label.casefold()}:
            return one
    close = get_close_matches(wanted, ground.known, 1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(list(ground.known)[:12])}, ..."
    raise InvalidInput(f"there is no figure {name!r}: {hint}")


def _basics(ground: Ground, one: Definition) -> list[Definition]:
    """Gives the KPIs that count the tickets of one: itself, or its parts; of a pace only what is open is counted."""
    if not one.parts:
        return [one]
    parts = one.parts[:1] if one.reduced is Reduced.AT_HAND else one.parts
    return [basic for name in parts for basic in _basics(ground, ground.known[name])]


def _rows(reckoner: Reckoner, one: Definition, ground: Ground) -> Iterator[_Rows]:
    for part in reckoner.parts(one, (ground.this,)):
        yield _Rows(one, part.kind, part.placed.taken, figures.falls_short(one, part.kind, part.placed))


def _part(row: _Rows, part: str) -> _Rows:
    """Gives those that reached what was wanted, those that fell short, or all that the figure's n counts."""
    if row.bad is None:
        return row
    if part:
        return row._replace(columns=row.columns.where(row.bad if part == MISSED else ~row.bad))
    return row._replace(columns=row.columns.where(~row.bad)) if row.one.reduced is Reduced.RATIO else row


def _tickets(rows: Iterable[_Rows]) -> Ints:
    return distinct([row.columns.ticket for row in rows])


def _listed(rows: Iterable[_Rows], ground: Ground) -> list[Counted]:
    """Gives the first that are counted: what fell short before what didn't, each in the order of time."""
    found: list[tuple[bool, Counted]] = []
    for row in rows:
        bad = np.zeros(row.columns.at.size, np.bool_) if row.bad is None else row.bad
        at = row.columns.code if row.kind in STANDING else row.columns.at
        for place in np.lexsort((row.columns.ticket, at, ~bad))[:LISTED].tolist():
            fell = bool(bad[place])
            verdict = (
                MISSED if fell else "met" if row.bad is not None and row.one.reduced is Reduced.SHARE else "counted"
            )
            since = datetime.fromtimestamp(int(at[place]), UTC)
            value = _value(row, place, ground)
            found.append((not fell, Counted(int(row.columns.ticket[place]), "", since, value, verdict)))
    found.sort(key=lambda pair: (pair[0], pair[1].at, pair[1].ticket_id))
    return [one for _, one in found[:LISTED]]


def _value(row: _Rows, place: int, ground: Ground) -> int:
    if row.kind in STANDING:
        return ground.this.span.end - int(row.columns.code[place])
    if row.one.reduced is Reduced.SHARE and row.bad is not None:
        return int(not row.bad[place])
    return int(row.columns.value[place])


def _left_out(
    reckoner: Reckoner, basics: Iterable[Definition], ground: Ground, rows: Iterable[_Rows]
) -> Iterator[LeftOut]:
    counted = _tickets(rows)
    found: dict[str, list[Ints]] = {}
    for one in basics:
        for kind in one.measures:
            if kind not in STANDING:
                gone = figures.taken_back(reckoner.load(kind), ground.this.span)
                found.setdefault(_TAKEN_BACK, []).append(_fitting(one, gone, ground).ticket)
            for why, columns in ground.sight.narrowed_out(reckoner.whole(kind)):
                found.setdefault(why, []).append(_in_period(one, kind, columns, ground).ticket)
        for kind, why in one.beside:
            others = _in_period(None, kind, reckoner.load(kind), ground).ticket
            found.setdefault(why, []).append(others[np.isin(others, counted, invert=True)])
    for why, parts in found.items():
        numbers = distinct(parts)
        if numbers.size:
            yield LeftOut(why, int(numbers.size), tuple(numbers[:_SOME].tolist()))


def _in_period(one: Definition | None, kind: Measured, columns: Columns, ground: Ground) -> Columns:
    """Gives what a KPI would count, or anything of a kind where none is given."""
    spans = (ground.this.span,)
    placed = figures.standing(columns, spans) if kind in STANDING else figures.counted(columns, spans)
    return placed.taken if one is None else figures.fitting(one, placed, _ends(ground)).taken


def _fitting(one: Definition, columns: Columns, ground: Ground) -> Columns:
    size = columns.at.size
    whole = Placed(columns, np.arange(size, dtype=np.int64), np.array([0, size], np.int64))
    return figures.fitting(one, whole, _ends(ground)).taken


def _ends(ground: Ground) -> Ints:
    return np.array([ground.this.span.end], np.int64)
