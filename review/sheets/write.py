"""Writing a workbook as .xlsx: openpyxl makes the frame, the rows are streamed into it.

The same book gives the same bytes: archive dates are fixed and no property holds the time of writing.
"""

from __future__ import annotations

import shutil
from copy import copy
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED

from review.model import ReviewError

from .archive import FixedZip, new_file
from .book import Book, Look, Sheet, Styled
from .cells import FONT, SIZE, RowWriter
from .text import address, clean, column_letter

if TYPE_CHECKING:
    from openpyxl import Workbook


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
            writers = [_SheetWriter(workbook, sheet, book.mark) for sheet in book.sheets]
            for writer in writers:
                writer.write()
            workbook.active = book.active
            for number, worksheet in enumerate(workbook.worksheets):
                worksheet.sheet_view.tabSelected = number == book.active
            archive = _Archive(temporary, "w", ZIP_DEFLATED)
            archive.rows = {f"xl/worksheets/sheet{n}.xml": writer.rows for n, writer in enumerate(writers, 1)}
            ExcelWriter(workbook, archive).save()
    except SerialisationError as error:     # how lxml, through which openpyxl writes, tells of a full disk
        raise ReviewError(f"{path} could not be written: {error}. Nothing that was saved before is changed. Free some space "
                          "(the folder for temporary files needs some too), then run the same command again.",
                          code="disk", file=str(path)) from error


class _Archive(FixedZip):
    """The workbook's archive: where openpyxl adds a sheet without rows, its rows and links are put in.

    Links go through objects in openpyxl, which for the fifteen thousand of a batch takes longer than all else.
    """

    rows: dict[str, RowWriter]      # by the sheet's part

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        """Add a sheet."""
        rows = self.rows[str(arcname)]
        frame = Path(filename).read_bytes().replace(b"<sheetData/>", b"<sheetData></sheetData>")
        before, tag, after = frame.partition(b"<sheetData>")
        links, addresses = rows.links_part()
        rules, margins, end = after.partition(b"<pageMargins")      # the element that follows the links
        rows.out.seek(0)
        with rows.out, self.open(self.info(str(arcname)), "w") as target:
            target.write(before + tag)
            shutil.copyfileobj(rows.out, target, 1 << 20)
            target.write(rules + links + margins + end)
        if addresses:
            folder, _, name = str(arcname).rpartition("/")
            self.writestr(f"{folder}/_rels/{name}.rels", addresses)


class _SheetWriter:
    """Writes one sheet; holds the styles that its cells share."""

    def __init__(self, workbook: Workbook, sheet: Sheet, mark: Look) -> None:
        self.workbook, self.sheet = workbook, sheet
        self.page: Any = workbook.create_sheet(sheet.name)
        self.styles: dict[tuple[Look, bool], Any] = {}
        self.rows = RowWriter(sheet, mark, self._number, TemporaryFile())   # noqa: SIM115  (closed when it is in the archive)

    def write(self) -> None:
        """The rows into a file of their own, the frame through openpyxl."""
        sheet, page, rows = self.sheet, self.page, self.rows
        self._frame()
        if sheet.header:
            rows.append([Styled(c.header, c.header_look) for c in sheet.columns], 2)
        first = rows.row + 1
        for contents in sheet.rows:
            rows.append(contents, sheet.least_lines)
        if rows.row >= first:
            self._rules(first, rows.row)
        if sheet.filter:
            page.auto_filter.ref = f"A1:{address(max(rows.row, 1), len(sheet.columns))}"
        page.close()

    def _number(self, look: Look, quoted: bool) -> int:
        return int(self.workbook._cell_styles.add(self._style(look, quoted)))

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
