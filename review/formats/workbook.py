"""Workbooks with a header: `.xlsx`, `.xls`, `.ods` (Web of Science, ProQuest, Embase, tables by hand).

Rows have no places in bytes: an entry's offset is its row, counted from 1, its length 0.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from review.formats import columns, ole, ooxml, table
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.guards import runs_in_a_circle, silent_stderr
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
        with silent_stderr():
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            # Rows above the first filled one count, so that a row's number is the one that Excel shows.
            with silent_stderr():
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield name, [[_text(c) for c in row] for row in rows]
    except BaseException as error:
        # The library's Rust code panics on some damaged files; that is no Exception, and has no class to import.
        if not isinstance(error, CalamineError | OSError | ValueError) and type(error).__name__ != "PanicException":
            raise
        source.tell("workbook-damaged", f"the workbook can't be opened ({error}); open it in Excel and save it again",
                    severity="error")


def _unsafe(data: bytes) -> str:
    """Why a workbook is not opened; "" where it may be."""
    if data[:2] != b"PK" and "EncryptedPackage".encode("utf-16-le") in data:
        return "the workbook is protected by a password; open it, save it without one, and import that"
    if data[:2] != b"PK":
        return "the workbook's container is damaged (a chain of its parts runs in a circle); open it in Excel and save it again" \
            if runs_in_a_circle(data) else ""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        return f"the workbook's container is damaged ({error})"
    if not any(part.filename.startswith("xl/") or part.filename == "content.xml" for part in parts):
        return "this is no workbook, but another kind of document (Word?); say what it is by --fields title=..., and it is" \
            " kept beside its record"
    size = sum(part.file_size for part in parts)
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
    """Filled rows below the header, by readers of their own; only where the header of an `.xls` stands is what the
    reader of records says."""
    data = source.stream.read()
    if _unsafe(data):
        return None
    try:
        if data[:2] != b"PK":
            source.rewind()
            return _count_xls(source, ole.filled_rows(data))
        n = 0
        for rows in ooxml.filled_rows(data) if b"xl/" in data else ooxml.filled_rows_ods(data):
            at = columns.find_header(rows, source.mapping)
            n += 0 if at is None else len(rows) - at - 1
    except ValueError:
        return None                 # the reader tells what is wrong with the file
    return n


def _count_xls(source: Source, filled: list[set[int]]) -> int:
    n = 0
    for (_, rows), numbers in zip(_sheets(source), filled, strict=False):
        at = columns.find_header(rows, source.mapping)
        n += 0 if at is None else sum(number > at for number in numbers)
    return n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """A row has no bytes of its own: nothing."""
    return ()


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
    ooxml.save(stream, [header, *rows])
    return len(rows)


FORMAT = Format("xlsx", "Excel workbook (.xlsx; reads .xls and .ods too)", (".xlsx", ".xls", ".ods"), sniff, read,
                count, tags, write, binary=True)
