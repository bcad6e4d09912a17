"""Reading any workbook or delimited text into grids of cells. Nothing in the file is ever run or fetched."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from review.guards import runs_in_a_circle, silent_stderr
from review.model import Issue

from . import delimited, ods_scan, xlsx_scan
from .archive import Unsafe, check_size, check_truth
from .text import unescape
from .xlsx_scan import FAR_COLUMN, FAR_ROW, BookScan, PageScan, Place

MOST_CELLS = FAR_ROW * FAR_COLUMN       # a sheet that spans more is read up to there, and what lies beyond is listed
_SAVE_AS = "Open it in Excel or LibreOffice and save it as .xlsx, then use that file."


@dataclass(frozen=True)
class Grid:
    """One sheet. Rows and columns count from 1 in places, from 0 in `rows`."""

    name: str
    rows: Sequence[Sequence[Any]]                   # str, float, int, bool, dates; "" where empty
    merged: tuple[tuple[int, int, int, int], ...] = ()      # first row, first column, last row, last column
    formulas: Mapping[Place, str] = field(default_factory=dict)
    no_value: frozenset[Place] = frozenset()        # formulas saved without their result
    errors: Mapping[Place, str] = field(default_factory=dict)
    comments: Mapping[Place, str] = field(default_factory=dict)
    struck: frozenset[Place] = frozenset()          # text with a line through it, or through a part of it
    hidden: bool = False


@dataclass(frozen=True)
class ReadBook:
    """What a file holds. `kind` is xlsx, xls, ods, csv, or "" where it is none of these."""

    name: str
    sha256: str
    kind: str
    grids: tuple[Grid, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    encoding: str = ""
    delimiter: str = ""


def cell_text(value: Any) -> str:
    """A cell's value as text: whole numbers without a point, dates in ISO form, line ends as line feeds."""
    if type(value) is str:
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return "" if value is None else str(value)


def read_book(path: Path, data: bytes | None = None) -> ReadBook:
    """Read a file (or `data`, under the name of `path`) by what it holds, whatever its name says.

    Never raises for what a file holds: a file that can't be read gives no grids and an issue that says what to do.
    """
    name = path.name
    if data is None:
        try:
            data = path.read_bytes()
        except OSError as error:
            return ReadBook(name, "", "", issues=(_problem("unreadable", name, f"{name} could not be opened: "
                                                           f"{error.strerror or error}."),))
    sha = hashlib.sha256(data).hexdigest()
    try:
        if not data.strip():
            raise _Refused("empty", "is empty. Ask for it again.")
        if data[:4] == b"PK\x03\x04":
            return _read_zip(name, sha, data)
        if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            return _read_xls(name, sha, data)
        return _read_text(name, sha, data)
    except _Refused as refusal:
        return ReadBook(name, sha, "", issues=(_problem(refusal.code, name, f"{name} {refusal}"),))


class _Refused(Exception):
    """A file that is not read; the message goes on after the file's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _problem(code: str, name: str, message: str) -> Issue:
    return Issue(code, message, file=name, severity="error")


def _read_zip(name: str, sha: str, data: bytes) -> ReadBook:
    """An .xlsx, .xlsm or .ods file."""
    from lxml import etree

    try:
        with ZipFile(BytesIO(data)) as archive:
            check_size(archive)
            names = set(archive.namelist())
            merged: dict[str, list[tuple[int, int, int, int]]] = {}
            if any(n.startswith("xl/") and n.endswith(".bin") and "workbook" in n for n in names):
                raise _Refused("not-read", f"is a binary workbook (.xlsb), which is not read. {_SAVE_AS}")
            if "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names):
                kind, scan = "xlsx", xlsx_scan.scan(archive)
            elif "content.xml" in names:
                kind = "ods"
                scan, merged = ods_scan.scan(archive)
            else:
                raise _Refused("not-a-table", f"is an archive but no workbook. {_SAVE_AS}")
            if scan.thinned is None:        # then the fast reader gets what was sent
                check_truth(data, archive)
    except Unsafe as error:
        raise _Refused("unsafe", f"was not opened: {error}. Ask the sender for the file again, saved as .xlsx."
                       ) from None
    except (BadZipFile, EOFError, NotImplementedError, ValueError, OSError, zlib.error, etree.LxmlError) as error:
        raise _Refused("damaged", f"is damaged ({error}). {_SAVE_AS}") from None
    grids, issues = _grids(name, kind, data, scan, merged)
    if scan.macros:
        issues.append(Issue("macros", f"{name} holds macros. They were not run; only the cells were read.", file=name,
                            severity="info"))
    if scan.outside_links:
        issues.append(Issue("outside-links", f"{name} refers to other files. Nothing was fetched; the values that were "
                            "saved in it were read.", file=name, severity="info"))
    return ReadBook(name, sha, kind, tuple(grids), scan.properties, tuple(issues))


def _read_xls(name: str, sha: str, data: bytes) -> ReadBook:
    """An old .xls file; also what a password turns an .xlsx file into."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _Refused("locked", "is locked with a password. Save it without one, then try again.")
    if runs_in_a_circle(data):
        raise _Refused("damaged", "is damaged: a chain of its parts runs in a circle. Open it in Excel and save it again.")
    with silent_stderr():
        grids, issues = _grids(name, "xls", data, BookScan(), {})
    issues.append(Issue("old-format", f"{name} is of the old format .xls, in which comments, formulas, error values and "
                        "struck-out words can't be told from plain or blank cells. If it has any, save it as .xlsx and use "
                        "that file.", file=name, severity="info"))
    return ReadBook(name, sha, "xls", tuple(grids), issues=tuple(issues))


