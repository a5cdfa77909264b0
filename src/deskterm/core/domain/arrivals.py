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
    if not at.size:
        return np.zeros((_WEEK, _HOURS), np.int64)
    first, last = int(at.min()) // _DAY, int(at.max()) // _DAY
    offsets = np.array([_offset(day * _DAY, zone) for day in range(first, last + 2)], np.int64)
    which = at // _DAY - first
    offset = offsets[which]
    for place in np.flatnonzero((offsets[1:] != offsets[:-1])[which]):  # the few of a day on which the clocks change
        offset[place] = _offset(int(at[place]) // 900 * 900, zone)
    local = at + offset
    hour = (local // _DAY + _THURSDAY) % _WEEK * _HOURS + local % _DAY // 3_600
    found: Ints = np.bincount(hour, minlength=_WEEK * _HOURS).reshape(_WEEK, _HOURS)
    return found


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
