"""EBSCOhost's XML: `<rec><header shortDbName=...><controlInfo>...`. A file may hold several databases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, xml_tables
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue

TABLE = compose.Table.load("ebsco_xml")


def sniff(head: str, name: str) -> float:
    """`<rec>` elements with EBSCO's header."""
    header = re.search(r"<(?:controlInfo|header\s[^>]*shortDbName)", head)
    return 0.96 if header and re.search(r"<rec[\s>]", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return xml_tables.read(source, "rec", TABLE)


def count(source: Source) -> int:
    """Control blocks: one a record."""
    return xml_tables.count(source, b"</controlInfo>")


FORMAT = Format("ebsco-xml", "EBSCOhost XML", (".xml",), sniff, read, count, xml_tables.tags)
