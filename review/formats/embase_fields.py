"""Embase's CSV by fields: one field a line (`"TITLE","..."`), a record under another.

The other form, a table with one record a line, is read by `table`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from review.formats import columns, tagged
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

GRAMMAR = tagged.Grammar("embase-fields", re.compile("(?!)"), start=rb'"?(?i:TITLE)"?,', marks=b'"tT')
_NAMES = ("AUTHOR NAMES", "SOURCE", "ABSTRACT", "PUI", "DOI", "EMBASE ACCESSION ID", "PUBLICATION TYPE",
          "CORRESPONDENCE ADDRESS", "SOURCE TITLE", "FULL RECORD ENTRY DATE", "EMTREE MEDICAL INDEX TERMS")


def sniff(head: str, name: str) -> float:
    """Lines that begin with Embase's names, a title first."""
    first = [m.upper() for m in re.findall(r"(?:\A|[\r\n])\ufeff?\"?([A-Za-z][A-Za-z/ ]{2,40}?)\"?,", head)]
    return 0.9 if "TITLE" in first and sum(n in first for n in _NAMES) > 2 else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, GRAMMAR, columns.table_for("embase"), prepare=_prepare, split=_split)


def _split(text: str) -> list[tuple[str, str]]:
    """One pair for each value of a line; the first cell is the field's name."""
    out: list[tuple[str, str]] = []
    try:
        for row in csv.reader(text.lstrip("\ufeff").splitlines(keepends=True)):
            out += [(row[0].strip(), value) for value in row[1:] if value.strip()] if row else []
    except csv.Error:
        pass
    return out


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Several values of one field as that field's list."""
    joined: dict[str, list[str]] = {}
    for tag, value in tags:
        joined.setdefault(f.key(tag), []).append(value)
    return [(tag, ", ".join(values)) for tag, values in joined.items()]


def count(source: Source) -> int:
    """Lines whose first cell is `TITLE`."""
    return tagged.count(source, lambda line: line.lstrip(b"\xef\xbb\xbf").split(b",")[0].strip(b' "\r\n').upper()
                        == b"TITLE")


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The fields of one record's bytes."""
    return tuple(_split(source.decode(data)))


FORMAT = Format("embase-fields", "Embase CSV by fields", (".csv",), sniff, read, count, tags)
