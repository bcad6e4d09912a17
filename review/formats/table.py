"""CSV and TSV with a header: exports of databases and reference managers, and tables by hand.

Facts: RFC 4180; real exports add lines above the header (Embase), rows with more cells than the
header has names (Scopus), cells as `="..."` (EBSCO), other delimiters, and line ends inside cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from review.formats import columns, compose
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record

DELIMITERS = (",", "\t", ";", "|")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_BROKEN = re.compile(r'[^",;\t|\r\n=]"[^",;\t|\r\n]|,"[^",]*"[A-Za-z]|^"[^"]*"[A-Za-z]')  # a lone quotation mark in a text
_WRAPPED = re.compile(r'="(.*)"$', re.S)


class _Feed:
    """Lines of text for the csv module, counting the bytes it has taken."""

    def __init__(self, source: Source) -> None:
        self._source, self._lines = source, source.lines()
        self.offset = self.number = 0
        self.lines: list[str] = []              # of the row that is being read

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.offset += self._source.size(line)
        self.number += 1
        text = self._source.decode(line).lstrip("\ufeff")
        self.lines.append(text)
        return text


@dataclass(frozen=True)
class _Row:
    cells: list[str]
    offset: int
    length: int
    line: int
    text: list[str]                 # its lines


def _rows(source: Source, delimiter: str) -> Iterator[_Row]:
    """The rows that hold something. What the csv module can't read is told and skipped."""
    feed = _Feed(source)
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        offset, line = feed.offset, feed.number + 1
        feed.lines = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            source.tell("table-row", f"a row can't be read ({error}); look for an unclosed quotation mark", line=line,
                        severity="error")
            reader = csv.reader(feed, delimiter=delimiter)
            continue
        if any(c and not c.isspace() for c in cells):
            yield _Row([_cell(c) for c in cells], offset, feed.offset - offset, line, feed.lines)


def _cell(value: str) -> str:
    if value[:2] == '="' and (found := _WRAPPED.match(value)):
        return found.group(1)
    return value


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    """Rows of a file's first text."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            rows.append(cells)
            if len(rows) == columns.HEADER_WITHIN:
                break
    except csv.Error:
        pass
    return rows


def _delimiter(text: str, mapping: Mapping[str, str]) -> str | None:
    """The delimiter with which one of the first rows names columns that are known."""
    best, points = None, 1
    wanted = {f.key(c) for c in mapping}
    for delimiter in DELIMITERS:
        for row in _first_rows(text, delimiter):
            n = columns.score(row) + 3 * len(wanted & {f.key(c) for c in row})
            if n > points and len(row) > 1:
                best, points = delimiter, n
    return best


def sniff(head: str, name: str) -> float:
    """By the names of columns in one of the first rows."""
    first = head.lstrip()[:1]
    if not first or first in "<{[@%" or re.match(r"(?:TY  -|PMID *-|FN |PT )", head):
        return 0.6 if first == "" else 0.0 if first != "P" or "\t" not in head[:20] else 0.75
    return 0.75 if _delimiter(head, {}) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    head = _head(source)
    delimiter = _delimiter(head, source.mapping) or ","
    at = columns.find_header(_first_rows(head, delimiter), source.mapping)
    if at is None:
        yield Issue("table-no-header", f"{source.name}: no row names columns that are known; give --mapping, a file"
                    " that says which column is the title, the authors, ...", file=source.name, severity="error")
        return
    header_row = _first_rows(head, delimiter)[at]
    layout = columns.layout(header_row, source.mapping)
    if layout.dialect == "pubmed":
        source.tell("pubmed-csv", "PubMed's CSV has no abstracts; export in the PubMed format (.txt, .nbib) instead",
                    severity="info")
    names = [c.strip() for c in map(_cell, header_row)]
    below = False
    for row in _rows(source, delimiter):
        is_header = [c.strip() for c in row.cells] == names
        below = below or is_header
        if not below or is_header:              # where exports were joined, the header comes again
            continue
        _tell_quotes(source, row, delimiter, layout)
        cells = [_undefused(c) for c in row.cells] if layout.dialect == columns.OWN else row.cells
        if layout.grows < 0 and any(c.strip() for c in layout.aligned(cells)[1]):
            source.tell("table-columns", f"a row has {len(cells)} cells under {len(header_row)} columns; look for a"
                        " quotation mark or delimiter inside a text", line=row.line)
        elif len(cells) < len(layout.names) and any(_BROKEN.search(text) for text in row.text):
            source.tell("table-columns", f"a row has {len(cells)} cells under {len(header_row)} columns, and a quotation mark"
                        " that ends within a text; double it (\"\") there, and import the file again", line=row.line)
        yield from source.drain()
        yield Entry(layout.record(cells), layout.tags(cells), row.offset, row.length, row.line)
    yield from source.remainder()


def _tell_quotes(source: Source, row: _Row, delimiter: str, layout: columns.Layout) -> None:
    """A quotation mark that is not closed makes one cell of all rows up to the next mark, or to the end."""
    if len(row.text) > 1 and (lost := sum(_is_row(text, delimiter, layout) for text in row.text[1:])):
        source.tell("table-quote", f"a quotation mark is not closed, or closed too late: {lost} of the {len(row.text) - 1}"
                    " lines after it look like rows, and were read as one cell. Close it (or double it within a text)"
                    " and import the file again", line=row.line, severity="error")
    elif not row.text[-1].endswith(("\n", "\r")) and _left_open(row.text, delimiter):
        source.tell("table-quote", "the last row's quotation mark is not closed; the file may be cut off", line=row.line)


def _is_row(text: str, delimiter: str, layout: columns.Layout) -> bool:
    """Whether a line within a row is a row by itself: balanced quotation marks, a cell for each column, a title, and
    a year or an identifier. No line of an abstract is: a comma in running text is followed by a blank."""
    width = len(layout.names)
    if width < 3 or text.count(delimiter) < width - 1 or text.count('"') % 2:
        return False
    cells = next(csv.reader([text], delimiter=delimiter), [])
    running = 2 * sum(cell[:1].isspace() for cell in cells[1:]) > len(cells) - 1
    made = layout.record(cells) if len(cells) == width and not running else None
    return made is not None and bool(made.title and (made.year or made.ids))


def _left_open(lines: Sequence[str], delimiter: str) -> bool:
    quoted = False
    for text in lines:
        quoted, _ = _follow(text, delimiter, quoted)
    return quoted


def _head(source: Source) -> str:
    return source.decode(source.peek(1 << 18)).lstrip("\ufeff")


def count(source: Source) -> int | None:
    """Rows below the header, by following the quotation marks; without the csv module. Lines that look like rows
    count although a quotation mark before them is open."""
    head = _head(source)
    delimiter = _delimiter(head, source.mapping) or ","
    first = _first_rows(head, delimiter)
    at = columns.find_header(first, source.mapping)
    if at is None:
        return None
    above = sum(1 for row in first[:at] if any(c.strip() for c in row))
    layout = columns.layout(first[at], source.mapping)
    quoted, filled, seen, n, header = False, False, 0, 0, ""
    for line in source.lines():
        text = source.decode(line).lstrip("\ufeff")
        n += quoted and _is_row(text, delimiter, layout)
        quoted, content = _follow(text, delimiter, quoted)
        filled = filled or content
        if quoted or not filled:
            continue
        seen, filled = seen + 1, False
        if seen == above + 1:
            header = text.strip()
        n += seen > above and text.strip() != header
    return n + (filled and seen > above)


def _follow(text: str, delimiter: str, quoted: bool) -> tuple[bool, bool]:
    """One line: whether a quotation is open at its end, and whether it holds anything."""
    i, end, content = 0, len(text.rstrip("\r\n")), False
    fresh = not quoted
    while i < end:
        if quoted:
            close = text.find('"', i)
            if close < 0:
                return True, content or bool(text[i:end].strip())
            content = content or bool(text[i:close].strip())
            if text[close + 1:close + 2] == '"':
                i, content = close + 2, True
            else:
                i, quoted, fresh = close + 1, False, False
        elif fresh and text[i] == '"':
            i, quoted = i + 1, True
        else:
            cut = text.find(delimiter, i, end)
            stop = end if cut < 0 else cut
            content = content or bool(text[i:stop].strip())
            i, fresh = stop + 1, True
    return quoted, content


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The cells of one row under the names in `header` (by way of the source's mapping), else numbered."""
    header = source.mapping.get("\0header", "")
    text = source.decode(data)
    delimiter = _delimiter(header or text, {}) or (max(DELIMITERS, key=text.count) if not header else ",")
    rows = _first_rows(text, delimiter)
    names = [r for r in _first_rows(header, delimiter) if r] if header else []
    at = columns.find_header(names, {}) if names else None
    layout = columns.layout(names[at] if at is not None else [""] * (len(rows[0]) if rows else 0), {})
    cells = [_cell(c) for c in rows[0]] if rows else []
    return layout.tags([_undefused(c) for c in cells] if layout.dialect == columns.OWN else cells)


