"""Writing so that a file is either wholly there or not at all, and hashing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from review.model import ReviewError


def sha256(data: bytes) -> str:
    """The SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` in one step: a reader sees the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise disk_error(error, path) from error
    sync_folder(path.parent)


def write_derived(path: Path, data: bytes) -> None:
    """Write a derived file, unless it already holds exactly `data` (so that its date says when it changed)."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    write_atomic(path, data)


def append(path: Path, data: bytes) -> None:
    """Append `data` and wait until the disk has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise disk_error(error, path) from error


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` durable, where the system lets one do so."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_error(error: OSError, path: Path) -> ReviewError:
    """What a failed write means for the reader of the message."""
    why = error.strerror or str(error)
    return ReviewError(f"Could not write {path}: {why}. Nothing that was saved before is changed. Free some space or "
                       "make the folder writable, then run the same command again.", code="disk", status=3,
                       file=str(path))
