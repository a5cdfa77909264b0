"""Edits a profile that is JSON: it has no comments to keep, so the whole is written again, indented by two."""

import json
from collections.abc import Mapping
from typing import Any


class JsonText:
    """The text of a profile."""

    def __init__(self, text: str) -> None:
        self._table: dict[str, Any] = json.loads(text)

    def versioned(self, version: int) -> str:
        """Gives the text with another version of the profile."""
        self._table["profile"]["version"] = version
        return self._written()

    def added(self, row: Mapping[str, str]) -> str:
        """Gives the text with `row` after the last one."""
        self._table.setdefault("targets", []).append(dict(row))
        return self._written()

    def changed(self, place: int, row: Mapping[str, str]) -> str:
        """Gives the text with keys of one row replaced, or taken away where they are empty."""
        rows = self._table["targets"]
        values = {**rows[place], **row}
        rows[place] = {key: value for key, value in values.items() if value or key not in row}
        return self._written()

    def retired(self, place: int) -> str:
        """Gives the text without one row."""
        del self._table["targets"][place]
        if not self._table["targets"]:
            del self._table["targets"]
        return self._written()

    def _written(self) -> str:
        return json.dumps(self._table, ensure_ascii=False, indent=2) + "\n"
