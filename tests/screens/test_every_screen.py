"""What holds on every screen: readable in every theme, nothing that moves or blinks, nothing sent while idle."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, LoadingIndicator, ProgressBar, TextArea

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.settings import load
from deskterm.themes import NAMES, PALETTES, after

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
WALK: Final = (
    ("3", "slash", "s", "t"),
    ("escape", "a"),
    ("escape", "space", "colon", "a", "s"),
    ("escape", "escape", "question_mark"),
    ("escape", "enter"),
    ("r", "f3"),
    ("escape", "escape", "s"),
    ("escape", "escape", "A", "x"),
    ("escape", "escape", "B"),
    ("escape", "percent_sign"),
    ("v", "p"),
    ("escape", "v", "s"),
    ("escape", "escape", "n"),
)
"""The keys that lead from screen to screen, and to what asks there."""
PLAIN: Final = frozenset({"question_mark", "B"})
"""What leads to a screen that has no style which others haven't."""
LEAST: Final = {"dark": 4.5, "light": 4.5, "contrast": 7.0}
"""The contrast that a text has to have (WCAG 2.2, AA; AAA)."""


@pytest.fixture
def busy(
    submit: Callable[..., int], buy: Callable[..., int], as_: Callable[[str], Desk], at: Callable[[str], Any]
) -> None:
    """A desk on which something is late, soon due, internal and to be decided."""
    submit("Late", priority="urgent")
    submit("High", priority="high")
    as_("ife").act(2, Action.START)
    as_("ife").act(2, Action.NOTE, text="internal")
    buy(signed=())
    at("2026-09-28 12:30")
    submit("Soon", priority="urgent")
    at("2026-09-28 15:30")


def drawn(pilot: Pilot[None]) -> Iterator[tuple[str, Style]]:
    """Gives what goes to the terminal; rules and bars, which only separate, are left out."""
    for strip in pilot.app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style and any(not c.isspace() and not "\u2500" <= c <= "\u259f" for c in segment.text):
                yield segment.text, segment.style


def contrast(style: Style) -> float:
    """Gives the contrast of ink and paper, from 1 to 21."""
    light = [
        _luminance(one.triplet.normalized) for one in (style.color, style.bgcolor) if one is not None and one.triplet
    ]
    if len(light) < 2:
        pytest.fail(f"{style} leaves a colour to the terminal")
    return (max(light) + 0.05) / (min(light) + 0.05)


def _luminance(rgb: tuple[float, float, float]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ticks(app: DesktermApp) -> list[Callable[[], object]]:
    """Gives what the screen that is up looks at every second: it draws what has other words by then."""
    return [getattr(app.screen, name) for name in dir(app.screen) if name in {"tick", "tick_counts"}]


def moving(app: DesktermApp) -> list[object]:
    """Gives what on the screen that is up moves by itself, or would."""
    everything: list[Any] = list(app.screen.walk_children(with_self=True))
    blinks = [one for one in everything if isinstance(one, Input | TextArea) and one.cursor_blink]
    busy = [one for one in everything if isinstance(one, LoadingIndicator | ProgressBar | ModalScreen)]
    running = [timer._callback for one in everything for timer in one._timers if timer._active.is_set()]
    return [*blinks, *busy, *(callback for callback in running if callback not in ticks(app)), *app._notifications]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What goes to the terminal, a piece each time."""
    pieces: list[object] = []
    display = DesktermApp._display

    def note(app: DesktermApp, screen: Any, piece: Any) -> None:
        pieces.append(piece)
        display(app, screen, piece)

    monkeypatch.setattr(DesktermApp, "_display", note)
    return pieces


async def test_every_text_can_be_read_and_nothing_is_sent_that_nobody_asked_for(
    app_for: Open, keys: Keys, busy: None, sent: list[object]
) -> None:
    app = app_for("lara")
    faint: dict[tuple[str, Style], str] = {}
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.animation_level == "none"
        for step in WALK:
            await keys(pilot, *step)
            assert moving(app) == []
            assert sent
            sent.clear()
            for tick in ticks(app):
                tick()
            await pilot.pause()
            assert sent == []
            for theme, least in LEAST.items() if step[-1] not in PLAIN else ():
                app._wear(theme)
                await pilot.pause()
                faint |= {(theme, style): text for text, style in drawn(pilot) if contrast(style) < least}
    assert faint == {}


async def test_a_key_goes_through_the_themes_and_says_how_to_keep_one(app_for: Open, keys: Keys) -> None:
    app = app_for("lara")
    async with app.run_test(size=(80, 24)) as pilot:
        seen = []
        for _ in NAMES:
            await keys(pilot, "T")
            seen.append(app.theme)
            assert f"theme {app.theme}, until you quit; the setting theme keeps it" in [
                strip.text.strip(" ✓") for strip in app.screen._compositor.render_strips()
            ]
    assert seen == list(NAMES)
    assert PALETTES.keys() == {*NAMES} - {"ansi"}
    assert after("nord") == NAMES[0]


async def test_without_colours_the_cursor_is_reversed(
    app_for: Open, keys: Keys, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_for("lara")
    async with app.run_test(size=(80, 24)) as pilot:
        for step in (("3",), ("a",), ("escape", "percent_sign"), ("escape", "A"), ("escape", "B")):
            await keys(pilot, *step)
            styles = [style for _, style in drawn(pilot)]
            assert all(style.color is None or style.color.is_default for style in styles)
            assert any(style.reverse and style.bold for style in styles), step
        await keys(pilot, "escape", "T")
        assert app.theme == "ansi"


async def test_where_one_types_is_seen_on_any_ground_in_the_terminals_own_colours(app_for: Open, keys: Keys) -> None:
    app = app_for("lara")
    app._wear("ansi")
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "slash")

        cursor = app.screen.query_one("FilterLine", Input).get_component_rich_style("input--cursor")
        assert cursor.reverse
        assert [one is not None and one.is_default for one in (cursor.color, cursor.bgcolor)] == [True, True]


SSH: Final = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}


@pytest.mark.parametrize(
    ("environ", "theme"), [({}, "dark"), (SSH, "ansi"), (SSH | {"DESKTERM_THEME": "light"}, "light")]
)
def test_over_ssh_the_theme_is_the_one_with_the_fewest_bytes_unless_one_is_set(
    environ: dict[str, str], theme: str, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").touch()
    assert load(config=tmp_path / "config.toml", environ=environ).theme == theme
