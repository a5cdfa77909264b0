"""Exports as XLSX, in constant memory: typed cells, a frozen header, filters; on request a sheet a department."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_columns import Column, Kind
from deskterm.core.domain.formulas import neutral
from deskterm.core.domain.text import many
from deskterm.core.services.export_text import Rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as Form
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet that Excel opens, its header among them."""
MOST_LETTERS: Final = 32_767
"""Letters of a cell that Excel opens."""
_CUT: Final = " [cut]"
_NAME: Final = 31
_UNNAMEABLE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WIDTHS: Final = {Kind.INSTANT: 19, Kind.TEXT: 40, Kind.STORY: 40, Kind.PERSON: 22, Kind.TICKET: 12}


def write_xlsx(
    columns: Sequence[Column], batches: Rows, out: BinaryIO, *, name: str, folder: str, sheets: str = "",
    most_rows: int = MOST_ROWS,
) -> tuple[int, list[str]]:  # fmt: skip
    """Writes a workbook; gives how many rows, and what didn't fit as it was, in sentences.

    Without `sheets` all rows are on one sheet called `name`, else on one for each value of the column of that name.
    Instants are UTC. What is held meanwhile is in `folder`.

    Raises:
        InvalidInput: when there is no column to make sheets of, or it is more than a workbook holds.
        OSError: when it can't be written.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it
    from xlsxwriter.exceptions import FileCreateError, FileSizeError  # noqa: PLC0415

    by = [place for place, column in enumerate(columns) if column.name == sheets]
    if sheets and not by:
        raise InvalidInput(f"a sheet for each {sheets} needs the column {sheets}: name it among --columns")
    with TemporaryDirectory(dir=folder, prefix=".deskterm-") as temporary:
        target = _Target(out)
        book = Workbook(target, {"constant_memory": True, "tmpdir": temporary, "strings_to_urls": False})
        written = _Book(book, columns, most_rows)
        count = 0
        for rows in batches:
            for row in rows:
                written.sheet(str(row[by[0]] or "none") if by else name).write(row)
            count += len(rows)
        if not count:
            written.sheet(name)
        written.end()
        try:
            book.close()
        except FileCreateError as error:  # around the OSError that says why
            raise OSError(*error.args[0].args) from error
        except FileSizeError as error:
            raise InvalidInput("a workbook can't be so large: narrow the export, or write it as csv") from error
        finally:
            target.leave()
    return count, written.notes()


class _Target:
    """Where a workbook goes. The library's archive hears of no failure: left in the middle it complains much later."""

    def __init__(self, out: BinaryIO) -> None:
        self._out: BinaryIO | None = out
        self._error: OSError | None = None

    def leave(self) -> None:
        """Lets go of the file, whose owner closes it; raises OSError when not all of it could be written."""
        self._out = None
        if self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        """Writes, as long as that goes well."""
        self._done(lambda out: out.write(data))
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to a place."""
        return self._done(lambda out: out.seek(offset, whence))

    def tell(self) -> int:
        """Gives the place; any, once something failed."""
        return self._done(lambda out: out.tell())

    def flush(self) -> None:
        """Has what was written go where it goes."""
        self._done(lambda out: out.flush())

    def _done(self, what: Callable[[BinaryIO], int | None]) -> int:
        if self._out is None:
            return 0
        try:
            return what(self._out) or 0
        except OSError as error:
            self._out, self._error = None, error
            return 0


class _Book:
    """A workbook as it is written, a sheet for each name; one that is full goes on in another."""

    def __init__(self, book: "Workbook", columns: Sequence[Column], most_rows: int) -> None:
        self.book, self.columns, self.most_rows = book, columns, most_rows
        self.header = book.add_format({"bold": True})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.lines = book.add_format({"text_wrap": True, "valign": "top"})
        self.cut = 0
        self._sheets: dict[str, _Sheet] = {}
        self._all: list[_Sheet] = []
        self._taken: set[str] = {"history"}  # Excel keeps that one for itself

    def sheet(self, name: str) -> "_Sheet":
        """Gives the sheet that the next row of this name goes on."""
        found = self._sheets.get(name)
        if found is None or found.used == self.most_rows:
            found = self._sheets[name] = _Sheet(self, self.book.add_worksheet(self._free(name)))
            self._all.append(found)
        return found

    def _free(self, name: str) -> str:
        plain = _UNNAMEABLE.sub(" ", name).strip(" '") or "sheet"
        number, tried = 1, plain[:_NAME].rstrip(" '")
        while tried.lower() in self._taken:
            number += 1
            tail = f" {number}"
            tried = plain[: _NAME - len(tail)].rstrip(" '") + tail
        self._taken.add(tried.lower())
        return tried

    def end(self) -> None:
        """Ends every sheet."""
        for sheet in self._all:
            sheet.end()

    def notes(self) -> list[str]:
        """Gives what didn't fit as it was."""
        more = len(self._all) - len(self._sheets)
        continued = f"a sheet has {self.most_rows:,} rows at most: the rest goes on in {many(more, 'sheet')} more"
        cut = f"a cell has {MOST_LETTERS:,} letters at most: {many(self.cut, 'text')} cut, marked{_CUT}"
        return [*([continued] if more else []), *([cut] if self.cut else [])]


class _Sheet:
    """One sheet, `used` rows long so far."""

    def __init__(self, book: _Book, sheet: "Worksheet") -> None:
        self._book, self._sheet, self.used = book, sheet, 1
        for place, column in enumerate(book.columns):
            sheet.set_column(place, place, max(_WIDTHS.get(column.kind, 10), len(column.name) + 3))
            sheet.write_string(0, place, column.name, book.header)
        sheet.freeze_panes(1, 0)
        self._writes: list[Callable[[int, int, Any], Any]] = [self._write(column.kind) for column in book.columns]

    def write(self, row: Sequence[Any]) -> None:
        """Writes the next row; what is empty has no cell."""
        for place, value in enumerate(row):
            if value is not None and value != "":
                self._writes[place](self.used, place, value)
        self.used += 1

    def end(self) -> None:
        """Puts the filters over what was written."""
        self._sheet.autofilter(0, 0, self.used - 1, len(self._book.columns) - 1)

    def _write(self, kind: Kind) -> Callable[[int, int, Any], Any]:
        match kind:
            case Kind.COUNT | Kind.AMOUNT | Kind.NUMBER:
                return self._sheet.write_number  # type: ignore[no-any-return] # the library has no types
            case Kind.FLAG:
                return self._sheet.write_boolean  # type: ignore[no-any-return] # as above
            case Kind.INSTANT:
                return self._instant
            case Kind.STORY:
                return self._story
            case Kind.DATA | Kind.DIRECTORY:
                return lambda row, place, value: self._text(row, place, json.dumps(value, ensure_ascii=False))
            case _:
                return self._text

    def _instant(self, row: int, place: int, value: str) -> None:
        at = datetime.fromisoformat(value).replace(tzinfo=None)
        self._sheet.write_datetime(row, place, at, self._book.instant)

    def _story(self, row: int, place: int, value: str) -> None:
        self._text(row, place, value, self._book.lines)

    def _text(self, row: int, place: int, value: str, form: "Form | None" = None) -> None:
        text = neutral(value)  # a string is no formula here, but would be one in the CSV that somebody saves of it
        if len(text) > MOST_LETTERS:
            text = text[: MOST_LETTERS - len(_CUT)] + _CUT
            self._book.cut += 1
        self._sheet.write_string(row, place, text, form)
