"""RefWorks' tagged format, as RefWorks, ProQuest and CNKI write it: `RT Journal Article`, `T1 title`.

Facts: RefWorks, "Tagged format": two characters, a blank, the value; `RT` begins a record. CNKI lists
authors as `甲;乙;` and marks its records with `DS CNKI`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, tagged
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("refworks")
# Running text may begin a line with two capitals and a blank; only known tags count.
_TAG = re.compile(r"\n\ufeff?(" + "|".join(sorted(TABLE.tags)) + r")(?:[ \t]+|(?=\n)|\Z)")
GRAMMAR = tagged.Grammar("refworks", _TAG, start=rb"RT(?=[ \t\r\n]|\Z)", marks=b"R")


def sniff(head: str, name: str) -> float:
    """An `RT` line with the name of a type, and a title."""
    if not re.search(r"(?:\A|[\r\n])\ufeff?RT [A-Z\u4e00-\u9fff]", head):
        return 0.0
    return 0.95 if re.search(r"[\r\n](?:T1|SR|A1|ID|JF|YR) ", head) else 0.4


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, TABLE)


def count(source: Source) -> int:
    """`RT` lines."""
    return tagged.count(source, lambda line: line.lstrip(b"\xef\xbb\xbf")[:3] in (b"RT ", b"RT\t", b"RT\r", b"RT\n"))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


FORMAT = Format("refworks", "RefWorks tagged (also CNKI)", (".txt",), sniff, read, count, tags)
