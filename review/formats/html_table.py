"""A table saved as a web page, often under the name `.xls`: what many platforms (CNKI among them) call an Excel export.

Facts: HTML, "Tables": rows are `tr`, cells `td` or `th`, whose end tags may be missing. Spreadsheet programs write the
same, with their own names in the head. A row is a record, under a header that names known columns.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from review.formats import columns
from review.formats.registry import Format
from review.formats.source import Source
from review.formats.xml_slices import slices
from review.model import Entry, Issue

# None of these looks beyond the next tag of its kind: what is never closed costs no more than its length.
_ROW = re.compile(r"<tr\b[^<>]*>(?:(?!<tr\b).)*?</tr\s*>", re.I | re.S)
_CELL = re.compile(r"<t[dh]\b[^<>]*>(.*?)(?=</?t[dh]\b|</?tr\b|\Z)", re.I | re.S)
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.I)
_TAG = re.compile(r"<!--(?:(?!<!--).)*?-->|<[/a-z!?][^<>]*>", re.I | re.S)
_PROGRAM = re.compile(r"urn:schemas-microsoft-com:office:excel|Excel\.Sheet|<meta\b[^<>]*vnd\.ms-excel", re.I)
_LONGEST_TAG = 1 << 20              # characters of a tag or comment that the counting parser waits for the end of


def sniff(head: str, name: str) -> float:
    """A table whose header names known columns; a page that tells of itself in its metadata is a page, whatever tables
    it has."""
    if "<t" not in head.lower() or head.lstrip()[:1] != "<":
        return 0.0
    rows = [_cells(row.group()) for row, _ in zip(_ROW.finditer(head), range(columns.HEADER_WITHIN), strict=False)]
    if columns.find_header(rows, {}) is None:
        return 0.0
    return 0.8 if name.lower().endswith(".xls") or _PROGRAM.search(head) else 0.45


def _cells(row: str) -> list[str]:
    """The texts of a row's cells, each on one line."""
    return [" ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", cell))).split()) for cell in _CELL.findall(row)]


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    layout: columns.Layout | None = None
    names: list[str] = []
    for number, part in enumerate(slices(source, ("tr", "TR"))):
        cells = _cells(source.decode(part.data))
        if layout is None:
            if columns.find_header([cells], source.mapping) is None:
                if number >= columns.HEADER_WITHIN:
                    break
                continue
            layout, names = columns.layout(cells, source.mapping), cells
        elif cells != names and any(cells):
            yield from source.drain()
            yield Entry(layout.record(cells), layout.tags(cells), part.offset, part.length, part.line)
    if layout is None:
        source.tell("table-no-header", "no row names columns that are known; give --mapping, a file that says which column"
                    " is the title, the authors, ...", severity="error")
    yield from source.remainder()


class _Rows(HTMLParser):
    """Counts the rows below the header that hold text, with Python's own parser."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.header: list[str] | None = None
        self.above = self.n = 0
        self._mapping = mapping
        self._cells: list[list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        if tag == "tr":
            self._close()
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append([])
        elif tag in ("br", "p", "div", "li"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """A row ends."""
        if tag in ("tr", "table"):
            self._close()
        elif tag in ("p", "div", "li"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        """Text of the cell that is open."""
        if self._cells:
            self._cells[-1].append(data)

    def close(self) -> None:
        """The end of the file ends the last row."""
        super().close()
        self._close()

    def _close(self) -> None:
        if self._cells is None:
            return
        cells = [" ".join("".join(parts).split()) for parts in self._cells]
        self._cells = None
        if self.header is not None:
            self.n += any(cells) and cells != self.header
        elif self.above < columns.HEADER_WITHIN:
            self.above += 1
            self.header = cells if columns.find_header([cells], self._mapping) is not None else None


def count(source: Source) -> int | None:
    """Filled rows below the header, by another parser."""
    rows = _Rows(source.mapping)
    try:
        for piece in source.pieces():
            rows.feed(source.decode(piece))
            if len(rows.rawdata) > _LONGEST_TAG:
                return None             # something that never ends; the reader tells what it had to leave out
        rows.close()
    except AssertionError:              # how Python's parser refuses a declaration that it does not know
        return None
    return None if rows.header is None else rows.n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The cells of one row under the names in `header` (by way of the source's mapping), else numbered."""
    cells = _cells(source.decode(data))
    rows = (_cells(row.group()) for row in _ROW.finditer(source.mapping.get("\0header", "")))
    names = next((row for row in rows if columns.find_header([row], {}) is not None), [""] * len(cells))
    return columns.layout(names, {}).tags(cells)


FORMAT = Format("html-table", "Table saved as a web page (.xls, .html)", (".xls", ".html", ".htm"), sniff, read, count, tags)
