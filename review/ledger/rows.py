r"""The rows of the four logs as CSV: one line a row, whatever a cell holds.

Newlines inside cells are written `\n` and `\r`, a backslash `\\`. A cell that a spreadsheet would take for a formula
(it begins with = + - @ or a tab) is written with an apostrophe before it, and so is one that begins with an
apostrophe; reading takes it away again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from review.model import Assignment, Decision, Event, Link

Row = Assignment | Decision | Event | Link
TYPES: dict[str, type[Any]] = {
    "assignments.csv": Assignment, "decisions.csv": Decision, "links.csv": Link, "events.csv": Event,
}
COLUMN_NAMES = {"evidence_for": "for", "evidence_against": "against", "source": "from", "target": "to"}
INTEGERS = frozenset({"seq", "transaction", "round"})


def columns(log: str) -> list[str]:
    """The header of a log."""
    return [_column(log, f.name) for f in fields(TYPES[log])]


def _column(log: str, name: str) -> str:
    return COLUMN_NAMES.get(name, name) if log in ("assignments.csv", "links.csv") else name


def escape(text: str) -> str:
    """A cell as it stands in the log."""
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "'" + text if text[:1] in "=+-@\t'" and text else text


def unescape(cell: str) -> str:
    """The inverse of `escape`."""
    if cell.startswith("'"):
        cell = cell[1:]
    if "\\" not in cell:
        return cell
    out, chars = [], iter(cell)
    for char in chars:
        if char == "\\":
            following = next(chars, "")
            char = {"n": "\n", "r": "\r", "0": "\0"}.get(following, following)
        out.append(char)
    return "".join(out)


def encode_cells(cells: Iterable[object]) -> bytes:
    """One CSV line."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([escape(str(c)) for c in cells])
    return line.getvalue().encode("utf-8")


def encode(row: Row) -> bytes:
    """One row as one line."""
    return encode_cells(getattr(row, f.name) for f in fields(row))


def header(log: str) -> bytes:
    """The first line of a log."""
    return encode_cells(columns(log))


def decode(log: str, data: bytes) -> list[Any]:
    """All rows of a log. Raises ValueError with the line that can't be read (the caller knows the file)."""
    if not data:
        return []
    kind, names = TYPES[log], [f.name for f in fields(TYPES[log])]
    numbers = [n in INTEGERS for n in names]
    lines = data.decode("utf-8").split("\n")
    if lines[-1] != "" or lines[0].split(",") != columns(log):
        raise ValueError("line 1")
    rows = []
    before = csv.field_size_limit(len(data))            # what was logged is readable, however long
    try:
        for number, cells in enumerate(csv.reader(lines[1:-1], strict=True), start=2):
            if len(cells) != len(names):
                raise ValueError(f"line {number}")
            rows.append(kind(*[int(c) if is_int else unescape(c) for c, is_int in zip(cells, numbers, strict=True)]))
    finally:
        csv.field_size_limit(before)
    return rows
