"""XML exports whose records are plain elements: the trial registers' and EBSCO's, by one table each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from review.formats import compose
from review.formats.source import Source
from review.formats.xml_slices import flat, parse, slices
from review.model import Entry, Issue, Record


def read(source: Source, element: str, table: compose.Table,
         finish: Callable[[Record], Record] = lambda made: made) -> Iterator[Entry | Issue]:
    """The elements of that name as records."""
    for cut in slices(source, (element,)):
        root = parse(source.decode(cut.data), source, cut.line)
        yield from source.drain()
        if root is not None:
            pairs = flat(root)
            yield Entry(finish(compose.record(table, pairs)), pairs, cut.offset, cut.length, cut.line)
    yield from source.remainder()


def count(source: Source, closing: bytes) -> int:
    """How often a closing tag of an element that every record has once stands in the file."""
    n, rest = 0, b""
    for chunk in source.chunks():
        data = rest + chunk
        n += data.count(closing)
        rest = data[-(len(closing) - 1):]
    return n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """Every text and attribute of one record by path."""
    root = parse(source.decode(data))
    return () if root is None else flat(root)
