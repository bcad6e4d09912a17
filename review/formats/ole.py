"""Which rows of an old Excel file (`.xls`) hold cells, read from its bytes: only for counting, and by a way that shares
nothing with the reader of records.

Fact: [MS-XLS], BIFF8: records of a type and a length, a sheet between `BOF` and `EOF`, a cell's record begins with its
row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from review.guards import Compound, chain

_SMALL = 4096                       # bytes; shorter streams lie in sectors of 64 bytes
_BOF, _SHEET = 0x0809, 0x0010
# Cells that hold something: formulas, constants in several forms, texts. A MULRK holds several numbers of one row.
_CELLS = frozenset({0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})


def filled_rows(data: bytes) -> list[set[int]]:
    """For each worksheet the rows, counted from 0, that hold a cell. ValueError where the file can't be read."""
    try:
        book = _stream(data, ("Workbook", "Book"))
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from error
    sheets: list[set[int]] = []
    inside = False
    for kind, body in _records(book):
        if kind == _BOF:
            inside = len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] == _SHEET
            if inside:
                sheets.append(set())
        elif inside and kind in _CELLS and len(body) >= 2:
            sheets[-1].add(struct.unpack_from("<H", body)[0])
    return sheets


def _records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4:at + 4 + size]
        at += 4 + size


def _stream(data: bytes, names: tuple[str, ...]) -> bytes:
    """The stream of one of these names in a compound file."""
    file = Compound(data)
    entries = list(file.entries())
    for name, _, start, taken in entries:
        if name in names and taken >= _SMALL:
            return file.chained(start)[:taken]
        if name in names:
            small = file.chained(entries[0][2])         # the root's stream
            return b"".join(small[64 * i:64 * i + 64] for i in chain(file.mini_links(), start))[:taken]
    raise ValueError("no workbook in the file")
