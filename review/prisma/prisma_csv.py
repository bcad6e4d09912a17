"""PRISMA.csv, the interchange file of the PRISMA2020 R package: written from counts, read from anywhere.

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

from review.model import Issue, ReviewError
from review.prisma.box import Box, Counts, Flow, FlowBox
from review.prisma.keys import NAME_IN_FILE, OFFICIAL, OWN, base
from review.prisma.prisma_rows import COLUMNS, ROWS
from review.prisma.wording import STUDIES

NA = "NA"
MOST_BYTES = 5_000_000  # a flow is a few kilobytes; more is another file
DRAFT = "draft"
PADDING = "Other"       # the second reason where there is only one


# A box whose parts stand in a row of their own, and boxes that are written as their parts.
_PARTS_ROW = {"database_results": "database_specific_results",
              "register_results": "register_specific_results"}
_AS_PARTS = ("dbr_excluded", "other_excluded")
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
    for whole, row in _PARTS_ROW.items():
        if key == row:
            box = counts.boxes.get(whole)
            return _list(_parts(box)) if box and _parts(box) else NA
    box = counts.boxes.get(key)
    if key in _AS_PARTS:
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
        total = key in _AS_PARTS and box.n != sum(_parts(box).values())
        if (_parts(box) and key not in _PARTS_ROW and key not in _AS_PARTS) or total:
            details += 1
            value = str(box.n) if total else _list(_parts(box))
            yield (f"detail_{details}", NA, NA, NAME_IN_FILE.get(key, key), NA, NA, NA, value)


def read_csv(data: bytes, name: str = "PRISMA.csv") -> Flow:
    """A flow from PRISMA.csv, ours or another tool's.

    Columns are found by their names, in any order; the list separator may be a comma, semicolon or tab.
    Names in lists may hold commas: the number stands after the last. What cannot be read becomes an issue.
    Raises ReviewError where the file is not a PRISMA.csv at all.
    """
    issues: list[Issue] = []
    rows = list(csv.reader(io.StringIO(_decode(data, name, issues)), delimiter=_delimiter(data)))
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if "data" not in header or "n" not in header:
        raise ReviewError(f"{name} is not a PRISMA.csv: its first line has no columns “data” and “n”. Give "
                          "the file that the PRISMA2020 tool or `review flow` writes, or the counts as JSON.",
                          code="flow-columns", file=name, line=1)
    wanted = ("data", "n", "boxtext", "description")
    at = {column: header.index(column) for column in wanted if column in header}
    ours = {in_file: key for key, in_file in NAME_IN_FILE.items()}
    cells: dict[str, tuple[str, str, int]] = {}         # key -> number, words, line
    details: list[tuple[str, str, int]] = []
    for line, row in enumerate(rows[1:], start=2):
        get = {column: row[i].strip() if i < len(row) else "" for column, i in at.items()}
        key = ours.get(get["data"], get["data"])
        if re.fullmatch(r"detail_\d+", key):
            target = get.get("description", "")
            details.append((ours.get(target, target), get["n"], line))
        elif key in cells:
            issues.append(Issue("flow-key-twice", f"“{key}” stands in two rows; the first counts.", name,
                                line))
        elif key in OFFICIAL or key in OWN or key == DRAFT:
            cells[key] = (get["n"], get.get("boxtext", ""), line)
        elif key not in ("", NA, "identification", "screening", "included"):
            issues.append(Issue("flow-key-unknown", f"“{key}” is no box of a PRISMA flow; the row is not "
                                "checked.", name, line, severity="info"))
    reader = _CellReader(name, at["n"], issues)
    return Flow(name, reader.boxes(cells, details), {key: text for key, (_, text, _) in cells.items()},
                tuple(issues))


def _decode(data: bytes, name: str, issues: list[Issue]) -> str:
    if len(data) > MOST_BYTES:
        raise ReviewError(f"{name} has {len(data):,} bytes: too many for a flow. Give a PRISMA.csv.",
                          code="flow-size", file=name)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise ReviewError(f"{name} is not a text file. Give a PRISMA.csv, or the counts as JSON.",
                          code="flow-binary", file=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        issues.append(Issue("flow-encoding", "The file is not UTF-8: numbers are read, but names outside "
                            "ASCII may be wrong. Save it as “CSV UTF-8”.", name))
        return data.decode("latin-1")


def _delimiter(data: bytes) -> str:
    """The separator that the first line has most of."""
    first = data.split(b"\n", 1)[0].replace(b"\0", b"")
    return max(",;\t", key=lambda mark: first.count(mark.encode()))


class _CellReader:
    """Turns the text of cells into numbers and lists, and says what it cannot read."""

    def __init__(self, name: str, column: int, issues: list[Issue]) -> None:
        self.name, self.column, self.issues = name, chr(ord("A") + column), issues

    def say(self, code: str, message: str, line: int) -> None:
        """Note what is wrong with a number."""
        self.issues.append(Issue(code, message, self.name, line, f"{self.column}{line}"))

    def boxes(self, cells: Mapping[str, tuple[str, str, int]],
              details: Iterable[tuple[str, str, int]]) -> dict[str, FlowBox]:
        """Every box that the rows tell of."""
        rows_of_parts = set(_PARTS_ROW.values())
        out: dict[str, FlowBox] = {}
        for key, (text, _, line) in cells.items():
            if key in _AS_PARTS and not _is_number(text):
                parts = self.parts(key, text, line)
                if parts is not None:
                    out[key] = FlowBox(sum(parts.values()), parts)
            elif key not in rows_of_parts and key != DRAFT:
                n = self.number(key, text, line)
                row = _PARTS_ROW.get(key, "")
                parts = self.parts(row, *cells[row][::2]) if row in cells else None
                if n is not None or parts:
                    out[key] = FlowBox(n, parts or {})
        for key, text, line in details:
            box = out.get(key, FlowBox(None))
            if _is_number(text):
                out[key] = FlowBox(self.number(key, text, line), box.parts)
            else:
                out[key] = FlowBox(box.n, self.parts(key, text, line) or {})
        return out

    def number(self, key: str, text: str, line: int) -> int | None:
        """A whole number of records; None, said unless it is NA or blank, where there is none."""
        if text in ("", NA):
            return None
        if _is_number(text):
            return int(re.sub(r"[,\s\u00a0\u202f]", "", text).split(".")[0])
        self.say("flow-number", f"“{key}” holds “{text}”, which is not a whole number of records; the box "
                 "counts as not given.", line)
        return None

    def parts(self, key: str, text: str, line: int) -> dict[str, int] | None:
        """'Name, n; Name, n' without the padding that the package needs; None where nothing is given."""
        if text in ("", NA):
            return None
        parts: dict[str, int] = {}
        padded = False
        for entry in filter(None, (piece.strip() for piece in text.split(";"))):
            label, _, n = entry.rpartition(",")
            label, n = re.sub(r"^'(?=[=+@-])", "", label.strip()), n.strip()
            if n == "xxx":                              # the template's placeholder
                self.say("flow-placeholder", f"“{key}” still holds the template's placeholder “{entry}”; it "
                         "counts as not given.", line)
                return None
            if not label or not _is_number(n):
                self.say("flow-part", f"In “{key}”, “{entry}” is not “Name, number”; it is not counted. "
                         "Write each part as “Name, 12”, with “;” between.", line)
                continue
            if "," in label:
                self.say("flow-comma", f"In “{key}” the name “{label}” holds a comma: the PRISMA2020 package "
                         "cuts it there.", line)
            if int(n) == 0 and label in (PADDING, "None"):
                padded = True
                continue
            parts[label] = parts.get(label, 0) + int(n)
        return parts if parts or padded else None


def _is_number(text: str) -> bool:
    """A whole number, with or without thousands separators."""
    return re.fullmatch(r"\d+(\.0*)?|\d{1,3}([,\s\u00a0\u202f]\d{3})+", text) is not None
