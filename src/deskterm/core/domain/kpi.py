"""The KPIs, each defined once: name, unit, formula, what is left out, and the requirement that it answers."""

from enum import StrEnum


class Unit(StrEnum):
    """What a figure is measured in."""

    SECONDS = "seconds"  # open time, said in hours and business days
    WALL = "wall"  # seconds on the wall
    SHARE = "share"  # 0..1, said in per cent
    STARS = "stars"  # on the profile's scale
    COUNT = "count"
    POINTS = "points"
    RATE = "rate"  # tickets an open business day
    DAYS = "days"  # business days
