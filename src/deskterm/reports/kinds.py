"""The kinds of reports and of files, as the command line calls them."""

from enum import StrEnum
from typing import Final


class Report(StrEnum):
    """A kind of report."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SHEET = "sheet"


class Format(StrEnum):
    """What a report is written as."""

    MARKDOWN = "md"
    HTML = "html"
    TEXT = "txt"


SUFFIXES: Final = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".txt": Format.TEXT,
}
PERIODS: Final = {
    Report.WEEKLY: "last-week",
    Report.MONTHLY: "last-month",
    Report.QUARTERLY: "last-quarter",
    Report.SHEET: "last-quarter",
}
"""The last one that is complete, where none is asked for."""
BOARDS: Final = {
    Report.WEEKLY: ("overview", "service", "waiting"),
    Report.MONTHLY: ("overview", "service", "people", "waiting", "purchases", "capacity"),
    Report.QUARTERLY: ("overview", "service", "people", "waiting", "purchases", "capacity"),
    Report.SHEET: ("sheet",),
}
"""The boards that a report shows, in that order; what was told once isn't told again."""
