"""Zip archives: written with fixed dates, and looked over before anything of them is read."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from review.ledger.disk import disk_error
from review.model import ReviewError

FIXED = (1980, 1, 1, 0, 0, 0)       # the earliest date that a zip archive can hold
MOST_BYTES = 1 << 30                # all parts unpacked
MOST_PARTS = 20_000
MOST_RATIO = 300                    # unpacked to packed, for parts over 64 MiB
_CHUNK = 1 << 20


class FixedZip(ZipFile):
    """A zip archive whose bytes depend on nothing but its parts: no dates, one system's marks."""

    def info(self, name: str) -> ZipInfo:
        """A part's entry in the archive."""
        info = ZipInfo(name, FIXED)
        info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
        return info

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, compress_type: int | None = None,
                 compresslevel: int | None = None) -> None:
        """Add a part from memory."""
        super().writestr(self.info(str(zinfo_or_arcname)), data, ZIP_DEFLATED, 6)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        """Add a part from a file."""
        info = self.info(str(arcname))
        info.file_size = Path(filename).stat().st_size
        with open(filename, "rb") as source, self.open(info, "w") as target:
            shutil.copyfileobj(source, target, _CHUNK)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, which becomes `path` at the end; never over a file that exists.

    Raises ReviewError where `path` exists already or the disk doesn't take it.
    """
    if path.exists():
        raise _exists(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with open(temporary, "rb+") as handle:
            os.fsync(handle.fileno())
        _claim(temporary, path)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def _exists(path: Path) -> ReviewError:
    return ReviewError(f"{path} exists already and may hold somebody's work, so it is not written over. "
                       "Move it away or choose another name.", code="exists", file=str(path))


def _claim(temporary: Path, path: Path) -> None:
    """Give the finished file its name, only if nobody took the name meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:                 # a file system without hard links
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            raise _exists(path) from None
        temporary.replace(path)


class Unsafe(Exception):
    """An archive that must not be opened; the message says why."""


def check_size(archive: ZipFile) -> None:
    """Raise Unsafe if the archive says that it unpacks to more than a workbook can honestly hold.

    What it says may be a lie. Python's own reader unpacks no more of a part than was declared; before another reader
    gets the archive, `check_truth` is due.
    """
    infos = archive.infolist()
    if len(infos) > MOST_PARTS:
        raise Unsafe(f"it holds {len(infos)} parts")
    if sum(i.file_size for i in infos) > MOST_BYTES:
        raise Unsafe("it unpacks to more than 1 GB")
    if len({i.filename for i in infos}) != len(infos):
        raise Unsafe("it holds two parts of one name")
    for info in infos:
        if info.flag_bits & 1:
            raise Unsafe("it is locked with a password")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Unsafe("it is packed in a way that no spreadsheet program uses")
        if info.file_size > 1 << 26 and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise Unsafe(f"its part {info.filename} is packed {info.file_size // max(info.compress_size, 1)} to 1")


def check_truth(data: bytes, archive: ZipFile) -> None:
    """Raise Unsafe if a part isn't as large as it says: every part is unpacked, a piece at a time."""
    for info in archive.infolist():
        size = _unpacked(data, archive, info)
        if size != info.file_size:
            raise Unsafe(f"its part {info.filename} declares {info.file_size} bytes and holds {size}")


def _unpacked(data: bytes, archive: ZipFile, info: ZipInfo) -> int:
    """The true unpacked size of a part, counted up to a little over what it declares."""
    offset = info.header_offset
    if data[offset:offset + 4] != b"PK\x03\x04":
        raise BadZipFile("a part is not where the directory says")
    start = offset + 30 + int.from_bytes(data[offset + 26:offset + 28], "little") + int.from_bytes(
        data[offset + 28:offset + 30], "little")
    packed = memoryview(data)[start:start + info.compress_size]
    if info.compress_type == ZIP_STORED:
        return len(packed)
    engine, size = zlib.decompressobj(-15), 0
    for place in range(0, len(packed), _CHUNK):
        rest: bytes | memoryview = packed[place:place + _CHUNK]
        while rest:
            size += len(engine.decompress(rest, 8 * _CHUNK))
            rest = engine.unconsumed_tail
            if size > info.file_size + 8 * _CHUNK:
                return size
    return size + len(engine.flush())


def read_part(archive: ZipFile, name: str) -> bytes:
    """A whole part (of an archive that `check_size` passed); empty if it is absent."""
    try:
        return archive.read(name)
    except KeyError:
        return b""


def pieces(archive: ZipFile, name: str, cut: bytes) -> Iterator[bytes]:
    """A part in pieces of about a megabyte that begin at `cut` (the first piece: at the beginning)."""
    rest = b""
    handle: IO[bytes]
    with archive.open(name) as handle:
        while chunk := handle.read(_CHUNK):
            rest += chunk
            place = rest.rfind(cut)
            if place > 0:
                yield rest[:place]
                rest = rest[place:]
    yield rest
