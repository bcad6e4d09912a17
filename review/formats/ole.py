"""Which rows of an old Excel file (`.xls`) hold cells, read from its bytes: only for counting, and by a way that shares
nothing with the reader of records.

Facts: [MS-CFB], compound files: sectors in chains, a directory of 128 bytes an entry; [MS-XLS], BIFF8: records of a
type and a length, a sheet between `BOF` and `EOF`, a cell's record begins with its row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_FREE = 0xFFFFFFFA                  # from here on a number is a mark, not a sector
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
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, 4096):
        raise ValueError("no compound file")

    def sector(number: int) -> bytes:
        return data[(number + 1) * size:(number + 2) * size]

    directory, mini_fat = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 60)[0]
    places = list(struct.unpack_from("<109I", data, 76))
    more = struct.unpack_from("<I", data, 68)[0]
    while more < _FREE and len(places) < len(data) // 4:
        *next_places, more = struct.unpack(f"<{size // 4}I", sector(more))
        places += next_places
    fat = _numbers(b"".join(sector(p) for p in places if p < _FREE))
    entries = b"".join(map(sector, _chain(fat, directory)))
    root = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at:at + max(length - 2, 0)].decode("utf-16-le", "replace")
        start, taken = struct.unpack_from("<II", entries, at + 116)
        if name in names and taken >= _SMALL:
            return b"".join(map(sector, _chain(fat, start)))[:taken]
        if name in names:
            small = b"".join(map(sector, _chain(fat, root)))
            links = _numbers(b"".join(map(sector, _chain(fat, mini_fat))))
            return b"".join(small[64 * i:64 * i + 64] for i in _chain(links, start))[:taken]
    raise ValueError("no workbook in the file")


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[:len(data) // 4 * 4])


def _chain(links: tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors of a chain; one that runs in a circle ends."""
    for _ in range(len(links)):
        if start >= len(links):
            return
        yield start
        start = links[start]