# Writing ---------------------------------------------------------------------------------------

COLUMNS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "abstract",
           "keywords", "mesh", "language", "kind", "publication_types", "notices", "url", "database", "native_id",
           "titles_other", "snippet", "more")


def values(item: Record, *, longest: int = 0) -> list[str]:
    """A record's cells under `COLUMNS`; `more` holds what the others can't, as JSON: also what is cut because a
    cell takes only `longest` characters."""
    cells = [_text(item, name) for name in COLUMNS[:-1]]
    if longest:
        cells = [c[:longest] for c in cells]
    more = compose.more(item, _own_layout().record([*cells, ""]))
    return [*cells, more if more or any(cells) else compose.MARK + "{}"]     # a row of nothing would be no row


@cache
def _own_layout() -> columns.Layout:
    return columns.layout(COLUMNS, {})


def _text(item: Record, name: str) -> str:
    if name in ("doi", "pmid", "pmcid"):
        return item.ids.get(name, "")
    value = getattr(item, name)
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else f.clean(str(value))


def defused(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: those get an apostrophe before them."""
    return "'" + value if _FORMULA.match(value) else value


def _undefused(value: str) -> str:
    return value[1:] if value[:1] == "'" and _FORMULA.match(value) else value


def write(records: Iterable[Record], stream: BinaryIO,
          extra: Callable[[Record], Mapping[str, str]] | None = None) -> int:
    """CSV for spreadsheets: UTF-8 with its mark, CRLF, formulas defused; `extra` adds columns at the right,
    named by the first record's."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    stream.write(b"\xef\xbb\xbf")
    more: list[str] = []
    n = 0
    for item in records:
        added = dict(extra(item)) if extra else {}
        if n == 0:
            more = list(added)
            writer.writerow([*COLUMNS, *map(defused, more)])
        writer.writerow([defused(v) for v in (*values(item), *(f.clean(added.get(k, "")) for k in more))])
        n += 1
        stream.write(text.getvalue().encode("utf-8", "replace"))
        text.seek(0)
        text.truncate()
    if n == 0:
        writer.writerow(COLUMNS)
        stream.write(text.getvalue().encode("utf-8"))
    return n


FORMAT = Format("csv", "CSV or TSV with a header", (".csv", ".tsv", ".tab", ".txt"), sniff, read, count, tags, write)
