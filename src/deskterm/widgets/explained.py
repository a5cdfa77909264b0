"""A ticket's clocks explained, as text: targets and why, the ledger, and a bar of the days; for screen and command."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rich.text import Text

from deskterm.core.domain.facts import reference
from deskterm.core.domain.ledger import CLOSED, COUNTED, LATE, OUTSIDE, PAUSED
from deskterm.core.domain.text import clean, spoken
from deskterm.core.ticket_views import ClockAccount, DayLine, Explained, StretchLine
from deskterm.widgets.fit import fit

_GLYPHS: Final[Mapping[str, tuple[str, str]]] = {
    COUNTED: ("█", "green"),
    LATE: ("▓", "bold red"),
    PAUSED: ("‖", "yellow"),
    CLOSED: ("·", "dim"),
    OUTSIDE: (" ", ""),
}
_KEY: Final = "█ counted  ▓ late  ‖ paused  · closed"
_SCALE: Final = "".join(f"{hour:<6}" for hour in range(0, 24, 3))
_BESIDE: Final = 14
"""What a bar leaves of 80 columns, beside a border and a scroll bar."""
_MOST_DAYS: Final = 21
_FIRST_DAYS: Final = 7


def explained(found: Explained) -> Text:
    """Gives the explanation of every clock."""
    text = Text().append(f"{reference(found.id)}  {clean(found.title)}\n", style="bold")
    text.append(f"profile {clean(found.profile)}, as of {found.at.astimezone():%a %d %b %Y %H:%M:%S %Z}\n", style="dim")
    if not found.agrees:
        text.append("! The stored clocks differ from these facts: an admin runs `deskterm doctor`.\n", style="bold red")
    for account in found.clocks:
        text.append("\n").append_text(_account(account))
    return text


def _account(account: ClockAccount) -> Text:
    zone = ZoneInfo(account.zone)
    cycle = f" (cycle {account.cycle})" if account.cycle > 1 else ""
    words = f": {account.left.words}" if account.left.words else ""
    text = Text().append(f"{clean(account.label)}{cycle}{words}\n", style="bold red" if _is_late(account) else "bold")
    target = f"target {account.target} = {hms(account.target_us)}: " if account.target_us is not None else ""
    text.append(clean(f"  {target}{account.because}") + "\n")
    text.append(clean(f"  counted in {_calendar(account)}, times in {account.zone}") + "\n")
    if account.ledger:
        text.append(f"  {'from':<25}{'to':<25}{'counted':>11}{'sum':>12}\n", style="dim")
    before: StretchLine | None = None
    for stretch in account.ledger:
        if before is not None and before.until < stretch.since:
            text.append("      stopped until it was taken up again\n", style="dim")
        text.append_text(_stretch(stretch, account, zone))
        before = stretch
    for line in _ends(account, zone):
        text.append(f"  {line}\n", style="bold")
    text.append_text(_bar(account.days))
    return text


def _is_late(account: ClockAccount) -> bool:
    return account.left.breached and account.stopped_at is None


def _calendar(account: ClockAccount) -> str:
    if account.calendar == "always":
        return "time on the wall, open or not"
    return f"the open hours of {account.calendar} (a day is {spoken(account.left.day, account.left.day + 1)})"


def _stretch(stretch: StretchLine, account: ClockAccount, zone: ZoneInfo) -> Text:
    text = Text()
    if stretch.begins_anew:
        text.append("  begins anew\n", style="italic")
    times = f"  {_local(stretch.since, zone):<25}{_local(stretch.until, zone):<25}"
    paused = stretch.state == "paused"
    text.append(f"{times}{hms(stretch.counted_us):>11}{hms(stretch.sum_us):>12}\n", style="yellow" if paused else "")
    if paused:
        by = f", set by {stretch.by}" if stretch.by else ""
        text.append(clean(f"      ‖ paused for {stretch.reason}{by}") + "\n", style="yellow")
    if stretch.taken_back:
        went = "paused" if paused else "counted"
        text.append(f"      {went} all the same: that it was {stretch.taken_back} was taken back\n", style="dim")
    closed = ", ".join(f"{name} {hms(us)}" for name, us in stretch.closed.items())
    if closed:
        text.append(clean(f"      closed: {closed}") + "\n", style="dim")
    if (stretch.target, stretch.calendar) != (account.target, account.calendar):
        text.append(clean(f"      of {stretch.target or 'no target'}, in {stretch.calendar}") + "\n", style="dim")
    return text


def _ends(account: ClockAccount, zone: ZoneInfo) -> Iterator[str]:
    left = account.left
    if left.due_at is not None:
        yield f"due {_local(left.due_at, zone)}"
    elif left.seconds is not None and account.stopped_at is None:
        yield "paused: it has no due time, only time left"
    since = account.breached_at or (left.due_at if left.breached else None)
    if since is not None:
        yield f"late since {_local(since, zone)}"
    if account.stopped_at is not None:
        yield f"stopped {_local(account.stopped_at, zone)} because it was {account.stopped_by}"
    if left.seconds is not None:
        left_us = (account.target_us or 0) - account.used_us
        yield f"{hms(account.used_us)} used, {hms(abs(left_us))} {'too much' if left_us < 0 else 'left'}"
    else:
        yield f"{hms(account.used_us)} used"


def _bar(days: Sequence[DayLine]) -> Text:
    text = Text()
    if not days:
        return text
    text.append(f"  {_KEY}\n  {'':<12}{_SCALE}\n", style="dim")
    first, hidden = days, 0
    if len(days) > _MOST_DAYS:
        first, hidden = days[:_FIRST_DAYS], len(days) - _MOST_DAYS
    for day in first:
        text.append_text(_day(day))
    if hidden:
        text.append(f"  ... {hidden} days ...\n", style="dim italic")
        for day in days[_FIRST_DAYS + hidden :]:
            text.append_text(_day(day))
    return text


def _day(day: DayLine) -> Text:
    text = Text(f"  {date.fromisoformat(day.day):%a %d %b}  ")
    for cell in day.cells:
        text.append(*_GLYPHS[cell])
    said = hms(day.counted_us) if day.counted_us else fit(clean(day.closed), _BESIDE)
    return text.append(f" {said}".rstrip() + "\n")


def _local(instant: datetime, zone: ZoneInfo) -> str:
    """Gives an instant in the calendar's zone, to the second that has begun."""
    return f"{instant.astimezone(zone):%a %d %b %Y %H:%M:%S}"


def hms(us: int | None) -> str:
    """Gives a stretch of time to the second, `26:03:07`; what is under a second is left out."""
    whole = timedelta(microseconds=us or 0) // timedelta(seconds=1)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
