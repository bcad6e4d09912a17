"""EBSCOhost's XML: `<rec><header shortDbName=...><controlInfo>...`. A file may hold several databases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, xml_tables
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record, replace

TABLE = compose.Table.load("ebsco_xml")


def sniff(head: str, name: str) -> float:
    """`<rec>` elements with EBSCO's header."""
    header = re.search(r"<(?:controlInfo|header\s[^>]*shortDbName)", head)
    return 0.96 if header and re.search(r"<rec[\s>]", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return xml_tables.read(source, ("rec",), TABLE, finish=_no_journal, prepare=_typed)


def _typed(pairs: compose.Tags) -> list[tuple[str, str]]:
    """Numbers by what they are: `<ui type="pmid">` counts as `ui[pmid]`."""
    out, sort = [], ""
    for tag, value in pairs:
        if tag.endswith("/ui@type"):
            sort = f"[{value}]"
        elif tag.endswith("/ui"):
            tag, sort = tag + sort, ""
        out.append((tag, value))
    return out


def _no_journal(made: Record) -> Record:
    """A book's title is not also what the book appeared in."""
    return replace(made, journal="") if made.journal == made.title else made


def count(source: Source) -> int:
    """Control blocks: one a record."""
    return xml_tables.count(source, (b"</controlInfo>",))


FORMAT = Format("ebsco-xml", "EBSCOhost XML", (".xml",), sniff, read, count, xml_tables.tags)
