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
