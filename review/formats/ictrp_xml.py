"""The WHO's ICTRP as XML: registrations of many registers (`Source_Register`), ChiCTR's among them; and what the
registers themselves hand out in the WHO's data set (`<trial><main><trial_id>`: ChiCTR, IRCT, ISRCTN)."""

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
    named = re.search(r"<(?:TrialID|Public_title|trial_id|public_title)[\s>]", head)
    return 0.97 if named and re.search(r"<[Tt]rial[\s>]", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time."""
    return xml_tables.read(source, ("Trial", "trial"), TABLE, _registration)


def _registration(made: Record) -> Record:
    return replace(made, kind="trial-registration")


def count(source: Source) -> int:
    """Trial numbers."""
    return xml_tables.count(source, (b"</TrialID>", b"</trial_id>"))


FORMAT = Format("ictrp-xml", "WHO ICTRP XML", (".xml",), sniff, read, count, xml_tables.tags)
