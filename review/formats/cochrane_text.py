"""The Cochrane Library's plain text: `Record #1 of 34`, then `ID: CN-00000001`, `AU: Doe J`, `TI: ...`.

Facts: the library's citation export: a line that counts begins a record; an author a line; `SO` is the journal, `YR`,
`VL`, `NO`, `PG` its year, volume, issue and pages; `PM` and `XR` hold PubMed's and Embase's numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, tagged
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("cochrane_text")
# Running text may begin a line with two capitals and a colon; only known tags count.
GRAMMAR = tagged.Grammar("cochrane-text", re.compile(r"\n\ufeff?(" + "|".join(sorted(TABLE.tags)) + r"):(?:[ \t]+|(?=\n)|\Z)"),
                         start=rb"Record #\d+ of \d+" + tagged.EOL, marks=b"R")


def sniff(head: str, name: str) -> float:
    """The line that counts, and a tag with a colon below it."""
    return 0.97 if re.search(r"(?:\A|[\r\n])\ufeff?Record #\d+ of \d+[ \t]*[\r\n]+(?:ID|AU|TI|SO): ", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, TABLE)


def count(source: Source) -> int:
    """The lines that count."""
    return tagged.count(source, lambda line: line.lstrip(b"\xef\xbb\xbf").startswith(b"Record #"))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


FORMAT = Format("cochrane-text", "Cochrane Library plain text", (".txt",), sniff, read, count, tags)
