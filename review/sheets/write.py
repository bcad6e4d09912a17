"""Writing a workbook as .xlsx with openpyxl, streamed row by row.

The same book gives the same bytes: archive dates are fixed and no property holds the time of writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape as xml_escape
from zipfile import ZIP_DEFLATED

from review.model import ReviewError

from .archive import FixedZip, new_file
from .book import Book, Column, Content, Formula, Linked, Look, Marked, Sheet, Styled
from .text import address, clean, column_letter, escape, lines_needed, utf16_length

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell

MOST_LINKS = 65_530         # hyperlinks that Excel takes on one sheet (Excel specifications and limits)
LONGEST_LINK = 2_079        # characters of one address (the same source)
FONT, SIZE = "Arial", 10.0  # at hand, or with a twin of the same widths, in every spreadsheet program
LINE = 1.28                 # height of a line, in sizes of its letters
_SCHEMES = ("http://", "https://", "mailto:", "ftp://")


def write_book(book: Book, path: Path) -> None:
    """Write `book` as a new .xlsx file; the file is either whole or not there.

    Data can't do harm: text is always text (never a formula), characters that a workbook can't hold are replaced,
    links lead only to web addresses or to files beside the workbook.
    Raises ReviewError if the file exists or can't be written.
    """
    from lxml.etree import SerialisationError
    from openpyxl import Workbook
    from openpyxl.packaging.custom import StringProperty
    from openpyxl.styles import Font
    from openpyxl.writer.excel import ExcelWriter

    workbook = Workbook(write_only=True)
    properties = workbook.properties
    properties.creator, properties.title, properties.subject = book.creator, clean(book.title), clean(book.subject)
    properties.created = properties.modified = datetime(1980, 1, 1)
    for name, value in book.properties.items():
        workbook.custom_doc_props.append(StringProperty(name=name, value=clean(value)))
    normal = workbook._named_styles["Normal"]
    normal.font = workbook._fonts[0] = Font(name=FONT, size=SIZE)
    try:
        with new_file(path) as temporary:
            for sheet in book.sheets:
                _SheetWriter(workbook, sheet, book.mark).write()
            workbook.active = book.active
            for number, worksheet in enumerate(workbook.worksheets):
                worksheet.sheet_view.tabSelected = number == book.active
            ExcelWriter(workbook, FixedZip(temporary, "w", ZIP_DEFLATED)).save()
    except SerialisationError as error:     # how lxml, through which openpyxl writes, tells of a full disk
        raise ReviewError(f"{path} could not be written: {error}. Free some space (the folder for temporary files "
                          "needs some too), then try again.", code="disk", status=3, file=str(path)) from error


class _SheetWriter:
    """Writes one sheet; holds the styles that its cells share."""

    def __init__(self, workbook: Workbook, sheet: Sheet, mark: Look) -> None:
        self.sheet = sheet
        self.page: Any = workbook.create_sheet(sheet.name)
        self.page._values_to_row = self._placed
        self.rich = _rich_text(mark)
        self.styles: dict[tuple[Look, bool], Any] = {}
        self.links = 0
        self.row = 0

    def write(self) -> None:
        sheet, page = self.sheet, self.page
        self._frame()
        if sheet.header:
            self._append([Styled(c.header, c.header_look) for c in sheet.columns])
        first = self.row + 1
        for contents in sheet.rows:
            self._append(contents)
        if self.row >= first:
            self._rules(first, self.row)
        if sheet.filter:
            page.auto_filter.ref = f"A1:{address(max(self.row, 1), len(sheet.columns))}"
        page.close()

    def _frame(self) -> None:
        """What must be set before the first row: widths, panes, page."""
        sheet, page = self.sheet, self.page
        for number, column in enumerate(sheet.columns, 1):
            dimension = page.column_dimensions[column_letter(number)]
            dimension.width = column.width
            dimension._style = self._style(column.look, False)      # for the cells that hold nothing yet
        if sheet.freeze:
            page.freeze_panes = sheet.freeze
        page.sheet_view.showGridLines = sheet.gridlines
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        if sheet.tab:
            page.sheet_properties.tabColor = sheet.tab
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = 8 if len(sheet.columns) > 8 else 9      # A3, A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = _fit_to_page()
        page.page_margins.left = page.page_margins.right = 0.4
        page.page_margins.top = page.page_margins.bottom = 0.5
        if sheet.header:
            page.print_title_rows = "1:1"

    def _append(self, contents: Sequence[Content | Styled]) -> None:
        """One row of cells, as high as its longest text needs, up to the sheet's limit."""
        self.row += 1
        columns = self.sheet.columns
        cells = [self._cell(content, column) for content, column in zip(contents, columns, strict=False)]
        self.page.row_dimensions[self.row].height = _height(contents, self.sheet)
        self.page.append(cells)

    def _placed(self, cells: Sequence[Cell | None], row: int) -> Iterator[Any]:
        """The cells of a row, given their places. In openpyxl's own way each cell costs an exception."""
        for number, cell in enumerate(cells, 1):
            if cell is not None:
                cell.row, cell.column = row, number
                if cell.hyperlink is not None:
                    cell.hyperlink.ref = cell.coordinate
                yield cell

    def _cell(self, content: Content | Styled, column: Column) -> Cell | None:
        look = column.look
        if isinstance(content, Styled):
            look, content = content.look, content.content
        elif content is None or content == "":
            return None                     # the column's style serves
        from openpyxl.cell import WriteOnlyCell

        cell: Any = WriteOnlyCell(self.page)
        if isinstance(content, str):
            text = clean(content)
            cell._value, cell.data_type = escape(text), "s"     # never guessed to be a formula or an error
            cell._style = self._style(look, text[:1] in "=+-@" and len(text) > 1)
        elif isinstance(content, Marked):
            cell._value, cell.data_type = self.rich(_fitting(content), look), "s"
            cell._style = self._style(look, False)
        elif isinstance(content, Linked):
            cell._value, cell.data_type = escape(clean(self._link(cell, content))), "s"
            cell._style = self._style(look, False)
        elif isinstance(content, Formula):
            cell._value, cell.data_type = f"={content.text}", "f"
            cell._style = self._style(look, False)
        else:
            cell.value = content
            cell._style = self._style(look, False)
        return cell

    def _link(self, cell: Any, content: Linked) -> str:
        """Make the cell a link; gives the text that it shows: the address itself where a link can't be made."""
        url = clean(content.url).strip()
        if not _allowed(url) or self.links >= MOST_LINKS or len(url) > LONGEST_LINK:
            return url or content.text
        self.links += 1
        cell.hyperlink = url.replace(" ", "%20")
        return content.text

    def _style(self, look: Look, quoted: bool) -> Any:
        """The shared style of a look; `quoted` text stays text when somebody edits the cell."""
        style = self.styles.get((look, quoted))
        if style is None:
            from openpyxl.cell import WriteOnlyCell
            from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

            cell: Any = WriteOnlyCell(self.page)
            cell.font = Font(name=FONT, size=look.size, bold=look.bold, italic=look.italic, color=look.colour,
                             underline="single" if look.underline else None)
            if look.fill:
                cell.fill = PatternFill("solid", fgColor=look.fill)
            if look.line:
                cell.border = Border(bottom=Side("thin", color=look.line))
            cell.alignment = Alignment(wrap_text=look.wrap, vertical="center" if look.middle else "top",
                                       horizontal="center" if look.centre else None)
            cell.number_format = "@"        # text: what is typed stays as typed, no dates, no numbers
            cell._style = copy(cell._style)
            cell._style.quotePrefix = int(quoted)
            style = self.styles[look, quoted] = cell._style
        return style

    def _rules(self, first: int, last: int) -> None:
        """Drop-downs and colours for the data rows; both may be added after the rows were written."""
        from openpyxl.formatting.rule import FormulaRule
        from openpyxl.styles import Font, PatternFill
        from openpyxl.worksheet.datavalidation import DataValidation

        for choices in self.sheet.choices:
            validation = DataValidation("list", formula1=choices.source, allow_blank=True, showErrorMessage=False,
                                        showInputMessage=bool(choices.prompt), promptTitle=choices.title or None,
                                        prompt=choices.prompt or None)
            letter = column_letter(choices.column)
            validation.add(f"{letter}{first}:{letter}{last}")
            self.page.data_validations.append(validation)
        for tint in self.sheet.tints:
            area = f"{address(first, tint.first_column)}:{address(last, tint.last_column)}"
            fill = PatternFill("solid", bgColor=tint.look.fill) if tint.look.fill else None
            font = Font(color=tint.look.colour, bold=tint.look.bold or None)
            self.page.conditional_formatting.add(area, FormulaRule([tint.formula], font=font, fill=fill))


