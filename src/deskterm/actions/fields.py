"""What commands ask for, where several ask the same or the choices are many."""

from typing import Final

from deskterm.actions.command import Field, Kind
from deskterm.core.domain.words import CommentKind, WaitReason

TEXT: Final = Field("text", "Text", Kind.AREA)
WHY: Final = Field("text", "Why", Kind.LINE)
REASONS: Final = (
    (WaitReason.REQUESTER.value, "the requester's answer"),
    (WaitReason.VENDOR.value, "a vendor"),
    (WaitReason.DELIVERY.value, "a delivery"),
    (WaitReason.MAINTENANCE.value, "a maintenance window"),
    (WaitReason.OTHER.value, "something else: say what"),
)
LOG: Final = (
    (CommentKind.NOTE.value, "a note"),
    (CommentKind.STEP.value, "a step taken"),
    (CommentKind.TEST.value, "a test run"),
    (CommentKind.RESULT.value, "a result"),
)
THEMES: Final = (
    ("dark", "light on dark"),
    ("light", "dark on light"),
    ("contrast", "as strong as it can be"),
    ("ansi", "the terminal's own colours"),
)
LINES: Final = Field("lines", "What is to be bought, a line each: 2 x Toner @ 45.00", Kind.AREA)
VENDOR: Final = Field("vendor", "Vendor", Kind.LINE, optional=True)
COST_CENTRE: Final = Field("cost_centre", "Cost centre", Kind.LINE, optional=True)
PERIODS: Final = (
    ("today", "today"),
    ("week", "this week"),
    ("month", "this month"),
    ("quarter", "this quarter"),
    ("year", "this year"),
    ("yesterday", "yesterday"),
    ("last-week", "the week before"),
    ("last-month", "the month before"),
    ("last-quarter", "the quarter before"),
    ("last-year", "the year before"),
    ("all", "all time"),
)
BOARDS: Final = (
    ("1", "overview", "What leads and executives ask for first, and whether the goals are reached."),
    ("2", "service", "How fast and how well: response, resolution, compliance, satisfaction."),
    ("3", "people", "Who has and did what: quality before count, with what the work weighed."),
    ("4", "flow", "What came in and went out, what is open and how old it is, when it arrives."),
    ("5", "waiting", "Where tickets wait, and for how long."),
    ("6", "purchases", "Purchases and their approvals: through the whole chain, hours lost by stage."),
    ("7", "capacity", "What is open and what can be done about it, person by person."),
    ("8", "sheet", "One person's sheet: your own, unless you lead."),
)
