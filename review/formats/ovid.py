"""Ovid's text with full field names: `<12>`, then a name on one line and its value, indented, below.

Facts: real exports of Ovid's "Citation" formats; the source field holds journal, volume, issue, pages
and year in one sentence, in several orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace as replaced

from review.formats import compose, medline, tagged
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("ovid")
_COUNTER = rb"<\d+\.? ?>" + tagged.EOL
_NAME = re.compile(r"([A-Z][A-Za-z0-9/&.,'() -]{1,60}?)\s*$")
GRAMMAR = tagged.Grammar("ovid", re.compile("(?!)"), start=_COUNTER, marks=b"<")


def sniff(head: str, name: str) -> float:
    """A counter in angle brackets and names of fields with indented values."""
    fields = set(re.findall(r"(?:\A|[\r\n])([A-Z][A-Za-z ]+?)[ \t]*\r?\n[ \t]+\S", head))
    known = fields & TABLE.tags
    if re.search(r"(?:\A|[\r\n])\ufeff?<\d+\.? ?>[ \t]*[\r\n]", head) and known:
        return 0.93
    return 0.85 if len(known) > 3 else 0.0


def _grammar(source: Source) -> tagged.Grammar:
    """Without counters the file's first field begins every record."""
    head = source.peek()
    if re.search(rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?<\d+\.? ?>\s*[\r\n]", head):
        return GRAMMAR
    first = re.search(rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?([A-Z][A-Za-z ]*[A-Za-z])[ \t]*[\r\n]", head)
    if not first:
        return GRAMMAR
    return replaced(GRAMMAR, start=re.escape(first.group(1)) + tagged.EOL, marks=first.group(1)[:1])


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return tagged.read(source, _grammar(source), TABLE, split=_split, prepare=_prepare)


def _split(text: str) -> list[tuple[str, str]]:
    """Names stand at the start of a line, values are indented."""
    out: list[tuple[str, str]] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        found = None if line[:1] in (" ", "\t") else _NAME.match(line.lstrip("\ufeff"))
        if found and (found.group(1) in TABLE.tags or len(found.group(1)) < 40):
            out.append((found.group(1), ""))
        elif out and line.strip():
            tag, value = out[-1]
            out[-1] = (tag, f"{value}\n{line.strip()}" if value else line.strip())
    return out


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headings of MeSH one by one, in this program's form."""
    return [(tag, part) for tag, value in tags for part in
            ([h for line in re.split(r"\n|;\s+", value) for h in medline.headings(f.clean(line))]
             if tag == "MeSH Subject Headings" else [value])]


def count(source: Source) -> int:
    """Counters; without them, titles."""
    counters = titles = 0
    for line in source.lines():
        counters += bool(re.match(rb"(?:\xef\xbb\xbf)?<\d+\.? ?>\s*$", line))
        titles += line.rstrip() == b"Title"
    return counters or titles


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The fields of one record's bytes."""
    return tuple(_split(source.decode(data)))


FORMAT = Format("ovid", "Ovid tagged, with field names", (".txt", ".cgi"), sniff, read, count, tags)
