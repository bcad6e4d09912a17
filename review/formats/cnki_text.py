"""CNKI's own text export (E-Study, "自定义"): `Title-题名: ...`, an English and a Chinese name a field.

Facts: a field begins a line; the file's first field (`DataType` or `SrcDatabase-来源库`) begins every
record; the colon may be full width; which fields are there was chosen at the export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace as replaced

from review.formats import compose, tagged
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("cnki_text")
_TAG = re.compile(r"\n\ufeff?((?:[A-Z][A-Za-z]{1,20}-[\u4e00-\u9fffA-Za-z]{1,12})|DataType)[ ]?[:：][ \t]*")
_FIELD = re.compile(rb"(?:DataType|[A-Z][A-Za-z]{1,20}-[\x80-\xff]{2,48}?|DOI-DOI)[ ]?(?::|\xef\xbc\x9a|\xa3\xba)")
GRAMMAR = tagged.Grammar("cnki-text", _TAG, start=_FIELD.pattern, marks=b"A-Z")


def sniff(head: str, name: str) -> float:
    """Two lines with such fields, one of them a title."""
    tags = re.findall(r"(?:\A|[\r\n])\ufeff?([A-Z][A-Za-z]{1,20}-[\u4e00-\u9fff]{1,12}) ?[:：]", head)
    return 0.96 if len(tags) > 1 and any(t.startswith("Title-") for t in tags) else 0.0


def _grammar(source: Source) -> tagged.Grammar:
    """The first field's name begins every record."""
    head = source.peek()
    for line in head.splitlines():
        if found := _FIELD.match(line.lstrip(b"\xef\xbb\xbf")):
            name = re.match(rb"[A-Za-z]+", found.group())
            assert name is not None
            return replaced(GRAMMAR, start=name.group() + rb"(?:-|:|\xef\xbc\x9a|\xa3\xba| :)",
                            marks=name.group()[:1])
    return GRAMMAR


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, _grammar(source), TABLE, prepare=_prepare)


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(tag.partition("-")[0], value) for tag, value in tags]


def count(source: Source) -> int:
    """Titles: every record has one `Title-题名` line."""
    return tagged.count(source, lambda line: line.lstrip(b"\xef\xbb\xbf").startswith(b"Title-"))


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The fields of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), GRAMMAR))


FORMAT = Format("cnki-text", "CNKI's own text (E-Study)", (".txt", ".eln"), sniff, read, count, tags)
