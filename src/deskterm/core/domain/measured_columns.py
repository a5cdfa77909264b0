"""Measures as columns: made of measures, taken apart by months, compared."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

import numpy as np

from deskterm.core.domain.columns import FOREVER, Bools, Columns, Ints
from deskterm.core.domain.measures import Measure, Measured

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400
_LIMIT: Final = 1 << 63


def columns_of(measures: Iterable[Measure]) -> dict[Measured, Columns]:
    """Gives measures as columns, by kind.

    One with a number of more than 63 bits isn't among them: the program writes none, but a forged fact can say any.
    """
    rows: dict[Measured, list[tuple[int, ...]]] = {}
    for one in measures:
        gone = FOREVER if one.gone_at is None else seconds(one.gone_at)
        rows.setdefault(one.kind, []).append((
            one.ticket_id, seconds(one.at), gone, one.person_id or 0, one.department_id, one.category_id,
            one.priority, one.tier, one.value, one.code,
        ))  # fmt: skip
    return {kind: Columns(*_matrix(found).T.copy()) for kind, found in rows.items()}


def _matrix(rows: list[tuple[int, ...]]) -> Ints:
    try:
        return np.array(rows, np.int64)
    except OverflowError:
        kept = [row for row in rows if all(-_LIMIT <= number < _LIMIT for number in row)]
        return np.array(kept, np.int64).reshape(-1, len(Columns._fields))


def seconds(instant: datetime) -> int:
    """Gives an instant as whole seconds since 1970, rounded down."""
    since = instant - _EPOCH
    return since.days * _DAY + since.seconds


def months(at: Ints) -> Ints:
    """Gives the months in UTC that instants are in, each as 202609."""
    since = at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    years, rest = np.divmod(since, 12)
    found: Ints = (years + 1970) * 100 + rest + 1
    return found


def by_month(columns: Columns) -> Mapping[int, Columns]:
    """Gives measures by the month that they came to be known in."""
    found = months(columns.at)
    return {int(month): columns.where(found == month) for month in np.unique(found)}


def ordered(columns: Columns) -> Columns:
    """Gives measures in the order in which they came to be known."""
    at = columns.at
    return columns if bool((at[1:] >= at[:-1]).all()) else columns.where(np.argsort(at, kind="stable"))


def of_tickets(columns: Columns, tickets: Ints) -> Bools:
    """Gives which measures are of some tickets, whose ids are in order."""
    found: Bools = np.isin(columns.ticket, tickets)
    return found


def are_same(one: Columns, other: Columns) -> bool:
    """Gives whether two have the same measures, in whatever order."""
    if one.at.size != other.at.size:
        return False
    left, right = (np.stack(part)[:, np.lexsort(part)] for part in (one, other))
    return bool(np.array_equal(left, right))
