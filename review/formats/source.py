"""A file being read: its bytes in chunks and lines, places kept in bytes of the file as received."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from review.formats import encodings
from review.model import Issue

LONGEST_LINE = 1 << 24              # bytes; a longer line is taken in pieces
ISSUES_A_KIND = 50                  # issues of one code that are told one by one


@dataclass
class Source:
    """One export file under reading. `encoding` is never empty; `issues` fills while it is read."""

    stream: BinaryIO
    name: str
    encoding: str = "utf-8"
    mapping: Mapping[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    reopen: Callable[[], BinaryIO] | None = None    # gives the contents from their first byte
    _told: dict[str, int] = field(default_factory=dict)

    @property
    def is_wide(self) -> bool:
        """Whether characters take two bytes or more, so that bytes of ASCII can't be looked for."""
        return self.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))

    def rewind(self) -> None:
        """Back to the first byte; needs `reopen` where the contents are unpacked on the way."""
        self.stream = self.reopen() if self.reopen else self.stream
        if not self.reopen:
            self.stream.seek(0)

    def peek(self, size: int = 1 << 16) -> bytes:
        """The first bytes as `lines` gives them, which are then read again."""
        kept, got = [], 0
        for line in self.lines():
            kept.append(line)
            got += len(line)
            if got >= size:
                break
        self.rewind()
        return b"".join(kept)

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes from where the stream stands; UTF-16 comes as UTF-8."""
        if not self.is_wide:
            while chunk := self.stream.read(encodings.CHUNK):
                yield chunk
            return
        text = io.TextIOWrapper(cast(BinaryIO, _Kept(self.stream)), encoding=self.encoding, errors="replace",
                                newline="")
        while part := text.read(encodings.CHUNK):
            yield part.encode("utf-8", "replace")

    def pieces(self) -> Iterator[bytes]:
        """Many whole lines at a time, as bytes in an encoding that keeps ASCII bytes.

        Joined again they give the file (for UTF-16: its UTF-8 form).
        """
        rest = b""
        for chunk in self.chunks():
            rest += chunk
            # A CR at the end may belong to a CRLF.
            cut = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > LONGEST_LINE:
                self.tell("line-too-long", f"a line is longer than {LONGEST_LINE >> 20} MB; it was cut")
                yield rest
                rest = b""
        if rest:
            yield rest

    def lines(self) -> Iterator[bytes]:
        """The lines of `pieces` with their ends (LF, CRLF or CR)."""
        for piece in self.pieces():
            yield from piece.splitlines(keepends=True)

    def size(self, data: bytes) -> int:
        """How many bytes of the file as received `data` (from `lines`) stands for."""
        if not self.is_wide:
            return len(data)
        return len(data.decode("utf-8").encode(self.encoding))

    def decode(self, data: bytes) -> str:
        """Text of bytes that `lines` gave."""
        return encodings.decode(data, "utf-8" if self.is_wide else self.encoding)

    def tell(self, code: str, message: str, *, line: int | None = None, cell: str = "",
             severity: str = "warning") -> None:
        """Note an issue of this file; of one kind the first are told one by one, the rest counted."""
        n = self._told[code] = self._told.get(code, 0) + 1
        if n <= ISSUES_A_KIND:
            self.issues.append(Issue(code, f"{self.name or 'the file'}: {message}", file=self.name, line=line,
                                     cell=cell, severity=severity))  # type: ignore[arg-type]

    def drain(self) -> Iterator[Issue]:
        """The issues noted since the last call."""
        found, self.issues = self.issues, []
        yield from found

    def remainder(self) -> Iterator[Issue]:
        """At the end: how many further issues of each kind there were."""
        yield from self.drain()
        for code, n in self._told.items():
            if n > ISSUES_A_KIND:
                yield Issue(code, f"{self.name or 'the file'}: {n - ISSUES_A_KIND} further issues of this kind",
                            file=self.name)


class _Kept(io.BufferedIOBase):
    """A stream that a text layer reads and does not close when it goes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._stream.read(-1 if size is None else size)

    def read1(self, size: int = -1) -> bytes:
        return self._stream.read(size if size >= 0 else encodings.CHUNK)
