"""The objects of a JSON file's list, with their places, found without building the file as one tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from review.formats.source import Source

LARGEST = 1 << 28                   # bytes; a JSON list must be held to find its places
_LIST = re.compile(rb'"(?:items|studies|references|works|results|data)"\s*:\s*\[')
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.S)
DEEPEST = 200


@dataclass(frozen=True)
class Slice:
    """The bytes of one object."""

    data: bytes
    offset: int
    length: int
    line: int


def objects(source: Source) -> Iterator[Slice]:
    """The objects of the outermost list: `[{...}, ...]` or `{"items": [{...}, ...]}`; a single object is one."""
    data = b"".join(_all(source))
    bom = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    inside = _LIST.search(data, 0, 4096) if data[bom:].lstrip()[:1] == b"{" else None
    begin, stop = (inside.end() if inside else bom), len(data)
    depth, start, place, line = 0, 0, 0, 1
    for token in _TOKEN.finditer(data, begin):
        mark = token.group()
        if mark == b"{":
            if depth == 0:
                start = token.start()
            depth += 1
            if depth > DEEPEST:
                source.tell("json-deep", "an object is nested more than 200 levels deep; reading stopped",
                            severity="error")
                return
        elif mark == b"}":
            depth -= 1
            if depth == 0:
                place, line = _places(source, data, start, token.end(), place, line)
                yield Slice(data[start:token.end()], place, source.size(data[start:token.end()]), line)
            if depth < 0:
                break
        elif mark == b"]" and depth == 0:
            stop = token.end()
            break
    if depth > 0:
        source.tell("json-cut", "the last object is not closed; the file may be cut off",
                    line=data.count(b"\n", 0, min(start, stop)) + 1, severity="error")


def _places(source: Source, data: bytes, start: int, end: int, place: int, line: int) -> tuple[int, int]:
    if source.is_wide:
        return source.size(data[:start]), data.count(b"\n", 0, start) + 1
    return start, line + data.count(b"\n", place, start)


def _all(source: Source) -> Iterator[bytes]:
    size = 0
    for chunk in source.chunks():
        size += len(chunk)
        if size > LARGEST:
            source.tell("json-too-large", "the file is larger than 256 MB; its end was not read. Split the export",
                        severity="error")
            return
        yield chunk
