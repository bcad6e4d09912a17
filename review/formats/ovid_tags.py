"""Ovid's text with tags, as its exports for EndNote and Citavi give it: `<12. >`, then `UI  - 600000012`, `TI  - ...`.

Facts: real exports: a counter in angle brackets begins a record, `VN  - Ovid Technologies` and the database (`DB`) stand
first, lines without a tag continue the value before. Without counters blank lines part the records. Where the database is
MEDLINE the unique identifier is the PMID and the headings are MeSH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, medline, tagged
from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("ovid_tags")
_TAG = re.compile(r"\n\ufeff?([A-Z][A-Z0-9])  -[ \t]*")
_COUNTER = rb"<\d+\.? ?>" + tagged.EOL
_LINE = rb"[A-Z][A-Z0-9]  -"
COUNTED = tagged.Grammar("ovid-tags", _TAG, start=_COUNTER, marks=b"<")
PARTED = tagged.Grammar("ovid-tags", _TAG, start=rb"(?!)", opens=_LINE, marks=rb"\s", end=tagged.BLANK,
                        end_belongs=False)
_HAS_COUNTER = re.compile(rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?" + _COUNTER)


def sniff(head: str, name: str) -> float:
    """A counter above a tag, or Ovid's name, or a database and a number of its own; never where RIS or PubMed's tags
    begin records."""
    tags = set(re.findall(r"(?:\A|[\r\n])\ufeff?([A-Z][A-Z0-9])  -", head))
    if "TY" in tags or "ER" in tags or re.search(r"(?:\A|[\r\n])\ufeff?PMID *-", head):
        return 0.0
    if re.search(r"(?:\A|[\r\n])\ufeff?<\d+\.? ?>[ \t]*[\r\n]+[A-Z][A-Z0-9]  -", head) or re.search(
            r"(?:\A|[\r\n])\ufeff?VN  - Ovid", head):
        return 0.98
    return 0.9 if {"DB", "TI"} < tags and tags & {"UI", "AN"} else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    grammar = COUNTED if _HAS_COUNTER.search(source.peek()) else PARTED
    return tagged.read(source, grammar, TABLE, prepare=_prepare)


def _prepare(tags: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """In MEDLINE the identifier is the PMID, and the headings are MeSH."""
    if not any(tag == "DB" and re.match(r"(?:Ovid )?MEDLINE", value, re.I) for tag, value in tags):
        return tags
    out = []
    for tag, value in tags:
        if tag == "MH":
            out += [("MH medline", heading) for heading in medline.headings(f.clean(value))]
        else:
            out.append((tag, value))
        if tag == "UI":
            out.append(("UI medline", value))
    return out


def count(source: Source) -> int:
    """Counters; without them, groups of tagged lines between blank ones."""
    counters = groups = 0
    inside = False
    for raw in source.lines():
        line = raw.lstrip(b"\xef\xbb\xbf")
        counters += line[:1] == b"<" and line.strip(b"<>. \t\r\n").isdigit()
        if not line.strip():
            inside = False
        elif not inside and line[2:5] == b"  -":
            groups, inside = groups + 1, True
    return counters or groups


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """The tags of one record's bytes."""
    return tuple(tagged.tags_of(source.decode(data), COUNTED))


FORMAT = Format("ovid-tags", "Ovid tagged (for EndNote, Citavi)", (".cgi", ".ovd", ".txt"), sniff, read, count, tags)
