"""What a report is made of, whatever it is written as. All of it is plain text: who writes it makes that safe."""

from typing import NamedTuple, TypeAlias

from deskterm.core.kpi_views import Chart


class Cell(NamedTuple):
    """What stands in a table: a value, and in small letters what it rests on (n, median, p90)."""

    value: str
    note: str = ""


class Heading(NamedTuple):
    """Begins a section; `level` 2 is one of the report's own, 3 is inside one."""

    text: str
    level: int = 2


class Paragraph(NamedTuple):
    """A few sentences; `is_note` says that they are about how to read the rest."""

    text: str
    is_note: bool = False


class Finding(NamedTuple):
    """A sentence that stands out, with what it rests on."""

    words: str
    evidence: tuple[tuple[str, str], ...] = ()
    command: str = ""


class Findings(NamedTuple):
    """Findings, the weightiest first."""

    items: tuple[Finding, ...]


class Items(NamedTuple):
    """Lines that belong together."""

    lines: tuple[str, ...]


class Grid(NamedTuple):
    """A table: its first column names the line, all others are numbers unless it is a table `of_words`.

    Its caption says what it is to who doesn't see what stands above it.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    of_words: bool = False


class Picture(NamedTuple):
    """A chart, drawn where it can be, and its numbers."""

    chart: Chart


class Commands(NamedTuple):
    """Command lines, as they are typed."""

    lines: tuple[str, ...]


Block: TypeAlias = Heading | Paragraph | Findings | Items | Grid | Picture | Commands


class Document(NamedTuple):
    """A report: its title, what stands under it (a name and what it is), and all that follows."""

    title: str
    about: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
