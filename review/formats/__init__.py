"""Export files of databases and reference managers: a binary stream in, records and issues out.

A format is one module of this package with a `FORMAT`, found through `registry`. Reading streams,
never raises on bad data, and keeps every tag and the record's place in the file. `count` says how
many records a file holds by a means of its own, so that an import can tell when some were lost.
"""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from review.formats import archive, encodings
from review.formats.registry import Format, formats
from review.formats.source import Source
from review.model import Entry, Issue, Record, ReviewError, replace

HEAD = 1 << 16                      # bytes of a file that `sniff` looks at
COVIDENCE = 15_000                  # references that Covidence takes in one file
ZIP = "zip"                         # what `describe` calls a zip whose members are of several formats
_LEAST = 0.1                        # a lower answer of a format counts as none


def names() -> list[str]:
    """The names of all formats that can be read."""
    return sorted(formats())


def writable() -> list[str]:
    """The names of the formats that can be written."""
    return sorted(n for n, item in formats().items() if item.write)


def to_write(word: str) -> str | None:
    """The format to write that a person means by its name or its usual suffix, in any case: RIS, nbib, .bib."""
    word = word.strip().lower().lstrip(".")
    by_suffix = {formats()[name].suffixes[0].lstrip("."): name for name in writable()}
    return word if word in writable() else by_suffix.get(word)


def suffixes(format: str) -> tuple[str, ...]:
    """The usual file name suffixes of a format, the first for writing."""
    return _format(format).suffixes


def sniff(head: bytes, name: str = "") -> str | None:
    """The name of the format that a file's first bytes (64 KiB) speak for, by content; the file's name
    only decides between equals. None where none fits."""
    text = encodings.decode(head, encodings.detect(head)[0]).lstrip("\ufeff")
    raw = head[:4096].decode("latin-1")
    best, best_score = None, _LEAST
    for item in formats().values():
        score = item.sniff(raw if item.binary else text, name)
        if score and name.lower().endswith(item.suffixes):
            score += 0.01
        if score > best_score:
            best, best_score = item.name, score
    return best


