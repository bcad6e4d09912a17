"""A workbook to be written, described: sheets, columns, rows, drop-downs, colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. Colours are six hexadecimal digits."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: float = 10.0                  # points
    colour: str = "1F2933"
    fill: str = ""
    wrap: bool = True
    centre: bool = False
    middle: bool = False                # vertically; else at the top
    line: str = ""                      # colour of a thin line below


@dataclass(frozen=True, slots=True)
class Marked:
    """Text with marked parts: (text, marked) one after the other."""

    runs: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The text without marks."""
        return "".join(run for run, _ in self.runs)


@dataclass(frozen=True, slots=True)
class Linked:
    """Text that opens an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own (never one from data), without the equals sign."""

    text: str


Content = str | int | float | Marked | Linked | Formula | None


@dataclass(frozen=True, slots=True)
class Styled:
    """A content with a look of its own, in place of its column's."""

    content: Content
    look: Look


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the header's content, its width in characters, the look of the header and of the cells."""

    header: Content
    width: float
    look: Look = Look()
    header_look: Look = Look(bold=True)


@dataclass(frozen=True, slots=True)
class Choices:
    """A drop-down for the data cells of a column; other text may be typed all the same."""

    column: int                         # counted from 1
    source: str                         # a range, "Lists!$A$2:$A$4"
    title: str = ""
    prompt: str = ""                    # shown when the cell is entered


@dataclass(frozen=True, slots=True)
class Tint:
    """Colours for the data cells where a formula holds; the formula is written for the first data row."""

    formula: str
    first_column: int
    last_column: int
    look: Look


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: columns, then rows of contents in the columns' order."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Content | Styled]]
    header: bool = True
    freeze: str = ""                    # the first cell that moves, "C2"
    filter: bool = False
    hidden: bool = False
    choices: Sequence[Choices] = ()
    tints: Sequence[Tint] = ()
    most_lines: int = 24                # a row is made no higher than this many lines
    least_lines: int = 1
    tab: str = ""                       # colour of the tab
    gridlines: bool = True


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its sheets, title and named document properties."""

    sheets: Sequence[Sheet]
    title: str = ""
    subject: str = ""
    creator: str = ""                   # the program
    active: int = 0                     # the sheet that opens first, counted from 0
    mark: Look = Look(bold=True, colour="9C4A00")   # how marked text looks
    properties: Mapping[str, str] = field(default_factory=dict)