def _fit_to_page() -> Any:
    from openpyxl.worksheet.properties import PageSetupProperties

    return PageSetupProperties(fitToPage=True)


def _allowed(url: str) -> bool:
    """Web addresses, and files below the workbook's own folder; no script, no share, no path upwards."""
    lower = url.lower()
    if lower.startswith(_SCHEMES):
        return True
    return bool(url) and ":" not in url and not url.startswith(("/", "\\", "#")) and ".." not in url


def _height(contents: Iterable[Content | Styled], sheet: Sheet) -> float:
    """The height of a row in points: of its longest text, counted no further than the sheet's limit."""
    most = SIZE * sheet.least_lines
    for content, column in zip(contents, sheet.columns, strict=False):
        look = column.look
        if isinstance(content, Styled):
            look, content = content.look, content.content
        if isinstance(content, (Marked, Linked)):
            content = content.text
        lines = 1
        if isinstance(content, str) and look.wrap and (len(content) > column.width / 2 or "\n" in content):
            lines = lines_needed(content, column.width * SIZE / look.size)
        if content:
            most = max(most, lines * look.size)
    return round(min(most, SIZE * sheet.most_lines) * LINE + 4, 1)


def _fitting(marked: Marked) -> Marked:
    """Marked text with its characters cleaned; without marks where it had to be cut."""
    text = marked.text
    if len(text) < 15_000 and "_x" not in text and text.isprintable():
        return marked
    if utf16_length(text) > 30_000:
        return Marked(((clean(text), False),))
    return Marked(tuple((escape(clean(run)), mark) for run, mark in marked.runs))


