"""The few parts of a plain `.xlsx`: written with fixed dates, and read (as `.ods` is) by a way of its own.

Facts: ECMA-376, SpreadsheetML. Reading here is only for counting: it shares nothing with the reader of records.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def filled_rows(data: bytes) -> Iterator[list[list[str]]]:
    """Each sheet's rows of text, empty cells left out. ValueError where the file can't be read."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = book.namelist()
            shared = _strings(book.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
            for name in sorted(n for n in names if re.match(r"xl/worksheets/sheet\d+\.xml$", n)):
                yield [cells for row in _tree(book.read(name)).iter(f"{_MAIN}row")
                       if (cells := [text for cell in row.iter(f"{_MAIN}c") if (text := _cell(cell, shared)).strip()])]
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, OSError, KeyError, RuntimeError, EOFError) as error:
        raise ValueError(str(error)) from error


def filled_rows_ods(data: bytes) -> Iterator[list[list[str]]]:
    """The same of an OpenDocument spreadsheet (OpenDocument 1.3, part 3: rows and cells may stand for several)."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            tree = _tree(book.read("content.xml"))
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, OSError, KeyError, RuntimeError, EOFError) as error:
        raise ValueError(str(error)) from error
    for sheet in tree.iter(f"{_TABLE}table"):
        rows: list[list[str]] = []
        for row in sheet.iter(f"{_TABLE}table-row"):
            cells = [text for cell in row.iter(f"{_TABLE}table-cell")
                     if (text := " ".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))).strip()]
            times = row.get(f"{_TABLE}number-rows-repeated", "1")
            rows += [cells] * (min(int(times), 1 << 20) if times.isdigit() else 1) if cells else []
        yield rows


def _tree(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _strings(data: bytes) -> list[str]:
    return ["".join(item.itertext()) for item in _tree(data).iter(f"{_MAIN}si")]


def _cell(cell: Any, shared: list[str]) -> str:
    value = cell.find(f"{_MAIN}v")
    if cell.get("t") == "s" and value is not None and value.text and value.text.isdigit():
        return shared[int(value.text)] if int(value.text) < len(shared) else ""
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    return (value.text or "") if value is not None else ""


def save(stream: BinaryIO, rows: Sequence[Sequence[str]]) -> None:
    """One sheet of texts, the first row frozen; equal rows give equal bytes."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        _part(book, "[Content_Types].xml", _TYPES)
        _part(book, "_rels/.rels", _RELS.format(kind="officeDocument", target="xl/workbook.xml"))
        _part(book, "xl/workbook.xml", _BOOK)
        _part(book, "xl/_rels/workbook.xml.rels", _RELS.format(kind="worksheet", target="worksheets/sheet1.xml"))
        _part(book, "xl/worksheets/sheet1.xml",
              _SHEET + "".join(_row(i, row) for i, row in enumerate(rows, 1)) + "</sheetData></worksheet>")


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