def describe(source: bytes | BinaryIO, name: str) -> tuple[str | None, str]:
    """(format, encoding) that `read` will use; for a zip whose members differ `zip`, or no one encoding. With a
    file's head the encoding is that of the head; with
    the file itself (a stream that can seek) of all of it. The encoding of a workbook is ""."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    start = stream.tell()
    try:
        found = {_described(part, whole=not isinstance(source, bytes)) for part in _parts(stream, name)}
    except ReviewError:
        return None, ""                         # a damaged archive: `read` tells what is wrong
    finally:
        stream.seek(start)
    if len(found) == 1:
        return found.pop()
    kinds = {format for format, _ in found}
    return (kinds.pop(), "") if len(kinds) == 1 else (ZIP, "")


def _described(part: _Part, *, whole: bool) -> tuple[str | None, str]:
    try:
        head = _head(part.contents())
    except ReviewError:
        return None, ""                         # a damaged member: `read` tells what is wrong
    format = None if archive.is_compressed(head) else sniff(head, part.name)
    if format and formats()[format].binary:
        return format, ""
    return format, _encoding(head, part.contents() if whole else None, None)[0]


def _encoding(head: bytes, more: BinaryIO | None, said: str | None) -> tuple[str, str]:
    """The encoding, and how it is known, by all of the contents; where they are damaged, by their head."""
    try:
        return encodings.detect(head, said=said, more=more)
    except ReviewError:
        return encodings.detect(head, said=said)


def read(stream: BinaryIO, *, name: str, format: str | None = None, encoding: str | None = None,
         mapping: Mapping[str, str] | None = None) -> Iterator[Entry | Issue]:
    """The records of an export file one at a time, between them what a person should know.

    `format` and `encoding` are found by content where not given (a mark in the file or sound UTF-8
    stands above `encoding`). `mapping` names the columns of an unknown table: column -> field.
    Places count in bytes of the file as received, for a compressed file in bytes of its contents. Each member of a zip
    is read by its own content.
    """
    if encoding and not encodings.canonical(encoding):
        raise ReviewError(f"{encoding!r} is no encoding that Python knows; try utf-8, gb18030, cp1252 or big5",
                          code="unknown-encoding", file=name)
    chosen = _format(format) if format and format != ZIP else None
    try:
        parts = _parts(_seekable(stream), name)
    except ReviewError as error:
        yield replace(error.as_issue(), severity="error")
        return
    for part in parts:
        if not part.place:
            yield from _read(part, chosen, encoding, mapping)
            continue
        for item in _read(part, chosen, encoding, mapping):
            yield replace(item, offset=item.offset + part.place) if isinstance(item, Entry) and item.length else item


def _read(part: _Part, chosen: Format | None, encoding: str | None, mapping: Mapping[str, str] | None
          ) -> Iterator[Entry | Issue]:
    name = part.name
    try:
        head = _head(part.contents())
        if archive.is_compressed(head):
            yield Issue("archive-nested", f"{name}: a compressed file within a compressed one is not opened; unpack it by hand"
                        " and import the files", file=name, severity="error")
            return
        if not head.lstrip(b"\xef\xbb\xbf\xff\xfe").strip():
            yield Issue("file-empty", f"{name}: the file is empty; export it again", file=name, severity="error")
            return
        if chosen is None:
            found = sniff(head, name) or ("csv" if mapping else None)
            if found is None:
                yield Issue("format-unknown", f"{name}: no known format fits this file's content; export it as RIS,"
                            " or give --mapping for a table. For a page or a document without an export say what it is"
                            " (--fields title=... authors=... year=... url=...), or name it in the column `file` of a"
                            " table (CSV) and import that: it is then kept beside its record", file=name, severity="error")
                return
            chosen = formats()[found]
        source = Source(part.contents(), name, reopen=part.contents)
        source.mapping = dict(mapping or {})
        if not chosen.binary:
            source.encoding, how = _encoding(head, source.stream, encoding)
            source.rewind()
            yield from _about_encoding(source, how)
        yield from chosen.read(source)
    except ReviewError as error:
        yield replace(error.as_issue(), severity="error")


def count(stream: BinaryIO, *, format: str, encoding: str | None = None, name: str = "",
          mapping: Mapping[str, str] | None = None) -> int | None:
    """How many records the file holds, by a means independent of the reader; None where there is none."""
    chosen = _format(format) if format != ZIP else None
    try:
        counts = [_count(part, chosen, encoding, mapping) for part in _parts(_seekable(stream), name)]
    except ReviewError:
        return None
    known = [n for n in counts if n is not None]
    return sum(known) if len(known) == len(counts) else None


def _count(part: _Part, chosen: Format | None, encoding: str | None, mapping: Mapping[str, str] | None) -> int | None:
    head = _head(part.contents())
    if archive.is_compressed(head):
        return 0
    if chosen is None:
        found = sniff(head, part.name) or ("csv" if mapping else None)
        if found is None:
            return 0                            # `read` tells that it can't be read
        chosen = formats()[found]
    source = Source(part.contents(), part.name, reopen=part.contents)
    source.mapping = dict(mapping or {})
    if not chosen.binary:
        source.encoding = encodings.detect(_head(source.stream), said=encoding, more=source.stream)[0]
        source.rewind()
    return chosen.count(source)


def tags_at(data: bytes, format: str, encoding: str | None = None, *, header: bytes = b""
            ) -> tuple[tuple[str, str], ...]:
    """The source tags of one record's bytes (the file's slice `offset:offset+length`), in order.

    For a table the columns have names only where `header` (its first lines) is given, else numbers.
    """
    format = sniff(data) or "csv" if format == ZIP else format
    source = Source(io.BytesIO(data), "", encodings.canonical(encoding) or "utf-8" if encoding else
                    encodings.detect(data)[0])
    if source.is_wide:
        data = b"".join(source.chunks())
    if header:
        source.mapping = {"\0header": encodings.decode(header, source.encoding)}
    return _format(format).tags(data, source)


def write(records: Iterable[Record], stream: BinaryIO, *, format: str,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """Write records; `extra` gives further columns or notes for each (a report key, a decision).
    Returns how many were written."""
    chosen = _format(format)
    if chosen.write is None:
        raise ReviewError(f"{format} can be read but not written; formats to write: {', '.join(writable())}",
                          code="format-not-written")
    return chosen.write(records, stream, extra)


def write_parts(records: Iterable[Record], part: Callable[[int], BinaryIO], *, format: str, limit: int = COVIDENCE,
                extra: Callable[[Record], Mapping[str, str]] | None = None) -> list[int]:
    """Write in parts of at most `limit` records, for takers that have one (Covidence: 15,000 references a file).

    `part` gives the stream for a part, counted from 1. Returns the records of each part.
    """
    sizes: list[int] = []
    waiting = iter(records)
    while batch := list(itertools.islice(waiting, limit)):
        sizes.append(write(batch, part(len(sizes) + 1), format=format, extra=extra))
    return sizes


def _format(name: str) -> Format:
    if name not in formats():
        raise ReviewError(f"there is no format {name!r}; formats: {', '.join(names())}", code="unknown-format")
    return formats()[name]


def _head(stream: BinaryIO) -> bytes:
    out = b""
    try:
        while len(out) < HEAD and (part := stream.read(HEAD - len(out))):
            out += part
    except ReviewError:                         # a damaged archive; what comes before the damage is read
        if not out:
            raise
    return out


@dataclass(frozen=True)
class _Part:
    """One export: a file, or a member of a zip."""

    name: str
    contents: Callable[[], BinaryIO]            # from the first byte, unpacked
    place: int = 0                              # of its first byte in the file's contents
    member: str = ""


def _parts(stream: BinaryIO, name: str) -> list[_Part]:
    start = stream.tell()

    def contents(member: str = "") -> BinaryIO:
        stream.seek(start)
        return archive.opened(stream, name, member)

    return [_Part(f"{name}/{member}", partial(contents, member), place, member)
            for member, place in archive.members(stream, name)] or [_Part(name, contents)]


def _about_encoding(source: Source, how: str) -> Iterator[Issue]:
    name = source.name
    if how == "cp1252":
        yield Issue("encoding-assumed", f"{name}: the file does not say its encoding and is not UTF-8; it was read as"
                    " Windows-1252. If letters look wrong, give --encoding", file=name)
    elif how == "chinese":
        yield Issue("encoding-chinese", f"{name}: read as GB18030, because its text is Chinese then; if it looks wrong,"
                    " give --encoding", file=name, severity="info")
    elif how == "utf-8-damaged":
        yield Issue("encoding-damaged", f"{name}: the file is UTF-8, but some lines hold other bytes; they were read as"
                    " Windows-1252 or marked U+FFFD", file=name)


def _seekable(stream: BinaryIO) -> BinaryIO:
    if stream.seekable():
        return stream
    kept = tempfile.SpooledTemporaryFile(max_size=1 << 26)  # noqa: SIM115  (closed when it is dropped)
    while part := stream.read(1 << 20):
        kept.write(part)
    kept.seek(0)
    return cast(BinaryIO, kept)


__all__ = ["count", "describe", "names", "read", "sniff", "suffixes", "tags_at", "writable", "write", "write_parts"]
