"""What other methods found becomes searches: one for each place, person and day, with who, when and how.

Records never change and are never read twice: a row that was collected before is known by its number, or by what it
says. `review dedupe` then matches the records with what databases found.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from review.ledger.keys import read_key
from review.model import Issue, Search
from review.screening.collector import Collector
from review.screening.found_rows import Found
from review.sources.files import ImportRequest, import_files
from review.words import many

# The columns of the table that is kept with the search; the first ones as readers of tables know them.
_COLUMNS = ("Title", "Authors", "Year", "Journal", "DOI", "URL", "Abstract", "Note", "Seed report", "Direction", "Tool",
            "How", "Who", "When", "Method", "Where", "No.", "Sheet", "File", "Cell")
FILE = "found.csv"
_KEYS = re.compile(r"(?<![\w/.-])R\d{6,}[-‐–−][a-z]{2}(?!\w)", re.IGNORECASE)     # not a piece of a DOI or an address


def collect_found(c: Collector) -> None:
    """Make the new rows of a workbook searches; say what changed in those that were collected before."""
    c.out.quarantined += c.reading.refused
    known = _known(c)
    by_number = {row["No."]: row for row in known if row["No."]}
    signs = {_sign(row) for row in known}
    seen: dict[str, str] = {}
    groups: dict[tuple[str, str, str, str], list[Found]] = defaultdict(list)
    for found in c.reading.found:
        old = by_number.get(found.number) if found.number else None
        if found.sign in signs:
            c.out.unchanged += 1
        elif old is not None:
            c.quarantine("found-changed", f"{found.number} was collected as “{old['Title'][:80]}” ({old['Method']}, "
                         f"{old['Where']}), and the row says something else now. What was collected stays. If it is another "
                         "find, write it in a row of its own; if it was wrong, withdraw its search and collect again.",
                         found.cell)
        elif unknown := _unknown_seeds(c, found):
            c.quarantine("found-seed", f"{', '.join(unknown)} under Seed report: this review has no such report. Type its key "
                         "as it stands in the sheets, or its title or DOI. The row was not read.", found.seed_cell)
        elif found.number and found.number in seen:
            c.quarantine("found-number-twice", f"The number {found.number} stands in two rows ({seen[found.number]}, "
                         f"{found.cell}). The second was not read; clear its number.", found.cell)
        else:
            signs.add(found.sign)
            seen[found.number] = found.cell
            groups[found.place].append(found)
    for rows in groups.values():
        _search(c, rows)


def _unknown_seeds(c: Collector, found: Found) -> list[str]:
    """What has the form of a report's key under Seed report and is the key of none; other words are as people wrote them."""
    typed = _KEYS.findall(unicodedata.normalize("NFKC", found.texts.get("seed", "")))
    return [text for text in typed if read_key(text, c.definition.id) not in c.state.reports]


def _known(c: Collector) -> list[dict[str, str]]:
    """The rows of this workbook that are records already, of searches that were not withdrawn."""
    out = []
    for search in _searches(c):
        path = c.folder.searches / search.id / FILE
        staged = c.tx.stage(path)               # where another file of this collection brought it
        out += list(csv.DictReader(io.StringIO((staged if staged.exists() else path).read_text("utf-8"))))
    return out


def _searches(c: Collector) -> list[Search]:
    """The searches that this workbook became, without withdrawn ones: their rows count as not collected."""
    return [s for s in c.state.searches.values() if s.params.get("sheet") == c.sheet.sheet and s.use == "counted"]


def _sign(row: dict[str, str]) -> tuple[str, ...]:
    """As `Found.sign`."""
    found = Found(row["No."], "", row["Method"], row["Where"], row["Who"], row["When"], row["Title"],
                  {"doi": row["DOI"], "url": row["URL"], "seed": row["Seed report"]})
    return found.sign


def _search(c: Collector, rows: Sequence[Found]) -> None:
    """Rows of one place, person and day as a search; a later lot of them joins the first as a further run."""
    first = rows[0]
    earlier = [s for s in _searches(c)
               if (s.method, s.database, s.params.get("who"), s.searched_on) == first.place]
    details = {"who": first.who, "sheet": c.sheet.sheet}
    for name, key in (("how", "how"), ("seed", "seeds"), ("direction", "direction"), ("tool", "tool")):
        details[key] = "; ".join(dict.fromkeys(t for t in (row.texts[name] for row in rows) if t))
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_text(_table(c, rows), "utf-8", newline="")
        result = import_files(c.tx, c.folder, c.state, ImportRequest(
            (path,), first.where, method=first.method, date=first.when, details=details, pages=False,
            same_as=earlier[0].id if earlier else ""), c.definition.sha)
    # The next row's search needs another id, and another copy of the workbook must know these rows.
    c.state.searches[result.search.id] = result.search
    c.state.sealed_seq[result.search.id] = c.tx.pending().events[-1].seq
    c.out.other += len(rows)
    c.out.found += len(rows)
    c.out.issues += result.issues
    c.out.issues.append(Issue("found", f"{many(len(rows), 'row')}, found by {first.method} ({first.where}, {first.who}, "
                              f"{first.when}): now the search {result.search.id}; `review dedupe` matches it with what "
                              "databases found.",
                              file=c.reading.name, severity="info"))


def _table(c: Collector, rows: Sequence[Found]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        get = row.texts
        writer.writerow([row.title, get["authors"], get["year"], get["source"], get["doi"], get["url"], get["abstract"],
                         get["note"], get["seed"], get["direction"], get["tool"], get["how"], row.who, row.when, row.method,
                         row.where, row.number, c.sheet.sheet, c.reading.name, row.cell])
    return text.getvalue()