def _read_text(name: str, sha: str, data: bytes) -> ReadBook:
    try:
        text, encoding = delimited.decode(data)
        if text.lstrip()[:1] == "<":
            raise _Refused("not-a-table", f"is a web page or XML, not a workbook. {_SAVE_AS}")
        rows, delimiter = delimited.table(text)
    except delimited.NotText as error:
        raise _Refused("encoding", f"could not be read: {error}. Save it as .xlsx, or as “CSV UTF-8”, then try "
                       "again.") from None
    issues = []
    if encoding != "UTF-8":
        issues.append(Issue("encoding-found", f"{name} was read as {encoding}.", file=name, severity="info"))
    return ReadBook(name, sha, "csv", (Grid(Path(name).stem, rows),), issues=tuple(issues), encoding=encoding,
                    delimiter=delimiter)


def _grids(name: str, kind: str, data: bytes, scan: BookScan,
           merged: Mapping[str, list[tuple[int, int, int, int]]]) -> tuple[list[Grid], list[Issue]]:
    """All sheets' values, through python-calamine."""
    import python_calamine

    grids, issues = [], []
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(scan.thinned or BytesIO(data))
        visible = {m.name: m.visible for m in workbook.sheets_metadata
                   if m.typ == python_calamine.SheetTypeEnum.WorkSheet}
        for sheet, state in visible.items():
            found = scan.pages.get(sheet, PageScan())
            areas = tuple(merged.get(sheet, ()))
            if found.far and found.rows * found.columns > MOST_CELLS:
                # One cell far away would make the fast reader ask for memory for all cells before it.
                rows = _sparse(data, sheet, found.near)
                issues.append(Issue("far-cells", f"{name}, sheet {sheet}: {len(found.far)} cells far below or beside "
                                    f"the table were not read ({', '.join(found.far[:5])}).", file=name,
                                    cell=found.far[0]))
            else:
                page = workbook.get_sheet_by_name(sheet)
                rows = page.to_python(skip_empty_area=False)
                areas = areas or tuple((a + 1, b + 1, c + 1, d + 1)
                                       for (a, b), (c, d) in page.merged_cell_ranges or ())
            grids.append(Grid(sheet, rows, areas, found.formulas, frozenset(found.no_value), found.errors,
                              found.comments, frozenset(found.struck), state != python_calamine.SheetVisibleEnum.Visible))
    except python_calamine.PasswordError:
        raise _Refused("locked", "is locked with a password. Save it without one, then try again.") from None
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise _Refused("damaged", f"is damaged ({error}). {_SAVE_AS}") from None
    except BaseException as error:
        # The reader's Rust code reports what it did not foresee by a PanicException, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _Refused("damaged", f"is damaged. {_SAVE_AS}") from None
    if not grids:
        raise _Refused("damaged", f"has no sheet with cells. {_SAVE_AS}")
    return grids, issues


def _sparse(data: bytes, sheet: str, near: Place) -> list[list[Any]]:
    """The near part of a sheet that has cells far away, read row by row."""
    from openpyxl import load_workbook

    workbook = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    rows: list[list[Any]] = []
    for row in workbook[sheet].iter_rows(max_row=near[0], max_col=near[1], values_only=True):
        rows.append(["" if value is None else unescape(value) if isinstance(value, str) else value for value in row])
    workbook.close()
    return rows
