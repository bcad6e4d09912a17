"""Writing a workbook as .xlsx with openpyxl, streamed row by row.

The same book gives the same bytes: archive dates are fixed and no property holds the time of writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape as xml_escape
from zipfile import ZIP_DEFLATED

from review.model import ReviewError

from .archive import FixedZip, new_file
from .book import Book, Content, Formula, Linked, Look, Marked, Sheet, Styled
from .text import address, clean, column_letter, escape, lines_needed, utf16_length

if TYPE_CHECKING:
    from openpyxl import Workbook

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
    """Writes one sheet; holds the styles that its cells share.

    openpyxl makes the frame (styles, rules, links, parts); the rows are written here as XML and handed to its stream,
    which takes half the time of a cell object for every cell.
    """

    def __init__(self, workbook: Workbook, sheet: Sheet, mark: Look) -> None:
        self.workbook, self.sheet, self.mark = workbook, sheet, mark
        self.page: Any = workbook.create_sheet(sheet.name)
        self.letters = [column_letter(number) for number in range(1, len(sheet.columns) + 1)]
        self.styles: dict[tuple[Look, bool], Any] = {}
        self.links = 0
        self.row = 0

    def write(self) -> None:
        sheet, page = self.sheet, self.page
        self._frame()
        page._get_writer()
        page._values_to_row = lambda row, number: row
        page._writer.write_row = lambda stream, row, number: stream.write(row[0])
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
        from lxml import etree

        self.row += 1
        cells = [self._cell(content, column.look, f"{letter}{self.row}")
                 for content, column, letter in zip(contents, self.sheet.columns, self.letters, strict=False)
                 if content not in (None, "")]      # for an empty cell its column's style serves
        height = _height(contents, self.sheet)
        row = f'<row r="{self.row}" ht="{height}" customHeight="1">{"".join(cells)}</row>'
        self.page.append([etree.fromstring(row)])

    def _cell(self, content: Content | Styled, look: Look, place: str) -> str:
        """A cell's XML. Text is of the type of text, so it is never guessed to be a formula or an error."""
        if isinstance(content, Styled):
            look, content = content.look, content.content
        if isinstance(content, Linked):
            content = self._link(content, place)
        if isinstance(content, str):
            text = clean(content)
            start = self._start(place, look, text[:1] in "=+-@" and len(text) > 1)
            return f'{start} t="inlineStr"><is>{_text(text)}</is></c>'
        start = self._start(place, look, False)
        if isinstance(content, Marked):
            return f'{start} t="inlineStr"><is>{self._runs(content, look)}</is></c>'
        if isinstance(content, Formula):
            return f"{start}><f>{xml_escape(content.text)}</f></c>"
        return f"{start}/>" if content is None else f"{start}><v>{content}</v></c>"

    def _start(self, place: str, look: Look, quoted: bool) -> str:
        number = self.workbook._cell_styles.add(self._style(look, quoted))
        return f'<c r="{place}" s="{number}"'

    def _runs(self, marked: Marked, look: Look) -> str:
        """Rich text. Only what differs from the workbook's own font is said of a run; a run that isn't marked has no
        colour of its own, so that a colour by condition (rows that are done) holds for it too."""
        hit = _font(look.size, self.mark.bold, self.mark.colour)
        usual = "" if (look.size, look.bold) == (SIZE, False) else _font(look.size, look.bold)
        return "".join(f"<r>{hit if is_hit else usual}{_text(text)}</r>" for text, is_hit in _fitting(marked).runs)

    def _link(self, content: Linked, place: str) -> str:
        """Make the cell a link; gives the text that it shows: the address itself where a link can't be made."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        url = clean(content.url).strip()
        if not _allowed(url) or self.links >= MOST_LINKS or len(url) > LONGEST_LINK:
            return url or content.text
        self.links += 1
        self.page._hyperlinks.append(Hyperlink(ref=place, target=url.replace(" ", "%20")))
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
    if len(text) < 15_000 and text.isprintable():
        return marked
    if utf16_length(text) > 30_000:
        return Marked(((clean(text), False),))
    return Marked(tuple((clean(run), mark) for run, mark in marked.runs))


def _text(text: str) -> str:
    """A text element; without the attribute a program may drop blanks and line ends at its ends."""
    keep = "" if text == text.strip() else ' xml:space="preserve"'
    return f"<t{keep}>{xml_escape(escape(text))}</t>"


def _font(size: float, bold: bool, colour: str = "") -> str:
    """The properties of a run of rich text; a run without any has the workbook's own font."""
    tint = f'<color rgb="FF{colour}"/>' if colour else ""
    return f'<rPr><rFont val="{FONT}"/>{"<b/>" if bold else ""}{tint}<sz val="{size:g}"/></rPr>'
