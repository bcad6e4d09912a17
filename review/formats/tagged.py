"""The engine that all tagged formats share: a file's lines become records, a record becomes tags.

A format gives three patterns and a table. It reads a file of any size one record at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from review.formats.compose import Table, Tags, record
from review.formats.source import Source
from review.model import Entry, Issue, Record

LONGEST_RECORD = 1 << 25            # bytes; what is longer is no record of a bibliography


@dataclass(frozen=True)
class Grammar:
    """How a tagged format is cut. All patterns for lines are matched at a line's first byte."""

    code: str                                   # of its issues: "ris" gives "ris-no-end"
    start: re.Pattern[bytes]                    # a line that begins a record, even inside one
    tag: re.Pattern[str]                        # a line with a tag: group 1; the value begins at its end
    known: tuple[str, Mapping[str, str]]        # what stands between a tag and its value; common tags by their spelling
    any_tag: re.Pattern[bytes]                  # a line that begins a record when none is open
    marks: frozenset[int]                       # the bytes with which such lines, or one that ends, begin
    end: re.Pattern[bytes] | None = None        # a line that ends one
    end_belongs: bool = True                    # whether that line is part of the record
    needs_end: bool = False                     # a record without its end is told
    alone: re.Pattern[bytes] | None = None      # what only a record holds, not the tail of one


def spelled(tags: Iterable[str], width: int = 0) -> dict[str, str]:
    """Tags by their spelling: padded with blanks to a width."""
    return {t.ljust(width): t for t in tags}


@dataclass(frozen=True)
class Block:
    """The lines of one record."""

    data: bytes
    offset: int
    length: int
    line: int


def blocks(source: Source, grammar: Grammar) -> Iterator[Block]:
    """Cut a file into records; every byte belongs to one record or lies between two."""
    cutter = _Cutter(source, grammar)
    starts, opens, marks = grammar.start.match, grammar.any_tag.match, grammar.marks
    ends = grammar.end.match if grammar.end else None
    size = len if not source.is_wide else source.size
    held = cutter.held
    hold = held.append
    offset = 0
    for number, line in enumerate(source.lines(), start=1):
        here = offset
        offset += size(line)
        if held and line[0] not in marks:
            hold(line)                          # by far the most lines
            if number % 1024 == 0 and offset - cutter.at > LONGEST_RECORD:
                yield from cutter.too_long()
            continue
        bare = line.lstrip(b"\xef\xbb\xbf")
        if starts(bare):
            yield from cutter.begin(line, here, number, typed=True)
        elif held:
            if ends and ends(bare):
                yield from cutter.end(line)
            else:
                hold(line)
        elif opens(bare) and not (ends and ends(bare)):
            yield from cutter.begin(line, here, number, typed=False)
        elif cutter.closed:
            cutter.between.append(line)         # a header, a counter, a page break: no part of any record
    yield from cutter.finish()


class _Cutter:
    """The record that is open, and the one before it until it is clear that nothing more belongs to it."""

    def __init__(self, source: Source, grammar: Grammar) -> None:
        self.source, self.grammar = source, grammar
        self.held: list[bytes] = []             # lines of the open record; empty where none is open
        self.typed = False                      # whether its first line was a start
        self.at = self.line = 0
        self.closed: Block | None = None        # the record before; waits for a tail
        self.closed_typed = False
        self.between: list[bytes] = []          # lines after it

    def begin(self, line: bytes, at: int, number: int, *, typed: bool) -> Iterator[Block]:
        """A line that begins a record."""
        if self.held:
            yield from self._unended()
        elif typed and self.closed:
            yield self.closed
            self.closed = None
        if not self.closed:
            self.between = []
        self.held.append(line)
        self.at, self.line, self.typed = at, number, typed

    def end(self, line: bytes) -> Iterator[Block]:
        """A line that ends the open record."""
        if self.closed:
            yield self.closed
        if self.grammar.end_belongs:
            self.held.append(line)
        self.closed, self.closed_typed = self._block(), self.typed
        self.between = [] if self.grammar.end_belongs else [line]
        self.held.clear()

    def _block(self) -> Block:
        data = b"".join(self.held)
        return Block(data, self.at, self.source.size(data), self.line)

    def _unended(self) -> Iterator[Block]:
        """The open record has no end line. Lines after the end of another, without a start and without
        what makes a record, are a tail of that one (Ovid puts tags and a link there)."""
        block = self._block()
        alone = self.grammar.alone
        if self.closed and not self.typed and self.closed_typed and alone and not alone.search(block.data):
            before = self.closed
            data = before.data + b"".join(self.between) + block.data
            yield Block(data, before.offset, self.source.size(data), before.line)
        else:
            if self.closed:
                yield self.closed
            if self.grammar.needs_end:
                self.source.tell(f"{self.grammar.code}-no-end", "a record has no end line; it was closed where the"
                                 " next one begins or the file ends", line=self.line)
            yield block
        self.closed = None
        self.held.clear()

    def too_long(self) -> Iterator[Block]:
        """The open record outgrew the bound."""
        self.source.tell(f"{self.grammar.code}-too-long", "a record is longer than 32 MB; it was cut", line=self.line)
        if self.closed:
            yield self.closed
        yield self._block()
        self.closed = None
        self.held.clear()

    def finish(self) -> Iterator[Block]:
        """The file has ended."""
        if self.held:
            yield from self._unended()
        if self.closed:
            yield self.closed


def tags_of(text: str, grammar: Grammar) -> list[tuple[str, str]]:
    """The tags of one record's text, in order, each with its continuation lines; line ends are LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    gap, known = grammar.known
    tag_of, name_of = grammar.tag.match, known.get
    out: list[tuple[str, str]] = []
    for line in text.split("\n"):
        tag, _, value = line.partition(gap)
        if value and (name := name_of(tag)):                # by far the most lines
            out.append((name, value.rstrip()))
        elif odd := tag_of(line):
            out.append((odd.group(1), line[odd.end():].rstrip()))
        elif out and not line.isspace() and line:
            tag, value = out[-1]
            out[-1] = (tag, f"{value}\n{line.rstrip()}" if value else line.strip())
    return out


def read(source: Source, grammar: Grammar, table: Table, *,
         prepare: Callable[[list[tuple[str, str]]], Tags] | None = None,
         finish: Callable[[Record, Tags], Record] | None = None,
         split: Callable[[str], list[tuple[str, str]]] | None = None) -> Iterator[Entry | Issue]:
    """Records and issues of a tagged file. `prepare` sees the tags before they are looked up in the
    table, `finish` the record after; the entry keeps the tags as they stood."""
    for block in blocks(source, grammar):
        text = source.decode(block.data)
        tags = split(text) if split else tags_of(text, grammar)
        seen = prepare(tags) if prepare else tags
        made = record(table, seen)
        if finish:
            made = finish(made, seen)
        if source.issues:
            yield from source.drain()
        if "\ufffd" in text:
            source.tell(f"{grammar.code}-bytes", "a record holds bytes that no encoding explains; they show as"
                        " U+FFFD", line=block.line)
        yield Entry(made, tuple(tags), block.offset, block.length, block.line)
    yield from source.remainder()


def count(source: Source, begins: Callable[[bytes], bool]) -> int:
    """How many lines begin a record, by a rule of the format that the reader does not use."""
    return sum(1 for line in source.lines() if begins(line))
