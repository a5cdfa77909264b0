"""A screen that opens is drawn whole once, and so is the one that is gone back to; the palette draws its own lines."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual._compositor import Compositor

from deskterm.app import DesktermApp


async def test_how_often_a_screen_is_drawn_whole(
    app_for: Callable[..., DesktermApp],
    keys: Callable[..., Awaitable[None]],
    submit: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submit("Printer jams")
    whole: list[str] = []
    update = Compositor.render_update

    def recorded(self: Compositor, *args: Any, **more: Any) -> Any:
        if self.size.region in self._dirty_regions:
            whole.append(type(self.root).__name__)
        return update(self, *args, **more)

    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2")
        monkeypatch.setattr(Compositor, "render_update", recorded)
        await keys(pilot, "colon", "assign x", "escape")
        assert whole == []
        await keys(pilot, "question_mark")
        assert whole == ["HelpScreen"]
        await keys(pilot, "escape")
        assert whole == ["HelpScreen", "QueueScreen"]
