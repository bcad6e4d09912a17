"""The WHO's ICTRP as XML: registrations of many registers (`Source_Register`), ChiCTR's among them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import compose, xml_tables
from review.formats.registry import Format
from review.formats.source import Source
from review.model import Entry, Issue, Record, replace

TABLE = compose.Table.load("ictrp_xml")


def sniff(head: str, name: str) -> float:
    """`<Trial>` elements with the portal's names."""
    return 0.97 if re.search(r"<Trial[\s>]", head) and re.search(r"<(?:TrialID|Public_title)[\s>]", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return xml_tables.read(source, "Trial", TABLE, _registration)


def _registration(made: Record) -> Record:
    return replace(made, kind="trial-registration")


def count(source: Source) -> int:
    """Trial numbers."""
    return xml_tables.count(source, b"</TrialID>")


FORMAT = Format("ictrp-xml", "WHO ICTRP XML", (".xml",), sniff, read, count, xml_tables.tags)
