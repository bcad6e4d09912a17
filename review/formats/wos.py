"""Web of Science's tagged text (`.txt`, `.ciw`, older `.isi`), and other ISI files.

Facts: Clarivate, "Web of Science Core Collection Field Tags": `FN`, `VR`, then `PT` to `ER` for each
record and `EF` at the end; continuation lines begin with three blanks and hold one name each where a
field lists names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, tagged
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("wos")
GRAMMAR = tagged.Grammar("wos", re.compile(r"\n\ufeff?([A-Z][A-Z0-9])(?: |(?=\n)|\Z)"), start=rb"PT(?=[ \r\n]|\Z)",
                         end=rb"ER" + tagged.EOL, marks=b"PE", needs_end=True)


def sniff(head: str, name: str) -> float:
    """`FN`/`VR` lines or a `PT` line, and another tag after it."""
    if re.match(r"\s*FN \S", head) and re.search(r"[\r\n](?:VR|PT|EF)\b", head):
        return 0.97
    found = re.search(r"(?:\A|[\r\n])PT (?:[A-Z]\b|\S+)\s*[\r\n]+[A-Z][A-Z0-9] ", head)
    return 0.85 if found and re.search(r"[\r\n]ER\s*(?:[\r\n]|\Z)", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, TABLE)


def count(source: Source) -> int:
    """`PT` lines."""
    return tagged.count(source, lambda line: line[:2] == b"PT" and line[2:3] in (b" ", b"\r", b"\n", b""))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


FORMAT = Format("wos", "Web of Science tagged", (".txt", ".ciw", ".isi"), sniff, read, count, tags)
