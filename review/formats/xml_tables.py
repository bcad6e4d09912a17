"""XML exports whose records are plain elements: the trial registers' and EBSCO's, by one table each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from review.formats import compose
from review.formats.source import Source
from review.formats.xml_slices import flat, parse, slices
from review.model import Entry, Issue, Record


def read(source: Source, elements: tuple[str, ...], table: compose.Table,
         finish: Callable[[Record], Record] = lambda made: made,
         prepare: Callable[[compose.Tags], compose.Tags] = lambda pairs: pairs) -> Iterator[Entry | Issue]:
    """The elements of those names as records. `prepare` sees a record's pairs before they are looked up in the table;
    the entry keeps them as they stood."""
    for cut in slices(source, elements):
        root = parse(source.decode(cut.data), source, cut.line)
        yield from source.drain()
        if root is not None:
            pairs = flat(root)
            yield Entry(finish(compose.record(table, prepare(pairs))), pairs, cut.offset, cut.length, cut.line)
    yield from source.remainder()


def count(source: Source, closings: tuple[bytes, ...]) -> int:
    """How often closing tags of elements that every record has once stand in the file."""
    n, rest = 0, b""
    for chunk in source.chunks():
        data = rest + chunk
        whole, _, rest = data.rpartition(b"<")      # a tag may go on in the next chunk
        n += sum(whole.count(closing) for closing in closings)
        rest = b"<" + rest
    return n + sum(rest.count(closing) for closing in closings)


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """Every text and attribute of one record by path."""
    root = parse(source.decode(data))
    return () if root is None else flat(root)