def _rich_text(mark: Look) -> Callable[[Marked, Look], Any]:
    """A maker of openpyxl rich text that writes its XML itself: openpyxl's own way takes five times as long."""
    from lxml import etree
    from openpyxl.cell.rich_text import CellRichText

    class Runs(CellRichText):
        """Rich text out of (text, marked) runs."""

        def __init__(self, runs: Sequence[tuple[str, bool]], look: Look) -> None:
            list.__init__(self, runs)
            self.look = look

        def to_tree(self) -> Any:
            marked = _font(self.look.size, mark.bold, mark.colour)
            # Without a colour, so that a colour by condition (decided rows are grey) holds for it too.
            usual = "" if (self.look.size, self.look.bold) == (SIZE, False) else _font(self.look.size, self.look.bold)
            runs = [f"<r>{marked if hit else usual}<t xml:space=\"preserve\">{xml_escape(text)}</t></r>"
                    for text, hit in self]
            return etree.fromstring(f"<is>{''.join(runs)}</is>")

    return lambda marked, look: Runs(marked.runs, look)


def _font(size: float, bold: bool, colour: str = "") -> str:
    """The properties of a run of rich text; a run without any has the workbook's own font."""
    tint = f'<color rgb="FF{colour}"/>' if colour else ""
    return f'<rPr><rFont val="{FONT}"/>{"<b/>" if bold else ""}{tint}<sz val="{size:g}"/></rPr>'
