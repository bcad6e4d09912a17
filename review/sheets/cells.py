"""Rows of cells as the XML of an .xlsx sheet (ECMA-376, SpreadsheetML). Data is always text, never a formula.

openpyxl makes everything round the rows (`write`); made here, they take a quarter of the time that a cell object and
an element tree for every cell would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

from .book import Content, Formula, Linked, Look, Marked, Sheet, Styled
from .text import clean, column_letter, escape, lines_needed, utf16_length

MOST_LINKS = 65_530         # hyperlinks that Excel takes on one sheet (Excel specifications and limits)
LONGEST_LINK = 2_079        # characters of one address (the same source)
FONT, SIZE = "Arial", 10.0  # at hand, or with a twin of the same widths, in every spreadsheet program
LINE = 1.28                 # height of a line, in sizes of its letters
_SCHEMES = ("http://", "https://", "mailto:", "ftp://")
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class _Ready:
    """What all cells of a look begin with, worked out once."""

    look: Look
    plain: str                      # the attribute of the style
    quoted: str                     # the same for text that must stay text when somebody edits the cell
    hit: str                        # the properties of a marked run; a run without any looks as its cell does


class RowWriter:
    """Writes the rows of one sheet to a stream, and keeps the links that they need.

    `style` gives the number of a look's style in the workbook (and of its twin for quoted text).
    """

    def __init__(self, sheet: Sheet, mark: Look, style: Callable[[Look, bool], int], out: IO[bytes]) -> None:
        self.sheet, self.mark, self.style, self.out = sheet, mark, style, out
        self.columns = [(column_letter(number), column.width, self._ready(column.look))
                        for number, column in enumerate(sheet.columns, 1)]
        self.looks: dict[Look, _Ready] = {}
        self.links: list[tuple[str, str]] = []      # (cell, address)
        self.row = 0

    def _ready(self, look: Look) -> _Ready:
        tint = f'<color rgb="FF{self.mark.colour}"/>'
        hit = f'<rPr><rFont val="{FONT}"/>{"<b/>" if self.mark.bold else ""}{tint}<sz val="{look.size:g}"/></rPr>'
        return _Ready(look, f'" s="{self.style(look, False)}"', f'" s="{self.style(look, True)}"', hit)

    def append(self, contents: Sequence[Content | Styled], least_lines: int = 1) -> None:
        """One row, as high as its longest text needs, up to the sheet's limit."""
        self.row += 1
        row, cells, most = str(self.row), [], SIZE * least_lines
        for (letter, width, ready), content in zip(self.columns, contents, strict=False):
            if isinstance(content, Styled):
                if content.look not in self.looks:
                    self.looks[content.look] = self._ready(content.look)
                ready, content = self.looks[content.look], content.content
            elif content is None or content == "":
                continue                            # for an empty cell its column's style serves
            cell, text = self._cell(content, letter + row, ready)
            cells.append(cell)
            look, lines = ready.look, 1
            if look.wrap and (len(text) > width / 2 or "\n" in text):
                lines = lines_needed(text, width * SIZE / look.size)
            if lines * look.size > most:
                most = lines * look.size
        height = round(min(most, SIZE * self.sheet.most_lines) * LINE + 4, 1)
        self.out.write(f'<row r="{row}" ht="{height}" customHeight="1">{"".join(cells)}</row>'.encode())

    def _cell(self, content: Content, place: str, ready: _Ready) -> tuple[str, str]:
        """A cell's XML, and the text that it shows (as far as it can need several lines).

        Text is of the type of text, so it is never guessed to be a formula or an error.
        """
        if content is None or content == "":
            return f'<c r="{place}{ready.plain}/>', ""
        if isinstance(content, Marked):
            runs = "".join([f"<r>{ready.hit if is_hit else ''}{_text(text)}</r>"
                            for text, is_hit in _fitting(content).runs])
            return f'<c r="{place}{ready.plain} t="inlineStr"><is>{runs}</is></c>', content.text
        if isinstance(content, Linked):
            content = self._link(content, place)
        if isinstance(content, str):
            text = clean(content)
            start = ready.quoted if text[:1] in "=+-@" and len(text) > 1 else ready.plain
            return f'<c r="{place}{start} t="inlineStr"><is>{_text(text)}</is></c>', text
        if isinstance(content, Formula):
            return f'<c r="{place}{ready.plain}><f>{xml_escape(content.text)}</f></c>', ""
        return f'<c r="{place}{ready.plain}><v>{content}</v></c>', ""

    def _link(self, content: Linked, place: str) -> str:
        """Make the cell a link; gives the text that it shows: the address itself where a link can't be made."""
        url = clean(content.url).strip()
        if not allowed(url) or len(self.links) >= MOST_LINKS or len(url) > LONGEST_LINK:
            return url or content.text
        self.links.append((place, url.replace(" ", "%20")))
        return content.text

    def links_part(self) -> tuple[bytes, bytes]:
        """The sheet's element of links, and the part with their addresses; both empty where there is none."""
        if not self.links:
            return b"", b""
        cells = "".join(f'<hyperlink ref="{place}" r:id="rId{number}"/>'
                        for number, (place, _) in enumerate(self.links, 1))
        addresses = "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATIONS}/hyperlink" Target={quoteattr(url)} TargetMode="External"/>'
            for number, (_, url) in enumerate(self.links, 1))
        return (f'<hyperlinks xmlns:r="{_RELATIONS}">{cells}</hyperlinks>'.encode(),
                f'<Relationships xmlns="{_PACKAGE}">{addresses}</Relationships>'.encode())


def allowed(url: str) -> bool:
    """Web addresses, and files below the workbook's own folder; no script, no share, no path upwards."""
    lower = url.lower()
    if lower.startswith(_SCHEMES):
        return True
    return bool(url) and ":" not in url and not url.startswith(("/", "\\", "#")) and ".." not in url


def _fitting(marked: Marked) -> Marked:
    """Marked text with its characters cleaned; without marks where it had to be cut."""
    text = marked.text
    if len(text) < 15_000 and text.isprintable():
        return marked
    if utf16_length(text) > 30_000:
        return Marked(((clean(text), False),))
    return Marked(tuple((clean(run), mark) for run, mark in marked.runs))


def _text(text: str) -> str:
    """A text element; without the attribute a program may drop blanks and line ends at its ends."""
    keep = "" if text == text.strip() else ' xml:space="preserve"'
    if "&" in text or "<" in text or ">" in text:
        return f"<t{keep}>{xml_escape(escape(text))}</t>"
    return f"<t{keep}>{escape(text)}</t>"

