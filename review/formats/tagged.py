"""The engine that all tagged formats share: a file's bytes become records, a record becomes tags.

A format gives its patterns and a table. It reads a file of any size one record at a time. Records are cut where
lines begin or end one; the lines between are not looked at one by one, which is what makes it quick.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from review.formats.compose import Table, Tags, record
from review.formats.source import Source
from review.model import Entry, Issue, Record

LONGEST_RECORD = 1 << 25            # bytes; what is longer is no record of a bibliography
EOL = rb"[ \t]*(?=[\r\n]|\Z)"       # pattern: nothing more on the line
BLANK = rb"[ \t\x0b\x0c]*(?=[\r\n]|\Z)"  # pattern: a line of blanks
_BOM = b"\xef\xbb\xbf"
_NEVER = rb"(?!)"
_LINE_END = re.compile(rb"\r\n|\r|\n|(?=\xef\xbb\xbf)")


@dataclass(frozen=True)
class Grammar:
    """How a tagged format is cut. The patterns of bytes say how a line begins, after any mark of UTF-8."""

    code: str                                   # of its issues: "ris" gives "ris-no-end"
    tag: re.Pattern[str]                        # a line break and a tag, group 1; the value begins at its end
    start: bytes                                # a line that begins a record, even inside one
    marks: bytes                                # the bytes with which lines that begin or end one begin, as a set
    opens: bytes = _NEVER                       # a line that begins a record when none is open
    end: bytes = _NEVER                         # a line that ends one
    end_belongs: bool = True                    # whether that line is part of the record
    needs_end: bool = False                     # a record without its end is told
    alone: re.Pattern[bytes] | None = None      # what only a record holds, not the tail of one


class Block(NamedTuple):
    """The lines of one record."""

    data: bytes
    offset: int
    length: int
    line: int


@cache
def _patterns(grammar: Grammar, plain: bool) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """(what comes next while a record is open, what comes next while none is). Group 1 is a line that begins a
    record by its sort, group 2 one that ends it or opens one without. `plain`: every line ends in LF or CRLF."""
    # A pattern that begins with one plain byte is searched for many times faster than one that does not.
    broken = rb"\n" if plain else rb"(?:\r\n|\r(?!\n)|\n|(?=\xef\xbb\xbf))"
    before = broken + rb"(?=[\xef" + grammar.marks + rb"])"
    inside = before + rb"(?:((?:\xef\xbb\xbf)*(?:" + grammar.start + rb"))|((?:\xef\xbb\xbf)*(?:" + grammar.end + rb")))"
    if grammar.opens != _NEVER:                 # any tag may open one
        before = broken
    outside = (before + rb"(?:((?:\xef\xbb\xbf)*(?:" + grammar.start + rb"))|((?:\xef\xbb\xbf)*(?!" + grammar.end
               + rb")(?:" + grammar.opens + rb")))")
    return re.compile(inside), re.compile(outside)


def blocks(source: Source, grammar: Grammar) -> Iterator[Block]:
    """Cut a file into records; every byte belongs to one record or lies between two."""
    cutter = _Cutter(source, grammar)
    for piece in source.pieces():
        cutter.feed(piece)
        yield from cutter.ready
        cutter.ready.clear()
    cutter.finish()
    yield from cutter.ready


class _Cutter:
    """The record that is open, and the one before it until it is clear that nothing more belongs to it.

    All places are in `held`, the bytes that may still be needed; its first byte is the end of the line before.
    """

    def __init__(self, source: Source, grammar: Grammar) -> None:
        self.source, self.grammar = source, grammar
        self.ready: list[Block] = []            # whole records
        self.held = b"\n"
        self.searched = 0                       # the line end from which on nothing was looked at
        self.open: int | None = None            # where the open record begins
        self.typed = False                      # whether its first line was a start
        self.closed: tuple[int, int] | None = None  # the record before; waits for a tail
        self.closed_typed = False
        self.plain = True                       # whether all line ends of `held` are LF or CRLF
        self.place, self.offset, self.line = 1, 0, 1    # a place, and what it is in the file

    def feed(self, piece: bytes) -> None:
        """The next whole lines of the file."""
        plain = (self.held.endswith(b"\n") and piece.count(b"\r") == piece.count(b"\r\n")
                 and piece.find(_BOM, 1) < 0)
        self.plain = plain and (self.plain or len(self.held) == 1)
        self.held += piece
        inside, outside = _patterns(self.grammar, plain)
        while found := (outside if self.open is None else inside).search(self.held, self.searched):
            begins = found.start(1)
            if begins >= 0 or self.open is None:
                self._begin(max(begins, found.start(2)), typed=begins >= 0)
                self.searched = found.end() - 1
            else:
                self._end(self.open, found)
        self.searched = len(self.held) - 1
        self._let_go()

    def _begin(self, at: int, *, typed: bool) -> None:
        """A line that begins a record."""
        if self.open is not None:
            self._unended(self.open, at)
        elif typed:
            self._release()
        self.open, self.typed = at, typed

    def _end(self, start: int, found: re.Match[bytes]) -> None:
        """A line that ends the record that begins at `start`."""
        self._release()
        if self.grammar.end_belongs:
            line_end = _LINE_END.search(self.held, found.end())
            end = line_end.end() if line_end else len(self.held)
            self.searched = end - 1
        else:
            end, self.searched = found.start(2), found.end()
        self.closed, self.closed_typed, self.open = (start, end), self.typed, None

    def _block(self, start: int, end: int) -> Block:
        self._pass_to(start)
        data = self.held[start:end]
        return Block(data, self.offset, self.source.size(data), self.line)

    def _pass_to(self, place: int) -> None:
        """Keep count of lines and bytes."""
        self.line += self.held.count(b"\n", self.place, place)
        if not self.plain:
            passed = self.held[self.place:place]
            self.line += passed.count(b"\r") - passed.count(b"\r\n")
        self.offset += self.source.size(self.held[self.place:place]) if self.source.is_wide else place - self.place
        self.place = place

    def _release(self) -> None:
        """The record before is whole."""
        if self.closed:
            self.ready.append(self._block(*self.closed))
            self.closed = None

    def _unended(self, start: int, end: int) -> None:
        """The record that begins at `start` has no end line. Lines after the end of another, without a start and
        without what makes a record, are a tail of that one (Ovid puts tags and a link there)."""
        alone = self.grammar.alone
        if (self.closed and not self.typed and self.closed_typed and alone
                and not alone.search(self.held, start, end)):
            self.ready.append(self._block(self.closed[0], end))
        else:
            self._release()
            self.ready.append(self._block(start, end))
            if self.grammar.needs_end:
                self.source.tell(f"{self.grammar.code}-no-end", "a record has no end line; it was closed where the"
                                 " next one begins or the file ends", line=self.line)
        self.closed = self.open = None

    def _let_go(self) -> None:
        """Of what was read nothing stays but the records that are not finished; what outgrows the bound is cut."""
        if len(self.held) > LONGEST_RECORD:
            self._release()
            if self.open is not None and len(self.held) - self.open > LONGEST_RECORD:
                self.ready.append(self._block(self.open, len(self.held)))
                self.source.tell(f"{self.grammar.code}-too-long", "a record is longer than 32 MB; it was cut",
                                 line=self.line)
                self.open = None
        needed = self.closed[0] if self.closed else self.open if self.open is not None else self.searched + 1
        self._pass_to(needed)
        gone = needed - 1
        self.held = self.held[gone:]
        self.searched, self.place = self.searched - gone, self.place - gone
        self.open = None if self.open is None else self.open - gone
        self.closed = (self.closed[0] - gone, self.closed[1] - gone) if self.closed else None

    def finish(self) -> None:
        """The file has ended."""
        if self.open is not None:
            self._unended(self.open, len(self.held))
        self._release()


def tags_of(text: str, grammar: Grammar) -> list[tuple[str, str]]:
    """The tags of one record's text, in order, each with its continuation lines; line ends are LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    parts = grammar.tag.split("\n" + text)      # what stands before the first tag, then tags and values in turn
    return [(tag, _joined(value) if "\n" in value else value.rstrip())
            for tag, value in zip(parts[1::2], parts[2::2], strict=True)]


def _joined(value: str) -> str:
    """A value of several lines without the empty ones."""
    first, *further = value.split("\n")
    out = first.rstrip()
    for line in further:
        if line and not line.isspace():
            out = f"{out}\n{line.rstrip()}" if out else line.strip()
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
