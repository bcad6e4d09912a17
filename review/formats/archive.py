"""Exports that come compressed: gzip and zip, opened within bounds.

A zip's members are exports of their own, in order of their names; places count over the joined
contents, a line end between two. A member or file that grows beyond the bounds is refused, so that a small file can't fill
the disk or the memory.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from typing import IO, BinaryIO, cast

from review.model import ReviewError

LARGEST = 8 << 30                   # bytes that one compressed export may unfold to
FREE = 64 << 20                     # bytes that any may unfold to
RATIO = 1000                        # times its own size that a larger one may unfold to
# What the unpacking libraries raise on damaged files; RuntimeError on encrypted ones.
_DAMAGE = (EOFError, OSError, RuntimeError, ValueError, zlib.error, lzma.LZMAError, struct.error, zipfile.BadZipFile)
_WORKBOOK = (b"[Content_Types].xml", b"mimetype", b"xl/")


def is_compressed(head: bytes) -> bool:
    """Whether the bytes begin a gzip, or a zip that is not a workbook."""
    if head[:2] == b"\x1f\x8b":
        return True
    return head[:4] == b"PK\x03\x04" and not any(mark in head[:4096] for mark in _WORKBOOK)


class _Bounded(io.RawIOBase):
    """A decompressed stream that stops when it grows out of proportion."""

    def __init__(self, inner: gzip.GzipFile | _Members, packed: int, name: str) -> None:
        self._inner, self._name, self._given = inner, name, 0
        self._bound = min(LARGEST, max(FREE, packed * RATIO))

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        try:
            data: bytes = self._inner.read1(size)  # what comes before a damage is given
        except _DAMAGE as error:
            raise ReviewError(f"{self._name}: the compressed file is damaged ({error}); unpack it by hand, or"
                              " export it again", code="archive-damaged", status=1, file=self._name) from error
        self._given += len(data)
        if self._given > self._bound:
            raise ReviewError(f"{self._name}: the compressed file unfolds to more than {self._bound >> 20} MB and was"
                              " refused; unpack it by hand if that is right", code="archive-too-large", status=1,
                              file=self._name)
        return data


def members(stream: BinaryIO, name: str) -> list[tuple[str, int]]:
    """(name, place of its first byte in the joined contents) of the members of a zip with several; else none."""
    head = stream.read(4096)
    stream.seek(-len(head), io.SEEK_CUR)
    if head[:2] != b"PK" or not is_compressed(head):
        return []
    here = stream.tell()
    archive = _zip(stream, name)
    places, place = [], 0
    for member in _names(archive):
        places.append((member, place))
        place += archive.getinfo(member).file_size + 1
    stream.seek(here)
    return places if len(places) > 1 else []


def opened(stream: BinaryIO, name: str, member: str = "") -> BinaryIO:
    """The contents of a compressed export (of a zip: of all members, or of one); any other stream as it is. Needs a
    stream that can seek."""
    head = stream.read(4096)
    stream.seek(-len(head), io.SEEK_CUR)
    if not is_compressed(head):
        return stream
    here = stream.tell()
    packed = stream.seek(0, io.SEEK_END) - here
    stream.seek(here)
    if head[:2] == b"\x1f\x8b":
        return cast(BinaryIO, _Bounded(gzip.GzipFile(fileobj=stream), packed, name))
    archive = _zip(stream, name)
    names = [member] if member else _names(archive)
    return cast(BinaryIO, _Bounded(_Members(archive, names), packed, name))


def _zip(stream: BinaryIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except _DAMAGE as error:
        raise ReviewError(f"{name}: the zip file can't be opened ({error}); unpack it by hand", code="archive-damaged",
                          status=1, file=name) from error


def _names(archive: zipfile.ZipFile) -> list[str]:
    """Nothing is unpacked to a place, so a name such as ../a.ris does no harm. Left out: what systems add."""
    return sorted({n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX")
                   and not n.rpartition("/")[2].startswith(".")})


class _Members:
    """Members of a zip as one stream, a line end between two."""

    def __init__(self, archive: zipfile.ZipFile, names: list[str]) -> None:
        self._archive, self._names = archive, list(names)
        self._open: IO[bytes] | None = None

    def read1(self, size: int) -> bytes:
        """Some bytes, at most `size`; b"" at the end."""
        while True:
            if self._open is None:
                if not self._names:
                    return b""
                self._open = self._archive.open(self._names.pop(0))
            data = cast(zipfile.ZipExtFile, self._open).read1(size)
            if data:
                return data
            self._open = None
            if self._names:
                return b"\n"
