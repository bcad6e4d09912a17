"""Workbooks with a header: `.xlsx`, `.xls`, `.ods` (Web of Science, ProQuest, Embase, tables by hand).

Rows have no places in bytes: an entry's offset is its row, counted from 1, its length 0.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from review.formats import columns, table
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record

_OLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 1 << 30                  # bytes that a workbook's parts may unfold to
_RATIO = 500
CELL = 32767                        # characters that Excel allows in a cell


def sniff(head: str, name: str) -> float:
    """By the container: an OLE file, or a zip with a workbook's parts. Sees the file's bytes as Latin-1."""
    if head.startswith(_OLE):
        return 0.9
    inside = any(mark in head for mark in ("[Content_Types].xml", "xl/", "opendocument.spreadsheet"))
    return 0.9 if head.startswith("PK\x03\x04") and inside else 0.0


def _sheets(source: Source) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets as rows of text. What can't be opened is told."""
    from python_calamine import CalamineError, CalamineWorkbook

    data = source.stream.read()
    if problem := _unsafe(data):
        source.tell("workbook-refused", problem, severity="error")
        return
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            # Rows above the first filled one count, so that a row's number is the one that Excel shows.
            yield name, [[_text(c) for c in row] for row in
                         book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError) as error:
        source.tell("workbook-damaged", f"the workbook can't be opened ({error}); open it in Excel and save it again",
                    severity="error")


def _unsafe(data: bytes) -> str:
    """Why a workbook is not opened; "" where it may be."""
    if data[:2] != b"PK":
        return ""
    try:
        size = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        return f"the workbook's container is damaged ({error})"
    if size > _LARGEST or size > max(64 << 20, len(data) * _RATIO):
        return f"the workbook unfolds to {size >> 20} MB and was refused"
    return ""


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues of all sheets that have a header."""
    found = 0
    for name, rows in _sheets(source):
        at = columns.find_header(rows, source.mapping)
        if at is None:
            if any(c.strip() for row in rows for c in row):
                source.tell("workbook-sheet", f"sheet {name!r} names no columns that are known; it was not read",
                            severity="info")
            continue
        found += 1
        layout = columns.layout(rows[at], source.mapping)
        for number, cells in enumerate(rows[at + 1:], start=at + 2):
            if any(c.strip() for c in cells):
                yield Entry(layout.record(cells), layout.tags(cells), number, 0, None)
    if not found and not source.issues:
        source.tell("table-no-header", "no row names columns that are known; give --mapping, a file that says which"
                    " column is the title, the authors, ...", severity="error")
    yield from source.remainder()


def count(source: Source) -> int | None:
    """Filled rows below the header, by openpyxl, which the reader does not use; None for `.xls` and `.ods`."""
    data = source.stream.read()
    if data[:2] != b"PK" or b"xl/" not in data or _unsafe(data):
        return None
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    n = 0
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = [["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True)]
            at = columns.find_header(rows, source.mapping)
            if at is not None:
                n += sum(1 for row in rows[at + 1:] if any(c.strip() for c in row))
    except (InvalidFileException, KeyError, ValueError, OSError, TypeError, AttributeError, SyntaxError):
        return None                 # the reader tells what is wrong with the file
    return n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """A row has no bytes of its own: nothing."""
    return ()


# Writing: the few parts that a plain sheet needs, with fixed dates, so that equal records give equal bytes.

_TYPES = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="http://schemas.openxmlformats.org/'
          'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
          'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook'
          '.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
          'PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheet'
          'ml.worksheet+xml"/></Types>')
_RELS = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats'
         '.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/office'
         'Document/2006/relationships/{kind}" Target="{target}"/></Relationships>')
_BOOK = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="http://schemas.openxmlformats.org/'
         'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
         '<sheet name="records" sheetId="1" r:id="rId1"/></sheets></workbook>')
_SHEET = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/'
          'spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
          'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>')
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """One sheet, all cells text (so nothing is a formula or turns into a number). A text beyond Excel's limit of a
    cell goes on in further columns named `more`."""
    rows: list[list[str]] = []
    names: list[str] = []
    for item in records:
        added = dict(extra(item)) if extra else {}
        names = names or list(added)
        cells = table.values(item, longest=CELL)
        more = cells.pop()
        rows.append([*cells, *(f.clean(added.get(k, "")) for k in names),
                     *(more[i:i + CELL - 600] for i in range(0, max(len(more), 1), CELL - 600))])
    width = max([len(table.COLUMNS) - 1 + len(names) + 1, *map(len, rows)])
    header = [*table.COLUMNS[:-1], *names]
    header += ["more"] + [f"more {i}" for i in range(2, width - len(header) + 1)]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        _part(book, "[Content_Types].xml", _TYPES)
        _part(book, "_rels/.rels", _RELS.format(kind="officeDocument", target="xl/workbook.xml"))
        _part(book, "xl/workbook.xml", _BOOK)
        _part(book, "xl/_rels/workbook.xml.rels", _RELS.format(kind="worksheet", target="worksheets/sheet1.xml"))
        _part(book, "xl/worksheets/sheet1.xml",
              _SHEET + "".join(_row(i, row) for i, row in enumerate([header, *rows], 1)) + "</sheetData></worksheet>")
    return len(rows)


def _part(book: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    book.writestr(info, text.encode("utf-8"))


def _row(number: int, cells: Sequence[str]) -> str:
    out = [f'<row r="{number}">']
    for i, value in enumerate(cells):
        if value:
            text = escape(_ILLEGAL.sub(" ", _ESCAPED.sub(r"_x005F_x\1_", value)))
            out.append(f'<c r="{_letters(i)}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
    out.append("</row>")
    return "".join(out)


def _letters(i: int) -> str:
    name = ""
    i += 1
    while i:
        i, rest = divmod(i - 1, 26)
        name = chr(65 + rest) + name
    return name


FORMAT = Format("xlsx", "Excel workbook (.xlsx; reads .xls and .ods too)", (".xlsx", ".xls", ".ods"), sniff, read,
                count, tags, write, binary=True)
