"""Files on disk: hashed; written so that one is either wholly there or not at all; and what is said where one can't be
read or written. Exit status 2 in all these cases: the user mends the place, and no source has failed.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from review.model import ReviewError

# What was written must be readable again: the standard library takes 131,072 characters in a cell. Readers of export files
# set the same limit.
csv.field_size_limit(1 << 24)
_FULL = "Free some space there"
_CURES = {
    errno.ENOSPC: _FULL, errno.EDQUOT: _FULL,
    errno.EFBIG: "Choose a disk, or a limit, that allows larger files",
    errno.EROFS: "Make that disk writable, or work on a copy elsewhere",
    errno.EACCES: "Give yourself permission to write there", errno.EPERM: "Give yourself permission to write there",
}


def sha256(data: bytes) -> str:
    """The SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` in one step: a reader sees the old file or the new one, never half of one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with writing(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except OSError:
            with suppress(OSError):         # on a disk that can't be written it is not there either
                temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_derived(path: Path, data: bytes) -> None:
    """Write a derived file, unless it already holds exactly `data` (so that its date says when it changed)."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    write_atomic(path, data)


def append(path: Path, data: bytes) -> None:
    """Append `data` and wait until the disk has it."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` durable, where the system lets one do so."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system refuses inside this block is told of `path`, the file that the user knows."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def disk_error(error: OSError, path: Path) -> ReviewError:
    """What a failed write means for the reader of the message, with the cure that fits."""
    why = error.strerror or str(error)
    cure = _CURES.get(error.errno or 0) or ("Name another place: a file stands where a folder is needed" if isinstance(
        error, (FileExistsError, NotADirectoryError)) else "Make sure that it can be written")
    return ReviewError(f"{path} could not be written: {why}. Nothing that was saved before is changed. {cure}, then run "
                       "the same command again.", code="disk", file=str(path))


def readable(path: Path, *, pipe: bool = False) -> Path:
    """`path`, if it is a file that can be read; else the ReviewError of `read_error`.

    `pipe` says that one reading suffices, so that a pipe (a shell's `<(...)`) does as well.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise read_error(error, path) from None
    if stat.S_ISDIR(mode):
        raise read_error(IsADirectoryError(errno.EISDIR, ""), path)
    if not stat.S_ISREG(mode) and not pipe:
        raise ReviewError(f"{path} is a pipe or a device. Save what it gives as a file first.", code="no-such-file",
                          file=str(path))
    if not os.access(path, os.R_OK):
        raise read_error(PermissionError(errno.EACCES, ""), path)
    return path


def read_error(error: OSError, path: Path) -> ReviewError:
    """What is said, by every command, of a file that was named and can't be read."""
    if isinstance(error, IsADirectoryError):
        said, code = f"{path} is a folder. Name a file in it.", "is-a-folder"
    elif isinstance(error, PermissionError):
        said, code = f"{path} can't be read: you have no permission to read it. Give yourself that.", "no-permission"
    elif isinstance(error, (FileNotFoundError, NotADirectoryError)) or error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        said, code = f"There is no file {path}.", "no-such-file"
    else:
        said, code = f"{path} can't be read: {error.strerror or error}.", "cannot-read"
    return ReviewError(said, code=code, file=str(path))


def system_error(error: OSError) -> ReviewError:
    """What is said of an error of the system that nothing else has put into words."""
    name = error.filename2 or error.filename     # of two files the second is the one that is written
    path = Path(os.fsdecode(name)) if isinstance(name, (str, bytes)) else None
    if path is None:
        return disk_error(error, Path("a file"))
    denied = isinstance(error, PermissionError) and path.is_file() and not os.access(path, os.R_OK)
    return disk_error(error, path) if error.errno in _CURES and not denied else read_error(error, path)
