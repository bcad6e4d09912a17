"""PRISMA.csv, the interchange file of the PRISMA2020 R package, written from counts (prisma_read reads it).

The package's reader sets the rules (its template; facts of its behaviour): all rows stay, also those without
a number; a missing number is NA; where all numbers of the previous version, or of the other methods, are NA,
it draws the template without them; a list is "Name, n; Name, n", cut at the first comma of each name; one
single reason crashed older versions, so an "Other, 0" follows it; keys are matched as substrings.

Rows of our own follow the official ones. `detail_1`, `detail_2`, ... hold what the official rows have no
place for: their description names the official box, their number is a list of parts (or the total of a box
whose parts do not add up to it). `draft` says why the flow is not final.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from review.model import Issue
from review.prisma.box import Box, Counts
from review.prisma.keys import NAME_IN_FILE, OWN, base
from review.prisma.prisma_rows import COLUMNS, ROWS
from review.prisma.wording import STUDIES

NA = "NA"
DRAFT = "draft"
PADDING = "Other"       # the second reason where there is only one


# A box whose parts stand in a row of their own, and boxes that are written as their parts.
PARTS_ROW = {"database_results": "database_specific_results",
              "register_results": "register_specific_results"}
AS_PARTS = ("dbr_excluded", "other_excluded")
# Rows that are NA where the template has no such boxes.
_PREVIOUS = ("previous_studies", "previous_reports", "total_studies", "total_reports")
_OTHER = ("website_results", "organisation_results", "citations_results", "other_sought_reports",
          "other_notretrieved_reports", "other_assessed", "other_excluded")


def write_csv(counts: Counts) -> bytes:
    """The counts as PRISMA.csv: UTF-8 without a byte order mark, LF, every official row.

    Names lose what the format cannot hold (commas, semicolons); `changed_names` says which.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in ROWS:
        writer.writerow((*row, _official_n(counts, row[0])))
    for row in _own_rows(counts):
        writer.writerow(row)
    return out.getvalue().encode("utf-8")


def changed_names(counts: Counts) -> tuple[Issue, ...]:
    """The names of sources and reasons that stand changed in PRISMA.csv, each with what became of it."""
    names = dict.fromkeys(label for box in counts.boxes.values() for label in box.parts)
    return tuple(
        Issue("prisma-csv-name", f"In PRISMA.csv “{name}” is written “{_safe(name)}”: the format cannot hold "
              "commas, semicolons or line breaks in a name. The diagram and the counts keep it as it is.",
              file="PRISMA.csv", severity="info")
        for name in names if _safe(name) != name)


def _safe(name: str) -> str:
    """A name that survives the format: no comma, semicolon or line break, and no formula in a spreadsheet."""
    name = " ".join(name.split())
    name = re.sub(r" ?[,;] ?", " / ", name).strip(" /")
    return ("'" + name if name[:1] in "=+-@" else name) or "unnamed"


def _list(parts: Mapping[str, int]) -> str:
    """'Name, n; Name, n' with at least two entries."""
    pairs: dict[str, int] = {}
    for name, n in parts.items():
        pairs[_safe(name)] = pairs.get(_safe(name), 0) + n
    entries = [f"{name}, {n}" for name, n in pairs.items()]
    while len(entries) < 2:
        entries.append(f"{PADDING if entries else 'None'}, 0")
    return "; ".join(entries)


def _parts(box: Box) -> dict[str, int]:
    return {label: len(ids) for label, ids in box.parts.items() if label}


def _official_n(counts: Counts, key: str) -> str:
    """The last column of an official row."""
    if key == NA or key in ("identification", "screening", "included"):
        return "0"
    if (key in _PREVIOUS and not counts.updated) or (key in _OTHER and not counts.other):
        return NA
    for whole, row in PARTS_ROW.items():
        if key == row:
            box = counts.boxes.get(whole)
            return _list(_parts(box)) if box and _parts(box) else NA
    box = counts.boxes.get(key)
    if key in AS_PARTS:
        if box and box.n and not _parts(box):
            return _list({"Reason not given": box.n})
        return _list(_parts(box) if box else {})
    return str(box.n) if box else NA


def _own_rows(counts: Counts) -> Iterable[tuple[str, ...]]:
    """Our own boxes, then the details that the official rows cannot hold."""
    for key in OWN:
        box = counts.boxes.get(key)
        if box:
            words = STUDIES.get(base(key), key) + (" (other methods)" if base(key) != key else "")
            yield (NAME_IN_FILE.get(key, key), NA, NA, words, words, NA, NA, str(box.n))
    if not counts.final:
        why = "; ".join((STUDIES["draft"], *counts.reasons))
        yield (DRAFT, NA, NA, why, why, NA, NA, "1")
    details = 0
    for key, box in counts.boxes.items():
        total = key in AS_PARTS and box.n != sum(_parts(box).values())
        if (_parts(box) and key not in PARTS_ROW and key not in AS_PARTS) or total:
            details += 1
            value = str(box.n) if total else _list(_parts(box))
            yield (f"detail_{details}", NA, NA, NAME_IN_FILE.get(key, key), NA, NA, NA, value)
