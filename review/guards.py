"""What stands between a workbook from anywhere and the library that opens it.

Fact: [MS-CFB], compound files (`.xls`): sectors in chains, each link a number in a table; a directory of 128 bytes an
entry. The library follows a chain for ever where it runs in a circle.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_FREE = 0xFFFFFFFA                  # from here on a number is a mark, not a sector
_SMALL = 4096                       # bytes; shorter streams lie in sectors of 64 bytes
OLD_WORKBOOK = bytes.fromhex("d0cf11e0a1b11ae1")


class Compound:
    """The sectors and tables of a compound file. ValueError where there are none, or the list of tables is circular."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            self.size = 1 << struct.unpack_from("<H", data, 30)[0]
            if self.size not in (512, 4096):
                raise ValueError("no compound file")
            self.directory, self.mini = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 60)[0]
            places = list(struct.unpack_from("<109I", data, 76))
            more, lists = struct.unpack_from("<I", data, 68)[0], set()
            while more < _FREE:
                if more in lists:
                    raise ValueError("its list of tables runs in a circle")
                lists.add(more)
                *next_places, more = struct.unpack(f"<{self.size // 4}I", self.sector(more))
                places += next_places
        except struct.error as error:
            raise ValueError(str(error)) from error
        self.links = _numbers(b"".join(self.sector(p) for p in places if p < _FREE))

    def sector(self, number: int) -> bytes:
        """The bytes of a sector; fewer, or none, beyond the end of the file."""
        return self.data[(number + 1) * self.size:(number + 2) * self.size]

    def chained(self, start: int) -> bytes:
        """The bytes of a chain of sectors; one that runs in a circle ends."""
        return b"".join(map(self.sector, chain(self.links, start)))

    def mini_links(self) -> tuple[int, ...]:
        """The links between the small sectors."""
        return _numbers(self.chained(self.mini))

    def entries(self) -> Iterator[tuple[str, int, int, int]]:
        """Of each entry of the directory: name, kind (5: the root), first sector, length."""
        listed = self.chained(self.directory)
        for at in range(0, len(listed) - 127, 128):
            length = struct.unpack_from("<H", listed, at + 64)[0]
            start, taken = struct.unpack_from("<II", listed, at + 116)
            name = listed[at:at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            yield name, listed[at + 66], start, taken


def runs_in_a_circle(data: bytes) -> bool:
    """Whether a chain of a compound file comes back to a sector of its own."""
    try:
        file = Compound(data)
    except ValueError as error:
        return "circle" in str(error)
    entries = list(file.entries())
    large = [file.directory, file.mini, *(start for _, kind, start, taken in entries if taken >= _SMALL or kind == 5)]
    small = [start for _, kind, start, taken in entries if taken < _SMALL and kind != 5]
    # Which table a reader takes for a short stream differs; both are looked at.
    return _circle(file.links, large + small) or _circle(file.mini_links(), small)


def _circle(links: tuple[int, ...], starts: list[int]) -> bool:
    sound: set[int] = set()
    for start in starts:
        path: set[int] = set()
        while start < len(links) and start not in sound:
            if start in path:
                return True
            path.add(start)
            start = links[start]
        sound |= path
    return False


def chain(links: tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors of a chain; one that runs in a circle ends."""
    for _ in range(len(links)):
        if start >= len(links):
            return
        yield start
        start = links[start]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[:len(data) // 4 * 4])


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Nothing goes to standard error meanwhile: on a damaged workbook the reading library's Rust code prints a trace
    there, before Python hears of it and says what to do."""
    try:
        kept = os.dup(2)
    except OSError:             # there is no standard error
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
