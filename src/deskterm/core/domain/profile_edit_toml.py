"""Edits TOML where it stands: the text is cut at its headers, and only the piece that is edited is written again."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_NEWLINE: Final = re.compile(r"\r?\n")
_BLANK_AHEAD: Final = re.compile(r"\A(?:[ \t]*\r?\n)+")
_BLANK_BEHIND: Final = re.compile(r"(?<=\n)(?:[ \t]*\r?\n)+\Z")


class TomlText:
    """The text of a profile. A piece is a header with what follows it; the first may be what stands before any."""

    def __init__(self, text: str) -> None:
        self._pieces = list(_pieces(text))
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def versioned(self, version: int) -> str:
        """Gives the text with another version of the profile."""
        number = next(n for n, piece in enumerate(self._pieces) if "version" in tomllib.loads(piece).get("profile", {}))
        document = _parsed(self._pieces[number])
        document["profile"]["version"] = version
        return self._with(number, document.as_string())

    def added(self, row: Mapping[str, str]) -> str:
        """Gives the text with `row` after the last one, or at the end where there is none."""
        places = self._places()
        number = places[-1][0] if places else len(self._pieces) - 1
        piece = self._pieces[number]
        if places and not _is_table(piece):
            document = _parsed(piece)
            document["targets"].append(dict(row))
            return self._with(number, self._lined(document.as_string()))
        own, rest = _parted(piece) if places else (piece, "")
        return self._with(number, self._ended(own) + self._newline + self._written(row) + rest)

    def changed(self, place: int, row: Mapping[str, str]) -> str:
        """Gives the text with keys of one row replaced, or taken away where they are empty."""
        number, entry = self._places()[place]
        own, rest = _parted(self._pieces[number])
        document = _parsed(self._ended(own))
        table = document["targets"][entry]
        for key, value in row.items():
            if value:
                table[key] = value
            else:
                table.pop(key, None)
        return self._with(number, self._lined(document.as_string()) + rest)

    def retired(self, place: int) -> str:
        """Gives the text without one row. A comment below it is of what follows, and stays."""
        number, entry = self._places()[place]
        piece = self._pieces[number]
        if not _is_table(piece):
            document = _parsed(piece)
            document["targets"].pop(entry)
            if not document["targets"]:
                document.remove("targets")
            return self._with(number, document.as_string())
        rest = _BLANK_AHEAD.sub("", _parted(piece)[1])
        text = self._with(number, rest)
        return text if rest or number < len(self._pieces) - 1 else _BLANK_BEHIND.sub("", text)

    def _places(self) -> list[tuple[int, int]]:
        """Gives for each row the piece that it stands in, and which entry it is there."""
        found = [(number, tomllib.loads(piece).get("targets")) for number, piece in enumerate(self._pieces)]
        return [(number, entry) for number, rows in found if isinstance(rows, list) for entry in range(len(rows))]

    def _with(self, number: int, piece: str) -> str:
        return "".join([*self._pieces[:number], piece, *self._pieces[number + 1 :]])

    def _written(self, row: Mapping[str, str]) -> str:
        import tomlkit  # noqa: PLC0415 - only an edit needs it

        return self._lined(tomlkit.dumps({"targets": [dict(row)]}))

    def _lined(self, text: str) -> str:
        return _NEWLINE.sub(self._newline, text)

    def _ended(self, text: str) -> str:
        return text if text.endswith("\n") else text + self._newline


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for line in _LINE.findall(text):
        # where no statement is cut, only a header starts with a bracket
        if line.lstrip().startswith("[") and piece and _is_whole(piece):
            yield piece
            piece = ""
        piece += line
    yield piece


def _is_whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


def _is_table(piece: str) -> bool:
    return piece.lstrip().startswith("[")


def _parted(piece: str) -> tuple[str, str]:
    """Gives a piece up to the end of its last statement, and the blanks and comments after that."""
    lines: list[str] = _LINE.findall(piece)
    end = len(lines)
    while end > 1 and lines[end - 1].strip()[:1] in {"", "#"} and _is_whole("".join(lines[: end - 1])):
        end -= 1
    return "".join(lines[:end]), "".join(lines[end:])


def _parsed(piece: str) -> "TOMLDocument":
    import tomlkit  # noqa: PLC0415 - only an edit needs it

    return tomlkit.parse(piece)
