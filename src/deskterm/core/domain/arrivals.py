"""When things come in: how many instants fall into each hour of each weekday, where people are."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from deskterm.core.domain.columns import Ints

_DAY: Final = 86_400
_HOURS: Final = 24
_WEEK: Final = 7
_THURSDAY: Final = 3  # 1 January 1970, from Monday on


def arrivals(at: Ints, zone: ZoneInfo) -> Ints:
    """Gives how many instants fall into each hour of each weekday (rows from Monday, columns from midnight) of a zone.

    An instant's offset is that of its quarter of an hour.
    """
    days, which = np.unique(at // _DAY, return_inverse=True)
    offsets = [_offset(int(day) * _DAY, zone) for day in (*days, *(days + 1))]
    begins, ends = np.array(offsets[: days.size], np.int64), np.array(offsets[days.size :], np.int64)
    offset = begins[which]
    for place in np.flatnonzero((begins != ends)[which]):  # the few of a day on which the clocks change
        offset[place] = _offset(int(at[place]) // 900 * 900, zone)
    local = at + offset
    hour = (local // _DAY + _THURSDAY) % _WEEK * _HOURS + local % _DAY // 3_600
    found: Ints = np.bincount(hour, minlength=_WEEK * _HOURS).reshape(_WEEK, _HOURS)
    return found


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
