"""PRISMA.csv read from anywhere: ours, the PRISMA2020 R package's, or one that a person made or saved as a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from review.model import Issue, ReviewError
from review.prisma.box import Flow, FlowBox
from review.prisma.keys import NAME_IN_FILE, OFFICIAL, OWN
from review.prisma.numbers import entries, given, part, whole_number
from review.prisma.prisma_csv import AS_PARTS, DRAFT, NA, PADDING, PARTS_ROW

MOST_BYTES = 5_000_000  # a flow is a few kilobytes; more is another file


def read_csv(data: bytes, name: str = "PRISMA.csv") -> Flow:
    """A flow from PRISMA.csv, as text or as a workbook (.xlsx, .xls, .ods).

    Columns are found by their names, in any order; the list separator may be a comma, semicolon or tab.
    Names in lists may hold commas: the number stands after the last. What cannot be read becomes an issue.
    Raises ReviewError where the file is not a PRISMA.csv at all.
    """
    issues: list[Issue] = []
    rows = _table(data, name, issues)
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if not _is_header(header):
        raise ReviewError(f"{name} is not a PRISMA.csv: its first line has no columns “data” and “n”. Give "
                          "the file that the PRISMA2020 tool or `review flow` writes, or the counts as JSON.",
                          code="flow-columns", file=name, line=1)
    wanted = ("data", "n", "boxtext", "description")
    at = {column: header.index(column) for column in wanted if column in header}
    reader = _CellReader(name, at["n"], issues)
    cells, details = _cells(rows, at, reader)
    return Flow(name, reader.boxes(cells, details), {key: text for key, (_, text, _) in cells.items()},
                tuple(issues))


def _cells(rows: Sequence[Sequence[str]], at: Mapping[str, int],
           reader: _CellReader) -> tuple[dict[str, tuple[str, str, int]], list[tuple[str, str, int]]]:
    """Key -> (number, words, line) of the rows that name a box, and the same of the rows of details."""
    ours = {in_file: key for key, in_file in NAME_IN_FILE.items()}
    cells: dict[str, tuple[str, str, int]] = {}
    details: list[tuple[str, str, int]] = []
    for line, row in enumerate(rows[1:], start=2):
        get = {column: row[i].strip() if i < len(row) else "" for column, i in at.items()}
        key = ours.get(get["data"], get["data"])
        if re.fullmatch(r"detail_\d+", key):
            target = get.get("description", "")
            details.append((ours.get(target, target), get["n"], line))
        elif key in cells:
            same = cells[key][0] == get["n"]
            reader.say("flow-key-twice", f"“{key}” stands in two rows; the first counts.", line,
                       severity="warning" if same else "error", cell=False)
        elif key in OFFICIAL or key in OWN or key == DRAFT:
            cells[key] = (get["n"], get.get("boxtext", ""), line)
        elif key not in ("", NA, "identification", "screening", "included"):
            reader.say("flow-key-unknown", f"“{key}” is no box of a PRISMA flow; the row is not checked.", line,
                       severity="info", cell=False)
    return cells, details


def _is_header(cells: Iterable[str]) -> bool:
    return {"data", "n"} <= {cell.strip().casefold() for cell in cells}


def _table(data: bytes, name: str, issues: list[Issue]) -> list[list[str]]:
    """The rows of the file as text."""
    if len(data) > MOST_BYTES:
        raise ReviewError(f"{name} has {len(data):,} bytes: too many for a flow. Give a PRISMA.csv.",
                          code="flow-size", file=name)
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return _workbook(data, name)
    try:
        return list(csv.reader(io.StringIO(_decode(data, name, issues)), delimiter=_delimiter(data)))
    except csv.Error as error:
        raise ReviewError(f"{name} can't be read as a table ({error}). Give a PRISMA.csv, or the counts as JSON.",
                          code="flow-table", file=name) from error


def _workbook(data: bytes, name: str) -> list[list[str]]:
    """The first sheet of a workbook whose first row has the columns; else the first sheet."""
    from review.sheets.read import cell_text, read_book

    book = read_book(Path(name), data)
    if not book.grids:
        why = " ".join(issue.message for issue in book.issues) or f"{name} is not a text file."
        raise ReviewError(f"{why} Give a PRISMA.csv, or the counts as JSON.", code="flow-binary", file=name)
    tables = [[[cell_text(value) for value in row] for row in grid.rows] for grid in book.grids]
    return next((table for table in tables if table and _is_header(table[0])), tables[0])


def _decode(data: bytes, name: str, issues: list[Issue]) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise ReviewError(f"{name} is not a text file. Give a PRISMA.csv, or the counts as JSON.",
                          code="flow-binary", file=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        issues.append(Issue("flow-encoding", "The file is not UTF-8: numbers are read, but names outside "
                            "ASCII may be wrong. Save it as “CSV UTF-8”.", name))
        return data.decode("latin-1")


def _delimiter(data: bytes) -> str:
    """The separator that the first line has most of."""
    first = data.split(b"\n", 1)[0].replace(b"\0", b"")
    return max(",;\t", key=lambda mark: first.count(mark.encode()))


class _CellReader:
    """Turns the text of cells into numbers and lists, and says what it cannot read. `column`: that of the numbers."""

    def __init__(self, name: str, column: int, issues: list[Issue]) -> None:
        self.name, self.column, self.issues = name, chr(ord("A") + column), issues

    def say(self, code: str, message: str, line: int, *, severity: Literal["error", "warning", "info"] = "error",
            cell: bool = True) -> None:
        """Note what is wrong in a row; an error where a number that was given could not be read."""
        place = f"{self.column}{line}" if cell else ""
        self.issues.append(Issue(code, message, self.name, line, place, severity))

    def boxes(self, cells: Mapping[str, tuple[str, str, int]],
              details: Iterable[tuple[str, str, int]]) -> dict[str, FlowBox]:
        """Every box that the rows tell of."""
        rows_of_parts = set(PARTS_ROW.values())
        out: dict[str, FlowBox] = {}
        for key, (text, _, line) in cells.items():
            if key in AS_PARTS and whole_number(text) is None:
                parts = self.parts(key, text, line)
                if parts is not None:
                    out[key] = FlowBox(sum(parts.values()), parts)
            elif key not in rows_of_parts and key != DRAFT:
                n = self.number(key, text, line)
                row = PARTS_ROW.get(key, "")
                parts = self.parts(row, *cells[row][::2]) if row in cells else None
                if n is not None or parts:
                    out[key] = FlowBox(n, parts or {})
        for key, text, line in details:
            box = out.get(key, FlowBox(None))
            if whole_number(text) is not None:
                out[key] = FlowBox(self.number(key, text, line), box.parts)
            else:
                out[key] = FlowBox(box.n, self.parts(key, text, line) or {})
        return out

    def number(self, key: str, text: str, line: int) -> int | None:
        """A whole number of records; None, said unless it is not given, where there is none."""
        n = whole_number(text)
        if n is None and given(text):
            self.say("flow-number", f"“{key}” holds “{text}”, which is not a whole number of records; the box "
                     "counts as not given. Write the number alone.", line)
        return n

    def parts(self, key: str, text: str, line: int) -> dict[str, int] | None:
        """'Name, n; Name, n' without the padding that the package needs; None where nothing is given, or not all read."""
        if not given(text):
            return None
        parts: dict[str, int] = {}
        padded, whole = False, True
        for entry in entries(text):
            if re.search(r",\s*xxx$", entry):           # the template's placeholder
                self.say("flow-placeholder", f"“{key}” still holds the template's placeholder “{entry}”; it "
                         "counts as not given.", line)
                return None
            found = part(entry)
            if found is None:
                whole = False
                self.say("flow-part", f"In “{key}”, “{entry}” is not “Name, number”, so the list counts as not given. "
                         "Write each part as “Name, 12”, with “;” between.", line)
                continue
            label, n = re.sub(r"^'(?=[=+@-])", "", found[0]), found[1]
            if "," in label:
                self.say("flow-comma", f"In “{key}” the name “{label}” holds a comma: the PRISMA2020 package "
                         "cuts it there.", line, severity="warning")
            if n == 0 and label in (PADDING, "None"):
                padded = True
                continue
            parts[label] = parts.get(label, 0) + n
        return parts if whole and (parts or padded) else None
