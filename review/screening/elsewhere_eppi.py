"""EPPI-Reviewer's JSON report as a table: its references, each with the names of the codes that it was given.

The report holds `CodeSets` (codes within codes, each with `AttributeId` and `AttributeName`) and `References` (`Title`,
`ParentTitle`, `Year`, ..., and `Codes`, each with an `AttributeId`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

# The fields of a reference that tell which report it is -> headers that readers of tables know.
_FIELDS = {"Title": "Title", "Authors": "Authors", "Year": "Year", "ParentTitle": "Journal", "Volume": "Volume",
           "Issue": "Issue", "Pages": "Pages", "DOI": "DOI", "URL": "URL", "Abstract": "Abstract"}


def as_table(data: bytes) -> bytes | None:
    """The report as CSV, a row a reference in their order, with a column Codes; None where the data is no such report."""
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] != b"{":
        return None
    try:
        report = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    references = report.get("References")
    if not isinstance(references, list):
        return None
    names = {str(code.get("AttributeId")): str(code.get("AttributeName") or "") for code in _codes(report.get("CodeSets"))}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_FIELDS.values(), "Codes"])
    for reference in (r for r in references if isinstance(r, Mapping)):
        given = [names.get(str(code.get("AttributeId")), "") for code in _items(reference.get("Codes"))]
        # a name may hold what parts one code from the next
        codes = "|".join(name.replace(";", ",").replace("|", "/") for name in given if name)
        writer.writerow([*(_flat(reference.get(name)) for name in _FIELDS), codes])
    return text.getvalue().encode()


def _codes(sets: Any) -> Iterator[Mapping[str, Any]]:
    """All codes of the sets, those within others too."""
    waiting = list(_items(sets))
    while waiting:
        code = waiting.pop()
        yield code
        inner = code.get("Attributes")
        waiting += _items(inner.get("AttributesList") if isinstance(inner, Mapping) else None)


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _flat(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())
