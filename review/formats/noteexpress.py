"""NoteExpress, as CNKI, Wanfang and VIP write it: `{Title}: ...`.

Facts: a line a field, the name in braces; `{Reference Type}` begins a record; the colon may be full
width; authors stand as `甲;乙;` or one a line; abstracts break lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, tagged
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("noteexpress")
GRAMMAR = tagged.Grammar("noteexpress", re.compile(r"\n\ufeff?[ ]*(\{[^{}\n]{1,40}\})[ \t]*[:：][ \t]*"),
                         start=rb"[ ]*\{(?i:Reference ?Type)\}", marks=b"{ ")


def sniff(head: str, name: str) -> float:
    """A line that begins with `{Reference Type}`."""
    return 0.97 if re.search(r"(?:\A|[\r\n])\ufeff?[ ]*\{Reference ?Type\}\s*[:：]", head, re.I) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, TABLE, prepare=_prepare)


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f.key(tag), value) for tag, value in tags]


def count(source: Source) -> int:
    """Lines that name the type of a reference."""
    return tagged.count(source, lambda line: b"{referencetype}" in line[:40].lower().replace(b" ", b""))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The fields of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


FORMAT = Format("noteexpress", "NoteExpress (CNKI, Wanfang, VIP)", (".net", ".txt"), sniff, read, count, tags)
