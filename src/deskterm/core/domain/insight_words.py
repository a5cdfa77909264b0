"""Insights in plain words, each with the numbers that it rests on."""

from deskterm.core.domain.figure_words import said
from deskterm.core.domain.insights import (
    Bottleneck,
    Change,
    Evidence,
    Forecast,
    Insight,
    Says,
)
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import many


def of_change(found: Change, period: str) -> Insight:
    """Gives a change against the eight periods before; `period` is what the one asked for is called."""
    track, unit = found.track, found.track.unit
    now, middle = said(found.now, unit), said(found.usual.median, unit)
    risen = found.now > found.usual.median
    of = f" of {track.of}" if track.of else ""
    if track.is_category:
        words = f"{'More' if risen else 'Less'} {track.of} than usual: {now} came in, usually {middle}."
    elif unit in {Unit.SECONDS, Unit.WALL}:
        words = f"{track.label}{of} took {'longer' if risen else 'less'} than usual: {now}, usually {middle} (medians)."
    else:
        words = f"{track.label}{of} {'above' if risen else 'below'} its usual: {now}, usually {middle}."
    spread = f"{said(found.usual.least, unit)} to {said(found.usual.most, unit)}"
    evidence = (
        Evidence(period, now if unit is Unit.COUNT else f"{now}, n {track.now.n:,}"),
        Evidence(f"the {found.usual.periods} periods before", f"{spread}, median {middle}"),
        Evidence("by chance alone", odds(found.chance)),
    )
    says = Says.REPEATED if found.is_repeated else Says.CHANGE
    return Insight(says, words, evidence, track.now.n, found.weight, track.drill)


def of_forecast(found: Forecast) -> Insight:
    """Gives what of the queue that is open now, whatever period is looked at, runs out of time at the pace so far."""
    day = f", {found.in_a_day} of them within a business day" if found.in_a_day else ""
    words = (
        f"{found.queue.department}: {found.in_a_week} of {many(found.open, 'ticket')} open now and due within a week "
        f"will run out of time{day}, if work goes on as in the last {len(found.queue.weeks)} weeks."
    )
    evidence = (
        Evidence("resolved a week", f"{found.rate:.3g} ({min(found.queue.weeks)} to {max(found.queue.weeks)})"),
        Evidence("at the pace of the best and of the worst of these weeks", f"{found.least} to {found.most}"),
        Evidence("assumed", "the most urgent first; what comes in, and what is out of time already, left aside"),
    )
    return Insight(Says.FORECAST, words, evidence, found.open, found.weight, found.queue.drill)


def of_bottleneck(found: Bottleneck) -> Insight:
    """Gives where most open time is lost."""
    place = found.place
    took, whole = said(place.seconds, Unit.SECONDS), said(found.whole, Unit.SECONDS)
    share = said(found.share, Unit.SHARE)
    words = f"{place.label} takes {share} of all open time: {took} of {whole}."
    evidence = (
        Evidence("cases", f"{place.n:,}"),
        Evidence("each, on average", said(place.seconds / place.n, Unit.SECONDS)),
    )
    return Insight(Says.BOTTLENECK, words, evidence, place.n, found.weight, place.drill)


def odds(chance: float) -> str:
    """Gives a chance in words: `1 in 250`, and of smaller ones than 1 in 10,000 no number that nobody can check."""
    least = 1e-4
    return "less than 1 in 10,000" if chance < least else f"1 in {round(1 / chance):,}"
